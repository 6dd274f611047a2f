"""Deliveries become mentions: how each of them ends, and that none is lost, doubled or mixed up."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.stub import Stubber

from cloud import aws as clients, queues, store
from cloud.settings import settings
from cloud.store import Again, Unread, playbooks
from desk.escalation import Matter
from desk.mention import Mention
from desk.outbound import Key
from desk.playbook import Playbook
from desk.wire import Delivery, stamp
from functions.triage.app import handler
from tests import records
from tests.records import BRAND, NOON, after

pytestmark = pytest.mark.usefixtures("at")
Queued = Callable[[str], list[str]]


def said(text: str, **change: Any) -> dict[str, Any]:
    """A mention in our own format, on the standard channel."""
    data = {
        "id": "p-1",
        "text": text,
        "conversation": "t-1",
        "account": "xiaoman-official",
        "author": {"id": "r-1", "name": "Ann"},
        "created_at": "2027-03-08T03:59:00Z",
    }
    return {"type": "mention.created", "data": data | change}


def delivery(body: Any, channel: str = "standard", name: str = "d1", **change: Any) -> Delivery:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return Delivery(name, BRAND, channel, stamp(NOON), {"webhook-id": name}, {}, raw, **change)


def batch(*deliveries: Delivery | str) -> dict[str, Any]:
    return records.batch(*(one if isinstance(one, str) else one.to_json() for one in deliveries))


def heard(brand: str = BRAND) -> list[Mention | Again | Unread]:
    return list(store.feed(brand, after(-600), after(600)))


def mention() -> Mention:
    [one] = heard()
    assert isinstance(one, Mention)
    return one


def failures(answer: Any) -> list[str]:
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def nothing_follows(queued: Queued) -> bool:
    return not queued("outbound") and not queued("escalations")


@pytest.mark.parametrize("name", ["line", "telegram", "wechat"])
def test_a_question_that_we_know_is_answered(
    name: str, event: Any, context: Any, queued: Queued
) -> None:
    assert failures(handler(event(f"triage-{name}"), context)) == []
    one = mention()
    assert one.decision.action == "answer"
    [message] = queued("outbound")
    key = Key.model_validate_json(message)
    reply = store.reply(key.brand, key.conversation, key.reply)
    assert reply is not None
    assert (reply.state, reply.automatic, reply.mention) == ("ready", True, one.id)
    assert reply.text == one.decision.text
    assert reply.address == one.address
    assert queued("escalations") == []


def test_what_is_queued_for_sending_is_what_send_is_tried_with(
    event: Any, context: Any, queued: Queued
) -> None:
    handler(event("triage-line"), context)
    assert queued("outbound") == [record["body"] for record in event("send")["Records"]]


def test_a_lid_that_popped_off_is_put_before_a_person(
    event: Any, context: Any, queued: Queued
) -> None:
    handler(event("triage-standard"), context)
    one = mention()
    assert (one.decision.action, one.decision.risk) == ("escalate", "severe")
    [message] = queued("escalations")
    [record] = event("escalate")["Records"]
    assert Matter.model_validate_json(message) == Matter.model_validate_json(record["body"])
    assert queued("outbound") == []
    assert store.conversation(BRAND, one.conversation) == [one]


def test_a_complaint_gets_a_proposal_that_waits_for_a_yes(context: Any, queued: Queued) -> None:
    handler(batch(delivery(said("太差了，店员态度恶劣，非常生气，要投诉你们！"))), context)
    one = mention()
    assert one.decision.action == "escalate"
    [message] = queued("escalations")
    matter = Matter.model_validate_json(message)
    assert (matter.kind, matter.cause) == ("draft", f"mention:{one.id}")
    reply = store.reply(BRAND, one.conversation, matter.reply)
    assert reply is not None
    assert (reply.state, reply.automatic) == ("pending", False)
    assert queued("outbound") == []


def test_small_talk_is_recorded(context: Any, queued: Queued) -> None:
    handler(batch(delivery(said("下雨天，路上慢慢走"))), context)
    assert mention().decision.action == "record"
    assert nothing_follows(queued)


@pytest.mark.parametrize(
    "event_",
    [
        pytest.param({"type": "follow", "source": {"type": "user", "userId": "U1"}}, id="a follow"),
        pytest.param({"type": "beacon", "source": {"type": "user", "userId": "U1"}}, id="a beacon"),
        pytest.param({"type": "message", "source": {"type": "user", "userId": "OURS"},
                      "message": {"id": "1", "type": "text", "text": "几点打烊"}}, id="our own"),
        pytest.param({"type": "unsend", "source": {"type": "user", "userId": "U1"},
                      "unsend": {"messageId": "1"}}, id="taken back"),
    ],
)  # fmt: skip
def test_what_says_nothing_to_us_is_ignored(
    event_: dict[str, Any], context: Any, queued: Queued, playbook: Playbook
) -> None:
    text = json.dumps({"destination": "U", "events": [event_ | {"timestamp": 1804478400000}]})
    body = text.replace("OURS", playbook.accounts["line"]).encode()
    handler(batch(delivery(body, "line")), context)
    assert mention().decision.action == "ignore"
    assert nothing_follows(queued)


@pytest.mark.parametrize(
    ("body", "channel", "reason"),
    [
        (b"\xff\xfe\x00", "standard", "not UTF-8 at byte 0"),
        (b"", "standard", "not JSON"),
        (b"[" * 100_000, "line", "nested deeper than 32"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "telegram", "number of 5000 digits"),
        (b'"just a string"', "line", "no list of events"),
        (b'{"type": "mention.created"}', "standard", "mention.created without data.id"),
        (b"<xml><a/></xml>", "wechat", "is not encrypted"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><xml>&a;</xml>', "wechat", "is not encrypted"),
        (b"<xml><Encrypt>AAAA</Encrypt></xml>", "wechat", "whole cipher blocks"),
    ],
)
def test_what_is_genuine_and_cannot_be_read_is_set_aside_and_seen(
    body: bytes, channel: str, reason: str, context: Any, queued: Queued
) -> None:
    assert failures(handler(batch(delivery(body, channel)), context)) == []
    [row] = heard()
    assert isinstance(row, Unread)
    assert (row.kind, row.channel, row.delivery) == ("quarantined", channel, "d1")
    assert reason in row.reason
    assert nothing_follows(queued)


def test_a_delivery_that_reports_nothing_is_on_the_books(context: Any, queued: Queued) -> None:
    handler(batch(delivery({"destination": "U", "events": []}, "line")), context)
    [row] = heard()
    assert isinstance(row, Unread)
    assert row.kind == "empty"
    assert nothing_follows(queued)


def test_a_delivery_of_a_channel_that_is_gone_is_set_aside(context: Any, queued: Queued) -> None:
    assert failures(handler(batch(delivery(said("几点打烊"), "gramophone")), context)) == []
    [row] = heard()
    assert isinstance(row, Unread)
    assert (row.kind, row.reason) == ("quarantined", "its channel is gone")
    assert nothing_follows(queued)


def test_what_comes_again_in_another_delivery_is_answered_once(
    context: Any, queued: Queued, event: Any
) -> None:
    [record] = event("triage-line")["Records"]
    first = Delivery.from_json(record["body"])
    again = replace(first, id="d2", received_at=stamp(after(5)))
    handler(batch(first), context)
    handler(batch(again), context)
    handler(batch(again), context)
    one, row = heard()
    assert isinstance(one, Mention)
    assert row == Again(mention=one.id, delivery="d2:0", heard_at=after(5))
    keys = set(queued("outbound"))
    assert len(keys) == 1
    replies = [each for each in store.conversation(BRAND, one.conversation) if each != one]
    assert len(replies) == 1


def test_the_same_delivery_again_changes_nothing(
    event: Any, context: Any, queued: Queued, everything: Callable[[], list[str]]
) -> None:
    for name in ("line", "standard"):
        handler(event(f"triage-{name}"), context)
        before = everything()
        handler(event(f"triage-{name}"), context)
        assert everything() == before
    assert len(set(queued("outbound"))) == 1
    assert len({Matter.model_validate_json(one).event for one in queued("escalations")}) == 1


def test_one_delivery_may_carry_many_mentions(context: Any, queued: Queued) -> None:
    events = [
        {
            "type": "message",
            "timestamp": 1804478400000 + number,
            "source": {"type": "user", "userId": f"U{number}"},
            "message": {"id": str(number), "type": "text", "text": "请问几点打烊"},
        }
        for number in range(12)
    ]
    handler(batch(delivery({"destination": "U", "events": events}, "line")), context)
    assert len({one.id for one in heard() if isinstance(one, Mention)}) == 12
    assert len(set(queued("outbound"))) == 12


def test_one_bad_record_does_not_hold_up_the_others(context: Any, queued: Queued) -> None:
    good = [delivery(said("请问几点打烊", id=f"p-{n}"), name=f"d{n}") for n in range(3)]
    found = handler(batch(good[0], "{}", good[1], "no json", good[2]), context)
    assert failures(found) == ["1", "3"]
    assert len(heard()) == 3


def test_when_every_record_is_bad_each_is_reported(context: Any) -> None:
    assert failures(handler(batch("{}", "[]", ""), context)) == ["0", "1", "2"]


def test_a_brand_without_a_playbook_waits_and_the_others_go_on(context: Any) -> None:
    stray = replace(delivery(said("请问几点打烊")), brand="other")
    assert failures(handler(batch(stray, delivery(said("请问几点打烊"))), context)) == ["0"]
    assert len(heard()) == 1
    assert heard("other") == []


def test_who_stops_half_way_is_finished_by_the_next_delivery(
    event: Any, context: Any, queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(messages: Any) -> Any:
        return dict.fromkeys(messages, "down")

    for name, queue in (("line", "outbound"), ("standard", "escalations")):
        with monkeypatch.context() as broken:
            broken.setattr(queues, "send_all", down)
            assert len(failures(handler(event(f"triage-{name}"), context))) == 1
        assert queued(queue) == []
        assert failures(handler(event(f"triage-{name}"), context)) == []
        assert len(queued(queue)) == 1


def test_who_stops_half_way_is_finished_by_the_platforms_own_repeat_too(
    event: Any, context: Any, queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(messages: Any) -> Any:
        return dict.fromkeys(messages, "down")

    [record] = event("triage-line")["Records"]
    first = Delivery.from_json(record["body"])
    with monkeypatch.context() as broken:
        broken.setattr(queues, "send_all", down)
        handler(batch(first), context)
    handler(batch(replace(first, id="d2")), context)
    assert len(queued("outbound")) == 1


def test_a_mention_of_one_brand_never_appears_at_another(
    context: Any, queued: Queued, playbook: Playbook
) -> None:
    store.keep_playbook(playbook.model_copy(update={"brand": "other"}))
    hook = json.dumps({"platform": "standard", "secret": "bm90LWEtc2VjcmV0"})
    clients.ssm().put_parameter(
        Name="/repartee/test/hooks/other/standard", Value=hook, Type="SecureString", Overwrite=True
    )
    ours = delivery(said("请问几点打烊"))
    handler(batch(ours, replace(ours, brand="other")), context)
    [one], [two] = heard(BRAND), heard("other")
    assert isinstance(one, Mention)
    assert isinstance(two, Mention)
    assert (one.brand, two.brand) == (BRAND, "other")
    assert not {one.id, one.conversation, one.author.id} & {
        two.id, two.conversation, two.author.id
    }  # fmt: skip
    assert store.conversation("other", one.conversation) == []
    keys = [Key.model_validate_json(message) for message in queued("outbound")]
    assert {(key.brand, key.conversation) for key in keys} == {
        (BRAND, one.conversation), ("other", two.conversation)
    }  # fmt: skip


def test_once_a_person_has_taken_over_nothing_is_answered_without_them(
    context: Any, queued: Queued
) -> None:
    handler(batch(delivery(said("请问几点打烊"))), context)
    assert len(queued("outbound")) == 1
    store.take_over(BRAND, mention().conversation, "lin", NOON)
    handler(batch(delivery(said("请问几点打烊", id="p-2"), name="d2")), context)
    assert queued("outbound") == []
    [message] = queued("escalations")
    assert "taken_over" in message


def test_a_proposal_lives_no_longer_than_the_platforms_window(
    event: Any, context: Any, at: Any
) -> None:
    at(after(47 * 60))
    handler(event("triage-wechat"), context)
    [one] = store.feed(BRAND, after(47 * 60 - 1), after(47 * 60 + 1))
    assert isinstance(one, Mention)
    assert one.decision.action == "escalate", "it is too old to be answered by itself"
    [reply] = [each for each in store.conversation(BRAND, one.conversation) if each != one]
    assert not isinstance(reply, Mention)
    assert reply.expires_at == after(48 * 60)


def test_names_and_texts_without_end_are_kept_short(context: Any) -> None:
    author = {"id": "r-1", "name": "n" * 200_000}
    body = said("茶" * 30_000, author=author, permalink="https://example.org/" + "p" * 100_000)
    assert failures(handler(batch(delivery(body)), context)) == []
    one = mention()
    assert (len(one.text), len(one.author.name), one.permalink) == (20_000, 200, "")


def test_no_id_of_the_platforms_is_in_a_key(event: Any, context: Any) -> None:
    for name in ("line", "telegram", "standard", "wechat"):
        handler(event(f"triage-{name}"), context)
    pages = clients.dynamodb().get_paginator("scan").paginate(TableName="repartee")
    keys = ("pk", "sk", "feed_pk", "feed_sk", "queue_pk", "queue_sk", "due_pk", "due_sk")
    found = " ".join(
        item[key]["S"] for page in pages for item in page["Items"] for key in keys if key in item
    )
    for native in ("531887401", "U4c1d7a", "77120", "r-9", "c-38", "t-12", "oA1b2C3", "24177"):
        assert native not in found


def asked(sentiment: str) -> Stubber:
    """Comprehend, asked once, with that answer."""
    stub = Stubber(clients.comprehend())
    scores = {"Positive": 0.03, "Negative": 0.9, "Neutral": 0.05, "Mixed": 0.02}
    stub.add_response("detect_sentiment", {"Sentiment": sentiment, "SentimentScore": scores})
    return stub


@pytest.fixture
def second_reader(at: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An install that has chosen Comprehend, for a brand that is never sure enough."""
    monkeypatch.setenv("SECOND_READER", "comprehend")
    settings.cache_clear()
    store.keep_playbook(store.playbook(BRAND).model_copy(update=STRICT))
    playbooks.forget()
    yield
    settings.cache_clear()


STRICT = {"version": "strict", "confidence_floor": 1.0}


@pytest.mark.usefixtures("second_reader")
def test_a_second_reader_is_asked_where_we_are_unsure_and_can_make_it_worse(context: Any) -> None:
    with asked("NEGATIVE"):
        handler(batch(delivery(said("嗯，周五下午"))), context)
    reading = mention().reading
    assert (reading.sentiment, reading.confidence) == ("negative", 0.9)
    assert "second:comprehend|negative" in reading.reasons


@pytest.mark.usefixtures("second_reader")
def test_a_second_reader_that_is_down_holds_nothing_up(context: Any) -> None:
    with Stubber(clients.comprehend()) as stub:
        stub.add_client_error("detect_sentiment", "ThrottlingException")
        assert failures(handler(batch(delivery(said("嗯，周五下午"))), context)) == []
    assert not [one for one in mention().reading.reasons if one.startswith("second:")]


def test_nobody_else_reads_a_text_unless_the_install_wants_it(context: Any) -> None:
    with Stubber(clients.comprehend()):
        handler(batch(delivery(said("嗯，周五下午"))), context)
    assert mention().text == "嗯，周五下午"
