"""WeCom: its handshake, its two formats, what we send, and what its answers prove."""

import base64
import json
from typing import Any

import pytest

from desk.channels import wecom
from desk.sealed import encrypt, sign
from desk.wire import (
    Address,
    Answer,
    BadSignature,
    Inbound,
    Item,
    NotSent,
    Refusal,
    Response,
    Sent,
    SignedIn,
    Undecodable,
    Unknown,
)

NOW = 1_700_000_000
KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
APP = {"token": "sesame", "encoding_aes_key": KEY, "receive_id": "wwshop"}
BOT = {"token": "sesame", "encoding_aes_key": KEY}
NOBODY: frozenset[str] = frozenset()
SAID = "<xml><MsgType>text</MsgType><Content>漏水</Content></xml>"


def query(encrypted: str, stamp: int = NOW) -> dict[str, str]:
    return {
        "timestamp": str(stamp),
        "nonce": "n1",
        "msg_signature": sign("sesame", str(stamp), "n1", encrypted),
    }


def asked(plain: str = "4912386", secret: dict[str, str] = APP) -> Inbound:
    echo = encrypt(plain, b"0123456789abcdef", secret)
    return Inbound("GET", {}, query(echo) | {"echostr": echo}, b"")


def posted(plain: str = SAID, secret: dict[str, str] = APP, as_json: bool = False) -> Inbound:
    cipher = encrypt(plain, b"0123456789abcdef", secret)
    body = f"<xml><Encrypt><![CDATA[{cipher}]]></Encrypt></xml>"
    if as_json:
        body = json.dumps({"encrypt": cipher})
    return Inbound("POST", {}, query(cipher), body.encode())


def parsed(**given: Any) -> Item:
    [item] = wecom.parse(json.dumps(given).encode(), {}, NOBODY)
    return item


def test_a_handshake_is_answered_with_what_was_encrypted() -> None:
    assert wecom.verify(asked(), APP, NOW) == b"4912386"
    assert wecom.handshake(asked(), APP) == Answer(body="4912386")


def test_a_plus_that_arrives_as_a_blank_is_a_plus_again() -> None:
    plain = next(str(n) for n in range(100) if "+" in asked(str(n)).query["echostr"])
    request = asked(plain)
    blank = request.query["echostr"].replace("+", " ")
    request = request._replace(query={**request.query, "echostr": blank})
    assert wecom.verify(request, APP, NOW) == plain.encode()
    assert wecom.handshake(request, APP) == Answer(body=plain)


def test_a_handshake_says_nothing_that_could_be_read_as_a_page() -> None:
    request = asked("<script>alert(1)</script>")
    assert wecom.verify(request, APP, NOW)
    assert wecom.handshake(request, APP) is None


def test_an_app_is_told_in_xml_and_a_bot_in_json() -> None:
    assert wecom.verify(posted(), APP, NOW) == SAID.encode()
    assert wecom.clear(posted().body, APP) == SAID.encode()
    bot = posted('{"msgtype":"text"}', BOT, as_json=True)
    assert wecom.verify(bot, BOT, NOW) == b'{"msgtype":"text"}'
    assert wecom.clear(bot.body, BOT) == b'{"msgtype":"text"}'


def test_what_is_for_another_corp_or_for_none_is_refused() -> None:
    for mine, theirs in ((APP, APP | {"receive_id": "wwother"}), (APP, BOT), (BOT, APP)):
        with pytest.raises(BadSignature, match="another receive_id"):
            wecom.verify(posted(secret=theirs), mine, NOW)


@pytest.mark.parametrize("missing", ["msg_signature", "timestamp", "nonce"])
def test_each_part_of_the_query_must_be_there(missing: str) -> None:
    for request in (asked(), posted()):
        rest = {name: value for name, value in request.query.items() if name != missing}
        with pytest.raises(BadSignature, match=f"{missing} is missing"):
            wecom.verify(request._replace(query=rest), APP, NOW)


def test_nothing_in_clear_is_believed() -> None:
    for body in (SAID.encode(), b"{}", b"", b'{"encrypt": 5}'):
        with pytest.raises(BadSignature, match="nothing encrypted"):
            wecom.verify(posted()._replace(body=body), APP, NOW)
    with pytest.raises(BadSignature, match="echostr is missing"):
        wecom.verify(posted()._replace(method="GET"), APP, NOW)


def test_a_signed_query_is_good_for_five_minutes_and_for_its_ciphertext_only() -> None:
    with pytest.raises(BadSignature, match="301 s too old"):
        wecom.verify(posted(), APP, NOW + 301)
    other = posted("<xml/>").body
    with pytest.raises(BadSignature, match="msg_signature does not match"):
        wecom.verify(posted()._replace(body=other), APP, NOW)


def test_an_app_s_message_names_the_app() -> None:
    body = b"<xml><MsgType>text</MsgType><Content>hi</Content><AgentID> 7 </AgentID></xml>"
    [item] = wecom.parse(body, {}, NOBODY)
    assert (item.type, item.text, item.facts()["agent_id"]) == ("message", "hi", "7")


def test_a_bot_hears_a_person_alone_and_a_group() -> None:
    said = {
        "msgid": "m1",
        "aibotid": "bot",
        "from": {"userid": "ann"},
        "msgtype": "text",
        "text": {"content": "几点打烊"},
    }
    alone = parsed(**said, chattype="single")
    assert (alone.type, alone.action, alone.reply_candidate) == ("message", "create", True)
    assert (alone.message_id, alone.account_id, alone.text) == ("m1", "bot", "几点打烊")
    assert (alone.author_id, alone.conversation_id) == ("ann", "ann")
    group = parsed(**said, chattype="group", chatid="team")
    assert (group.author_id, group.conversation_id) == ("ann", "team")


def test_a_bot_s_mixed_message_is_its_words_and_its_pictures() -> None:
    parts = [
        {"msgtype": "text", "text": {"content": "a"}},
        {"msgtype": "image", "image": {"url": "https://example.org"}},
        {"msgtype": "text", "text": {"content": "b"}},
    ]
    item = parsed(msgtype="mixed", msgid="m", mixed={"msg_item": parts})
    assert (item.text, item.media) == ("a\nb", ("image",))


@pytest.mark.parametrize("kind", ["stream", "event", "hologram"])
def test_what_a_bot_is_asked_by_the_app_itself_asks_for_nothing(kind: str) -> None:
    item = parsed(msgtype=kind, event={"eventtype": "enter_chat"})
    assert (item.type, item.action, item.reply_candidate) == ("control", "none", False)


@pytest.mark.parametrize("body", [b"{}", b"<xml/>", b'{"encrypt": "x"}', b"{", b"[]"])
def test_what_is_neither_format_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        wecom.parse(body, {}, NOBODY)


def test_signing_in_takes_the_corp_and_the_app() -> None:
    known = {"corp_id": "ww1", "app_secret": "a&b", "base": "http://127.0.0.1:1/"}
    call = wecom.sign_in(known)
    assert call is not None
    assert call.method == "GET"
    assert call.url == "http://127.0.0.1:1/cgi-bin/gettoken?corpid=ww1&corpsecret=a%26b"
    taken = Response(200, {}, b'{"errcode":0,"access_token":"A","expires_in":7200}')
    assert wecom.signed_in(taken, {}) == SignedIn({"access_token": "A"}, 7200.0)
    assert wecom.signed_in(Response(200, {}, b'{"errcode":40001}'), {}) is None


def test_an_answer_goes_to_the_person_from_the_app() -> None:
    to = Address("wecom", conversation="ann", author="ann")
    call = wecom.compose(to, "您好", "k", {"access_token": "A+", "agent_id": "7"})
    assert call.url == "https://qyapi.weixin.qq.com/cgi-bin/message/send?access_token=A%2B"
    assert json.loads(call.body) == {
        "touser": "ann",
        "msgtype": "text",
        "agentid": 7,
        "text": {"content": "您好"},
    }


def answer(**body: Any) -> Response:
    return Response(200, {}, json.dumps(body).encode())


def test_a_success_that_reached_nobody_is_a_refusal() -> None:
    assert wecom.outcome(answer(errcode=0, errmsg="ok", msgid="m")) == Sent("m")
    assert wecom.outcome(answer(errcode=0, invaliduser="")) == Sent("")
    missed = wecom.outcome(answer(errcode=0, invaliduser="ann"))
    assert missed == NotSent("permanent", "did not reach ann")


@pytest.mark.parametrize(
    ("code", "kind", "again"),
    [
        (40014, "token_invalid", 60),
        (42001, "token_invalid", 60),
        (45009, "rate_limited", 60),
        (45002, "too_long", None),
        (60020, "permission", None),
        (81013, "permanent", None),
    ],
)
def test_a_listed_refusal_is_not_sent(code: int, kind: Refusal, again: float | None) -> None:
    found = wecom.outcome(answer(errcode=code, errmsg="no"))
    assert found == NotSent(kind, f"{code} no", again)


def test_any_other_answer_proves_nothing() -> None:
    assert wecom.outcome(answer(errcode=-1)) == Unknown("-1", passing=True)
    for response in (answer(errcode=99999), answer(), Response(502, {}, b'{"errcode":81013}')):
        assert isinstance(wecom.outcome(response), Unknown)


def test_credentials_are_checked_by_asking_for_the_app() -> None:
    call = wecom.check({"access_token": "A", "agent_id": "7"})
    assert call is not None
    assert call.url.endswith("/cgi-bin/agent/get?access_token=A&agentid=7")
    assert wecom.checked(answer(errcode=0, agentid=7)) == ""
    assert isinstance(wecom.checked(answer(errcode=40014)), NotSent)
