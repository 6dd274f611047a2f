"""The table: what is written once, what only its last reader may change, what is found again."""

import random
import zlib
from datetime import timedelta

import pytest

from cloud import aws as clients, store
from cloud.store import Again, Unread, playbooks, table
from desk.conversation import Conversation, Correspondent
from desk.door import automatic_of
from desk.mention import Mention
from desk.playbook import Playbook
from desk.window import Count, Counts
from desk.wire import Delivery, stamp
from tests.records import (
    BRAND,
    NOON,
    after,
    escalation,
    mention,
    reply,
)

pytestmark = pytest.mark.usefixtures("aws")


def raw_of(delivery: str) -> bytes:
    parts = [item["raw"] for item in table.query(f"{BRAND}#D#{delivery}", begins="RAW#")]
    return zlib.decompress(b"".join(parts))


def delivery(body: bytes, name: str = "d1", minute: float = 0) -> Delivery:
    return Delivery(name, BRAND, "line", stamp(after(minute)), {}, {}, body)


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
    assert store.raw(mention()) == "喝茶".encode()
    large = random.Random(1).randbytes(480_000)
    store.add_mention(mention(id="line:large", delivery="d7:3"), large)
    item = table.get(f"{BRAND}#C#line:conversation", "M#line:large")
    assert item is not None
    assert "raw" not in item
    assert raw_of("d7") == large
    assert store.raw(mention(id="line:large", delivery="d7:3")) == large
    assert store.raw(mention(id="line:none", delivery="d8:0")) == b""


def test_what_older_code_has_kept_as_text_is_read_and_moved_like_the_rest() -> None:
    pk, old = f"{BRAND}#C#line:conversation", reply(state="ready")
    table.put(
        {"pk": pk, "sk": "M#line:mention", "kind": "mention", "body": mention().model_dump_json(),
         "raw": zlib.compress(b"raw"), "feed_pk": f"{BRAND}#{NOON:%Y-%m-%dT%H}",
         "feed_sk": f"{stamp(NOON)}#line:mention"}
    )  # fmt: skip
    table.put(
        {"pk": pk, "sk": f"R#{old.id}", "state": "ready", "token": old.token,
         "body": old.model_dump_json()}
    )  # fmt: skip
    assert store.add_mention(mention(text="changed"), b"") == mention()
    assert [*store.feed(BRAND, NOON, after(1))] == [mention()]
    assert store.raw(mention()) == b"raw"
    assert store.conversation(BRAND, "line:conversation") == [mention(), old]
    claimed = old.model_copy(update={"state": "sending", "token": "t2"})
    assert store.move(old, claimed)
    assert store.reply(BRAND, "line:conversation", old.id) == claimed


def test_counts_and_matters_that_older_code_has_kept_as_text_are_read_and_changed() -> None:
    conversation, author, matter = f"{BRAND}#C#line:c", f"{BRAND}#A#line#line:author", escalation()
    head = Conversation().answers(automatic_of(reply(), NOON))
    known = Correspondent().answered(automatic_of(reply(), NOON))
    table.put({"pk": conversation, "sk": "HEAD", "body": head.model_dump_json()})
    table.put({"pk": author, "sk": "HEAD", "body": known.model_dump_json()})
    table.put(
        {"pk": f"{BRAND}#E#{matter.id}", "sk": "HEAD", "state": "open", "token": matter.token,
         "body": matter.model_dump_json()}
    )  # fmt: skip
    store.take_over(BRAND, "line:c", "lin", after(1))
    assert store.head(BRAND, "line:c") == head.takes_over("lin", after(1))
    again = automatic_of(reply(id="line:other"), after(1))
    store.note_correspondent(BRAND, "line", "line:author", lambda one: one.answered(again), NOON)
    assert store.correspondent(BRAND, "line", "line:author")[0] == known.answered(again)
    ended = matter.model_copy(update={"state": "resolved", "token": "t2"})
    assert store.advance(matter, ended)
    assert store.escalation(BRAND, matter.id) == ended


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
    client = clients.dynamodb()
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
    assert not store.head(BRAND, "line:conversation").is_taken(NOON)
    store.take_over(BRAND, "line:conversation", "lin", NOON)
    head = store.head(BRAND, "line:conversation")
    assert (head.is_taken(after(60 * 24 * 34)), head.taken_over_by, head.taken_over_at) == (
        True,
        "lin",
        NOON,
    )


def test_texts_are_kept_for_35_days() -> None:
    store.add_mention(mention(), b"")
    store.keep_unread(delivery(b"x"), "empty", "")
    store.take_over(BRAND, "line:conversation", "lin", NOON)
    wanted = int((NOON + timedelta(days=35)).timestamp())
    pages = clients.dynamodb().get_paginator("scan").paginate(TableName="repartee")
    items = [item for page in pages for item in page["Items"]]
    texts = [item for item in items if "#C#" in item["pk"]["S"] or "#D#" in item["pk"]["S"]]
    assert len(texts) == 4
    assert {int(item["ttl"]["N"]) for item in texts} == {wanted}


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


def test_counts_are_found_by_their_time_and_only_a_higher_number_replaces_them() -> None:
    some = [Counts(start=after(10 * number), terms={"漏水": Count(number)}) for number in range(5)]
    for one in some:
        store.keep_counts(BRAND, one, 3)
    recounted = Counts(start=after(20), terms={"": Count(9)})
    store.keep_counts(BRAND, Counts(start=after(20)), 3)
    store.keep_counts(BRAND, recounted, 4)
    store.keep_counts(BRAND, some[2], 2)
    assert store.counts(BRAND, after(10), after(30)) == [some[1], recounted, some[3]]
    assert store.counts(BRAND, after(41), after(99)) == []
    assert store.counts("other", NOON, after(99)) == []


def test_of_two_runs_that_keep_the_same_tally_one_is_refused() -> None:
    assert store.tally_of(BRAND, NOON) == store.Kept()
    assert store.keep_tally(BRAND, NOON, "one", 1)
    assert not store.keep_tally(BRAND, NOON, "another", 1)
    assert store.tally_of(BRAND, NOON) == store.Kept("one", 1)
    assert store.keep_tally(BRAND, NOON, "both", 2)


def test_how_far_was_counted_never_goes_back() -> None:
    assert store.counted(BRAND) is None
    far = store.Counted(read_to=after(9), begun=NOON)
    assert store.keep_counted(BRAND, far)
    assert not store.keep_counted(BRAND, store.Counted(read_to=after(8), begun=NOON))
    assert store.counted(BRAND) == far


def test_the_newest_mentions_come_first_and_no_more_than_were_asked_for() -> None:
    for number in range(5):
        minute = 40 * number
        store.add_mention(mention(id=f"line:{number}", heard_at=after(minute)), b"")
    ids = [one.id for one in store.latest(BRAND, after(40), after(120), 2)]
    assert ids == ["line:3", "line:2"]
    assert len(store.latest(BRAND, after(40), after(120), 9)) == 3


def test_a_mention_that_waited_is_in_the_feed_where_it_was_kept() -> None:
    store.add_mention(mention(), b"", after(90))
    assert [*store.feed(BRAND, NOON, after(80))] == []
    assert len([*store.feed(BRAND, after(80), after(99))]) == 1
