"""The brake: whatever was set before the last look at it stops what has not gone out yet."""

from collections.abc import Callable
from typing import Any

import pytest

from cloud import aws as clients, store
from desk.escalation import Matter
from desk.outbound import Reply, State
from desk.wire import Outbound
from functions.send.app import handler
from tests.records import BRAND, after, batch, hold, reply

pytestmark = pytest.mark.usefixtures("at")
Queued = Callable[[str], list[str]]


def message(one: Reply | None = None) -> dict[str, Any]:
    return batch((one or reply()).key.model_dump_json())


def stored() -> Reply:
    found = store.reply(BRAND, "line:conversation", "line:reply")
    assert found is not None
    return found


def lose_control() -> None:
    clients.dynamodb().delete_item(
        TableName="repartee", Key={"pk": {"S": f"{BRAND}#B"}, "sk": {"S": "CONTROL"}}
    )


def spoil_control() -> None:
    clients.dynamodb().update_item(
        TableName="repartee",
        Key={"pk": {"S": f"{BRAND}#B"}, "sk": {"S": "CONTROL"}},
        UpdateExpression="SET holds = :none",
        ExpressionAttributeValues={":none": {"S": "none"}},
    )


BRAKES: dict[str, tuple[Callable[[], object], str]] = {
    "a hold": (lambda: store.hold(BRAND, hold()), "hold:brand|yijun|lids"),
    "a hold on the channel": (
        lambda: store.hold(BRAND, hold(scope="channel:line")), "hold:channel:line|yijun|lids"),
    "a hold on the topic": (
        lambda: store.hold(BRAND, hold(scope="topic:question")), "hold:topic:question|yijun|lids"),
    "a crisis": (lambda: store.hold(BRAND, hold(kind="crisis")), "crisis_hold:brand|yijun|lids"),
    "no control item": (lose_control, "no_control"),
    "a control item that cannot be read": (spoil_control, "no_control"),
    "a silent detector": (lambda: store.beat(BRAND, after(-12)), "detector_silent:12"),
    "a detector from the future": (lambda: store.beat(BRAND, after(12)), "detector_ahead"),
}  # fmt: skip


@pytest.mark.parametrize("brake", BRAKES)
def test_an_automatic_answer_is_held_and_a_person_told(
    brake: str, context: Any, made: list[Outbound], queued: Queued
) -> None:
    store.add_reply(reply())
    pull, reason = BRAKES[brake]
    pull()
    assert handler(message(), context) == {"batchItemFailures": []}
    assert made == []
    assert (stored().state, stored().reason) == ("held", reason)
    [body] = queued("escalations")
    matter = Matter.model_validate_json(body)
    assert matter.reasons == (reason,)
    assert (matter.kind, matter.reply, matter.title) == ("held", "line:reply", "held")


@pytest.mark.parametrize("brake", ["a crisis", "a silent detector", "a detector from the future"])
def test_what_a_person_has_approved_since_goes_out(
    brake: str, context: Any, made: list[Outbound]
) -> None:
    store.add_reply(reply(automatic=False, decided_by="lin", decided_at=after(-1)))
    BRAKES[brake][0]()
    handler(message(), context)
    assert len(made) == 1
    assert stored().state == "sent"


@pytest.mark.parametrize("brake", ["a hold", "a hold on the channel", "no control item"])
def test_a_hold_stops_what_a_person_has_approved_too(
    brake: str, context: Any, made: list[Outbound]
) -> None:
    store.add_reply(reply(automatic=False, decided_by="lin", decided_at=after(-1)))
    BRAKES[brake][0]()
    handler(message(), context)
    assert made == []
    assert stored().state == "held"


def test_the_brake_is_looked_at_after_the_claim_and_each_time_anew(
    context: Any, made: list[Outbound], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add_reply(reply())
    store.add_reply(reply(id="line:second"))
    handler(message(), context)
    seen: list[State] = []
    move = store.move

    def moving(before: Reply, after_: Reply) -> bool:
        done = move(before, after_)
        if after_.state == "sending":
            store.hold(BRAND, hold())
            seen.append(after_.state)
        return done

    monkeypatch.setattr(store, "move", moving)
    handler(message(reply(id="line:second")), context)
    assert seen == ["sending"]
    assert len(made) == 1, "the hold that came between claim and post counts, in a warm function"


def test_a_brake_that_cannot_be_read_lets_nothing_out(
    context: Any, made: list[Outbound], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add_reply(reply())

    def down(brand: str) -> None:
        raise clients.TROUBLE[0]({"Error": {"Code": "Throttled"}}, "GetItem")

    monkeypatch.setattr(store, "control", down)
    for _ in range(3):
        handler(message(), context)
    assert made == []
    assert stored().state == "sending", "its claim runs out, and the minute's sweep asks a person"
