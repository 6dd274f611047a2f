"""The brake on the deployed stack: by its page, by text message, and with 1,200 answers waiting."""

import json
import logging
import random
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import replay
from cli.commands import app
from cloud import aws, brakes, store
from desk.brake import Phone
from desk.control import Hold
from desk.outbound import Reply
from events.make import SMS
from tests.cloud.conftest import Desk
from tests.cloud.test_commands import run
from tests.cloud.test_one_matter import BRAND, fetch, wait_for
from tests.records import reply

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(900)]

WAITING = 1200
logger = logging.getLogger(__name__)


def holds() -> dict[str, Hold]:
    """What is held, by scope."""
    control = store.control(BRAND)
    assert control is not None
    return {one.scope: one for one in control.holds}


def test_the_page_stops_and_releases_in_the_name_of_its_owner(desk: Desk) -> None:
    made = CliRunner().invoke(app, ["hold", "link", "--for", "james", "--endpoint",
                                    desk.stack.endpoint])  # fmt: skip
    assert made.exit_code == 0, made.output
    [link] = re.findall(r"http\S+/brake/\S+", made.output)
    status, page = fetch(link)
    assert status == 200
    assert "Nothing is stopped" in page
    assert fetch(link, {"reason": "as a scanner sends it"})[0] == 400
    assert holds() == {}

    assert fetch(link, {"choice": "stop topic:watch:lid-leak"})[0] == 200
    assert holds()["topic:watch:lid-leak"].by == "james"
    _, page = fetch(link)
    [choice] = re.findall(r'value="(release [^"]+)"', page)
    assert fetch(link, {"choice": choice})[0] == 400
    assert fetch(link, {"choice": choice, "reason": "It was a drill"})[0] == 200
    assert holds() == {}

    [known] = run(desk, "hold", "links", "--json")
    run(desk, "hold", "revoke", known["hash"][:12])
    assert fetch(link)[0] == 404


def test_a_text_message_stops_and_a_strangers_does_not(desk: Desk) -> None:
    number = brakes.number_of(SMS["originationNumber"])
    store.keep_phone(Phone(number=number, brand=BRAND, approver="james", made_at=datetime.now(UTC)))
    topic = desk.stack.outputs["InboundSmsTopic"]
    stranger = SMS | {"originationNumber": "+15550100", "inboundMessageId": "a-stranger"}
    for message in stranger, SMS, SMS:
        aws.sns().publish(TopicArn=topic, Message=json.dumps(message))
    wait_for(holds)
    try:
        [held] = holds().values()
        assert (held.scope, held.by) == ("brand", "james")
    finally:
        store.release(BRAND, "brand", "a test", "over", datetime.now(UTC))
    time.sleep(3)
    assert holds() == {}, "the message that came twice was done once"


def test_a_stop_with_1200_answers_waiting_is_one_within_a_second(desk: Desk) -> None:
    """What is measured at the platform: no request after a second, and all others are held."""
    playbook = store.playbook(BRAND)
    known = [rule for rule in playbook.rules if rule.id == "ask-hours"]
    store.settle_standings(playbook, known, datetime.now(UTC))
    account, begun = playbook.accounts["line"], replay.run_started()[0]
    replies = [waiting(account, f"{begun}-{number}") for number in range(WAITING)]
    for one in replies:
        store.add_reply(one)
    ours = {one.address.author for one in replies}
    queue = desk.stack.outputs["OutboundQueue"]
    for at in range(0, WAITING, 10):
        entries: Any = [
            {"Id": str(n), "MessageBody": one.key.model_dump_json()}
            for n, one in enumerate(replies[at : at + 10])
        ]
        aws.sqs().send_message_batch(QueueUrl=queue, Entries=entries)

    def posts() -> list[float]:
        return [one.at for one in desk.platforms.posted() if one.recipient in ours]

    wanted = random.Random(2026).randrange(30, 120)
    wait_for(lambda: len(posts()) >= wanted, 300)
    assert store.hold(BRAND, Hold(scope="brand", by="a test", reason="x", at=datetime.now(UTC)))
    stopped = time.time()
    try:
        wait_for(lambda: all(state(one) not in ("ready", "sending") for one in replies), 600)
        last = max(posts()) - stopped
        states = [state(one) for one in replies]
        told = f"{states.count('sent')} sent, {states.count('held')} held, last {last:+.3f} s"
        assert last <= 1, told
        assert states.count("sent") + states.count("held") == WAITING, told
        assert states.count("sent") == len(posts()), told
        logger.info(told)
    finally:
        store.release(BRAND, "brand", "a test", "over", datetime.now(UTC))


def waiting(account: str, name: str) -> Reply:
    """An automatic answer to somebody who asked just now when we close."""
    now = datetime.now(UTC)
    return reply(
        id=f"line:r{name}", mention=f"line:m{name}", conversation=f"line:c{name}",
        address=replace(reply().address, account=account, conversation="", author=f"U{name}"),
        made_at=now, expires_at=now + timedelta(hours=2), due_at=None,
    )  # fmt: skip


def state(one: Reply) -> str:
    """What has become of an answer."""
    found = store.reply(one.brand, one.conversation, one.id)
    assert found is not None
    return found.state
