"""What a platform's rules and its own lists of posts do to an answer on its way out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cloud import outside, store
from desk.channels import line, wechat
from desk.outbound import State
from desk.wire import Outbound, Unknown
from functions.send.app import handler
from tests.integration.test_send import WECHAT, failures, matters, message, stored
from tests.records import BRAND, NOON, after, reply

pytestmark = pytest.mark.usefixtures("at")
Queued = Callable[[str], list[str]]


@pytest.mark.parametrize(
    ("found", "state", "reason"),
    [
        ("4712", "sent", "found"),
        (None, "unconfirmed", "unclear:?"),
        (Unknown("it does not say"), "unconfirmed", "unclear:?"),
    ],
)
def test_a_doubt_is_settled_by_the_platform_that_has_it_and_by_nothing_else(
    found: str | Unknown | None,
    state: State,
    reason: str,
    context: Any,
    made: list[Outbound],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Outbound("GET", "https://api.line.me/ours", {}, b"")
    monkeypatch.setattr(line, "look_up", lambda to, credentials: asked)
    monkeypatch.setattr(line, "looked_up", lambda response, to, text: found)
    store.add_reply(reply(state="unconfirmed", reason="unclear:?", claimed_at=NOON))
    assert failures(handler(message(), context)) == 0
    assert made == [asked]
    assert (stored().state, stored().reason) == (state, reason)
    assert stored().platform_id == (found if isinstance(found, str) else "")


def test_an_earlier_answer_with_the_same_words_settles_no_doubt(
    context: Any, made: list[Outbound], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        line, "look_up", lambda to, credentials: Outbound("GET", "https://a", {}, b"")
    )
    monkeypatch.setattr(line, "looked_up", lambda response, to, text: "4700")
    store.add_reply(reply(id="line:earlier", state="sent", platform_id="4700"))
    store.add_reply(reply(state="unconfirmed", claimed_at=NOON))
    handler(message(), context)
    assert stored() == reply(state="unconfirmed", claimed_at=NOON)


def test_a_doubt_is_left_alone_where_the_platform_lists_nothing(
    context: Any, made: list[Outbound]
) -> None:
    store.add_reply(reply(state="unconfirmed", claimed_at=NOON))
    handler(message(), context)
    assert made == []
    assert stored() == reply(state="unconfirmed", claimed_at=NOON)


@pytest.fixture
def signed_in_to_wechat(monkeypatch: pytest.MonkeyPatch) -> None:
    door = outside.Door(wechat, {"access_token": "A"})
    monkeypatch.setattr(outside, "door", lambda brand, channel: door)


@pytest.mark.usefixtures("signed_in_to_wechat")
def test_a_window_that_is_over_stops_an_answer_before_any_call(
    context: Any, made: list[Outbound], queued: Queued
) -> None:
    late = {"opened_by": "message", "opened_at": NOON - timedelta(hours=48)}
    store.add_reply(reply(**(WECHAT | late)))
    handler(message(), context)
    assert made == []
    assert stored().state == "failed"
    assert stored().reason.startswith("not_allowed:window_closed|nothing|")
    assert len(matters(queued)) == 1


@pytest.mark.usefixtures("signed_in_to_wechat")
def test_what_a_person_says_opens_the_window_for_an_older_answer(
    context: Any, made: list[Outbound]
) -> None:
    late = {"opened_by": "message", "opened_at": NOON - timedelta(hours=49)}
    one = reply(**(WECHAT | late))
    store.note(one.brand, one.conversation, lambda it: it.hears("message", NOON), NOON)
    store.add_reply(one)
    handler(message(), context)
    assert len(made) == 1


def test_too_many_in_a_conversation_wait_and_are_no_tries(
    context: Any, made: list[Outbound], monkeypatch: pytest.MonkeyPatch
) -> None:
    telegram = {"channel": "telegram", "platform": "telegram"}
    for number in range(2):
        store.add_reply(reply(id=f"line:{number}", author=f"line:{number}", **telegram))
        handler(message(reply(id=f"line:{number}")), context)
    waits = store.reply(BRAND, "line:conversation", "line:1")
    assert len(made) == 1
    assert waits is not None
    assert (waits.state, waits.tries, waits.not_before) == ("ready", 0, after(1 / 60))
    monkeypatch.setattr("cloud.clock.now", lambda: after(1))
    handler(message(reply(id="line:1")), context)
    assert len(made) == 2
