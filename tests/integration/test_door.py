"""What is counted at a claim, and what is heard of a mention, its author and our own people."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError

from cloud import store
from cloud.store import playbooks, table
from desk.conversation import HOUR, Hourly, Tally
from desk.mention import Mention
from desk.outbound import Key, Reply
from desk.playbook import Caps, Hours, Pace, Playbook
from desk.wire import Outbound, Response
from functions.send.app import handler as send
from functions.tick.app import handler as tick
from functions.triage.app import handler as triage
from tests.integration.test_send import failures, message
from tests.integration.test_triage import batch, delivery, heard, said
from tests.records import BRAND, NOON, after, hold, reply

pytestmark = pytest.mark.usefixtures("at")
Queued = Callable[[str], list[str]]
At = Callable[[datetime], None]
Set = Callable[..., None]
OURS = "xiaoman-official"
TAKEN = Response(200, {"content-type": "application/json"}, b'{"id": "p-1"}')
HOURS, DISHWASHER = "请问几点打烊", "Is the lid dishwasher safe?"


@pytest.fixture
def brand(playbook: Playbook, at: At) -> Set:
    """Changes something in the brand's playbook; it is open at all hours, and has small caps."""

    def change(**fields: Any) -> None:
        new = playbook.model_copy(update={"version": "changed", "hours": None, **fields})
        store.keep_playbook(new)
        playbooks.forget()

    change(caps=Caps(conversation=2, rule=3), pace=Pace(burst_seconds=120))
    return change


@pytest.fixture(autouse=True)
def _taken(says: Any) -> None:
    says(TAKEN)


def hears(context: Any, text: str, number: int, kind: str = "message.created", **data: Any) -> int:
    """Triage hears somebody say that, so many minutes after noon where `minute` says so."""
    when = after(data.pop("minute", 0))
    event = said(text, id=f"p-{number}", created_at=when.isoformat(), **data)
    event |= {"type": kind, "timestamp": when.isoformat()}
    name = f"d-{number}-{kind}-{text}"
    return failures(triage(batch(delivery(event, name=name)), context))


def sends(context: Any, queued: Queued) -> list[tuple[str, str]]:
    """Let what waits be sent: the state and the reason of each reply afterwards."""
    found: list[tuple[str, str]] = []
    for body in queued("outbound"):
        assert failures(send({"Records": [{"messageId": "0", "body": body}]}, context)) == 0
        key = Key.model_validate_json(body)
        one = store.reply(key.brand, key.conversation, key.reply)
        assert one is not None
        found.append((one.state, one.reason))
    return found


def place() -> str:
    """The conversation that all of them are in."""
    [name] = {one.conversation for one in heard() if isinstance(one, Mention)}
    return name


# ------------------------------------------------------------ counting


def test_the_third_answer_in_a_conversation_needs_a_person(
    brand: Set, context: Any, queued: Queued
) -> None:
    for number in range(3):
        hears(context, HOURS, number, author={"id": f"r-{number}"})
    assert [state for state, _ in sends(context, queued)] == ["sent", "sent", "held"]
    assert len(store.head(BRAND, place()).automatic) == 2


def test_an_hours_cap_is_waited_for_and_the_reply_goes_out_then(
    brand: Set, context: Any, made: list[Outbound], at: At, queued: Queued
) -> None:
    for number in range(4):
        one = reply(id=f"line:{number}", conversation=f"line:{number}")
        store.add_reply(one)
        send(message(one), context)
    waits = store.reply(BRAND, "line:3", "line:3")
    assert waits is not None
    assert (waits.state, waits.tries, waits.reason) == ("ready", 0, "capped:rule|3")
    assert waits.not_before is not None
    assert len(made) == 3
    at(waits.not_before)
    send(message(waits), context)
    assert len(made) == 4


def test_a_claim_that_comes_twice_counts_once(brand: Set, context: Any, says: Any, at: At) -> None:
    one = reply(author="line:author")
    store.add_reply(one)
    says(Response(429, {"retry-after": "60"}, b"{}"))
    for minute in (0, 2):
        at(after(minute))
        send(message(one), context)
    found = store.reply(BRAND, one.conversation, one.id)
    assert found is not None
    assert (found.state, found.tries, found.counted_at) == ("ready", 2, NOON)
    assert len(store.head(BRAND, one.conversation).automatic) == 1
    assert len(store.correspondent(BRAND, "line", "line:author")[0].automatic) == 1
    assert counted(2) == {"brand": 1, "ask-hours": 1}
    at(after(61))
    send(message(one), context)
    assert counted(61) == {"brand": 2, "ask-hours": 2}, (
        "it goes out in another hour than it was counted in"
    )


def counted(minute: float) -> dict[str, int]:
    found: list[Hourly] = []

    def look(hourly: Hourly) -> Hourly:
        found.append(hourly)
        return hourly

    store.hourly(BRAND, look)
    tallies = {"brand": found[0].brand, **found[0].rules}
    return {name: tally.within(HOUR, after(minute)) for name, tally in tallies.items()}


def test_what_older_code_has_counted_in_the_hour_still_counts(brand: Set) -> None:
    store.tally(BRAND, "line", lambda tally: tally.plus((HOUR,), NOON, "a channel's, packed"))
    for name in "rule:ask-hours", "brand:":
        old = Tally().plus((HOUR,), NOON, "one")
        table.put({"pk": f"{BRAND}#B", "sk": f"TALLY#{name}", "body": old.model_dump_json()})
    store.hourly(BRAND, lambda hourly: hourly.plus("ask-coupon", after(1), "two"))
    store.hourly(BRAND, lambda hourly: hourly.plus("ask-hours", after(2), "three"))
    assert counted(2) == {"brand": 3, "ask-hours": 2, "ask-coupon": 1}


def test_what_the_brake_stops_after_the_count_has_counted(
    brand: Set, context: Any, made: list[Outbound]
) -> None:
    store.hold(BRAND, hold())
    store.add_reply(reply())
    send(message(), context)
    assert made == []
    assert len(store.head(BRAND, "line:conversation").automatic) == 1


def test_two_who_count_the_same_at_once_count_two(brand: Set) -> None:
    """Both read the same item; whoever writes second must not take the other's for its own."""
    store.hourly(BRAND, lambda hourly: hourly.plus("ask-hours", NOON, "one"))
    beside = False

    def second(hourly: Hourly) -> Hourly:
        nonlocal beside
        if not beside:
            beside = True
            store.hourly(BRAND, lambda other: other.plus("ask-hours", NOON, "two"))
        return hourly.plus("ask-hours", NOON, "three")

    store.hourly(BRAND, second)
    assert counted(0) == {"brand": 3, "ask-hours": 3}


def test_what_cannot_be_looked_up_is_no_doubt(
    brand: Set, context: Any, made: list[Outbound], monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*which: Any) -> Any:
        raise BotoCoreError

    monkeypatch.setattr(store, "fate", down)
    store.add_reply(reply())
    send(message(), context)
    found = store.reply(BRAND, "line:conversation", "line:reply")
    assert found is not None
    assert (found.state, found.reason, found.tries) == ("ready", "unreadable", 0)
    assert made == []


@pytest.mark.usefixtures("brand")
def test_a_head_that_older_code_has_written_can_be_changed(
    context: Any, made: list[Outbound]
) -> None:
    older = json.dumps({"taken_over_by": "", "taken_over_at": None, "heard": {}, "said": [],
                        "said_by": [], "answered": []})  # fmt: skip
    table.put({"pk": f"{BRAND}#C#line:conversation", "sk": "HEAD", "body": older})
    store.add_reply(reply())
    send(message(), context)
    assert len(made) == 1
    store.take_over(BRAND, "line:conversation", "lin", NOON)
    assert store.head(BRAND, "line:conversation").is_taken(NOON)


# ------------------------------------------------------------ bursts


def test_five_messages_in_a_row_get_one_answer(
    brand: Set, context: Any, queued: Queued, made: list[Outbound]
) -> None:
    for number in range(5):
        hears(context, HOURS, number, minute=number / 60)
    ends = sends(context, queued)
    assert [state for state, _ in ends] == ["rejected"] * 4 + ["sent"]
    assert len(made) == 1
    last = {reason for state, reason in ends if state == "rejected"}
    assert len(last) == 1, "each names the one that is answered"


def test_an_answer_waits_for_what_else_is_said(
    brand: Set, context: Any, queued: Queued, made: list[Outbound], at: At
) -> None:
    brand(pace=Pace(wait_seconds=30))
    hears(context, HOURS, 1)
    [one] = [row for row in store.conversation(BRAND, place()) if isinstance(row, Reply)]
    assert (one.not_before, one.due_at) == (after(0.5), after(2.5))
    assert queued("outbound") == [], "the queue keeps it back"
    send(message(one), context)
    assert made == []
    at(after(0.5))
    send(message(one), context)
    assert len(made) == 1


def test_a_complaint_in_a_burst_stops_the_answer_to_what_came_before(
    brand: Set, context: Any, queued: Queued, made: list[Outbound]
) -> None:
    hears(context, HOURS, 1)
    hears(context, "太差了，店员态度恶劣，非常生气，要投诉你们！", 2)
    [(state, reason)] = sends(context, queued)
    assert (state, reason.partition(":")[0]) == ("rejected", "merged")
    assert made == []
    assert len(queued("escalations")) == 1


# ------------------------------------------------------------ who else speaks


def ours(context: Any, text: str, number: int, minute: float = 0) -> int:
    return hears(context, text, number, author={"id": OURS}, minute=minute)


def test_what_a_person_says_in_the_platforms_console_stops_what_is_automatic(
    brand: Set, context: Any, queued: Queued, made: list[Outbound], at: At
) -> None:
    hears(context, HOURS, 1)
    assert ours(context, "亲，我来帮您看看。", 2) == 0
    assert sends(context, queued) == [("held", "taken_over")]
    assert made == []
    head = store.head(BRAND, place())
    assert head.taken_over_by == "somebody at standard"
    assert head.is_taken(after(24 * 60 - 1))
    assert not head.is_taken(after(24 * 60))
    at(after(60))
    hears(context, DISHWASHER, 3, minute=60)
    assert queued("outbound") == [], "a person is asked"


def test_an_echo_of_our_own_answer_takes_nothing_over(
    brand: Set, context: Any, queued: Queued
) -> None:
    hears(context, HOURS, 1)
    sends(context, queued)
    [one] = [row for row in store.conversation(BRAND, place()) if isinstance(row, Reply)]
    assert ours(context, "anything that the platform makes of it", 1) == 0, "p-1 is what it posted"
    assert not store.head(BRAND, place()).is_taken(NOON)
    unnamed = one.model_copy(update={"platform_id": "", "token": "t9"})
    assert store.move(one, unnamed)
    assert ours(context, f" {one.text}\n", 7) == 0, "the same words, where no id is known"
    assert not store.head(BRAND, place()).is_taken(NOON)


def test_while_something_is_being_sent_nobody_guesses_whose_an_echo_is(
    brand: Set, context: Any, queued: Queued, made: list[Outbound], at: At
) -> None:
    hears(context, HOURS, 1)
    queued("outbound")
    [one] = [row for row in store.conversation(BRAND, place()) if isinstance(row, Reply)]
    sending = one.model_copy(
        update={"state": "sending", "token": "t8", "claimed_at": NOON, "lease_until": after(2)}
    )
    assert store.move(one, sending)
    assert ours(context, "请稍等", 2) == 1, "the delivery comes again"
    hears(context, HOURS, 3, author={"id": "another"})
    assert [state for state, _ in sends(context, queued)] == ["ready"]
    assert made == []
    sent = sending.model_copy(update={"state": "sent", "token": "t9", "platform_id": "p-9"})
    assert store.move(sending, sent)
    at(after(3))
    assert ours(context, "请稍等", 2) == 0
    assert store.head(BRAND, place()).is_taken(after(3))


def test_another_brand_of_the_install_is_never_answered_and_takes_nothing_over(
    brand: Set, context: Any, queued: Queued, playbook: Playbook
) -> None:
    sister = {"brand": "sister", "accounts": {"standard": "sister-official"}}
    store.keep_playbook(playbook.model_copy(update=sister))
    playbooks.forget()
    hears(context, HOURS, 1, author={"id": "sister-official"})
    [one] = [row for row in heard() if isinstance(row, Mention)]
    assert (one.decision.action, one.decision.reasons) == ("ignore", ("echo",))
    assert queued("outbound") == []
    assert not store.head(BRAND, place()).is_taken(NOON)


def test_accounts_are_known_of_brands_whose_row_is_older(brand: Set, playbook: Playbook) -> None:
    store.keep_playbook(playbook.model_copy(update={"brand": "old", "accounts": {"x": "o-1"}}))
    table.put({"pk": "BRANDS", "sk": "old"})
    table.put({"pk": "BRANDS", "sk": "gone"})
    playbooks.forget()
    assert store.own_accounts() == {"o-1", *playbook.accounts.values()}


# ------------------------------------------------------------ what becomes of a mention


@pytest.mark.parametrize("first", ["the mention", "its end"])
@pytest.mark.parametrize(
    ("kind", "text", "end"),
    [
        ("message.deleted", "", ("rejected", "gone")),
        ("message.edited", "我要退款！", ("held", "changed")),
        ("message.edited", HOURS, ("sent", "posted")),
    ],
)
def test_what_is_deleted_or_changed_meanwhile_is_known_at_the_door(
    brand: Set, context: Any, queued: Queued, kind: str, text: str, end: Any, first: str
) -> None:
    if first == "the mention":
        hears(context, HOURS, 1)
    hears(context, text, 1, kind)
    if first == "its end":
        hears(context, HOURS, 1)
    assert sends(context, queued) == [end]


def test_the_later_of_two_changes_counts_in_whatever_order_they_come(
    brand: Set, context: Any, queued: Queued
) -> None:
    hears(context, HOURS, 1)
    hears(context, HOURS, 1, "message.edited", minute=2)
    hears(context, "我要退款！", 1, "message.edited", minute=1)
    assert sends(context, queued) == [("sent", "posted")]


def test_what_waits_for_the_opening_is_sent_then(
    brand: Set, playbook: Playbook, context: Any, queued: Queued, made: list[Outbound], at: At
) -> None:
    week = dict.fromkeys(("mon", "tue"), ("09:00-11:00",))
    outside = {"time_zone": "Asia/Shanghai", "week": week, "outside": "wait"}
    brand(hours=Hours.model_validate(outside))
    hears(context, HOURS, 1)
    assert sends(context, queued) == [("ready", "closed")]
    opens = NOON + timedelta(hours=21)
    for moment in (opens - timedelta(minutes=1), opens + timedelta(minutes=2)):
        at(moment)
        tick({}, context)
        sends(context, queued)
    assert len(made) == 1
