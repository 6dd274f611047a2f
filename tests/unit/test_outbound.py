"""The state machine of what we say in public: its moves, its claims, and what becomes of doubt."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any, get_args

import pytest

from desk.outbound import (
    MAX_TRIES,
    NEEDS_A_PERSON,
    IllegalMove,
    Reply,
    State,
    after,
    claim,
    drafted,
    moved,
    overdue,
    released,
    reply_id,
    stopped,
)
from desk.wire import NotSent, Outcome, Sent, Unknown
from tests import records
from tests.records import NOON, control, hold, mention, reply

STATES: tuple[State, ...] = get_args(State)
ALLOWED = {
    "pending": {"ready", "rejected", "expired"},
    "ready": {"sending", "held", "expired"},
    "sending": {"sent", "ready", "held", "failed", "unconfirmed", "rejected"},
    "sent": set(),
    "rejected": set(),
    "expired": {"ready", "rejected"},
    "held": {"ready", "rejected"},
    "failed": {"ready", "rejected"},
    "unconfirmed": {"sent", "ready", "rejected"},
}
LEASE = timedelta(minutes=2)
LATER = records.after(1)


def sending(**change: Any) -> Reply:
    found = claim(reply(**change), "t1", NOON, LEASE).reply
    assert found is not None
    return found


@pytest.mark.parametrize(("before", "to"), [*product(STATES, STATES)])
def test_a_reply_moves_where_the_drawing_has_an_arrow_and_nowhere_else(
    before: State, to: State
) -> None:
    if to in ALLOWED[before]:
        then = moved(reply(state=before), to, "t1", LATER, "because")
        assert (then.state, then.token, then.reason) == (to, "t1", "because")
    else:
        with pytest.raises(IllegalMove, match=f"line:reply: {before} to {to}"):
            moved(reply(state=before), to, "t1", LATER, "because")


@pytest.mark.parametrize("to", STATES)
def test_whatever_is_unfinished_has_a_deadline(to: State) -> None:
    before = next(state for state in STATES if to in ALLOWED[state] or to == "pending")
    then = reply(state="pending") if to == "pending" else moved(
        reply(state=before), to, "t1", LATER, "because"
    )  # fmt: skip
    if to == "sending":
        assert sending().due_at == NOON + LEASE
    else:
        assert (then.due_at is None) == (to in ("sent", "rejected"))


def test_a_claim_counts_the_try_and_ends_with_its_lease() -> None:
    one = sending(tries=2)
    assert (one.state, one.token, one.tries) == ("sending", "t1", 3)
    assert one.claimed_at == NOON
    assert one.lease_until == one.due_at == NOON + LEASE


@pytest.mark.parametrize("state", [state for state in STATES if state != "ready"])
def test_only_what_is_ready_can_be_claimed(state: State) -> None:
    assert claim(reply(state=state), "t1", NOON, LEASE) == (None, f"it is {state}")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"text": ""}, "it has no text", id="no text"),
        pytest.param({"text": " \n"}, "it has no text", id="blank"),
        pytest.param({"expires_at": NOON}, "it has expired", id="expires this very moment"),
        pytest.param({"expires_at": records.after(-1)}, "it has expired", id="expired"),
        pytest.param({"not_before": LATER}, "it is not time yet", id="too early"),
    ],
)
def test_a_claim_is_refused_with_the_reason(change: dict[str, Any], reason: str) -> None:
    assert claim(reply(**change), "t1", NOON, LEASE) == (None, reason)


def test_a_claim_is_granted_from_the_very_moment_on_until_it_expires() -> None:
    assert claim(reply(not_before=NOON), "t1", NOON, LEASE).reply is not None
    assert claim(reply(), "t1", records.after(119.9), LEASE).reply is not None


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        pytest.param(Sent("4711"), "sent", "posted", id="sent"),
        pytest.param(Sent(""), "sent", "posted", id="sent, and no id named"),
        pytest.param(Unknown("HTTP 502"), "unconfirmed", "unclear:HTTP 502", id="unknown"),
        pytest.param(Unknown("no_answer:TimeoutError"), "unconfirmed",
                     "no_answer:TimeoutError", id="silence"),
        pytest.param(Unknown("posted"), "unconfirmed", "unclear:posted",
                     id="a platform's words are no reason of ours"),
        pytest.param(NotSent("permanent", "no such user"), "failed",
                     "not_sent:permanent|no such user", id="refused for good"),
        pytest.param(NotSent("duplicate", "seen before"), "unconfirmed",
                     "not_sent:duplicate|seen before", id="perhaps ours from before"),
        pytest.param(NotSent("rate_limited", "429", 30), "ready",
                     "not_sent:rate_limited|429", id="later"),
        pytest.param(NotSent("unreachable", "refused", 0.5), "ready",
                     "not_sent:unreachable|refused", id="in half a second"),
        pytest.param(NotSent("duplicate", "later", 5.0), "ready",
                     "not_sent:duplicate|later", id="proof beats the name of the class"),
    ],
)  # fmt: skip
def test_what_the_platform_answered_settles_the_state(
    outcome: Outcome, state: State, reason: str
) -> None:
    then = after(sending(), outcome, "t1", LATER)
    assert (then.state, then.reason) == (state, reason)
    assert then.platform_id == (outcome.id if isinstance(outcome, Sent) else "")
    assert then.sent_at == (LATER if isinstance(outcome, Sent) else None)


def test_what_was_proved_unsent_waits_as_long_as_the_platform_asked() -> None:
    then = after(sending(), NotSent("rate_limited", "429", 90), "t1", NOON)
    assert then.not_before == NOON + timedelta(seconds=90)
    assert then.due_at is not None
    assert then.due_at > then.not_before
    assert then.lease_until is None


def test_who_has_to_wait_past_the_end_of_an_answer_is_told_at_that_end() -> None:
    then = after(sending(), NotSent("rate_limited", "429", 6 * 3600), "t1", NOON)
    assert then.due_at == then.expires_at
    assert overdue(then, "t2", then.expires_at).queue == "escalations"


@pytest.mark.parametrize(("tries", "state"), [(MAX_TRIES - 1, "failed"), (MAX_TRIES - 2, "ready")])
def test_after_the_fifth_try_it_has_failed(tries: int, state: State) -> None:
    then = after(sending(tries=tries), NotSent("rate_limited", "429", 1), "t1", NOON)
    assert then.state == state
    if state == "failed":
        assert then.reason == "gave_up:rate_limited|5|429"


def test_a_claim_that_is_given_back_keeps_its_count_of_tries() -> None:
    then = released(sending(), "t2", NOON, "no_time", timedelta(seconds=1))
    assert (then.state, then.tries, then.reason) == ("ready", 1, "no_time")
    assert claim(then, "t3", NOON, LEASE).reason == "it is not time yet"
    assert claim(then, "t3", records.after(1), LEASE).reply is not None


@pytest.mark.parametrize(
    ("change", "now", "state", "queue", "reason"),
    [
        pytest.param({"state": "pending", "due_at": records.after(120)}, records.after(120),
                     "expired", "escalations", "undecided", id="nobody decided"),
        pytest.param({}, records.after(2), "ready", "outbound", "",
                     id="ready, and nobody claimed it"),
        pytest.param({}, records.after(120), "expired", "escalations", "unsent_in_time",
                     id="ready for too long"),
        pytest.param({"state": "sending", "due_at": records.after(2)}, records.after(2),
                     "unconfirmed", "escalations", "sender_stopped", id="its sender died"),
        *[pytest.param({"state": state}, records.after(2), state, "escalations", "", id=f"{state}")
          for state in sorted(NEEDS_A_PERSON)],
        pytest.param({"state": "sent"}, records.after(2), "sent", "", "", id="sent"),
        pytest.param({"state": "rejected"}, records.after(2), "rejected", "", "", id="rejected"),
    ],
)  # fmt: skip
def test_the_sweep_moves_what_is_due(
    change: dict[str, Any], now: datetime, state: State, queue: str, reason: str
) -> None:
    sweep = overdue(reply(**change), "t1", now)
    assert sweep.then is not None
    assert (sweep.then.state, sweep.then.token, sweep.queue) == (state, "t1", queue)
    assert sweep.then.reason == reason
    if state in ("sent", "rejected"):
        assert sweep.then.due_at is None
    else:
        assert sweep.then.due_at is not None
        assert sweep.then.due_at > now


@pytest.mark.parametrize("state", STATES)
def test_the_sweep_leaves_what_is_not_due(state: State) -> None:
    assert overdue(reply(state=state), "t1", records.after(1.9)).then is None
    assert overdue(reply(state=state, due_at=None), "t1", records.after(999)).then is None


def test_a_claim_past_its_lease_never_becomes_ready_again_by_itself() -> None:
    one: Reply | None = sending()
    for minute in range(3, 60 * 24, 7):
        assert one is not None
        sweep = overdue(one, f"t{minute}", records.after(minute))
        one = sweep.then or one
        assert one.state == "unconfirmed"
        assert sweep.queue != "outbound"


def test_a_claim_moves_no_earlier_deadline_and_is_left_alone_until_its_end() -> None:
    one = claim(reply(due_at=records.after(2)), "t1", records.after(1.5), LEASE).reply
    assert one is not None
    assert (one.due_at, one.lease_until) == (records.after(2), records.after(3.5))
    for minute in (2, 3, 3.4):
        assert overdue(one, "t2", records.after(minute)).then is None
    doubt = overdue(one, "t2", records.after(3.5)).then
    assert doubt is not None
    assert doubt.state == "unconfirmed"


@pytest.mark.parametrize("due", [None, records.after(60)])
def test_a_claim_without_a_deadline_or_with_a_later_one_is_due_at_its_end(due: Any) -> None:
    assert sending(due_at=due).due_at == NOON + LEASE


def test_an_automatic_answer_is_stopped_by_what_a_crisis_or_a_silent_detector_means() -> None:
    crisis = hold(kind="crisis", at=records.after(-1))
    assert stopped(reply(), None, NOON) == "no_control"
    assert stopped(reply(), control(), NOON) == ""
    assert stopped(reply(), control(crisis), NOON).startswith("crisis_hold:brand|")
    silent = control(heartbeat=records.after(-12))
    assert stopped(reply(), silent, NOON) == "detector_silent:12"


def test_an_answer_approved_since_the_crisis_began_may_go_out() -> None:
    crisis = hold(kind="crisis", at=records.after(-10))
    for minute, free in ((-20, False), (-10, False), (-5, True)):
        approved = reply(automatic=False, decided_at=records.after(minute), decided_by="lin")
        assert (stopped(approved, control(crisis), NOON) == "") is free


def test_a_topic_is_held_by_its_category_and_by_its_rule() -> None:
    for scope in ("topic:question", "topic:ask-hours", "channel:line"):
        assert stopped(reply(), control(hold(scope=scope)), NOON)
    assert not stopped(reply(), control(hold(scope="topic:lid")), NOON)


def test_deciding_the_same_thing_again_drafts_the_same_reply() -> None:
    first = drafted(mention(), "十点", "ready", "t1", NOON, LEASE, "hours")
    again = drafted(mention(), "十点", "ready", "t2", LATER, LEASE, "hours")
    assert first.id == again.id == reply_id("line", "line:mention", "hours")
    assert reply_id("line", "line:mention", "lid") != first.id
    assert reply_id("line", "line:other", "hours") != first.id


def test_a_draft_lives_as_long_as_it_is_given_and_then_expires() -> None:
    pending = drafted(mention(), "十点", "pending", "t1", NOON, timedelta(hours=1), "hours")
    assert not pending.automatic
    assert pending.due_at == pending.expires_at == records.after(60)
    ready = drafted(mention(), "十点", "ready", "t1", NOON, timedelta(hours=1), "hours")
    assert ready.automatic
    assert ready.due_at == records.after(2)
    assert ready.expires_at == records.after(60)
