"""A text message stops a brand: once, from a telephone that is known, and never lets it go on."""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from cloud import aws as clients, brakes, store
from desk.brake import Phone
from desk.control import Hold
from events.make import SMS
from functions.brake.app import handler
from tests.records import BRAND, NOON, batch, hold

pytestmark = pytest.mark.usefixtures("at")


@pytest.fixture
def mailbox() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What was published to approvers."""
    queue = boto3.client("sqs").create_queue(QueueName="mailbox")["QueueUrl"]
    arn = "arn:aws:sqs:ap-east-1:123456789012:mailbox"
    topic = os.environ["TOPIC_ARN"]
    made = boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    def read() -> list[dict[str, Any]]:
        found = clients.sqs().receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        return [json.loads(one["Body"]) for one in found.get("Messages", [])]

    yield read
    boto3.client("sns").unsubscribe(SubscriptionArn=made["SubscriptionArn"])
    boto3.client("sqs").delete_queue(QueueUrl=queue)


@pytest.fixture
def known() -> None:
    number = brakes.number_of(SMS["originationNumber"])
    store.keep_phone(Phone(number=number, brand=BRAND, approver="lin", made_at=NOON))


def comes(context: Any, **change: Any) -> list[str]:
    answer = handler(batch(json.dumps(SMS | change)), context)
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def holds() -> dict[str, Hold]:
    found = store.control(BRAND)
    assert found is not None
    return {one.scope: one for one in found.holds}


def test_a_known_telephone_stops_the_brand_and_its_owner_is_told(
    known: None, context: Any, mailbox: Any
) -> None:
    assert comes(context) == []
    [(scope, found)] = holds().items()
    assert (scope, found.by, found.kind) == ("brand", "lin", "hold")
    [told] = mailbox()
    assert told["MessageAttributes"]["approver"]["Value"] == "lin"
    assert "已按您的短信停止" in told["Message"]


def test_a_topic_is_stopped_by_the_word_of_its_watch(
    known: None, context: Any, mailbox: Any
) -> None:
    comes(context, messageBody="刹车 小满 漏水")
    assert [*holds()] == ["topic:watch:lid-leak"]
    assert "保温杯漏水" in mailbox()[0]["Message"]


def test_a_message_that_comes_twice_sets_one_hold_and_is_confirmed_once(
    known: None, context: Any, mailbox: Any
) -> None:
    comes(context)
    comes(context)
    assert len(holds()) == 1
    assert len(mailbox()) == 1


def test_a_message_that_comes_again_after_a_release_stops_nothing_anew(
    known: None, context: Any
) -> None:
    comes(context)
    store.release(BRAND, "brand", "olga", "over", NOON)
    comes(context)
    assert holds() == {}


def test_a_stranger_changes_nothing_hears_nothing_and_is_reported(
    context: Any, mailbox: Any, everything: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[Any, ...]] = []
    monkeypatch.setattr(
        "functions.brake.app.logger.error", lambda *words, **fields: said.append((words, fields))
    )
    before = everything()
    assert comes(context) == []
    assert everything() == before
    assert mailbox() == []
    [(words, fields)] = said
    assert words == ("sms refused",)
    assert SMS["originationNumber"] not in repr(fields)


@pytest.mark.parametrize("change", ["revoked", "gone", "brand"])
def test_a_telephone_that_is_no_longer_an_approvers_is_a_strangers(
    known: None, context: Any, change: str
) -> None:
    number = brakes.number_of(SMS["originationNumber"])
    phone = Phone(number=number, brand=BRAND, approver="lin", made_at=NOON)
    update: dict[str, dict[str, Any]] = {
        "revoked": {"revoked_at": NOON}, "gone": {"approver": "gone"}, "brand": {},
    }  # fmt: skip
    store.keep_phone(phone.model_copy(update=update[change]))
    if change == "brand":
        store.keep_phone(phone.model_copy(update={"brand": "other"}))
        store.keep_phone(phone.model_copy(update={"revoked_at": NOON}))
    comes(context)
    assert holds() == {}


@pytest.mark.parametrize("said", ["release xiaoman", "hold off", "继续", "GO", "", "\x00" * 99])
def test_nothing_else_does_anything_and_no_message_releases(
    known: None, context: Any, mailbox: Any, said: str
) -> None:
    store.hold(BRAND, hold())
    comes(context, messageBody=said)
    assert holds()["brand"] == hold()
    assert mailbox() == []


def test_the_stop_is_set_before_anybody_is_told_and_the_message_comes_again(
    known: None, context: Any, mailbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*which: Any) -> None:
        raise clients.TROUBLE[0]({"Error": {"Code": "Throttled"}}, "Publish")

    with monkeypatch.context() as patch:
        patch.setattr("cloud.topic.publish", down)
        assert comes(context) == ["0"]
    assert "brand" in holds()
    assert comes(context) == []
    assert len(mailbox()) == 1


def test_what_is_no_message_is_kept_for_somebody_to_look_at(known: None, context: Any) -> None:
    answer = handler(batch("HALT xiaoman"), context)
    assert answer["batchItemFailures"] == [{"itemIdentifier": "0"}]
    assert holds() == {}


def test_the_number_is_nowhere_in_the_table(known: None, everything: Any) -> None:
    assert not [item for item in everything() if "13800138000" in item]
