"""Bodies made to break a parser, signed as the platform would sign them, through the webhook door.

Nothing that is signed is dropped, whatever is in it: it is queued as it came, once, and read or set
aside. Nothing brings an answer of 5xx. REPARTEE_BODIES names how many bodies of each format.
"""

import json
import os
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from cli.signing import signed
from cloud import queues, secrets
from cloud.settings import settings as surroundings
from desk import channels
from desk.wire import MAX_BODY, Delivery, Inbound, Item, Undecodable
from desk.xml import MAX_XML
from functions.receive.app import handler
from tests.conftest import HOOKS, build_environment
from tests.integration.test_receive import call
from tests.records import BRAND, NOON
from tests.unit.channels.test_every_platform import JSON, OBJECTS, RAW, TAGS, WORDS

BODIES = int(os.environ.get("REPARTEE_BODIES", "300"))
FAST = settings(
    max_examples=BODIES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


class Body(bytes):
    """Bytes that show themselves in few words where a test fails."""

    def __repr__(self) -> str:
        return f"{bytes(self[:80])!r} of {len(self)}"


_NASTY = [
    b"", b"\0", b"\xff\xfe<\0", "<\ud800>".encode("utf-8", "surrogatepass"), b"[" * 100_000,
    b'{"a":' * 50_000, b"9" * 300_000, b'{"events":[' + b"{}," * 20_000 + b"{}]}",
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><xml>&c;</xml>',
    b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><xml/>', b"<a>" * 20_000, b"<xml>" + b"&#0;" * 9,
    b"<xml><![CDATA[", b"payload=%ED%A0%80", b"payload=" + b"%5B" * 50_000, b"a=1&" * 50_000,
    b"payload={}&payload=[]", b"x" * (MAX_BODY + 1), b" " * (10 * 1024 * 1024)
]  # fmt: skip
NASTY = st.integers(0, len(_NASTY) - 1).map(_NASTY.__getitem__)
TEXTS = st.text(st.characters(exclude_categories=()), max_size=40)
FORMATS: dict[str, st.SearchStrategy[bytes]] = {
    "json": NASTY | RAW | st.binary() | (JSON | OBJECTS).map(lambda it: json.dumps(it).encode()),
    "xml": NASTY
    | st.lists(st.tuples(TAGS, WORDS | TEXTS)).map(
        lambda fields: "".join(
            f"<{tag}><![CDATA[{value}]]></{tag}>" for tag, value in [("xml", ""), *fields]
        ).encode("utf-8", "surrogatepass")
    )
    | st.lists(st.tuples(TAGS, WORDS | TEXTS)).map(
        lambda fields: (
            "<xml>" + "".join(f"<{tag}>{value}</{tag}>" for tag, value in fields) + "</xml>"
        ).encode("utf-8", "surrogatepass")
    ),
    "form": NASTY
    | (JSON | OBJECTS).map(lambda it: urlencode({"payload": json.dumps(it)}).encode())
    | st.dictionaries(TEXTS, TEXTS).map(
        lambda fields: "&".join(
            f"{quote(name, errors='surrogatepass')}={quote(value, errors='surrogatepass')}"
            for name, value in fields.items()
        ).encode()
    ),
}
SEALED = ("wechat", "wecom", "xiaohongshu")
"""Who encrypts, and sends envelopes of some kilobytes at the most."""
HEADERS = {"form": {"content-type": "application/x-www-form-urlencoded"}}


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What reaches the queue, without one: fifty thousand times a real one would take hours."""
    build_environment(monkeypatch.setenv)
    surroundings.cache_clear()
    taken: list[str] = []
    monkeypatch.setattr(queues, "send", lambda queue, bodies: taken.extend(bodies))
    monkeypatch.setattr(secrets, "hook", lambda brand, channel: HOOKS.get(channel))
    monkeypatch.setattr("cloud.clock.now", lambda: NOON)
    yield taken
    surroundings.cache_clear()


@pytest.mark.timeout(0)
@pytest.mark.parametrize("kind", FORMATS)
def test_nothing_signed_is_dropped_and_nothing_breaks(
    kind: str, queued: list[str], context: Any
) -> None:
    @FAST
    @given(name=st.sampled_from(sorted(HOOKS)), body=FORMATS[kind].map(Body))
    def one(name: str, body: bytes) -> None:
        request = signed(name, body, HOOKS[name], NOON.timestamp(), "41", "n0nce")
        request = request._replace(headers={**request.headers, **HEADERS.get(kind, {})})
        arrived(name, request, queued, context)

    one()


def arrived(name: str, request: Inbound, queued: list[str], context: Any) -> None:
    """A genuine request is answered and queued once, as it came; then read, or set aside."""
    queued.clear()
    answer = handler(call(request, name, **encoded(request.body)), context)
    if len(request.body) > MAX_BODY:
        assert (answer["statusCode"], queued) == (413, [])
        return
    if name in SEALED and len(request.body) > MAX_XML:
        assert (answer["statusCode"], queued) == (401, []), "no envelope is as large as that"
        return
    assert 200 <= answer["statusCode"] < 300
    module = channels.platform(name)
    if not queued:
        assert module.handshake(request, HOOKS[name]) is not None
        return
    [message] = queued
    delivery = Delivery.from_json(message)
    assert (delivery.brand, delivery.channel, delivery.body) == (BRAND, name, request.body)
    try:
        items = module.parse(
            module.clear(delivery.body, HOOKS[name]), delivery.headers, frozenset()
        )
    except Undecodable:
        return
    assert all(isinstance(item, Item) for item in items)
    assert json.dumps([item.facts() for item in items]).encode()


def encoded(body: bytes) -> dict[str, Any]:
    """A body as the gateway hands on what is no text."""
    return {"body": b64encode(body).decode(), "isBase64Encoded": True}
