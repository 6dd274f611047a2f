"""Every five minutes: what is new is queued once, and one source's trouble stays its own."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cloud import aws as clients, fetcher, queues, rooms, secrets, store
from desk.collecting import Watermark
from desk.mention import Mention
from desk.polling import PLATFORM, SOURCE
from desk.wire import Delivery, NotSent, Outbound, Response, Unknown
from functions.collect.app import Uncollected, handler
from functions.triage.app import handler as triage
from tests.conftest import READS
from tests.records import BRAND, NOON, after
from tests.unit.test_room import room

pytestmark = pytest.mark.usefixtures("at")
Answer = Response | NotSent | Unknown
FEED = b"""<rss version="2.0"><channel><item><title>Tea is back</title><guid>g-1</guid>
<link>https://news.example.org/1</link></item></channel></rss>"""


@pytest.fixture(autouse=True)
def reads(aws: None) -> Callable[..., None]:
    """Nothing is read but what a test sets."""

    def put(channel: str, **value: str) -> None:
        clients.ssm().put_parameter(
            Name=f"/repartee/test/reads/{BRAND}/{channel}",
            Value=json.dumps(value),
            Type="SecureString",
            Overwrite=True,
        )

    for brand, channel in secrets.reads():
        clients.ssm().delete_parameter(Name=f"/repartee/test/reads/{brand}/{channel}")
    return put


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What each address answers, and in `calls` what was asked."""
    answers: dict[str, Any] = {"calls": []}

    def fetch(call: Outbound, base: str = "") -> Answer:
        answers["calls"].append(call)
        answer = answers[call.url.partition("?")[0]]
        return answer.pop(0) if isinstance(answer, list) else answer  # type: ignore[no-any-return]

    monkeypatch.setattr(fetcher, "fetch", fetch)
    return answers


@pytest.fixture
def collect(context: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], dict[str, int]]:
    """Runs it so many minutes after noon."""

    def run(minute: float) -> dict[str, int]:
        moment = after(minute)
        monkeypatch.setattr("cloud.clock.now", lambda: moment)
        return handler({"time": moment.isoformat().replace("+00:00", "Z")}, context)

    return run


def mark(channel: str = "news", source: str = "feed") -> Watermark:
    return store.watermarks(BRAND, channel)[source]


URL = "https://news.example.org/tea.xml"


def feed(reads: Any, channel: str = "news", url: str = URL, **more: str) -> None:
    reads(channel, platform="feed", url=url, **more)


def test_a_hot_list_is_read_at_its_paths_and_a_title_is_heard_once_in_each_band(
    reads: Any, web: Any, collect: Any, queued: Any, context: Any
) -> None:
    address = "https://lists.example.org/hot"
    reads("hot", platform="hotlist", url=address, items="body.rows", title="t", changes="600")
    rows = [{"t": f"story {number}"} for number in range(12)]
    risen = [{"t": "story 11"}, *rows[:11]]
    web[address] = [
        Response(200, {}, json.dumps({"body": {"rows": one}}).encode())
        for one in (rows, rows, risen)
    ]
    for minute, fresh in ((0, 12), (5, 0), (10, 3)):
        collect(minute)
        for message in queued("deliveries"):
            record = {"messageId": "1", "body": message, "eventSource": "aws:sqs"}
            assert triage({"Records": [record]}, context) == {"batchItemFailures": []}
        heard = [one for one in store.feed(BRAND, after(minute - 1), after(minute + 1))
                 if isinstance(one, Mention)]  # fmt: skip
        assert len(heard) == fresh
    assert {one.text for one in heard} == {"story 11", "story 2", "story 9"}


def test_a_feed_is_queued_as_it_came_with_its_platform_and_its_source(
    reads: Any, web: Any, collect: Any, queued: Any
) -> None:
    feed(reads)
    web[URL] = Response(200, {"etag": '"1"', "content-type": "text/xml"}, FEED)
    assert collect(0) == {f"{BRAND}/news": 1}
    [message] = queued("deliveries")
    delivery = Delivery.from_json(message)
    assert (delivery.brand, delivery.channel, delivery.body) == (BRAND, "news", FEED)
    assert delivery.headers == {"content-type": "text/xml", PLATFORM: "feed", SOURCE: "feed"}
    assert (mark().marks, mark().asked_at, mark().changed_at) == ({"etag": '"1"'}, NOON, NOON)


def test_and_triage_reads_it_though_the_channel_has_no_hooks(
    reads: Any, web: Any, collect: Any, queued: Any, context: Any
) -> None:
    feed(reads)
    web[URL] = Response(200, {}, FEED)
    collect(0)
    [message] = queued("deliveries")
    record = {"messageId": "1", "body": message, "eventSource": "aws:sqs"}
    assert triage({"Records": [record]}, context) == {"batchItemFailures": []}
    [heard] = store.feed(BRAND, NOON, after(1))
    assert (heard.platform, heard.text) == ("feed", "Tea is back")  # type: ignore[union-attr]
    assert heard.said_at == heard.heard_at  # type: ignore[union-attr]


def test_what_has_not_changed_is_asked_for_by_its_mark_and_not_queued_again(
    reads: Any, web: Any, collect: Any, queued: Any
) -> None:
    feed(reads)
    same = Response(200, {"etag": '"1"'}, FEED)
    web[URL] = [same, Response(304, {}, b""), same]
    assert [sum(collect(minute).values()) for minute in (0, 5, 10)] == [1, 0, 0]
    assert [call.headers.get("if-none-match") for call in web["calls"]] == [None, '"1"', '"1"']
    assert (mark().answered_at, mark().changed_at) == (after(10), NOON)


def test_a_run_that_is_fired_twice_asks_once(
    reads: Any, web: Any, collect: Any, queued: Any
) -> None:
    feed(reads)
    web[URL] = Response(200, {}, FEED)
    assert [sum(collect(0).values()), sum(collect(0).values())] == [1, 0]
    assert len(web["calls"]) == 1


def test_a_channels_own_interval_is_kept(reads: Any, web: Any, collect: Any) -> None:
    feed(reads, every="900")
    web[URL] = Response(304, {}, b"")
    for minute in (0, 5, 10, 15):
        collect(minute)
    assert len(web["calls"]) == 2


def test_while_a_room_is_open_each_run_asks_who_bears_it(
    reads: Any, web: Any, collect: Any
) -> None:
    feed(reads, every="1800")
    feed(reads, "other", f"{URL}?b", every="1800")
    web[URL] = Response(200, {}, FEED)
    for minute in (0, 5, 10):
        collect(minute)
    assert len(web["calls"]) == 2
    store.add_room(room(opened_at=after(12), until=after(22)))
    rooms.forget()
    web[URL] = [Response(200, {}, FEED), Response(503, {}, b""), Response(200, {}, FEED)]
    for minute in (15, 20):
        collect(minute)
    asked = [call.url for call in web["calls"][2:]]
    assert asked == [URL, f"{URL}?b", URL], "and who is in trouble is left alone"
    rooms.forget()
    collect(25)
    assert len(web["calls"]) == 5, "the room has closed"


def test_marks_are_stored_after_what_they_mark_is_queued(
    reads: Any, web: Any, collect: Any, queued: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(reads)
    web[URL] = Response(200, {"etag": '"1"'}, FEED)
    with monkeypatch.context() as broken:

        def down(*_: Any, **__: Any) -> None:
            raise queues.NotQueued("deliveries")

        broken.setattr(queues, "send", down)
        with pytest.raises(Uncollected):
            collect(0)
    assert store.watermarks(BRAND, "news") == {}
    assert collect(5) == {f"{BRAND}/news": 1}


def test_one_source_that_fails_does_not_stop_the_others(reads: Any, web: Any, collect: Any) -> None:
    reads("broken", platform="feed")
    clients.ssm().put_parameter(
        Name=f"/repartee/test/reads/{BRAND}/garbled", Value="{not json", Type="SecureString"
    )
    feed(reads, "dead", "https://dead.example/")
    feed(reads)
    web["https://dead.example/"] = NotSent("unreachable", "OSError", 30)
    web[URL] = Response(200, {}, FEED)
    with pytest.raises(Uncollected) as said:
        collect(0)
    assert set(said.value.args) == {f"{BRAND}/broken", f"{BRAND}/garbled"}
    assert mark().failures == 0
    assert (mark("dead").error, mark("dead").mute) == ("OSError", True)


def test_a_source_that_does_not_answer_is_flagged_once_within_two_intervals(
    reads: Any, web: Any, collect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(reads)
    lines: list[str] = []
    monkeypatch.setattr("functions.collect.app.logger.error", lambda line, **_: lines.append(line))
    web[URL] = Unknown("no_answer:TimeoutError")
    for minute in (0, 5, 10, 15, 20, 25):
        collect(minute)
        assert lines == (["source flagged"] if minute >= 5 else []), minute
    assert (mark().flag, mark().failures) == ("silent", 3)
    web[URL] = Response(200, {}, FEED)
    for minute in (30, 35, 40):
        collect(minute)
    assert mark().flag == ""


def test_a_frozen_source_is_flagged(reads: Any, web: Any, collect: Any) -> None:
    feed(reads, changes="3600")
    web[URL] = Response(200, {}, FEED)
    for minute in range(0, 125, 5):
        collect(minute)
        assert mark().flag == ("frozen" if minute >= 120 else ""), minute


def test_retry_after_is_heeded(reads: Any, web: Any, collect: Any) -> None:
    feed(reads)
    web[URL] = [Response(503, {"retry-after": "1800"}, b""), Response(304, {}, b"")]
    for minute in range(0, 35, 5):
        collect(minute)
    assert len(web["calls"]) == 2
    assert mark().answered_at == after(30)


def bluesky(*uris: str) -> Response:
    listed = [
        {"uri": f"at://did:plc:ada/app.bsky.feed.post/{uri}", "cid": f"c{uri}", "reason": "mention",
         "author": {"did": "did:plc:ada", "handle": "ada.example"},
         "record": {"text": "hi", "createdAt": f"2026-03-01T12:00:0{uri}Z"},
         "indexedAt": f"2026-03-01T12:00:0{uri}Z"}
        for uri in uris
    ]  # fmt: skip
    return Response(200, {}, json.dumps({"notifications": listed}).encode())


def test_a_platform_is_signed_in_to_once_and_its_past_is_left_as_it_is(
    reads: Any, web: Any, collect: Any, queued: Any
) -> None:
    reads("sky", **READS["bluesky"])
    base = "https://bsky.social/xrpc"
    session = {"accessJwt": "jwt", "did": "did:plc:me"}
    web[f"{base}/com.atproto.server.createSession"] = Response(
        200, {}, json.dumps(session).encode()
    )
    web[f"{base}/app.bsky.notification.listNotifications"] = [
        bluesky("2", "1"),
        bluesky("3", "2", "1"),
        Response(400, {}, b'{"error": "ExpiredToken", "message": "Token has expired"}'),
        bluesky("4", "3", "2"),
    ]
    made = [collect(minute)[f"{BRAND}/sky"] for minute in (0, 5, 10, 15)]
    assert made == [0, 1, 0, 1]
    asked = [call.url.rpartition(".")[2].partition("?")[0] for call in web["calls"]]
    assert asked.count("createSession") == 2


def test_a_sign_in_that_is_refused_is_the_sources_trouble(
    reads: Any, web: Any, collect: Any
) -> None:
    reads("sky", **READS["bluesky"])
    web["https://bsky.social/xrpc/com.atproto.server.createSession"] = Response(401, {}, b"{}")
    assert collect(0) == {f"{BRAND}/sky": 0}
    assert mark("sky", "notifications").error == "sign-in refused: HTTP 401"


def test_of_two_runs_that_read_the_same_mark_one_writes(reads: Any, web: Any, collect: Any) -> None:
    feed(reads)
    web[URL] = Response(304, {}, b"")
    collect(0)
    before = mark()
    ours = before.model_copy(update={"asked_at": after(5)})
    theirs = before.model_copy(update={"asked_at": after(10)})
    assert store.keep_watermark(before, ours)
    assert not store.keep_watermark(before, theirs)
    assert store.keep_watermark(before, ours), "a write whose answer was lost"
