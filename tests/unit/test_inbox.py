"""An approver's inbox: some messages come by themselves, a storm comes as a digest."""

from datetime import datetime, timedelta

from desk.inbox import FEW, MOST_WAITING, PAUSE, WINDOW, Inbox, counted, emptied, is_full, put_aside
from desk.mention import Risk
from tests.records import NOON, after


def offered(box: Inbox, name: str, risk: Risk, now: datetime) -> Inbox:
    """The inbox after what becomes of a matter: it is sent, or put aside."""
    return put_aside(box, name, now) if is_full(box, name, risk, now) else counted(box, now)


def filled(count: int, minute: float = 0) -> Inbox:
    box = Inbox()
    for number in range(count):
        assert not is_full(box, f"e{number}", "severe", after(minute))
        box = counted(box, after(minute))
    return box


def test_what_comes_now_and_then_goes_out_by_itself() -> None:
    box = Inbox()
    for number in range(100):
        box = offered(box, f"e{number}", "routine", after(number * 2))
        assert (box.waiting, box.due_at) == ((), None)
    assert len(box.sent) <= WINDOW / timedelta(minutes=2)


def test_beyond_some_in_ten_minutes_what_comes_waits_for_one_message() -> None:
    box = filled(FEW["routine"])
    for number in range(50):
        box = offered(box, f"w{number}", "routine", after(1 + number / 60))
    assert (len(box.waiting), box.due_at) == (50, after(1) + PAUSE)
    assert len(box.sent) == FEW["routine"]


def test_what_is_severe_still_comes_by_itself_for_a_while() -> None:
    assert not is_full(filled(FEW["routine"]), "s", "severe", NOON)
    assert is_full(filled(FEW["severe"]), "s", "severe", NOON)


def test_what_waits_already_waits_once_however_often_it_is_offered() -> None:
    box = offered(filled(30), "w", "routine", NOON)
    assert offered(box, "w", "severe", after(1)) == box
    assert offered(box, "w", "severe", after(60)).waiting == ("w",)


def test_after_a_digest_what_is_left_waits_for_the_next() -> None:
    box = filled(30)
    for name in "abc":
        box = offered(box, name, "routine", NOON)
    left = emptied(box, {"a", "c"}, after(2))
    assert (left.waiting, left.due_at) == (("b",), after(2) + PAUSE)
    assert left.sent[-1] == after(2)
    assert emptied(left, {"b"}, after(4)).due_at is None


def test_a_list_without_end_is_counted_and_not_kept() -> None:
    box = filled(30)
    for number in range(MOST_WAITING + 7):
        box = offered(box, f"w{number}", "routine", NOON)
    assert (len(box.waiting), box.beyond) == (MOST_WAITING, 7)
    assert emptied(box, {"w0"}, after(2)).beyond == 0


def test_ten_thousand_matters_in_an_hour_are_no_more_messages_than_anybody_reads() -> None:
    box, single, digests = Inbox(), 0, 0
    for number in range(10_000):
        now = after(number * 60 / 10_000)
        single += not is_full(box, f"e{number}", "sensitive", now)
        box = offered(box, f"e{number}", "sensitive", now)
        if box.due_at is not None and now >= box.due_at:
            digests += 1
            box = emptied(box, set(box.waiting[:8]), now)
    assert single <= 6 * FEW["sensitive"]
    assert digests <= 30
