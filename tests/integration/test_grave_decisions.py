"""What is grave: leads, two persons, codes. To hand on, and to stop a topic. What is recorded."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import boto3
import pytest

from cloud import clock, matters, store
from cloud.store import playbooks
from desk.approval import token_hash
from desk.audit import Act
from desk.escalation import Escalation
from desk.outbound import Reply
from desk.playbook import Playbook, Tier
from tests.records import (
    BRAND,
    LINK,
    OTHER_LINK,
    after,
    approval,
    draft,
    escalation,
    hold,
    mention,
)

pytestmark = pytest.mark.usefixtures("a_draft")
At = Callable[[datetime], None]
Queued = Callable[[str], list[str]]
Everything = Callable[[], list[str]]
THIRD_LINK = "a-third-secret-a-third-secret-a-third-secre"


@pytest.fixture
def grave(playbook: Playbook) -> Iterator[Callable[..., None]]:
    """Makes the draft's matter severe, and says who may decide such; Lin is an operator."""

    def grave(tier: Tier, *, code: bool = False) -> None:
        people = dict(playbook.approvers)
        people["lin"] = people["lin"].model_copy(update={"role": "operator"})
        change = {
            "version": f"{tier}{code}",
            "approvers": people,
            "tiers": {"severe": tier},
            "second_factor": ("severe",) if code else (),
        }
        store.keep_playbook(playbook.model_copy(update=change))
        playbooks.forget()
        before = opened()
        assert store.advance(before, before.model_copy(update={"risk": "severe", "token": "t1"}))

    yield grave
    playbooks.forget()


@pytest.fixture
def told() -> Iterator[Callable[[], list[tuple[str, str, str]]]]:
    """What was published since: attribute, whom it is for, text."""
    client = boto3.client("sqs")
    url = client.create_queue(QueueName="told")["QueueUrl"]
    arn = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    subscribed = boto3.client("sns").subscribe(
        TopicArn=os.environ["TOPIC_ARN"], Protocol="sqs", Endpoint=arn["QueueArn"],
        Attributes={"RawMessageDelivery": "true"},
    )  # fmt: skip

    def told() -> list[tuple[str, str, str]]:
        found = client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages", [])
        for one in found:
            client.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        return [
            (name, value["StringValue"], one["Body"])
            for one in found
            for name, value in one["MessageAttributes"].items()
            if name in ("approver", "code_for")
        ]

    yield told
    boto3.client("sns").unsubscribe(SubscriptionArn=subscribed["SubscriptionArn"])
    client.delete_queue(QueueUrl=url)


def opened() -> Escalation:
    found = store.escalation(BRAND, escalation().id)
    assert found is not None
    return found


def stored() -> Reply:
    found = store.reply(BRAND, "line:conversation", "line:reply")
    assert found is not None
    return found


def acts() -> list[Act]:
    return [act for act, _ in store.acts_of(BRAND, escalation().id)]


# ------------------------------------------------------------------ who may


def test_an_operator_sees_who_may_decide_and_changes_nothing(
    ask: Any, decide: Any, grave: Any, everything: Everything
) -> None:
    grave("lead")
    assert "陳怡君" in ask()["body"]
    before = everything()
    for action in ("approve", "reject", "take_over"):
        assert decide(action)["statusCode"] == 400
    assert everything() == before
    assert decide(token=OTHER_LINK)["statusCode"] == 200
    assert (stored().state, stored().decided_by) == ("ready", "yijun")


def test_two_persons_send_what_one_person_cannot(
    ask: Any, decide: Any, grave: Any, queued: Queued
) -> None:
    grave("two_persons")
    first = decide(text="两个人看过的话")
    assert first["statusCode"] == 200
    assert "您的同意已经记下" in first["body"]
    assert (stored().state, stored().first_yes_by, opened().state) == ("pending", "lin", "open")
    assert queued("outbound") == []
    again = decide(text="两个人看过的话", seen=stored().fingerprint)
    assert again["statusCode"] == 400
    assert queued("outbound") == []
    assert "两个人看过的话" in ask(token=OTHER_LINK)["body"]
    stale = decide(token=OTHER_LINK)
    assert stale["statusCode"] == 400
    second = decide(token=OTHER_LINK, text="两个人看过的话", seen=stored().fingerprint)
    assert second["statusCode"] == 200
    assert (stored().state, stored().decided_by) == ("ready", "yijun")
    assert len(queued("outbound")) == 1
    assert {act.by: act.outcome for act in acts()} == {"lin": "first_yes", "yijun": "approved"}


def test_of_two_first_yeses_at_once_one_is_the_first_and_the_other_is_told(
    decide: Any, grave: Any, queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    grave("two_persons")
    carry_out = matters.carry_out

    def overtaken(*decision: Any) -> bool:
        monkeypatch.setattr(matters, "carry_out", carry_out)
        decide(token=OTHER_LINK)
        return carry_out(*decision)

    monkeypatch.setattr(matters, "carry_out", overtaken)
    answer = decide()
    assert answer["statusCode"] == 400
    assert "有人比您更快" in answer["body"]
    assert stored().first_yes_by == "yijun"
    assert queued("outbound") == []
    late = {act.by: late for act, late in store.acts_of(BRAND, escalation().id)}
    assert late == {"lin": True, "yijun": False}


def test_who_could_say_the_second_yes_is_asked_at_once(decide: Any, grave: Any, told: Any) -> None:
    before = opened()
    store.advance(
        before, before.model_copy(update={"taken": 1, "asked_at": (after(0),), "token": "t7"})
    )
    grave("two_persons")
    decide()
    assert [(name, who) for name, who, _ in told()] == [("approver", "yijun")]


# ------------------------------------------------------------------ codes


def code_in(messages: list[tuple[str, str, str]]) -> str:
    [(name, who, text)] = messages
    assert (name, who) == ("code_for", "lin")
    assert "/approvals/" not in text
    [code] = re.findall(r"\d{6}", text)
    return str(code)


def test_a_grave_decision_needs_the_code_that_was_sent_by_the_second_path(
    decide: Any, grave: Any, told: Any, queued: Queued
) -> None:
    grave("operator", code=True)
    asked = decide(text="改过的话")
    assert asked["statusCode"] == 200
    assert 'name="code"' in asked["body"]
    assert "改过的话" in asked["body"]
    assert (stored().state, queued("outbound")) == ("pending", [])
    code = code_in(told())
    wrong = decide(text="改过的话", code=f"{(int(code) + 1) % 10**6:06}")
    assert wrong["statusCode"] == 400
    assert stored().state == "pending"
    assert decide(text="改过的话", code=code)["statusCode"] == 200
    assert (stored().state, stored().text) == ("ready", "改过的话")
    assert told() == []
    assert {act.action for act in acts()} == {"code_sent", "code_wrong", "approve"}


def test_nothing_of_a_code_but_its_hash_is_kept(
    decide: Any, grave: Any, told: Any, everything: Everything
) -> None:
    grave("operator", code=True)
    decide()
    code = code_in(told())
    assert f'"{code}"' not in "".join(everything())


def test_a_code_cannot_be_guessed(decide: Any, grave: Any, told: Any) -> None:
    grave("operator", code=True)
    decide()
    sent = 0
    for number in range(60):
        if fresh := told():
            code, sent = code_in(fresh), sent + 1
        decide(code=f"{(int(code) + 1 + number) % 10**6:06}")
        assert stored().state == "pending"
    assert sent == 5
    assert "不再发送验证码" in decide(code=code)["body"]
    assert stored().state == "pending"


def test_a_code_is_good_for_ten_minutes(decide: Any, grave: Any, told: Any, at: At) -> None:
    grave("operator", code=True)
    decide()
    code = code_in(told())
    at(after(15))
    assert 'name="code"' in decide(code=code)["body"]
    assert stored().state == "pending"


def test_a_code_of_one_link_is_none_for_another(decide: Any, grave: Any, told: Any) -> None:
    grave("operator", code=True)
    decide()
    code = code_in(told())
    decide(token=OTHER_LINK)
    decide(token=OTHER_LINK, code=code)
    assert stored().state == "pending"


def test_to_stop_and_to_hand_on_need_no_code(decide: Any, grave: Any) -> None:
    grave("operator", code=True)
    for action in ("hold_topic", "hand_on"):
        assert decide(action, to="james")["statusCode"] == 200
    assert {act.action for act in acts()} == {"hold_topic", "hand_on"}


# ------------------------------------------------------------------ on, and stop


def test_whom_it_is_handed_on_to_is_asked_now_and_can_decide(
    decide: Any, told: Any, queued: Queued
) -> None:
    answer = decide("hand_on", to="james", reason="ask James")
    assert answer["statusCode"] == 200
    assert "已经转交" in answer["body"]
    [(name, who, text)] = told()
    assert (name, who) == ("approver", "james")
    [link] = re.findall(r"/approvals/(\S+)", text)
    assert "james" in opened().asked
    decide("hand_on", to="james")
    assert told() == []
    assert decide(token=link)["statusCode"] == 200
    assert (stored().state, stored().decided_by) == ("ready", "james")
    assert {act.to for act in acts() if act.action == "hand_on"} == {"james"}


@pytest.mark.parametrize("to", ["", "lin", "nobody", "x" * 65])
def test_it_is_handed_on_to_nobody_else(to: str, decide: Any, everything: Everything) -> None:
    before = everything()
    assert decide("hand_on", to=to)["statusCode"] == 400
    assert everything() == before


def test_a_topic_is_stopped_with_name_and_reason_and_the_matter_stays(
    ask: Any, decide: Any, queued: Queued
) -> None:
    answer = decide("hold_topic", reason="杯盖批次")
    assert answer["statusCode"] == 200
    control = store.control(BRAND)
    assert control is not None
    [found] = control.holds
    assert (found.scope, found.by, found.reason) == ("topic:question", "lin", "杯盖批次")
    assert (stored().state, opened().state) == ("pending", "open")
    assert "杯盖批次" in ask()["body"]
    assert 'value="hold_topic"' not in ask()["body"]
    assert decide("hold_topic", reason="again")["statusCode"] == 200
    again = store.control(BRAND)
    assert again is not None
    assert again.holds == control.holds


def test_an_earlier_hold_keeps_its_name(decide: Any) -> None:
    earlier = hold(scope="topic:question")
    store.hold(BRAND, earlier)
    decide("hold_topic")
    control = store.control(BRAND)
    assert control is not None
    assert control.holds == (earlier,)


def test_a_topic_is_stopped_with_a_reason_also_where_none_was_given(decide: Any) -> None:
    decide("hold_topic")
    control = store.control(BRAND)
    assert control is not None
    assert [one.reason for one in control.holds] == ["在审批页上暂停"]


# ------------------------------------------------------------------ on record


def test_every_decision_is_on_record_with_who_when_from_what_and_both_texts(decide: Any) -> None:
    decide(text="您好，十点打烊。")
    [act] = acts()
    assert (act.by, act.at, act.link) == ("lin", after(5), token_hash(LINK))
    assert (act.proposed, act.text) == (draft().text, "您好，十点打烊。")
    assert (act.action, act.outcome, act.wrong) == ("approve", "approved", False)
    assert stored().decided_from == token_hash(LINK)


def test_a_wrong_answer_is_told_apart_from_an_unwanted_one(decide: Any) -> None:
    decide("reject", wrong="yes", reason="他没问")
    [act] = acts()
    assert (act.wrong, act.reason) == (True, "他没问")
    assert (stored().wrong, stored().reason) == (True, "wrong_for:他没问")


def test_what_is_refused_is_no_decision(decide: Any) -> None:
    decide(seen="")
    decide("hand_on", to="nobody")
    assert acts() == []


def test_what_is_on_record_stays_as_it_is(decide: Any) -> None:
    decide("reject", reason="first")
    [act] = acts()
    store.keep_act(act.model_copy(update={"reason": "second"}))
    assert acts() == [act]
    [(_, line)] = store.log_of(BRAND, escalation().id)
    settled = opened()
    store.log(BRAND, settled.id, after(5), settled.token, "another line")
    assert [entry for _, entry in store.log_of(BRAND, settled.id)] == [line]


def test_a_link_is_good_for_one_decision_and_the_next_one_has_its_own(
    ask: Any, decide: Any, at: At
) -> None:
    decide()
    before = stored()
    held = before.model_copy(update={"state": "held", "token": "t8", "reason": "no_control"})
    assert store.move(before, held)
    one = opened().model_copy(update={"state": "open", "token": "t9"})
    assert store.advance(opened(), one)
    assert decide("reject")["statusCode"] == 200
    assert stored() == held
    assert "<form" not in ask()["body"]
    at(after(7))
    store.add_approval(approval(hash=token_hash(THIRD_LINK), approver="olena", made_at=after(6)))
    assert decide("reject", token=THIRD_LINK)["statusCode"] == 200
    assert (stored().state, stored().decided_by) == ("rejected", "olena")


def test_the_page_says_how_far_its_author_is_heard(ask: Any) -> None:
    assert mention().author.followers == 120
    assert "粉丝：120" in ask()["body"]
    assert clock.now() == after(5)
