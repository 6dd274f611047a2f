"""An evening like the one that made a brand famous: from a hot list to a post in minutes."""

import json
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from cloud import aws as clients, clock, fetcher, http, secrets, store
from desk import opportunity
from desk.opportunity import Opportunity
from desk.outbound import Reply
from desk.publication import post_names
from desk.wire import Outbound, Response
from functions.collect.app import handler as collect
from functions.decide.app import handler as decide
from functions.escalate.app import handler as escalate
from functions.scan.app import handler as scan
from functions.send.app import handler as send
from functions.tick.app import handler as tick
from functions.triage.app import handler as triage
from tests.records import BRAND

pytestmark = pytest.mark.usefixtures("at")

TEN_AT_NIGHT = datetime.fromisoformat("2026-12-02T22:00:00+08:00")
"""Lin is at the desk until eleven."""
LIST = "https://lists.example.org/s?id=weibo"
STORY = "上海外滩迎来今年初雪"
QUEUES = {"deliveries": triage, "escalations": escalate, "outbound": send}
ANSWERS = {
    "receiver.example": b'{"id": "s-1"}',
    "line": b'{"sentMessages": [{"id": "l-1"}]}',
    "telegram": b'{"ok": true, "result": {"message_id": 7}}',
}


class Killed(BaseException):
    """The sender's process ends, between two of its lines."""


class Evening:
    """The real handlers, on a clock of their own, with all that is outside played."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, context: Any, queued: Any) -> None:
        self.now, self.context, self.queued = TEN_AT_NIGHT, context, queued
        self.posts: list[str] = []
        self.links: list[str] = []
        self.rows = ["新款手机开售", "今天的晚霞"]
        self.killed = False
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(clock, "link_token", self.link)
        monkeypatch.setattr(fetcher, "fetch", self.fetch)
        monkeypatch.setattr(http, "call", self.call)

    def link(self) -> str:
        self.links.append(f"{len(self.links):043}")
        return self.links[-1]

    def fetch(self, call: Outbound, base: str = "") -> Response:
        rows = [
            {"title": title, "url": f"https://lists.example.org/{title}"} for title in self.rows
        ]
        return Response(200, {}, json.dumps({"items": rows}).encode())

    def call(self, call: Outbound) -> Response:
        """A platform takes the post; the first time the sender is killed right after that."""
        self.posts.append(call.url)
        if not self.killed:
            self.killed = True
            raise Killed
        [body] = [body for name, body in ANSWERS.items() if name in call.url]
        return Response(200, {}, body)

    def run(self, minutes: float) -> None:
        """So many minutes pass, and what is scheduled or queued runs."""
        self.now += timedelta(minutes=minutes)
        store.beat(BRAND, self.now)
        due = {"time": self.now.isoformat()}
        if self.now.minute % 5 == 0:
            collect(due, self.context)
            self.drain()
            scan(due, self.context)
        tick({}, self.context)
        self.drain()

    def drain(self) -> None:
        for _ in range(9):
            for queue, handler in QUEUES.items():
                for body in self.queued(queue):
                    record = {"messageId": "1", "body": body, "eventSource": "aws:sqs"}
                    try:
                        assert not handler({"Records": [record]}, self.context)["batchItemFailures"]
                    except Killed:
                        # Its message comes back once nobody can be at it any more.
                        url = clients.sqs().get_queue_url(QueueName=queue)["QueueUrl"]
                        clients.sqs().send_message(QueueUrl=url, MessageBody=body)

    def page(self, link: str, form: dict[str, str] | None = None) -> str:
        event = {
            "pathParameters": {"token": link},
            "rawQueryString": "",
            "headers": {},
            "requestContext": {"http": {"method": "POST" if form else "GET"}},
            "body": urlencode(form or {}),
            "isBase64Encoded": False,
        }
        answer = decide(event, self.context)
        assert answer["statusCode"] == 200, answer["body"]
        return str(answer["body"])


def had() -> Opportunity:
    [one] = store.opportunities(BRAND, TEN_AT_NIGHT - timedelta(days=1), clock.now())
    return one


def posts(one: Opportunity) -> dict[str, Reply]:
    found = {channel: store.reply(BRAND, *post_names(one.id, channel)) for channel in one.channels}
    return {channel: post for channel, post in found.items() if post is not None}


def test_from_a_hot_list_to_one_post_a_channel_within_a_quarter_of_an_hour(
    monkeypatch: pytest.MonkeyPatch, context: Any, queued: Any
) -> None:
    for brand, channel in secrets.reads():
        clients.ssm().delete_parameter(Name=f"/repartee/test/reads/{brand}/{channel}")
    clients.ssm().put_parameter(
        Name=f"/repartee/test/reads/{BRAND}/hot",
        Value=json.dumps({"platform": "hotlist", "url": LIST, "name": "weibo"}),
        Type="SecureString",
    )
    began = time.process_time()
    evening = Evening(monkeypatch, context, queued)
    evening.run(0)
    assert evening.links == []
    evening.rows.insert(0, STORY)
    for _ in range(5):
        evening.run(1)
    [link] = evening.links
    page = evening.page(link)
    assert f'href="https://lists.example.org/{STORY}"' in page, "people see what they would join"
    for channel in ("standard", "LINE", "Telegram"):
        assert channel in page
    one = had()
    draft = posts(one)["standard"]
    assert (one.state, draft.state, evening.posts) == ("asked", "pending", [])

    evening.now += timedelta(minutes=3)  # Lin finishes her tea, and the sentence
    words = f"{STORY}。店里的灯还亮着，热茶也是。"
    form = {"action": "approve", "text": words, "reason": "", "seen": draft.fingerprint}
    evening.page(link, form)
    for _ in range(7):
        evening.run(1)
    assert evening.now - TEN_AT_NIGHT <= timedelta(minutes=15)
    assert time.process_time() - began <= 60
    assert len(evening.posts) == len({*evening.posts}) == len(one.channels) == 3
    there = posts(had())
    assert {post.text for post in there.values()} == {words}
    states = sorted(post.state for post in there.values())
    assert states == ["sent", "sent", "unconfirmed"], (
        "whose sender was killed is a person's to look"
    )
    assert had().state == "posted"
    found, decided, published = opportunity.clocks(had())
    assert found <= decided <= published <= 15  # type: ignore[operator]
    evening.page(link)
    assert len(evening.posts) == 3
