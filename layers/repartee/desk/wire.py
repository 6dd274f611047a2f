"""What crosses the wire between platforms and the desk, as plain data.

Standard library only: the webhook function imports this module and a channel, and nothing heavier.
"""

import base64
import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Self

MAX_BODY = 512 * 1024
MAX_DEPTH = 32
MAX_NODES = 10_000
MAX_DIGITS = 64

Secret = Mapping[str, str]
"""What verifies a channel's webhooks: `platform`, and fields of its own such as `secret`."""

Credentials = Mapping[str, str]
"""What lets us post on a channel: `platform`, `account`, a token, and `base`, the API's address."""


Unit = Literal[
    "characters", "utf16", "bytes", "graphemes", "weighted", "halves", "emoji_bytes",
    "toots",
]  # fmt: skip
"""In what a platform counts the length of a text: `desk.lengths` says how each is counted."""

Way = Literal["reply", "private", "message", "post"]
"""How we speak: in public below what somebody wrote, in private to who wrote in public, in a
private conversation, or with a publication of our own.
"""


class BadSignature(Exception):
    """The request did not come from the platform; the argument says what gave it away.

    `status` is what the platform expects to hear then, where that is not 401.
    """

    def __init__(self, reason: str, status: int = 401) -> None:
        super().__init__(reason)
        self.status = status


class Undecodable(Exception):
    """A genuine request that we cannot read; the argument says why."""


class Inbound(NamedTuple):
    """A request as it arrived: header names in lower case, the body untouched."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


class Answer(NamedTuple):
    """What we answer a platform's request with."""

    status: int = 200
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"
    delivery: str = ""
    """Id under which the request was queued, if it was."""
    headers: tuple[tuple[str, str], ...] = ()
    """What the platform wants to see beside the body."""


class Outbound(NamedTuple):
    """An HTTP call, composed and not yet made."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class Response(NamedTuple):
    """What a platform answered: header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class SignedIn(NamedTuple):
    """What a sign-in has brought."""

    credentials: Credentials
    """With the token in them."""
    seconds: float
    """The token's life."""
    keep: Mapping[str, str] = MappingProxyType({})
    """Fields of the stored credentials that are new: a refresh token that replaces the one used."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it; `id` is the platform's own for what it posted.

    `again` where it says that it had taken this very call before, and has posted once.
    """

    id: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class NotSent:
    """Proven not to be posted.

    `kind` is the error class. `again_after` is in seconds where the same call may succeed later,
    None where it will not.
    """

    kind: "Refusal"
    reason: str
    again_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say whether it was posted: a person has to look.

    `passing` where the platform says that it is out of order for the moment: a question, which
    posts nothing, may then be asked again.
    """

    reason: str
    passing: bool = False


Outcome = Sent | NotSent | Unknown

Refusal = Literal[
    "rate_limited", "quota", "token_invalid", "permission", "blocked", "window_closed",
    "too_long", "duplicate", "permanent", "migrate", "reply_token_used_or_expired",
    "unreachable", "wrong_account",
]  # fmt: skip
"""Why a platform, or the door before it, did not take a text.

`rate_limited`: too many in a short time · `quota`: no more before the day or the plan changes ·
`token_invalid`: our credentials are over · `permission`: our account may not · `blocked`: our
access was switched off · `window_closed`: not now, by the time since the person spoke or by how
many texts that allows · `duplicate`: said before, it may be there · `permanent`: never, like this ·
`migrate`: the place has another address now.
"""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an answer to a mention goes, in the platform's own ids."""

    platform: str
    account: str = ""
    conversation: str = ""
    author: str = ""
    message: str = ""
    reply_token: str = ""
    way: Way = "message"
    context: str = ""
    """What the platform's module noted when it heard, for what it composes: opaque to others."""
    tag: str = ""
    """What the call has to carry, by the window of the platform's rules that it goes into."""


ItemType = Literal[
    "mention", "comment", "reply", "quote", "message", "post",
    "reaction", "follow", "interaction", "status", "control",
]  # fmt: skip
ItemAction = Literal[
    "create", "edit", "delete", "hide", "unhide",
    "sent", "delivered", "read", "seen", "played", "failed", "none",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that a delivery reports, in the platform's own ids and words.

    `own` marks what we wrote ourselves. `reply_candidate` is None where it is the brand's decision
    (a button pressed, say). Absent facts are None; `created_at` and `edited_at` are in UTC.
    """

    type: ItemType
    action: ItemAction
    own: bool = False
    reply_candidate: bool | None = False
    text: str | None = None
    event_id: str | None = None
    message_id: str | None = None
    parent_id: str | None = None
    account_id: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    author_followers: int | None = None
    author_verified: bool | None = None
    from_bot: bool | None = None
    conversation_id: str | None = None
    created_at: datetime | None = None
    edited_at: datetime | None = None
    redelivery: bool | None = None
    source_type: str | None = None
    media: tuple[str, ...] = ()
    media_id: str | None = None
    event: str | None = None
    event_key: str | None = None
    message_type: str | None = None
    payload: str | None = None
    interaction_id: str | None = None
    permalink: str | None = None
    lang: str | None = None
    standby: bool | None = None
    post_id: str | None = None
    """The publication that a comment hangs from."""
    thread_id: str | None = None
    recipient_id: str | None = None
    source: str | None = None
    opens: str | None = None
    """What it opens for our answers, where that is not its type: `scan`, `payment` and the like."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """What only this platform tells, as JSON values by name."""
    reply_token: str | None = None
    """Secret of the conversation, good for one answer: never shown."""
    context: str | None = None
    """What the module needs again for an answer, such as a root's id: never shown."""

    def facts(self) -> dict[str, Any]:
        """What is known, as JSON values; what only serves an answer is left out."""
        known: dict[str, Any] = {}
        for one in fields(self):
            name, value = one.name, getattr(self, one.name)
            if name in ("reply_token", "context", "opens", "more"):
                continue
            if value is None or value == ():
                if name == "reply_candidate":
                    known[name] = None
                continue
            known[name] = iso(value) if isinstance(value, datetime) else value
        return known | dict(self.more)

    def identity(self) -> str:
        """What stays the same when the platform reports the same thing again.

        Messages by their own id; what has none (a follow) by event id, or by who, what and when.
        """
        if self.interaction_id:
            return f"interaction|{self.interaction_id}"
        if self.message_id and self.type not in ("status", "reaction", "interaction"):
            mark = iso(self.edited_at) if self.edited_at else (self.text or "")
            version = f"{self.action}|{mark}" if self.action == "edit" else self.action
            where = f"{self.account_id or ''}|{self.conversation_id or ''}"
            return f"{where}|{self.message_id}|{version}"
        if self.event_id:
            where = f"{self.source}|" if self.source else ""
            return f"event|{where}{self.event_id}|{self.type}|{self.action}|{self.message_id or ''}"
        when = iso(self.created_at) if self.created_at else ""
        return "|".join(
            (self.account_id or "", self.author_id or "", when, self.type, self.action,
             self.event or "", self.message_id or "", self.payload or "", self.text or "")
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook request as it waits in the queue: verified, and otherwise untouched."""

    id: str
    brand: str
    channel: str
    received_at: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    def to_json(self) -> str:
        """The queue message: the body in base64, since a queue carries text and not bytes."""
        known = {name: getattr(self, name) for name in self.__slots__}
        known["body"] = base64.b64encode(self.body).decode()
        return json.dumps(known, ensure_ascii=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote; ValueError, KeyError or TypeError for anything else."""
        known = json.loads(text)
        known["body"] = base64.b64decode(known["body"], validate=True)
        return cls(**known)


def read_json(body: bytes) -> Any:
    """The JSON value in `body`, within the caps above.

    Raises Undecodable for what is no JSON, is too deep, too large, or has a number past 64 digits.
    Lone surrogates, which json accepts and every store refuses, become U+FFFD.
    """
    if len(body) > MAX_BODY:
        raise Undecodable(f"body of {len(body)} bytes, more than {MAX_BODY}")
    try:
        value = json.loads(body.decode("utf-8"), parse_int=_bounded_int, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise Undecodable(f"not UTF-8 at byte {error.start}") from None
    except RecursionError:
        raise Undecodable(f"nested deeper than {MAX_DEPTH}") from None
    except ValueError as error:
        raise Undecodable(f"not JSON: {error}") from None
    _measure(value)
    return without_surrogates(value) if b"\\ud" in body or b"\\uD" in body else value


def without_surrogates(value: Any) -> Any:
    """`value` with each lone surrogate in its strings replaced by U+FFFD."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [without_surrogates(part) for part in value]
        case dict():
            return {
                without_surrogates(name): without_surrogates(part) for name, part in value.items()
            }
    return value


def iso(moment: datetime) -> str:
    """`moment` in UTC as ISO 8601 with Z, milliseconds only where there are any."""
    text = moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def stamp(moment: datetime) -> str:
    """`moment` in UTC for keys: always with milliseconds, so that text sorts as time does."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
    )


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, as LINE and Telegram count: a character beyond U+FFFF is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def visible(text: str) -> str:
    """`text` without control characters other than line breaks and tabs."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")


def _bounded_int(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise Undecodable(f"number of {len(digits)} digits")
    return int(digits)


def _refuse(constant: str) -> None:
    raise Undecodable(f"{constant} is no JSON value")


def _measure(value: Any) -> None:
    nodes = 0
    level: list[Any] = [value]
    for depth in range(MAX_DEPTH + 2):
        nodes += len(level)
        if nodes > MAX_NODES:
            raise Undecodable(f"more than {MAX_NODES} values")
        if not level:
            return
        if depth > MAX_DEPTH:
            break
        level = [part for whole in level for part in _parts(whole)]
    raise Undecodable(f"nested deeper than {MAX_DEPTH}")


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value
