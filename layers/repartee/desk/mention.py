"""A mention: what somebody wrote about or to a brand, how it was read, and what was decided."""

import hashlib
import hmac
from base64 import b32encode
from typing import Literal

from pydantic import AwareDatetime, BaseModel

from desk.rulebook import Opening
from desk.wire import Address

Language = Literal["zh-Hans", "zh-Hant", "yue", "en", "uk", "ru", "ja", "other"]
Sentiment = Literal["negative", "neutral", "positive"]
Intent = Literal[
    "complaint", "question", "praise", "suggestion", "purchase", "crisis",
    "media", "person", "spam", "other",
]  # fmt: skip
Tone = Literal["anger", "grief", "humour", "irony", "fear"]
Aspect = Literal[
    "product", "taste", "price", "delivery", "service", "packaging", "safety", "quantity",
    "app", "store", "promotion",
]  # fmt: skip
Risk = Literal["routine", "sensitive", "severe"]
Action = Literal["answer", "escalate", "record", "ignore", "quarantine"]
Rung = Literal["shadow", "suggest", "auto"]


class Reading(BaseModel, frozen=True):
    """What a text says, as far as we can tell."""

    language: Language = "other"
    sentiment: Sentiment = "neutral"
    confidence: float = 0.0
    """Of the sentiment, 0 to 1."""
    intents: tuple[Intent, ...] = ()
    tone: tuple[Tone, ...] = ()
    """How it is said, where that can be told."""
    aspects: tuple[Aspect, ...] = ()
    """What about the product or the brand is meant."""
    fingerprint: str = ""
    """64 bits in hex that near copies of a text share but for a few; empty for hardly any text."""
    words: tuple[str, ...] = ()
    """The words that carry meaning, simplified and in lower case: topics are counted from them."""
    reasons: tuple[str, ...] = ()
    """What weighed in, as `what:word` such as `negative:漏水` or `not:没有`."""


class Unsaid(BaseModel, frozen=True):
    """An answer that a rule would have given by itself, had it not been in the shadow."""

    rule: str
    version: str
    """Fingerprint of the rule's form, as `desk.ladder` has it."""
    script: str
    text: str


class Decision(BaseModel, frozen=True):
    """What triage concluded for one mention, with every reason that led there."""

    action: Action
    reasons: tuple[str, ...]
    """In the order in which they were weighed; the last one settled it."""
    rule: str = ""
    script: str = ""
    text: str = ""
    """The answer to give or, with `escalate`, to propose; empty where there is none."""
    category: str = ""
    risk: Risk = "routine"
    policy: str = ""
    """Escalation policy that an escalation follows."""
    cause: str = ""
    """What an escalation is about: matters of one cause join one escalation."""
    playbook: str = ""
    """Version of the playbook that decided."""
    watches: tuple[str, ...] = ()
    """Ids of the playbook's watches that it is part of."""
    rule_version: str = ""
    """Fingerprint of the rule's form, where it has to earn its answers."""
    rung: Rung | None = None
    """Where such a rule stood, if nothing but that was against its answering by itself."""
    unsaid: tuple[Unsaid, ...] = ()
    """What rules in the shadow would have said."""


class Author(BaseModel, frozen=True):
    """Who wrote it, on that platform."""

    id: str
    name: str = ""
    followers: int | None = None
    verified: bool | None = None
    bot: bool | None = None


class Mention(BaseModel, frozen=True):
    """One post, comment or message about or to the brand, normalised.

    `id` and `conversation` are `channel:opaque`, hashed: the platform's ids can name a person.
    """

    id: str
    brand: str
    channel: str
    platform: str
    conversation: str
    kind: str
    """Type and action of the item, such as `message/create`."""
    author: Author
    address: Address
    text: str = ""
    language_hint: str = ""
    permalink: str = ""
    said_at: AwareDatetime
    heard_at: AwareDatetime
    delivery: str
    opens: Opening | None = None
    """What it opens for our answers, where its platform has windows."""
    influence: int | None = None
    """0 to 100, where the platform tells anything about the author."""
    reading: Reading = Reading()
    decision: Decision


def opaque(secret: bytes, *parts: str) -> str:
    """A stable stand-in for an id in keys and logs: 26 characters, 130 bits of HMAC-SHA256."""
    digest = hmac.digest(secret, "\x1f".join(parts).encode("utf-8", "surrogatepass"), "sha256")
    return b32encode(digest)[:26].decode().lower()


def fingerprint(text: str) -> str:
    """SHA-256 of a text, in hex: what an approval is bound to."""
    return hashlib.sha256(text.encode()).hexdigest()
