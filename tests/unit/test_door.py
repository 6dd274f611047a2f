"""The last judgement before anything is said: what may go out, and what becomes of the rest."""

from datetime import timedelta
from typing import Any

import pytest

from desk.allowed import Verdict
from desk.conversation import (
    HOUR,
    Asked,
    Automatic,
    Conversation,
    Correspondent,
    Fate,
    Hourly,
    Tally,
)
from desk.door import Known, Ruling, carried_out, judge, ruling_of
from desk.mention import fingerprint
from desk.outbound import ANSWER_LIFE, Reply, claim
from desk.playbook import Caps, Hours, Pace, Playbook
from desk.rulebook import Limit, Manner, RuleBook, Window
from tests.records import NOON, after, reply

LEASE = timedelta(minutes=2)
SAID = fingerprint("请问今晚几点打烊呀？")
OTHER = fingerprint("退款！")
MENTION = "line:mention"
RULES = RuleBook(
    ways={
        "message": Manner((Limit(20, "characters"),)),
        "reply": Manner(
            (Limit(20, "characters"),), windows=(Window(frozenset({"comment"}), 24 * HOUR),)
        ),
    },
    acknowledge=5.0,
)


def claimed(**change: Any) -> Reply:
    usual = {"author": "line:author", "said_at": NOON, "said": SAID}
    made = claim(reply(**usual | change), "t1", change.get("made_at", NOON), LEASE).reply
    assert made is not None
    return made


def approved(**change: Any) -> Reply:
    return claimed(**{"automatic": False, "decided_by": "lin", "decided_at": NOON} | change)


def automatic(name: str, minutes: float = 0, **change: Any) -> Automatic:
    usual = {
        "reply": f"line:{name}", "mention": f"line:m-{name}", "conversation": "line:conversation",
        "author": "line:author", "script": name, "said_at": after(minutes), "at": after(minutes),
    }  # fmt: skip
    return Automatic.model_validate(usual | change)


def asked(mention: str, seconds: float, **change: Any) -> Asked:
    usual = {
        "mention": mention,
        "conversation": "line:conversation",
        "said_at": after(seconds / 60),
    }
    return Asked.model_validate(usual | change)


def ruled(playbook: Playbook, one: Reply | None = None, minutes: float = 0, **known: Any) -> Ruling:
    return judge(Known(one or claimed(), playbook, RULES, **known), after(minutes))


@pytest.fixture
def strict(playbook: Playbook) -> Playbook:
    """The example brand with small caps, and two words of its own."""
    change = {
        "caps": Caps(conversation=2, author=3, rule=4, brand=5, same_script_hours=24),
        "pace": Pace(burst_seconds=120),
        "hours": None,
        "forbidden_words": ("最好",),
        "domains": ("xiaoman.example",),
    }
    return playbook.model_copy(update=change)


def test_what_nothing_stands_against_goes_out(strict: Playbook) -> None:
    assert ruled(strict) == Ruling("sending")
    assert ruled(strict, approved()) == Ruling("sending")


# ------------------------------------------------------- whoever wrote or approved it


@pytest.mark.parametrize("one", [claimed(), approved()], ids=["automatic", "approved"])
@pytest.mark.parametrize(
    ("fate", "wanted"),
    [
        (Fate(deleted=True, at=after(1), heard_at=after(1)), Ruling("rejected", "gone")),
        (
            Fate(text=fingerprint("退款！"), at=after(1), heard_at=after(1)),
            Ruling("held", "changed"),
        ),
        (Fate(text=SAID, at=after(1), heard_at=after(1)), Ruling("sending")),
    ],
)
def test_what_is_gone_gets_no_answer_and_what_changed_goes_to_a_person(
    strict: Playbook, one: Reply, fate: Fate, wanted: Ruling
) -> None:
    assert ruled(strict, one, fate=fate) == wanted


def test_who_approved_after_the_change_has_seen_it(strict: Playbook) -> None:
    fate = Fate(text=OTHER, at=after(1), heard_at=after(1))
    seen = approved(decided_at=after(2))
    assert ruled(strict, seen, 2, fate=fate) == Ruling("sending")
    gone = Fate(deleted=True, at=after(1), heard_at=after(1))
    assert ruled(strict, seen, 2, fate=gone).to == "rejected"


def test_nothing_is_said_to_our_own_account(strict: Playbook) -> None:
    ours = strict.accounts["line"]
    one = approved()
    to_us = one.model_copy(update={"address": one.address.__class__("line", author=ours)})
    assert ruled(strict, to_us) == Ruling("rejected", "to_ourselves")


@pytest.mark.parametrize("by_hand", [False, True])
@pytest.mark.parametrize(
    ("text", "why"),
    [("這是最好的", "forbidden_word:最好"), ("见 evil.com", "foreign_link:evil.com")],
)
def test_a_forbidden_word_and_a_foreign_link_are_held_whoever_wrote_them(
    strict: Playbook, text: str, why: str, by_hand: bool
) -> None:
    assert ruled(strict, approved(text=text, by_hand=by_hand)) == Ruling("held", why)
    assert ruled(strict, claimed(text=text)) == Ruling("held", why)


def test_the_platforms_rules_hold_for_everybody(strict: Playbook) -> None:
    long = "茶" * 21
    why = "not_allowed:too_long|shorten|21 of at most 20 characters"
    assert ruled(strict, approved(text=long)) == Ruling("failed", why)
    assert ruled(strict, claimed(text=long)) == Ruling("failed", why)


def test_what_only_time_stands_against_on_the_platform_waits() -> None:
    verdict = Verdict("rate_limited", "1 in 1 s", ("wait",), after(1))
    assert ruling_of(verdict) == Ruling(
        "ready", "not_allowed:rate_limited|wait|1 in 1 s", again_at=after(1)
    )
    assert ruling_of(Verdict(None, tag="HUMAN_AGENT")).tag == "HUMAN_AGENT"


# ------------------------------------------------------- what is automatic


def test_nothing_automatic_is_said_where_a_person_answers(strict: Playbook) -> None:
    head = Conversation().takes_over("lin", NOON)
    assert ruled(strict, head=head) == Ruling("held", "taken_over")
    assert ruled(strict, approved(), head=head) == Ruling("sending")


def test_what_a_person_says_in_the_console_takes_the_conversation_for_a_day(
    strict: Playbook,
) -> None:
    head = Conversation().overhears("somebody", NOON).overhears("somebody", after(9))
    late = claimed(said_at=after(24 * 60))
    assert ruled(strict, late, 24 * 60, head=head) == Ruling("held", "taken_over")
    assert ruled(strict, late, 24 * 60 + 9, head=head) == Ruling("sending")
    kept = Conversation().takes_over("lin", NOON).overhears("somebody at line", after(1))
    assert kept.is_taken(after(24 * 60 * 30))
    assert kept.taken_over_by == "lin"


def test_what_may_be_a_persons_is_waited_for(strict: Playbook) -> None:
    head = Conversation().waits(after(4)).waits(after(3))
    assert ruled(strict, head=head) == Ruling("ready", "perhaps_a_person", again_at=after(4))
    assert ruled(strict, head=head, minutes=4) == Ruling("sending")


def test_an_old_mention_is_answered_by_a_person(strict: Playbook) -> None:
    old = strict.stale_minutes
    assert ruled(strict, minutes=old) == Ruling("sending")
    assert ruled(strict, minutes=old + 0.1) == Ruling("held", f"stale:{old:g}")
    assert ruled(strict, approved(), old + 0.1) == Ruling("sending")


def test_of_several_messages_in_a_row_the_last_is_answered(strict: Playbook) -> None:
    burst = tuple(asked(f"line:{number}", number) for number in range(5))
    author = Correspondent(asked=burst)
    for number in range(5):
        one = claimed(mention=f"line:{number}", said_at=after(number / 60))
        wanted = Ruling("sending") if number == 4 else Ruling("rejected", "merged:line:4")
        assert ruled(strict, one, author=author) == wanted


def test_of_what_was_said_in_one_second_the_last_that_was_heard_counts(strict: Playbook) -> None:
    author = Correspondent(asked=(asked("line:a", 0), asked(MENTION, 0), asked("line:b", 0)))
    assert ruled(strict, author=author) == Ruling("rejected", "merged:line:b")
    author = Correspondent(asked=(asked("line:a", 0), asked(MENTION, 0)))
    assert ruled(strict, author=author) == Ruling("sending")


@pytest.mark.parametrize("seconds", [-60, 60])
def test_where_a_person_was_asked_about_a_burst_they_answer_all_of_it(
    strict: Playbook, seconds: float
) -> None:
    author = Correspondent(asked=(asked(MENTION, 0), asked("line:grave", seconds, person=True)))
    assert ruled(strict, author=author) == Ruling("rejected", "merged:line:grave")


@pytest.mark.parametrize(
    "change", [{"conversation": "line:elsewhere"}, {"said_at": after(2)}], ids=["place", "time"]
)
def test_what_was_said_elsewhere_or_later_is_no_part_of_it(
    strict: Playbook, change: dict[str, Any]
) -> None:
    author = Correspondent(asked=(asked(MENTION, 0), asked("line:other", 30, **change)))
    assert ruled(strict, author=author) == Ruling("sending")


def test_a_second_answer_in_a_row_is_merged_and_another_answer_needs_a_yes(
    strict: Playbook,
) -> None:
    one = claimed(said_at=after(1))
    same = Correspondent(automatic=(automatic("hours"),))
    assert ruled(strict, one, author=same) == Ruling("rejected", "merged:line:m-hours")
    other = Correspondent(automatic=(automatic("prices"),))
    assert ruled(strict, one, author=other) == Ruling("held", "just_answered:line:m-prices")
    assert ruled(strict, claimed(said_at=after(2)), author=other) == Ruling("sending")
    assert ruled(strict, approved(said_at=after(1)), author=same) == Ruling("sending")


def test_who_has_the_answer_of_a_burst_keeps_it(strict: Playbook) -> None:
    mine = automatic("hours", reply="line:reply", mention=MENTION)
    author = Correspondent(asked=(asked(MENTION, 0), asked("line:later", 5)), automatic=(mine,))
    assert ruled(strict, author=author) == Ruling("sending")


def test_without_bursts_every_message_is_answered(strict: Playbook) -> None:
    loose = strict.model_copy(update={"pace": Pace(burst_seconds=0)})
    author = Correspondent(asked=(asked(MENTION, 0), asked("line:b", 0)))
    assert ruled(loose, author=author) == Ruling("sending")


@pytest.mark.parametrize(
    ("ago", "wanted"),
    [(24 * 60 - 1, Ruling("held", "capped:conversation|2")), (24 * 60, Ruling("sending"))],
)
def test_a_conversation_has_its_cap_in_24_hours(
    strict: Playbook, ago: float, wanted: Ruling
) -> None:
    said = tuple(automatic(f"s{n}", -ago, author=f"line:{n}") for n in range(2))
    assert ruled(strict, head=Conversation(automatic=said)) == wanted
    assert ruled(strict, approved(), head=Conversation(automatic=said)) == Ruling("sending")


def test_an_author_has_a_cap_over_all_conversations(strict: Playbook) -> None:
    said = tuple(automatic(f"s{n}", -60, conversation=f"line:{n}") for n in range(3))
    assert ruled(strict, author=Correspondent(automatic=said)) == Ruling("held", "capped:author|3")


def test_a_claim_that_comes_again_is_not_counted_against_itself(strict: Playbook) -> None:
    mine = automatic("hours", -60, reply="line:reply")
    head = Conversation(automatic=(mine, automatic("other", -60, author="line:somebody")))
    assert ruled(strict, head=head) == Ruling("sending")
    assert head.answers(mine) == Conversation(automatic=(head.automatic[1], mine))


def test_nobody_gets_the_same_answer_twice_in_a_conversation_within_a_day(
    strict: Playbook,
) -> None:
    said = Conversation(automatic=(automatic("hours", -23 * 60),))
    assert ruled(strict, head=said) == Ruling("held", "said_before:1440")
    others = Conversation(automatic=(automatic("hours", -23 * 60, author="line:somebody"),))
    assert ruled(strict, head=others) == Ruling("sending")


@pytest.mark.parametrize(("what", "most"), [("rule", 4), ("brand", 5)])
def test_what_exceeds_an_hours_cap_waits_for_the_next(
    strict: Playbook, what: str, most: int
) -> None:
    def so_far(tally: Tally) -> Hourly:
        return Hourly(rules={reply().rule: tally}) if what == "rule" else Hourly(brand=tally)

    tally = Tally()
    for minute in range(most):
        assert ruled(strict, None, minute, hourly=so_far(tally)) == Ruling("sending")
        tally = tally.plus((HOUR,), after(minute))
    ruling = ruled(strict, None, most, hourly=so_far(tally))
    assert (ruling.to, ruling.reason) == ("ready", f"capped:{what}|{most}")
    assert ruling.again_at is not None
    assert after(60) <= ruling.again_at <= after(70)
    assert tally.within(HOUR, ruling.again_at) < most


def test_an_hour_forgets_the_rules_that_had_none_in_it() -> None:
    hourly = Hourly().plus("ask-hours", NOON, "one").plus("ask-coupon", after(30), "two")
    later = hourly.plus("ask-coupon", after(80), "three")
    assert {*later.rules} == {"ask-coupon"}
    assert later.rules["ask-coupon"].within(HOUR, after(80)) == 2
    assert later.brand.within(HOUR, after(80)) == 2


# ------------------------------------------------------- opening hours


def closed(playbook: Playbook, outside: str) -> Playbook:
    """Closed at noon, from which it is 18 hours to the next opening."""
    week = dict.fromkeys(("tue", "wed"), ("06:00-11:00",))
    hours = Hours.model_validate({"time_zone": "Asia/Shanghai", "week": week, "outside": outside})
    return playbook.model_copy(update={"hours": hours})


def test_outside_of_hours_the_playbook_says_what_becomes_of_an_answer(strict: Playbook) -> None:
    opens = after(18 * 60)
    assert ruled(closed(strict, "answer")) == Ruling("sending")
    assert ruled(closed(strict, "ask")) == Ruling("held", "closed")
    assert ruled(closed(strict, "wait")) == Ruling(
        "ready", "closed", opens, opens + ANSWER_LIFE, opens
    )
    assert ruled(closed(strict, "ask"), approved()) == Ruling("sending")


def test_what_waits_for_the_opening_is_not_stale_by_then(strict: Playbook) -> None:
    shop = closed(strict, "wait")
    waits = carried_out(claimed(tries=1), ruled(shop), "t2", NOON)
    opens = after(18 * 60)
    assert (waits.state, waits.not_before, waits.tries) == ("ready", opens, 1)
    assert waits.expires_at == opens + ANSWER_LIFE
    again = claim(waits, "t3", opens, LEASE).reply
    assert ruled(shop, again, 18 * 60) == Ruling("sending")
    assert ruled(shop, again, 18 * 60 + shop.stale_minutes + 1).to == "held"


def test_what_the_platforms_window_would_not_outlast_goes_to_a_person_at_once(
    strict: Playbook,
) -> None:
    shop = closed(strict, "wait")
    one = claimed(opened_by="comment", opened_at=NOON)
    public = one.model_copy(update={"address": one.address.__class__("line", way="reply")})
    assert ruled(shop, public).expires_at == after(18 * 60) + ANSWER_LIFE
    early = public.model_copy(update={"opened_at": after(-7 * 60)})
    assert ruled(shop, early) == Ruling("held", "closed")
    between = public.model_copy(update={"opened_at": after(-5 * 60)})
    assert ruled(shop, between).expires_at == after(19 * 60)


# ------------------------------------------------------- carrying it out


@pytest.mark.parametrize("to", ["held", "failed", "rejected"])
def test_what_may_not_go_out_ends_with_its_reason(to: Any) -> None:
    then = carried_out(claimed(), Ruling(to, "because"), "t2", NOON)
    assert (then.state, then.reason, then.token) == (to, "because", "t2")


def test_a_change_that_is_older_or_comes_again_changes_nothing() -> None:
    first = Fate(text="a", at=after(1), heard_at=after(3))
    later = Fate(text="b", at=after(2), heard_at=after(2))
    assert first.then(later) == later.then(first) == later
    gone = Fate(deleted=True, at=NOON, heard_at=after(9))
    assert gone.then(later) == later.then(gone) == gone
