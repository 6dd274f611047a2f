"""The pretend platforms misbehave as told, and know whether they have posted all the same."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from threading import Thread, enumerate as live_threads
from typing import Any

import pytest

from tests.platforms import (
    KINDS,
    RETRY_AFTER,
    PlatformName,
    Platforms,
    pretend_platforms,
)
from tests.platforms.client import Answer, call, event, message, push, raw_send, sign_in

RAW = ("line", "standard", "telegram", "wechat")
"""Of each way of carrying a key or a token one: what misbehaves is the server, not the platform."""
WECHAT_BODY = b'{"touser":"o1","msgtype":"text","text":{"content":"hello"}}'


@pytest.fixture(scope="module")
def server() -> Iterator[Platforms]:
    with pretend_platforms(hold=0.1) as platforms:
        yield platforms


@pytest.fixture
def platforms(server: Platforms) -> Platforms:
    server.reset()
    return server


def send(platforms: Platforms, name: PlatformName) -> Answer:
    """A call that a well-behaved platform carries out."""
    match name:
        case "line":
            return push(platforms)
        case "standard":
            return event(platforms)
        case "telegram":
            return message(platforms)
        case "wechat":
            return raw_send(platforms, WECHAT_BODY, sign_in(platforms)["access_token"])
    raise KeyError(name)


def told_to(kind: str) -> dict[str, Any]:
    """What is needed, or quicker, for a misbehaviour of that kind."""
    match kind:
        case "answer":
            return {"status": 418, "body": "{}"}
        case "slow" | "trickle":
            return {"seconds": 0.0}
    return {}


def lost(platforms: Platforms, name: PlatformName) -> type[Exception]:
    """How a call ends that gets no answer."""
    with pytest.raises((HTTPException, OSError)) as ended:
        send(platforms, name)
    return ended.type


@pytest.mark.parametrize("name", RAW)
@pytest.mark.parametrize("kind", KINDS)
def test_a_misbehaviour_comes_once_and_posts_as_it_says(
    platforms: Platforms, name: PlatformName, kind: str
) -> None:
    platforms.misbehave(name, kind, **told_to(kind))
    with suppress(HTTPException, OSError):
        send(platforms, name)
    assert len(platforms.posted(name)) == KINDS[kind].posts
    assert len(platforms.refused(name)) == (not KINDS[kind].posts)
    assert send(platforms, name).status == 200
    assert len(platforms.posted(name)) + len(platforms.repeats(name)) == 1 + KINDS[kind].posts


@pytest.mark.parametrize("name", RAW)
def test_a_caller_sees_what_each_misbehaviour_is(platforms: Platforms, name: PlatformName) -> None:
    def seen(kind: str, **more: Any) -> Answer:
        platforms.reset()
        platforms.misbehave(name, kind, **told_to(kind) | more)
        return send(platforms, name)

    assert seen("5xx").status == 500
    assert seen("5xx", status=503).status == 503
    assert seen("answer", status=410, body="gone", posts=True).body == b"gone"
    assert len(platforms.posted()) == 1
    assert seen("html").headers["content-type"] == "text/html"
    assert len(seen("html").body) > 0
    assert (seen("empty").status, seen("empty").body) == (200, b"")
    assert seen("slow").status == seen("trickle").status == 200
    redirect = seen("redirect")
    assert redirect.status == 307
    assert call("POST", redirect.headers["location"]).status == 404
    assert [it.why for it in platforms.refused()][-1] == "a redirect was followed"


@pytest.mark.parametrize("name", RAW)
def test_a_caller_without_an_answer_sees_how_the_connection_ended(
    platforms: Platforms, name: PlatformName
) -> None:
    def ended(kind: str) -> type[Exception]:
        platforms.reset()
        platforms.misbehave(name, kind)
        return lost(platforms, name)

    for kind in ("reset", "reset-after-accept"):
        assert ended(kind) in (ConnectionResetError, BrokenPipeError)
    for kind in ("timeout", "timeout-after-accept"):
        assert ended(kind) is RemoteDisconnected
    assert ended("truncated") is IncompleteRead


@pytest.mark.parametrize("name", ["line", "standard", "telegram"])
def test_an_error_after_the_post_is_one_that_no_list_has(
    platforms: Platforms, name: PlatformName
) -> None:
    platforms.misbehave(name, "400-after-accept")
    assert send(platforms, name).status == 400
    platforms.misbehave("wechat", "400-after-accept")
    assert send(platforms, "wechat").json()["errcode"] == 99_999


@pytest.mark.parametrize(
    ("variant", "header", "asked"),
    [
        ("seconds", "7", 7),
        ("negative", "-5", -5),
        ("huge", "315360000", 315_360_000),
        ("garbage", "soon", "soon"),
        ("date", "Thu, 01 Jan 1970 00:00:07 GMT", "Thu, 01 Jan 1970 00:00:07 GMT"),
    ],
)
def test_a_rate_limit_asks_for_a_wait_in_every_form(variant: str, header: str, asked: Any) -> None:
    assert variant in RETRY_AFTER
    with pretend_platforms(clock=lambda: 0.0) as platforms:
        for name in RAW:
            platforms.misbehave(name, "429", retry_after=variant)
        for name in ("line", "standard", "telegram"):
            answer = send(platforms, name)
            assert (answer.status, answer.headers["retry-after"]) == (429, header)
            if name == "telegram":
                assert answer.json()["parameters"] == {"retry_after": asked}
        assert send(platforms, "wechat").json()["errcode"] == 45011


def test_a_rate_limit_may_name_no_wait(platforms: Platforms) -> None:
    for name in ("line", "standard", "telegram"):
        platforms.misbehave(name, "429", retry_after="none")
        assert "retry-after" not in send(platforms, name).headers


def test_a_misbehaviour_may_come_at_every_third_request_for_ever(platforms: Platforms) -> None:
    platforms.misbehave("telegram", "5xx", None, every=3)
    assert [message(platforms).status for _ in range(7)] == [200, 200, 500, 200, 200, 500, 200]
    platforms.behave()
    assert {message(platforms).status for _ in range(6)} == {200}


def test_misbehaviours_come_in_the_order_in_which_they_were_told(platforms: Platforms) -> None:
    platforms.misbehave("telegram", "html")
    platforms.misbehave("telegram", "5xx", 2, status=502)
    platforms.misbehave("telegram", "empty")
    answers = [message(platforms) for _ in range(5)]
    assert [it.status for it in answers] == [200, 502, 502, 200, 200]
    assert [len(it.body) > 0 for it in answers] == [True, True, True, False, True]
    assert len(platforms.posted()) == 3


def test_what_would_be_refused_does_not_use_up_what_comes_after_a_post(
    platforms: Platforms,
) -> None:
    platforms.misbehave("telegram", "empty")
    assert message(platforms, text="").status == 400
    assert message(platforms).body == b""


def test_the_sign_in_misbehaves_on_its_own(platforms: Platforms) -> None:
    platforms.misbehave("wechat", "empty", call="sign_in")
    with pytest.raises(ValueError, match="Expecting value"):
        sign_in(platforms)
    platforms.misbehave("wechat", "5xx")
    assert sign_in(platforms)["expires_in"] > 0
    assert platforms.posted() == []


@pytest.mark.parametrize(
    "told",
    [
        {"platform": "myspace"},
        {"kind": "sulk"},
        {"times": 0},
        {"every": 0},
        {"call": "other"},
        {"retry_after": "whenever"},
        {"status": 99},
        {"seconds": -1.0},
        {"kind": "answer"},
    ],
)
def test_nonsense_is_no_misbehaviour(platforms: Platforms, told: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r" must be | needs "):
        platforms.misbehave(**{"platform": "line", "kind": "5xx"} | told)


@pytest.mark.parametrize(("kind", "told"), [("timeout", {}), ("slow", {}), ("trickle", {})])
def test_stopping_ends_whatever_still_waits(kind: str, told: dict[str, Any]) -> None:
    before = set(live_threads())
    ends: list[object] = []
    with pretend_platforms(hold=3600) as platforms:
        platforms.misbehave("line", kind, seconds=3600)
        waiting = Thread(target=_note, args=(ends, lambda: push(platforms)))
        waiting.start()
        while not platforms.received():
            waiting.join(0.01)
    waiting.join()
    assert len(ends) == 1
    assert set(live_threads()) <= before


def test_a_platform_that_is_closed_refuses_the_connection() -> None:
    with pretend_platforms() as platforms:
        pass
    with pytest.raises(ConnectionRefusedError):
        push(platforms)


@pytest.mark.timeout(15)  # or else for an hour
def test_a_time_out_ends_with_the_caller_who_gives_up() -> None:
    with pretend_platforms(hold=3600) as platforms:
        platforms.misbehave("line", "timeout-after-accept")
        before = set(live_threads())
        with pytest.raises(TimeoutError):
            call_with_patience(platforms, 0.05)
        for thread in set(live_threads()) - before:
            thread.join()
        assert len(platforms.posted("line")) == 1


def test_a_reset_does_not_wait_for_the_body(platforms: Platforms) -> None:
    platforms.misbehave("line", "reset")
    with connected(platforms) as connection:
        connection.sendall(b"POST /line/v2/bot/message/push HTTP/1.1\r\nContent-Length: 9\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


@pytest.mark.timeout(15)  # or else until the connection has been idle for half a minute
def test_stopping_ends_idle_connections() -> None:
    with ExitStack() as stack:
        with pretend_platforms() as platforms:
            connection = stack.enter_context(connected(platforms))
            connection.sendall(b"GET /_pretend/health HTTP/1.1\r\n\r\n")
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 OK")
        assert connection.recv(1) == b""


def connected(platforms: Platforms) -> socket.socket:
    host, port = platforms.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=5)


def call_with_patience(platforms: Platforms, seconds: float) -> Answer:
    headers = {"Authorization": "Bearer pretend-line-token"}
    body = {"to": "U1", "messages": [{"type": "text", "text": "hello"}]}
    url = f"{platforms.bases['line']}/v2/bot/message/push"
    return call("POST", url, body, headers, timeout=seconds)


def _note(ends: list[object], make: Callable[[], Answer]) -> None:
    try:
        ends.append(make())
    except (HTTPException, OSError) as error:
        ends.append(error)


def test_a_connection_serves_more_than_one_request(platforms: Platforms) -> None:
    request = b"GET /_pretend/health HTTP/1.1\r\nHost: x\r\n\r\n"
    with connected(platforms) as connection:
        connection.sendall(request * 2)
        received = b""
        while received.count(b'"ok": true') < 2:
            received += connection.recv(4096)
    assert received.count(b"HTTP/1.1 200 OK") == 2
