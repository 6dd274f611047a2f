"""Bots, the auditor, the roll call and the drill: real handlers on moto."""

import json
import logging
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from cloud import asking, aws as clients, http, secrets, store, subscriptions, topic
from cloud.settings import settings
from desk.drill import BRAND as DRILL, CHANNEL, PLAYBOOK, said, webhook
from desk.escalation import Matter
from desk.inbox import FEW, PAUSE
from desk.playbook import Playbook
from desk.reach import policy_for
from desk.reception import kept
from desk.wire import Delivery, NotSent, Outbound, Response, Unknown, stamp
from functions.auditor.app import handler as audit
from functions.drill.app import handler as drill
from functions.escalate.app import handler as escalate
from functions.notify.app import handler as notify
from functions.rollcall.app import handler as call_the_roll
from functions.tick.app import handler as tick
from functions.triage.app import handler as triage
from tests.records import BRAND, NOON, after, batch, escalation, matter, reply

At = Callable[[datetime], None]
pytestmark = pytest.mark.usefixtures("at")


@pytest.fixture(autouse=True)
def heard(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """The words of the log lines so far."""
    caplog.set_level(logging.INFO)
    return lambda: [record.msg for record in caplog.records]


# ---------------------------------------------------------------- digests


def causes(count: int) -> dict[str, Any]:
    some = (matter(cause=f"mention:{n}", event=f"e{n}", reply="") for n in range(count))
    return batch(*(one.model_dump_json(exclude_defaults=True) for one in some))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Approver and text of what was published."""
    kept: list[tuple[str, str]] = []

    def publish(brand: str, who: str, subject: str, text: str, *rest: str, **more: str) -> None:
        kept.append((who, text))

    monkeypatch.setattr(topic, "publish", publish)
    return kept


def test_a_storm_of_matters_becomes_a_digest_of_what_is_still_open(
    context: Any, at: At, sent: list[tuple[str, str]]
) -> None:
    some = FEW["routine"]
    escalate(causes(some + 12), context)
    assert len(sent) == some
    assert len(list(store.open_escalations(BRAND))) == some + 12, "each is asked about"
    waiting = store.inbox(BRAND, "lin").waiting
    settled = store.escalation(BRAND, waiting[0])
    assert settled is not None
    end = {"state": "acknowledged", "due_at": None, "token": "t1"}
    assert store.advance(settled, settled.model_copy(update=end))
    at(after(1))
    tick({}, context)
    assert len(sent) == some
    at(NOON + PAUSE)
    tick({}, context)
    who, text = sent[-1]
    assert (who, len(sent), text.count("/approvals/")) == ("lin", some + 1, 8)
    at(NOON + 2 * PAUSE)
    tick({}, context)
    assert sent[-1][1].count("/approvals/") == 3, "what was acknowledged meanwhile is not told"
    at(NOON + 3 * PAUSE)
    tick({}, context)
    assert len(sent) == some + 2
    links = [line for _, text in sent for line in text.splitlines() if "/approvals/" in line]
    assert len(set(links)) == some + 11


def test_a_digest_that_could_not_be_sent_is_sent_the_next_minute(
    context: Any, at: At, sent: list[tuple[str, str]], playbook: Playbook
) -> None:
    escalate(causes(FEW["routine"] + 1), context)
    with pytest.MonkeyPatch.context() as broken:

        def down(*message: str, **more: str) -> None:
            raise ValueError("SNS is down")

        broken.setattr(topic, "publish", down)
        with pytest.raises(ValueError, match="down"):
            asking.send_digest(BRAND, "lin", playbook, after(2))
    assert asking.send_digest(BRAND, "lin", playbook, after(3)) == 1
    assert asking.send_digest(BRAND, "lin", playbook, after(9)) == 0


# ---------------------------------------------------------------- bots


def give_lin_a_bot() -> None:
    opens = {"medium": "wecom", "url": "https://qyapi.weixin.qq.com/x"}
    clients.ssm().put_parameter(
        Name=f"/repartee/test/bots/{BRAND}/lin", Value=json.dumps(opens), Type="SecureString",
        Overwrite=True,
    )  # fmt: skip
    secrets.forget()


def notice(escalation: str = "", to: str = f"{BRAND}/lin") -> dict[str, Any]:
    attributes = {"to": to, "escalation": escalation}
    named = {
        name: {"Type": "String", "Value": value} for name, value in attributes.items() if value
    }
    return batch(json.dumps({"Message": "Please decide", "MessageAttributes": named}))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Outbound]:
    """What bots were told."""
    made: list[Outbound] = []

    def call(outbound: Outbound) -> Response:
        made.append(outbound)
        return Response(200, {}, b'{"errcode": 0}')

    monkeypatch.setattr(http, "call", call)
    return made


def test_a_bot_is_told_what_its_approver_is(
    context: Any, event: Any, calls: list[Outbound]
) -> None:
    give_lin_a_bot()
    escalate(event("escalate"), context)
    assert notify(event("notify"), context) == {"batchItemFailures": []}
    [call] = calls
    assert "https://desk.example/approvals/" in json.loads(call.body)["text"]["content"]


def test_who_has_no_bot_is_told_by_nothing(context: Any, calls: list[Outbound]) -> None:
    give_lin_a_bot()
    for to in (f"{BRAND}/yijun", "other/lin", "lin", ""):
        assert notify(notice(to=to), context) == {"batchItemFailures": []}
    assert notify(batch(json.dumps({"Message": "of a second factor"})), context) == {
        "batchItemFailures": []
    }
    assert calls == []


@pytest.mark.parametrize(("state", "told"), [("open", 1), ("acknowledged", 0), ("resolved", 0)])
def test_what_somebody_has_by_now_is_said_to_no_bot(
    state: Any, told: int, context: Any, calls: list[Outbound]
) -> None:
    give_lin_a_bot()
    one = escalation(state=state, due_at=None)
    store.add_escalation(one)
    notify(notice(one.id), context)
    assert len(calls) == told


@pytest.mark.parametrize(
    "answer",
    [
        Unknown("no answer"),
        NotSent("unreachable", "refused"),
        Response(200, {}, b'{"errcode": 45009, "errmsg": "freq"}'),
        Response(500, {}, b""),
    ],
)
def test_what_a_bot_did_not_surely_take_is_told_again(
    answer: Any, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_lin_a_bot()
    monkeypatch.setattr(http, "call", lambda outbound: answer)
    assert notify(notice(), context) == {"batchItemFailures": [{"itemIdentifier": "0"}]}


# ---------------------------------------------------------------- the auditor


def test_the_auditor_speaks_only_when_everything_is_on_time(
    context: Any, event: Any, at: At, heard: Any
) -> None:
    store.add_escalation(escalation(due_at=after(15), taken=1))
    store.add_reply(reply(state="held", due_at=after(1)))
    audit(event("auditor"), context)
    assert heard() == ["on time"]
    at(after(17.5))
    audit(event("auditor"), context)
    assert heard() == ["on time", "late", "late"]


def test_what_has_fallen_out_of_the_minutes_index_is_found_all_the_same(
    context: Any, at: At, heard: Any
) -> None:
    store.add_escalation(escalation(due_at=None, taken=1))
    assert list(store.due(after(9999))) == []
    audit({}, context)
    assert heard() == ["late"]


def test_of_what_was_settled_nothing_is_late(context: Any, at: At, heard: Any) -> None:
    store.add_escalation(escalation(state="resolved", due_at=None))
    store.add_escalation(escalation(state="acknowledged", due_at=None, matter=matter(cause="b")))
    at(after(999))
    audit({}, context)
    assert heard() == ["on time"]


def test_an_auditor_that_cannot_look_is_silent(
    context: Any, heard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(**what: Any) -> None:
        raise clients.TROUBLE[0]({"Error": {"Code": "Throttled"}}, "Query")

    monkeypatch.setattr(clients.dynamodb(), "query", down)
    with pytest.raises(clients.TROUBLE[0]):
        audit({}, context)
    assert heard() == []


# ---------------------------------------------------------------- the roll call


def subscribe(who: str) -> str:
    queue = boto3.client("sqs").create_queue(QueueName=f"inbox-{who}")["QueueUrl"]
    arn = boto3.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    answer = clients.sns().subscribe(
        TopicArn=settings().topic,
        Protocol="sqs",
        Endpoint=arn["Attributes"]["QueueArn"],
        Attributes={"FilterPolicy": policy_for([f"{BRAND}/{who}"])},
    )
    return str(answer["SubscriptionArn"])


def test_who_may_be_asked_and_is_not_reached_is_named_every_hour(
    context: Any, event: Any, caplog: pytest.LogCaptureFixture, playbook: Playbook
) -> None:
    made = [subscribe(who) for who in ("yijun", "olena", "james", "wei")]
    give_lin_a_bot()
    call_the_roll(event("rollcall"), context)
    assert "unreached" not in [record.msg for record in caplog.records]
    clients.sns().unsubscribe(SubscriptionArn=made[1])
    call_the_roll(event("rollcall"), context)
    [missing] = [record for record in caplog.records if record.msg == "unreached"]
    assert vars(missing)["approver"] == "olena"
    assert missing.levelno == logging.ERROR
    for one in (made[0], made[2], made[3]):
        clients.sns().unsubscribe(SubscriptionArn=one)


def test_a_subscription_says_whose_it_is() -> None:
    arn = subscribe("yijun")
    [one] = [one for one in subscriptions.every() if one.arn == arn]
    assert (one.protocol, one.confirmed, one.filter) == (
        "sqs", True, policy_for([f"{BRAND}/yijun"])
    )  # fmt: skip
    clients.sns().unsubscribe(SubscriptionArn=arn)


# ---------------------------------------------------------------- the drill

SECRET = {"platform": "standard", "secret": "whsec_c2VjcmV0"}
LINK = "https://desk.example/approvals/" + "k" * 43


class Desk:
    """A desk that does what it should: takes a webhook, sends its approver a link, shows a page."""

    def __init__(self, fails: str = "") -> None:
        self.fails, self.calls, self.text = fails, list[str](), ""

    def __call__(self, outbound: Outbound) -> Response:
        self.calls.append(f"{outbound.method} {outbound.url.split('/')[3]}")
        if self.calls[-1] == self.fails:
            return Response(502, {}, b"")
        if outbound.method == "GET":
            return Response(
                200, {}, f'<input type="hidden" name="seen" value="s">{self.text}'.encode()
            )
        if outbound.url.endswith("/standard"):
            self.text = json.loads(outbound.body)["data"]["text"]
            for body in ("no link in it", f"Decide:\n{LINK}"):
                boto3.client("sqs").send_message(QueueUrl=settings().drills_queue, MessageBody=body)
        else:
            assert b"action=reject" in outbound.body
            assert b"seen=s" in outbound.body
        return Response(200, {}, b"")


def ready(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    secret = json.dumps(SECRET)
    clients.ssm().put_parameter(
        Name="/repartee/test/hooks/drill/standard", Value=secret, Type="SecureString",
        Overwrite=True,
    )  # fmt: skip
    secrets.forget()
    monkeypatch.setattr(http, "call", desk)


def test_what_a_drill_says_is_put_before_its_approver(
    context: Any, queued: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(monkeypatch, Desk())
    store.keep_playbook(PLAYBOOK)
    request = webhook("7", SECRET, NOON)
    delivery = Delivery(
        id="7" * 32, brand=DRILL, channel=CHANNEL, received_at=stamp(NOON),
        headers=kept(request.headers), query={}, body=request.body,
    )  # fmt: skip
    assert triage(batch(delivery.to_json()), context) == {"batchItemFailures": []}
    [body] = queued("escalations")
    asked = Matter.model_validate_json(body)
    assert (asked.brand, asked.kind, asked.policy) == (DRILL, "help", "default")


def test_a_drill_goes_from_the_webhook_to_the_decision(
    context: Any, event: Any, heard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk()
    ready(monkeypatch, desk)
    assert "seconds" in drill(event("drill"), context)
    assert desk.calls == ["POST hooks", "GET approvals", "POST approvals"]
    assert heard() == ["drill done"]


@pytest.mark.parametrize("where", ["POST hooks", "GET approvals", "POST approvals"])
def test_a_drill_that_stops_anywhere_says_so(
    where: str, context: Any, heard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(monkeypatch, Desk(fails=where))
    with pytest.raises(Exception, match=r"the (webhook|approver)"):
        drill({}, context)
    assert heard() == []


def test_a_drill_of_which_nothing_arrives_gives_up_in_time(
    context: Any, heard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = iter((100_000, 50_000, 30_000))
    monkeypatch.setattr(context, "get_remaining_time_in_millis", lambda: next(left))
    ready(monkeypatch, Desk())
    monkeypatch.setattr("cloud.drilling.sent", lambda: iter(()))
    with pytest.raises(Exception, match="did not come to its approver"):
        drill({}, context)
    assert heard() == []


def test_a_message_from_another_drill_does_not_count(
    context: Any, heard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk()
    ready(monkeypatch, desk)
    left = iter((100_000, 30_000))
    monkeypatch.setattr(context, "get_remaining_time_in_millis", lambda: next(left))
    yesterday = SimpleNamespace(
        sent=lambda: iter((f"Decide:\n{LINK}", "https://evil.example/approvals/x"))
    )
    monkeypatch.setattr("cloud.drilling.sent", yesterday.sent)
    monkeypatch.setattr("cloud.drilling.said", lambda number: said("yesterday's"))
    with pytest.raises(Exception, match="did not come to its approver"):
        drill({}, context)
    assert desk.calls == ["POST hooks", "GET approvals", "POST approvals"], "closed, not counted"
    assert heard() == []
