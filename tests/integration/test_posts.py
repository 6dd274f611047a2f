"""Publications that people plan: a yes, a time, and the same door."""

from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import target
from cli.commands import app
from cloud import clock, store
from desk.escalation import Matter
from desk.outbound import Reply, copied, moved
from desk.publication import Place, planned
from functions.send.app import handler as send
from functions.tick.app import handler as tick
from tests.records import BRAND, NOON, after

pytestmark = pytest.mark.usefixtures("at")
TEXT = "今晚的茶，我们请。"


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch, queued: Any) -> Any:
    """Runs `repartee post` with those arguments: its exit code, what it says, what it asks."""
    monkeypatch.setattr(target, "choose", lambda *_: None)

    def plan(*arguments: str) -> tuple[int, str, list[Matter]]:
        done = CliRunner().invoke(app, ["post", TEXT, "--by", "olena", *arguments])
        found = [Matter.model_validate_json(body) for body in queued("escalations")]
        return done.exit_code, done.output, found

    return plan


def the_post(matter: Matter) -> Reply:
    found = store.reply(BRAND, matter.conversation, matter.reply)
    assert found is not None
    return found


def test_a_publication_waits_for_a_yes_on_all_its_channels(plan: Any) -> None:
    code, said, [matter] = plan("--channel", "line", "--channel", "telegram")
    assert (code, "Asked for a yes" in said) == (0, True)
    post = the_post(matter)
    assert (post.state, post.text, post.address.way) == ("pending", TEXT, "post")
    assert [copy.channel for copy in post.copies] == ["telegram"]
    assert matter.reasons == ("planned:olena|–",)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--channel", "myspace"], "no channel 'myspace'"),
        (["--channel", "wechat"], "nothing can be published on wechat"),
        (["--policy", "none"], "no policy 'none'"),
        (["--at", "tomorrow"], "no time"),
        (["--at", "2026-12-02T22:05"], "has no time zone"),
        (["--at", "2020-01-01T00:00Z"], "not within the next 30 days"),
    ],
)
def test_what_cannot_be_planned_is_told(plan: Any, arguments: list[str], told: str) -> None:
    code, said, asked = plan(*arguments)
    assert (code, asked) == (2, [])
    assert told in " ".join(said.split())


def test_a_planned_post_goes_out_at_its_time_and_not_before(
    made: Any, queued: Any, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, _ = planned(
        TEXT, [Place("line", "line", "U-shop"), Place("telegram", "telegram", "7", "-1")],
        brand=BRAND, policy="default", by="olena", at=after(60), token="t0", now=NOON,
    )  # fmt: skip
    store.add_reply(post)
    yes = {"decided_by": "lin", "decided_at": NOON, "not_before": post.planned_at,
           "expires_at": after(60) + timedelta(hours=2)}  # fmt: skip
    ready = moved(post, "ready", "t1", NOON, "approved:lin", **yes)
    assert store.move(post, ready)
    [copy] = copied(ready, "t2", NOON)
    store.add_reply(copy)
    for minute, said in ((1, 0), (30, 0), (59, 0), (61, 2), (63, 2)):
        monkeypatch.setattr(clock, "now", lambda minute=minute: after(minute))
        store.beat(BRAND, after(minute))
        tick({}, context)
        for body in queued("outbound"):
            record = {"messageId": "1", "body": body, "eventSource": "aws:sqs"}
            send({"Records": [record]}, context)
        assert len(made) == said, minute
