"""What our detector reaches on the labelled series of NAB, where these lie beside the project."""

import pytest

from bench import nab
from bench.anomalies import FOLDER, load
from desk.surges import surges

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"no series in {FOLDER}: set REPARTEE_SHARED"
)


def test_one_threshold_serves_all_series_and_is_found_without_the_series_at_hand() -> None:
    known = load()
    told = [nab.alarms(one, [surge.score for surge in surges(one.counts)]) for one in known]
    windows = [len(one.windows) for one in known]
    reached = nab.levels([alarm for some in told for alarm in some], sum(windows))
    assert nab.best(reached)[0].points >= 85
    points = 0.0
    for number, some in enumerate(told):
        others = [alarm for other, its in enumerate(told) if other != number for alarm in its]
        _, threshold = nab.best(nab.levels(others, sum(windows) - windows[number]))
        points += nab.at(nab.levels(some, windows[number]), threshold).points * windows[number]
    assert points / sum(windows) >= 80
    enough = next(one for one in reached if one.found >= 0.8 * sum(windows))
    assert enough.found / (enough.found + enough.false_alarms) >= 0.8
