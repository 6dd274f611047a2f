"""What all pieces of a playbook have in common, and how what is wrong in one is told."""

from typing import Literal, NamedTuple

from pydantic import BaseModel

Id = str

Place = tuple[str | int, ...]
"""The way to a value from the top of a playbook, such as `("rules", 3, "query")`."""

Weight = Literal["problem", "warning", "note"]
"""A problem keeps a playbook from being applied; a warning will be one; a note is good to know."""


class Part(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """A piece of a playbook: an unknown key is an error, not a wish."""


class Finding(NamedTuple):
    """What a check has found, where, and what would be right."""

    place: Place
    message: str
    weight: Weight = "problem"
