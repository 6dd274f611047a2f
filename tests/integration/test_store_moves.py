"""Replies and escalations in the table: what only its last reader may move, and what is due."""

from typing import Any, get_args

import pytest

from cloud import store
from desk.outbound import NEEDS_A_PERSON, State, moved
from desk.wire import stamp
from tests import records
from tests.records import (
    BRAND,
    NOON,
    after,
    approval,
    draft,
    escalation,
    matter,
    reply,
)

pytestmark = pytest.mark.usefixtures("aws")


def test_a_reply_is_made_once() -> None:
    assert store.add_reply(reply()) is None
    assert store.add_reply(reply(token="t9", text="changed")) == reply()
    assert store.reply(BRAND, "line:conversation", "line:reply") == reply()
    assert store.reply(BRAND, "line:conversation", "line:other") is None


def test_of_two_moves_from_one_state_only_the_first_counts() -> None:
    store.add_reply(reply())
    assert store.move(reply(), moved(reply(), "sending", "t1", NOON, "claimed"))
    assert not store.move(reply(), moved(reply(), "sending", "t2", NOON, "claimed"))
    assert not store.move(reply(), moved(reply(), "held", "t3", NOON, "stopped"))
    there = store.reply(BRAND, "line:conversation", "line:reply")
    assert there is not None
    assert (there.state, there.token) == ("sending", "t1")


def test_a_move_whose_answer_was_lost_is_known_as_our_own() -> None:
    store.add_reply(reply())
    claimed = moved(reply(), "sending", "t1", NOON, "claimed")
    assert store.move(reply(), claimed)
    assert store.move(reply(), claimed)
    sent = moved(claimed, "sent", "t1", NOON, "taken")
    assert store.move(claimed, sent)
    assert store.move(claimed, sent)
    assert not store.move(reply(), claimed)


@pytest.mark.parametrize(("state", "token"), [("held", "t0"), ("ready", "another")])
def test_a_move_names_the_state_and_the_token_that_it_leaves(state: Any, token: str) -> None:
    store.add_reply(reply())
    before = reply(state=state, token=token)
    assert not store.move(before, reply(state="rejected", token="t1"))


def test_what_is_not_there_cannot_be_moved() -> None:
    assert not store.move(reply(), reply(state="held", token="t1"))
    assert store.reply(BRAND, "line:conversation", "line:reply") is None


def test_what_is_due_is_found_the_longest_overdue_first_and_nothing_else() -> None:
    for number, minute in enumerate((3, 1, 2)):
        store.add_reply(reply(id=f"line:{number}", due_at=after(minute)))
    store.add_reply(reply(id="line:never", due_at=None))
    store.add_escalation(escalation(due_at=after(1.5)))
    assert list(store.due(after(0.99))) == []
    found = list(store.due(after(2)))
    assert {(one.brand, one.kind) for one in found} == {(BRAND, "reply"), (BRAND, "escalation")}
    replies = [one for one in found if one.kind == "reply"]
    assert [(one.conversation, one.name) for one in replies] == [
        ("line:conversation", "line:1"),
        ("line:conversation", "line:2"),
    ]
    [other] = [one for one in found if one.kind == "escalation"]
    assert (other.conversation, other.name) == ("", escalation().id)


def test_what_has_no_deadline_any_more_leaves_the_index() -> None:
    store.add_reply(reply())
    store.move(reply(), reply(state="sent", token="t1", due_at=None))
    store.add_escalation(escalation())
    store.advance(escalation(), escalation(state="resolved", token="t1", due_at=None))
    assert list(store.due(after(9_999))) == []


def test_more_than_a_runs_worth_is_left_for_the_next_one() -> None:
    for number in range(6):
        store.add_reply(reply(id=f"line:{number}", due_at=after(number)))
    assert [one.name for one in store.due(after(9), limit=4)] == [f"line:{n}" for n in range(4)]


@pytest.mark.parametrize("state", get_args(State))
def test_what_waits_for_a_person_is_in_the_queue_of_its_state(state: Any) -> None:
    store.add_reply(reply(state=state))
    waits = state in NEEDS_A_PERSON or state == "pending"
    assert [one.id for one in store.waiting(BRAND, state)] == (["line:reply"] if waits else [])


def test_the_gravest_waits_first_and_of_equals_the_oldest() -> None:
    for name, risk, minute in (
        ("calm", "routine", 0), ("late", "severe", 9), ("grave", "severe", 2),
        ("odd", "sensitive", 1),
    ):  # fmt: skip
        store.add_reply(draft(id=f"line:{name}", risk=risk, made_at=after(minute)))
        about = matter(cause=name, risk=risk, at=after(minute))
        store.add_escalation(escalation(matter=about, opened_at=after(minute)))
    order = ["grave", "late", "odd", "calm"]
    assert [one.id.removeprefix("line:") for one in store.waiting(BRAND, "pending")] == order
    assert [one.matter.cause for one in store.open_escalations(BRAND)] == order


def test_one_cause_has_one_open_escalation() -> None:
    assert store.add_escalation(escalation()) is None
    assert store.add_escalation(escalation()) is None, "our own, whose answer was lost"
    assert store.add_escalation(escalation(token="t9")) == escalation()
    assert store.escalation(BRAND, escalation().id) == escalation()
    assert store.escalation(BRAND, "other") is None


@pytest.mark.parametrize(("state", "opens"), [("acknowledged", False), ("resolved", True)])
def test_only_a_settled_escalation_gives_way_to_a_new_one(state: Any, opens: bool) -> None:
    store.add_escalation(escalation(state=state))
    assert (store.add_escalation(escalation(token="t9")) is None) is opens


def test_of_two_who_advance_an_escalation_only_the_first_does() -> None:
    store.add_escalation(escalation())
    first = escalation(token="t1", taken=1)
    assert store.advance(escalation(), first)
    assert store.advance(escalation(), first), "our own, whose answer was lost"
    assert not store.advance(escalation(), escalation(token="t2", taken=1))
    assert store.escalation(BRAND, first.id) == first


def test_what_has_joined_joins_no_second_time() -> None:
    assert not store.has_joined(BRAND, "name", "line:mention")
    assert store.join(BRAND, "name", "line:mention", NOON)
    assert not store.join(BRAND, "name", "line:mention", after(1))
    assert store.has_joined(BRAND, "name", "line:mention")
    assert not store.has_joined(BRAND, "another", "line:mention")


def test_the_log_has_each_move_once_in_its_order() -> None:
    store.log(BRAND, "name", after(1), "t2", "step 2")
    for _ in range(2):
        store.log(BRAND, "name", NOON, "t1", "step 1")
    assert store.log_of(BRAND, "name") == [(stamp(NOON), "step 1"), (stamp(after(1)), "step 2")]


def test_what_is_settled_is_not_among_the_open_ones() -> None:
    store.add_escalation(escalation())
    store.add_escalation(escalation(matter=matter(cause="b"), state="acknowledged"))
    store.add_escalation(escalation(matter=matter(cause="c"), state="resolved"))
    assert {one.matter.cause for one in store.open_escalations(BRAND)} == {
        "mention:line:mention", "b"
    }  # fmt: skip


def test_a_link_is_found_by_the_hash_of_its_token_alone() -> None:
    store.add_approval(approval())
    assert store.approval(approval().hash) == approval()
    assert store.approval(records.LINK) is None
    assert store.approval(approval().hash[:-1]) is None
