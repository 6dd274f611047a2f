"""A whole run in one process: the real handlers, and around them what AWS and people do.

Nothing in it is left to chance or to the clock: from equal states follows the same.
"""

import base64
import copy
import json
import re
from collections.abc import Iterator
from importlib import import_module
from threading import get_ident
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import sqs_backends

from cloud import aws, brakes, clock, hearing, http, queues, secrets, sign_in, store, wellbeing
from cloud.rooms import forget as forget_rooms
from cloud.settings import settings
from cloud.store import playbooks
from desk import ladder, understanding
from desk.approval import token_hash
from desk.control import Hold
from desk.pages.texts import say
from desk.pages.view import Outcome
from desk.wire import Outbound
from functions.tick import app as tick
from tests.conftest import BRAND
from tests.faults.scenarios import OPERATOR, PLAYBOOK, Command, Scenario, at, headers
from tests.faults.state import Asked, Message, Plan, Post, State, Step, Told, Visit, Webhook
from tests.faults.stored import Stored, next_due, read
from tests.faults.wire import Call, Fault, Killed, Wire

ACCOUNT, REGION = "123456789012", "ap-east-1"
TRIES = 5
"""Times that a message is delivered before it is a dead letter, and that people try again."""
AGAIN = 60.0
"""Seconds after which platforms and people try again."""
DOUBT = say("en", "doubt.title")

FUNCTIONS = "receive", "triage", "send", "escalate", "decide", "tick", "brake"
READERS = {"deliveries": "triage", "outbound": "send", "escalations": "escalate", "brakes": "brake"}
BATCH = {"deliveries": 10, "outbound": 1, "escalations": 10, "brakes": 1}
HIDDEN = {"deliveries": 180.0, "outbound": 360.0, "escalations": 180.0, "brakes": 150.0}
"""Seconds for which a message that was read and not deleted stays unseen, as in the template."""
TROUBLE = (*aws.TROUBLE, queues.NotQueued, hearing.NotKnownYet, tick.Stuck)
"""What may come out of a handler. Anything else is a fault in it."""
CONTEXT = SimpleNamespace(
    function_name="test",
    memory_limit_in_mb=512,
    invoked_function_arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:test",
    aws_request_id="00000000-0000-0000-0000-000000000000",
    get_remaining_time_in_millis=lambda: 60_000,
)


class World:
    """One account, emptied between runs."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.wire = Wire()
        self.wire.accept = self._accept
        self.scenario = Scenario("nothing", (), "")
        self.functions: dict[str, Any] = {}
        self.notes: list[str] = []
        """How many runs there were of what."""
        self._table = dynamodb_backends[ACCOUNT][REGION].tables["repartee"]
        backend = sqs_backends[ACCOUNT][REGION]
        self._queues = {name: backend.queues[name] for name in (*READERS, "approvers")}
        self._tokens = 0
        self._pages: dict[int, Outcome] = {}
        self._begin(State())
        for name in FUNCTIONS:
            self.functions[name] = app = import_module(f"functions.{name}.app")
            patch.setattr(app.logger._logger, "disabled", True)
        still = SimpleNamespace(monotonic=lambda: 0.0, sleep=lambda seconds: None)
        for module in (playbooks, secrets, sign_in, import_module("botocore.endpoint")):
            patch.setattr(module, "time", still)
        patch.setattr(clock, "now", lambda: at(self.now))
        patch.setattr(clock, "token", self._token)
        patch.setattr(clock, "link_token", self._token)
        patch.setattr(http, "call", self.wire.call)
        decide = self.functions["decide"]
        closed = decide.closed

        def noted(outcome: Outcome) -> str:
            self._pages[get_ident()] = outcome
            return str(closed(outcome))

        patch.setattr(decide, "closed", noted)
        understanding.ready(PLAYBOOK)

    # ------------------------------------------------------------ going back

    def start(self, scenario: Scenario) -> None:
        """An empty account with a brand in it, and the scenario ahead."""
        self.scenario = scenario
        self.restore(State())
        store.keep_playbook(PLAYBOOK)
        store.create_control(BRAND, at(0))
        if scenario.rung is not None:
            parking = [rule for rule in PLAYBOOK.rules if rule.id == "parking"]
            begun = store.settle_standings(PLAYBOOK, parking, at(0))["parking"]
            there = ladder.moved(begun, scenario.rung, "olga", "a test", at(0))
            store.move_standing(BRAND, begun, there)
        forget()
        if not scenario.cold:
            store.playbook(BRAND)
            secrets.hook(BRAND, "standard")
            secrets.credentials(BRAND, "standard")
            secrets.key()
        plans = [
            Plan(when, Webhook(f"w-{n}", body)) for n, (when, body) in enumerate(scenario.said)
        ]
        plans += [Plan(command.at, command) for command in scenario.commands]
        self._plan(*plans)

    def state(self) -> State:
        """Where it stands."""
        return State(
            self.now, self._items(self._table.items), self.messages, self.dead, self.plans,
            self.wire.tried, self.posts, self.asked, self.told, self.heard, self.raised,
        )  # fmt: skip

    def restore(self, state: State) -> None:
        """Go back to `state`."""
        self._table.items.clear()
        self._table.items.update(self._items(state.items))
        self._begin(state)

    def _begin(self, state: State) -> None:
        self.now, self.wire.tried = state.now, state.tried
        self.messages, self.dead, self.plans = state.messages, state.dead, state.plans
        self.posts, self.asked, self.told = state.posts, state.asked, state.told
        self.heard, self.raised = state.heard, state.raised
        self.wire.story = self.scenario.platform
        for queue in self._queues.values():
            queue._messages.clear()

    @staticmethod
    def _items(items: dict[Any, dict[Any, Any]]) -> dict[Any, dict[Any, Any]]:
        """A copy. Items are replaced and never changed, but for those that are updated in place."""
        return {
            pk: {sk: copy.deepcopy(r) if _updated(sk.value) else r for sk, r in part.items()}
            for pk, part in items.items()
            if part
        }

    # ------------------------------------------------------------ what happens next

    def next(self) -> Step | None:
        """What happens next; None once nothing will."""
        return min(self._candidates(), key=lambda step: step.at, default=None)

    def _candidates(self) -> Iterator[Step]:
        soon = self.now + 1
        if self.plans:
            plan = self.plans[0]
            function = {Webhook: "receive", Visit: "decide", Command: "operator"}[type(plan.what)]
            yield Step(max(soon, plan.at), function, (), plan)
        if self.messages:
            first = min(self.messages, key=lambda message: (message.seen_at, message.number))
            when = max(soon, first.seen_at)
            same = [m for m in self.messages if m.queue == first.queue and m.seen_at <= when]
            yield Step(when, READERS[first.queue], tuple(same[: BATCH[first.queue]]))
        # In any other minute the sweep would find nothing.
        for kind in "", "#C#":
            minute = self._minute_due(kind)
            if minute is not None and (kind or minute < self.scenario.asks_until):
                yield Step(minute, "tick")

    def _minute_due(self, kind: str) -> float | None:
        due = next_due(self._table.items, kind)
        if due is None:
            return None
        return 60.0 * (max(self.now, (due - at(0)).total_seconds()) // 60 + 1)

    def _plan(self, *plans: Plan) -> None:
        self.plans = tuple(sorted((*self.plans, *plans), key=lambda plan: plan.at))

    # ------------------------------------------------------------ making it happen

    def run(self, step: Step, fault: Fault | None = None) -> list[Call]:
        """Let `step` happen, and `fault` with it; the calls that it made."""
        self.begin(step.at, fault)
        if step.plan is not None:
            self.plans = tuple(plan for plan in self.plans if plan is not step.plan)
        heard = fault is None or fault.kind not in ("not heard", "not deleted")
        match step.plan:
            case None if step.messages:
                self.work(step, heard)
            case None:
                self.invoke("tick", {})
            case Plan(what=Webhook() as webhook):
                self._deliver(webhook, heard)
            case Plan(what=Visit() as visit):
                self.visit(visit, heard)
            case Plan(what=Command() as command):
                operate(command, self.now)
        if fault is not None and fault.kind.startswith("killed"):
            sign_in.forget()
            wellbeing.forget()
        calls = self.wire.calls
        self.collect()
        return calls if step.function in FUNCTIONS else []

    def begin(self, now: float, fault: Fault | None = None) -> None:
        """A new moment."""
        self.now, self._tokens = now, 0
        self.wire.begin(fault)
        if self.scenario.cold:
            forget()

    def invoke(self, function: str, event: dict[str, Any]) -> dict[str, Any] | None:
        """What a function answers; None where it was killed or gave up."""
        app = self.functions[function]
        try:
            answer = app.handler(event, CONTEXT)
        except Killed:
            return None
        except TROUBLE:
            return None
        for _, error, _ in getattr(getattr(app, "processor", None), "exceptions", ()):
            if not isinstance(error, TROUBLE):
                self.raised = (*self.raised, f"{function} raised {error!r}")
        return dict(answer or {})

    def work(self, step: Step, deleted: bool = True) -> None:
        """SQS and Lambda: what was not done is seen again, and in the end set aside."""
        answer = self.invoke(step.function, event_of(step.messages))
        failed = {str(message.number) for message in step.messages}
        if answer is not None and deleted:
            failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        done = set(step.messages)
        self.messages = tuple(message for message in self.messages if message not in done)
        for message in step.messages:
            if str(message.number) not in failed:
                continue
            seen_at = self.now + HIDDEN[message.queue]
            again = message._replace(reads=message.reads + 1, seen_at=seen_at)
            if again.reads < TRIES:
                self.messages = (*self.messages, again)
            else:
                self.dead = (*self.dead, again)

    def visit(self, visit: Visit, heard: bool = True) -> None:
        """An approver looks and then decides; where the desk fails them, they try again."""
        looks = visit.seen is None
        shown = [one.text for one in self.stored().replies if one.fingerprint == visit.seen]
        text = visit.choice.text or "".join(shown)
        form = {"action": visit.choice.action, "text": text, "seen": visit.seen or ""}
        form |= {"to": visit.choice.to}
        self._pages.pop(get_ident(), None)
        answer = self.invoke(
            "decide",
            {
                "requestContext": {"http": {"method": "GET" if looks else "POST"}},
                "pathParameters": {"token": visit.token},
                "body": "" if looks else urlencode(form),
            },
        )
        if answer is None or answer["statusCode"] >= 500 or not heard:
            if visit.tries < TRIES:
                self._plan(Plan(self.now + AGAIN, visit._replace(tries=visit.tries + 1)))
            return
        outcome = self._pages.get(get_ident())
        if not looks:
            self.told = (*self.told, Told(self.now, visit, outcome))
        # Who is shown a form decides by it, also where it is their own that comes back; but not
        # where the page says that the answer may have been posted: they have not asked for that.
        done = 'class="notice good"' in answer["body"]
        if outcome is None and not done and visit.tries < TRIES and DOUBT not in answer["body"]:
            self._think(visit, answer["body"])

    def _think(self, visit: Visit, page: str) -> None:
        """They have the page before them, and will send its form."""
        found = re.search(r'name="seen" value="(\w*)"', page)
        seen, about = found[1] if found else "", self.stored().about(token_hash(visit.token))
        visit = visit._replace(seen=seen, about=about, tries=visit.tries + 1)
        self._plan(Plan(self.now + visit.choice.thinks, visit))

    def _deliver(self, webhook: Webhook, heard: bool) -> None:
        """A platform tries again for as long as it does not hear 200."""
        answer = self.invoke(
            "receive",
            {
                "requestContext": {"http": {"method": "POST"}},
                "pathParameters": {"brand": BRAND, "channel": "standard"},
                "headers": headers(webhook.body, webhook.name, at(self.now)),
                "body": base64.b64encode(webhook.body).decode(),
                "isBase64Encoded": True,
            },
        )
        if answer is not None and answer["statusCode"] == 200:
            self.heard = (*self.heard, answer["headers"]["x-repartee-delivery"])
            if heard:
                return
        if webhook.tries < TRIES:
            self._plan(Plan(self.now + AGAIN, webhook._replace(tries=webhook.tries + 1)))

    def _accept(self, call: Outbound) -> None:
        """The platform publishes, whether it has seen the key before or not."""
        data = json.loads(call.body)["data"]
        self.posts = (*self.posts, Post(self.now, data["id"], data["in_reply_to"], data["text"]))

    def _token(self) -> str:
        self._tokens += 1
        return f"t{self.now:g}-{self._tokens}"

    # ------------------------------------------------------------ afterwards

    def collect(self) -> None:
        """Take what was put on the queues, and let those who were asked plan what they will do."""
        last = max((message.number for message in (*self.messages, *self.dead)), default=0)
        came = [(name, kept) for name in READERS for kept in self._queues[name]._messages]
        for number, (name, kept) in enumerate(came, last + 1):
            delay = max(0, round((kept.delayed_until - (kept.sent_timestamp or 0)) / 1000))
            message = Message(name, str(kept.body), self.now + delay, number)
            self.messages = (*self.messages, message)
        for kept in self._queues["approvers"]._messages:
            approver = kept.message_attributes["approver"]["StringValue"]
            [token] = re.findall(r"/approvals/(\S+)", str(kept.body))
            self._hear(approver, token)
        for queue in self._queues.values():
            queue._messages.clear()

    def _hear(self, approver: str, token: str) -> None:
        stored = self.stored()
        name = stored.links[token_hash(token)]
        self.asked = (*self.asked, Asked(self.now, approver, token, name))
        choice = self.scenario.choose(approver, stored.escalations[name].matter.kind)
        busy = [p.what for p in self.plans if isinstance(p.what, Visit)]
        if choice is not None and approver not in {visit.approver for visit in busy}:
            self._plan(Plan(self.now + choice.after, Visit(approver, token, choice)))

    def stored(self) -> Stored:
        """What is in the table now."""
        return read(self._table.items)


def _updated(sk: str) -> bool:
    return sk == "CONTROL" or sk.startswith("LADDER#")


def forget() -> None:
    """A new process: nothing that was read before is known."""
    playbooks.forget()
    forget_rooms()
    secrets.forget()
    sign_in.forget()
    wellbeing.forget()


def operate(command: Command, now: float) -> None:
    """An operator holds the brand or lets it go on, or the control item is lost."""
    match command.what:
        case "hold":
            store.hold(BRAND, Hold(scope="brand", by="olga", reason="a test", at=at(now)))
        case "release":
            control = store.control(BRAND)
            for held in control.holds if control is not None else ():
                brakes.release(BRAND, held, OPERATOR, "it is over")
        case "wrong":
            [version] = [one.version for one in store.standings(BRAND, "parking")]
            store.mark_wrong(
                BRAND, "parking", version, "standard:m", by="olga", why="a test", now=at(now)
            )
        case "lose":
            key = {"pk": {"S": f"{BRAND}#B"}, "sk": {"S": "CONTROL"}}
            aws.dynamodb().delete_item(TableName=settings().table, Key=key)


def event_of(messages: tuple[Message, ...]) -> dict[str, Any]:
    """The event in which Lambda hands messages to a function."""
    return {
        "Records": [
            {
                "messageId": str(message.number),
                "receiptHandle": "r",
                "body": message.body,
                "attributes": {"ApproximateReceiveCount": str(message.reads + 1)},
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{message.queue}",
                "awsRegion": REGION,
            }
            for message in messages
        ]
    }
