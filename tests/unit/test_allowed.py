"""What a platform's rules let us say, by whom, when and how often, and what they allow instead."""

from datetime import timedelta
from typing import Any

import pytest

from desk.allowed import Speech, Verdict, allowed, channel_pace, longest_window
from desk.conversation import MAX_SAID, Conversation, Tally, times_counted
from desk.rulebook import Limit, Manner, Rate, RuleBook, Window
from tests.records import NOON, after

DAY = 24 * 3600.0
LIMITS = (Limit(10, "characters"), Limit(20, "bytes"))
RULES = RuleBook(
    ways={
        "message": Manner(
            LIMITS,
            windows=(
                Window(frozenset({"message"}), DAY, texts=3),
                Window(frozenset({"menu", "follow"}), 60.0, texts=1),
                Window(frozenset({"message"}), 7 * DAY, by_person=True, tag="HUMAN_AGENT"),
            ),
            rates=(Rate(2, 60.0, "conversation"), Rate(100, 3600.0, "channel")),
        ),
        "reply": Manner(LIMITS, links=1, summoned=True),
        "private": Manner(LIMITS, windows=(Window(frozenset({"comment"}), 7 * DAY),), once=True),
    },
    acknowledge=5.0,
)


def speech(**change: Any) -> Speech:
    usual = Speech("r1", "m1", "message", "您好", by_person=False)
    return usual._replace(**change)


def judged(one: Speech, head: Conversation | None = None, minutes: float = 0.0) -> Verdict:
    return allowed(one, head or Conversation(), RULES, after(minutes))


def heard(**openings: float) -> Conversation:
    """A head in which people did those things so many minutes after noon."""
    head = Conversation()
    for opening, minutes in openings.items():
        head = head.hears(opening, after(minutes))  # type: ignore[arg-type]
    return head


def said(head: Conversation, *minutes: float) -> Conversation:
    for number, at in enumerate(minutes):
        head = head.says(f"old{number}", f"before{number}", after(at), once=False)
    return head


@pytest.mark.parametrize(
    ("one", "head", "minutes", "kind", "instead"),
    [
        (speech(), heard(message=0), 0, None, ()),
        (speech(), heard(message=0), 24 * 60 - 1, None, ()),
        (speech(), heard(message=0), 24 * 60, "window_closed", ("by_person",)),
        (speech(by_person=True), heard(message=0), 24 * 60, None, ()),
        (speech(by_person=True), heard(message=0), 7 * 24 * 60, "window_closed", ("nothing",)),
        (speech(), heard(), 0, "window_closed", ("nothing",)),
        (speech(opened_by="message", opened_at=NOON), heard(), 1, None, ()),
        (speech(opened_by="comment", opened_at=NOON), heard(), 1, "window_closed", ("nothing",)),
        (speech(), heard(follow=0), 0.9, None, ()),
        (speech(), heard(follow=0), 1, "window_closed", ("nothing",)),
        (speech(), said(heard(follow=0), 0.1), 0.5, "window_closed", ("nothing",)),
        (speech(), said(heard(message=0), 5, 10, 15), 20, "window_closed", ("by_person",)),
        (speech(), said(heard(message=0), 5, 10), 20, None, ()),
        (speech(), said(heard(message=20), 5, 10, 15), 21, None, ()),
        (speech(), said(heard(message=0), 4.5, 4.6), 5, "rate_limited", ("wait",)),
        (speech(text="  \n"), heard(message=0), 0, "permanent", ("nothing",)),
        (speech(text="x" * 11), heard(message=0), 0, "too_long", ("shorten",)),
        (speech(text="茶" * 7), heard(message=0), 0, "too_long", ("shorten",)),
        (speech(way="post"), heard(), 0, "permanent", ("in_public",)),
        (speech(way="post", mention=""), heard(), 0, "permanent", ("nothing",)),
        (speech(way="reply", summoned=True), heard(), 0, None, ()),
        (speech(way="reply"), heard(comment=0), 0, "permission", ("in_private",)),
        (speech(way="private"), heard(comment=0), 7 * 24 * 60 - 1, None, ()),
        (speech(way="private"), heard(comment=0), 7 * 24 * 60, "window_closed", ("nothing",)),
        (speech(way="private"), heard(mention=0), 0, "window_closed", ("nothing",)),
    ],
)  # fmt: skip
def test_a_text_is_allowed_or_what_is_allowed_instead_is_said(
    one: Speech, head: Conversation, minutes: float, kind: str | None, instead: tuple[str, ...]
) -> None:
    verdict = judged(one, head, minutes)
    assert (verdict.kind, verdict.instead) == (kind, instead)
    assert bool(verdict.detail) == (kind is not None)
    assert (verdict.again_at is not None) == (kind == "rate_limited")


def test_links_are_counted_once_each() -> None:
    rules = RuleBook({"reply": Manner((Limit(99, "characters"),), links=1)}, acknowledge=1.0)
    same, two = "https://a.example https://a.example", "https://a.example http://b.example"
    for text, kind in ((same, None), (two, "permanent")):
        verdict = allowed(speech(way="reply", text=text), Conversation(), rules, NOON)
        assert verdict.kind == kind


def test_the_tag_is_that_of_the_window_it_goes_into() -> None:
    late = speech(by_person=True)
    assert judged(late, heard(message=0), 5).tag == ""
    assert judged(late, heard(message=0), 48 * 60).tag == "HUMAN_AGENT"


def test_who_has_to_wait_may_speak_when_the_time_is_over() -> None:
    head = said(heard(message=0), 4.5, 4.6)
    again = judged(speech(), head, 5).again_at
    assert again == after(5.5)
    assert allowed(speech(), head, RULES, again).kind is None


def test_a_claim_that_comes_twice_is_counted_once() -> None:
    head = said(heard(message=0), 5, 10)
    for minutes in (20, 21, 22):
        assert judged(speech(), head, minutes).kind is None
        head = head.says("r1", "m1", after(minutes), once=False)
    assert len(head.said) == 3
    assert head.said[-1] == after(22)


def test_a_private_reply_is_given_once_to_each_comment() -> None:
    head = heard(comment=0).says("r1", "m1", after(1), once=True)
    assert judged(speech(way="private"), head, 2).kind is None, "the same reply, claimed again"
    assert judged(speech(way="private", id="r2"), head, 2).kind == "window_closed"
    assert judged(speech(way="private", id="r2", mention="m2"), head, 2).kind is None


def test_what_comes_late_opens_no_less() -> None:
    head = heard(message=10).hears("message", after(5))
    assert head.heard == {"message": after(10)}
    assert head.hears("menu", after(5)).heard["menu"] == after(5)


def test_a_head_forgets_the_oldest_texts() -> None:
    head = Conversation()
    for number in range(MAX_SAID + 5):
        head = head.says(f"r{number}", "m", after(number), once=True)
    assert len(head.said) == len(head.said_by) == MAX_SAID
    assert head.said[0] == after(5)
    assert Conversation.model_validate_json(head.model_dump_json()) == head


def test_a_channel_is_paced_by_all_that_goes_out_on_it() -> None:
    manner, tally = RULES.ways["message"], Tally()
    given = 0
    now = NOON
    times: list[float] = []
    for _ in range(400):
        pace = channel_pace(manner, tally, now)
        if pace is None:
            given += 1
            tally = tally.plus(times_counted(manner), now)
            times.append(now.timestamp())
            now += timedelta(seconds=10)
        else:
            assert pace.again_at is not None
            assert pace.again_at > now
            now = pace.again_at
    assert given > 250
    for end in times:
        assert sum(end - 3600 < at <= end for at in times) <= 100
    assert Tally.model_validate_json(tally.model_dump_json()) == tally
    assert len(tally.counts["3600"]) <= 14


def test_the_longest_window_of_an_opening_is_known() -> None:
    assert longest_window(RULES, "message", "message") == 7 * DAY
    assert longest_window(RULES, "message", "follow") == 60.0
    assert longest_window(RULES, "message", "comment") is None
    assert longest_window(RULES, "reply", "message") is None
    assert longest_window(RULES, "post", None) is None
