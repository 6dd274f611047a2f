"""The same round trips on the deployed stack: through its gateway, queues, roles and functions."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from cli import seeding
from cli.signing import Post, webhook
from cloud import queues
from cloud.settings import settings
from desk.polling import PLATFORM, SOURCE
from desk.wire import Delivery, iso, stamp
from tests.cloud.conftest import Desk
from tests.conftest import HOOKS, SAMPLES
from tests.integration.test_round_trips import PAGES, PUSHED, QUESTION, WHEN
from tests.records import BRAND, NOON

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(300)]


@pytest.fixture
def connected(desk: Desk) -> Callable[[str], str]:
    """Connects a channel of its own for a platform, and gives its name."""

    def connect(name: str) -> str:
        known = desk.platforms.credentials(name)
        token = known | {"account": "", "url": f"{known['base']}/replies"}
        seeding.put_channel(BRAND, f"trip-{name}", HOOKS.get(name, {"platform": name}), token)
        return f"trip-{name}"

    return connect


def posted(desk: Desk, name: str, before: int) -> bool:
    """Whether exactly one answer stands on the platform within a minute."""
    for _ in range(300):
        if len(desk.platforms.posted(name)) > before:
            return len(desk.platforms.posted(name)) == before + 1
        time.sleep(0.2)
    return False


@pytest.mark.parametrize("name", PUSHED)
def test_a_signed_webhook_is_answered_on_its_platform(
    name: str, desk: Desk, connected: Callable[[str], str]
) -> None:
    channel, now = connected(name), datetime.now(UTC)
    before = len(desk.platforms.posted(name))
    change = {
        "text": QUESTION,
        "language": "",
        "account": desk.platforms.credentials(name)["account"],
        "id": f"{now.timestamp():.6f}" if name == "slack" else str(int(now.timestamp() * 1000)),
    }
    post = Post(**{**SAMPLES[name]["post"], **change}, said_at=now)
    request = webhook(name, post, HOOKS[name], now.timestamp(), f"d{time.time_ns()}", "n0nce")
    query = f"?{urlencode(request.query)}" if request.query else ""
    address = f"{desk.api}/hooks/{BRAND}/{channel}{query}"
    call = Request(address, data=request.body, headers=dict(request.headers), method="POST")
    with urlopen(call, timeout=30) as answer:
        assert answer.status in (200, 204)
    assert posted(desk, name, before)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_was_asked_for_is_answered_on_its_platform(
    name: str, desk: Desk, connected: Callable[[str], str]
) -> None:
    channel, now = connected(name), datetime.now(UTC)
    before = len(desk.platforms.posted(name))
    source, page = PAGES[name]
    body = json.dumps(page).replace(WHEN, iso(now))
    body = body.replace(str(NOON.timestamp()), str(now.timestamp()))
    delivery = Delivery(
        id=f"trip-{time.time_ns()}", brand=BRAND, channel=channel, received_at=stamp(now),
        headers={SOURCE: source, PLATFORM: name}, query={}, body=body.encode(),
    )  # fmt: skip
    queues.send(settings().deliveries_queue, [delivery.to_json()])
    assert posted(desk, name, before)
