"""Who is asked, and when: steps, repeats, the alarm, and what ends the asking."""

from datetime import timedelta
from typing import Any, get_args

import pytest

from desk.escalation import (
    QUIET_AFTER_SPIKE,
    REPEATS,
    Escalation,
    Kind,
    joined,
    moot,
    name_of,
    next_move,
    opened,
    reopens,
    settled,
)
from desk.outbound import State
from desk.playbook import Policy
from tests.records import NOON, STEPS, after, escalation, matter

POLICIES = {
    "default": Policy(steps=STEPS[:1]),
    "crisis": Policy(steps=STEPS[1:], expires_minutes=30),
}


def asked(one: Escalation, minute: float) -> tuple[tuple[str, ...], bool, Escalation]:
    move = next_move(one, f"t{minute}", after(minute))
    return (move.ask, move.alarm, move.then) if move else ((), False, one)


def test_nobody_is_asked_before_the_time_has_come() -> None:
    assert next_move(escalation(due_at=after(1)), "t1", after(0.9)) is None


def test_each_step_asks_its_people_and_gives_them_their_time() -> None:
    one = escalation()
    steps = (0, ("lin",), 15), (15, ("yijun",), 10), (25, ("olena", "james"), 20)
    for minute, who, wait in steps:
        people, alarm, one = asked(one, minute)
        assert (people, alarm) == (who, False)
        assert one.due_at == after(minute + wait)
        assert one.token == f"t{minute}"
    assert one.asked == ("lin", "yijun", "olena", "james")
    assert one.asked_at == (NOON, after(15), after(25))


def test_the_last_step_is_asked_again_with_an_alarm_three_times() -> None:
    one = escalation(taken=3, due_at=NOON)
    for number in range(REPEATS):
        move = next_move(one, "t", after(20 * number))
        assert move is not None
        assert move.ask == ("olena", "james")
        assert move.alarm
        assert move.reason == f"last step again, {number + 1} of 3"
        one = move.then


def test_who_never_answers_leaves_an_alarm_and_an_open_escalation() -> None:
    move = next_move(escalation(taken=3 + REPEATS), "t1", NOON)
    assert move is not None
    assert (move.ask, move.alarm, move.reason) == ((), True, "nobody answered 6 times")
    assert (move.then.state, move.then.due_at) == ("open", None)
    assert next_move(move.then, "t2", after(10_000)) is None


def test_a_late_run_asks_one_step_and_counts_its_time_from_then() -> None:
    people, _, one = asked(escalation(), 300)
    assert people == ("lin",)
    assert one.due_at == after(315)


@pytest.mark.parametrize("state", ["acknowledged", "resolved"])
def test_once_somebody_has_it_nobody_else_is_asked(state: Any) -> None:
    end = settled(escalation(taken=1), state, "lin", "approved", "t1", after(3))
    assert (end.state, end.due_at, end.settled_by) == (state, None, "lin")
    assert (end.settled_at, end.outcome, end.token) == (after(3), "approved", "t1")
    assert next_move(end, "t2", after(999)) is None
    assert next_move(escalation(state=state, due_at=NOON), "t2", after(999)) is None


def test_an_escalation_opens_with_a_copy_of_its_policy_and_is_due_at_once() -> None:
    one = opened(matter(policy="crisis", risk="severe"), "name", POLICIES, "t1")
    assert (one.policy, one.steps, one.expires_minutes) == ("crisis", STEPS[1:], 30)
    assert (one.state, one.taken, one.due_at, one.risk) == ("open", 0, NOON, "severe")


def test_a_policy_that_is_gone_becomes_the_default_one() -> None:
    one = opened(matter(policy="summer"), "name", POLICIES, "t1")
    assert (one.policy, one.steps) == ("default", STEPS[:1])


@pytest.mark.parametrize(
    ("before", "new", "counts"),
    [
        ("routine", "severe", "severe"),
        ("severe", "routine", "severe"),
        ("sensitive", "sensitive", "sensitive"),
    ],
)
def test_what_joins_can_raise_the_risk_and_never_lower_it(
    before: Any, new: Any, counts: str
) -> None:
    one = joined(escalation(risk=before), matter(risk=new), "t1")
    assert (one.risk, one.joined, one.token) == (counts, 2, "t1")


def test_joining_does_not_disturb_who_is_asked_next() -> None:
    one = escalation(taken=1, due_at=after(15))
    assert joined(one, matter(), "t1").due_at == one.due_at
    assert joined(one, matter(), "t1").steps == one.steps


def test_who_was_asked_to_the_end_is_asked_anew_when_more_joins() -> None:
    given_up = escalation(taken=6, asked_at=(NOON,) * 6, due_at=None)
    again = joined(given_up, matter(at=after(300)), "t1")
    assert (again.taken, again.asked_at, again.due_at) == (0, (), after(300))
    taken = given_up.model_copy(update={"state": "acknowledged"})
    assert joined(taken, matter(at=after(300)), "t1").due_at is None


def test_one_cause_has_one_name_and_another_another() -> None:
    assert name_of("rule:lid-defect") == name_of("rule:lid-defect")
    assert name_of("rule:lid-defect") != name_of("rule:injury")
    assert name_of("mention:茶").isalnum()


ABOUT_REPLIES = {"draft", "help", "doubt", "held", "opportunity"}
DECIDED = {"ready", "sending", "sent", "rejected"}


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("reply", get_args(State))
def test_an_open_matter_is_moot_once_its_reply_is_decided(kind: Any, reply: str) -> None:
    one = escalation(matter=matter(kind=kind))
    assert moot(one, reply) is (kind in ABOUT_REPLIES and reply in DECIDED)
    assert not moot(one.model_copy(update={"state": "acknowledged"}), reply)


def test_a_settled_matter_opens_again_when_it_comes_up_again() -> None:
    over = escalation(state="resolved", settled_at=NOON)
    assert reopens(over, matter(), after(1))
    assert not reopens(escalation(), matter(), after(1))
    assert not reopens(escalation(state="acknowledged"), matter(), after(1))


def test_a_spike_that_somebody_has_just_seen_stays_quiet_for_six_hours() -> None:
    spike = matter(kind="spike", cause="spike:漏水")
    over = escalation(matter=spike, state="resolved", settled_at=NOON)
    assert not reopens(over, spike, NOON + QUIET_AFTER_SPIKE)
    assert reopens(over, spike, NOON + QUIET_AFTER_SPIKE + timedelta(seconds=1))
