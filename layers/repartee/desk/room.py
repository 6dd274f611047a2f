"""A war room: a topic or a planned event that people watch together, from its opening to a review.

While it is open, matters of its topic go to its own, wider policy; a statement lies ready, approved
by nobody until somebody says so; and what is decided is written down where the review finds it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from string import Template
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel

from desk.escalation import Escalation, Matter
from desk.mention import Mention
from desk.outbound import Reply
from desk.playbook import Playbook
from desk.reasons import reason
from desk.scopes import covers

MAX_ENTRIES = 500
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
    """What those on duty are told when it opens: its topic, by whom, why, how loud it is."""
    return Matter(
        brand=room.brand,
        kind="note",
        cause=f"room:{room.id}",
        policy=room.policy,
        risk="sensitive",
        category=room.topic,
        event=f"{room.id}|open",
        title=room.title,
        reasons=(reason("room_open", room.opened_by, room.why, people),),
        at=now,
    )


def statement(topic: str, playbook: Playbook) -> str:
    """What the playbook has ready to be said about a topic, or else about any; empty for none.

    In the brand's first language, by the first variant that names nobody.
    """
    ready = playbook.war_room.statements
    script = playbook.script(ready.get(topic) or ready.get("default") or "")
    if script is None:
        return ""
    for variant in script.variants.get(playbook.languages[0], ()):
        text = Template(variant).safe_substitute(brand=playbook.name)
        if "$" not in text:
            return text
    return ""


def is_about(mention: Mention, topic: str, words: Sequence[str], plain: str) -> bool:
    """Whether a mention is of the topic: by its rule, its category, or a word of the watch.

    `words` are those of the watch and `plain` is the mention's text, all in their normal form.
    """
    if topic in (mention.decision.rule, mention.decision.category):
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
        "",
        "## How loud",
        *_curve(heard.mentions),
        "",
        "## What was decided",
        *(_lines(room, heard) or ["Nothing was written down."]),
    ]
    return "\n".join(lines) + "\n"


def _ending(room: Room, now: datetime) -> str:
    if room.closed_at is not None:
        return f"Closed {_time(room.closed_at)} by {room.closed_by}: {room.conclusion}"
    return f"Closed by itself {_time(room.until)}" if now >= room.until else "Still open"


def _curve(mentions: Sequence[Mention]) -> list[str]:
    """A bar for each ten minutes, of people and not of posts."""
    by_step: dict[datetime, set[str]] = {}
    for one in mentions:
        minute = one.said_at.minute // MINUTES * MINUTES
        step = one.said_at.replace(minute=minute, second=0, microsecond=0)
        by_step.setdefault(step, set()).add(one.author.id)
    most = max(map(len, by_step.values()), default=0)
    if not most:
        return ["Nobody spoke of it."]
    step, last, rows = min(by_step), max(by_step), ["```"]
    while step <= last:
        count = len(by_step.get(step, ()))
        rows.append(f"{step:%m-%d %H:%M} {count:4} {'█' * round(BAR * count / most)}".rstrip())
        step += timedelta(minutes=MINUTES)
    return [*rows, "```"]


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
    return f"{at:%Y-%m-%d %H:%M} UTC"
