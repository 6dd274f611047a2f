"""Whoever watches the desk, deployed: the drill, the auditor, the roll call; and a bot."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from botocore.config import Config

from cloud import aws, store
from tests.cloud.conftest import Desk
from tests.cloud.test_one_matter import BRAND, LINK, say, wait_for

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(400)]

PATIENT = Config(read_timeout=330, retries={"total_max_attempts": 1})


def invoke(desk: Desk, function: str) -> Any:
    client = boto3.client("lambda", config=PATIENT)
    answer = client.invoke(FunctionName=desk.stack.outputs[function], Payload=b"{}")
    said = json.load(answer["Payload"])
    assert "FunctionError" not in answer, said
    return said


def logged(desk: Desk, word: str) -> list[dict[str, Any]]:
    """The log lines of that word. Without a pattern the local cloud shows the oldest 10,000."""
    pages = boto3.client("logs").get_paginator("filter_log_events")
    found = []
    for page in pages.paginate(
        logGroupName=desk.stack.outputs["LogGroup"], filterPattern=f'"{word}"'
    ):
        for event in page["events"]:
            if f'"message":"{word}"' in event["message"]:
                found.append(json.loads(event["message"]))
    return found


@pytest.fixture
def chat() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server that plays Telegram's: its address, and what bots said there."""
    heard: list[dict[str, Any]] = []

    class Server(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.append(json.loads(body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"ok": true}')

        def log_message(self, *parts: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", heard
    server.shutdown()
    server.server_close()


def test_a_drill_goes_from_the_webhook_to_the_decision(desk: Desk) -> None:
    assert invoke(desk, "DrillFunction")["seconds"] < 120
    assert list(store.open_escalations("drill")) == [], "and it is closed"


def test_the_auditor_may_look_and_finds_all_well(desk: Desk) -> None:
    invoke(desk, "AuditorFunction")
    wait_for(lambda: logged(desk, "on time"))
    assert logged(desk, "late") == []


def test_the_roll_call_is_refused_only_what_the_local_cloud_asks_too_much_for(desk: Desk) -> None:
    """AWS asks for a right on the path that is read; the local cloud for one on everything."""
    client = boto3.client("lambda", config=PATIENT)
    answer = client.invoke(FunctionName=desk.stack.outputs["RollcallFunction"], Payload=b"{}")
    said = json.load(answer["Payload"])
    assert "perform: ssm:GetParametersByPath on resource: * because" in said["errorMessage"]
    assert logged(desk, "unreached") == []


def test_a_bot_says_what_its_approver_is_asked(
    desk: Desk, chat: tuple[str, list[dict[str, Any]]]
) -> None:
    address, heard = chat
    opens = {"medium": "telegram", "token": "1:a", "chat": "7", "base": address}
    names = [f"/repartee/local/bots/{BRAND}/{who}" for who in store.playbook(BRAND).approvers]
    for name in names:
        aws.ssm().put_parameter(Name=name, Value=json.dumps(opens), Type="SecureString")
    try:
        # A warm function takes up to a minute to see that there are bots now.
        ends = time.monotonic() + 120
        while not any(LINK.search(one["text"]) for one in heard):
            assert time.monotonic() < ends, "no bot has said it"
            say(desk, "line", "等了两个小时奶茶才送到，打开还是洒的，太失望了，我要投诉")
            time.sleep(5)
    finally:
        for name in names:
            aws.ssm().delete_parameter(Name=name)
    assert all("洒的" not in one["text"] for one in heard), "what was said is on the page alone"
