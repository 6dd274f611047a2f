"""What people talk about, by window of time, and what is unusually frequent for its own past."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import exp, lgamma, log
from typing import NamedTuple

from desk.escalation import Matter
from desk.language.normal import normal
from desk.mention import Mention
from desk.playbook import Playbook
from desk.reasons import reason
from desk.tally import MINUTES, said as said, start_of
from desk.window import Window
from desk.wire import stamp

window_start = start_of
RECENT = 3
"""Windows that count as now: half an hour."""
PAST_AT_LEAST = 6
"""Windows of past without which nothing can be called unusual: an hour."""
AUTHORS_AT_LEAST = 5
TIMES_USUAL = 3.0
SURPRISE = 1e-6
"""Chance, under the topic's own past, below which it is a burst: with a thousand topics looked at
every five minutes, about one false alarm in three days."""
KEPT_TOPICS = 300
EXAMPLES = 5
SAME_STORY = 0.5


class Burst(NamedTuple):
    """A topic that is unusually loud: distinct authors now, what its past lets expect, the odds."""

    topic: str
    authors: int
    usual: float
    chance: float
    also: tuple[str, ...]
    """Other topics that are the same story, the strongest first."""
    mentions: tuple[Mention, ...]
    """Those of the last half-hour, oldest first."""


def topics_of(mention: Mention, watches: Mapping[str, Sequence[str]]) -> set[str]:
    """A mention's topics: its words, and `watch:<id>` for each watch one of whose words it has."""
    said = set(mention.reading.words)
    return said | {f"watch:{name}" for name in named(normal(mention.text), said, watches)}


def named(text: str, said: Collection[str], watches: Mapping[str, Sequence[str]]) -> set[str]:
    """The ids of the watches one of whose words is in a text of that normal form and its words."""
    return {
        name
        for name, words in watches.items()
        if any(word in said or word in text for word in words)
    }


def watch_words(playbook: Playbook) -> dict[str, tuple[str, ...]]:
    """The words of each watch, in the form in which texts are compared."""
    return {watch.id: tuple(normal(word) for word in watch.words) for watch in playbook.watches}


def own_names(playbook: Playbook) -> frozenset[str]:
    """The brand's own words, which are in everything that is said to it and so are no news."""
    return frozenset(normal(word) for word in (playbook.name, playbook.brand, *playbook.names))


def matter_of(burst: Burst, playbook: Playbook, now: datetime) -> Matter:
    """What is put before a person for a burst, with up to five of its mentions."""
    titles = {f"watch:{one.id}": one.title for one in playbook.watches}
    watch = next((one for one in playbook.watches if f"watch:{one.id}" == burst.topic), None)
    step = max(1, len(burst.mentions) // EXAMPLES)
    return Matter(
        brand=playbook.brand,
        kind="spike",
        cause=f"spike:{burst.topic}",
        policy=watch.policy if watch is not None else "default",
        risk="sensitive",
        event=f"spike|{burst.topic}|{stamp(window_start(now))}",
        title=titles.get(burst.topic, burst.topic),
        reasons=(
            reason("burst", burst.authors, RECENT * MINUTES, f"{burst.usual:.1f}"),
            reason("chance", f"{burst.chance:.0e}"),
            *(reason("also", titles.get(topic, topic)) for topic in burst.also[:5]),
        ),
        at=now,
        count=burst.authors,
        usual=round(burst.usual, 2),
        window_minutes=RECENT * MINUTES,
        examples=tuple(f"{one.conversation}|{one.id}" for one in burst.mentions[::step][:EXAMPLES]),
    )


def count(
    mentions: Iterable[Mention],
    watches: Mapping[str, Sequence[str]],
    since: datetime,
    until: datetime,
) -> list[Window]:
    """The windows from `since` to `until`, by the time when things were said, empty ones included.

    What says it was said outside (a clock that is wrong, a late arrival) counts when it was heard.
    """
    authors: dict[datetime, set[str]] = defaultdict(set)
    topics: dict[datetime, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for mention in mentions:
        start = window_start(said(mention))
        authors[start].add(mention.author.id)
        for topic in topics_of(mention, watches):
            topics[start][topic].add(mention.author.id)
    windows, start = [], window_start(since)
    while start <= until:
        counted = Counter({topic: len(who) for topic, who in topics[start].items()})
        windows.append(
            Window(
                start=start,
                authors=len(authors[start]),
                topics=dict(counted.most_common(KEPT_TOPICS)),
            )
        )
        start += timedelta(minutes=MINUTES)
    return windows


def bursts(
    windows: Sequence[Window],
    mentions: Sequence[Mention],
    watches: Mapping[str, Sequence[str]],
    leave: frozenset[str],
    now: datetime,
) -> list[Burst]:
    """What is unusually loud at `now`, the most surprising first, one entry a story.

    `mentions` are those of the last half-hour at least. Topics in `leave` (the brand's own names)
    are never one. Authors count, not mentions: one loud person is no crowd.
    """
    first_now = window_start(now) - timedelta(minutes=MINUTES * (RECENT - 1))
    past = [window for window in windows if window.start < first_now]
    while past and not past[0].authors:
        past.pop(0)
    if len(past) < PAST_AT_LEAST:
        return []
    fresh = [one for one in mentions if first_now <= said(one) <= now + timedelta(minutes=MINUTES)]
    by_topic: dict[str, list[Mention]] = defaultdict(list)
    for mention in fresh:
        for topic in topics_of(mention, watches):
            by_topic[topic].append(mention)
    everyone_now = len({mention.author.id for mention in fresh})
    everyone_before = sum(window.authors for window in past)
    # The whole desk may be busy: what grows as everything grows is no burst.
    exposure = max(RECENT / len(past), everyone_now / max(1, everyone_before))
    found = []
    for topic, about in by_topic.items():
        people = len({mention.author.id for mention in about})
        if topic in leave or people < AUTHORS_AT_LEAST:
            continue
        before = sum(window.topics.get(topic, 0) for window in past)
        usual = (before + 0.5) * exposure
        chance = tail(people, before, exposure)
        if chance < SURPRISE and people >= TIMES_USUAL * usual:
            found.append(Burst(topic, people, usual, chance, (), tuple(about)))
    # A watch has a name that the brand chose: it leads its story.
    found.sort(key=lambda one: (not one.topic.startswith("watch:"), one.chance, one.topic))
    return [_named(story, by_topic) for story in _stories(found)]


def tail(people: int, before: int, exposure: float) -> float:
    """The chance of `people` or more, where `before` were seen in a past `1 / exposure` as long.

    Poisson with a Gamma(1/2) prior on its rate (Jeffreys), which makes the prediction a negative
    binomial with shape `before + 1/2` and odds `exposure`.
    """
    shape, odds = before + 0.5, exposure
    below = 0.0
    for k in range(people):
        below += exp(
            lgamma(shape + k)
            - lgamma(shape)
            - lgamma(k + 1)
            + k * log(odds / (1 + odds))
            - shape * log(1 + odds)
        )
    return max(0.0, 1.0 - below)


def _named(story: Burst, by_topic: Mapping[str, Sequence[Mention]]) -> Burst:
    """The story under the name of the watch that half of it belongs to, loud itself or not."""
    ids = {mention.id for mention in story.mentions}
    for name, about in by_topic.items():
        if name.startswith("watch:") and 2 * len(ids & {one.id for one in about}) >= len(ids):
            if name == story.topic:
                return story
            return story._replace(topic=name, also=(story.topic, *story.also))
    return story


def _stories(found: Sequence[Burst]) -> list[Burst]:
    """One burst a story: a topic most of whose mentions are another's belongs to that one."""
    stories: list[Burst] = []
    for burst in found:
        ids = {mention.id for mention in burst.mentions}
        for number, story in enumerate(stories):
            theirs = {mention.id for mention in story.mentions}
            if len(ids & theirs) >= SAME_STORY * min(len(ids), len(theirs)):
                stories[number] = story._replace(also=(*story.also, burst.topic))
                break
        else:
            stories.append(burst)
    return stories
