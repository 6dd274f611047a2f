"""The pretend platforms' server: hostile callers, its control API, and the program."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from tests.platforms import ACCOUNTS, PlatformName, Platforms, line, pretend_platforms
from tests.platforms.client import Answer, call, custom_send, event, push
from tests.platforms.world import Request

ROOT = Path(__file__).parents[2]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(), parts, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["to", "messages", "replyToken", "chat_id", "text", "reply_parameters", "touser", "msgtype",
     "grant_type", "appid", "secret", "type", "data"]
)  # fmt: skip
BODIES = st.binary(max_size=200) | st.dictionaries(NAMES, JSON, max_size=6).map(
    lambda value: json.dumps(value).encode()
)


@pytest.fixture(scope="module")
def server() -> Iterator[Platforms]:
    with pretend_platforms() as platforms:
        yield platforms


@pytest.fixture
def platforms(server: Platforms) -> Platforms:
    server.reset()
    return server


def raw(platforms: Platforms, data: bytes) -> bytes:
    """What comes back for those bytes until the server hangs up."""
    host, port = platforms.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(65536):
            received += part
    return received


def tell(platforms: Platforms, what: str, **fields: Any) -> Answer:
    return call("POST", f"{platforms.url}/_pretend/{what}", fields)


def ask(platforms: Platforms, what: str) -> Any:
    return call("GET", f"{platforms.url}/_pretend/{what}").json()


# Hostile callers


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
        (b"POST\r\n\r\n", b"400"),
        (b"POST /line/v2/bot/message/push HTTP/9.9\r\n\r\n", b"505"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET /line HTTP/1.1\r\n" + b"X-A: 1\r\n" * 200 + b"\r\n", b"431"),
        (b"BREW /line HTTP/1.1\r\n\r\n", b"501"),
        (b"POST /line HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST /line HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", b"400"),
        (b"POST /line HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"POST /line HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\nabc", b"413"),
        (b"GET /line?" + b"a=1&" * 60 + b" HTTP/1.1\r\n\r\n", b"400"),
        (b"GET //etc/passwd HTTP/1.1\r\nConnection: close\r\n\r\n", b"404"),
        (b"GET /%00%ff/../x HTTP/1.1\r\nConnection: close\r\n\r\n", b"404"),
        (b"POST /telegram/bot%00/sendMessage HTTP/1.1\r\nConnection: close\r\n\r\n", b"404"),
    ],
)
def test_what_is_no_request_gets_an_error_and_nothing_worse(
    platforms: Platforms, capfd: pytest.CaptureFixture[str], data: bytes, status: bytes
) -> None:
    assert raw(platforms, data).split(b" ")[1] == status
    assert len(platforms.refused()) == 1
    assert ask(platforms, "health")["ok"] is True
    assert capfd.readouterr() == ("", "")


def test_a_large_body_is_refused_while_the_caller_still_hears_it(platforms: Platforms) -> None:
    answer = call("POST", f"{platforms.bases['line']}/v2/bot/message/push", b"a" * 7_000_000)
    assert answer.status == 413


def test_a_lone_surrogate_is_no_text(platforms: Platforms) -> None:
    body = rb'{"to": "U1", "messages": [{"type": "text", "text": "\ud83d"}]}'
    headers = {"Authorization": "Bearer pretend-line-token", "Content-Type": "application/json"}
    answer = call("POST", f"{platforms.bases['line']}/v2/bot/message/push", body, headers)
    assert answer.status == 400
    assert platforms.posted() == []


def test_an_error_of_the_server_itself_does_not_go_unnoticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stumble(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(line, "answer", stumble)
    running = ExitStack()
    platforms = running.enter_context(pretend_platforms())
    with pytest.raises(RemoteDisconnected):
        push(platforms)
    assert ask(platforms, "health")["faults"] == 1
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        running.close()


def test_a_caller_who_hangs_up_within_a_body_posts_nothing(platforms: Platforms) -> None:
    head = b"POST /line/v2/bot/message/push HTTP/1.1\r\nContent-Length: 500\r\n\r\n"
    assert raw(platforms, head + b'{"to"') == b""
    assert [it.why for it in platforms.refused()] == ["the caller hung up within the body"]


@settings(max_examples=150, deadline=None)
@given(body=BODIES, form=st.booleans())
def test_no_body_makes_a_platform_stumble(server: Platforms, body: bytes, form: bool) -> None:
    fields = {"grant_type": "client_credential", "appid": "wxpretend"}
    fields["secret"] = ACCOUNTS["wechat"].secret
    signed_in = server.handle(
        Request("POST", "/wechat/cgi-bin/stable_token", {}, {}, json.dumps(fields).encode())
    )
    query = {"access_token": json.loads(signed_in.reply.body)["access_token"]}
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    sends: tuple[tuple[PlatformName, str], ...] = (
        ("line", "/v2/bot/message/push"),
        ("line", "/v2/bot/message/reply"),
        ("standard", ""),
        ("telegram", f"/bot{ACCOUNTS['telegram'].token}/sendMessage"),
        ("wechat", "/cgi-bin/stable_token"),
        ("wechat", "/cgi-bin/message/custom/send"),
    )
    for name, path in sends:
        headers = {"authorization": f"Bearer {ACCOUNTS[name].token}", "content-type": kind}
        headers["webhook-id"] = "1"
        plan = server.handle(Request("POST", f"/{name}{path}", query, headers, body))
        assert plan.deed == "answer"
        assert 200 <= plan.reply.status < 500
        assert isinstance(json.loads(plan.reply.body), dict)


# The control API


def test_another_process_can_have_a_platform_misbehave(platforms: Platforms) -> None:
    told = {"platform": "line", "kind": "5xx", "times": None, "every": 2, "status": 503}
    assert tell(platforms, "misbehave", **told).status == 200
    assert [push(platforms).status for _ in range(4)] == [200, 503, 200, 503]
    tell(platforms, "behave")
    assert {push(platforms).status for _ in range(4)} == {200}


def test_another_process_can_say_who_wrote_and_how_time_goes_by(platforms: Platforms) -> None:
    tell(platforms, "heard", platform="wechat", recipient="o1", event="menu")
    assert custom_send(platforms) == 0
    tell(platforms, "advance", seconds=60)
    assert custom_send(platforms) == 45015
    tell(platforms, "recipient", platform="wechat", recipient="o1", state="unknown")
    assert custom_send(platforms) == 40003


def test_another_process_can_grant_and_revoke(platforms: Platforms) -> None:
    tell(platforms, "grant", platform="line", account="another", token="another-token")
    assert push(platforms, token="another-token").status == 200
    tell(platforms, "revoke", platform="line", account="another")
    assert push(platforms, token="another-token").status == 401


def test_another_process_can_read_the_audit(platforms: Platforms) -> None:
    push(platforms, "hello", "no-uuid")
    push(platforms, "hello")
    push(platforms, "hello")
    event(platforms)
    event(platforms)
    audit = ask(platforms, "posted")
    assert [it["platform"] for it in audit["posted"]] == ["line", "line", "standard"]
    assert audit["answered_twice"] == [
        {"platform": "line", "recipient": "U1", "about": "hello", "times": 2}
    ]
    assert ask(platforms, "posted?platform=standard")["answered_twice"] == []
    refused = ask(platforms, "refused")
    assert [it["status"] for it in refused["refused"]] == [400]
    assert [it["key"] for it in refused["repeats"]] == ["msg_1"]
    requests = ask(platforms, "requests?platform=standard")["requests"]
    assert [it["outcome"] for it in requests] == ["posted", "repeated"]
    tell(platforms, "reset")
    assert ask(platforms, "posted") == {"posted": [], "answered_twice": []}


@pytest.mark.parametrize(
    ("what", "fields", "said"),
    [
        ("misbehave", {"platform": "line"}, "kind"),
        ("misbehave", {"platform": "line", "kind": "sulk"}, "kind must be one of"),
        ("misbehave", {"platform": "line", "kind": "5xx", "times": "2"}, "times"),
        ("misbehave", {"platform": "line", "kind": "5xx", "every": True}, "every"),
        ("misbehave", {"platform": "line", "kind": "5xx", "mood": "bad"}, "mood"),
        ("heard", {"platform": "myspace", "recipient": "tom"}, "platform must be one of"),
        ("heard", {"platform": "wechat", "recipient": "o1", "event": "nod"}, "event must be"),
        ("recipient", {"platform": "line", "recipient": "U1", "state": "shy"}, "state must be"),
    ],
)
def test_the_control_api_says_what_it_cannot_do(
    platforms: Platforms, what: str, fields: dict[str, Any], said: str
) -> None:
    answer = tell(platforms, what, **fields)
    assert answer.status == 400
    assert said in answer.json()["error"]


def test_the_control_api_knows_its_own_addresses_alone(platforms: Platforms) -> None:
    assert call("POST", f"{platforms.url}/_pretend/reset", b"[]").status == 400
    assert call("POST", f"{platforms.url}/_pretend/reset", b"[" * 100_000).status == 400
    assert call("GET", f"{platforms.url}/_pretend/reset").status == 404
    assert call("POST", f"{platforms.url}/_pretend/faults", {}).status == 404


# The program


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_program_says_where_it_is_and_stops_when_told(tmp_path: Path, stop: int) -> None:
    log = tmp_path / "posts.jsonl"
    command = [sys.executable, "-m", "tests.platforms", "--log", str(log), "--windows", "heard"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        where = json.loads(program.stdout.readline())
        body = {"to": "U1", "messages": [{"type": "text", "text": "你好"}]}
        headers = {"Authorization": f"Bearer {where['credentials']['line']['token']}"}
        for address in ("push", "nowhere"):
            call("POST", f"{where['bases']['line']}/v2/bot/message/{address}", body, headers)
        program.send_signal(stop)
        assert program.communicate() == ("", "")
    assert program.returncode == 0
    booked = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [it["event"] for it in booked] == ["posted", "refused"]
    assert booked[0]["text"] == "你好"
    assert headers["Authorization"].removeprefix("Bearer ") not in log.read_text("utf-8")


def test_the_program_says_so_if_its_port_is_taken(platforms: Platforms) -> None:
    port = platforms.url.rpartition(":")[2]
    command = [sys.executable, "-m", "tests.platforms", "--port", port]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("cannot start: ")
