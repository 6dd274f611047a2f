"""What the door answers to those who only ask, and to those who have no business there."""

from collections.abc import Callable
from typing import Any

import pytest

from desk.wire import Delivery
from functions.receive.app import handler
from tests.conftest import HOOKS, READS
from tests.records import BRAND

pytestmark = pytest.mark.usefixtures("at")


def nothing_queued(queued: Callable[[str], list[str]]) -> bool:
    return not any(queued(name) for name in ("deliveries", "outbound", "escalations"))


@pytest.mark.parametrize("name", sorted(READS.keys() - HOOKS.keys()))
def test_a_channel_that_is_only_asked_has_no_door(
    name: str, event: Any, context: Any, queued: Any
) -> None:
    sent = event("receive-line") | {"pathParameters": {"brand": BRAND, "channel": name}}
    assert handler(sent, context)["statusCode"] == 404
    assert nothing_queued(queued)


def test_a_sender_of_cloudevents_is_given_leave_if_it_is_on_the_list(
    event: Any, context: Any, queued: Any
) -> None:
    sent = event("receive-cloudevents")
    sent["requestContext"]["http"]["method"] = "OPTIONS"
    asked = {"WebHook-Request-Origin": "events.example.org", "WebHook-Request-Rate": "120"}
    answer = handler(sent | {"headers": asked}, context)
    assert answer["statusCode"] == 200
    assert answer["headers"]["webhook-allowed-origin"] == "events.example.org"
    assert answer["headers"]["webhook-allowed-rate"] == "*"
    refused = handler(sent | {"headers": {"webhook-request-origin": "evil.example"}}, context)
    assert refused["statusCode"] == 403
    assert "webhook-allowed-origin" not in refused["headers"]
    assert nothing_queued(queued)


def test_a_token_in_an_address_is_not_put_on_a_queue(event: Any, context: Any, queued: Any) -> None:
    sent = event("receive-cloudevents")
    del sent["headers"]["authorization"]
    answer = handler(sent | {"rawQueryString": "access_token=not-a-secret&a=b"}, context)
    assert answer["statusCode"] == 200
    [message] = queued("deliveries")
    assert Delivery.from_json(message).query == {"a": "b"}
    handler(event("receive-bilibili"), context)
    [message] = queued("deliveries")
    assert "token" in event("receive-bilibili")["rawQueryString"]
    assert "token" not in Delivery.from_json(message).query


def test_a_hub_hears_its_challenge_for_the_subscription_that_we_asked_for(
    event: Any, context: Any, queued: Any
) -> None:
    sent = event("receive-youtube")
    sent["requestContext"]["http"]["method"] = "GET"
    feed = "https%3A%2F%2Fwww.youtube.com%2Fxml%2Ffeeds%2Fvideos.xml%3Fchannel_id%3D"
    asked = f"hub.challenge=c-19&hub.topic={feed}"
    for mode, channel, wanted in (
        ("subscribe", "UCshop00000000000000001", (200, "c-19")),
        ("subscribe", "UCsomebody", (404, "refused")),
        ("unsubscribe", "UCshop00000000000000001", (404, "refused")),
    ):
        answer = handler(sent | {"rawQueryString": f"hub.mode={mode}&{asked}{channel}"}, context)
        assert (answer["statusCode"], answer["body"]) == wanted
    assert nothing_queued(queued)
