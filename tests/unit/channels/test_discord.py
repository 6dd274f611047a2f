"""Discord: interactions, events, channels that are polled, what we send and what that proves."""

import json
from typing import Any

import pytest

from cli.signing import signed
from desk.channels import discord
from desk.polling import SOURCE, Page
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

SECRET = {
    "private_key": bytes(32).hex(),
    "public_key": "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29",
}
NOBODY: frozenset[str] = frozenset()


def posted(body: Any) -> Inbound:
    return signed("discord", json.dumps(body).encode(), SECRET, 1_700_000_000, "d", "n")


def item(body: Any, own: frozenset[str] = NOBODY) -> Item:
    [found] = discord.parse(json.dumps(body).encode(), {}, own)
    return found


def command(**more: Any) -> dict[str, Any]:
    data = {"name": "ask", "options": [{"name": "q", "type": 3, "value": "tea?"}]}
    who = {"user": {"id": "4", "username": "ann"}}
    given = {"type": 2, "id": "175928847299117063", "application_id": "7", "token": "t"}
    return given | {"channel_id": "3", "member": who, "locale": "uk", "data": data} | more


def answered(status: int, body: Any, **headers: str) -> Any:
    return discord.outcome(Response(status, headers, json.dumps(body).encode()))


@pytest.mark.parametrize(
    "changed",
    [
        {"x-signature-ed25519": "00" * 64},
        {"x-signature-ed25519": "00" * 63},
        {"x-signature-ed25519": "é"},
        {"x-signature-ed25519": ""},
        {"x-signature-timestamp": "1700000001"},
        {"x-signature-timestamp": ""},
    ],
)
def test_what_the_applications_key_has_not_signed_is_refused(changed: dict[str, str]) -> None:
    request = posted({"type": 1})
    assert discord.verify(request, SECRET, None) == request.body
    with pytest.raises(BadSignature) as refused:
        discord.verify(request._replace(headers={**request.headers, **changed}), SECRET, None)
    assert refused.value.status == 401
    with pytest.raises(BadSignature):
        discord.verify(request, {"public_key": "zz"}, None)


def test_a_ping_is_answered_by_its_kind() -> None:
    pong = discord.handshake(posted({"type": 1, "application_id": "7"}), SECRET)
    assert pong is not None
    assert (pong.status, pong.body, pong.content_type) == (200, '{"type":1}', "application/json")
    nothing = discord.handshake(posted({"type": 0, "application_id": "7"}), SECRET)
    assert nothing is not None
    assert (nothing.status, nothing.body, bool(nothing.content_type)) == (204, "", True)
    event = {"type": 1, "application_id": "7", "event": {"type": "ENTITLEMENT_CREATE"}}
    assert discord.handshake(posted(event), SECRET) is None


def test_who_gave_a_command_is_told_to_wait_and_alone() -> None:
    assert json.loads(discord.acknowledge(posted(command())).body) == {
        "type": 5, "data": {"flags": 64},
    }  # fmt: skip
    assert json.loads(discord.acknowledge(posted(command(type=4))).body)["type"] == 8
    assert discord.acknowledge(posted({"type": 1, "event": {}})).status == 204


def test_a_command_is_an_interaction_with_its_words() -> None:
    found = item(command())
    assert (found.type, found.payload, found.text) == ("interaction", "ask", "tea?")
    assert (found.author_name, found.lang, found.reply_candidate) == ("ann", "uk", None)
    assert found.created_at is not None
    assert iso(found.created_at) == "2016-04-30T11:18:25.796Z"  # Discord's own example
    assert item(command(), frozenset({"4"})).reply_candidate is False
    fields = [{"type": 1, "components": [{"custom_id": "a", "value": "one"}]}]
    form = item(command(type=5, data={"custom_id": "f", "components": fields}))
    assert (form.payload, form.text) == ("f", "one")
    assert item(command(type=4)).type == "control"


def test_an_interaction_is_answered_in_its_place() -> None:
    found = item(command())
    to = Address(
        "discord", conversation="3", message=found.message_id or "",
        reply_token=found.reply_token or "", context=found.context or "",
    )  # fmt: skip
    call = discord.compose(to, "@everyone tea", "k", {"token": "B"})
    assert (call.method, call.url) == (
        "PATCH", "https://discord.com/api/v10/webhooks/7/t/messages/@original",
    )  # fmt: skip
    assert json.loads(call.body)["allowed_mentions"] == {"parse": []}


def test_a_message_has_a_key_and_refers_to_what_it_answers() -> None:
    to = Address("discord", conversation="3", message="9", way="reply")
    call = discord.compose(to, "tea", "k", {"token": "B"})
    fields = json.loads(call.body)
    assert fields["message_reference"]["message_id"] == "9"
    assert (len(fields["nonce"]), fields["enforce_nonce"]) == (25, True)
    assert call.headers["authorization"] == "Bot B"
    with pytest.raises(KeyError):
        discord.compose(Address("discord", way="private"), "tea", "k", {"token": "B"})


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, 50001, "permission"),
        (404, 10008, "permanent"),
        (404, 10015, "reply_token_used_or_expired"),
        (400, 40060, "duplicate"),
        (401, 0, "token_invalid"),
        (429, 20016, "rate_limited"),
    ],
)
def test_a_code_says_that_nothing_was_posted(status: int, code: int, kind: Refusal) -> None:
    outcome = answered(status, {"message": "said", "code": code})
    assert isinstance(outcome, NotSent)
    assert outcome.kind == kind


def test_the_time_to_wait_is_the_bodys() -> None:
    outcome = answered(429, {"message": "slow", "retry_after": 1336.57}, **{"retry-after": "64"})
    assert outcome == NotSent("rate_limited", "slow", 1336.57)
    errors = {"content": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "long"}]}}
    long = answered(400, {"message": "Invalid Form Body", "code": 50035, "errors": errors})
    assert long == NotSent("too_long", "Invalid Form Body")
    assert answered(200, {"id": "5"}) == Sent("5")
    assert isinstance(answered(400, {"message": "odd", "code": 1}), Unknown)


def message(number: str, **more: Any) -> dict[str, Any]:
    author = {"id": "4", "username": "ann"}
    return {"id": number, "channel_id": "3", "content": "tea?", "author": author} | more


def test_a_channel_is_polled_from_the_first_answer_on() -> None:
    reads = {"token": "B", "channels": "3, 5"}
    polls = discord.poll({}, reads)
    assert [poll.source for poll in polls] == ["channel:3", "channel:5"]
    first = discord.polled("channel:3", Response(200, {}, json.dumps([message("9")]).encode()), {})
    assert first == Page(False, {"after": "9"})
    [again, _] = discord.poll({"channel:3": first.marks}, reads)
    assert again.call.url.endswith("/channels/3/messages?limit=100&after=9")
    both = json.dumps([message("11"), message("10")]).encode()
    page = discord.polled("channel:3", Response(200, {}, both), first.marks)
    assert page == Page(True, {"after": "11"})
    found = discord.parse(both, {SOURCE: "channel:3"}, NOBODY)
    assert [it.message_id for it in found] == ["10", "11"]
    assert all(it.reply_candidate for it in found)


def test_of_a_channel_only_people_are_answered() -> None:
    rows = [
        message("3", author={"id": "5", "bot": True}),
        message("2", type=7),
        message("1", mentions=[{"id": "8"}]),
    ]
    found = discord.parse(json.dumps(rows).encode(), {SOURCE: "channel:3"}, frozenset({"8"}))
    assert [(it.type, it.reply_candidate) for it in found] == [
        ("mention", True), ("control", False), ("message", False),
    ]  # fmt: skip
    with pytest.raises(Undecodable):
        discord.parse(json.dumps(rows).encode(), {}, NOBODY)


def test_what_we_said_is_found_in_the_channel() -> None:
    to = Address("discord", conversation="3", message="9", way="reply")
    ours = message(
        "12", content="yes", author={"id": "8", "bot": True}, message_reference={"message_id": "9"}
    )
    body = json.dumps([ours]).encode()
    assert discord.looked_up(Response(200, {}, body), to, "yes") == "12"
    assert discord.looked_up(Response(200, {}, body), to, "no") is None
    full = json.dumps([ours] * 100).encode()
    assert isinstance(discord.looked_up(Response(200, {}, full), to, "no"), Unknown)
    assert isinstance(discord.looked_up(Response(403, {}, b"{}"), to, "yes"), Unknown)
