"""Scripts: what is said, in which words, by language and channel."""

from pydantic import Field

from desk.mention import Language
from desk.playbook.part import Id, Part

VARIABLES = ("author", "brand")
"""What a script may have filled in."""

Variants = dict[Language, tuple[str, ...]]


class Script(Part):
    """An approved answer, in variants, by language. Variables: $author, $brand."""

    id: Id
    variants: Variants
    channels: dict[Id, Variants] = {}
    """Other variants for a channel, which lacks none of the languages that it names."""


class Voice(Part):
    """How the brand sounds on a channel; `default` is for those that have none of their own."""

    label: dict[Language, str] = {}
    """What marks an automatic answer as one, put behind it."""
    note: str = Field(default="", max_length=2000)
    """What a person who writes there should know: tone, forms of address, emoji."""
