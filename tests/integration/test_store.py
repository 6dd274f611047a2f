"""The table: what is written once, what only its last reader may change, what is found again."""

import os
import random
import zlib
from datetime import timedelta
from typing import Any, get_args

import boto3
import pytest

from cloud import aws as clients
from cloud import store
from cloud.settings import settings
from cloud.store import Again, Unread, playbooks, table
from desk.mention import Mention
from desk.outbound import NEEDS_A_PERSON, State, moved
from desk.playbook import Playbook
from desk.window import Window
from desk.wire import Delivery, stamp
from tests import records
from tests.records import (
    BRAND,
    NOON,
    after,
    approval,
    draft,
    escalation,
    hold,
    matter,
    mention,
    reply,
)

pytestmark = pytest.mark.usefixtures("aws")


def raw_of(delivery: str) -> bytes:
    parts = [item["raw"] for item in table.query(f"{BRAND}#D#{delivery}", begins="RAW#")]
    return zlib.decompress(b"".join(parts))


def delivery(body: bytes, name: str = "d1", minute: float = 0) -> Delivery:
    return Delivery(name, BRAND, "line", stamp(after(minute)), {}, {}, body)


# ------------------------------------------------------------------- mentions


def test_a_mention_is_kept_once_and_the_first_one_stays() -> None:
    assert store.add_mention(mention(), b"raw") is None
    assert store.add_mention(mention(text="changed", delivery="d2:0"), b"raw") == mention()
    assert store.mention(BRAND, "line:conversation", "line:mention") == mention()
    assert store.mention(BRAND, "line:conversation", "line:other") is None


def test_what_came_again_is_one_row_for_each_delivery() -> None:
    store.add_mention(mention(), b"raw")
    for _ in range(2):
        store.again(mention(), "d2:0", after(3))
    found = list(store.feed(BRAND, NOON, after(9)))
    assert found == [mention(), Again(mention="line:mention", delivery="d2:0", heard_at=after(3))]


def test_a_small_raw_body_lies_beside_its_mention_and_a_large_one_in_parts() -> None:
    store.add_mention(mention(), "喝茶".encode())
    item = table.get(f"{BRAND}#C#line:conversation", "M#line:mention")
    assert item is not None
    assert zlib.decompress(item["raw"]) == "喝茶".encode()
    large = random.Random(1).randbytes(480_000)
    store.add_mention(mention(id="line:large", delivery="d7:3"), large)
    item = table.get(f"{BRAND}#C#line:conversation", "M#line:large")
    assert item is not None
    assert "raw" not in item
    assert raw_of("d7") == large


@pytest.mark.parametrize("size", [0, 1, 349_000, 512 * 1024])
def test_an_unread_delivery_is_kept_whole_however_large(size: int) -> None:
    body = random.Random(size).randbytes(size)
    for _ in range(2):
        store.keep_unread(delivery(body), "quarantined", "no list of events")
    assert raw_of("d1") == body
    [row] = store.feed(BRAND, NOON, after(1))
    assert row == Unread(
        kind="quarantined",
        channel="line",
        delivery="d1",
        reason="no list of events",
        heard_at=NOON,
    )


def test_the_feed_has_all_that_was_heard_in_order_across_hours() -> None:
    minutes = [0, 59.99, 60, 61, 119, 120, 180.5, 23 * 60, 25 * 60]
    for number in random.Random(2).sample(range(len(minutes)), len(minutes)):
        heard = after(minutes[number])
        store.add_mention(mention(id=f"line:{number}", heard_at=heard), b"")
    store.keep_unread(delivery(b"", "d9", minute=119.5), "empty", "it reports nothing")

    def found(since: float, until: float) -> list[str]:
        rows = store.feed(BRAND, after(since), after(until))
        return [row.id if isinstance(row, Mention) else row.delivery for row in rows]

    everything = ["line:0", "line:1", "line:2", "line:3", "line:4", "d9", "line:5", "line:6"]
    assert found(0, 200) == everything
    assert found(-600, 26 * 60) == [*everything, "line:7", "line:8"]
    assert found(60, 119) == ["line:2", "line:3", "line:4"]
    assert found(61.5, 118.5) == []


def test_the_feed_of_one_brand_has_nothing_of_another() -> None:
    store.add_mention(mention(brand="other"), b"")
    assert list(store.feed(BRAND, NOON, after(1))) == []
    assert store.mention(BRAND, "line:conversation", "line:mention") is None


def test_the_feed_goes_on_past_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        store.add_mention(mention(id=f"line:{number:02}", text="茶" * 20_000), b"")
    client = boto3.client("dynamodb")
    query = client.query
    monkeypatch.setattr(client, "query", lambda **asked: query(**asked | {"Limit": 5}))
    monkeypatch.setattr(clients, "dynamodb", lambda: client)
    assert len(list(store.feed(BRAND, NOON, after(1)))) == 12


def test_a_conversation_is_its_mentions_and_replies_in_their_order() -> None:
    store.add_mention(mention(id="line:2", said_at=after(2)), b"")
    store.add_mention(mention(id="line:1"), b"")
    store.again(mention(id="line:1"), "d2:0", after(1))
    store.add_reply(reply(made_at=after(1)))
    store.take_over(BRAND, "line:conversation", "lin", after(3))
    found = store.conversation(BRAND, "line:conversation")
    assert [one.id for one in found] == ["line:1", "line:reply", "line:2"]
    assert [one.id for one in store.conversation(BRAND, "line:conversation", limit=1)] == ["line:2"]


def test_a_conversation_is_nobodys_until_somebody_takes_it() -> None:
    assert not store.head(BRAND, "line:conversation").taken
    store.take_over(BRAND, "line:conversation", "lin", NOON)
    head = store.head(BRAND, "line:conversation")
    assert (head.taken, head.taken_over_by, head.taken_over_at) == (True, "lin", NOON)


def test_texts_are_kept_for_35_days() -> None:
    store.add_mention(mention(), b"")
    store.keep_unread(delivery(b"x"), "empty", "")
    store.take_over(BRAND, "line:conversation", "lin", NOON)
    wanted = int((NOON + timedelta(days=35)).timestamp())
    pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName="repartee")
    items = [item for page in pages for item in page["Items"]]
    texts = [item for item in items if "#C#" in item["pk"]["S"] or "#D#" in item["pk"]["S"]]
    assert len(texts) == 4
    assert {int(item["ttl"]["N"]) for item in texts} == {wanted}


# -------------------------------------------------------------------- replies


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


# ---------------------------------------------------------------- escalations


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


# -------------------------------------------------------------------- control


def change_control(expression: str, **values: Any) -> None:
    boto3.client("dynamodb").update_item(
        TableName=os.environ["TABLE_NAME"],
        Key={"pk": {"S": f"{BRAND}#B"}, "sk": {"S": "CONTROL"}},
        UpdateExpression=expression,
        **({"ExpressionAttributeValues": values} if values else {}),
    )


def test_a_control_item_is_made_once() -> None:
    assert not store.create_control(BRAND, NOON)
    assert store.create_control("other", NOON)
    made = store.control("other")
    assert made is not None
    assert (made.holds, made.heartbeat) == ((), NOON)


def test_holds_are_set_and_released_by_scope_and_both_are_on_record() -> None:
    assert store.hold(BRAND, hold())
    assert store.hold(BRAND, hold(scope="topic:lid", kind="crisis", at=after(1)))
    found = store.control(BRAND)
    assert found is not None
    assert {one.scope for one in found.holds} == {"brand", "topic:lid"}
    assert store.release(BRAND, "brand", "olena", "fixed", after(9))
    assert not store.release(BRAND, "brand", "olena", "fixed", after(10))
    found = store.control(BRAND)
    assert found is not None
    assert [one.scope for one in found.holds] == ["topic:lid"]
    assert [line for _, line in store.hold_log(BRAND)] == [
        "on brand (hold) by yijun: lids",
        "on topic:lid (crisis) by yijun: lids",
        "off brand by olena: fixed",
    ]


def test_a_hold_with_a_scope_that_dynamodb_has_words_for_is_still_a_hold() -> None:
    scope = "topic:a.b #size AND 漏水"
    assert store.hold(BRAND, hold(scope=scope))
    assert store.release(BRAND, scope, "olena", "fixed", NOON)


def test_a_control_item_that_is_lost_stays_lost_until_a_person_has_looked() -> None:
    boto3.client("dynamodb").delete_item(
        TableName="repartee", Key={"pk": {"S": f"{BRAND}#B"}, "sk": {"S": "CONTROL"}}
    )
    assert store.control(BRAND) is None
    assert not store.beat(BRAND, NOON)
    assert not store.hold(BRAND, hold())
    assert not store.release(BRAND, "brand", "lin", "why", NOON)
    assert store.control(BRAND) is None


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        pytest.param("REMOVE holds", None, id="no holds"),
        pytest.param("SET holds = :v", {"S": "none"}, id="holds that are a text"),
        pytest.param("SET holds = :v", {"L": []}, id="holds that are a list"),
        pytest.param("SET holds = :v", {"N": "0"}, id="holds that are a number"),
        pytest.param("SET holds = :v", {"M": {"brand": {"S": "{}"}}}, id="a hold without fields"),
        pytest.param("SET holds = :v", {"M": {"brand": {"S": "yes"}}}, id="a hold that is a word"),
        pytest.param("SET holds = :v", {"M": {"brand": {"M": {}}}}, id="a hold that is a map"),
        pytest.param("SET heartbeat = :v", {"S": "just now"}, id="a heartbeat that is no time"),
        pytest.param("SET heartbeat = :v", {"S": "2027-03-08T04:00:00"}, id="a time in no zone"),
        pytest.param("SET heartbeat = :v", {"N": "1.5"}, id="a number with a fraction"),
    ],
)
def test_a_control_item_that_cannot_be_read_counts_as_none(expression: str, value: Any) -> None:
    assert store.control(BRAND) is not None
    change_control(expression, **({":v": value} if value else {}))
    assert store.control(BRAND) is None


def test_a_control_item_that_cannot_be_fetched_is_an_error_and_not_an_absence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TABLE_NAME", "gone")
    settings.cache_clear()
    with pytest.raises(clients.TROUBLE):
        store.control(BRAND)


# ------------------------------------------------------- playbooks and windows


def test_the_current_playbook_is_the_last_one_kept(playbook: Playbook) -> None:
    assert store.playbook(BRAND) == playbook
    store.keep_playbook(playbook.model_copy(update={"version": "v2"}))
    assert store.playbook(BRAND).version == playbook.version, "a warm function's, for 30 seconds"
    playbooks.forget()
    assert store.playbook(BRAND).version == "v2"
    assert store.brands() == [BRAND]


def test_a_brand_without_a_playbook_is_an_error() -> None:
    with pytest.raises(store.NoPlaybook, match="other"):
        store.playbook("other")


def test_a_playbook_whose_version_is_lost_is_an_error() -> None:
    table.put({"pk": f"{BRAND}#B", "sk": "PLAYBOOK", "version": "lost"})
    with pytest.raises(store.NoPlaybook, match="lost"):
        store.playbook(BRAND)


def test_windows_are_found_by_their_time_and_a_new_count_replaces_the_old() -> None:
    some = [
        Window(start=after(10 * number), authors=number, topics={"漏水": number})
        for number in range(5)
    ]
    for window in some:
        store.keep_window(BRAND, window)
    recounted = Window(start=after(20), authors=9, topics={})
    store.keep_window(BRAND, recounted)
    assert store.windows(BRAND, after(10), after(30)) == [some[1], recounted, some[3]]
    assert store.windows(BRAND, after(41), after(99)) == []
    assert store.windows("other", NOON, after(99)) == []
