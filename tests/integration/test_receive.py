"""The webhook door: what is genuine is queued as it came, and nobody else leaves anything."""

import base64
import json
from collections.abc import Callable
from datetime import datetime
from itertools import product
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import HealthCheck, given, settings, strategies as st

from cli.signing import signed
from cloud import aws as clients, queues
from desk.wire import MAX_BODY, Delivery, Inbound, stamp
from functions.receive.app import handler
from tests.conftest import HOOKS
from tests.records import BRAND, NOON, after

pytestmark = pytest.mark.usefixtures("at")
Event = dict[str, Any]


def call(request: Inbound, channel: str = "line", **change: Any) -> Event:
    return {
        "pathParameters": {"brand": BRAND, "channel": channel},
        "rawQueryString": "&".join(f"{name}={value}" for name, value in request.query.items()),
        "headers": dict(request.headers),
        "requestContext": {"http": {"method": request.method}},
        "body": request.body.decode("utf-8", "surrogateescape"),
        "isBase64Encoded": False,
    } | change


def genuine(body: bytes, channel: str = "line", now: datetime = NOON) -> Event:
    request = signed(channel, body, HOOKS[channel], now.timestamp(), "41", "n0nce")
    encoded = {"body": base64.b64encode(request.body).decode(), "isBase64Encoded": True}
    return call(request, channel, **encoded)


def nothing_queued(queued: Callable[[str], list[str]]) -> bool:
    return not any(queued(name) for name in ("deliveries", "outbound", "escalations"))


SAYS = {
    "discord": '{"type":5,"data":{"flags":64}}',
    "wechat": "success",
    "xiaohongshu": "success",
}
"""What a platform wants to hear, where that is not nothing."""
NO_DELIVERY = {"x": 400, "youtube": 404}
"""What a GET hears that asks for nothing: a hub of WebSub that we have not asked for this."""


@pytest.mark.parametrize("name", HOOKS)
def test_a_genuine_call_is_queued_once_as_it_came(
    name: str, event: Any, context: Any, queued: Any
) -> None:
    sent = event(f"receive-{name}")
    answer = handler(sent, context)
    assert (answer["statusCode"], answer["body"]) == (200, SAYS.get(name, ""))
    [message] = queued("deliveries")
    delivery = Delivery.from_json(message)
    assert delivery.body == sent["body"].encode()
    assert (delivery.brand, delivery.channel) == (BRAND, name)
    assert delivery.received_at == stamp(NOON)
    assert delivery.id == answer["headers"]["x-repartee-delivery"]
    assert base64.b64decode(json.loads(message)["body"]) == delivery.body
    assert nothing_queued(queued)


@pytest.mark.parametrize("name", sorted(HOOKS))
def test_what_is_queued_is_what_triage_is_tried_with(
    name: str, event: Any, context: Any, queued: Any
) -> None:
    handler(event(f"receive-{name}"), context)
    [message] = queued("deliveries")
    [record] = event(f"triage-{name}")["Records"]
    assert json.loads(message) | {"id": ""} == json.loads(record["body"]) | {"id": ""}


@pytest.mark.parametrize("name", sorted(HOOKS))
def test_no_secret_and_no_signature_goes_on_the_queue_in_a_header(
    name: str, event: Any, context: Any, queued: Any
) -> None:
    handler(event(f"receive-{name}"), context)
    [message] = queued("deliveries")
    headers = json.loads(message)["headers"]
    assert not [header for header in headers if "signature" in header or "secret" in header]


def test_the_same_call_twice_is_two_deliveries(event: Any, context: Any, queued: Any) -> None:
    for _ in range(2):
        handler(event("receive-line"), context)
    first, second = map(Delivery.from_json, queued("deliveries"))
    assert first.body == second.body
    assert first.id != second.id


def test_a_body_in_base64_is_queued_as_the_bytes_that_were_sent(context: Any, queued: Any) -> None:
    for body in (b"\xff\xfe\x00", "喝茶👍".encode(), b"", b"[" * 5_000):
        assert handler(genuine(body), context)["statusCode"] == 200
        [message] = queued("deliveries")
        assert Delivery.from_json(message).body == body


@pytest.mark.parametrize("body", ["not base64!", "YWJj=", "印", "YQ==\n", "\ud800"])
def test_a_body_that_is_said_to_be_base64_and_is_not_is_refused(
    body: str, event: Any, context: Any, queued: Any
) -> None:
    sent = event("receive-line") | {"isBase64Encoded": True, "body": body}
    assert handler(sent, context)["statusCode"] == 401
    assert nothing_queued(queued)


def changed(sent: Event, how: str) -> Event:
    headers = dict(sent["headers"])
    match how:
        case "other body":
            return sent | {"body": sent["body"].replace("a", "b", 1) + " "}
        case "no headers":
            return sent | {"headers": None, "rawQueryString": None}
        case "not ascii":
            odd = {name: "印é\ud800" for name in headers}
            return sent | {"headers": odd, "rawQueryString": "signature=%E5%8D%B0&timestamp=x"}
        case "cut short":
            short = {name: value[:-3] for name, value in headers.items()}
            return sent | {"headers": short, "rawQueryString": sent["rawQueryString"][:-3]}
    raise ValueError(how)


UNSIGNED = "bilibili", "cloudevents", "telegram", "weibo"
CHANGES = "other body", "no headers", "not ascii", "cut short"


@pytest.mark.parametrize(
    ("name", "how"),
    # These sign no body: whoever has the token, or sees a query of Weibo's, has the channel.
    sorted({*product(HOOKS, CHANGES)} - {*product(UNSIGNED, ["other body"])}),
)
def test_a_call_that_is_not_genuine_is_refused_and_leaves_nothing(
    name: str, how: str, event: Any, context: Any, queued: Any
) -> None:
    answer = handler(changed(event(f"receive-{name}"), how), context)
    # A hub of WebSub wants 2xx all the same, and what it sent be ignored.
    assert answer["statusCode"] == (200 if name == "youtube" else 401)
    assert answer["body"] == "refused"
    assert nothing_queued(queued)


@pytest.mark.parametrize("name", ["standard", "tiktok", "wechat", "wecom", "weibo", "xiaohongshu"])
@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_signed_time_is_good_for_five_minutes(
    name: str, minutes: float, event: Any, context: Any, at: Any, queued: Any
) -> None:
    at(after(minutes))
    assert handler(event(f"receive-{name}"), context)["statusCode"] == 401
    assert nothing_queued(queued)


def test_one_channels_secret_opens_no_other(event: Any, context: Any, queued: Any) -> None:
    sent = event("receive-line")
    for channel in ("standard", "telegram", "wechat"):
        path = {"brand": BRAND, "channel": channel}
        assert handler(sent | {"pathParameters": path}, context)["statusCode"] == 401
    assert nothing_queued(queued)


def test_one_brands_secret_opens_no_other_brand(event: Any, context: Any, queued: Any) -> None:
    name = "/repartee/test/hooks/other/line"
    other = json.dumps({"platform": "line", "secret": "another"})
    clients.ssm().put_parameter(Name=name, Value=other, Type="SecureString", Overwrite=True)
    path = {"brand": "other", "channel": "line"}
    answer = handler(event("receive-line") | {"pathParameters": path}, context)
    assert answer["statusCode"] == 401
    assert nothing_queued(queued)


@pytest.mark.parametrize(
    "path",
    [
        {"brand": BRAND, "channel": "myspace"},
        {"brand": "nobody", "channel": "line"},
        {"brand": "../tokens/xiaoman", "channel": "line"},
        {"brand": "xiaoman/line", "channel": ""},
        {"brand": "晓满", "channel": "line"},
        {"brand": "XIAOMAN", "channel": "LINE"},
        {"brand": "a" * 5_000, "channel": "line"},
        {"brand": "xiaoman\n", "channel": "line"},
        {},
        None,
    ],
)
def test_who_guesses_a_name_reads_what_who_guesses_a_signature_reads(
    path: Any, event: Any, context: Any, queued: Any
) -> None:
    unknown = handler(event("receive-line") | {"pathParameters": path}, context)
    bad = handler(changed(event("receive-line"), "cut short"), context)
    assert unknown["statusCode"] == 404
    assert (unknown["body"], unknown["headers"]) == (bad["body"], bad["headers"])
    assert nothing_queued(queued)


def test_only_what_fits_comes_in(context: Any, queued: Any) -> None:
    assert handler(genuine(b" " * MAX_BODY), context)["statusCode"] == 200
    assert len(Delivery.from_json(queued("deliveries")[0]).body) == MAX_BODY
    assert handler(genuine(b" " * (MAX_BODY + 1)), context)["statusCode"] == 413
    assert nothing_queued(queued)


def test_what_is_compressed_is_not_unpacked(event: Any, context: Any, queued: Any) -> None:
    sent = event("receive-line")
    sent["headers"]["content-encoding"] = "gzip"
    assert handler(sent, context)["statusCode"] == 415
    assert nothing_queued(queued)


def test_a_handshake_is_answered_with_what_was_asked_and_queued_nowhere(
    event: Any, context: Any, queued: Any
) -> None:
    answer = handler(event("receive-wechat-handshake"), context)
    assert (answer["statusCode"], answer["body"]) == (200, "5836487463218967")
    assert answer["headers"]["content-type"].startswith("text/plain")
    assert answer["headers"]["x-content-type-options"] == "nosniff"
    assert nothing_queued(queued)


@pytest.mark.parametrize("name", ["facebook", "instagram", "threads", "whatsapp"])
def test_meta_is_told_that_the_address_is_ours_if_it_knows_the_verify_token(
    name: str, context: Any, queued: Any
) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    known = asked | {"hub.verify_token": HOOKS[name]["verify_token"]}
    answer = handler(call(Inbound("GET", {}, known, b""), name), context)
    assert (answer["statusCode"], answer["body"]) == (200, "1158201444")
    assert answer["headers"]["content-type"].startswith("text/plain")
    guessed = asked | {"hub.verify_token": "guess"}
    answer = handler(call(Inbound("GET", {}, guessed, b""), name), context)
    assert (answer["statusCode"], answer["body"]) == (403, "refused")
    assert nothing_queued(queued)


@pytest.mark.parametrize(
    "echo", ["%3Cscript%3Ealert(1)%3C/script%3E", "a%0Ab", "%E5%8D%B0", "a" * 513, ""]
)
def test_a_handshake_echoes_nothing_that_could_be_read_as_a_page(
    echo: str, event: Any, context: Any, queued: Any
) -> None:
    sent = event("receive-wechat-handshake")
    sent["rawQueryString"] = sent["rawQueryString"].replace("5836487463218967", echo)
    assert handler(sent, context)["body"] not in (echo, "<script>alert(1)</script>", "a\nb")
    assert nothing_queued(queued)


@pytest.mark.parametrize("name", HOOKS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_only_what_is_posted_is_a_delivery(
    name: str, method: str, event: Any, context: Any, queued: Any
) -> None:
    sent = event(f"receive-{name}")
    sent["requestContext"]["http"]["method"] = method
    asked = NO_DELIVERY.get(name, 405) if method == "GET" else 405
    assert handler(sent, context)["statusCode"] in (401, asked)
    assert nothing_queued(queued)


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "made up"}}, "SendMessage")


@pytest.mark.parametrize(
    "trouble",
    [
        refused("ThrottlingException"),
        refused("AWS.SimpleQueueService.NonExistentQueue"),
        EndpointConnectionError(endpoint_url="https://sqs.example"),
        queues.NotQueued("deliveries"),
    ],
)
def test_when_the_queue_is_down_the_platform_is_told_to_come_again(
    trouble: Exception, event: Any, context: Any, queued: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*what: Any, **more: Any) -> None:
        raise trouble

    with monkeypatch.context() as broken:
        broken.setattr(queues, "send", down)
        answer = handler(event("receive-line"), context)
    assert (answer["statusCode"], answer["body"]) == (503, "try again")
    assert "x-repartee-delivery" not in answer["headers"]
    assert handler(event("receive-line"), context)["statusCode"] == 200
    assert len(queued("deliveries")) == 1


def test_when_the_secrets_cannot_be_read_nobody_is_refused_for_good(
    event: Any, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(**what: Any) -> None:
        raise refused("ThrottlingException")

    monkeypatch.setattr(clients.ssm(), "get_parameter", down)
    assert handler(event("receive-line"), context)["statusCode"] == 503


def test_names_that_were_made_up_are_looked_up_once(
    event: Any, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    get = clients.ssm().get_parameter

    def counted(**what: Any) -> Any:
        asked.append(what["Name"])
        return get(**what)

    monkeypatch.setattr(clients.ssm(), "get_parameter", counted)
    sent = event("receive-line") | {"pathParameters": {"brand": "nobody", "channel": "line"}}
    for _ in range(5):
        assert handler(sent, context)["statusCode"] == 404
    assert asked == ["/repartee/test/hooks/nobody/line"]


def test_a_new_secret_and_the_one_before_are_good_at_once(
    event: Any, context: Any, queued: Any
) -> None:
    name = "/repartee/test/hooks/xiaoman/line-two"
    both = json.dumps({"platform": "line", "secret": "new", "previous_secret": "not-a-secret"})
    clients.ssm().put_parameter(Name=name, Value=both, Type="SecureString", Overwrite=True)
    path = {"brand": BRAND, "channel": "line-two"}
    assert handler(event("receive-line") | {"pathParameters": path}, context)["statusCode"] == 200
    assert len(queued("deliveries")) == 1


ODD = st.none() | st.text(max_size=30)
FIXTURE = HealthCheck.function_scoped_fixture


@settings(max_examples=60, deadline=None, suppress_health_check=[FIXTURE])
@given(
    body=ODD,
    headers=st.none()
    | st.dictionaries(
        st.sampled_from(
            ["X-Line-Signature", "Webhook-Id", "webhook-timestamp", "webhook-signature",
             "x-telegram-bot-api-secret-token", "content-encoding", "Content-Type"]
        ) | st.text(max_size=9),
        st.text(max_size=30),
    ),
    query=st.none() | st.text("signaturetmpnoce=&%é\x00;+0123456789", max_size=60),
    encoded=st.booleans() | st.none(),
    method=st.sampled_from(["GET", "POST", "PATCH", "", "é"]),
    channel=st.sampled_from(sorted(HOOKS)),
)  # fmt: skip
def test_whatever_anybody_sends_is_refused_in_so_many_words(
    body: Any, headers: Any, query: Any, encoded: Any, method: str, channel: str, context: Any
) -> None:
    sent = {
        "pathParameters": {"brand": BRAND, "channel": channel},
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {"http": {"method": method}},
        "body": body,
        "isBase64Encoded": encoded,
    }
    answer = handler(sent, context)
    assert answer["body"] == "refused" or answer["statusCode"] == 415
    # A hub of WebSub is told neither 401 nor what was wrong.
    asked = [400] if (channel, method) == ("x", "GET") else [401]
    assert answer["statusCode"] in ((200, 404, 415) if channel == "youtube" else (*asked, 415))
