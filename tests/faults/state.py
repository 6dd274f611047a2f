"""Where a run stands between two invocations, and what happens next in it."""

from typing import Any, NamedTuple

from desk.mention import fingerprint
from desk.pages.view import Outcome
from tests.faults.scenarios import Choice, Command
from tests.faults.wire import Kind


class Message(NamedTuple):
    """One in a queue, seen from a moment on, and read so often."""

    queue: str
    body: str
    seen_at: float
    number: int
    reads: int = 0


class Webhook(NamedTuple):
    """A platform's delivery, and how often it was tried."""

    name: str
    body: bytes
    tries: int = 0


class Visit(NamedTuple):
    """An approver with a link, about to open the page or to send the form."""

    approver: str
    token: str
    choice: Choice
    seen: str | None = None
    """What the page's form carries; None before the page was opened."""
    about: str = ""
    """What the page was about."""
    tries: int = 0


class Plan(NamedTuple):
    """What somebody outside does at a moment."""

    at: float
    what: Webhook | Visit | Command


class Step(NamedTuple):
    """The next thing that happens: an invocation, or an operator's act."""

    at: float
    function: str
    messages: tuple[Message, ...] = ()
    plan: Plan | None = None

    def __str__(self) -> str:
        more = ""
        if self.plan is not None and isinstance(visit := self.plan.what, Visit):
            more = f" ({visit.approver}: {'GET' if visit.seen is None else visit.choice.action})"
        return f"{self.at:g} s {self.function}{more}"

    @property
    def ends(self) -> tuple[Kind, ...]:
        """What can befall it after its last call."""
        if self.messages:
            return ("not deleted",)
        return ("not heard",) if self.function in ("receive", "decide") else ()


class Post(NamedTuple):
    """What the platform has published."""

    at: float
    reply: str
    mention: str
    text: str


class Asked(NamedTuple):
    """A message that reached an approver."""

    at: float
    approver: str
    token: str
    escalation: str


class Told(NamedTuple):
    """What answered an approver's form."""

    at: float
    visit: Visit
    outcome: Outcome | None
    """What the page says became of the matter; None where it shows the form again."""


class State(NamedTuple):
    """All of it, at a moment between two invocations: to go back to, and to compare."""

    now: float = 0.0
    items: dict[Any, dict[Any, Any]] = {}  # noqa: RUF012
    messages: tuple[Message, ...] = ()
    dead: tuple[Message, ...] = ()
    plans: tuple[Plan, ...] = ()
    tried: int = 0
    posts: tuple[Post, ...] = ()
    asked: tuple[Asked, ...] = ()
    told: tuple[Told, ...] = ()
    heard: tuple[str, ...] = ()
    """Deliveries for which a platform heard 200, or could have."""
    raised: tuple[str, ...] = ()
    """What came out of handlers that should not."""

    @property
    def key(self) -> str:
        """The same for states from which the same will follow."""
        rows = sorted(str(row.to_json()) for part in self.items.values() for row in part.values())
        return fingerprint(repr((*rows, *self._replace(items={}))))
