"""A decision on the page: what each of them leads to, and what is refused with nothing changed."""

from typing import Any

import pytest

from desk.approval import Form, Verdict, decide, expiry, token_hash
from desk.mention import fingerprint
from desk.outbound import ANSWER_LIFE
from tests.records import BOOK, LINK, after, approval, draft, escalation, reply

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


def test_a_link_dies_with_its_matter_and_never_later_than_a_day() -> None:
    assert expiry(NOW, 30) == after(35)
    assert expiry(NOW, 24 * 60) == expiry(NOW, 99 * 60) == after(24 * 60 + 5)


def test_of_a_link_only_the_hash_is_kept_and_any_other_token_has_another() -> None:
    assert LINK not in approval().model_dump_json()
    changed = [LINK[:-1], LINK + "=", LINK + " ", LINK.upper(), LINK.swapcase(), "", "\ud800"]
    assert token_hash(LINK) not in {token_hash(other) for other in changed}
