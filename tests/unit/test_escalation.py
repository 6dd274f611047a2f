"""Who is asked, and when: steps, repeats, the alarm, and what ends the asking."""

from datetime import timedelta
from typing import Any, get_args

import pytest

from desk.escalation import (
    PINGS,
    QUIET_AFTER_SPIKE,
    REPEATS,
    Escalation,
    Kind,
    handed_on,
    joined,
    moot,
    name_of,
    next_move,
    opened,
    reopens,
    settled,
)
from desk.outbound import State
from desk.playbook import Approver, Days, Playbook, Policy, Rota, Shift, Step
from tests.records import NOON, STEPS, after, escalation, matter

PEOPLE = {who: Approver(name=who) for who in ("lin", "yijun", "olena", "james")}
PLAYBOOK = Playbook(
    brand="xiaoman",
    version="1",
    name="Xiaoman",
    languages=("en",),
    rules=(),
    scripts=(),
    policies={"default": Policy(steps=STEPS)},
    approvers=PEOPLE,
    rotas={
        "night": Rota(
            time_zone="Asia/Shanghai",
            shifts=(Shift(people=("lin", "yijun"), since=NOON.date(), turn_days=1,
                          hours=("11:00-13:00",)),),
        )
    },
)  # fmt: skip
POLICIES = {
    "default": Policy(steps=STEPS[:1]),
    "crisis": Policy(steps=STEPS[1:], expires_minutes=30),
}


def with_people(**change: Approver) -> Playbook:
    return PLAYBOOK.model_copy(update={"approvers": PEOPLE | change})


def asked(
    one: Escalation, minute: float, playbook: Playbook = PLAYBOOK
) -> tuple[tuple[str, ...], bool, Escalation]:
    move = next_move(one, playbook, f"t{minute}", after(minute))
    return (move.ask, move.alarm, move.then) if move else ((), False, one)


def test_nobody_is_asked_before_the_time_has_come() -> None:
    assert next_move(escalation(due_at=after(1)), PLAYBOOK, "t1", after(0.9)) is None


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


def test_after_the_last_step_its_people_are_asked_again_with_an_alarm_twice() -> None:
    one = escalation(taken=3, due_at=NOON)
    for number in range(REPEATS):
        move = next_move(one, PLAYBOOK, "t", after(20 * number))
        assert move is not None
        assert move.ask == ("olena", "james")
        assert move.alarm
        assert move.reason == f"fallback, {number + 1} of 2"
        one = move.then


def test_who_never_answers_leaves_an_alarm_and_an_open_escalation() -> None:
    one = escalation(taken=3 + REPEATS, asked_at=(NOON,) * 5)
    move = next_move(one, PLAYBOOK, "t1", NOON)
    assert move is not None
    assert (move.ask, move.alarm, move.reason) == ((), True, "nobody answered 5 times")
    assert (move.then.state, move.then.due_at) == ("open", None)
    assert next_move(move.then, PLAYBOOK, "t2", after(10_000)) is None


def test_a_late_run_asks_one_step_and_counts_its_time_from_then() -> None:
    people, _, one = asked(escalation(), 300)
    assert people == ("lin",)
    assert one.due_at == after(315)


@pytest.mark.parametrize("state", ["acknowledged", "resolved"])
def test_once_somebody_has_it_nobody_else_is_asked(state: Any) -> None:
    end = settled(escalation(taken=1), state, "lin", "approved", "t1", after(3))
    assert (end.state, end.due_at, end.settled_by) == (state, None, "lin")
    assert (end.settled_at, end.outcome, end.token) == (after(3), "approved", "t1")
    assert next_move(end, PLAYBOOK, "t2", after(999)) is None
    assert next_move(escalation(state=state, due_at=NOON), PLAYBOOK, "t2", after(999)) is None


def test_a_rota_is_asked_by_who_is_on_duty_when_the_step_comes() -> None:
    rota = (Step(ask=("night",), wait_minutes=24 * 60), Step(ask=("night",), wait_minutes=5))
    people, _, one = asked(escalation(steps=rota), 0)
    assert people == ("lin",)
    people, _, one = asked(one, 24 * 60)
    assert people == ("yijun",)
    assert one.askings == (("lin",), ("yijun",))


def test_a_step_that_reaches_nobody_is_passed_over_at_once() -> None:
    off = with_people(lin=Approver(name="Lin", away=(Days(on=NOON.date()),)))
    move = next_move(escalation(), off, "t1", NOON)
    assert move is not None
    assert (move.ask, move.alarm) == (("yijun",), False)
    assert move.reason == "step 1 of 3 reaches nobody, step 2 of 3"
    assert (move.then.taken, move.then.due_at) == (2, after(10))
    assert move.then.askings == (("yijun",),)


def test_where_no_step_reaches_anybody_the_fallback_is_asked_at_once_with_an_alarm() -> None:
    asleep = {who: Approver(name=who, quiet=("00:00-24:00",)) for who in PEOPLE}
    move = next_move(escalation(fallback=("james",)), with_people(**asleep), "t1", NOON)
    assert move is not None
    assert (move.ask, move.alarm) == (("james",), True)
    woken = next_move(escalation(risk="severe"), with_people(**asleep), "t1", NOON)
    assert woken is not None
    assert (woken.ask, woken.alarm) == (("lin",), False)


def test_nobody_is_asked_about_one_matter_more_than_three_times() -> None:
    steps = tuple(Step(ask=("lin",), wait_minutes=5) for _ in range(9))
    one, times = escalation(steps=steps), 0
    while one.due_at is not None:
        people, alarm, one = asked(one, 5 * times)
        times += len(people)
    assert (times, alarm) == (PINGS, True)


def test_an_item_from_before_rotas_knows_whom_its_steps_asked() -> None:
    old = escalation(taken=4, asked_at=tuple(map(after, range(4))))
    assert old.askings == (("lin",), ("yijun",), ("olena", "james"), ("olena", "james"))
    _, _, one = asked(old, 0)
    assert one.askings == (*old.askings, ("olena", "james"))


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
    given_up = escalation(taken=5, asked_at=(NOON,) * 5, told=(("lin",),) * 5, due_at=None)
    day = 24 * 60
    again = joined(given_up, matter(at=after(day)), "t1")
    assert (again.taken, again.asked_at, again.told, again.due_at) == (0, (), (), after(day))
    taken = given_up.model_copy(update={"state": "acknowledged"})
    assert joined(taken, matter(at=after(day)), "t1").due_at is None


def test_what_joins_within_a_day_of_the_last_message_has_nobody_asked_again() -> None:
    given_up = escalation(taken=5, asked_at=(NOON,) * 5, told=(("lin",),) * 5, due_at=None)
    still = joined(given_up, matter(at=after(24 * 60 - 1)), "t1")
    assert (still.joined, still.due_at, still.told) == (2, None, given_up.told)


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


def test_whom_it_is_handed_on_to_is_asked_now_and_the_steps_go_on_later() -> None:
    move = handed_on(escalation(taken=1), "james", "t1", after(5))
    assert (move.ask, move.alarm) == (("james",), False)
    then = move.then
    assert (then.taken, then.told[-1], then.asked_at[-1]) == (1, ("james",), after(5))
    assert then.due_at == after(20)


def test_to_hand_on_twice_asks_once() -> None:
    once = handed_on(escalation(taken=1), "james", "t1", after(5)).then
    again = handed_on(once, "james", "t2", after(6))
    assert (again.ask, again.then) == ((), once)
    assert handed_on(once, "olena", "t2", after(6)).ask == ("olena",)


def test_what_was_taken_over_and_is_handed_on_is_open_again() -> None:
    mine = settled(escalation(taken=1), "acknowledged", "lin", "taken_over", "t1", after(2))
    then = handed_on(mine, "james", "t2", after(5)).then
    assert (then.state, then.settled_by, then.settled_at, then.outcome) == ("open", "", None, "")
