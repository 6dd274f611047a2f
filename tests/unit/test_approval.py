"""A decision on the page: what each of them leads to, and what is refused with nothing changed."""

from typing import Any

import pytest

from desk.approval import Form, Verdict, decide, expiry, token_hash
from desk.control import Hold
from desk.mention import fingerprint
from desk.outbound import ANSWER_LIFE
from desk.playbook import Playbook
from tests.records import BOOK, LINK, after, approval, draft, escalation, matter, reply

NOW = after(5)


def verdict(action: Any = "approve", **change: Any) -> Verdict:
    reply = change.pop("reply", draft())
    form = Form(
        action,
        change.pop("text", reply.text if reply else "我们每天十点到十点。"),
        change.pop("reason", ""),
        change.pop("seen", reply.fingerprint if reply else ""),
        change.pop("to", ""),
        change.pop("wrong", False),
    )
    fields: dict[str, Any] = {
        "approval": approval(),
        "escalation": escalation(taken=1),
        "limit": 100,
        "length": 10,
        "token": "t1",
        "now": NOW,
        "playbook": BOOK,
    }
    return decide(form, reply=reply, **fields | change)


def refused(found: Verdict, outcome: str) -> bool:
    return found == Verdict(outcome, refused=True)


def test_a_yes_makes_the_answer_ready_and_ends_the_matter() -> None:
    found = verdict()
    assert (found.outcome, found.refused, found.takes_over) == ("approved", False, False)
    assert found.reply is not None
    assert (found.reply.state, found.reply.token) == ("ready", "t1")
    assert (found.reply.decided_by, found.reply.decided_at) == ("lin", NOW)
    assert not found.reply.automatic
    assert found.reply.expires_at == NOW + ANSWER_LIFE
    assert found.reply.original == ""
    assert found.escalation is not None
    assert (found.escalation.state, found.escalation.settled_by) == ("resolved", "lin")


def test_a_changed_text_is_what_goes_out_and_the_proposed_one_is_kept() -> None:
    found = verdict(text="您好，十点打烊。")
    assert found.reply is not None
    assert (found.reply.text, found.reply.original) == ("您好，十点打烊。", draft().text)


def test_a_yes_starts_the_tries_anew() -> None:
    found = verdict(reply=draft(state="failed", tries=5, not_before=after(60)))
    assert found.reply is not None
    assert (found.reply.tries, found.reply.not_before) == (0, None)


def test_a_no_ends_the_answer_and_the_matter_with_its_reason() -> None:
    found = verdict("reject", reason="他问的不是我们")
    assert found.outcome == "rejected"
    assert found.reply is not None
    assert (found.reply.state, found.reply.reason) == ("rejected", "rejected_for:他问的不是我们")
    assert found.escalation is not None
    assert found.escalation.state == "resolved"
    assert found.escalation.outcome == "rejected_for:他问的不是我们"
    assert verdict("reject").escalation == found.escalation.model_copy(
        update={"outcome": "rejected"}
    )


def test_who_takes_over_has_the_conversation_and_no_automatic_answer_goes_out() -> None:
    found = verdict("take_over")
    assert (found.outcome, found.takes_over) == ("taken_over", True)
    assert found.reply is not None
    assert (found.reply.state, found.reply.reason) == ("rejected", "taken_over")
    assert found.escalation is not None
    assert (found.escalation.state, found.escalation.settled_by) == ("acknowledged", "lin")


def test_a_matter_without_an_answer_can_be_taken_or_closed_and_not_approved() -> None:
    assert verdict("take_over", reply=None).reply is None
    assert verdict("reject", reply=None).outcome == "rejected"
    assert refused(verdict(reply=None), "nothing_to_send")


@pytest.mark.parametrize("action", ["approve", "reject", "take_over"])
@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        pytest.param({"now": after(120)}, "expired", id="the very moment it expires"),
        pytest.param({"now": after(9_999)}, "expired", id="long expired"),
        pytest.param({"reply": reply(state="ready")}, "ready", id="decided before"),
        pytest.param({"reply": reply(state="sending")}, "sending", id="on its way"),
        pytest.param({"reply": reply(state="sent")}, "sent", id="sent"),
        pytest.param({"reply": reply(state="rejected")}, "rejected", id="rejected before"),
        pytest.param({"escalation": escalation(state="resolved")}, "resolved", id="settled"),
        pytest.param({"escalation": escalation(state="acknowledged", settled_by="yijun")},
                     "acknowledged", id="somebody else has it"),
    ],
)  # fmt: skip
def test_what_is_over_cannot_be_decided_again(
    action: Any, change: dict[str, Any], outcome: str
) -> None:
    assert refused(verdict(action, **change), outcome)


@pytest.mark.parametrize("state", ["pending", "held", "failed", "unconfirmed", "expired"])
@pytest.mark.parametrize(
    ("action", "end"), [("approve", "ready"), ("reject", "rejected"), ("take_over", "rejected")]
)
def test_whatever_waits_for_a_person_can_be_decided(state: Any, action: str, end: str) -> None:
    found = verdict(action, reply=draft(state=state))
    assert not found.refused
    assert found.reply is not None
    assert found.reply.state == end


def test_who_has_taken_a_matter_over_may_still_end_it() -> None:
    mine = escalation(state="acknowledged", settled_by="lin")
    assert verdict("reject", escalation=mine, reply=None).outcome == "rejected"


@pytest.mark.parametrize("seen", ["", fingerprint("another text"), fingerprint("")])
def test_a_yes_to_another_text_than_the_stored_one_is_refused(seen: str) -> None:
    assert refused(verdict(seen=seen), "text_changed")


def test_a_no_needs_no_text_to_have_been_seen() -> None:
    assert verdict("reject", seen="").outcome == "rejected"


@pytest.mark.parametrize("text", ["", "  \n\t "])
def test_an_empty_text_cannot_be_approved(text: str) -> None:
    assert refused(verdict(text=text), "empty")


def test_a_text_may_be_as_long_as_the_platform_takes_and_no_longer() -> None:
    assert verdict(limit=100, length=100).outcome == "approved"
    assert refused(verdict(limit=100, length=101), "too_long")
    words = BOOK.model_copy(update={"forbidden_words": ("最好",), "domains": ("xiaoman.example",)})
    for text in ("這是最好的茶。", "见 https://elsewhere.example"):
        assert refused(verdict(playbook=words, text=text), "not_our_words")
    assert verdict(playbook=words, text="见 https://xiaoman.example/a").outcome == "approved"


def test_a_link_dies_with_its_matter_and_never_later_than_a_day() -> None:
    assert expiry(NOW, 30) == after(35)
    assert expiry(NOW, 24 * 60) == expiry(NOW, 99 * 60) == after(24 * 60 + 5)


def test_of_a_link_only_the_hash_is_kept_and_any_other_token_has_another() -> None:
    assert LINK not in approval().model_dump_json()
    changed = [LINK[:-1], LINK + "=", LINK + " ", LINK.upper(), LINK.swapcase(), "", "\ud800"]
    assert token_hash(LINK) not in {token_hash(other) for other in changed}


# ------------------------------------------------------------------ who may decide


def book(**change: Any) -> Playbook:
    return BOOK.model_copy(update=change)


LEADS = book(tiers={"severe": "lead"})
TWO = book(tiers={"severe": "two_persons"})
SEVERE = escalation(taken=1, risk="severe")


@pytest.mark.parametrize("action", ["approve", "reject", "take_over"])
def test_an_operator_cannot_end_what_is_a_leads(action: Any) -> None:
    assert refused(verdict(action, escalation=SEVERE, playbook=LEADS), "not_yours")
    lead = verdict(action, escalation=SEVERE, playbook=LEADS, approval=approval(approver="yijun"))
    assert not lead.refused
    routine = verdict(action, playbook=LEADS)
    assert not routine.refused


@pytest.mark.parametrize("action", ["approve", "reject", "take_over"])
def test_who_has_left_the_playbook_decides_nothing(action: Any) -> None:
    assert refused(verdict(action, approval=approval(approver="gone")), "not_yours")


def test_anybody_who_was_asked_may_hand_on_and_stop() -> None:
    for action in ("hand_on", "hold_topic"):
        found = verdict(action, to="yijun", escalation=SEVERE, playbook=LEADS)
        assert not found.refused


def test_a_first_yes_is_kept_and_another_persons_sends() -> None:
    first = verdict(escalation=SEVERE, playbook=TWO)
    assert (first.outcome, first.refused) == ("first_yes", False)
    assert first.reply is not None
    assert (first.reply.state, first.reply.first_yes_by) == ("pending", "lin")
    assert first.reply.decided_by == ""
    second = verdict(
        reply=first.reply, escalation=SEVERE, playbook=TWO, approval=approval(approver="yijun"),
        now=after(6),
    )  # fmt: skip
    assert second.outcome == "approved"
    assert second.reply is not None
    assert (second.reply.state, second.reply.decided_by) == ("ready", "yijun")
    assert second.reply.first_yes_by == "lin"


def half(**change: Any) -> Any:
    fields = {"first_yes_by": "lin", "first_yes_at": after(3)} | change
    return draft(**fields)


def test_the_same_person_is_not_two() -> None:
    assert refused(verdict(reply=half(), escalation=SEVERE, playbook=TWO), "yes_already")


def test_of_two_persons_one_is_a_lead() -> None:
    mei = approval(approver="mei")
    found = verdict(reply=half(), escalation=SEVERE, playbook=TWO, approval=mei)
    assert refused(found, "needs_lead")
    by_lead = half(first_yes_by="olena")
    found = verdict(reply=by_lead, escalation=SEVERE, playbook=TWO, approval=mei)
    assert found.outcome == "approved"


def test_a_changed_text_needs_two_yeses_of_its_own() -> None:
    found = verdict(
        reply=half(), text="另一句话", escalation=SEVERE, playbook=TWO,
        approval=approval(approver="yijun"),
    )  # fmt: skip
    assert found.outcome == "first_yes"
    assert found.reply is not None
    assert (found.reply.first_yes_by, found.reply.text) == ("yijun", "另一句话")
    assert found.reply.original == draft().text
    back = verdict(reply=found.reply, escalation=SEVERE, playbook=TWO, now=after(7))
    assert back.outcome == "approved"


def test_one_no_ends_what_needs_two_yeses() -> None:
    found = verdict("reject", reply=half(), escalation=SEVERE, playbook=TWO)
    assert found.outcome == "rejected"


def test_a_first_yes_from_before_a_decision_is_none() -> None:
    held = half(state="held", decided_by="yijun", decided_at=after(4))
    link = approval(made_at=after(5))
    found = verdict(reply=held, escalation=SEVERE, playbook=TWO, approval=link, now=after(6))
    assert found.outcome == "first_yes"


def test_who_may_say_the_second_yes_is_asked_at_once_unless_somebody_was() -> None:
    alone = verdict(escalation=SEVERE, playbook=TWO).escalation
    assert alone is not None
    assert (alone.state, alone.due_at, alone.taken) == ("open", NOW, 1)
    others = escalation(taken=2, risk="severe", asked_at=(NOW, NOW))
    assert verdict(escalation=others, playbook=TWO).escalation is None


def test_a_written_answer_that_needs_two_waits_with_its_first_yes() -> None:
    mine = escalation(state="acknowledged", settled_by="lin", risk="severe", taken=1)
    blank = draft(text="")
    found = verdict(reply=blank, text="您好，请先别用。", escalation=mine, playbook=TWO, now=NOW)
    assert found.outcome == "first_yes"
    assert found.reply is not None
    assert found.reply.text == "您好，请先别用。"
    assert found.escalation is not None
    assert (found.escalation.state, found.escalation.settled_by) == ("open", "")


# ------------------------------------------------------------------ on, and stop


def test_it_is_handed_on_to_somebody_by_name() -> None:
    found = verdict("hand_on", to="james")
    assert found == Verdict("handed_on", to="james")


def test_nobody_is_asked_a_fourth_time_by_handing_on() -> None:
    often = escalation(taken=3, asked_at=(NOW,) * 3, told=(("james",),) * 3)
    assert refused(verdict("hand_on", to="james", escalation=often), "asked_enough")


@pytest.mark.parametrize("to", ["", "lin", "nobody", "James"])
def test_it_is_handed_on_to_somebody_else_who_is_there(to: str) -> None:
    assert refused(verdict("hand_on", to=to), "choose_whom")


@pytest.mark.parametrize(
    ("about", "scope"),
    [
        ({}, "topic:question"),
        ({"kind": "spike", "cause": "spike:watch:lid", "category": ""}, "topic:watch:lid"),
        ({"kind": "spike", "cause": "spike:漏水", "category": ""}, "topic:word:漏水"),
        ({"kind": "spike", "cause": "spike:crisis:app", "category": ""}, "topic:complaint:app"),
    ],
)
def test_to_stop_a_topic_makes_a_hold_with_name_and_reason_and_ends_nothing(
    about: dict[str, Any], scope: str
) -> None:
    found = verdict("hold_topic", reason="batch", escalation=escalation(matter=matter(**about)))
    assert found.hold == Hold(scope=scope, by="lin", reason="batch", at=NOW)
    assert (found.reply, found.escalation) == (None, None)


def test_where_there_is_no_topic_nothing_can_be_stopped() -> None:
    bare = escalation(matter=matter(category=""))
    assert refused(verdict("hold_topic", escalation=bare), "no_topic")


# ------------------------------------------------------------------ once, and how it is judged


@pytest.mark.parametrize("state", ["held", "failed", "unconfirmed", "expired"])
@pytest.mark.parametrize("action", ["approve", "reject", "take_over"])
def test_a_link_is_good_for_one_decision(state: Any, action: Any) -> None:
    """What happens to the answer afterwards is asked about with a link of its own."""
    decided = draft(state=state, decided_by="lin", decided_at=after(4))
    assert refused(verdict(action, reply=decided), state)
    fresh = approval(made_at=after(4))
    assert not verdict(action, reply=decided, approval=fresh).refused


def test_a_wrong_answer_is_rejected_as_such() -> None:
    bare, why = verdict("reject", wrong=True), verdict("reject", wrong=True, reason="他没问")
    assert bare.reply is not None
    assert why.reply is not None
    assert (bare.reply.wrong, bare.reply.reason) == (True, "wrong")
    assert why.reply.reason == "wrong_for:他没问"
