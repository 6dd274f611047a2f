"""A stop with 1,200 answers waiting. Last of its folder: what it holds is a storm for people."""

import logging
import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli import replay
from cloud import aws, store
from desk.control import Hold
from desk.outbound import Reply
from tests.cloud.conftest import Desk
from tests.cloud.test_one_matter import BRAND, wait_for
from tests.records import reply

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(900)]

WAITING = 1200
logger = logging.getLogger(__name__)


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
