"""A channel's health, as the functions note it and the scan reports it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cloud import store
from desk.health import Health
from desk.wire import Outbound, Response
from functions.scan.app import handler as scan
from functions.send.app import handler as send
from functions.triage.app import handler as triage
from tests.integration.test_send import message
from tests.records import BRAND, NOON, after, reply

pytestmark = pytest.mark.usefixtures("at")


def health(channel: str = "line") -> Health:
    return dict(store.healths(BRAND)).get(channel, Health())


def test_what_a_channel_brings_is_noted_every_ten_minutes(
    event: Any, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    triage(event("triage-line"), context)
    assert health().heard_at == NOON
    for minutes, noted in ((9, 0), (10, 10), (12, 10)):
        monkeypatch.setattr("cloud.clock.now", lambda minutes=minutes: after(minutes))
        triage(event("triage-line"), context)
        assert health().heard_at == after(noted)


def test_a_refusal_is_reported_once_and_gone_when_something_is_sent(
    context: Any, says: Callable[[Any], None], caplog: pytest.LogCaptureFixture
) -> None:
    says(Response(401, {}, json.dumps({"message": "Authentication failed"}).encode()))
    store.add_reply(reply())
    send(message(), context)
    assert (health().error, health().detail) == ("token_invalid", "Authentication failed")
    for _ in range(3):
        scan({"time": NOON.isoformat()}, context)
    reported = [one for one in caplog.records if one.message == "channel_trouble"]
    assert [(one.channel, one.cause) for one in reported] == [("line", "refused")]  # type: ignore[attr-defined]
    says(Response(200, {}, json.dumps({"sentMessages": [{"id": "1"}]}).encode()))
    second = reply(id="line:second", conversation="line:another")
    store.add_reply(second)
    send(message(second), context)
    assert health().error == ""


def test_a_channel_that_works_costs_no_writes(context: Any, made: list[Outbound]) -> None:
    store.add_reply(reply())
    send(message(), context)
    assert len(made) == 1
    assert list(store.healths(BRAND)) == []
