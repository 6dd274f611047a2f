"""The pretend platforms behind their HTTP server: what each request comes to, and its record."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from threading import Lock
from typing import Protocol, TextIO, TypeVar, cast

from tests.platforms.audit import Answered, Audit, Posted, Received, Refusal, Repeat
from tests.platforms.misbehaviour import Plan, Rule, count, due, retry_after
from tests.platforms.world import (
    PLATFORM_NAMES,
    Accepted,
    Account,
    Call,
    Heard,
    Limits,
    PlatformName,
    RecipientState,
    Refused,
    Repeated,
    Reply,
    Request,
    Told,
    Verdict,
    Windows,
    World,
    json_reply,
)

ELSEWHERE = "_elsewhere"


class Rules(Protocol):
    """What a platform's module offers."""

    @property
    def ACCOUNT(self) -> Account:
        """Who may post without being granted it."""
        ...

    def credentials(self) -> dict[str, str]:
        """What lets that account post, in the words of the channel's module."""
        ...

    def call_of(self, request: Request) -> Call: ...
    def answer(self, request: Request, world: World, now: float) -> Verdict: ...
    def hear(self, heard: Heard, world: World, now: float) -> None: ...
    def too_many(self, retry_after: str) -> Reply: ...
    def failure(self, status: int) -> Reply: ...


class Entry(Protocol):
    """Anything in the audit that belongs to a platform."""

    @property
    def platform(self) -> str: ...


AnEntry = TypeVar("AnEntry", bound=Entry)

RULES: dict[PlatformName, Rules] = {
    name: cast(Rules, import_module(f"tests.platforms.{name}")) for name in PLATFORM_NAMES
}

ACCOUNTS: dict[PlatformName, Account] = {name: rules.ACCOUNT for name, rules in RULES.items()}
"""Who may post without being granted it. The tokens open nothing but these platforms."""


@dataclass(slots=True, kw_only=True)
class Platforms:
    """All platforms at once. Every method may be called from any thread."""

    url: str
    clock: Callable[[], float]
    hold: float
    windows: Windows
    limits: Limits
    log: TextIO | None
    faults: list[str] = field(default_factory=list)
    """Stack traces of the server's own errors: must stay empty."""
    _world: World = field(init=False)
    _audit: Audit = field(init=False)
    _rules: list[Rule] = field(default_factory=list, init=False)
    _ahead: float = field(default=0.0, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def __post_init__(self) -> None:
        """The default accounts, and nothing heard yet."""
        self._world = World(windows=self.windows, limits=self.limits)
        for account in ACCOUNTS.values():
            self._world.accounts[account.platform, account.token] = account
        self._audit = Audit(log=self.log)

    @property
    def bases(self) -> dict[PlatformName, str]:
        """Each platform's address, for `base` in a channel's credentials."""
        return {name: f"{self.url}/{name}" for name in PLATFORM_NAMES}

    def credentials(self, platform: PlatformName) -> dict[str, str]:
        """What lets a channel post as the default account, in the words of the channel's module."""
        account = ACCOUNTS[platform]
        known = {"platform": platform, "account": account.name, "base": self.bases[platform]}
        return known | RULES[platform].credentials()

    def now(self) -> float:
        """The platforms' clock, in seconds since 1970."""
        return self.clock() + self._ahead

    # What a test or the demo tells the platforms.

    def misbehave(
        self,
        platform: PlatformName,
        kind: str,
        times: int | None = 1,
        *,
        every: int = 1,
        call: Call = "send",
        retry_after: str = "seconds",
        status: int | None = None,
        seconds: float | None = None,
        body: str = "",
        posts: bool = False,
    ) -> None:
        """Has a platform misbehave, as `Rule` says; ValueError for what makes no rule."""
        rule = Rule(
            platform=_known(platform),
            kind=kind,
            times=times,
            every=every,
            call=call,
            retry_after=retry_after,
            status=status,
            seconds=seconds,
            body=body,
            posts=posts,
        )
        with self._lock:
            self._rules.append(rule)

    def behave(self) -> None:
        """Calls off every misbehaviour."""
        with self._lock:
            self._rules.clear()

    def heard(
        self,
        platform: PlatformName,
        recipient: str,
        *,
        message: str = "",
        event: str = "message",
        reply_token: str = "",
    ) -> None:
        """A person wrote to us, or did as `event` says: what it lets us answer."""
        heard = Heard(recipient, message, event, reply_token)
        with self._lock:
            RULES[_known(platform)].hear(heard, self._world, self.now())
            if message:
                known = self._world.messages.setdefault((platform, recipient), set())
                known.add(message)

    def grant(self, platform: PlatformName, account: str, token: str, secret: str = "") -> None:
        """Lets an account post; for WeChat `token` is the app id. Also takes back a revocation."""
        granted = Account(_known(platform), account, token, secret)
        with self._lock:
            self._world.accounts[platform, token] = granted
            self._world.revoked.discard((platform, account))

    def revoke(self, platform: PlatformName, account: str) -> None:
        """Refuses an account from now on. The standard endpoint is then gone (410)."""
        with self._lock:
            self._world.revoked.add((_known(platform), account))

    def recipient(self, platform: PlatformName, recipient: str, state: RecipientState) -> None:
        """How a recipient stands to us."""
        if state not in ("reachable", "unknown", "blocked"):
            raise ValueError("state must be reachable, unknown or blocked")
        with self._lock:
            self._world.recipients[_known(platform), recipient] = state

    def advance(self, seconds: float) -> None:
        """Sets the platforms' clock forward: windows close, tokens die."""
        with self._lock:
            self._ahead += seconds

    def reset(self) -> None:
        """Forgets what happened and what was told, save accounts, tokens and the clock."""
        with self._lock:
            self._rules.clear()
            self._audit.clear()
            self._world = World(
                windows=self.windows,
                limits=self.limits,
                accounts=self._world.accounts,
                access_tokens=self._world.access_tokens,
                last_id=self._world.last_id,
            )

    # What became of it.

    def posted(self, platform: PlatformName | None = None) -> list[Posted]:
        """Every post in its order, or one platform's."""
        with self._lock:
            return _of(platform, self._audit.posted)

    def refused(self, platform: str | None = None) -> list[Refusal]:
        """The latest requests that posted nothing."""
        with self._lock:
            return _of(platform, self._audit.refused)

    def repeats(self, platform: PlatformName | None = None) -> list[Repeat]:
        """The latest requests that came again under an idempotency key."""
        with self._lock:
            return _of(platform, self._audit.repeats)

    def received(self, platform: str | None = None) -> list[Received]:
        """The latest raw requests."""
        with self._lock:
            return _of(platform, self._audit.received)

    def answers(self) -> dict[Answered, int]:
        """How many posts each mention got."""
        with self._lock:
            return self._audit.answers()

    def answered_twice(self) -> dict[Answered, int]:
        """The mentions that got more than one post; empty is what the product promises."""
        return {about: times for about, times in self.answers().items() if times > 1}

    def counts(self) -> dict[str, int]:
        """How many posts, refusals, repeats and requests there were, kept or not."""
        with self._lock:
            names = ("posted", "refused", "repeats", "received")
            return {name: self._audit.counts[name] for name in names}

    # What the server asks.

    def cut_short(self, address: Request) -> bool:
        """Whether the connection is to be reset now, before the body is read."""
        with self._lock:
            name, request = _addressee(address)
            if name is None:
                return False
            call = RULES[name].call_of(request)
            rule = due(self._rules, name, call)
            if rule is None or rule.kind != "reset":
                return False
            count(self._rules, name, call, rule)
            self._refuse(name, request, Refused(Reply(0), "misbehaviour: reset"))
            return True

    def handle(self, address: Request) -> Plan:
        """What to do to the caller of a request, once it has been judged and booked."""
        with self._lock:
            name, request = _addressee(address)
            if name is None:
                return self._astray(address)
            module, now = RULES[name], self.now()
            call = module.call_of(request)
            rule = due(self._rules, name, call)
            if rule is not None and not rule.after_post():
                count(self._rules, name, call, rule)
                plan = self._plan(rule, module, Reply(200))
                self._refuse(name, request, Refused(plan.reply, f"misbehaviour: {rule.kind}"))
                return plan
            verdict = module.answer(request, self._world, now)
            match verdict:
                case Refused():
                    self._refuse(name, request, verdict)
                    return Plan("answer", verdict.reply)
                case Repeated():
                    self._audit.add_repeat(name, verdict.token, verdict.key, now)
                    self._audit.add_request(name, request, "repeated", now)
                    return Plan("answer", verdict.reply)
                case Accepted():
                    self._audit.add_post(name, verdict.post, now)
                    outcome = "posted"
                case Told():
                    outcome = "told"
            count(self._rules, name, call, rule)
            if rule is not None:
                outcome += f", then misbehaviour: {rule.kind}"
            self._audit.add_request(name, request, outcome, now)
            if rule is None:
                return Plan("answer", verdict.reply)
            return self._plan(rule, module, verdict.reply)

    def unreadable(self, status: int, why: str) -> None:
        """Books a request that no platform got to see."""
        with self._lock:
            self._audit.add_refusal("", "", status, why, self.now())

    def _refuse(self, name: str, request: Request, refused: Refused) -> None:
        now, status = self.now(), refused.reply.status
        self._audit.add_refusal(name, refused.token, status, refused.why, now)
        self._audit.add_request(name, request, f"refused: {refused.why}", now)

    def _astray(self, request: Request) -> Plan:
        followed = request.path.startswith(f"/{ELSEWHERE}")
        reply = json_reply(404, {"error": "not found"})
        why = "a redirect was followed" if followed else "no such platform"
        self._refuse("", request, Refused(reply, why))
        return Plan("answer", reply)

    def _plan(self, rule: Rule, module: Rules, proper: Reply) -> Plan:
        match rule.kind:
            case "429":
                after = retry_after(rule.retry_after, rule.seconds, self.now())
                return Plan("answer", module.too_many(after))
            case "5xx":
                return Plan("answer", module.failure(rule.status or 500))
            case "400-after-accept":
                return Plan("answer", module.failure(rule.status or 400))
            case "timeout" | "timeout-after-accept":
                return Plan("hold", proper, self.hold if rule.seconds is None else rule.seconds)
            case "reset" | "reset-after-accept":
                return Plan("cut", proper)
            case "redirect":
                there = f"{self.url}/{ELSEWHERE}/{rule.platform}"
                return Plan("answer", Reply(307, b"", (("Location", there),)))
            case "answer":
                return Plan("answer", Reply(rule.status or 200, rule.body.encode()))
            case "html":
                page = b"<!doctype html><title>Service</title><p>Please sign in to go on."
                return Plan("answer", Reply(200, page, (), "text/html"))
            case "empty":
                return Plan("answer", Reply(200))
            case "truncated":
                return Plan("truncate", proper)
            case "slow":
                return Plan("late", proper, 2 if rule.seconds is None else rule.seconds)
        return Plan("trickle", proper, 0.2 if rule.seconds is None else rule.seconds)


def _addressee(request: Request) -> tuple[PlatformName | None, Request]:
    """Which platform a request is for, and the request as that platform sees it."""
    first, slash, rest = request.path.removeprefix("/").partition("/")
    for name in PLATFORM_NAMES:
        if first == name:
            return name, request._replace(path=slash + rest)
    return None, request


def _known(platform: PlatformName) -> PlatformName:
    if platform not in PLATFORM_NAMES:
        raise ValueError(f"platform must be one of {', '.join(PLATFORM_NAMES)}")
    return platform


def _of(platform: str | None, entries: Iterable[AnEntry]) -> list[AnEntry]:
    return [it for it in entries if platform in (None, it.platform)]
