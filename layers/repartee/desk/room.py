"""A war room: a topic or a planned event that people watch together, from its opening to a review.

While it is open, matters of its topic go to its own, wider policy; a statement lies ready, approved
by nobody until somebody says so; and what is decided is written down where the review finds it.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from string import Template
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel

from desk.escalation import Escalation, Matter
from desk.mention import Mention
from desk.outbound import Reply
from desk.playbook import Event, Playbook
from desk.reasons import reason
from desk.scopes import covers
from desk.wire import stamp

MAX_ENTRIES = 500
BEFORE, AFTERWARDS = timedelta(days=1), timedelta(hours=1)
"""A room for an event opens a day before it at the earliest, and closes an hour after it."""
LONGEST = timedelta(days=5)
"""More than any room is open: three days of an event, the day before, the hour after."""
MINUTES = 10
"""Of a step of the review's curve."""
BAR = 40
"""Characters of its longest bar."""


class Entry(BaseModel, frozen=True):
    """A line of the decision log."""

    at: AwareDatetime
    by: str
    what: str


class Room(BaseModel, frozen=True):
    """An open or closed war room. `token` fences every change."""

    id: str
    brand: str
    topic: str
    """A category, a rule's id or a watch's id."""
    title: str
    policy: str
    """Who is asked about its matters."""
    opened_by: str
    opened_at: AwareDatetime
    why: str
    until: AwareDatetime
    """It closes by itself then, so that none is forgotten; people may close it before."""
    closed_by: str = ""
    closed_at: AwareDatetime | None = None
    conclusion: str = ""
    log: tuple[Entry, ...] = ()
    statement: str = ""
    """`conversation|reply` of the statement that lies ready, if the playbook has one."""
    event: str = ""
    """The planned event that it is for, if it is for one."""
    begins: AwareDatetime | None = None
    """When that begins."""
    last_year: tuple[float, ...] = ()
    """People in each ten minutes of last year's, from its beginning, where they are known."""
    token: str

    def is_open(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.closed_at is None and now < self.until


class Heard(NamedTuple):
    """What a review is made of."""

    mentions: Sequence[Mention]
    replies: Sequence[Reply]
    escalations: Sequence[Escalation]
    holds: Sequence[tuple[str, str]]
    """Time in ISO form and line, of what was stopped and released."""


def name_of(topic: str, at: datetime) -> str:
    """The id of the room that was opened for a topic at that time."""
    return sha256(f"{topic}|{stamp(at)}".encode()).hexdigest()[:12]


def planned(
    event: Event, last_year: Sequence[float], playbook: Playbook, by: str, why: str, now: datetime
) -> Room:
    """The room of a planned event: until an hour after its end, and one for each of its dates.

    Its id and its token follow from the event, so that of two who open it one does.
    """
    name = name_of(f"event:{event.id}", event.begins)
    return Room(
        id=name,
        brand=playbook.brand,
        topic=event.topic,
        title=event.title,
        policy=playbook.war_room.policy,
        opened_by=by,
        opened_at=now,
        why=why,
        until=event.ends + AFTERWARDS,
        event=event.id,
        begins=event.begins,
        last_year=tuple(last_year),
        token=name,
    )


def terms(rooms: Iterable[Room]) -> frozenset[str]:
    """The watches of rooms, as they are counted."""
    return frozenset(f"watch:{room.topic}" for room in rooms)


def is_of(room: Room, event: Event) -> bool:
    """Whether a room, open or closed, was opened for an event on its date."""
    return (room.event, room.begins) == (event.id, event.begins)


def to_begin(rooms: Sequence[Room], playbook: Playbook, now: datetime) -> list[Event]:
    """The events for which a room opens by itself now.

    Where people have opened one, for it or for its topic, or closed the one it had, none does.
    """
    busy = {room.topic for room in rooms if room.is_open(now)}
    return [
        one
        for one in playbook.events
        if one.opens_room
        and one.is_on(now)
        and one.topic not in busy
        and not any(is_of(room, one) for room in rooms)
    ]


def noted(room: Room, by: str, what: str, token: str, now: datetime) -> Room:
    """The room with one more line in its log; ValueError once there are too many."""
    if len(room.log) >= MAX_ENTRIES:
        raise ValueError(f"{MAX_ENTRIES} lines are enough: open another room")
    entry = Entry(at=now, by=by, what=what)
    return room.model_copy(update={"log": (*room.log, entry), "token": token})


def closed(room: Room, by: str, conclusion: str, token: str, now: datetime) -> Room:
    """The room once somebody has closed it."""
    change = {"closed_by": by, "closed_at": now, "conclusion": conclusion, "token": token}
    return room.model_copy(update=change)


def widened(matter: Matter, about: Iterable[str], rooms: Iterable[Room], now: datetime) -> Matter:
    """The matter with the policy of the open room of its topic, and why it goes there.

    `about` are the topics of its reply, as holds go by them; its category counts as well and, of
    what is loud, its watch.
    """
    names = {*about, matter.category, matter.cause.removeprefix("spike:")}
    for room in rooms:
        if room.is_open(now) and covers(f"topic:{room.topic}", matter.channel, names):
            reasons = (*matter.reasons, reason("room", room.title, room.opened_by))
            return matter.model_copy(update={"policy": room.policy, "reasons": reasons})
    return matter


def opening(room: Room, people: int, now: datetime) -> Matter:
    """What those on duty are told when it opens: its topic, by whom, why, how loud it is; of an
    event also when last year's was loudest.
    """
    reasons = [reason("room_open", room.opened_by, room.why, people)]
    if room.last_year:
        most = max(room.last_year)
        step = room.last_year.index(most)
        reasons.append(reason("last_year", round(most), step * MINUTES))
    return Matter(
        brand=room.brand,
        kind="note",
        cause=f"room:{room.id}",
        policy=room.policy,
        risk="sensitive",
        category=room.topic,
        event=f"{room.id}|open",
        title=room.title,
        reasons=tuple(reasons),
        at=now,
    )


def statement(room: Room, playbook: Playbook) -> str:
    """What the playbook has ready to be said about a room's event, or else its topic, or else any;
    empty for none.

    In the brand's first language, by the first variant that names nobody.
    """
    ready = playbook.war_room.statements
    names = (room.event, room.topic, "default")
    script = playbook.script(next((ready[name] for name in names if name in ready), ""))
    if script is None:
        return ""
    for variant in script.variants.get(playbook.languages[0], ()):
        text = Template(variant).safe_substitute(brand=playbook.name)
        if "$" not in text:
            return text
    return ""


def is_about(mention: Mention, topic: str, words: Sequence[str], plain: str) -> bool:
    """Whether a mention is of the topic: by its rule, its category, a watch that triage found in
    it, or a word that the watch has now.

    `words` are those of the watch and `plain` is the mention's text, all in their normal form.
    """
    decision = mention.decision
    if topic in (decision.rule, decision.category, *decision.watches):
        return True
    return any(word in plain for word in words)


def review(room: Room, heard: Heard, now: datetime) -> str:
    """The closing document in Markdown: what happened when, what was decided by whom, and its end.

    Every figure is counted from what is stored. Nobody outside is named.
    """
    end = min(now, room.closed_at or room.until)
    minutes = (end - room.opened_at).total_seconds() / 60
    feelings = [one.reading.sentiment for one in heard.mentions]
    people = {one.author.id for one in heard.mentions}
    sent = [one for one in heard.replies if one.state == "sent"]
    automatic = sum(one.automatic for one in sent)
    waits = sorted(
        (one.settled_at - one.opened_at).total_seconds() / 60
        for one in heard.escalations
        if one.settled_at is not None
    )
    lines = [
        f"# War room: {room.title}",
        "",
        f"Opened {_time(room.opened_at)} by {room.opened_by}: {room.why}",
        _ending(room, now),
        "",
        "## In figures",
        f"- open for {minutes:.0f} minutes",
        f"- {len(heard.mentions)} mentions by {len(people)} people: "
        f"{feelings.count('negative')} negative, {feelings.count('positive')} positive",
        f"- {len(sent)} answers: {automatic} by the desk, {len(sent) - automatic} by people",
        f"- {len(heard.escalations)} matters put before a person, {len(waits)} ended"
        + (f", half of them within {waits[len(waits) // 2]:.0f} minutes" if waits else ""),
        *_totals(room, heard.mentions),
        "",
        "## How loud",
        *_curve(room, heard.mentions),
        "",
        "## What was decided",
        *(_lines(room, heard) or ["Nothing was written down."]),
    ]
    return "\n".join(lines) + "\n"


def _ending(room: Room, now: datetime) -> str:
    if room.closed_at is not None:
        return f"Closed {_time(room.closed_at)} by {room.closed_by}: {room.conclusion}"
    return f"Closed by itself {_time(room.until)}" if now >= room.until else "Still open"


def _totals(room: Room, mentions: Sequence[Mention]) -> list[str]:
    """Of an event whose last year is known, both years' figures."""
    if not room.last_year or room.begins is None:
        return []
    counted = _steps(mentions)
    year = {step: count for step, count in counted.items() if step >= _step(room.begins)}
    last = room.last_year
    return [
        f"- {sum(year.values())} people in all ten minutes of it together, "
        f"at most {max(year.values(), default=0)} in one; "
        f"last year {sum(last):.0f}, at most {max(last):.0f}"
    ]


def _curve(room: Room, mentions: Sequence[Mention]) -> list[str]:
    """A bar for each ten minutes, of people and not of posts; beside it what last year's was."""
    counted = _steps(mentions)
    last_year = _last_year(room)
    if not counted:
        return ["Nobody spoke of it."]
    most = max(counted.values())
    step, last, rows = min(counted), max(counted), ["```"]
    if last_year:
        rows.append("             now last year")
    while step <= last:
        count = counted.get(step, 0)
        before = f" {last_year.get(step, 0):9.0f}" if last_year else ""
        bar = "█" * round(BAR * count / most)
        rows.append(f"{step:%m-%d %H:%M} {count:4}{before} {bar}".rstrip())
        step += timedelta(minutes=MINUTES)
    return [*rows, "```"]


def _steps(mentions: Sequence[Mention]) -> dict[datetime, int]:
    by_step: dict[datetime, set[str]] = {}
    for one in mentions:
        by_step.setdefault(_step(one.said_at), set()).add(one.author.id)
    return {step: len(people) for step, people in by_step.items()}


def _last_year(room: Room) -> dict[datetime, float]:
    """What last year's came to, by this year's time."""
    if room.begins is None:
        return {}
    first, step = _step(room.begins), timedelta(minutes=MINUTES)
    return {first + number * step: people for number, people in enumerate(room.last_year)}


def _step(at: datetime) -> datetime:
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute // MINUTES * MINUTES, second=0, microsecond=0)


def _lines(room: Room, heard: Heard) -> list[str]:
    rows = [(one.at, f"{one.by}: {one.what}") for one in room.log]
    rows += [(datetime.fromisoformat(at), line) for at, line in heard.holds]
    rows += [
        (one.settled_at, f"{one.settled_by or 'nobody'} on {one.matter.kind}: {one.state}")
        for one in heard.escalations
        if one.settled_at is not None
    ]
    return [f"- {_time(at)} {line}" for at, line in sorted(rows, key=lambda row: row[0])]


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
