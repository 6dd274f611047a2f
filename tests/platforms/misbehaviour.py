"""What a platform may do to a caller, and which request it happens to."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Literal, NamedTuple

from tests.platforms.world import Call, PlatformName, Reply

Deed = Literal["answer", "cut", "hold", "late", "trickle", "truncate"]


class Kind(NamedTuple):
    """A way to misbehave. `posts` says whether the post has happened all the same."""

    posts: bool
    what: str


KINDS = {
    "429": Kind(False, "says too many requests, in the platform's own way, with `retry_after`"),
    "5xx": Kind(False, "answers `status`, 500 if not told otherwise"),
    "timeout": Kind(False, "never answers, until the caller hangs up or the hold is over"),
    "reset": Kind(False, "resets the connection before it has read the body"),
    "redirect": Kind(False, "answers 307 to an address where nothing is posted"),
    "answer": Kind(False, "answers `status` and `body` as told; posts first with `posts`"),
    "400-after-accept": Kind(True, "answers 400, or another `status`; WeChat an errcode"),
    "timeout-after-accept": Kind(True, "never answers, until the caller hangs up or the hold ends"),
    "reset-after-accept": Kind(True, "resets the connection"),
    "html": Kind(True, "answers 200 with a page of HTML"),
    "empty": Kind(True, "answers 200 with no body"),
    "truncated": Kind(True, "answers rightly, and hangs up half-way through the body"),
    "slow": Kind(True, "answers rightly after `seconds`, 2 if not told otherwise"),
    "trickle": Kind(True, "answers rightly, a byte every `seconds`, 0.2 if not told otherwise"),
}

RETRY_AFTER = ("seconds", "date", "negative", "huge", "garbage", "none")


@dataclass(slots=True, kw_only=True)
class Rule:
    """One misbehaviour: at every `every`-th request of that call, `times` times or for ever (None).

    Requests that the platform would refuse anyway neither count nor get what comes after a post.
    """

    platform: PlatformName
    kind: str
    times: int | None = 1
    every: int = 1
    call: Call = "send"
    retry_after: str = "seconds"
    status: int | None = None
    seconds: float | None = None
    body: str = ""
    posts: bool = False
    seen: int = field(default=0, init=False)
    fired: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """ValueError for what makes no rule."""
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if self.call not in ("send", "sign_in"):
            raise ValueError("call must be send or sign_in")
        if self.retry_after not in RETRY_AFTER:
            raise ValueError(f"retry_after must be one of {', '.join(RETRY_AFTER)}")
        if self.every < 1 or (self.times is not None and self.times < 1):
            raise ValueError("every and times must be 1 or more")
        if self.status is not None and not 200 <= self.status <= 599:
            raise ValueError("status must be 200 to 599")
        if self.seconds is not None and not 0 <= self.seconds <= 3600:
            raise ValueError("seconds must be 0 to 3600")
        if self.kind == "answer" and self.status is None:
            raise ValueError("answer needs a status")

    def after_post(self) -> bool:
        """Whether the post happens first."""
        return self.posts if self.kind == "answer" else KINDS[self.kind].posts

    def matches(self, platform: PlatformName, call: Call) -> bool:
        """Whether a request of that kind concerns it, now."""
        live = self.times is None or self.fired < self.times
        return live and self.platform == platform and self.call == call


class Plan(NamedTuple):
    """What the server does to the caller: `deed`, with `reply` and `seconds` where needed."""

    deed: Deed
    reply: Reply = Reply(200)
    seconds: float = 0


def due(rules: list[Rule], platform: PlatformName, call: Call) -> Rule | None:
    """The first rule whose turn this request is."""
    for rule in rules:
        if rule.matches(platform, call) and (rule.seen + 1) % rule.every == 0:
            return rule
    return None


def count(rules: list[Rule], platform: PlatformName, call: Call, fired: Rule | None) -> None:
    """Books a request with the rules that it concerns, up to the one that fired."""
    for rule in rules:
        if rule.matches(platform, call):
            rule.seen += 1
            if rule is fired:
                rule.fired += 1
                return


def retry_after(variant: str, seconds: float | None, now: float) -> str:
    """The header for a variant: what a rate-limited caller may have to make sense of."""
    wait = 7 if seconds is None else int(seconds)
    match variant:
        case "seconds":
            return str(wait)
        case "date":
            return format_datetime(datetime.fromtimestamp(now + wait, UTC), usegmt=True)
        case "negative":
            return "-5"
        case "huge":
            return str(10 * 365 * 24 * 3600)
        case "garbage":
            return "soon"
    return ""
