"""What is put before a person when a topic is unusual: one burst a story, under one name."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel, TypeAdapter

from desk.detectors import Finding
from desk.escalation import Matter
from desk.grievances import aspect_of, is_grievance
from desk.language.normal import normal
from desk.mention import Mention
from desk.odds import chance
from desk.playbook import Playbook
from desk.reasons import reason
from desk.tally import MINUTES, said, start_of
from desk.terms import WATCH, is_copy, naming, terms_of, watch_words
from desk.topics import RECENT, Topic
from desk.wire import stamp

EXAMPLES = 5
ALSO = 5
TITLE = 3
"""Terms that name a story of people who use different words."""
REMEMBERED = timedelta(hours=6)
"""For so long after it was last loud, what is the same story goes by the name it was told under."""
SAME_STORY = 0.5
"""Share of the fewer terms that two topics have in common where they are one story."""
MOST_TOLD, MOST_TERMS = 60, 24
RIVAL = "rival/"
"""What comes before a rival's id where it is counted as watches are."""


class Burst(NamedTuple):
    """A topic that is unusual: people now, what its past lets expect, the odds."""

    topic: str
    authors: int
    usual: float
    chance: float
    also: tuple[str, ...]
    """Other terms of the same story, the strongest first."""
    mentions: tuple[Mention, ...]
    """Those of the last half-hour, oldest first."""
    parts: tuple[str, ...] = ()
    """For each finding its parts, as reasons, and what its people complain of."""

    @property
    def title(self) -> str:
        """Its name; of a grievance the strongest of its people's words."""
        if not is_grievance(self.topic):
            return self.topic
        words = [term for term in self.also if not term.startswith(WATCH)]
        return " · ".join(words[:TITLE]) or aspect_of(self.topic)


class Told(BaseModel, frozen=True):
    """A story that people were told of, by its name and the terms it had then."""

    topic: str
    terms: tuple[str, ...]
    at: AwareDatetime
    grievances: tuple[str, ...] = ()
    """What half of its people complained of."""


stories = TypeAdapter(tuple[Told, ...])
"""Reads and writes what was told."""


def counted_words(playbook: Playbook) -> dict[str, tuple[str, ...]]:
    """The words of all that a brand counts by name, in the form in which texts are compared."""
    rivals = {f"{RIVAL}{one.id}": one.words for one in playbook.rivals}
    return watch_words(playbook) | {
        name: tuple(normal(word) for word in words) for name, words in rivals.items()
    }


def rival_terms(playbook: Playbook) -> frozenset[str]:
    """The terms under which rivals are counted."""
    return frozenset(f"{WATCH}{RIVAL}{one.id}" for one in playbook.rivals)


def is_rival(topic: str) -> bool:
    """Whether a topic is one of a brand's rivals: what hurts them stops nothing of ours."""
    return topic.startswith(f"{WATCH}{RIVAL}")


def own_names(playbook: Playbook) -> frozenset[str]:
    """The brand's own words, which are in everything that is said to it and so are no news."""
    return frozenset(normal(word) for word in (playbook.name, playbook.brand, *playbook.names))


def grouped(
    found: Sequence[Finding], told: Sequence[Told], now: datetime
) -> tuple[dict[str, list[Finding]], tuple[Told, ...]]:
    """`found` by story, the loudest first, and what was told once they have been.

    A story has the name of the watch that half of its people belong to, else the one under which
    it was told before, however it is named today. What people complain of in many words is the
    story of those who complained of it before in the same, and the other way round.
    """
    known = [one for one in told if now - one.at < REMEMBERED]
    groups: dict[str, list[Finding]] = {}
    for finding in found:
        topic = finding.topic
        before = next((one for one in known if _same(topic, one)), None)
        name = topic.watch or (before.topic if before else topic.name)
        groups.setdefault(name, []).append(finding)
        terms = before.terms if before and before.topic == name else ()
        terms = tuple(dict.fromkeys((*terms, *_words(topic))))[:MOST_TERMS]
        known = [one for one in known if one.topic != name]
        known.insert(0, Told(topic=name, terms=terms, at=now, grievances=topic.grievances))
    return groups, tuple(known[:MOST_TOLD])


def bursts(
    groups: Mapping[str, Sequence[Finding]],
    mentions: Sequence[Mention],
    watches: Mapping[str, Sequence[str]],
) -> list[Burst]:
    """One burst for each story of `groups`, with those of `mentions` that are about it."""
    watched = naming(watches)
    about = [(one, frozenset(terms_of(one, watched))) for one in sorted(mentions, key=said)]
    found = []
    for name, its in groups.items():
        loudest = its[0]
        core = frozenset(term for one in its for term in one.topic.core)
        terms = dict.fromkeys(
            term for one in its for term in _telling(one.topic) if not is_copy(term)
        )
        found.append(
            Burst(
                topic=name,
                authors=round(max(one.topic.people for one in its)),
                usual=loudest.usual,
                chance=chance(loudest.score),
                also=tuple(term for term in terms if term != name and not is_grievance(term)),
                mentions=tuple(one for one, its_terms in about if core & its_terms),
                parts=tuple(dict.fromkeys(part for one in its for part in _parts(one))),
            )
        )
    return found


def matter_of(burst: Burst, playbook: Playbook, now: datetime) -> Matter:
    """What is put before a person for a burst, with up to five of its mentions."""
    titles = {f"{WATCH}{one.id}": one.title for one in playbook.watched}
    titles |= {f"{WATCH}{RIVAL}{one.id}": one.name for one in playbook.rivals}
    watch = next((one for one in playbook.watched if f"{WATCH}{one.id}" == burst.topic), None)
    step = max(1, len(burst.mentions) // EXAMPLES)
    return Matter(
        brand=playbook.brand,
        kind="spike",
        cause=f"spike:{burst.topic}",
        policy=watch.policy if watch is not None else "default",
        risk="sensitive",
        event=f"spike|{burst.topic}|{stamp(start_of(now))}",
        title=titles.get(burst.topic, burst.title),
        reasons=(
            reason("burst", burst.authors, RECENT * MINUTES, f"{burst.usual:.1f}"),
            reason("chance", f"{burst.chance:.0e}"),
            *burst.parts,
            *(reason("also", titles.get(topic, topic)) for topic in burst.also[:ALSO]),
        ),
        at=now,
        count=burst.authors,
        usual=round(burst.usual, 2),
        window_minutes=RECENT * MINUTES,
        examples=tuple(f"{one.conversation}|{one.id}" for one in burst.mentions[::step][:EXAMPLES]),
    )


def _same(topic: Topic, told: Told) -> bool:
    if topic.watch or told.topic.startswith(WATCH):
        return topic.watch == told.topic
    if told.topic in topic.grievances:
        return True
    if is_grievance(topic.lead):
        return not set(topic.grievances).isdisjoint(told.grievances)
    ours, theirs = _words(topic), told.terms
    common = len(set(ours) & set(theirs))
    return common > 0 and common >= SAME_STORY * min(len(ours), len(theirs))


def _words(topic: Topic) -> tuple[str, ...]:
    terms = dict.fromkeys((topic.lead, *topic.core))
    return tuple(term for term in terms if not is_copy(term))[:MOST_TERMS]


def _telling(topic: Topic) -> tuple[str, ...]:
    # Those who complain in words of their own are in no core but that of what they complain of.
    return topic.terms if is_grievance(topic.lead) else (topic.name, *topic.core)


def _parts(finding: Finding) -> tuple[str, ...]:
    lead = finding.topic.lead
    if is_grievance(lead):
        return reason("complain_of", aspect_of(lead)), _part(finding)
    return (_part(finding),)


def _part(finding: Finding) -> str:
    points = [f"{decades:.1f}" for _, decades in finding.parts]
    match finding.kind:
        case "volume":
            return reason("loud_parts", points[0], points[1])
        case "negativity":
            return reason("unhappy_parts", points[0], points[1], points[2])
        case "new":
            return reason("new_parts", points[0], points[1])
        case "rival":
            return reason("rival_parts", points[0], points[1])
        case "planned":
            return reason("planned_parts", points[0], points[1])
