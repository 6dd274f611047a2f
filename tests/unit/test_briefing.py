"""What an approver is shown: the stored matter, and what became of it, whoever asked for what."""

from typing import Any, get_args

import pytest

from desk.approval import Form, decide
from desk.briefing import Case, is_over, line_of, notice_of, outcome_of, view_of
from desk.escalation import Escalation, settled
from desk.mention import Reading, fingerprint
from desk.outbound import Reply, State, drafted
from desk.pages.view import View
from desk.playbook import Playbook
from tests.records import NOON, after, approval, draft, escalation, matter, mention, reply

NOW = after(20)
SPIKE = matter(
    kind="spike", cause="spike:漏水", title="漏水", count=12, usual=0.4, window_minutes=30
)
EVERY_STATE: tuple[State, ...] = get_args(State)


def case(playbook: Playbook, **change: Any) -> Case:
    fields: dict[str, Any] = {
        "approval": approval(),
        "escalation": escalation(taken=2, asked_at=(NOON, after(15)), joined=3),
        "playbook": playbook,
        "reply": draft(),
        "talk": (mention(), reply(state="sent", text="您好", sent_at=after(1))),
        "hold": "",
    }
    return Case(**fields | change)


def shown(found: Case, **change: Any) -> View:
    return view_of(found, NOW, limit=5000, length=10, unit="utf16", **change)


def settled_by(who: str, state: Any, outcome: str) -> Escalation:
    return settled(escalation(), state, who, outcome, "t1", after(10))


def test_a_page_is_its_approvers_own(playbook: Playbook) -> None:
    view = shown(case(playbook, approval=approval(approver="yijun")))
    assert (view.language, view.approver) == ("zh-Hant", playbook.approvers["yijun"].name)
    assert view.brand == playbook.name
    gone = shown(case(playbook, approval=approval(approver="left-us")))
    assert (gone.language, gone.approver) == ("en", "left-us")


def test_a_spike_that_the_next_scans_found_again_is_no_more_mentions(playbook: Playbook) -> None:
    seen_again = escalation(matter=SPIKE, joined=4)
    assert shown(case(playbook, escalation=seen_again, reply=None)).joined == 0


def test_a_page_shows_what_is_stored(playbook: Playbook) -> None:
    view = shown(case(playbook, hold="hold:brand|yijun|lids"))
    assert (view.draft, view.seen) == (draft().text, draft().fingerprint)
    assert view.minutes_left == 100
    assert view.joined == 2
    assert view.hold == "hold:brand|yijun|lids"
    assert [(line.who, line.text) for line in view.conversation] == [
        ("them", mention().text),
        ("us", "您好"),
    ]


def test_a_page_names_who_was_asked_and_when(playbook: Playbook) -> None:
    names = {name: one.name for name, one in playbook.approvers.items()}
    view = shown(case(playbook))
    assert [(one.name, one.at) for one in view.asked] == [
        (names["lin"], NOON),
        (names["yijun"], after(15)),
    ]
    often = escalation(taken=5, asked_at=tuple(after(minute) for minute in range(5)))
    asked = shown(case(playbook, escalation=often)).asked
    assert [one.name for one in asked[2:]] == [names["olena"], names["james"]] * 3


def test_a_page_says_what_the_reading_went_by_for_the_mention_in_question(
    playbook: Playbook,
) -> None:
    read = Reading(language="zh-Hans", reasons=("question:几点",))
    other = Reading(reasons=("negative:漏水",))
    talk = (mention(id="line:earlier", reading=other), mention(reading=read))
    assert shown(case(playbook, talk=talk)).reasons == ("unsure:0.30|0.40", "question:几点")
    assert shown(case(playbook, talk=talk[:1])).reasons == ("unsure:0.30|0.40",)


def test_what_came_back_in_a_refused_form_is_shown_and_is_no_other_approval(
    playbook: Playbook,
) -> None:
    view = shown(case(playbook), notice="too_long", text="太长", reason="why")
    assert (view.draft, view.reason, view.notice) == ("太长", "why", "too_long")
    assert view.seen == draft().fingerprint


def test_an_answer_that_an_approver_writes_alone_can_be_approved(playbook: Playbook) -> None:
    help_ = case(playbook, escalation=escalation(matter=matter(kind="help", reply="")), reply=None)
    view = shown(help_)
    assert view.seen == fingerprint("")
    blank = drafted(mention(), "", "pending", "t1", NOW, NOW - NOON, "by hand")
    verdict = decide(
        Form("approve", "您好，十点打烊。", "", view.seen), help_.approval, help_.escalation, blank,
        playbook, limit=5000, length=9, token="t2", now=NOW,
    )  # fmt: skip
    assert verdict.outcome == "approved"


def test_only_a_spike_has_figures(playbook: Playbook) -> None:
    assert shown(case(playbook)).topic is None
    topic = shown(case(playbook, escalation=escalation(matter=SPIKE), reply=None)).topic
    assert topic is not None
    assert (topic.title, topic.people, topic.usual, topic.window_minutes) == ("漏水", 12, 0.4, 30)


def test_who_has_taken_it_over_is_said(playbook: Playbook) -> None:
    taken = escalation(state="acknowledged", settled_by="yijun", settled_at=after(9))
    other = shown(case(playbook, escalation=taken)).taken
    assert other is not None
    assert (other.at, other.yours) == (after(9), False)
    mine = shown(case(playbook, escalation=taken, approval=approval(approver="yijun"))).taken
    assert mine is not None
    assert mine.yours
    assert shown(case(playbook)).taken is None


@pytest.mark.parametrize("state", EVERY_STATE)
def test_a_decided_reply_is_over_and_one_in_trouble_is_not(playbook: Playbook, state: Any) -> None:
    over = is_over(case(playbook, reply=reply(state=state)), NOW)
    assert over is (state in ("ready", "sending", "sent", "rejected"))


def test_a_matter_is_over_when_it_is_settled_or_its_link_has_expired(playbook: Playbook) -> None:
    assert not is_over(case(playbook), NOW)
    assert is_over(case(playbook), after(120))
    assert is_over(case(playbook, escalation=escalation(state="resolved")), NOW)
    assert not is_over(case(playbook, escalation=escalation(state="acknowledged")), NOW)


def decided(state: State, **change: Any) -> Reply:
    return draft(state=state, decided_by="lin", decided_at=after(10), **change)


@pytest.mark.parametrize(
    ("change", "result", "decision"),
    [
        pytest.param({"reply": decided("ready")}, "ready", "approve", id="approved"),
        pytest.param({"reply": decided("sent", sent_at=after(11))}, "sent", "approve", id="sent"),
        pytest.param({"reply": decided("rejected"),
                      "escalation": settled_by("lin", "resolved", "no")},
                     "rejected", "reject", id="rejected"),
        pytest.param({"reply": decided("rejected"),
                      "escalation": settled_by("lin", "acknowledged", "taken_over")},
                     "taken_over", "take_over", id="taken over"),
        pytest.param({"reply": None, "escalation": settled_by("lin", "acknowledged", "")},
                     "taken_over", "take_over", id="taken over, where nothing was proposed"),
        pytest.param({"reply": None, "escalation": settled_by("lin", "resolved", "no")},
                     "resolved", "reject", id="closed"),
        pytest.param({}, "expired", None, id="nobody decided"),
        pytest.param({"reply": draft(state="expired")}, "expired", None, id="swept"),
    ],
)  # fmt: skip
def test_the_outcome_is_what_is_stored(
    playbook: Playbook, change: dict[str, Any], result: str, decision: Any
) -> None:
    found = outcome_of(case(playbook, **change), NOW, fresh=False)
    assert (found.result, found.decision) == (result, decision)
    assert found.yours is (decision is not None)
    if decision is not None:
        assert found.decided_at == after(10)


def test_who_comes_second_is_told_whose_decision_counts(playbook: Playbook) -> None:
    late = case(playbook, reply=decided("ready"), approval=approval(approver="yijun"))
    found = outcome_of(late, NOW, fresh=False)
    assert (found.by, found.yours, found.fresh) == (playbook.approvers["lin"].name, False, False)
    taken = case(playbook, reply=None, escalation=settled_by("olena", "acknowledged", ""))
    assert outcome_of(taken, NOW, fresh=False).result == "acknowledged"


def test_the_outcome_shows_a_text_that_went_out_and_the_reason_of_one_that_did_not(
    playbook: Playbook,
) -> None:
    out = outcome_of(case(playbook, reply=decided("sent", text="十点")), NOW, fresh=False)
    assert (out.text, out.reason) == ("十点", "")
    no = outcome_of(case(playbook, reply=decided("rejected", reason="他没问")), NOW, fresh=False)
    assert (no.text, no.reason) == ("", "他没问")
    held = outcome_of(case(playbook, reply=decided("held", reason="no_control")), NOW, fresh=False)
    assert held.reason == "no_control"


def test_a_line_of_ours_bears_the_time_when_it_was_sent() -> None:
    assert line_of(reply(sent_at=after(7)), "晓满").at == after(7)
    assert line_of(reply(), "晓满").at == NOON


@pytest.mark.parametrize(
    ("outcome", "notice"),
    [("text_changed", "text_changed"), ("empty", "empty"), ("sent", ""), ("expired", "")],
)
def test_only_what_can_be_mended_is_said_as_a_notice(outcome: str, notice: str) -> None:
    assert notice_of(outcome) == notice
