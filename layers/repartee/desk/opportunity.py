"""An opportunity: a moment that is put before a person, with a brief and a post, to its end.

    found ──▶ asked ──▶ approved ──▶ posted ──▶ measured
      ╰──────── and `over` from each of the first two: rejected, expired, or too late

Its clocks are kept: when the story was first seen, when it was found, put before somebody, decided
and posted. They are what a desk is measured by.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from string import Template
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel

from desk.escalation import Matter
from desk.lengths import too_long
from desk.links import links
from desk.mention import Language, Mention
from desk.objections import objection
from desk.outbound import Reply
from desk.playbook import Format, Playbook
from desk.publication import CATEGORY, Place, publication
from desk.reasons import reason
from desk.rulebook import Limit, RuleBook
from desk.story import Story
from desk.wire import stamp, visible

if TYPE_CHECKING:
    from desk.moments import Moment

State = Literal["found", "asked", "approved", "posted", "measured", "over"]

MAX_TOPIC = 40
"""Characters of a title that a post repeats."""
MAX_EXAMPLES = 5
MEASURED_AFTER = timedelta(minutes=55)
"""After so long the result of a post is taken: within the hour, whenever the scan runs."""
MIN_LIFE = 15.0
"""Minutes for which a person may decide at least, however little is left of the moment."""
_QUOTES = {ord(c): None for c in '「」『』«»“”"#$<>{}\\'}


class Result(BaseModel, frozen=True):
    """What came of a post, an hour after it went out."""

    at: AwareDatetime
    answers: int
    """What people wrote below it."""
    people: int
    positive: int
    negative: int


class Opportunity(BaseModel, frozen=True):
    """A moment as it is stored. `token` fences every change."""

    id: str
    brand: str
    title: str
    titles: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    best_rank: int | None = None
    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    careful: tuple[str, ...] = ()
    rivals: int = 0
    score: float
    parts: dict[str, float]
    text: str = ""
    """What would be posted, as it was drafted."""
    format: str = ""
    by_model: bool = False
    """Whether a model drafted the text, and no person of the brand ever saw it before."""
    image: str = ""
    links: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    """`conversation|mention` of where it was seen."""
    state: State = "found"
    token: str
    first_seen: AwareDatetime
    found_at: AwareDatetime
    asked_at: AwareDatetime | None = None
    decided_at: AwareDatetime | None = None
    posted_at: AwareDatetime | None = None
    expires_at: AwareDatetime
    channels: tuple[str, ...] = ()
    """Where it is posted: one reply for each."""
    results: dict[str, Result] = {}
    """By channel."""


class Clocks(NamedTuple):
    """Minutes from the first sighting; None for what has not happened."""

    detected: float
    decided: float | None
    published: float | None


class Draft(NamedTuple):
    """What would be posted, by which format and in which language."""

    text: str
    format: Format
    language: Language
    by_model: bool = False


def found_as(
    moment: Moment, draft: Draft, places: Sequence[Place], brand: str, token: str, now: datetime
) -> Opportunity:
    """A moment as an opportunity, with what would be posted. Its name is that of its story."""
    story = moment.story
    return Opportunity(
        id=sha256(f"{brand}|{stamp(story.first_seen)}|{story.title}".encode("utf-8", "replace"))
        .hexdigest()[:24],
        brand=brand,
        title=story.title,
        titles=story.titles,
        sources=story.sources,
        best_rank=story.best_rank,
        topics=moment.topics,
        words=moment.words,
        careful=moment.careful,
        rivals=len(story.rivals),
        score=moment.score,
        parts=dict(moment.parts),
        text=draft.text,
        channels=tuple(place.channel for place in places),
        format=draft.format.id,
        by_model=draft.by_model,
        image=draft.format.image,
        links=story.links[:MAX_EXAMPLES],
        examples=story.names[:MAX_EXAMPLES],
        token=token,
        first_seen=story.first_seen,
        found_at=now,
        expires_at=now + timedelta(minutes=max(MIN_LIFE, moment.minutes_left)),
    )  # fmt: skip


def post_of(one: Opportunity, places: Sequence[Place], policy: str, token: str) -> Reply:
    """The post that waits for a yes, for as long as the opportunity lives."""
    return publication(
        one.id,
        one.text,
        places,
        brand=one.brand,
        policy=policy,
        token=token,
        now=one.found_at,
        expires_at=one.expires_at,
        script=one.format,
    )


def matter_of(one: Opportunity, post: Reply) -> Matter:
    """What is put before a person for an opportunity: why it suits, how loud, how long."""
    return Matter(
        brand=one.brand,
        kind="opportunity",
        cause=f"opportunity:{one.id}",
        policy=post.policy,
        risk=post.risk,
        category=CATEGORY,
        channel=post.channel,
        conversation=post.conversation,
        reply=post.id,
        event=one.id,
        title=one.title,
        reasons=(*evidence(one), _points(one)),
        at=one.found_at,
        examples=one.examples,
    )


def evidence(one: Opportunity) -> tuple[str, ...]:
    """What speaks for and against an opportunity, as reasons: all of it was counted."""
    found = [
        reason("moment", f"{one.score:.0f}", ", ".join(one.sources), one.best_rank or "–"),
        reason("fits", ", ".join(one.words)),
    ]
    if one.careful:
        found.append(reason("careful", ", ".join(one.careful)))
    if one.rivals:
        found.append(reason("rivals", one.rivals))
    if one.by_model:
        found.append(reason("by_model"))
    return tuple(found)


def _points(one: Opportunity) -> str:
    points = [f"{round(it, 1) + 0.0:.1f}" for it in one.parts.values()]  # no -0.0
    relevance, size, hook, mood, fresh, rivals, risk = points
    return reason("parts", relevance, size, hook, mood, fresh, rivals, risk)


def same_story(one: Opportunity, story: Story) -> bool:
    """Whether an opportunity was made of that story, under any of its titles."""
    return bool({*one.titles} & {*story.titles} or {*one.examples} & {*story.names})


def followed(one: Opportunity, posts: Sequence[Reply], token: str, now: datetime) -> Opportunity:
    """The opportunity by what became of its posts; the same one where nothing has."""
    decided = min((post.decided_at for post in posts if post.decided_at), default=None)
    sent = min((post.sent_at for post in posts if post.sent_at), default=None)
    state: State = one.state
    if sent is not None:
        state = "measured" if one.state == "measured" else "posted"
    elif any(post.state == "rejected" for post in posts) or now >= one.expires_at:
        state = "over"
    elif decided is not None:
        state = "approved"
    change = {"state": state, "decided_at": decided, "posted_at": sent}
    after = one.model_copy(update=change)
    return after if after == one else after.model_copy(update={"token": token})


def is_to_be_measured(one: Opportunity, now: datetime) -> bool:
    """Whether the result of its posts is to be taken."""
    return (
        one.state == "posted"
        and one.posted_at is not None
        and now - one.posted_at >= MEASURED_AFTER
    )


def measured(one: Opportunity, results: dict[str, Result], token: str) -> Opportunity:
    """The opportunity with what came of its posts, by channel."""
    change = {"state": "measured", "results": results, "token": token}
    return one.model_copy(update=change)


def result_of(posts: Sequence[Mention], now: datetime) -> Result:
    """What people wrote below a post: `posts` are the mentions of its conversation."""
    feelings = [one.reading.sentiment for one in posts]
    return Result(
        at=now,
        answers=len(posts),
        people=len({one.author.id for one in posts}),
        positive=feelings.count("positive"),
        negative=feelings.count("negative"),
    )


def clocks(one: Opportunity) -> Clocks:
    """How fast the desk was: detect, decide, publish."""

    def minutes(at: datetime | None) -> float | None:
        return None if at is None else (at - one.first_seen).total_seconds() / 60

    found = (one.found_at - one.first_seen).total_seconds() / 60
    return Clocks(found, minutes(one.decided_at), minutes(one.posted_at))


def topic_of(title: str) -> str:
    """A title as a post repeats it: without quotes, tags and what a template could mistake."""
    plain = " ".join(title.translate(_QUOTES).split())
    return plain if len(plain) <= MAX_TOPIC else plain[: MAX_TOPIC - 1].rstrip() + "…"


def drafted(
    title: str,
    topics: Sequence[str],
    playbook: Playbook,
    books: Iterable[RuleBook],
    language: Language,
    turn: int,
) -> Draft | None:
    """The post that suits a moment: within the limits of every channel's book, or None.

    Formats that suit the first topic come first; `turn` takes the variants in turn. In `language`
    where the format has it, else in the brand's first.
    """
    values = {"topic": topic_of(title), "brand": playbook.name}
    limits = _limits(books)
    for topic in topics:
        for way in playbook.formats:
            if topic not in way.topics:
                continue
            for tongue in dict.fromkeys((language, *playbook.languages[:1])):
                variants = way.texts.get(tongue, ())
                for number in range(len(variants)):
                    variant = variants[(turn + number) % len(variants)]
                    text = Template(variant).safe_substitute(values).strip()
                    if "$" not in text and text and not too_long(text, limits):
                        return Draft(text, way, tongue)
    return None


def _limits(books: Iterable[RuleBook]) -> tuple[Limit, ...]:
    ways = [book.ways["post"] for book in books if "post" in book.ways]
    return tuple(limit for way in ways for limit in way.limits)


def rewritten(draft: Draft, text: str, playbook: Playbook, books: Iterable[RuleBook]) -> Draft:
    """The draft in a model's words, where these could be said at all; else the draft as it is.

    One line, within every channel's limits, without links, handles and forbidden words.
    """
    text = visible(text).strip()
    unfit = "\n" in text or "@" in text or "://" in text or links(text)
    if not text or unfit or objection(text, playbook) or too_long(text, _limits(books)):
        return draft
    return draft._replace(text=text, by_model=True)
