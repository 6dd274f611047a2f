"""What the auditor calls late, and what it does not."""

from typing import Any

import pytest

from desk.lateness import is_escalation_late, is_reply_late
from tests.records import NOON, after, draft, escalation, reply


@pytest.mark.parametrize(
    ("change", "minute", "late"),
    [
        ({"due_at": NOON}, 2, False),
        ({"due_at": NOON}, 2.1, True),
        ({"due_at": None, "taken": 2}, 0, True),
        ({"due_at": None, "taken": 3}, 999, False),
        ({"due_at": None, "state": "acknowledged"}, 999, False),
        ({"due_at": NOON, "state": "resolved"}, 999, False),
    ],
)
def test_an_escalation_is_late_once_its_minute_has_passed_twice(
    change: dict[str, Any], minute: float, late: bool
) -> None:
    assert is_escalation_late(escalation(**change), after(minute)) is late


def test_a_draft_is_late_where_its_end_has_passed_and_nothing_was_done() -> None:
    assert not is_reply_late(draft(due_at=after(120)), after(122))
    assert is_reply_late(draft(due_at=after(120)), after(123))


@pytest.mark.parametrize("state", ["held", "failed", "unconfirmed", "expired"])
def test_an_answer_that_needs_a_person_is_late_until_one_was_told(state: Any) -> None:
    # Its deadline moves on every minute, for as long as it is reported in vain.
    def reported(minute: float) -> Any:
        end = after(0.5)
        return reply(state=state, made_at=NOON, expires_at=end, due_at=after(minute))

    assert not is_reply_late(reported(5), after(5))
    assert is_reply_late(reported(6), after(6))
    assert not is_reply_late(reply(state=state, due_at=None), after(999))
