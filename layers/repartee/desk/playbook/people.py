"""People: who may decide, and in what order they are asked."""

from typing import Literal

from pydantic import Field

from desk.playbook.part import Id, Part

LANGUAGES_OF_PAGES = ("zh-Hans", "zh-Hant", "en", "uk")


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
    role: Literal["operator", "lead"] = "lead"
    """What they may decide, by the playbook's tiers."""
