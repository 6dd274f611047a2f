"""Records as the desk keeps them, for tests to change: a tea and thermos brand on an afternoon."""

from datetime import UTC, datetime, timedelta
from typing import Any

from desk.approval import Approval, token_hash
from desk.control import Control, Hold
from desk.escalation import Escalation, Matter, name_of
from desk.mention import Author, Decision, Mention, Reading
from desk.outbound import Reply
from desk.playbook import Approver, Playbook, Policy, Step
from desk.wire import Address, Response

NOON = datetime(2027, 3, 8, 4, tzinfo=UTC)
"""In Shanghai."""
BRAND = "xiaoman"
LINK = "not-a-secret-not-a-secret-not-a-secret-not-"
"""The token of Lin's link."""
BRAKE = f"{BRAND}.{LINK}"
"""The token of Lin's link to the brake."""
OTHER_LINK = "another-secret-another-secret-another-secre"
"""The token of Yijun's."""
TAKEN = Response(200, {}, b'{"sentMessages": [{"id": "4711"}]}')
"""What LINE answers when it has taken a message."""
STEPS = (
    Step(ask=("lin",), wait_minutes=15),
    Step(ask=("yijun",), wait_minutes=10),
    Step(ask=("olena", "james"), wait_minutes=20),
)

BOOK = Playbook(
    brand=BRAND,
    version="v1",
    name="晓满 Xiaoman",
    languages=("zh-Hans", "en"),
    rules=(),
    scripts=(),
    policies={"default": Policy(steps=STEPS)},
    approvers={
        "lin": Approver(name="林悦", language="zh-Hans", role="operator"),
        "mei": Approver(name="阿梅", language="zh-Hans", role="operator"),
        "yijun": Approver(name="陳怡君", language="zh-Hant"),
        "olena": Approver(name="Олена", language="uk"),
        "james": Approver(name="James", language="en"),
    },
)
"""Its people, two of them operators and three leads."""


def after(minutes: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def mention(**change: Any) -> Mention:
    """Somebody asks on LINE when we close; `words`, `author` and `action` are short for parts."""
    words = tuple(change.pop("words", ("打烊",)))
    author = Author(id=change.pop("author", "line:author"), name="木木夕", followers=120)
    action = change.pop("action", "answer")
    decision = Decision(
        action=action,
        reasons=("rule:ask-hours|answer",),
        rule="ask-hours",
        script="hours",
        text="我们每天十点到十点。",
        category="question",
        playbook="v1",
    )
    fields: dict[str, Any] = {
        "id": "line:mention",
        "brand": BRAND,
        "channel": "line",
        "platform": "line",
        "conversation": "line:conversation",
        "kind": "message/create",
        "author": author,
        "address": Address("line", account="U-shop", conversation="C-native", author="U-native"),
        "text": "请问今晚几点打烊呀？",
        "said_at": NOON,
        "heard_at": NOON,
        "delivery": "delivery:0",
        "reading": Reading(language="zh-Hans", confidence=0.9, words=words),
        "decision": decision,
    }
    return Mention.model_validate(fields | change)


def reply(**change: Any) -> Reply:
    """An automatic answer to that mention, ready to go."""
    fields: dict[str, Any] = {
        "id": "line:reply",
        "brand": BRAND,
        "channel": "line",
        "platform": "line",
        "conversation": "line:conversation",
        "mention": "line:mention",
        "address": Address("line", account="U-shop", conversation="C-native", author="U-native"),
        "text": "我们每天十点到十点。",
        "state": "ready",
        "token": "t0",
        "automatic": True,
        "category": "question",
        "rule": "ask-hours",
        "script": "hours",
        "made_at": NOON,
        "expires_at": after(120),
        "due_at": after(2),
    }
    return Reply.model_validate(fields | change)


def draft(**change: Any) -> Reply:
    """The same answer, waiting for a yes."""
    return reply(**{"state": "pending", "automatic": False, "due_at": after(120)} | change)


def matter(**change: Any) -> Matter:
    """That draft, as it is put before a person."""
    fields: dict[str, Any] = {
        "brand": BRAND,
        "kind": "draft",
        "cause": "mention:line:mention",
        "category": "question",
        "channel": "line",
        "conversation": "line:conversation",
        "mention": "line:mention",
        "reply": "line:reply",
        "event": "line:mention",
        "reasons": ("unsure:0.30|0.40",),
        "at": NOON,
    }
    return Matter.model_validate(fields | change)


def escalation(**change: Any) -> Escalation:
    """The escalation about that matter, nobody asked yet."""
    about = change.pop("matter", matter())
    fields: dict[str, Any] = {
        "id": name_of(about.cause),
        "brand": BRAND,
        "matter": about,
        "policy": "default",
        "steps": STEPS,
        "expires_minutes": 120,
        "due_at": NOON,
        "opened_at": NOON,
        "risk": about.risk,
        "token": "t0",
    }
    return Escalation.model_validate(fields | change)


def approval(**change: Any) -> Approval:
    """Lin's link to it, good for two hours."""
    fields: dict[str, Any] = {
        "hash": token_hash(LINK),
        "brand": BRAND,
        "escalation": name_of("mention:line:mention"),
        "approver": "lin",
        "seen": reply().fingerprint,
        "made_at": NOON,
        "expires_at": after(120),
    }
    return Approval.model_validate(fields | change)


def hold(**change: Any) -> Hold:
    """A person's stop for the whole brand, an hour before noon."""
    fields: dict[str, Any] = {"scope": "brand", "by": "yijun", "reason": "lids", "at": after(-60)}
    return Hold.model_validate(fields | change)


def control(*holds: Hold, **change: Any) -> Control:
    """The control item of a desk at which all is well, but for `holds`."""
    fields: dict[str, Any] = {"brand": BRAND, "holds": holds, "heartbeat": after(-3)}
    return Control.model_validate(fields | change)


def batch(*bodies: str) -> dict[str, Any]:
    """A queue's batch of those messages, as a function is handed it; numbered from 0."""
    return {"Records": [{"messageId": str(n), "body": body} for n, body in enumerate(bodies)]}
