"""A brand's playbook: what it wants said and done, as versioned data."""

from collections.abc import Iterator
from typing import Self

from pydantic import Field, field_validator, model_validator

from desk.mention import Language, Risk
from desk.playbook.limits import (
    TIERS,
    Caps,
    Category,
    Holiday,
    Hours,
    Pace,
    Tier,
    Tolerance,
    Topic,
)
from desk.playbook.part import Id, Part
from desk.playbook.people import (
    LANGUAGES_OF_PAGES,
    Approver,
    Days,
    Override,
    Policy,
    Rota,
    Shift,
    Step,
    Swap,
)
from desk.playbook.rules import AuthorKind, Evidence, Example, Examples, Rule, Scope
from desk.playbook.scripts import Script, Voice
from desk.playbook.stopping import BRAKE_WORDS, BrakeWord, Crisis
from desk.playbook.watches import Event, Format, Moments, Rival, WarRoom, Watch

__all__ = [
    "LANGUAGES_OF_PAGES",
    "TIERS",
    "Approver",
    "AuthorKind",
    "Caps",
    "Category",
    "Crisis",
    "Days",
    "Event",
    "Evidence",
    "Example",
    "Examples",
    "Format",
    "Holiday",
    "Hours",
    "Id",
    "Moments",
    "Override",
    "Pace",
    "Part",
    "Playbook",
    "Policy",
    "Rival",
    "Rota",
    "Rule",
    "Scope",
    "Script",
    "Shift",
    "Step",
    "Swap",
    "Tier",
    "Tolerance",
    "Topic",
    "Voice",
    "WarRoom",
    "Watch",
]


class Playbook(Part):
    """The whole of it. `version` names the content: the same files give the same version."""

    brand: Id
    version: str
    name: str
    names: tuple[str, ...] = ()
    """What else people call the brand."""
    languages: tuple[Language, ...]
    """In order of preference: the first is used where a script lacks the author's own."""
    accounts: dict[str, str] = {}
    """Our own account id on each channel: what it writes never starts an answer."""
    platforms: dict[Id, Id] = {}
    """The platform of each channel that is not named for it, such as `weibo-uk: weibo`."""
    dictionary: tuple[str, ...] = ()
    """Brand and product words that segmentation must keep whole."""
    confidence_floor: float = Field(default=0.55, ge=0, le=1)
    """Below this confidence of the reading nothing is answered automatically."""
    stale_minutes: float = Field(default=120, gt=0)
    """A mention older than this is not answered automatically."""
    voices: dict[Id, Voice] = {}
    """By channel, and `default`."""
    categories: dict[Id, Category] = {}
    """Where there are any, a rule's category is one of them."""
    tiers: dict[Risk, Tier] = TIERS
    """Who may decide what, by its risk."""
    second_factor: tuple[Risk, ...] = ()
    """Risks of which a decision needs a short code, sent to its approver by a second path."""
    caps: Caps = Caps()
    pace: Pace = Pace()
    hours: Hours | None = None
    """None: there are people at all hours."""
    tolerance: Tolerance = Tolerance()
    forbidden_words: tuple[str, ...] = ()
    """What no answer of ours may contain, in any script or case."""
    domains: tuple[str, ...] = ()
    """Where links in our answers may lead, subdomains included."""
    compiled: str = ""
    """The rules' queries, parsed, as `desk.compiled` makes them: what follows from the rules."""
    rules: tuple[Rule, ...]
    scripts: tuple[Script, ...]
    policies: dict[Id, Policy]
    approvers: dict[Id, Approver]
    rotas: dict[Id, Rota] = {}
    """Who is on duty when: a step asks a rota by its name as it asks an approver."""
    watches: tuple[Watch, ...] = ()
    events: tuple[Event, ...] = ()
    """What is planned, each by its day: it is compared with last year's."""
    crisis: Crisis = Crisis()
    """When a topic stops automation on it by itself."""
    brake_words: tuple[BrakeWord, ...] = BRAKE_WORDS
    """With what a text message to the brake begins. Not STOP: carriers take that for themselves."""
    rivals: tuple[Rival, ...] = ()
    formats: tuple[Format, ...] = ()
    moments: Moments = Moments()
    war_room: WarRoom = WarRoom()

    @field_validator("tiers")
    @classmethod
    def _each_risk_has_a_tier(cls, given: dict[Risk, Tier]) -> dict[Risk, Tier]:
        return TIERS | given

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        if missing := [*self._missing()]:
            raise ValueError("; ".join(missing))
        return self

    @property
    def watched(self) -> tuple[Watch, ...]:
        """All that is counted by name: the watches, and the events with words of their own."""
        own = [one for one in self.events if one.words and not one.watch]
        return (*self.watches, *(Watch(id=one.id, title=one.title, words=one.words) for one in own))

    def platform_of(self, channel: Id) -> Id:
        """The platform that a channel is an account on."""
        return self.platforms.get(channel, channel)

    def script(self, name: Id) -> Script | None:
        """The script of that id, or None."""
        return next((script for script in self.scripts if script.id == name), None)

    def _missing(self) -> Iterator[str]:
        if "default" not in self.policies:
            yield "policies: one must be called default"
        policies = {"default", *self.policies}
        for rule in self.rules:
            if rule.action == "answer" and not rule.script:
                yield f"rule {rule.id}: action answer needs a script"
            if rule.script and self.script(rule.script) is None:
                yield f"rule {rule.id}: no script {rule.script}"
            if rule.policy not in policies:
                yield f"rule {rule.id}: no policy {rule.policy}"
        for watch in self.watches:
            if watch.policy not in policies:
                yield f"watch {watch.id}: no policy {watch.policy}"
        for name, policy in self.policies.items():
            for who in (*policy.fallback, *(who for step in policy.steps for who in step.ask)):
                if who not in self.approvers and who not in self.rotas:
                    yield f"policy {name}: no approver {who}"
        for name, rota in self.rotas.items():
            if name in self.approvers:
                yield f"rota {name}: an approver has that name, so that nobody knows who is asked"
            for who in rota.people:
                if who not in self.approvers:
                    yield f"rota {name}: no approver {who}"
