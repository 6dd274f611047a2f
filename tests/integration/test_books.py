"""The books follow each delivery to its end by what is stored, and know when one is lost."""

from collections.abc import Callable
from typing import Any

import pytest

from cli.account import Books
from cloud import aws as clients, http, store, topic
from desk.mention import Decision, Mention
from desk.wire import Delivery, Response, stamp
from functions.escalate.app import handler as escalate
from functions.send.app import handler as send
from functions.triage.app import handler as triage
from tests.records import BRAND, NOON, TAKEN, after, batch, mention

Queued = Callable[[str], list[str]]


@pytest.fixture
def books(at: Any) -> Books:
    """The books since noon, by a clock that has gone on a little."""
    at(after(9))
    url = clients.sqs().create_queue(QueueName="dead")["QueueUrl"]
    return Books(BRAND, NOON, [url])


@pytest.fixture
def take(event: Any, context: Any, queued: Queued, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs triage with an event, and then whoever its messages are for."""
    monkeypatch.setattr(topic, "publish", lambda *message, **more: None)

    def take(name: str, on: bool = True) -> str:
        sent = event(f"triage-{name}")
        triage(sent, context)
        for queue, handler in (("outbound", send), ("escalations", escalate)):
            for body in queued(queue) if on else []:
                handler(batch(body), context)
        return Delivery.from_json(sent["Records"][0]["body"]).id

    return take


def kinds(books: Books, *deliveries: str) -> list[str]:
    found = books.ends(deliveries)
    return [found[one].kind if one in found else "unknown" for one in deliveries]


def test_an_answer_ends_when_it_is_sent(
    books: Books, take: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "call", lambda outbound: TAKEN)
    assert kinds(books, take("line", on=False)) == ["open"]
    assert kinds(books, take("line")) == ["answered"]
    assert books.close([take("line")]).closes


def test_an_answer_in_trouble_ends_when_a_person_has_been_told(
    books: Books, take: Any, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "call", lambda outbound: Response(500, {}, b""))
    assert kinds(books, take("line")) == ["escalated"]


@pytest.mark.parametrize(("by", "kind"), [("", "rejected"), ("lin", "escalated")])
def test_an_answer_that_is_not_to_be_said_ends_there(
    books: Books, take: Any, by: str, kind: str
) -> None:
    delivery = take("line", on=False)
    [one] = store.feed(BRAND, NOON, after(10))
    assert isinstance(one, Mention)
    [reply] = store.replies(BRAND, one.conversation)
    store.move(reply, reply.model_copy(update={"state": "rejected", "decided_by": by}))
    assert kinds(books, delivery) == [kind]


def test_a_matter_ends_when_it_has_joined_its_escalation(books: Books, take: Any) -> None:
    assert kinds(books, take("standard", on=False)) == ["open"]
    assert not books.close([take("standard", on=False)]).closes
    assert kinds(books, take("standard")) == ["escalated"]


def test_a_delivery_that_nobody_knows_is_lost(books: Books, take: Any) -> None:
    account = books.close([take("standard"), "nobody-knows"])
    assert (account.received, account.lost, account.closes) == (2, ["nobody-knows"], False)


def test_what_lies_among_the_dead_letters_is_dead_and_not_lost(books: Books) -> None:
    letter = Delivery("d-dead", BRAND, "line", stamp(NOON), {}, {}, b"x").to_json()
    for body in (letter, "no json", "[]"):
        clients.sqs().send_message(QueueUrl=books.dead_queues[0], MessageBody=body)
    assert kinds(books, "d-dead") == ["dead"]
    assert books.close(["d-dead"]).closes


def test_what_carried_no_mention_is_quarantined_or_ignored(books: Books) -> None:
    for name, kind in (("d1", "quarantined"), ("d2", "empty")):
        one = Delivery(name, BRAND, "line", stamp(after(1)), {}, {}, b"x")
        store.keep_unread(one, kind, "why")  # type: ignore[arg-type]
    assert kinds(books, "d1", "d2") == ["quarantined", "ignored"]
    account = books.close(["d1", "d2"])
    assert account.ignored == {"why": 1}
    assert account.closes


def test_what_was_ignored_is_counted_by_the_code_of_its_reason(books: Books) -> None:
    for name, why in (("d1", "no_utterance:reaction/create"), ("d2", "no_utterance:follow/create"),
                      ("d3", "echo")):  # fmt: skip
        left = Decision(action="ignore", reasons=(why,))
        store.add_mention(mention(id=f"line:{name}", delivery=f"{name}:0", decision=left), b"x")
    assert books.close(["d1", "d2", "d3"]).ignored == {"no_utterance": 2, "echo": 1}


def test_what_came_again_is_a_duplicate(books: Books, take: Any) -> None:
    take("standard")
    [one] = store.feed(BRAND, NOON, after(10))
    store.again(one, "d2:0", after(1))  # type: ignore[arg-type]
    assert kinds(books, "d2") == ["duplicate"]


def test_an_end_is_final(books: Books, take: Any, context: Any) -> None:
    delivery = take("standard")
    first = books.ends([delivery])[delivery]
    pages = clients.dynamodb().get_paginator("scan").paginate(TableName="repartee")
    for item in [item for page in pages for item in page["Items"]]:
        key = {name: item[name] for name in ("pk", "sk")}
        clients.dynamodb().delete_item(TableName="repartee", Key=key)
    assert books.ends([delivery])[delivery] == first
