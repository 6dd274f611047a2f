"""What crosses the wire between platforms and the desk, as plain data.

Standard library only: the webhook function imports this module and a channel, and nothing heavier.
"""

import base64
import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, Self

MAX_BODY = 512 * 1024
MAX_DEPTH = 32
MAX_NODES = 10_000
MAX_DIGITS = 64

Secret = Mapping[str, str]
"""What verifies a channel's webhooks: `platform`, and fields of its own such as `secret`."""

Credentials = Mapping[str, str]
"""What lets us post on a channel: `platform`, `account`, a token, and `base`, the API's address."""


Unit = Literal["characters", "utf16", "bytes"]
"""In what a platform counts the length of a text."""


class BadSignature(Exception):
    """The request did not come from the platform; the argument says what gave it away."""


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


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it; `id` is the platform's own for what it posted."""

    id: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """Proven not to be posted.

    `kind` is the error class (rate_limited, token_invalid, window_closed, too_long, unreachable …).
    `again_after` is in seconds where the same call may succeed later, None where it will not.
    """

    kind: str
    reason: str
    again_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say whether it was posted: a person has to look."""

    reason: str


Outcome = Sent | NotSent | Unknown


@dataclass(frozen=True, slots=True)
class Address:
    """Where an answer to a mention goes, in the platform's own ids."""

    platform: str
    account: str = ""
    conversation: str = ""
    author: str = ""
    message: str = ""
    reply_token: str = ""


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
    reply_token: str | None = None
    """Secret of the conversation, good for one answer: never shown."""

    def facts(self) -> dict[str, Any]:
        """What is known, as JSON values; the reply token is left out."""
        known: dict[str, Any] = {}
        for name, value in asdict(self).items():
            if name == "reply_token" or value is None or value == ():
                if name == "reply_candidate":
                    known[name] = None
                continue
            known[name] = iso(value) if isinstance(value, datetime) else value
        return known

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
            return f"event|{self.event_id}|{self.type}|{self.action}|{self.message_id or ''}"
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
        fields = {name: getattr(self, name) for name in self.__slots__}
        fields["body"] = base64.b64encode(self.body).decode()
        return json.dumps(fields, ensure_ascii=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote; ValueError, KeyError or TypeError for anything else."""
        fields = json.loads(text)
        fields["body"] = base64.b64decode(fields["body"], validate=True)
        return cls(**fields)


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
