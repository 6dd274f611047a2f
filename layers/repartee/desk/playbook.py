"""A brand's playbook: what it wants said and done, as versioned data."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from desk.mention import Language, Risk

Id = str
LANGUAGES_OF_PAGES = ("zh-Hans", "zh-Hant", "en", "uk")


class Part(BaseModel, frozen=True, extra="forbid"):
    """A piece of a playbook: an unknown key is an error, not a wish."""


class Examples(Part):
    """Texts that a rule must and must not match; they are checked whenever a playbook is read."""

    match: tuple[str, ...] = Field(min_length=1)
    leave: tuple[str, ...] = Field(min_length=1)


class Rule(Part):
    """A boolean query over mentions and what to do with those that it matches."""

    id: Id
    query: str
    category: str
    priority: int = Field(ge=0, le=1000)
    """Of several matching rules, the one with the highest priority decides."""
    action: Literal["answer", "escalate", "record", "ignore"]
    script: Id = ""
    """What `answer` says, or what `escalate` proposes."""
    risk: Risk = "routine"
    policy: Id = "default"
    joins: Literal["mention", "conversation", "rule"] = "mention"
    """What an escalation is about: this mention, its conversation, or all that the rule matches."""
    examples: Examples


class Script(Part):
    """An approved answer, in variants, by language. Variables: $author, $brand."""

    id: Id
    variants: dict[Language, tuple[str, ...]]


class Step(Part):
    """Ask these approvers, then give them this long."""

    ask: tuple[Id, ...] = Field(min_length=1)
    wait_minutes: float = Field(gt=0, le=24 * 60)


class Policy(Part):
    """Who is asked, in what order. The last step is the fallback: somebody it always reaches."""

    steps: tuple[Step, ...] = Field(min_length=1)
    expires_minutes: float = Field(default=12 * 60, gt=0, le=24 * 60)
    """How long a proposed answer may wait for a yes."""


class Approver(Part):
    """Somebody who may decide, and the language of the pages they see."""

    name: str
    language: Literal["zh-Hans", "zh-Hant", "en", "uk"] = "en"
    time_zone: str = "UTC"
    """Name in the IANA database: the times on their pages are in it."""


class Watch(Part):
    """A topic that the brand counts by name, whatever words people use for it."""

    id: Id
    title: str
    words: tuple[str, ...] = Field(min_length=1)
    policy: Id = "default"


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
    dictionary: tuple[str, ...] = ()
    """Brand and product words that segmentation must keep whole."""
    confidence_floor: float = Field(default=0.55, ge=0, le=1)
    """Below this confidence of the reading nothing is answered automatically."""
    stale_minutes: float = Field(default=120, gt=0)
    """A mention older than this is not answered automatically."""
    compiled: str = ""
    """The rules' queries, parsed, as `desk.compiled` makes them: what follows from the rules."""
    rules: tuple[Rule, ...]
    scripts: tuple[Script, ...]
    policies: dict[Id, Policy]
    approvers: dict[Id, Approver]
    watches: tuple[Watch, ...] = ()

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        if missing := [*self._missing()]:
            raise ValueError("; ".join(missing))
        return self

    def script(self, name: Id) -> Script | None:
        """The script of that id, or None."""
        return next((script for script in self.scripts if script.id == name), None)

    def _missing(self) -> Iterator[str]:
        if "default" not in self.policies:
            yield "policies: one must be called default"
        for rule in self.rules:
            if rule.action == "answer" and not rule.script:
                yield f"rule {rule.id}: action answer needs a script"
            if rule.script and self.script(rule.script) is None:
                yield f"rule {rule.id}: no script {rule.script}"
            if rule.policy not in self.policies:
                yield f"rule {rule.id}: no policy {rule.policy}"
        for watch in self.watches:
            if watch.policy not in self.policies:
                yield f"watch {watch.id}: no policy {watch.policy}"
        for name, policy in self.policies.items():
            for step in policy.steps:
                for who in step.ask:
                    if who not in self.approvers:
                        yield f"policy {name}: no approver {who}"
