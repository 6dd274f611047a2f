"""The pretend WeChat keeps the rules of its tokens, its windows and its errcodes."""

import json
from collections.abc import Iterator

import pytest

from tests.platforms import Limits, Platforms, pretend_platforms
from tests.platforms.client import call, custom_send, errcode, raw_send, sign_in


@pytest.fixture(scope="module")
def server() -> Iterator[Platforms]:
    with pretend_platforms(clock=lambda: 1_750_000_000.0) as platforms:
        yield platforms


@pytest.fixture
def platforms(server: Platforms) -> Platforms:
    server.reset()
    return server


def test_wechat_posts_with_a_token_that_it_gave(platforms: Platforms) -> None:
    assert custom_send(platforms, "亲，您好") == 0
    (posted,) = platforms.posted("wechat")
    assert (posted.recipient, posted.text, posted.account) == ("o1", "亲，您好", "gh_pretend")
    assert posted.token_hash


def test_wechat_returns_the_same_token_while_it_lives(platforms: Platforms) -> None:
    first = sign_in(platforms)
    platforms.advance(6800)
    assert sign_in(platforms)["access_token"] == first["access_token"]
    platforms.advance(200)
    second = sign_in(platforms)["access_token"]
    assert second != first["access_token"]
    assert custom_send(platforms, token=first["access_token"]) == 0  # both, in the last minutes
    assert custom_send(platforms, token=second) == 0
    platforms.advance(200)
    assert custom_send(platforms, token=first["access_token"]) == 42001


def test_a_forced_wechat_token_kills_the_earlier_one(platforms: Platforms) -> None:
    first = sign_in(platforms)["access_token"]
    platforms.advance(60)
    second = sign_in(platforms, force_refresh=True)["access_token"]
    assert sign_in(platforms, force_refresh=True)["access_token"] == second  # not within 30 s
    assert custom_send(platforms, token=first) == 40001
    assert custom_send(platforms, token=second) == 0


def test_wechat_refuses_a_sign_in_by_code(platforms: Platforms) -> None:
    assert sign_in(platforms, appid="wxother")["errcode"] == 40013
    assert sign_in(platforms, secret="guess")["errcode"] == 40125
    assert sign_in(platforms, grant_type="password")["errcode"] == 40002
    url = f"{platforms.bases['wechat']}/cgi-bin/stable_token"
    assert call("POST", url, b"\xff").json()["errcode"] == 47001
    assert call("GET", url).json()["errcode"] == 43002


def test_wechat_refuses_a_message_by_code(platforms: Platforms) -> None:
    token = sign_in(platforms)["access_token"]
    platforms.recipient("wechat", "o2", "unknown")
    platforms.recipient("wechat", "o3", "blocked")
    assert custom_send(platforms, token="") == 41001
    assert custom_send(platforms, token="short") == 40014
    assert custom_send(platforms, token="x" * 64) == 40001
    assert custom_send(platforms, to="o2") == 40003
    assert custom_send(platforms, to="o3") == 43004
    assert custom_send(platforms, "") == 44004
    assert custom_send(platforms, "亲" * 682 + "abc") == 45002
    assert errcode(raw_send(platforms, b'{"touser":"o1","msgtype":"image"}', token)) == 40008
    assert errcode(raw_send(platforms, b'{"touser":1,"msgtype":"text"}', token)) == 47001
    assert platforms.posted() == []
    assert custom_send(platforms, "亲" * 682 + "ab") == 0


def test_wechat_takes_no_escapes_in_its_json(platforms: Platforms) -> None:
    token = sign_in(platforms)["access_token"]
    body = {"touser": "o1", "msgtype": "text", "text": {"content": "您好"}}
    assert errcode(raw_send(platforms, json.dumps(body).encode(), token)) == 40033
    assert custom_send(platforms, r"C:\users") == 0  # an escaped backslash, and then a u


def test_wechat_closes_the_window_after_two_days(platforms: Platforms) -> None:
    platforms.heard("wechat", "o1")
    platforms.advance(48 * 3600 - 1)
    assert custom_send(platforms) == 0
    platforms.advance(1)
    assert custom_send(platforms) == 45015


def test_wechat_takes_twenty_answers_in_a_window(platforms: Platforms) -> None:
    platforms.heard("wechat", "o1")
    assert [custom_send(platforms, f"answer {n}") for n in range(21)] == [0] * 20 + [45047]
    platforms.heard("wechat", "o1")
    assert custom_send(platforms) == 0


def test_wechat_gives_a_follower_three_answers_in_a_minute(platforms: Platforms) -> None:
    platforms.heard("wechat", "o1", event="follow")
    assert [custom_send(platforms, f"answer {n}") for n in range(4)] == [0, 0, 0, 45047]
    platforms.advance(60)
    assert custom_send(platforms) == 45015


def test_wechat_has_limits_a_minute_and_a_day() -> None:
    limits = Limits(wechat_minute=1, wechat_daily=2)
    with pretend_platforms(limits=limits, clock=lambda: 0.0) as platforms:
        assert [custom_send(platforms), custom_send(platforms)] == [0, 45011]
        platforms.advance(60)
        assert custom_send(platforms) == 45009
