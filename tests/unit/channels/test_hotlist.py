"""Hot lists of several makers, heard as publications that rise."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from desk.channels import hotlist
from desk.channels.hotlist import Standing, standing
from desk.polling import SOURCE
from desk.wire import Address, BadSignature, Inbound, Item, Response, Undecodable, Unknown

NOBODY: frozenset[str] = frozenset()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MILLISECONDS = int(NOON.timestamp() * 1000)

NEWSNOW = {
    "status": "success", "id": "weibo", "updatedTime": MILLISECONDS,
    "items": [
        {"title": "初雪落在西湖", "url": "https://l.example/1", "extra": {"info": "56.7万"}},
        {"title": "奶茶第一口", "url": "javascript:alert(1)"},
    ],
}  # fmt: skip
DAILYHOT = {
    "code": 200, "name": "zhihu", "updateTime": "2026-03-01T12:00:00.000Z",
    "data": [{"title": "初雪落在西湖", "hot": 1234567, "mobileUrl": "https://l.example/m"}],
}  # fmt: skip
WEIBO = {"ok": 1, "data": {"realtime": [{"word": "初雪落在西湖", "num": 98765, "rank": 0}]}}
OWN = {"body": {"rows": [{"n": {"t": "first snow"}, "at": 7, "w": "3.2k"}], "when": "1772366400"}}


def heard(told: Any, **mapping: str) -> list[Item]:
    [poll] = hotlist.poll({}, {"url": "https://lists.example/s", **mapping})
    return hotlist.parse(json.dumps(told).encode(), {SOURCE: poll.source}, NOBODY)


def test_the_lists_of_three_makers_need_no_paths() -> None:
    first, second = heard(NEWSNOW)
    assert (first.text, first.permalink) == ("初雪落在西湖", "https://l.example/1")
    assert (first.type, first.created_at, first.reply_candidate) == ("post", NOON, False)
    assert standing(first.context or "") == Standing(1, 567_000)
    assert (second.permalink, standing(second.context or "")) == (None, Standing(2, None))
    [one] = heard(DAILYHOT)
    assert (one.text, one.permalink, one.created_at) == (first.text, "https://l.example/m", NOON)
    assert standing(one.context or "") == Standing(1, 1_234_567)
    [one] = heard(WEIBO)
    assert (one.text, standing(one.context or "")) == (first.text, Standing(1, 98_765))


def test_a_list_of_another_shape_is_read_at_the_paths_that_are_named() -> None:
    [one] = heard(
        OWN, items="body.rows", title="n.t", rank="at", heat="w", time="body.when", name="mine"
    )
    assert (one.text, one.author_name, one.created_at) == ("first snow", "mine", NOON)
    assert standing(one.context or "") == Standing(7, 3200)
    with pytest.raises(Undecodable):
        heard(OWN, items="body.none")


def test_a_title_is_one_publication_in_each_band_of_each_list() -> None:
    def ids(place: int, **mapping: str) -> tuple[str | None, str | None]:
        rows = [{"title": f"t{number}"} for number in range(1, 30)]
        rows.insert(place - 1, {"title": "climbs"})
        one = heard({"items": rows}, **mapping)[place - 1]
        return one.message_id, one.conversation_id

    assert ids(29) == ids(11)
    assert ids(10) == ids(4)
    assert ids(3) == ids(1)
    assert len({ids(29), ids(10), ids(3)}) == 3
    assert len({ids(29)[1], ids(10)[1], ids(3)[1]}) == 1
    assert ids(3) != ids(3, name="another list")
    assert ids(3)[1] == ids(3, name="another list")[1]


@pytest.mark.parametrize(
    "body",
    [b"", b"<rss/>", b"1", b'"x"', b"{}", b'{"items": {}}', b'{"data": {"realtime": 3}}', b"\xff"],
)
def test_what_is_no_list_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        hotlist.parse(body, {}, NOBODY)


def test_rows_of_anything_are_skipped_and_an_empty_list_reports_nothing() -> None:
    rows: list[Any] = [None, 3, [], {}, {"title": ""}, {"title": " "}, {"title": 7}, {"title": "x"}]
    assert [one.text for one in heard({"items": rows})] == ["x"]
    assert heard({"items": []}) == []
    assert len(heard({"items": [{"title": f"t{n}"} for n in range(999)]})) == hotlist.MAX_ROWS


@pytest.mark.parametrize("heat", [True, -1, 1e300, "NaN", "inf", "much", "", None, [], "1e400"])
def test_a_heat_that_is_none_counts_as_unknown(heat: Any) -> None:
    [one] = heard({"items": [{"title": "x", "hot": heat}]})
    assert standing(one.context or "") == Standing(1, None)


@pytest.mark.parametrize("rank", [0, -1, 10_000, "first", None, 1.5])
def test_a_rank_that_is_none_is_the_place_in_the_list(rank: Any) -> None:
    [one] = heard({"items": [{"title": "x", "rank": rank}]}, rank="rank")
    assert standing(one.context or "") == Standing(1, None)


def test_a_context_of_something_else_has_no_standing() -> None:
    for context in ("", "rank=x", "post", "heat=3"):
        assert standing(context) is None


def test_the_paths_travel_as_the_source_and_a_list_is_asked_as_a_feed_is() -> None:
    [poll] = hotlist.poll({}, {"url": "https://lists.example/s", "changes": "1800"})
    assert (poll.source, poll.every, poll.changes) == ("list", 300.0, 1800.0)
    [poll] = hotlist.poll({}, {"url": "https://lists.example/s", "items": "a.b", "every": "900"})
    assert (poll.source, poll.every, poll.changes) == ("items=a.b", 900.0, None)


def test_nothing_comes_by_webhook_and_nothing_is_said() -> None:
    with pytest.raises(BadSignature):
        hotlist.verify(Inbound("POST", {}, {}, b"{}"), {}, 0)
    with pytest.raises(KeyError):
        hotlist.compose(Address(platform="hotlist"), "x", "k", {})
    assert isinstance(hotlist.outcome(Response(200, {}, b"{}")), Unknown)
