"""Counting what is heard: each mention is read by a mark, and folded into its ten minutes.

Folding again changes nothing, so that a run may stop anywhere, come late, or run beside another:
what it had not finished is read again, and nothing is counted twice.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import NamedTuple

from cloud import clock, rooms, store
from desk import plans, trends
from desk.baseline import Baseline, learn
from desk.crowd import counts_of
from desk.detectors import Plan, findings
from desk.mention import Mention
from desk.playbook import Playbook
from desk.tally import WIDTH, Tally, by_window, fold, said, start_of
from desk.topics import RECENT
from desk.trends import Burst
from desk.window import EVERYBODY, Counts

OVERLAP = timedelta(minutes=1)
"""How much later than its time a mention may be found in the feed: AWS gives no bound for an index,
and speaks of a fraction of a second."""
PART = timedelta(hours=1)
"""What is made up for at once: after each the mark is kept."""
LATELY = 36
"""Ten minutes that are compared with. What is said in them can still come."""
LEARNED_EVERY = timedelta(hours=1)
MOST_LEARNED = timedelta(days=7)
"""At once: the rest is learned by the next runs."""
MOST_MENTIONS = 2_000
"""Of the last half-hour, the newest: examples and moods are taken from them."""
TRIES = 6

Words = Mapping[str, Sequence[str]]


class Unfolded(Exception):
    """Other runs kept a tally before us each time."""


class Look(NamedTuple):
    """The last half-hour, the last hours, and what is usual."""

    tallies: list[Tally]
    counts: list[Counts]
    baseline: Baseline


def read(brand: str, words: Words, until: datetime) -> int:
    """Fold all that was kept up to `until` and not yet read; how many mentions that were.

    A new brand's last six hours are read. The mark is moved once all before it is counted.
    """
    mark = store.counted(brand)
    since = mark.read_to if mark else until - LATELY * WIDTH
    begun = mark.begun if mark else until
    read = 0
    while since < until:
        end = min(until, since + PART)
        mentions = heard(brand, since - OVERLAP, end)
        for start, its in by_window(mentions):
            _fold(brand, start, its, words)
        store.keep_counted(brand, store.Counted(read_to=end, begun=begun))
        read, since = read + len(mentions), end
    return read


def heard(brand: str, since: datetime, until: datetime) -> list[Mention]:
    """What was heard and is for somebody, in the order of its arrival."""
    return [
        one
        for one in store.feed(brand, since, until)
        if isinstance(one, Mention) and one.decision.action != "ignore"
    ]


def look(brand: str, playbook: Playbook, now: datetime) -> Look:
    """What has been counted up to `now`, without gaps; silence before the first voice is none."""
    last = start_of(now)
    baseline = _learned(brand, playbook, last - LATELY * WIDTH)
    first = last - (LATELY - 1) * WIDTH
    counts = _filled(store.counts(brand, first, last), first, last)
    if baseline.learned is None:
        while counts and not counts[0].weight(EVERYBODY):
            counts.pop(0)
    recent = [last - back * WIDTH for back in range(RECENT - 1, -1, -1)]
    return Look([_tally(store.tally_of(brand, one), one) for one in recent], counts, baseline)


def loud(
    brand: str, playbook: Playbook, now: datetime, closely: Set[str] = frozenset()
) -> list[Burst]:
    """What is unusual at `now`, under the name it was told by before; what is in `closely` sooner.

    Names are kept before anybody is told, so that who stops in between tells by the same name.
    """
    seen = look(brand, playbook, now)
    if len(seen.counts) < RECENT:
        return []
    rivals = trends.rival_terms(playbook)
    planned = _plans(brand, playbook, seen.counts, now)
    found = findings(*seen, trends.own_names(playbook), rivals, planned, closely)
    if not found:
        return []
    before = store.told(brand)
    told = trends.stories.validate_json(before) if before else ()
    groups, after = trends.grouped(found, told, now)
    store.keep_told(brand, before, trends.stories.dump_json(after).decode())
    first = seen.tallies[0].start
    latest = store.latest(brand, first, clock.now(), MOST_MENTIONS)
    mentions = [one for one in latest if one.decision.action != "ignore"]
    recent = [one for one in mentions if first <= said(one) <= now + WIDTH]
    return trends.bursts(groups, recent, trends.counted_words(playbook))


def _plans(
    brand: str, playbook: Playbook, counts: Sequence[Counts], now: datetime
) -> dict[str, Plan]:
    """By term, what is compared with last year's event: read only where one is on."""
    made = {}
    for event in plans.compared(playbook, now):
        if last_year := rooms.last_year(brand, event):
            made[plans.term_of(event)] = plans.plan(event, last_year, counts)
    return made


def _fold(brand: str, start: datetime, mentions: Sequence[Mention], words: Words) -> None:
    for _ in range(TRIES):
        kept = store.tally_of(brand, start)
        before = _tally(kept, start)
        after = fold(before, mentions, words)
        number = kept.number
        if after != before:
            number += 1
            if not store.keep_tally(brand, start, after.model_dump_json(), number):
                continue
        # Also where nothing has changed: who kept the tally may have stopped right there.
        store.keep_counts(brand, counts_of(after), number)
        return
    raise Unfolded(brand)


def _learned(brand: str, playbook: Playbook, until: datetime) -> Baseline:
    """What is usual, with all ten minutes before `until` learned, once an hour.

    An event is over once its last ten minutes are learned: then what comes late has come, and its
    curve is kept. That it was is kept after it, so that who stops in between does it again.
    """
    kept = store.baseline(brand)
    baseline = Baseline.model_validate_json(kept.body) if kept.body else Baseline()
    mark = store.counted(brand)
    if mark is None:
        return baseline
    first = baseline.learned + WIDTH if baseline.learned else start_of(mark.begun)
    last = min(until - WIDTH, first + MOST_LEARNED)
    if last - first < LEARNED_EVERY:
        return baseline
    for one in _filled(store.counts(brand, first, last), first, last):
        baseline = learn(baseline, one)
    for event in plans.ended(playbook, first, last):
        begin, end = plans.span(event)
        counts = _filled(store.counts(brand, begin, end), begin, end)
        store.keep_curve(brand, plans.curve(event, counts))
    store.keep_baseline(brand, baseline.model_dump_json(), int(last.timestamp()))
    return baseline


def _filled(counts: Sequence[Counts], first: datetime, last: datetime) -> list[Counts]:
    known = {one.start: one for one in counts}
    number = (last - first) // WIDTH + 1
    starts = [first + step * WIDTH for step in range(number)]
    return [known.get(start) or Counts(start=start) for start in starts]


def _tally(kept: store.Kept, start: datetime) -> Tally:
    return Tally.model_validate_json(kept.body) if kept.body else Tally(start=start)
