"""Rules: which mentions, and what to do with them."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from desk.mention import Language, Risk
from desk.playbook.part import Id, Part

AuthorKind = Literal["person", "verified", "bot"]


class Example(Part):
    """A text with what is known around it, for a rule that asks for more than the text."""

    text: str
    channel: Id = ""
    """Empty: said on any of the brand's."""
    language: str = ""
    """The platform's language code, where it gives one."""
    author: AuthorKind = "person"
    influence: int | None = Field(default=None, ge=0, le=100)


def _kind(value: Any) -> str:
    return "(full)" if isinstance(value, dict | Example) else "(text)"


Said = Annotated[
    Annotated[str, Tag("(text)")] | Annotated[Example, Tag("(full)")], Discriminator(_kind)
]
"""An example, most often its text alone."""


class Examples(Part):
    """Texts that a rule must and must not match; they are checked whenever a playbook is read."""

    match: tuple[Said, ...] = Field(min_length=1)
    leave: tuple[Said, ...] = Field(min_length=1)


class Scope(Part):
    """Where a rule holds, besides its query. What is empty holds everywhere."""

    channels: tuple[Id, ...] = ()
    languages: tuple[Language, ...] = ()
    authors: tuple[AuthorKind, ...] = ()
    """`verified` by the platform, `bot` by its word or by ours, `person` for everybody else."""
    influence_from: int = Field(default=0, ge=0, le=100)
    influence_to: int = Field(default=100, ge=0, le=100)


class Evidence(Part):
    """What speaks for letting a rule answer by itself, brought along by a playbook."""

    matches: int = Field(ge=1)
    agreed: int = Field(ge=0)
    """Of these, how many answers an operator would have given just so."""
    by: str = Field(min_length=1)
    on: date
    source: str = Field(min_length=1)
    """Where it was gathered."""


class Rule(Part):
    """A boolean query over mentions and what to do with those that it matches."""

    id: Id
    query: str
    scope: Scope = Scope()
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
    evidence: Evidence | None = None
    """What may let `answer` begin automatic (`desk.ladder`); else it begins in the shadow."""
    examples: Examples
