"""The minute's sweep: whatever is due is moved, nobody is forgotten, and nothing is ever sent."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from cloud import aws as clients, http, store, topic
from cloud.store import table
from desk.duty import reached
from desk.escalation import Escalation, Matter
from desk.outbound import Key, Reply
from desk.playbook import Playbook
from functions.escalate.app import handler as escalate
from functions.tick.app import Stuck, handler
from tests.records import BRAND, NOON, after, approval, batch, draft, escalation, matter, reply

At = Callable[[datetime], None]
Queued = Callable[[str], list[str]]


@pytest.fixture(autouse=True)
def _nothing_goes_out(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    def call(outbound: Any) -> None:
        raise AssertionError("the sweep has made a call")

    monkeypatch.setattr(http, "call", call)


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Who was sent a message."""
    people: list[str] = []
    monkeypatch.setattr(topic, "publish", lambda brand, who, *rest, **more: people.append(who))
    return people


@pytest.fixture
def tick(event: Any, context: Any, at: At) -> Callable[[float], None]:
    """Runs the sweep so many minutes after noon."""

    def tick(minute: float) -> None:
        at(after(minute))
        handler(event("tick"), context)

    return tick


def stored() -> Reply:
    found = store.reply(BRAND, "line:conversation", "line:reply")
    assert found is not None
    return found


def opened() -> Escalation:
    found = store.escalation(BRAND, escalation().id)
    assert found is not None
    return found


def told(queued: Queued) -> list[tuple[str, str]]:
    found = [Matter.model_validate_json(body) for body in queued("escalations")]
    return [(one.kind, one.title) for one in found]


def test_a_quiet_minute_changes_nothing(tick: Any, queued: Queued) -> None:
    store.add_reply(reply())
    store.add_escalation(escalation(due_at=after(15)))
    tick(1)
    assert (stored(), opened()) == (reply(), escalation(due_at=after(15)))
    assert told(queued) == []
    assert queued("outbound") == []


def test_who_does_not_answer_is_followed_by_the_next_in_line(
    tick: Any, asked: list[str], playbook: Playbook
) -> None:
    steps = playbook.policies["default"].steps
    store.add_escalation(escalation(steps=steps))
    minute, people = 0.0, list[str]()
    for step in steps:
        tick(minute - 0.1)
        assert asked == people
        people += reached(step.ask, playbook, "routine", after(minute))
        tick(minute)
        assert asked == people
        minute += step.wait_minutes
    assert people == ["lin", "yijun", "lin", "james"]
    assert len(store.log_of(BRAND, escalation().id)) == len(steps)


def test_when_nobody_answers_the_last_ones_are_asked_again_and_an_alarm_is_raised(
    tick: Any, asked: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    store.add_escalation(escalation())
    caplog.set_level(logging.ERROR)
    for minute in range(0, 60 * 6, 5):
        tick(minute)
    assert asked == ["lin", "yijun", *["olena", "james"] * 3]
    alarms = [record.msg for record in caplog.records if record.levelno >= logging.ERROR]
    assert alarms == ["unanswered"] * 3
    assert (opened().state, opened().due_at) == ("open", None)
    assert [one.id for one in store.open_escalations(BRAND)] == [escalation().id]


def test_the_alarm_is_the_word_that_the_template_counts(template: dict[str, Any]) -> None:
    pattern = template["Resources"]["UnansweredFilter"]["Properties"]["FilterPattern"]
    assert pattern == '{ $.message = "unanswered" }'


def test_a_draft_that_nobody_decided_expires_and_its_people_are_told(
    tick: Any, queued: Queued, context: Any, event: Any, asked: list[str]
) -> None:
    store.add_reply(draft())
    store.add_escalation(escalation(taken=1, due_at=after(500)))
    tick(119)
    assert stored().state == "pending"
    tick(120)
    assert stored().state == "expired"
    escalate(batch(*queued("escalations")), context)
    assert opened().joined == 2
    assert stored().due_at is None
    tick(999)
    assert stored().state == "expired"
    assert told(queued) == []


def test_a_ready_answer_that_nobody_took_is_queued_again(tick: Any, queued: Queued) -> None:
    store.add_reply(reply())
    tick(2)
    [body] = queued("outbound")
    assert Key.model_validate_json(body) == reply().key
    assert (stored().state, stored().due_at) == ("ready", after(4))
    tick(3)
    assert queued("outbound") == []
    tick(4)
    assert len(queued("outbound")) == 1


def test_a_ready_answer_that_is_too_late_expires(tick: Any, queued: Queued) -> None:
    store.add_reply(reply())
    tick(121)
    assert stored().state == "expired"
    assert told(queued) == [("held", "expired")]
    assert queued("outbound") == []


def test_a_claim_past_its_lease_is_a_doubt_and_is_never_sent_again(
    tick: Any, queued: Queued
) -> None:
    store.add_reply(reply(state="sending", due_at=after(2), lease_until=after(2)))
    tick(1.9)
    assert stored().state == "sending"
    tick(2)
    assert stored().state == "unconfirmed"
    assert told(queued) == [("doubt", "unconfirmed")]
    [look_up] = queued("outbound")
    assert Key.model_validate_json(look_up) == stored().key
    for minute in range(3, 200, 10):
        tick(minute)
        assert stored().state == "unconfirmed"
        assert queued("outbound") == []


@pytest.mark.parametrize("state", ["held", "failed", "unconfirmed", "expired"])
def test_what_needs_a_person_is_reported_until_it_was_put_before_one(
    state: Any, tick: Any, queued: Queued, context: Any
) -> None:
    store.add_reply(reply(state=state, due_at=after(1)))
    for minute in (1, 2, 3):
        tick(minute)
        [body] = queued("escalations")
    escalate(batch(body), context)
    tick(4)
    tick(90)
    assert [body for body in queued("escalations") if Matter.model_validate_json(body).reply] == []


def test_a_matter_whose_answer_was_decided_is_settled_and_nobody_else_asked(
    tick: Any, asked: list[str], queued: Queued
) -> None:
    approved = draft(state="ready", decided_by="lin", decided_at=after(3), due_at=after(500))
    store.add_reply(approved)
    store.add_escalation(escalation(taken=1, due_at=after(15)))
    store.add_approval(approval())
    tick(15)
    assert asked == []
    assert (opened().state, opened().settled_by) == ("resolved", "lin")
    tick(40)
    assert asked == []


def test_what_was_decided_meanwhile_is_left_as_it_is(tick: Any, queued: Queued) -> None:
    sent = reply(state="sent", token="t1", due_at=after(1))
    store.add_reply(sent)
    tick(5)
    assert (stored().state, stored().due_at) == ("sent", None)
    assert told(queued) == []


def test_one_that_cannot_be_moved_holds_up_no_other(
    tick: Any, queued: Queued, asked: list[str]
) -> None:
    for number in range(8):
        spoilt = f"{BRAND}#C#line:spoilt{number}"
        store.add_reply(reply(conversation=f"line:spoilt{number}", due_at=after(-9)))
        table.put((table.get(spoilt, "R#line:reply") or {}) | {"body": "{}"})
    store.add_escalation(escalation(brand="gone", matter=matter(brand="gone"), due_at=after(-9)))
    store.add_reply(reply(due_at=NOON))
    store.add_escalation(escalation(matter=matter(kind="note", cause="note", reply="")))
    with pytest.raises(Stuck):
        tick(1)
    assert len(queued("outbound")) == 1
    assert asked == ["lin"]


def test_a_sweep_that_could_not_queue_does_so_the_next_time(
    tick: Any, queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(**what: Any) -> None:
        raise clients.TROUBLE[0]({"Error": {"Code": "Throttled"}}, "SendMessage")

    store.add_reply(reply(state="sending", due_at=after(2)))
    with monkeypatch.context() as broken:
        broken.setattr(clients.sqs(), "send_message", down)
        with pytest.raises(Stuck):
            tick(2)
    assert stored().state == "unconfirmed"
    tick(3)
    assert told(queued) == [("doubt", "unconfirmed")]
