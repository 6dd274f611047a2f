"""WeChat: signing in, what we send, and what the answers prove."""

import json
from typing import Any

import pytest

from desk.channels import wechat
from desk.lengths import length
from desk.wire import Address, NotSent, Refusal, Response, Sent, SignedIn, Unknown


def test_length_is_in_bytes() -> None:
    assert [length(text, "bytes") for text in ("", "Hi", "漏", "🍎")] == [0, 2, 3, 4]


def test_signing_in_asks_for_the_stable_token_without_ending_the_one_in_use() -> None:
    credentials = {"app_id": "wxshop", "app_secret": "s", "base": "http://127.0.0.1:1"}
    call = wechat.sign_in(credentials)
    assert call is not None
    assert call.url == "http://127.0.0.1:1/cgi-bin/stable_token"
    assert json.loads(call.body) == {
        "grant_type": "client_credential",
        "appid": "wxshop",
        "secret": "s",
        "force_refresh": False,
    }


def test_the_token_is_good_for_as_long_as_wechat_says() -> None:
    taken = answer({"access_token": "A", "expires_in": 7200})
    assert wechat.signed_in(taken, {"app_id": "x"}) == SignedIn(
        {"app_id": "x", "access_token": "A"}, 7200.0
    )


@pytest.mark.parametrize(
    "body",
    [
        {"errcode": 40013, "errmsg": "invalid appid"},
        {"access_token": "A"},
        {"access_token": "", "expires_in": 7200},
        {"access_token": "A", "expires_in": "7200"},
        {"access_token": "A", "expires_in": 0},
        [],
        b"<html>",
    ],
)
def test_a_refused_sign_in_brings_no_token(body: Any) -> None:
    assert wechat.signed_in(answer(body), {}) is None


def test_an_answer_is_utf_8_without_escapes() -> None:
    to = Address("wechat", conversation="o-ann", author="o-ann")
    call = wechat.compose(to, "您好 🍎\ud800", "k", {"access_token": "a/b"})
    assert call.url == ("https://api.weixin.qq.com/cgi-bin/message/custom/send?access_token=a%2Fb")
    assert b"\\u" not in call.body
    assert json.loads(call.body) == {
        "touser": "o-ann",
        "msgtype": "text",
        "text": {"content": "您好 🍎\ufffd"},
    }


def answer(body: Any, status: int = 200) -> Response:
    return Response(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


def test_errcode_zero_proves_that_it_was_sent() -> None:
    assert wechat.outcome(answer({"errcode": 0, "errmsg": "ok"})) == Sent("")


@pytest.mark.parametrize(
    ("code", "kind", "again"),
    [
        (40001, "token_invalid", 60),
        (42001, "token_invalid", 60),
        (42007, "token_invalid", None),
        (40003, "permanent", None),
        (43004, "permanent", None),
        (45002, "too_long", None),
        (45009, "quota", None),
        (45011, "rate_limited", 60),
        (45015, "window_closed", None),
        (45047, "window_closed", None),
        (48001, "permission", None),
        (48002, "permanent", None),
    ],
)
def test_a_listed_refusal_is_not_sent(code: int, kind: Refusal, again: float | None) -> None:
    found = wechat.outcome(answer({"errcode": code, "errmsg": "no"}))
    assert found == NotSent(kind, f"{code} no", again)


@pytest.mark.parametrize(
    "response",
    [
        answer({"errcode": -1, "errmsg": "system error"}),
        answer({"errcode": 99999}),
        answer({"errcode": "0"}),
        answer({"errcode": False}),
        answer({"errcode": 0.0}),
        answer({"errcode": None}),
        answer({"errmsg": "ok"}),
        answer([{"errcode": 0}]),
        answer(b""),
        answer(b"<html>"),
        answer({"errcode": 0}, status=201),
        answer({"errcode": 45015}, status=502),
    ],
)
def test_any_other_answer_proves_nothing(response: Response) -> None:
    assert isinstance(wechat.outcome(response), Unknown)


def test_credentials_are_checked_by_asking_for_wechat_s_addresses() -> None:
    call = wechat.check({"access_token": "a/b"})
    assert call is not None
    assert call.method == "GET"
    assert call.url == "https://api.weixin.qq.com/cgi-bin/getcallbackip?access_token=a%2Fb"
    assert wechat.checked(answer({"ip_list": ["203.0.113.7"]})) == ""
    refused = wechat.checked(answer({"errcode": 40001, "errmsg": "no"}))
    assert refused == NotSent("token_invalid", "40001 no", 60)
    for other in (answer({}), answer({"errcode": 0}), answer({"ip_list": []}, status=502)):
        assert isinstance(wechat.checked(other), Unknown)
