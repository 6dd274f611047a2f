"""What is talked about and would suit the brand to join in on: how well, why, and for how long."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import log
from typing import Literal, NamedTuple

from desk.language.fingerprint import near
from desk.language.normal import normal
from desk.mention import Reading
from desk.playbook import Playbook
from desk.story import Story
from desk.tolerance import FIRST_WITHOUT_SPACES, about, words_in

RELEVANCE, SIZE, HOOK, TONE, FRESHNESS = 30.0, 20.0, 15.0, 10.0, 25.0
"""The most that each part brings. With no rival there and nothing careful they make a hundred."""
SATURATION = 20.0
"""What rivals' posts take at the most: each takes three tenths of what those before it left."""
LAST_PLACE = 50
"""The place in a list from which on a trend has no size."""
LONGEST = timedelta(hours=24)
"""After this nothing is a moment any more, whatever its score."""
KEPT = 300
"""Stories that are remembered at once."""
MAX_NAMES = 12
"""Of each story, so many titles, sources and mentions: more make it no bigger."""
MAX_RIVALS = 60
ALIKE = 0.7
"""Share of the shorter title's pairs of characters, or long words, that two of one story share."""

_GRAVE = frozenset({"grief", "fear", "crisis"})


class Sighting(NamedTuple):
    """A title as one list or feed had it, once."""

    title: str
    source: str
    at: datetime
    rank: int | None
    name: str
    """Of the mention that it is: `conversation|mention`."""
    link: str = ""
    fingerprint: str = ""


class Moment(NamedTuple):
    """A story that suits the brand: `score` is the sum of `parts`."""

    story: Story
    score: float
    parts: Mapping[str, float]
    topics: tuple[str, ...]
    """Ids of the allowed topics that it is about, the one with most of its words first."""
    words: tuple[str, ...]
    """The brand's words that were found in its titles."""
    careful: tuple[str, ...]
    minutes_left: float
    """Until its score falls below what the playbook asks for; 0 where it is below."""


class Refused(NamedTuple):
    """A story that no opportunity is made of."""

    story: Story
    why: Literal["forbidden", "grave", "ours", "foreign", "over"]
    """Of a forbidden topic, sad or frightening, bad news about us, no topic of ours, too old."""
    detail: str = ""


def told(stories: Iterable[Story], sightings: Iterable[Sighting]) -> list[Story]:
    """The stories once those sightings have been added: titles that are nearly alike are one.

    A sighting that was added before changes nothing. What is longer than a day ago is forgotten, as
    are the oldest above KEPT. In the order in which they were first seen.
    """
    known = [*stories]
    marks = [[_pairs(normal(title)) for title in one.titles] for one in known]
    for seen in sorted(sightings, key=lambda each: (each.at, each.name)):
        title = normal(seen.title)
        pairs = _pairs(title)
        for number, story in enumerate(known):
            if (
                any(title == normal(other) for other in story.titles)
                or any(_alike(pairs, others) for others in marks[number])
                or any(near(seen.fingerprint, other) for other in story.fingerprints)
            ):
                known[number] = _with(story, seen)
                if len(known[number].titles) > len(story.titles):
                    marks[number].append(pairs)
                break
        else:
            known.append(_with(Story(titles=(), first_seen=seen.at, last_seen=seen.at), seen))
            marks.append([pairs])
    latest = max((one.last_seen for one in known), default=None)
    fresh = [one for one in known if latest is None or latest - one.last_seen <= LONGEST]
    return sorted(fresh, key=lambda one: one.first_seen)[-KEPT:]


def with_rivals(
    stories: Iterable[Story], playbook: Playbook, said: Mapping[str, str]
) -> list[Story]:
    """The stories with what speaks of them and names a rival; `said` are texts by their mention."""
    names = [normal(word) for rival in playbook.rivals for word in rival.words]
    about = {
        name: _pairs(text)
        for name, text in ((name, normal(text)) for name, text in said.items())
        if any(word in text for word in names)
    }
    after = []
    for story in stories:
        marks = [pairs for pairs in (_pairs(normal(title)) for title in story.titles) if pairs]
        more = [
            name
            for name, pairs in about.items()
            if any(len(mark & pairs) >= ALIKE * len(mark) for mark in marks)
        ]
        rivals = tuple(dict.fromkeys((*story.rivals, *more)))[:MAX_RIVALS]
        after.append(story.model_copy(update={"rivals": rivals}))
    return after


def judged(
    story: Story,
    playbook: Playbook,
    read: Callable[[str, str], Reading],
    now: datetime,
) -> Moment | Refused:
    """How well `story` suits the brand at `now`.

    Nothing forbidden, grave or sad is ever a moment. What is careful costs points, and a lead is
    asked about it. The score falls with age, and with each post of a rival.
    """
    tolerance = playbook.tolerance
    rivals = len(story.rivals)
    texts = [normal(title) for title in story.titles]
    readings = [read(title, "") for title in story.titles]
    if found := about(tolerance.forbidden, texts):
        return Refused(story, "forbidden", next(iter(found)))
    for text, reading in zip(texts, readings, strict=True):
        if grave := {*reading.tone, *reading.intents} & _GRAVE:
            return Refused(story, "grave", min(grave))
        if reading.sentiment == "negative" and words_in((playbook.name, *playbook.names), (text,)):
            return Refused(story, "ours")
    topics = about(tolerance.allowed, texts)
    if not topics:
        return Refused(story, "foreign")
    age = max(timedelta(), now - story.first_seen)
    if age > LONGEST:
        return Refused(story, "over")
    careful = about(tolerance.careful, texts)
    own = words_in((*playbook.names, *playbook.dictionary), texts)
    matched = {word for words in topics.values() for word in words}
    suited = any({*way.topics} & {*topics} for way in playbook.formats)
    half = playbook.moments.half_life_minutes * 60
    parts = {
        "relevance": RELEVANCE * min(1.0, 0.7 + 0.15 * (len(matched) - 1)),
        "size": _size(story),
        "hook": HOOK * (0.6 * suited + 0.4 * bool(own)),
        "tone": TONE * _mood(readings),
        "freshness": FRESHNESS * 0.5 ** (age.total_seconds() / half),
        "saturation": -SATURATION * (1 - 0.7**rivals),
        "risk": -SATURATION * min(1.0, len(careful)),
    }
    score = sum(parts.values())
    left = min(_minutes_left(parts, playbook), (LONGEST - age).total_seconds() / 60)
    return Moment(
        story=story,
        score=score,
        parts=parts,
        topics=tuple(sorted(topics, key=lambda name: -len(topics[name]))),
        words=tuple(sorted(matched | own)),
        careful=tuple(careful),
        minutes_left=max(0.0, left),
    )


def best(found: Iterable[Moment | Refused], playbook: Playbook, had_today: int) -> list[Moment]:
    """The moments that are worth a person's look now, best first, within the day's number."""
    good = [
        one for one in found if isinstance(one, Moment) and one.score >= playbook.moments.at_least
    ]
    good.sort(key=lambda one: (-one.score, one.story.title))
    return good[: max(0, playbook.moments.per_day - had_today)]


def _with(story: Story, seen: Sighting) -> Story:
    def more(before: tuple[str, ...], one: str) -> tuple[str, ...]:
        return (*before, one) if one and one not in before and len(before) < MAX_NAMES else before

    ranks = [rank for rank in (story.best_rank, seen.rank) if rank is not None]
    return Story(
        titles=more(story.titles, seen.title),
        first_seen=min(story.first_seen, seen.at),
        last_seen=max(story.last_seen, seen.at),
        best_rank=min(ranks, default=None),
        sources=more(story.sources, seen.source),
        fingerprints=more(story.fingerprints, seen.fingerprint),
        names=more(story.names, seen.name),
        links=more(story.links, seen.link),
        rivals=story.rivals,
    )


def _pairs(text: str) -> frozenset[str]:
    """What titles are compared by: pairs of characters or, where words have spaces, long words."""
    words = "".join(c if c.isalnum() else " " for c in text).split()
    if sum(c < FIRST_WITHOUT_SPACES for c in text) * 2 > len(text):
        return frozenset(word for word in words if len(word) > 3)
    joined = "".join(words)
    return frozenset(joined[at : at + 2] for at in range(len(joined) - 1))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    shorter = min(len(one), len(other))
    return shorter >= 3 and len(one & other) >= ALIKE * shorter


def _size(story: Story) -> float:
    """From 0 to SIZE: the best place in any list, by its logarithm, and how many lists have it."""
    rank = LAST_PLACE if story.best_rank is None else min(story.best_rank, LAST_PLACE)
    place = 1 - log(rank) / log(LAST_PLACE)
    return SIZE * (0.75 * place + 0.25 * min(1.0, (len(story.sources) - 1) / 2))


def _mood(readings: Sequence[Reading]) -> float:
    """From 0 for a surely bad mood to 1 for a surely good one."""
    value = {"negative": -1.0, "neutral": 0.2, "positive": 1.0}
    signed = sum(value[one.sentiment] * one.confidence for one in readings) / len(readings)
    return min(1.0, max(0.0, 0.5 + 0.5 * signed))


def _minutes_left(parts: Mapping[str, float], playbook: Playbook) -> float:
    rest = sum(value for name, value in parts.items() if name != "freshness")
    missing = playbook.moments.at_least - rest
    if missing <= 0:
        return LONGEST.total_seconds() / 60
    fresh = parts["freshness"]
    if fresh < missing:
        return 0.0
    return playbook.moments.half_life_minutes * log(fresh / missing, 2)
