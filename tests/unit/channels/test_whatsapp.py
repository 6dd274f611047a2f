"""WhatsApp: all kinds of its messages, whom we write to, and what its answers prove."""

import json
from typing import Any

import pytest

from desk.channels import whatsapp
from desk.wire import Address, Item, NotSent, Refusal, Response, Sent, Undecodable, Unknown

TOKEN = {"token": "T", "account": "106"}
CONTACT = {"profile": {"name": "Lucía"}, "wa_id": "34600", "user_id": "ES.77"}


def changed(field: str = "messages", own: frozenset[str] = frozenset(), **value: Any) -> list[Item]:
    given = {"metadata": {"display_phone_number": "34911", "phone_number_id": "106"}}
    body = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "w", "changes": [{"field": field, "value": given | value}]}],
    }
    return whatsapp.parse(json.dumps(body).encode(), {}, own)


def said(kind: str = "text", part: Any = None, **more: Any) -> Item:
    content = {"body": "Hola"} if part is None else part
    message = {"from": "34600", "id": "wamid.1", "timestamp": "1700000000", "type": kind,
               kind: content}  # fmt: skip
    [item] = changed(contacts=[CONTACT], messages=[message | more])
    return item


def test_a_message_is_answered_in_the_conversation_that_a_user_id_names() -> None:
    item = said(context={"id": "wamid.0", "from": "34911"})
    assert (item.type, item.reply_candidate, item.text) == ("message", True, "Hola")
    assert (item.author_id, item.author_name, item.parent_id) == ("34600", "Lucía", "wamid.0")
    assert (item.conversation_id, item.account_id) == ("ES.77", "106")


@pytest.mark.parametrize(
    ("message", "contact", "author", "conversation"),
    [
        ({"from": "34600"}, {"wa_id": "34600"}, "34600", "34600"),
        ({"from_user_id": "ES.77"}, {"user_id": "ES.77"}, "ES.77", "ES.77"),
        ({}, {"user_id": "ES.77"}, "ES.77", "ES.77"),
        ({}, {"wa_id": "34600", "user_id": "ES.77"}, "34600", "ES.77"),
        ({"from": "34600"}, {"wa_id": "1", "user_id": "ES.1"}, "34600", "34600"),
    ],
)
def test_who_wrote_is_known_by_number_or_user_id_or_the_only_contact(
    message: dict[str, str], contact: dict[str, str], author: str, conversation: str
) -> None:
    text = {"id": "wamid.1", "type": "text", "text": {"body": "Hola"}}
    [item] = changed(contacts=[contact], messages=[text | message])
    assert (item.author_id, item.conversation_id) == (author, conversation)


@pytest.mark.parametrize("kind", ["image", "audio", "video", "document", "sticker"])
def test_media_bring_their_caption_and_the_id_of_their_file(kind: str) -> None:
    item = said(kind, {"caption": "Mira", "mime_type": "x/y", "id": "65"})
    assert (item.type, item.media, item.media_id, item.text) == ("message", (kind,), "65", "Mira")


@pytest.mark.parametrize(
    ("kind", "part", "text"),
    [
        ("location", {"name": "Casa", "address": "Calle 1", "latitude": 1}, "Casa\nCalle 1"),
        ("contacts", [{"name": {"first_name": "A"}}], None),
        ("order", {"text": "Dos, por favor", "catalog_id": "1"}, "Dos, por favor"),
    ],
)
def test_other_messages(kind: str, part: Any, text: str | None) -> None:
    item = said(kind, part)
    assert (item.type, item.media, item.text) == ("message", (kind,), text)


@pytest.mark.parametrize(
    ("kind", "part", "text", "payload"),
    [
        ("button", {"text": "No", "payload": "NO"}, "No", "NO"),
        ("interactive", {"type": "button_reply", "button_reply": {"id": "b", "title": "B"}},
         "B", "b"),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "l", "title": "L"}}, "L", "l"),
        ("interactive", {"type": "nfm_reply", "nfm_reply": {"body": "Sent", "response_json": "{}"}},
         "Sent", "{}"),
    ],
)  # fmt: skip
def test_what_is_pressed_is_the_brands_to_decide(
    kind: str, part: Any, text: str, payload: str
) -> None:
    item = said(kind, part)
    assert (item.type, item.reply_candidate) == ("interaction", None)
    assert (item.text, item.payload) == (text, payload)


def test_an_edit_a_revocation_and_a_reaction_are_about_the_message_they_name() -> None:
    new = {"type": "text", "text": {"body": "Hola!"}}
    edit = said("edit", {"original_message_id": "wamid.0", "message": new})
    assert (edit.action, edit.message_id, edit.text) == ("edit", "wamid.0", "Hola!")
    assert edit.edited_at == edit.created_at
    gone = said("revoke", {"original_message_id": "wamid.0"})
    assert (gone.type, gone.action, gone.message_id) == ("message", "delete", "wamid.0")
    heart = said("reaction", {"message_id": "wamid.0", "emoji": "❤"})
    assert (heart.type, heart.action, heart.facts()["emoji"]) == ("reaction", "create", "❤")
    assert said("reaction", {"message_id": "wamid.0"}).action == "delete"
    for item in (edit, gone, heart):
        assert item.reply_candidate is False


@pytest.mark.parametrize("kind", ["system", "unsupported", "request_welcome", "something_new"])
def test_what_is_no_message_asks_for_nothing(kind: str) -> None:
    item = said(kind, {})
    assert (item.type, item.message_id, item.author_id) == ("control", "wamid.1", "34600")


def test_a_message_without_an_id_costs_no_other() -> None:
    text = {"type": "text", "text": {"body": "Hola"}}
    items = changed(messages=[text, 7, text | {"id": "wamid.1"}])
    assert [item.type for item in items] == ["control", "control", "message"]


def test_what_the_business_types_in_its_app_is_our_own() -> None:
    echo = {"from": "34911", "to": "34600", "to_user_id": "ES.77", "id": "wamid.2",
            "timestamp": "1700000000", "type": "text", "text": {"body": "Sí"}}  # fmt: skip
    [item] = changed("smb_message_echoes", message_echoes=[echo])
    assert (item.own, item.reply_candidate, item.recipient_id) == (True, False, "34600")
    assert item.conversation_id == "ES.77"


@pytest.mark.parametrize("kind", ["sent", "delivered", "read", "played", "failed", "new"])
def test_a_status_is_about_a_message_of_ours(kind: str) -> None:
    status = {"id": "wamid.2", "status": kind, "timestamp": "1700000000", "recipient_id": "34600",
              "recipient_user_id": "ES.77", "biz_opaque_callback_data": "r1",
              "errors": [{"code": 131047}, {"code": "x"}, 1]}  # fmt: skip
    [item] = changed(statuses=[status])
    assert (item.type, item.action) == ("status", "none" if kind == "new" else kind)
    assert (item.message_id, item.recipient_id) == ("wamid.2", "34600")
    assert item.facts()["tracker"] == "r1"
    assert item.facts()["error_codes"] == [131047]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account_update", {"event": "DISABLED"}),
        ("user_id_update", {"user_id_update": [{"wa_id": "1"}, {"wa_id": "2"}]}),
        ("history", {"history": [{"threads": []}]}),
        ("messages", {"errors": [{"code": 130429}]}),
        ("messages", {}),
    ],
)
def test_any_other_change_is_one_that_asks_for_nothing(field: str, value: dict[str, Any]) -> None:
    [item] = changed(field, **value)
    assert (item.type, item.action, item.reply_candidate) == ("control", "none", False)
    assert item.event == field


def test_who_calls_may_be_written_to() -> None:
    call = {"id": "c", "from": "34600", "event": "connect", "direction": "USER_INITIATED",
            "timestamp": "1700000000"}  # fmt: skip
    [item] = changed("calls", calls=[call], contacts=[CONTACT])
    assert (item.type, item.opens, item.reply_candidate) == ("control", "message", False)
    assert (item.author_id, item.conversation_id) == ("34600", "ES.77")
    [over] = changed("calls", calls=[call | {"event": "terminate"}], contacts=[CONTACT])
    assert over.opens is None
    [ours] = changed("calls", calls=[call | {"direction": "BUSINESS_INITIATED"}])
    assert ours.opens is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"entry": 1}', b'{"entry": ["x"]}'])
def test_a_delivery_of_which_nothing_can_be_read_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        whatsapp.parse(body, {}, frozenset())


@pytest.mark.parametrize(
    ("to", "receiver"),
    [
        (Address("whatsapp", author="34600", conversation="ES.77"),
         {"recipient_type": "individual", "to": "34600"}),
        (Address("whatsapp", author="ES.77", conversation="ES.77"),
         {"recipient_type": "individual", "recipient": "ES.77"}),
        (Address("whatsapp", author="34600", conversation="1203@g.us", context="group"),
         {"recipient_type": "group", "to": "1203@g.us"}),
    ],
)  # fmt: skip
def test_a_number_goes_before_a_user_id_and_a_group_before_both(
    to: Address, receiver: dict[str, str]
) -> None:
    call = whatsapp.compose(to, "Sí", "r1", TOKEN)
    assert call.url == "https://graph.facebook.com/v25.0/106/messages"
    assert json.loads(call.body) == {
        "messaging_product": "whatsapp", **receiver, "type": "text",
        "text": {"body": "Sí", "preview_url": False}, "biz_opaque_callback_data": "r1",
    }  # fmt: skip


def test_an_answer_quotes_what_it_answers() -> None:
    to = Address("whatsapp", author="34600", message="wamid.1")
    assert json.loads(whatsapp.compose(to, "Sí", "r1", TOKEN).body)["context"] == {
        "message_id": "wamid.1"
    }
    with pytest.raises(KeyError):
        whatsapp.compose(Address("whatsapp", way="post"), "Sí", "r1", TOKEN)


def answer(value: Any, status: int = 200) -> Response:
    return Response(status, {}, json.dumps(value).encode())


def test_a_success_names_what_was_sent() -> None:
    assert whatsapp.outcome(answer({"messages": [{"id": "wamid.2"}]})) == Sent("wamid.2")
    assert isinstance(whatsapp.outcome(answer({"messages": []})), Unknown)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (0, "token_invalid"),
        (131005, "permission"),
        (131031, "blocked"),
        (131047, "window_closed"),
        (131026, "permanent"),
        (132001, "permanent"),
    ],
)
def test_its_own_errors_are_listed(code: int, kind: Refusal) -> None:
    found = whatsapp.outcome(answer({"error": {"message": "said", "code": code}}, 400))
    assert isinstance(found, NotSent)
    assert (found.kind, found.again_after) == (kind, None)


def test_the_details_say_what_is_too_long() -> None:
    details = "Param text['body'] must be at most 4096 characters long."
    error = {"message": "Parameter value is not valid", "code": 131009,
             "error_data": {"details": details}}  # fmt: skip
    found = whatsapp.outcome(answer({"error": error}, 400))
    assert isinstance(found, NotSent)
    assert (found.kind, details in found.reason) == ("too_long", True)


@pytest.mark.parametrize("code", [1, 2, 131000, 131016, 131057, 135000])
def test_a_passing_fault_proves_nothing(code: int) -> None:
    found = whatsapp.outcome(answer({"error": {"message": "said", "code": code}}, 400))
    assert isinstance(found, Unknown)
    assert found.passing


def test_the_token_opens_the_number() -> None:
    call = whatsapp.check(TOKEN)
    assert call is not None
    assert call.url == "https://graph.facebook.com/v25.0/106?fields=id"
    assert whatsapp.checked(answer({"id": "106"})) == "106"
