"""Matters reach people: opened once, joined once, asked in order, and never lost on the way."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from cloud import asking, aws as clients, store, topic
from desk.approval import Approval, token_hash
from desk.duty import reached
from desk.escalation import Escalation, Matter, name_of, next_move
from desk.intake import matter_of_reply
from desk.playbook import Playbook, Step
from functions.escalate.app import handler
from tests import records
from tests.records import BRAND, NOON, after, draft, escalation, matter, reply

pytestmark = pytest.mark.usefixtures("at")
At = Callable[[datetime], None]
Sent = list[tuple[str, str, str]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Who was sent what: approver, subject and text."""
    kept: Sent = []
    monkeypatch.setattr(topic, "publish", lambda _, *message, **more: kept.append(message[:3]))
    return kept


def batch(*matters: Matter) -> dict[str, Any]:
    return records.batch(*(one.model_dump_json(exclude_defaults=True) for one in matters))


def failures(answer: Any) -> list[str]:
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def stored(cause: str = "mention:line:mention") -> Escalation:
    found = store.escalation(BRAND, name_of(cause))
    assert found is not None
    return found


def links(sent: Sent) -> list[tuple[str, Approval]]:
    found = []
    for who, _, text in sent:
        [token] = re.findall(r"https://desk\.example/approvals/([\w-]{43})$", text)
        approval = store.approval(token_hash(token))
        assert approval is not None
        found.append((who, approval))
    return found


def test_a_matter_opens_an_escalation_and_asks_the_first_in_line(
    event: Any, context: Any, sent: Sent, playbook: Playbook
) -> None:
    assert failures(handler(event("escalate"), context)) == []
    first = playbook.policies["crisis"].steps[0]
    one = stored("rule:lid-defect")
    assert (one.state, one.taken, one.joined, one.risk) == ("open", 1, 1, "severe")
    assert one.steps == playbook.policies["crisis"].steps
    assert one.due_at == after(first.wait_minutes)
    people = reached(first.ask, playbook, "severe", NOON)
    assert [who for who, _, _ in sent] == list(people) == ["yijun", "lin"]
    [(_, line)] = store.log_of(BRAND, one.id)
    assert ", ".join(people) in line


def test_each_approver_has_a_link_of_their_own_to_the_text_as_it_is(
    context: Any, sent: Sent, playbook: Playbook
) -> None:
    store.add_reply(draft())
    handler(batch(matter()), context)
    [(who, approval)] = links(sent)
    assert (approval.approver, approval.escalation) == (who, stored().id)
    assert approval.seen == draft().fingerprint
    assert NOON < approval.expires_at <= after(24 * 60)


def test_who_is_asked_together_has_different_links(
    context: Any, sent: Sent, playbook: Playbook
) -> None:
    steps = [step for step in playbook.policies["crisis"].steps if len(step.ask) > 1]
    one = escalation(steps=steps[:1])
    store.add_escalation(one)
    move = next_move(one, playbook, "t1", NOON)
    assert move is not None
    assert asking.ask(one, move, "", playbook, NOON)
    assert {who for who, _ in links(sent)} == set(move.ask) == {"yijun", "lin"}
    assert all(who == approval.approver for who, approval in links(sent))
    assert len({approval.hash for _, approval in links(sent)}) == len(move.ask)


def test_a_message_is_in_the_approvers_own_language(
    context: Any, sent: Sent, playbook: Playbook
) -> None:
    handler(batch(matter()), context)
    [(who, subject, text)] = sent
    assert playbook.approvers[who].language == "zh-Hans"
    assert "有一条回复等您确认" in text
    assert subject.isascii()


def test_the_same_matter_again_asks_nobody_again(context: Any, sent: Sent) -> None:
    for _ in range(3):
        handler(batch(matter(), matter()), context)
    assert len(sent) == 1
    assert (stored().joined, stored().taken) == (1, 1)


def test_matters_of_one_cause_join_one_escalation(context: Any, sent: Sent) -> None:
    many = [
        matter(cause="rule:lid-defect", kind="help", reply="", event=f"line:{number}",
               mention=f"line:{number}", risk="severe" if number == 3 else "routine")
        for number in range(5)
    ]  # fmt: skip
    assert failures(handler(batch(*many), context)) == []
    handler(batch(*many), context)
    one = stored("rule:lid-defect")
    assert (one.joined, one.risk, one.matter.mention) == (5, "severe", "line:0")
    assert len(sent) == 1
    for number in range(5):
        assert store.has_joined(BRAND, one.id, f"line:{number}")


def test_matters_of_two_causes_are_two_escalations(context: Any, sent: Sent) -> None:
    handler(batch(matter(), matter(cause="rule:injury", event="line:2")), context)
    assert len(list(store.open_escalations(BRAND))) == 2
    assert len(sent) == 2


@pytest.mark.parametrize(("state", "reopened"), [("acknowledged", False), ("resolved", True)])
def test_a_settled_matter_that_comes_up_again_is_asked_about_again(
    state: Any, reopened: bool, context: Any, sent: Sent, at: At
) -> None:
    handler(batch(matter()), context)
    before = stored()
    change = {"state": state, "due_at": None, "settled_at": after(5), "token": "t1"}
    assert store.advance(before, before.model_copy(update=change))
    at(after(30))
    handler(batch(matter(event="line:again", at=after(30))), context)
    assert len(sent) == (2 if reopened else 1)
    assert stored().state == ("open" if reopened else state)
    assert stored().joined == (1 if reopened else 2)
    handler(batch(matter()), context)
    assert len(sent) == (2 if reopened else 1), "the first matter, come once more, is no news"


def test_a_spike_that_was_just_settled_stays_quiet(context: Any, sent: Sent, at: At) -> None:
    spike = matter(kind="spike", cause="spike:漏水", event="spike|1", reply="", title="漏水")
    handler(batch(spike), context)
    before = stored("spike:漏水")
    change = {"state": "resolved", "due_at": None, "settled_at": after(5), "token": "t1"}
    assert store.advance(before, before.model_copy(update=change))
    at(after(60))
    handler(batch(spike.model_copy(update={"event": "spike|2", "at": after(60)})), context)
    assert (len(sent), stored("spike:漏水").state) == (1, "resolved")
    at(after(7 * 60))
    handler(batch(spike.model_copy(update={"event": "spike|3", "at": after(7 * 60)})), context)
    assert (len(sent), stored("spike:漏水").state) == (2, "open")


@pytest.mark.parametrize("state", ["held", "failed", "unconfirmed", "expired"])
def test_a_reply_in_trouble_is_reported_until_somebody_was_told(
    state: Any, context: Any, sent: Sent
) -> None:
    trouble = reply(state=state, due_at=after(1))
    store.add_reply(trouble)
    assert len(list(store.due(after(9)))) == 1
    handler(batch(matter_of_reply(trouble, NOON)), context)
    told = store.reply(BRAND, "line:conversation", "line:reply")
    assert told is not None
    assert (told.state, told.due_at) == (state, None)
    assert [due.kind for due in store.due(after(1))] == []
    assert len(sent) == 1


def test_news_of_an_older_trouble_does_not_silence_a_newer_one(context: Any, sent: Sent) -> None:
    older = reply(state="held", claimed_at=NOON)
    newer = reply(state="held", claimed_at=after(30), due_at=after(31), token="t9")
    store.add_reply(newer)
    handler(batch(matter_of_reply(older, NOON)), context)
    kept = store.reply(BRAND, "line:conversation", "line:reply")
    assert kept is not None
    assert kept.due_at == after(31)


def test_who_stops_before_telling_is_finished_by_the_next_delivery(
    context: Any, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*message: str, **more: str) -> None:
        raise ValueError("SNS is down")

    with monkeypatch.context() as broken:
        broken.setattr(topic, "publish", down)
        assert failures(handler(batch(matter()), context)) == ["0"]
    assert sent == []
    assert stored().due_at == NOON, "due, so that the minute's sweep finds it too"
    assert failures(handler(batch(matter()), context)) == []
    assert len(sent) == 1
    assert stored().joined == 1


def test_an_approver_who_has_left_is_asked_in_english(
    context: Any, sent: Sent, playbook: Playbook
) -> None:
    store.add_reply(draft())
    left = Step(ask=("gone",), wait_minutes=5)
    one = escalation(matter=matter(event="line:earlier"), steps=(left,))
    store.add_escalation(one)
    handler(batch(matter()), context)
    [(who, _, text)] = sent
    assert who == "gone"
    assert "An answer waits for your yes" in text


def test_one_bad_record_does_not_hold_up_the_others(context: Any, sent: Sent) -> None:
    some = batch(matter(), matter(brand="other"), matter(cause="rule:injury", event="2"))
    some["Records"].append({"messageId": "9", "body": json.dumps({"brand": BRAND})})
    assert failures(handler(some, context)) == ["1", "9"]
    assert len(sent) == 2


def test_the_publishing_carries_the_approver_as_a_filter(context: Any, at: At) -> None:
    seen: list[dict[str, Any]] = []
    client = clients.sns()
    publish = client.publish

    def published(**what: Any) -> Any:
        seen.append(what)
        return publish(**what)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "publish", published)
        handler(batch(matter()), context)
    [message] = seen
    assert message["MessageAttributes"]["approver"]["StringValue"] == "lin"
    assert message["MessageAttributes"]["to"]["StringValue"] == f"{BRAND}/lin"
    assert message["MessageStructure"] == "json"
    assert set(json.loads(message["Message"])) == {"default", "sms"}
    assert message["Subject"].isascii()
