"""What the pretend platforms know, and the plain data that their rules take and return."""

import json
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

PlatformName = str
PLATFORM_NAMES: tuple[PlatformName, ...] = (
    "bluesky",
    "cloudevents",
    "discord",
    "douyin",
    "facebook",
    "instagram",
    "line",
    "mastodon",
    "reddit",
    "slack",
    "standard",
    "telegram",
    "threads",
    "tiktok",
    "viber",
    "wechat",
    "wecom",
    "weibo",
    "whatsapp",
    "x",
    "youtube",
)
"""Each is a module of this folder: to add one, write it and name it here."""

Windows = Literal["open", "heard"]
"""Of whom nothing was heard: `open` takes it that they wrote just now, `heard` that they never did.

The same goes for message ids and reply tokens that nobody told the platform of.
"""

RecipientState = Literal["reachable", "unknown", "blocked"]

Call = Literal["send", "sign_in", "other"]
"""What a call is for: only `send` posts something."""


class Request(NamedTuple):
    """A request to one platform: `path` after the platform's own prefix, header names lower."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class Reply(NamedTuple):
    """What a platform answers."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"


class Post(NamedTuple):
    """What a platform has put before people."""

    account: str
    token: str
    recipient: str
    text: str
    id: str
    key: str = ""
    in_reply_to: str = ""


class Accepted(NamedTuple):
    """Posted."""

    reply: Reply
    post: Post


class Repeated(NamedTuple):
    """Posted earlier under the same idempotency key, and not again."""

    reply: Reply
    token: str
    key: str


class Refused(NamedTuple):
    """Not posted."""

    reply: Reply
    why: str
    token: str = ""


class Told(NamedTuple):
    """A question answered: nothing to post."""

    reply: Reply


Verdict = Accepted | Repeated | Refused | Told


class Account(NamedTuple):
    """Who may post. Where tokens are fetched, `token` and `secret` are what fetches them."""

    platform: PlatformName
    name: str
    token: str
    secret: str = ""


class Pace(NamedTuple):
    """At most so many posts within so many seconds."""

    posts: int
    seconds: float


class Limits(NamedTuple):
    """How much each platform takes; None is no limit. The defaults let a demo or a load test pass.

    Telegram's own are about 1/s for a chat and 30/s in all; WeChat's a minute and a day are those
    of errcodes 45011 and 45009; WeCom drops silently what is beyond 30 a minute for a person.
    Threads' a day is 1,000 replies; WhatsApp's pair is one in 6 s.
    """

    line_rate: Pace | None = Pace(2000, 1)
    line_monthly: int | None = None
    line_broadcasts: Pace | None = None
    standard_rate: Pace | None = None
    telegram_chat: Pace | None = Pace(60, 1)
    telegram_all: Pace | None = Pace(1000, 1)
    meta_rate: Pace | None = Pace(1000, 1)
    threads_daily: int | None = None
    whatsapp_pair: Pace | None = None
    wechat_minute: int | None = None
    wechat_daily: int | None = None
    wecom_person: Pace | None = None
    weibo_hourly: Pace | None = None
    douyin_daily: Pace | None = None
    tiktok_rate: Pace | None = None
    bluesky_rate: Pace | None = Pace(1666, 3600)
    mastodon_rate: Pace | None = Pace(300, 300)
    reddit_rate: Pace | None = Pace(100, 60)
    youtube_daily: Pace | None = Pace(200, 24 * 3600)


GENEROUS = Limits()

STRICT = Limits(
    line_broadcasts=Pace(60, 3600),
    telegram_chat=Pace(1, 1),
    telegram_all=Pace(30, 1),
    threads_daily=1000,
    whatsapp_pair=Pace(1, 6),
    wecom_person=Pace(30, 60),
    tiktok_rate=Pace(10, 1),
)
"""The platforms' own limits."""


class Heard(NamedTuple):
    """A person wrote to us, or followed, pressed a menu, paid (`event`)."""

    recipient: str
    message: str = ""
    event: str = "message"
    reply_token: str = ""


@dataclass(slots=True)
class Window:
    """Until when, and how many times more, a person may be written to."""

    until: float
    left: int


@dataclass(slots=True)
class ReplyToken:
    """LINE's leave to answer one message."""

    recipient: str
    until: float
    used: bool = False


class Container(NamedTuple):
    """A text on Threads that is not published yet, until `until`."""

    account: str
    text: str
    answered: str
    until: float


@dataclass(slots=True)
class AccessToken:
    """A token that was fetched with `appid` and its secret, or with a refresh token."""

    """A token that was fetched with an app's id, or an account's name, and its secret."""

    appid: str
    until: float
    replaced: bool = False


@dataclass(slots=True, kw_only=True)
class World:
    """Everything the platforms remember. The lock is `Platforms`'s: rules just read and write."""

    windows: Windows
    limits: Limits
    accounts: dict[tuple[str, str], Account] = field(default_factory=dict)
    revoked: set[tuple[str, str]] = field(default_factory=set)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    recipients: dict[tuple[str, str], RecipientState] = field(default_factory=dict)
    messages: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    reply_tokens: dict[str, ReplyToken] = field(default_factory=dict)
    open_windows: dict[str, list[Window]] = field(default_factory=dict)
    accepted: dict[tuple[str, str, str], tuple[float, Reply]] = field(default_factory=dict)
    containers: dict[str, Container] = field(default_factory=dict)
    paces: dict[tuple[str, ...], deque[float]] = field(default_factory=dict)
    comments: dict[PlatformName, list[dict[str, Any]]] = field(default_factory=dict)
    """What was said below posts and comments, in the platform's form, oldest first."""
    last_id: int = 900_000

    def account(self, platform: PlatformName, token: str) -> Account | None:
        """Whose token that is; None for a stranger's or a revoked one."""
        account = self.accounts.get((platform, token))
        return None if account is None or (platform, account.name) in self.revoked else account

    def next_id(self) -> int:
        """An id that was not given out before."""
        self.last_id += 1
        return self.last_id

    def state_of(self, platform: PlatformName, recipient: str) -> RecipientState:
        """How the recipient stands to us, by default `reachable`."""
        return self.recipients.get((platform, recipient), "reachable")

    def knows_message(self, platform: PlatformName, recipient: str, message: str) -> bool:
        """Whether that message is in that conversation, as far as anybody can tell."""
        told = self.messages.get((platform, recipient), set())
        return message in told or (self.windows == "open" and not told)

    def wait(self, now: float, *limited: tuple[tuple[str, ...], Pace | None]) -> int | None:
        """Whole seconds until one more post fits all the paces; None where it fits now.

        Where it fits it is counted, so this is asked last, of what is otherwise acceptable.
        """
        longest = 0.0
        for name, pace in limited:
            if pace is None:
                continue
            times = self.paces.setdefault(name, deque())
            while times and times[0] <= now - pace.seconds:
                times.popleft()
            if len(times) >= pace.posts:
                oldest = times[-pace.posts] if pace.posts > 0 else now
                longest = max(longest, oldest + pace.seconds - now)
        if longest > 0:
            return max(1, math.ceil(longest))
        for name, pace in limited:
            if pace is not None:
                self.paces[name].append(now)
        return None


def json_reply(status: int, value: Any, *headers: tuple[str, str]) -> Reply:
    """`value` as a platform's answer."""
    return Reply(status, json.dumps(value, ensure_ascii=False).encode(), headers)


def read_json(body: bytes) -> Any:
    """The JSON value in `body`; ValueError for anything that a strict platform would not take."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate shows up here
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def bearer(headers: Mapping[str, str]) -> str:
    """The token of an Authorization header, empty where there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON value")
