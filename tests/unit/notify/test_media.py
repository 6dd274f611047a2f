"""Each bot's own form, limits, signature and answers."""

import base64
import hmac
import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, get_args
from urllib.parse import parse_qs, urlsplit

import pytest

from desk.escalation import Kind
from desk.notify import MEDIA, fitted, medium
from desk.notify.words import WORDS
from desk.wire import Response

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
STAMP = 1_795_608_000
LINK = "https://desk.example/approvals/" + "k" * 43
TEXT = f"晓满: 等您 <确认> & more\n原因一\n\nOpen:\n{LINK}"
BOTS: dict[str, dict[str, str]] = {
    "slack": {"url": "https://hooks.slack.com/services/T0/B0/x"},
    "wecom": {"url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"},
    "dingtalk": {"url": "https://oapi.dingtalk.com/robot/send?access_token=t", "secret": "SEC0"},
    "feishu": {"url": "https://open.feishu.cn/open-apis/bot/v2/hook/h", "secret": "s0"},
    "telegram": {"token": "1:a", "chat": "-100"},
}
TAKEN = {
    "slack": b"ok",
    "wecom": b'{"errcode":0,"errmsg":"ok"}',
    "dingtalk": b'{"errcode":0,"errmsg":"ok"}',
    "feishu": b'{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}',
    "telegram": b'{"ok":true,"result":{"message_id":7}}',
}
REFUSED = {
    "slack": (404, b"no_service"),
    "wecom": (200, b'{"errcode":45009,"errmsg":"api freq out of limit"}'),
    "dingtalk": (200, b'{"errcode":310000,"errmsg":"sign not match"}'),
    "feishu": (200, b'{"code":19021,"msg":"sign match fail"}'),
    "telegram": (403, b'{"ok":false,"error_code":403,"description":"bot was blocked"}'),
}


def said(name: str, text: str = TEXT) -> tuple[str, Any]:
    call = medium(name).compose(BOTS[name], text, NOW)
    assert call.method == "POST"
    assert call.headers["content-type"].startswith("application/json")
    return call.url, json.loads(call.body)


def test_every_medium_is_tried_here() -> None:
    assert set(BOTS) == set(TAKEN) == set(REFUSED) == set(MEDIA)
    with pytest.raises(KeyError):
        medium("os")


def test_each_has_the_form_that_its_page_documents() -> None:
    shown = TEXT.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert said("slack")[1] == {"text": shown, "unfurl_links": False, "unfurl_media": False}
    text = {"msgtype": "text", "text": {"content": TEXT}}
    assert said("wecom") == (BOTS["wecom"]["url"], text)
    assert said("dingtalk")[1] == text
    assert said("feishu")[1] | {"sign": "", "timestamp": ""} == {
        "msg_type": "text", "content": {"text": TEXT}, "sign": "", "timestamp": ""
    }  # fmt: skip
    assert said("telegram") == (
        "https://api.telegram.org/bot1:a/sendMessage",
        {"chat_id": "-100", "text": TEXT, "link_preview_options": {"is_disabled": True}},
    )


def test_dingtalk_signs_the_time_in_milliseconds_into_the_address() -> None:
    url, _ = said("dingtalk")
    asked = parse_qs(urlsplit(url).query)
    assert asked["access_token"] == ["t"]
    assert asked["timestamp"] == [f"{STAMP}000"]
    wanted = hmac.new(b"SEC0", f"{STAMP}000\nSEC0".encode(), sha256).digest()
    assert asked["sign"] == [base64.b64encode(wanted).decode()]


def test_feishu_signs_nothing_with_time_and_secret_as_the_key() -> None:
    _, body = said("feishu")
    assert body["timestamp"] == str(STAMP)
    wanted = hmac.new(f"{STAMP}\ns0".encode(), b"", sha256).digest()
    assert body["sign"] == base64.b64encode(wanted).decode()


@pytest.mark.parametrize("name", ["dingtalk", "feishu"])
def test_a_bot_without_a_secret_signs_nothing(name: str) -> None:
    call = medium(name).compose({"url": BOTS[name]["url"]}, TEXT, NOW)
    assert call.url == BOTS[name]["url"]
    assert b"sign" not in call.body


@pytest.mark.parametrize("name", MEDIA)
def test_only_what_was_surely_taken_counts_as_told(name: str) -> None:
    refusal = medium(name).refusal
    assert refusal(Response(200, {}, TAKEN[name])) == ""
    status, body = REFUSED[name]
    assert refusal(Response(status, {}, body)).startswith(f"HTTP {status} ")
    for spoilt in (b"", b"<html>", b"[]", b"{}", b"null", b"\xff"):
        assert refusal(Response(200, {}, spoilt))
    assert refusal(Response(502, {}, TAKEN[name]))


@pytest.mark.parametrize("name", MEDIA)
def test_a_text_that_is_too_long_keeps_its_link(name: str) -> None:
    long = TEXT.replace("原因一", "\n".join("因" * 300 for _ in range(40)))
    body = json.dumps(said(name, long)[1], ensure_ascii=False)
    assert LINK in body
    limit = {"wecom": 2_048, "slack": 4_000, "telegram": 4_096}.get(name, 20_000)
    sized = len(body.encode()) - 80 if name in ("wecom", "dingtalk", "feishu") else len(body) - 160
    assert sized <= limit


def test_lines_are_left_out_of_the_middle_and_never_the_last_two() -> None:
    assert fitted("a\nb\nc\nd\ne", 7) == "a\nb\nd\ne"
    assert fitted("a\nb\nc\nd\ne", 1) == "a\nd\ne"
    assert fitted("a\nb", 1) == "a\nb"


def test_every_language_has_a_text_for_everything() -> None:
    [keys] = {frozenset(texts) for texts in WORDS.values()}
    assert keys >= {*get_args(Kind)}
