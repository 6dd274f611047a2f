"""The brake: it stops on every doubt, and a person's later yes outweighs a crisis alone."""

from typing import Any

import pytest
from pydantic import ValidationError

from desk.control import Control, Hold, stop
from tests.records import NOON, after, control, hold

BEFORE, SINCE = after(-61), after(-59)
"""An approval given before the hold of an hour ago, and one given since."""


def automatic(state: Control | None) -> str:
    return stop(state, "line", ("lid", "lid-defect"), None, NOON)


def test_nothing_is_stopped_while_all_is_well() -> None:
    assert automatic(control()) == ""
    assert automatic(control(heartbeat=after(-11))) == ""


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        pytest.param(None, "no_control", id="control missing"),
        pytest.param(control(heartbeat=None), "detector_unheard", id="the detector never ran"),
        pytest.param(control(heartbeat=after(-11.1)), "detector_silent:11", id="it is down"),
        pytest.param(control(heartbeat=after(11.1)), "detector_ahead", id="clocks disagree"),
    ],
)
def test_every_doubt_stops_what_is_automatic(state: Control | None, reason: str) -> None:
    assert automatic(state) == reason


def test_without_a_control_item_an_approved_answer_stays_too() -> None:
    assert stop(None, "line", (), SINCE, NOON) == "no_control"


def test_a_person_who_has_approved_needs_no_detector() -> None:
    for heartbeat in (None, after(-600), after(600)):
        assert stop(control(heartbeat=heartbeat), "line", (), SINCE, NOON) == ""


@pytest.mark.parametrize("approved_at", [None, BEFORE, SINCE])
def test_a_hold_stops_everything_whoever_approved_it(approved_at: Any) -> None:
    said = stop(control(hold()), "line", (), approved_at, NOON)
    assert said == "hold:brand|yijun|lids"


@pytest.mark.parametrize(
    ("approved_at", "stopped"),
    [(None, True), (BEFORE, True), (after(-60), True), (SINCE, False)],
)
def test_a_crisis_stops_what_was_not_approved_since_it_began(
    approved_at: Any, stopped: bool
) -> None:
    said = stop(control(hold(kind="crisis")), "line", (), approved_at, NOON)
    assert said == ("crisis_hold:brand|yijun|lids" if stopped else "")


@pytest.mark.parametrize(
    ("scope", "stopped"),
    [
        ("brand", True),
        ("channel:line", True),
        ("channel:wechat", False),
        ("topic:lid", True),
        ("topic:lid-defect", True),
        ("topic:li", False),
        ("topic:", False),
        ("line", False),
    ],
)
def test_a_hold_stops_its_scope_and_nothing_else(scope: str, stopped: bool) -> None:
    assert (automatic(control(hold(scope=scope))) != "") is stopped


def test_what_has_no_category_is_in_no_topic() -> None:
    assert stop(control(hold(scope="topic:")), "line", ("", ""), None, NOON) == ""


def test_of_several_holds_one_that_applies_is_enough() -> None:
    several = control(hold(scope="channel:wechat"), hold(scope="topic:lid"), hold(kind="crisis"))
    assert automatic(several).startswith("hold:topic:lid|")


def test_a_hold_names_who_and_why_and_when_with_its_zone() -> None:
    for missing in ("by", "reason", "at", "scope"):
        fields = hold().model_dump()
        del fields[missing]
        with pytest.raises(ValidationError, match=missing):
            Hold.model_validate(fields)
    with pytest.raises(ValidationError, match="timezone"):
        hold(at="2027-03-08T04:00:00")
