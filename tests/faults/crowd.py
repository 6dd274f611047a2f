"""Whole desks on a clock of their own, in memory: the real handlers, and people who write to them.

Everything follows from a seed. Time passes only between invocations, but for what a platform does
before it answers a post.
"""

import heapq
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from cloud import clock, http, queues, secrets, store, wellbeing
from cloud.store import playbooks, table
from cloud.store.bodies import body_of
from desk import understanding
from desk.escalation import Matter
from desk.mention import Mention
from desk.outbound import ANSWER_LIFE, NEEDS_A_PERSON, Key, Reply, moved
from desk.playbook import Playbook
from desk.wire import Delivery, Outbound, Response, stamp
from functions.send import app as send
from functions.tick import app as tick
from functions.triage import app as triage
from tests.faults.scenarios import START
from tests.records import batch

HIDDEN = 180.0
"""Seconds after which a message that was not worked off is seen again."""
CONTEXT: Any = SimpleNamespace(
    function_name="test",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:ap-east-1:1:function:test",
    aws_request_id="0",
    get_remaining_time_in_millis=lambda: 60_000,
)


class Post(NamedTuple):
    """What a desk has published, and whether nobody had said yes to it."""

    at: float
    desk: str
    reply: str
    mention: str
    automatic: bool
    author: str
    conversation: str
    said_at: datetime


class Heard(NamedTuple):
    """What a desk has worked off: what was said, changed or deleted, and by whom."""

    at: float
    what: str
    """`created`, `edited`, `deleted`, `ours` of a person of ours, `echo` of the desk's own."""
    conversation: str
    message: str
    text: str


@dataclass
class Desk:
    """One install with one brand: its table, and what waits in its queues."""

    playbook: Playbook
    account: str
    items: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    matters: list[Matter] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    echoes: Callable[[Post, dict[str, Any]], None] = lambda post, data: None
    """What the platform does with a post before it answers."""


class Crowd:
    """Desks, the platform between them, and a clock."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.here: Desk
        self._plans: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        for name in ("get", "put", "add", "replace", "swap", "update", "query"):
            patch.setattr(table, name, getattr(self, f"_{name}"))
        patch.setattr(clock, "now", self.moment)
        patch.setattr(clock, "token", lambda: f"t{next(self._numbers)}")
        patch.setattr(queues, "send", self._queue)
        patch.setattr(queues, "send_all", self._queue_all)
        patch.setattr(http, "call", self._call)
        patch.setattr(secrets, "hook", lambda brand, channel: {"platform": "standard"})
        door = {"platform": "standard", "url": "https://a.example/replies", "token": "t"}
        patch.setattr(secrets, "credentials", lambda brand, channel: door)
        patch.setattr(secrets, "key", lambda: b"k" * 64)
        still = SimpleNamespace(monotonic=lambda: self.now)
        patch.setattr(playbooks, "time", still)
        patch.setattr(understanding, "KEPT", 20)
        for app in (triage, send, tick):
            patch.setattr(app.logger._logger, "disabled", True)

    # ------------------------------------------------------------ the clock

    def moment(self) -> datetime:
        """Now."""
        return START + timedelta(seconds=self.now)

    def begin(self, *desks: Desk) -> None:
        """Empty installs at the start of time."""
        self.now, self._plans, self.desks = 0.0, [], desks
        for desk in desks:
            self.at(desk)
            desk.items.clear()
            store.keep_playbook(desk.playbook)
            store.create_control(desk.playbook.brand, self.moment())
            understanding.ready(desk.playbook)

    def at(self, desk: Desk) -> None:
        """From here on everything happens in that install."""
        if getattr(self, "here", None) is not desk:
            playbooks.forget()
            wellbeing.forget()
        self.here = desk

    def plan(self, after: float, desk: Desk, what: Callable[[], None]) -> None:
        """Let something happen in an install, so many seconds from now."""

        def happen() -> None:
            self.at(desk)
            what()

        heapq.heappush(self._plans, (self.now + after, next(self._numbers), happen))

    def run(self, until: float) -> None:
        """Let everything happen, with the minute's sweep in between where something is due."""
        while True:
            upcoming = self._plans[0][0] if self._plans else until
            due = min(filter(None, map(self._due, self.desks)), default=until)
            if min(upcoming, due) >= until:
                return
            if due < upcoming:
                self.now = due
                for desk in self.desks:
                    if self._due(desk) is not None:
                        self.at(desk)
                        store.beat(desk.playbook.brand, self.moment())
                        tick.handler({}, CONTEXT)
            else:
                self.now, _, happen = heapq.heappop(self._plans)
                happen()

    def _due(self, desk: Desk) -> float | None:
        stamps = [item["due_sk"] for (_, sk), item in desk.items.items() if "due_sk" in item]
        if not stamps:
            return None
        due = (datetime.fromisoformat(min(stamps)) - START).total_seconds()
        return 60.0 * (max(self.now, due) // 60 + 1)

    # ------------------------------------------------------------ the platform

    def hears(self, event: dict[str, Any], name: str, echo: bool = False) -> None:
        """The install here works off a delivery; what it cannot yet, it is brought again.

        What is an echo of a desk's own answer is no person's word.
        """
        desk = self.here
        body = json.dumps({"timestamp": stamp(self.moment())} | event).encode()
        given = {"webhook-id": name}
        brand = desk.playbook.brand
        one = Delivery(name, brand, "standard", stamp(self.moment()), given, {}, body)
        store.beat(brand, self.moment())
        answer = triage.handler(batch(one.to_json()), CONTEXT)
        data = event["data"]
        what = event["type"].partition(".")[2]
        if data["author"]["id"] == desk.account:
            what = "echo" if echo else "ours"
        known = data["conversation"], data["id"], data["text"]
        desk.heard.append(Heard(self.now, what, *known))
        if answer["batchItemFailures"]:
            self.plan(HIDDEN, desk, lambda: self.hears(event, name, echo))

    def _call(self, outbound: Outbound) -> Response:
        data = json.loads(outbound.body)["data"]
        desk = self.here
        [reply] = [one for one in self.replies(desk) if one.id == data["id"]]
        post = Post(
            self.now, desk.playbook.brand, reply.id, data["in_reply_to"], reply.automatic,
            reply.author, data["conversation"], reply.said_at or self.moment(),
        )  # fmt: skip
        desk.posts.append(post)
        desk.echoes(post, data)
        self.at(desk)
        name = json.dumps({"id": f"p-{reply.id}"}).encode()
        return Response(200, {"content-type": "application/json"}, name)

    # ------------------------------------------------------------ what AWS does

    def _queue(self, queue: str, bodies: list[str], delay: float = 0) -> None:
        desk = self.here
        for body in bodies:
            if "escalations" in queue:
                self._ask(Matter.model_validate_json(body))
            else:
                self.plan(max(0.2, min(900, delay)), desk, lambda body=body: self._send(body))  # type: ignore[misc]

    def _queue_all(self, messages: list[queues.Message]) -> dict[queues.Message, str]:
        for one in messages:
            self._queue(one.queue, [one.body], one.delay)
        return {}

    def _ask(self, matter: Matter) -> None:
        # What `escalate` does to a reply once somebody was told: nothing more is due on it.
        self.here.matters.append(matter)
        for one in self.replies(self.here):
            if one.id == matter.reply and one.state in NEEDS_A_PERSON:
                told = {"due_at": None, "token": clock.token()}
                assert store.move(one, one.model_copy(update=told))

    def _send(self, body: str) -> None:
        store.beat(self.here.playbook.brand, self.moment())
        assert send.handler(batch(body), CONTEXT)["batchItemFailures"] == []

    def approves(self, name: str) -> None:
        """A person says yes to a reply that waits for them."""
        for one in self.replies(self.here):
            if one.id == name and one.state in ("pending", "held"):
                yes = {"automatic": False, "decided_by": "ann", "decided_at": self.moment(),
                       "not_before": None, "expires_at": self.moment() + ANSWER_LIFE}  # fmt: skip
                then = moved(one, "ready", clock.token(), self.moment(), "approved:ann", **yes)
                assert store.move(one, then)
                key = Key(brand=one.brand, conversation=one.conversation, reply=one.id)
                self._queue("outbound", [key.model_dump_json()])

    def replies(self, desk: Desk) -> list[Reply]:
        """All replies of an install."""
        rows = [item for (_, sk), item in desk.items.items() if sk.startswith("R#")]
        return [Reply.model_validate_json(body_of(row)) for row in rows]

    def mentions(self, desk: Desk) -> list[Mention]:
        """All mentions of an install."""
        rows = [item for item in desk.items.values() if item.get("kind") == "mention"]
        return [Mention.model_validate_json(body_of(row)) for row in rows]

    # ------------------------------------------------------------ the table, in memory

    def _get(self, pk: str, sk: str, *, consistent: bool = True) -> dict[str, Any] | None:
        return self.here.items.get((pk, sk))

    def _put(self, item: dict[str, Any]) -> None:
        self.here.items[item["pk"], item["sk"]] = item

    def _add(self, item: dict[str, Any], unless_state: str = "") -> dict[str, Any] | None:
        there = self._get(item["pk"], item["sk"])
        if there is not None and not (unless_state and there.get("state") == unless_state):
            return there
        self._put(item)
        return None

    def _replace(self, item: dict[str, Any], state: str, token: str) -> bool:
        there = self._get(item["pk"], item["sk"]) or {}
        if (there.get("state"), there.get("token")) != (state, token):
            return False
        self._put(item)
        return True

    def _swap(self, item: dict[str, Any], body: str) -> bool:
        there = self._get(item["pk"], item["sk"])
        if there is not None and there["body"] != body:
            return False
        self._put(item)
        return True

    def _update(self, pk: str, sk: str, expression: str, condition: str, **more: Any) -> bool:
        # What the desk asks of it here: a heartbeat, and a rule that begins on its ladder.
        there = self._get(pk, sk)
        if (there is None) is not (condition == "attribute_not_exists(pk)"):
            return False
        values = more["ExpressionAttributeValues"]
        new = {
            name: values[value]["S"] for name, value in re.findall(r"(\w+) = (:\w+)", expression)
        }
        self._put({"pk": pk, "sk": sk, **(there or {}), **new})
        return True

    def _query(
        self, pk: str, *, index: str = "", begins: str = "", **more: Any
    ) -> Iterator[dict[str, Any]]:
        pk_name, sk_name = (f"{index}_pk", f"{index}_sk") if index else ("pk", "sk")
        low, high = more.get("between") or ("", "\uffff")
        rows = [item for item in self.here.items.values() if item.get(pk_name) == pk]
        for item in sorted(rows, key=lambda row: str(row[sk_name])):
            if item[sk_name].startswith(begins) and low <= item[sk_name] <= high:
                yield item


def utc(seconds: float) -> str:
    """That moment of a run, as platforms write it."""
    return (START + timedelta(seconds=seconds)).astimezone(UTC).isoformat()
