"""What is usual for a brand: by the hour of the week, and for each thing that was ever spoken of.

One small item a brand. It learns ten minutes once they are some hours old, so that what comes late
is in them, and each of them once.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import exp2, log
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel

from desk.grievances import GRIEVANCES, is_grievance
from desk.tally import MINUTES, WIDTH
from desk.terms import is_watch
from desk.window import EVERYBODY, Count, Counts

HOURS = 7 * 24
WINDOWS_A_DAY = 24 * 60 // MINUTES

REMEMBERED = 0.8
"""What a week keeps of its weight when the next is learned: five weeks in all, in the end."""
HALF_LIFE_DAYS = 7.0
"""Of what is remembered of a term."""
GENERAL = 6.0
"""As so many of its own ten minutes an hour of the week believes the average of all hours."""

KNOWN = 2_000
"""Terms that are remembered: all grievances, and those with the most people."""
UNHAPPY = "-"
"""What stands for all people in a negative mood, beside EVERYBODY."""
WATCHED = 60
"""Watches that have a figure for every hour of the week."""


class Known(NamedTuple):
    """What is remembered of a term: people, as they fade, and when it was first and last said."""

    people: float
    first: int
    last: int
    """Both in hours since 1970."""


class Baseline(BaseModel, frozen=True):
    """Sums over the weeks that were learned; older weeks weigh less."""

    learned: AwareDatetime | None = None
    """The start of the last ten minutes that were."""
    since: AwareDatetime | None = None
    """The start of the first."""
    windows: tuple[float, ...] = (0.0,) * HOURS
    """How many ten minutes of each hour of the week."""
    hourly: dict[str, tuple[float, ...]] = {}
    """People in these: all, the unhappy, and those of each watch."""
    known: dict[str, Known] = {}
    floor: float = 0.0
    """People that a term which is no longer remembered may have had."""


class Past(NamedTuple):
    """What a detector compares with: people before, and how long now is beside that past."""

    before: float
    exposure: float


def hour_of_week(moment: datetime) -> int:
    """0 for the hour after midnight on Monday, in the zone of `moment`."""
    return moment.weekday() * 24 + moment.hour


def learn(baseline: Baseline, counts: Counts) -> Baseline:
    """`baseline` with ten minutes more.

    They are to come in order, and without gaps: ten minutes in which nobody spoke are learned too.
    Those that were learned before, or are older than what was, change nothing.
    """
    start = counts.start
    if baseline.learned is not None and start <= baseline.learned:
        return baseline
    hour = hour_of_week(start)
    before = baseline.learned
    again = before is not None and start - before <= WIDTH * 6 and hour_of_week(before) == hour
    kept = 1.0 if again else REMEMBERED
    weights = {term: count.weight for term, count in counts.terms.items()}
    weights[UNHAPPY] = counts.terms.get(EVERYBODY, Count()).negative
    names = dict.fromkeys((EVERYBODY, UNHAPPY, *baseline.hourly, *filter(is_watch, weights)))
    hourly = {
        name: _added(baseline.hourly.get(name, (0.0,) * HOURS), hour, kept, weights.get(name, 0.0))
        for name in [*names][: WATCHED + 2]
    }
    known, floor = _known(baseline, start, weights)
    return Baseline(
        learned=start,
        since=baseline.since or start,
        windows=_added(baseline.windows, hour, kept, 1.0),
        hourly=hourly,
        known=known,
        floor=floor,
    )


def past_of(baseline: Baseline, term: str, start: datetime, windows: int) -> Past:
    """What is known of a term, for `windows` times ten minutes from about `start` on.

    For all people, the unhappy and the watches by the hour of the week, together with the average
    of all hours; for any other term by its average over the weeks that are remembered, as much
    more or less as there are people at this hour.
    """
    if baseline.since is None or baseline.learned is None:
        return Past(0.0, float(windows))
    if term in baseline.hourly:
        return _by_hour(baseline, term, start, windows)
    since = counted_since(baseline, term) or baseline.since
    days = (baseline.learned - since + WIDTH).total_seconds() / 86400
    # The days fade as the people do.
    watched = HALF_LIFE_DAYS / log(2) * (1 - 0.5 ** (days / HALF_LIFE_DAYS)) * WINDOWS_A_DAY
    known = baseline.known.get(term)
    people = baseline.floor if known is None else _faded(known, _hours(start))
    return Past(people, windows / watched * _busyness(baseline, start))


def _by_hour(baseline: Baseline, term: str, start: datetime, windows: int) -> Past:
    hour = hour_of_week(start)
    sums = baseline.hourly[term]
    average = sum(sums) / sum(baseline.windows)
    own = baseline.windows[hour]
    return Past(sums[hour] + GENERAL * average, windows / (own + GENERAL))


def _busyness(baseline: Baseline, start: datetime) -> float:
    # People at this hour beside those of an average hour; 1 where nobody has ever spoken.
    here = _by_hour(baseline, EVERYBODY, start, 1)
    average = sum(baseline.hourly[EVERYBODY]) / sum(baseline.windows)
    return here.before * here.exposure / average if average else 1.0


def days_unheard(baseline: Baseline, term: str, now: datetime) -> float | None:
    """Days since a term was last said; None where it never was, as far as is remembered."""
    known = baseline.known.get(term)
    return None if known is None else max(0, _hours(now) - known.last) / 24


def counted_since(baseline: Baseline, term: str) -> datetime | None:
    """From when on a term has been counted; None where it never was, as far as is remembered.

    Words always were. Grievances are from the first of them on: weeks that were learned before
    these were counted say nothing of them.
    """
    if not is_grievance(term):
        return baseline.since
    hours = [baseline.known[one].first for one in GRIEVANCES & baseline.known.keys()]
    return datetime.fromtimestamp(min(hours) * 3600, UTC) if hours else None


def days_known(baseline: Baseline, now: datetime) -> float:
    """For how many days the brand has been listened to."""
    return 0.0 if baseline.since is None else (now - baseline.since).total_seconds() / 86400


def _added(sums: tuple[float, ...], hour: int, kept: float, more: float) -> tuple[float, ...]:
    new = round(sums[hour] * kept + more, 3)
    return (*sums[:hour], new, *sums[hour + 1 :])


def _hours(moment: datetime) -> int:
    return int(moment.timestamp() // 3600)


def _faded(known: Known, hours: int) -> float:
    return known.people * exp2(-max(0, hours - known.last) / (24 * HALF_LIFE_DAYS))


def _known(
    baseline: Baseline, start: datetime, weights: Mapping[str, float]
) -> tuple[dict[str, Known], float]:
    known = dict(baseline.known)
    now = _hours(start)
    for term, weight in weights.items():
        if term not in (EVERYBODY, UNHAPPY):
            old = known.get(term) or Known(0.0, now, now)
            known[term] = Known(round(_faded(old, now) + weight, 3), old.first, now)
    if len(known) <= KNOWN:
        return known, baseline.floor
    faded = {term: _faded(one, now) for term, one in known.items()}
    order = sorted(known, key=lambda term: (not is_grievance(term), -faded[term], term))
    return {term: known[term] for term in order[:KNOWN]}, round(faded[order[KNOWN]], 3)
