"""What all pieces of a playbook have in common."""

from pydantic import BaseModel

Id = str


class Part(BaseModel, frozen=True, extra="forbid"):
    """A piece of a playbook: an unknown key is an error, not a wish."""
