"""When a source is asked, and what is said about one that is not well."""

from datetime import UTC, datetime, timedelta

import pytest

from desk import collecting
from desk.collecting import LONGEST_PAUSE, Flag, Watermark
from desk.polling import PLATFORM, SOURCE, Page, Poll
from desk.wire import Outbound, Response

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
POLL = Poll("feed", Outbound("GET", "https://example.org", {}, b""), 300.0)
FIRST = collecting.first("acme", "news", "feed", NOON)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def good(mark: Watermark, minute: float, content: str = "a", **page: float) -> Watermark:
    return collecting.answered(mark, Page(True, {"etag": content}, **page), content, after(minute))  # type: ignore[arg-type]


def bad(mark: Watermark, minute: float, wait: float | None = None, mute: bool = False) -> Watermark:
    return collecting.failed(mark, POLL, "HTTP 500", mute, wait, after(minute))


def flag(mark: Watermark, minute: float, poll: Poll = POLL) -> Flag:
    return collecting.health(mark, poll, after(minute)).flag


def test_a_source_is_asked_at_once_and_then_once_an_interval() -> None:
    assert collecting.due(None, POLL, NOON)
    mark = good(FIRST, 0)
    assert [collecting.due(mark, POLL, after(minute)) for minute in (0, 4.9, 5)] == [
        False,
        False,
        True,
    ]


def test_a_source_is_asked_as_fast_as_it_bears_where_people_watch() -> None:
    mark, slow = good(FIRST, 0), POLL._replace(every=1800.0)
    assert [collecting.due(mark, slow, after(minute), True) for minute in (0.9, 1)] == [False, True]
    assert not collecting.due(mark, slow, after(29))
    bears = slow._replace(fastest=900.0)
    assert [collecting.due(mark, bears, after(minute), True) for minute in (14, 15)] == [
        False,
        True,
    ]
    quick = POLL._replace(every=30.0)
    assert collecting.due(mark, quick, after(0.5), True), "never slower for being watched"
    assert not collecting.due(good(FIRST, 0, wait=3600.0), slow, after(59), True)


def test_a_source_that_wants_to_be_left_alone_is() -> None:
    mark = good(FIRST, 0, wait=3600.0)
    assert not collecting.due(mark, POLL, after(59))
    assert collecting.due(mark, POLL, after(60))


def test_each_failure_doubles_the_pause_up_to_six_hours() -> None:
    mark, pauses = FIRST, []
    for _ in range(10):
        mark = collecting.failed(mark, POLL, "HTTP 500", False, None, NOON)
        assert mark.wait_until is not None
        pauses.append(mark.wait_until - NOON)
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (5, 10, 20, 40)]
    assert pauses[-1] == LONGEST_PAUSE


def test_a_wait_that_was_asked_for_is_kept() -> None:
    assert bad(FIRST, 0, wait=1200.0).wait_until == after(20)
    assert bad(FIRST, 0, wait=1.0).wait_until == after(5)


def test_a_failure_leaves_the_marks_and_a_good_answer_clears_it() -> None:
    mark = bad(good(FIRST, 0), 5)
    assert (mark.marks, mark.failures, mark.error) == ({"etag": "a"}, 1, "HTTP 500")
    mark = good(mark, 10, "b")
    assert (mark.marks, mark.failures, mark.error, mark.wait_until) == ({"etag": "b"}, 0, "", None)


@pytest.mark.parametrize(("mute", "wanted"), [(True, "silent"), (False, "failing")])
def test_a_source_that_fails_is_flagged_within_two_intervals(mute: bool, wanted: Flag) -> None:
    mark = bad(good(FIRST, 0), 5, mute=mute)
    assert flag(mark, 5) == ""
    assert flag(mark, 10) == wanted
    assert flag(bad(mark, 10, mute=mute), 10) == wanted
    assert flag(good(mark, 10), 10) == ""


def test_a_source_that_never_answered_is_flagged_within_two_intervals() -> None:
    mark = bad(FIRST, 0, mute=True)
    assert [flag(mark, minute) for minute in (0, 9, 10)] == ["", "", "silent"]


def test_a_source_that_should_change_and_does_not_is_flagged_within_two_intervals() -> None:
    hourly = POLL._replace(changes=3600.0)
    mark = good(good(FIRST, 0), 60)
    assert mark.changed_at == NOON
    assert [flag(mark, minute, hourly) for minute in (60, 119, 120)] == ["", "", "frozen"]
    assert flag(good(mark, 121, "b"), 121, hourly) == ""


def test_a_source_that_may_be_quiet_is_never_frozen() -> None:
    assert flag(good(FIRST, 0), 60 * 24 * 30) == ""


def test_nothing_changed_keeps_the_time_of_the_last_change() -> None:
    mark = good(good(FIRST, 0), 5, "")
    assert (mark.hash, mark.changed_at, mark.answered_at) == ("a", NOON, after(5))


def test_a_run_that_is_fired_twice_makes_the_same_delivery() -> None:
    page = Response(200, {"content-type": "application/rss+xml"}, b"<rss/>")
    one = collecting.delivery(FIRST, "feed", 0, page, NOON, after(1))
    again = collecting.delivery(FIRST, "feed", 0, page, NOON, after(2))
    assert one.id == again.id
    assert one.headers == {
        "content-type": "application/rss+xml", PLATFORM: "feed", SOURCE: "feed"
    }  # fmt: skip
    others = {
        collecting.delivery(FIRST, "feed", 1, page, NOON, NOON).id,
        collecting.delivery(FIRST, "feed", 0, page, after(5), NOON).id,
        collecting.delivery(
            collecting.first("acme", "x", "feed", NOON), "feed", 0, page, NOON, NOON
        ).id,
    }
    assert len(others | {one.id}) == 4


def test_contents_are_told_apart_by_their_parts() -> None:
    assert collecting.digest([b"ab", b"c"]) != collecting.digest([b"a", b"bc"])
