"""Slack: who is answered and where, what we send, and what its answers prove."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from desk.channels import slack
from desk.wire import (
    Address,
    BadSignature,
    Inbound,
    Item,
    NotSent,
    Refusal,
    Response,
    Sent,
    Undecodable,
    Unknown,
    iso,
)

NOW = 1_700_000_000
SECRET = {"platform": "slack", "secret": "sesame"}
NOBODY: frozenset[str] = frozenset()
FORM = {"content-type": slack.FORM}


def request(stamp: str, signature: str | None = None) -> Inbound:
    given = slack.sign(b"{}", stamp, "sesame") if signature is None else signature
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": given}
    return Inbound("POST", headers, {}, b"{}")


def event(own: frozenset[str] = NOBODY, **more: Any) -> Item:
    plain = {"type": "message", "channel": "C1", "user": "U1", "ts": "1700000000.000200"}
    inner = {key: value for key, value in (plain | {"text": "tea?"} | more).items() if value}
    delivery = {"type": "event_callback", "team_id": "T1", "event_id": "E1", "api_app_id": "A1"}
    [item] = slack.parse(json.dumps(delivery | {"event": inner}).encode(), {}, own)
    return item


@pytest.mark.parametrize("late", [-300, 0, 300])
def test_a_request_is_good_for_five_minutes(late: int) -> None:
    assert slack.verify(request(str(NOW)), SECRET, NOW + late) == b"{}"
    with pytest.raises(BadSignature):
        slack.verify(request(str(NOW)), SECRET, NOW + late + (1 if late >= 0 else -1) * 301)


@pytest.mark.parametrize(
    ("stamp", "signature"), [("", None), ("abc", None), (str(NOW), ""), (str(NOW), "v0=é")]
)
def test_a_request_that_is_not_slacks_is_refused(stamp: str, signature: str | None) -> None:
    with pytest.raises(BadSignature):
        slack.verify(request(stamp, signature), SECRET, NOW)


def test_the_challenge_is_given_back() -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    answer = slack.handshake(Inbound("POST", {}, {}, body), SECRET)
    assert answer is not None
    assert (answer.status, answer.body) == (200, "abc")
    [item] = slack.parse(body, {}, NOBODY)
    assert (item.type, item.action) == ("control", "none")


def test_a_message_and_its_mention_are_one_and_answered_in_a_thread() -> None:
    said, named = event(), event(type="app_mention")
    assert (said.type, named.type) == ("message", "mention")
    assert said.identity() == named.identity()
    assert said.context == named.context == "1700000000.000200"
    assert said.created_at is not None
    assert iso(said.created_at) == "2023-11-14T22:13:20.000Z"
    assert event(thread_ts="1600000000.000100").context == "1600000000.000100"
    assert event(channel_type="im").context is None


@pytest.mark.parametrize(
    "more", [{"bot_id": "B9"}, {"subtype": "bot_message", "user": None}, {"user": "USLACKBOT"}]
)
def test_machines_are_never_answered(more: dict[str, Any]) -> None:
    item = event(**more)
    assert (item.own, item.from_bot, item.reply_candidate) == (False, True, False)


def test_our_own_messages_are_known_by_user_by_bot_and_by_app() -> None:
    assert event(frozenset({"U1"})).own
    assert event(frozenset({"B1"}), bot_id="B1").own
    assert event(bot_id="B2", bot_profile={"app_id": "A1"}).own
    assert not event(bot_id="B2", bot_profile={"app_id": "A2"}).own


def test_an_edit_has_the_new_text_and_an_unfurled_link_is_none() -> None:
    def changed(before: str) -> Item:
        message = {"user": "U1", "ts": "1.000100", "text": "a &lt; b"}
        return event(subtype="message_changed", message=message, previous_message={"text": before})

    item = changed("a")
    assert (item.type, item.action, item.message_id, item.text) == (
        "message", "edit", "1.000100", "a < b",
    )  # fmt: skip
    assert (changed("a &lt; b").type, changed("a &lt; b").action) == ("control", "none")
    gone = event(subtype="message_deleted", deleted_ts="1.000100", previous_message={"user": "U1"})
    assert (gone.action, gone.message_id, gone.text) == ("delete", "1.000100", None)


def test_a_command_and_a_button_are_interactions() -> None:
    command = {"command": "/tea", "text": "oolong", "user_id": "U1", "channel_id": "C1"}
    [item] = slack.parse(urlencode(command | {"trigger_id": "t1"}).encode(), FORM, NOBODY)
    assert (item.type, item.payload, item.text) == ("interaction", "/tea", "oolong")
    assert item.reply_candidate is None
    pressed = {"type": "block_actions", "user": {"id": "U1"}, "actions": [{"value": "yes"}]}
    body = urlencode({"payload": json.dumps(pressed)}).encode()
    [item] = slack.parse(body, FORM, NOBODY)
    assert (item.type, item.payload, item.author_id) == ("interaction", "yes", "U1")
    with pytest.raises(Undecodable):
        slack.parse(b"tea=1", FORM, NOBODY)


def test_an_answer_cannot_call_everybody_and_goes_into_the_thread() -> None:
    to = Address("slack", conversation="C1", author="U1", message="1.2", context="1.1", way="reply")
    fields = json.loads(slack.compose(to, "<!channel> & co", "k", {"token": "T"}).body)
    assert (fields["text"], fields["mrkdwn"]) == ("&lt;!channel&gt; &amp; co", False)
    assert (fields["channel"], fields["thread_ts"]) == ("C1", "1.1")
    private = Address("slack", conversation="C1", author="U1", message="1.2", way="private")
    fields = json.loads(slack.compose(private, "hi", "k", {"token": "T"}).body)
    assert (fields["channel"], "thread_ts" in fields) == ("U1", False)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("token_revoked", "token_invalid"),
        ("not_in_channel", "permission"),
        ("is_archived", "permanent"),
        ("msg_too_long", "too_long"),
        ("ratelimited", "rate_limited"),
    ],
)
def test_an_error_says_that_nothing_was_posted(error: str, kind: Refusal) -> None:
    outcome = slack.outcome(Response(200, {}, json.dumps({"ok": False, "error": error}).encode()))
    assert isinstance(outcome, NotSent)
    assert outcome.kind == kind


def test_a_failure_of_slacks_proves_nothing() -> None:
    failed = slack.outcome(Response(200, {}, b'{"ok": false, "error": "fatal_error"}'))
    assert failed == Unknown("HTTP 200 fatal_error", passing=True)
    assert isinstance(slack.outcome(Response(200, {}, b'{"ok": false, "error": "odd"}')), Unknown)
    assert slack.outcome(Response(200, {}, b'{"ok": true, "ts": "1.2"}')) == Sent("1.2")


def test_what_we_said_is_found_in_the_thread() -> None:
    to = Address("slack", conversation="C1", message="1.2", context="1.1", way="reply")
    rows = [{"ts": "1.3", "text": "a &amp; <https://tea.com|tea.com>", "bot_id": "B1"}]
    body = {"ok": True, "messages": rows}
    assert slack.looked_up(Response(200, {}, json.dumps(body).encode()), to, "a & tea.com") == "1.3"
    assert slack.looked_up(Response(200, {}, json.dumps(body).encode()), to, "b") is None
    body["has_more"] = True
    assert isinstance(
        slack.looked_up(Response(200, {}, json.dumps(body).encode()), to, "b"), Unknown
    )
