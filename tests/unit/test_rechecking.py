"""After a release: what is too late ends, what is right waits, and people are told once."""

from typing import Any

import pytest

from desk.mention import Mention
from desk.rechecking import Recheck, digest, outlived, was_held_by
from tests.records import BRAND, NOON, after, mention, reply


def order(**change: Any) -> Recheck:
    fields = {"brand": BRAND, "scope": "topic:lid", "by": "lin", "reason": "well", "at": NOON}
    return Recheck.model_validate(fields | change)


@pytest.mark.parametrize(
    ("state", "why", "held"),
    [
        ("held", "hold:topic:lid|yijun|lids", True),
        ("held", "crisis_hold:topic:lid|Repartee|17", True),
        ("held", "hold:topic:li|yijun|lids", False),
        ("held", "hold:brand|yijun|topic:lid", False),
        ("held", "no_control", False),
        ("held", "somebody wrote this long ago", False),
        ("rejected", "hold:topic:lid|yijun|lids", False),
    ],
)
def test_only_what_that_scope_has_held_is_looked_at(state: str, why: str, held: bool) -> None:
    assert was_held_by(reply(state=state, reason=why), "topic:lid") is held


@pytest.mark.parametrize(
    ("about", "taken", "minute", "why"),
    [
        (mention(), False, 60, ""),
        (None, False, 60, "mention_gone"),
        (mention(), True, 60, "taken_over"),
        (mention(), False, 120, "unsent_in_time"),
        (mention(said_at=after(-61)), False, 60, "stale:120"),
    ],
)
def test_what_is_no_longer_right_ends_with_the_reason(
    about: Mention | None, taken: bool, minute: float, why: str
) -> None:
    assert outlived(reply(state="held"), about, taken, 120, after(minute)) == why


def test_a_release_is_one_matter_however_many_it_held() -> None:
    told = digest(order(ended=1000, left=200), "default")
    assert told is not None
    assert (told.kind, told.count, told.conversation) == ("note", 200, "")
    assert told.reasons == ("released:topic:lid|lin|well", "still_held:200", "ended_held:1000")
    again = digest(order(ended=0, left=200), "default")
    assert again is not None
    assert (again.cause, again.event) == (told.cause, told.event)
    other = digest(order(at=after(1), left=1), "default")
    assert other is not None
    assert other.cause != told.cause


def test_a_release_that_held_nothing_is_no_matter() -> None:
    assert digest(order(), "default") is None
