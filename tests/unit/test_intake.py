"""From what a platform reports to our own records: ids that name nobody, and lives that fit."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from desk.escalation import name_of
from desk.intake import (
    MAX_TEXT,
    ids_of,
    matter_of,
    matter_of_reply,
    mention_of,
    own_matter,
    reply_to,
    text_of,
)
from desk.mention import Decision, Reading
from desk.outbound import ANSWER_LIFE
from desk.playbook import Playbook
from desk.rulebook import Limit, Manner, RuleBook, Window
from desk.wire import Delivery, Item, stamp
from tests.records import NOON, after, draft, mention, reply

KEY = b"not a key"
ASKED = Decision(action="escalate", reasons=("unsure",), text="您好", cause="mention:line:mention")


def item(**change: Any) -> Item:
    fields: dict[str, Any] = {
        "type": "message",
        "action": "create",
        "text": "几点打烊",
        "message_id": "468789577898262530",
        "account_id": "U-shop",
        "author_id": "U8b3f-native",
        "author_name": "木木夕",
        "conversation_id": "C77-native",
        "created_at": NOON,
        "reply_token": "reply-native",
    }
    return Item(**fields | change)


def ids(**change: Any) -> Any:
    return ids_of(item(**change), "xiaoman", "line", KEY)


def test_the_same_thing_has_the_same_ids_whenever_it_is_reported() -> None:
    assert ids() == ids(redelivery=True, author_name="another", event_id="e2")


def test_ids_name_the_channel_and_nobody() -> None:
    for name in ids():
        assert re.fullmatch(r"line:[a-z2-7]{26}", name)
    assert not any(native in "".join(ids()) for native in ("468", "native", "U8b3f", "shop"))


def test_whose_they_are_and_what_they_are_of_makes_ids_different() -> None:
    base = ids_of(item(), "xiaoman", "line", KEY)
    for brand, channel, key in (
        ("other", "line", KEY),
        ("xiaoman", "line-two", KEY),
        ("xiaoman", "line", b"another key"),
    ):
        assert not set(base) & set(ids_of(item(), brand, channel, key))
    same = item(conversation_id="x", author_id="x", message_id="x", account_id="")
    assert len(set(ids_of(same, "xiaoman", "line", KEY))) == 3


def test_messages_of_one_place_are_one_conversation_and_of_one_person_one_author() -> None:
    assert ids(message_id="2").conversation == ids().conversation
    assert ids(message_id="2").mention != ids().mention
    assert ids(conversation_id="elsewhere").author == ids().author
    assert ids(author_id="somebody").author != ids().author


def test_what_names_no_place_belongs_to_its_author_or_stands_alone() -> None:
    assert (
        ids(conversation_id=None).conversation == ids(conversation_id="U8b3f-native").conversation
    )
    alone = {"conversation_id": None, "author_id": None, "account_id": None}
    assert ids(**alone).conversation != ids(**alone, message_id="2").conversation


def test_a_mention_keeps_the_words_and_where_an_answer_goes() -> None:
    delivery = Delivery("d1", "xiaoman", "line", stamp(after(1)), {}, {}, b"")
    one = mention_of(item(), ids(), delivery, 3, "line", Reading(), mention().decision)
    assert (one.text, one.author.name, one.kind) == ("几点打烊", "木木夕", "message/create")
    assert (one.said_at, one.heard_at, one.delivery) == (NOON, after(1), "d1:3")
    assert one.address.conversation == "C77-native"
    assert one.address.reply_token == "reply-native"
    assert "native" not in f"{one.id} {one.conversation} {one.author.id}"


def test_what_tells_no_time_was_said_when_it_was_heard() -> None:
    delivery = Delivery("d1", "xiaoman", "line", stamp(after(1)), {}, {}, b"")
    one = mention_of(item(created_at=None), ids(), delivery, 0, "line", Reading(), ASKED)
    assert one.said_at == after(1)


def test_a_text_without_end_is_cut() -> None:
    assert text_of(item(text="茶" * 30_000)) == "茶" * MAX_TEXT
    assert text_of(item(text=None)) == ""


def rules(window: float | None) -> RuleBook:
    windows = () if window is None else (Window(frozenset({"message"}), window),)
    return RuleBook({"message": Manner((Limit(100, "characters"),), windows)}, acknowledge=1.0)


@pytest.mark.parametrize(
    ("window", "life"),
    [
        pytest.param(None, ANSWER_LIFE, id="no limit"),
        pytest.param(48 * 3600.0, ANSWER_LIFE, id="a limit beyond our own"),
        pytest.param(3600.0, timedelta(minutes=50), id="an hour, of which ten minutes are over"),
        pytest.param(60.0, timedelta(minutes=-9), id="over before we began"),
    ],
)
def test_an_answer_lives_within_the_platforms_window(
    playbook: Playbook, window: float | None, life: timedelta
) -> None:
    now = after(10)
    made = reply_to(mention(opens="message"), "t1", now, playbook, rules(window))
    assert made is not None
    assert (made.state, made.automatic) == ("ready", True)
    assert made.expires_at == now + life


def test_a_proposal_lives_as_long_as_its_policy_asks_people(playbook: Playbook) -> None:
    wanted = playbook.policies["crisis"].expires_minutes
    asked = mention(decision=ASKED.model_copy(update={"policy": "crisis"}))
    made = reply_to(asked, "t1", NOON, playbook, rules(None))
    assert made is not None
    assert (made.state, made.automatic, made.expires_at) == ("pending", False, after(wanted))
    gone = mention(decision=ASKED.model_copy(update={"policy": "gone"}), opens="message")
    made = reply_to(gone, "t1", NOON, playbook, rules(1800.0))
    assert made is not None
    assert made.expires_at == after(30)


@pytest.mark.parametrize(
    "decision",
    [
        Decision(action="record", reasons=()),
        Decision(action="ignore", reasons=()),
        ASKED.model_copy(update={"text": ""}),
        ASKED.model_copy(update={"cause": "rule:lid-defect"}),
    ],
)
def test_nothing_is_drafted_where_nothing_is_to_be_said_to_this_one(
    playbook: Playbook, decision: Decision
) -> None:
    assert reply_to(mention(decision=decision), "t1", NOON, playbook, rules(None)) is None


def test_a_matter_is_a_draft_where_there_is_one_and_else_a_call_for_help() -> None:
    one = mention(decision=ASKED)
    assert own_matter(one)
    assert matter_of(one, draft(), NOON).kind == "draft"
    assert matter_of(one, draft(), NOON).reply == "line:reply"
    alone = matter_of(one, None, NOON)
    assert (alone.kind, alone.reply, alone.event) == ("help", "", one.id)


def test_a_matter_in_the_queue_holds_neither_what_was_said_nor_who_said_it() -> None:
    one = mention(decision=ASKED)
    for matter in (matter_of(one, draft(), NOON), matter_of_reply(reply(state="held"), NOON)):
        queued = json.dumps(matter.model_dump(mode="json"), ensure_ascii=False)
        for private in (one.text, one.author.name, one.address.author, "您好", reply().text):
            assert private not in queued


@pytest.mark.parametrize(
    ("state", "kind", "cause"),
    [
        ("unconfirmed", "doubt", "reply:line:reply"),
        ("held", "held", "reply:line:reply"),
        ("failed", "held", "reply:line:reply"),
        ("expired", "held", "mention:line:mention"),
    ],
)
def test_what_became_of_a_reply_is_a_matter_of_its_own(state: Any, kind: str, cause: str) -> None:
    trouble = reply(state=state, reason="not_sent:quota|429", risk="routine")
    matter = matter_of_reply(trouble, NOON)
    assert (matter.kind, matter.cause, matter.title) == (kind, cause, state)
    assert matter.reasons == ("not_sent:quota|429",)
    assert matter.risk == "sensitive"
    assert name_of(matter.cause)


def test_the_same_trouble_told_twice_is_one_event_and_after_a_new_claim_another() -> None:
    held = reply(state="held", claimed_at=after(1))
    told = matter_of_reply(held, after(2)).event
    assert matter_of_reply(held, after(9)).event == told
    assert matter_of_reply(reply(state="held", claimed_at=after(5)), after(9)).event != told
    assert matter_of_reply(reply(state="failed", claimed_at=after(1)), after(2)).event != told


def test_a_severe_reply_stays_severe_when_it_is_in_doubt() -> None:
    assert matter_of_reply(reply(state="unconfirmed", risk="severe"), NOON).risk == "severe"
