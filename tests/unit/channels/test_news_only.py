"""Bilibili and Xiaohongshu: their own news is heard, and nothing that comes in bears a text."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from desk.channels import bilibili, xiaohongshu
from desk.sealed import encrypt, sign
from desk.wire import Answer, BadSignature, Inbound, Response, Undecodable, Unknown, iso

NOW = 1_700_000_000
ADDRESS = {"token": "sesame"}
KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
SAFE = {"token": "sesame", "encoding_aes_key": KEY, "receive_id": "xhsapp"}
NAMES = st.sampled_from(
    ["event", "content", "text", "Content", "MsgType", "title", "openid", "timestamp", "Event"]
)


def posted(body: bytes, token: str = "sesame") -> Inbound:
    return Inbound("POST", {}, {"token": token}, body)


def test_bilibili_s_address_is_its_secret() -> None:
    assert bilibili.verify(posted(b"{}"), ADDRESS, NOW) == b"{}"
    for token in ("", "guess", "é"):
        with pytest.raises(BadSignature, match="token"):
            bilibili.verify(posted(b"{}", token), ADDRESS, NOW)
    with pytest.raises(BadSignature, match="has no token"):
        bilibili.verify(posted(b"{}"), {}, NOW)


@pytest.mark.parametrize("challenge", [1371848576, "1371848576"])
def test_bilibili_s_challenge_comes_back_as_the_type_that_it_was(challenge: int | str) -> None:
    body = json.dumps({"event": "verify_webhooks", "content": {"data": challenge}}).encode()
    answer = bilibili.handshake(posted(body), ADDRESS)
    assert answer is not None
    assert json.loads(answer.body) == {"data": challenge}


@pytest.mark.parametrize(
    "body",
    [
        {"event": "authorize", "content": {"data": 1}},
        {"event": "verify_webhooks", "content": {"data": {"a": 1}}},
        {"event": "verify_webhooks", "content": {"data": "x" * 129}},
        [],
    ],
)
def test_nothing_else_is_a_handshake_of_bilibili_s(body: Any) -> None:
    assert bilibili.handshake(posted(json.dumps(body).encode()), ADDRESS) is None


def test_bilibili_writes_beijing_s_time_and_pads_its_ids() -> None:
    body = {"event": "authorize", "content": {"openid": "o1 ", "client_id": "c1"}}
    body |= {"timestamp": "2021-01-01 12:01:01"}
    [item] = bilibili.parse(json.dumps(body).encode(), {}, frozenset())
    assert (item.event, item.author_id, item.account_id) == ("authorize", "o1", "c1")
    assert item.created_at is not None
    assert iso(item.created_at) == "2021-01-01T04:01:01Z"


@pytest.mark.parametrize("module", [bilibili, xiaohongshu])
@given(body=st.dictionaries(NAMES, st.text() | st.integers() | st.dictionaries(NAMES, st.text())))
def test_whatever_comes_in_bears_no_text_and_asks_for_nothing(
    module: Any, body: dict[str, Any]
) -> None:
    try:
        items = module.parse(json.dumps(body).encode(), {}, frozenset())
    except Undecodable:
        return
    for item in items:
        assert (item.type, item.action, item.reply_candidate) == ("control", "none", False)
        assert item.text is None


@pytest.mark.parametrize("module", [bilibili, xiaohongshu])
@pytest.mark.parametrize("body", [b"[]", b"{}", b"{", b"<xml/>", b'{"Encrypt": "x"}'])
def test_what_is_no_news_is_undecodable(module: Any, body: bytes) -> None:
    with pytest.raises(Undecodable):
        module.parse(body, {}, frozenset())


@pytest.mark.parametrize("module", [bilibili, xiaohongshu])
def test_nothing_can_be_said(module: Any) -> None:
    assert module.RULES.ways == {}
    assert isinstance(module.outcome(Response(200, {}, b"{}")), Unknown)


def test_xiaohongshu_asks_as_wechat_does() -> None:
    query = {"signature": sign("sesame", str(NOW), "n"), "timestamp": str(NOW), "nonce": "n"}
    request = Inbound("GET", {}, query | {"echostr": "8812"}, b"")
    assert xiaohongshu.verify(request, SAFE, NOW) == b""
    assert xiaohongshu.handshake(request, SAFE) == Answer(body="8812")


def test_xiaohongshu_s_news_is_encrypted_json() -> None:
    news = {"MsgType": "event", "Event": "user_enter", "ToUserName": "xhs1", "CreateTime": NOW}
    cipher = encrypt(json.dumps(news), b"0123456789abcdef", SAFE)
    query = {
        "timestamp": str(NOW),
        "nonce": "n",
        "msg_signature": sign("sesame", str(NOW), "n", cipher),
    }
    request = Inbound("POST", {}, query, json.dumps({"Encrypt": cipher}).encode())
    clear = xiaohongshu.verify(request, SAFE, NOW)
    [item] = xiaohongshu.parse(clear, {}, frozenset())
    assert (item.event, item.account_id) == ("user_enter", "xhs1")
    assert xiaohongshu.clear(request.body, SAFE) == clear
    with pytest.raises(BadSignature, match="not encrypted"):
        xiaohongshu.verify(request._replace(body=json.dumps(news).encode()), SAFE, NOW)
