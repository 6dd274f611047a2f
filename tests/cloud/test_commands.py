"""The commands that look after an install, on the deployed stack."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import app
from cli.replay import Planned, request_for, run_started
from cli.signing import Post
from cloud import aws, secrets, store
from desk.mention import Mention
from desk.wire import Delivery, stamp
from tests.cloud.conftest import Desk

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(300)]

BRAND = "xiaoman"


def run(desk: Desk, *arguments: str, status: int = 0) -> list[dict[str, Any]]:
    """The JSON lines that a command prints."""
    done = CliRunner().invoke(app, [*arguments, "--endpoint", desk.stack.endpoint])
    assert done.exit_code == status, done.output
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def test_a_hold_is_set_shown_and_released_by_name_and_reason(desk: Desk) -> None:
    run(desk, "hold", "on", "drill", "--scope", "topic:quality", "--by", "Lin")
    [shown] = run(desk, "hold", "status", "--json")
    assert [(hold["scope"], hold["by"], hold["reason"]) for hold in shown["holds"]] == [
        ("topic:quality", "Lin", "drill")
    ]
    run(desk, "hold", "off", "over", "--scope", "topic:quality", "--by", "Lin")
    [shown] = run(desk, "hold", "status", "--json")
    assert shown["holds"] == []
    run(desk, "hold", "off", "again", "--scope", "topic:quality", status=2)
    run(desk, "hold", "on", "drill", "--scope", "nonsense", status=2)
    assert [line.split(" by ")[0] for _, line in store.hold_log(BRAND)[-2:]] == [
        "on topic:quality (hold)",
        "off topic:quality",
    ]


def test_a_dead_letter_is_shown_without_its_text_and_handled_when_put_back(desk: Desk) -> None:
    number, now = run_started()
    account = store.playbook(BRAND).accounts["line"]
    post = Post(str(number), "你们周末几点开门？", f"u{number}", "", account, f"u{number}", now)
    hook = secrets.hook(BRAND, "line")
    assert hook is not None
    request = request_for(Planned(0, "line", post, "first"), hook, now.timestamp(), "n")
    delivery = Delivery(
        id=f"dead-{number}",
        brand=BRAND,
        channel="line",
        received_at=stamp(now),
        headers={},
        query={},
        body=request.body,
    )
    dead = desk.stack.outputs["DeadDeliveriesQueue"]
    aws.sqs().send_message(QueueUrl=dead, MessageBody=delivery.to_json())

    [letter] = run(desk, "dead-letters", "list", "--json")
    assert (letter["queue"], letter["id"]) == ("deliveries", delivery.id)
    assert "几点" not in json.dumps(letter, ensure_ascii=False)

    time.sleep(2.1)  # until what was looked at can be taken
    [moved] = run(desk, "dead-letters", "redrive", "deliveries", "--json")
    assert moved == {"deliveries": 1}
    ends = time.monotonic() + 60
    while not (found := _of(delivery)):
        assert time.monotonic() < ends, "it was not handled"
        time.sleep(0.2)
    assert found[0].text == post.text
    assert run(desk, "dead-letters", "list", "--json") == []
    while not any(one.recipient == post.author for one in desk.platforms.posted()):
        assert time.monotonic() < ends, "it was not answered"
        time.sleep(0.2)


def test_the_doctor_finds_the_install_well_and_says_what_is_not(desk: Desk) -> None:
    findings = {one["what"]: one for one in run(desk, "doctor", "--json")}
    assert all(one["well"] for one in findings.values()), findings
    assert {f"{BRAND}: channel {name}" for name in ("line", "wechat")} <= findings.keys()

    name = f"/repartee/local/tokens/{BRAND}/line"
    token = aws.ssm().get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    aws.ssm().delete_parameter(Name=name)
    try:
        secrets.forget()
        sick = [one for one in run(desk, "doctor", "--json", status=1) if not one["well"]]
    finally:
        aws.ssm().put_parameter(Name=name, Value=token, Type="SecureString")
        secrets.forget()
    assert [one["what"] for one in sick] == [f"{BRAND}: channel line"]
    assert "cannot speak" in sick[0]["words"]


def _of(delivery: Delivery) -> list[Mention]:
    since = datetime.fromisoformat(delivery.received_at)
    rows = store.feed(BRAND, since, datetime.now(UTC))
    return [row for row in rows if isinstance(row, Mention) and row.delivery == f"{delivery.id}:0"]
