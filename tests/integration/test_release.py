"""A release: nothing goes out by itself, what is too late ends, and people are told once."""

from collections.abc import Callable
from typing import Any

import pytest

from cloud import brakes, queues, store
from desk.escalation import Escalation, Matter, name_of, opened
from desk.intake import matter_of_reply
from desk.playbook import Playbook
from desk.rechecking import Recheck
from functions.brake.app import handler
from tests.records import BRAND, NOON, after, batch, hold, mention, reply

At = Callable[[Any], None]
Queued = Callable[[str], list[str]]
HELD = hold(scope="topic:lid", at=NOON)


def held(number: int, playbook: Playbook, said: float = 0, **change: Any) -> None:
    """An answer that this hold has stopped, put before a person."""
    name, place = f"line:r{number}", f"line:c{number}"
    if not change.pop("gone", False):
        store.add_mention(
            mention(id=f"line:m{number}", conversation=place, said_at=after(said)), b""
        )
    one = reply(
        id=name, conversation=place, mention=f"line:m{number}", state="held",
        reason=change.pop("reason", "hold:topic:lid|yijun|lids"), claimed_at=NOON, due_at=None,
        made_at=after(number / 1000), expires_at=after(change.pop("expires", 300)),
    )  # fmt: skip
    store.add_reply(one)
    matter = matter_of_reply(one, NOON)
    store.add_escalation(opened(matter, name_of(matter.cause), playbook.policies, "t"))


def state(number: int) -> tuple[str, str]:
    found = store.reply(BRAND, f"line:c{number}", f"line:r{number}")
    assert found is not None
    return found.state, found.reason


def escalation(number: int) -> Escalation:
    found = store.escalation(BRAND, name_of(f"reply:line:r{number}"))
    assert found is not None
    return found


def work(context: Any, queued: Queued) -> None:
    """Let the brake work off its queue, until nothing is left."""
    while bodies := queued("brakes"):
        assert handler(batch(*bodies), context) == {"batchItemFailures": []}


@pytest.fixture
def release(
    at: At, context: Any, queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], list[Matter]]:
    """Releases the hold at half past twelve and lets the brake look; what people are then told."""
    send = queues.send
    monkeypatch.setattr(queues, "send", lambda queue, bodies, delay=0: send(queue, bodies))
    store.hold(BRAND, HELD)

    def release() -> list[Matter]:
        at(after(30))
        assert brakes.release(BRAND, HELD, "lin", "fixed")
        work(context, queued)
        assert queued("outbound") == []
        return [Matter.model_validate_json(body) for body in queued("escalations")]

    return release


def test_what_is_still_right_waits_for_a_yes_and_nothing_goes_out(
    release: Any, playbook: Playbook
) -> None:
    held(1, playbook)
    [told] = release()
    assert state(1)[0] == "held"
    assert escalation(1).state == "open"
    assert told.reasons == ("released:topic:lid|lin|fixed", "still_held:1", "ended_held:0")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"expires": 20}, "unsent_in_time"),
        ({"said": -100}, "stale:120"),
        ({"gone": True}, "mention_gone"),
    ],
)
def test_what_is_too_late_ends_with_what_was_asked_about_it(
    release: Any, playbook: Playbook, change: dict[str, Any], why: str
) -> None:
    held(1, playbook, **change)
    [told] = release()
    assert state(1) == ("rejected", why)
    assert (escalation(1).state, escalation(1).settled_by) == ("resolved", "lin")
    assert "ended_held:1" in told.reasons


def test_a_conversation_that_a_person_has_taken_over_is_theirs(
    release: Any, playbook: Playbook
) -> None:
    held(1, playbook)
    store.take_over(BRAND, "line:c1", "yijun", after(10))
    release()
    assert state(1) == ("rejected", "taken_over")


@pytest.mark.parametrize("why", ["hold:brand|yijun|lids", "no_control", "no_credentials"])
def test_what_something_else_has_stopped_is_left_alone(
    release: Any, playbook: Playbook, why: str
) -> None:
    held(1, playbook, reason=why, expires=20)
    assert release() == []
    assert state(1) == ("held", why)


def test_a_storm_is_one_item(release: Any, playbook: Playbook) -> None:
    for number in range(130):
        held(number, playbook, expires=300 if number % 2 else 20)
    [told] = release()
    assert told.reasons[1:] == ("still_held:65", "ended_held:65")
    assert [state(number)[0] for number in range(4)] == ["rejected", "held", "rejected", "held"]


def test_an_order_that_comes_again_finds_it_done(
    release: Any, playbook: Playbook, context: Any, queued: Queued
) -> None:
    held(1, playbook)
    held(2, playbook, expires=20)
    [told] = release()
    brakes.recheck(Recheck(brand=BRAND, scope="topic:lid", by="lin", reason="fixed", at=after(30)))
    [again] = [Matter.model_validate_json(body) for body in queued("escalations")]
    assert (again.cause, again.event) == (told.cause, told.event)
    assert (state(1)[0], state(2)[0]) == ("held", "rejected")


def test_while_it_is_held_an_order_to_look_does_nothing(
    at: At, playbook: Playbook, context: Any, queued: Queued
) -> None:
    store.hold(BRAND, HELD)
    held(1, playbook, expires=-1)
    order = Recheck(brand=BRAND, scope="topic:lid", by="lin", reason="fixed", at=NOON)
    assert handler(batch(order.model_dump_json()), context) == {"batchItemFailures": []}
    assert state(1)[0] == "held"
    assert queued("escalations") == []


def test_a_hold_that_somebody_else_has_set_since_stays(at: At, queued: Queued) -> None:
    store.hold(BRAND, HELD)
    store.hold(BRAND, hold(scope="topic:lid", by="olena", at=after(5)))
    assert not brakes.release(BRAND, HELD, "lin", "fixed")
    control = store.control(BRAND)
    assert control is not None
    assert [one.by for one in control.holds] == ["olena"]
