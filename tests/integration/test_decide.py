"""Deciding on the approval page: one decision of one person counts, once, and is what is told."""

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest

from cloud import aws as clients, matters, queues, store
from desk.escalation import Escalation, Kind
from desk.mention import fingerprint
from desk.outbound import Key, Reply, reply_id
from functions.decide.app import handler
from tests.records import (
    BRAND,
    LINK,
    OTHER_LINK,
    after,
    approval,
    draft,
    escalation,
    matter,
    mention,
    reply,
)

pytestmark = pytest.mark.usefixtures("a_draft")
At = Callable[[datetime], None]
Everything = Callable[[], list[str]]
Queued = Callable[[str], list[str]]


def stored() -> Reply:
    found = store.reply(BRAND, "line:conversation", "line:reply")
    assert found is not None
    return found


def opened() -> Escalation:
    found = store.escalation(BRAND, escalation().id)
    assert found is not None
    return found


def heading(answer: dict[str, Any]) -> str:
    [found] = re.findall(r"<h1>(.*?)</h1>", answer["body"])
    return re.sub(r"<.*?>", "", found)


def test_a_yes_queues_the_answer_and_ends_the_matter(
    event: Any, context: Any, queued: Queued
) -> None:
    sent = event("decide-approve")
    form = dict(parse_qsl(b64decode(sent["body"]).decode()))
    store.move(draft(), draft(text=form["text"], token="t1"))
    answer = handler(sent, context)
    assert answer["statusCode"] == 200
    assert (stored().state, stored().decided_by, stored().automatic) == ("ready", "lin", False)
    assert (opened().state, opened().settled_by) == ("resolved", "lin")
    [message] = queued("outbound")
    assert Key.model_validate_json(message) == draft().key
    assert list(store.open_escalations(BRAND)) == []


def test_a_changed_text_goes_out_in_place_of_the_proposed_one(decide: Any, queued: Queued) -> None:
    decide(text="您好，\r\n十点打烊。")
    assert (stored().text, stored().original) == ("您好，\n十点打烊。", draft().text)
    assert len(queued("outbound")) == 1


def test_a_no_sends_nothing(decide: Any, queued: Queued) -> None:
    assert decide("reject", reason="他问的是别家")["statusCode"] == 200
    assert stored().state == "rejected"
    assert "他问的是别家" in stored().reason
    assert opened().state == "resolved"
    assert queued("outbound") == []


def test_who_takes_over_has_the_conversation(decide: Any, ask: Any, queued: Queued) -> None:
    decide("take_over")
    assert store.head(BRAND, "line:conversation").taken_over_by == "lin"
    assert (stored().state, opened().state) == ("rejected", "acknowledged")
    assert queued("outbound") == []


def test_an_approver_can_write_an_answer_where_none_was_proposed(
    ask: Any, decide: Any, queued: Queued
) -> None:
    about = matter(kind="help", cause="rule:lid-defect", reply="")
    one = escalation(matter=about)
    store.add_escalation(one)
    store.add_approval(approval(escalation=one.id))
    page = ask()["body"]
    [seen] = re.findall(r'name="seen" value="([^"]*)"', page)
    assert decide("approve", text="您好，请先别再用。", seen=seen)["statusCode"] == 200
    name = reply_id("line", "line:mention", matters.BY_HAND)
    written = store.reply(BRAND, "line:conversation", name)
    assert written is not None
    assert (written.state, written.text) == ("ready", "您好，请先别再用。")
    assert written.address == mention().address
    assert len(queued("outbound")) == 1
    assert decide("approve", text="再来一次", seen=seen)["statusCode"] == 200
    again = store.reply(BRAND, "line:conversation", name)
    assert again is not None
    assert again.text == "您好，请先别再用。"


KIND_WITHOUT_TEXT: tuple[Kind, ...] = ("spike", "note")


@pytest.mark.parametrize("kind", KIND_WITHOUT_TEXT)
def test_where_there_is_nothing_to_send_there_is_nothing_to_approve(
    kind: Kind, ask: Any, decide: Any, queued: Queued, everything: Everything
) -> None:
    about = matter(
        kind=kind, cause="spike:漏水", reply="", mention="", conversation="", title="漏水",
        examples=("line:conversation|line:mention", "line:gone|line:gone"),
    )  # fmt: skip
    one = escalation(matter=about)
    store.add_escalation(one)
    store.add_approval(approval(escalation=one.id))
    assert ask()["statusCode"] == 200
    before = everything()
    assert decide("approve", seen=fingerprint(""))["statusCode"] == 400
    assert everything() == before
    assert decide("take_over")["statusCode"] == 200
    found = store.escalation(BRAND, one.id)
    assert found is not None
    assert (found.state, found.settled_by) == ("acknowledged", "lin")
    assert queued("outbound") == []


@pytest.mark.parametrize(
    "action", [None, "", "yes", "APPROVE", "approve ", "delete", "approve\x00"]
)
def test_an_action_that_is_none_changes_nothing(
    action: str | None, decide: Any, queued: Queued, everything: Everything
) -> None:
    before = everything()
    assert decide(action)["statusCode"] == 400
    assert everything() == before
    assert queued("outbound") == []


@pytest.mark.parametrize(
    "body",
    [
        "", "&", "approve", '{"action": "approve"}', "action=approve&action=reject",
        "action=approve&seen=zz", "action=approve&text=%FF%FE", "a=1&" * 30 + "action=approve",
        "action=approve&text=" + "a" * 70_000, "action=approve&reason=" + "a" * 600,
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_read_changes_nothing(
    body: str, ask: Any, queued: Queued, everything: Everything
) -> None:
    before = everything()
    assert ask("POST", LINK, body)["statusCode"] == 400
    assert everything() == before
    assert queued("outbound") == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"text": "  "}, id="empty"),
        pytest.param({"text": "茶" * 5001}, id="too long for LINE"),
        pytest.param({"seen": fingerprint("another")}, id="another text was seen"),
        pytest.param({"seen": ""}, id="none was seen"),
        pytest.param({"seen": None}, id="none is named"),
    ],
)
def test_a_yes_that_cannot_be_carried_out_changes_nothing(
    change: dict[str, Any], decide: Any, queued: Queued, everything: Everything
) -> None:
    before = everything()
    assert decide(**change)["statusCode"] == 400
    assert everything() == before
    assert queued("outbound") == []


def test_a_text_of_just_the_platforms_length_may_go_out(decide: Any) -> None:
    assert decide(text="👍" * 2500)["statusCode"] == 200
    assert stored().state == "ready"


def test_a_text_that_was_changed_meanwhile_has_to_be_seen_first(
    ask: Any, decide: Any, queued: Queued
) -> None:
    assert ask()["statusCode"] == 200
    store.move(draft(), draft(text="改过的话", token="t1"))
    answer = decide()
    assert answer["statusCode"] == 400
    assert "改过的话" in answer["body"]
    assert stored().state == "pending"
    assert queued("outbound") == []
    assert decide(text="改过的话", seen=fingerprint("改过的话"))["statusCode"] == 200
    assert stored().state == "ready"


# ------------------------------------------------------------ who comes second


def test_a_double_click_sends_once_and_says_the_same(decide: Any, queued: Queued) -> None:
    first, second = decide(), decide()
    assert (first["statusCode"], second["statusCode"]) == (200, 200)
    assert heading(first) == heading(second)
    assert len({*queued("outbound")}) == 1
    assert (stored().state, stored().text) == ("ready", draft().text)


@pytest.mark.parametrize("late", ["approve", "reject", "take_over"])
@pytest.mark.parametrize(
    ("first", "state"), [("approve", "ready"), ("reject", "rejected"), ("take_over", "rejected")]
)
def test_who_comes_second_is_told_what_the_first_decided(
    first: str, late: str, state: str, decide: Any, queued: Queued
) -> None:
    decide(first)
    taken = store.head(BRAND, "line:conversation").taken_over_by
    before = (stored(), opened(), queued("outbound"))
    answer = decide(late, token=OTHER_LINK, text="另一句话")
    assert answer["statusCode"] == 200
    assert "另一句话" not in answer["body"]
    assert stored().state == state
    assert (stored(), opened()) == before[:2]
    assert store.head(BRAND, "line:conversation").taken_over_by == taken


@pytest.mark.parametrize("first", ["approve", "reject"])
def test_of_two_who_decide_at_once_the_first_to_write_counts(
    first: str, decide: Any, queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = "reject" if first == "approve" else "approve"
    carry_out = matters.carry_out

    def overtaken(*decision: Any) -> bool:
        monkeypatch.setattr(matters, "carry_out", carry_out)
        decide(first, token=OTHER_LINK)
        return carry_out(*decision)

    monkeypatch.setattr(matters, "carry_out", overtaken)
    answer = decide(second)
    wanted = "ready" if first == "approve" else "rejected"
    assert (stored().state, stored().decided_by) == (wanted, "yijun")
    assert opened().settled_by == "yijun"
    assert answer["statusCode"] == 200
    assert len(queued("outbound")) == (1 if first == "approve" else 0)


@pytest.mark.parametrize("action", ["approve", "reject", "take_over"])
@pytest.mark.parametrize("minute", [120, 121, 60 * 24])
def test_after_its_end_a_link_decides_nothing(
    action: str, minute: float, decide: Any, at: At, queued: Queued, everything: Everything
) -> None:
    at(after(minute))
    before = everything()
    assert decide(action)["statusCode"] == 200
    assert everything() == before
    assert queued("outbound") == []


@pytest.mark.parametrize("state", ["ready", "sending", "sent", "rejected"])
@pytest.mark.parametrize("action", ["approve", "reject", "take_over"])
def test_what_is_on_its_way_or_over_cannot_be_decided_any_more(
    state: Any, action: str, decide: Any
) -> None:
    there = reply(state=state, token="t9", decided_by="yijun", decided_at=after(1))
    store.move(draft(), there)
    assert decide(action)["statusCode"] == 200
    assert stored() == there


@pytest.mark.parametrize("state", ["held", "failed", "unconfirmed", "expired"])
def test_an_answer_in_trouble_can_be_sent_after_all(
    state: Any, decide: Any, queued: Queued
) -> None:
    store.move(draft(), draft(state=state, token="t9", tries=5))
    assert decide()["statusCode"] == 200
    assert (stored().state, stored().tries) == ("ready", 0)
    assert len(queued("outbound")) == 1


def test_a_matter_that_others_joined_meanwhile_is_settled_all_the_same(
    decide: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out = matters.carry_out

    def joined(case: Any, *decision: Any) -> bool:
        more = case.escalation.model_copy(update={"joined": 7, "risk": "severe", "token": "t5"})
        assert store.advance(case.escalation, more)
        return carry_out(case, *decision)

    monkeypatch.setattr(matters, "carry_out", joined)
    decide()
    assert (opened().state, opened().joined, opened().risk) == ("resolved", 7, "severe")


def test_a_decision_that_could_not_be_queued_is_finished_by_the_next_click(
    decide: Any, queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*what: Any, **more: Any) -> None:
        raise queues.NotQueued("outbound")

    with monkeypatch.context() as broken:
        broken.setattr(queues, "send", down)
        assert decide()["statusCode"] == 503
    assert stored().state == "ready"
    assert opened().state == "open"
    assert decide()["statusCode"] == 200
    assert len(queued("outbound")) == 1
    assert (opened().state, opened().settled_by) == ("resolved", "lin")


def test_when_the_table_is_down_nothing_is_said_to_be_decided(
    decide: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*what: Any) -> None:
        raise clients.TROUBLE[0]({"Error": {"Code": "Throttled"}}, "GetItem")

    monkeypatch.setattr(store, "approval", down)
    answer = decide()
    assert (answer["statusCode"], answer["body"]) == (503, "Please try again.")
