"""Viber: what its callbacks say, what we send, and what its answers prove."""

import json
from typing import Any

import pytest

from desk.channels import viber
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
)

SECRET = {"platform": "viber", "secret": "sesame"}
NOBODY: frozenset[str] = frozenset()
SENDER = {"id": "a=", "name": "Оля", "language": "uk"}


def callback(event: str, **more: Any) -> Item:
    told = {"event": event, "timestamp": 1_700_000_000_000, "message_token": 5} | more
    [item] = viber.parse(json.dumps(told).encode(), {}, NOBODY)
    return item


def answered(status: int, code: Any, **more: Any) -> Any:
    body = json.dumps({"status": code, "status_message": "said"} | more).encode()
    return viber.outcome(Response(status, {}, body))


def test_only_what_the_token_has_signed_is_vibers() -> None:
    headers = {"x-viber-content-signature": viber.sign(b"{}", "sesame")}
    request = Inbound("POST", headers, {}, b"{}")
    assert viber.verify(request, SECRET, None) == b"{}"
    for wrong in ({}, {"x-viber-content-signature": "é"}):
        with pytest.raises(BadSignature):
            viber.verify(request._replace(headers=wrong), SECRET, None)
    with pytest.raises(BadSignature):
        viber.verify(request._replace(body=b"{} "), SECRET, None)


def test_the_callback_of_the_setting_is_a_handshake_and_about_nobody() -> None:
    asked = Inbound("POST", {}, {}, b'{"event": "webhook", "message_token": 1}')
    answer = viber.handshake(asked, SECRET)
    assert answer is not None
    assert answer.status == 200
    assert callback("webhook").type == "control"


def test_a_message_may_be_answered_and_what_became_of_ours_is_told() -> None:
    item = callback("message", sender=SENDER, message={"type": "text", "text": "чай?"})
    assert (item.type, item.reply_candidate, item.text) == ("message", True, "чай?")
    assert (item.message_id, item.conversation_id, item.lang) == ("5", "a=", "uk")
    failed = callback("failed", user_id="a=", desc="no such user")
    assert (failed.type, failed.action) == ("status", "failed")
    assert failed.facts()["error"] == "no such user"
    assert callback("conversation_started", user=SENDER).reply_candidate is None
    picture = callback("message", sender=SENDER, message={"type": "picture", "media": "u"})
    assert (picture.media, picture.text) == (("picture",), None)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"event": "message"}', b'{"event": 1}'])
def test_what_lacks_what_its_event_promises_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        viber.parse(body, {}, NOBODY)


def test_an_answer_goes_to_the_person_and_there_is_no_other_way() -> None:
    credentials = {"token": "T", "name": "Xiaoman"}
    call = viber.compose(Address("viber", author="a="), "так", "k", credentials)
    fields = json.loads(call.body)
    assert (fields["receiver"], fields["text"], fields["sender"]) == (
        "a=", "так", {"name": "Xiaoman"},
    )  # fmt: skip
    assert call.headers["x-viber-auth-token"] == "T"
    with pytest.raises(KeyError):
        viber.compose(Address("viber", way="reply"), "так", "k", credentials)


@pytest.mark.parametrize(
    ("code", "kind"),
    [(2, "token_invalid"), (6, "permanent"), (7, "blocked"), (12, "rate_limited"), (24, "quota")],
)
def test_a_status_says_that_nothing_was_sent(code: int, kind: Refusal) -> None:
    outcome = answered(200, code)
    assert isinstance(outcome, NotSent)
    assert (outcome.kind, outcome.reason) == (kind, "said")


def test_only_a_token_proves_that_a_message_was_sent() -> None:
    assert answered(200, 0, message_token=5741311803571721087) == Sent("5741311803571721087")
    for unclear in (answered(200, 0), answered(200, False), answered(200, 99), answered(500, 2)):
        assert isinstance(unclear, Unknown)
