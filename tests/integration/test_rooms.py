"""A war room on the desk: opened in one step, heeded by what comes after, reviewed in the end."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import target
from cli.commands import app
from cloud import rooms, store
from desk.escalation import Matter, name_of
from functions.escalate.app import handler as escalate
from tests.records import BRAND, matter, mention

pytestmark = pytest.mark.usefixtures("at")


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `repartee room` with those arguments: exit code and what it says."""
    monkeypatch.setattr(target, "choose", lambda *_: None)

    def run(*arguments: str) -> tuple[int, str]:
        rooms.forget()
        done = CliRunner().invoke(app, ["room", *arguments])
        return done.exit_code, done.output

    return run


def test_opening_tells_those_on_duty_and_lays_the_statement_ready(room: Any, queued: Any) -> None:
    code, said = room("open", "lid-leak", "two burns", "--by", "yijun")
    assert (code, "A statement waits for a yes." in said) == (0, True)
    told, statement = [Matter.model_validate_json(body) for body in queued("escalations")]
    assert (told.kind, told.policy, told.reasons) == (
        "note",
        "crisis",
        ("room_open:yijun|two burns|0",),
    )
    post = store.reply(BRAND, statement.conversation, statement.reply)
    assert post is not None
    assert (post.state, post.address.way) == ("pending", "post")
    [one] = store.rooms(BRAND)
    assert one.statement == f"{post.conversation}|{post.id}"


def test_a_topic_that_is_none_or_open_already_is_told(room: Any) -> None:
    assert room("open", "lids", "why")[0] == 2
    assert room("open", "lid-leak", "why")[0] == 0
    code, said = room("open", "lid-leak", "why")
    assert (code, "is open" in said) == (2, True)


def test_what_comes_while_it_is_open_goes_to_the_wider_circle(
    room: Any, queued: Any, context: Any
) -> None:
    room("open", "lid-leak", "two burns")
    queued("escalations")
    rooms.forget()
    loud = matter(kind="spike", cause="spike:watch:lid-leak", policy="default", reply="")
    record = {"messageId": "1", "body": loud.model_dump_json(), "eventSource": "aws:sqs"}
    assert escalate({"Records": [record]}, context) == {"batchItemFailures": []}
    there = store.escalation(BRAND, name_of(loud.cause))
    assert there is not None
    assert there.policy == "crisis"


def test_decisions_are_written_down_and_the_review_has_them(room: Any, tmp_path: Any) -> None:
    room("open", "lid-leak", "two burns", "--by", "yijun")
    [one] = store.rooms(BRAND)
    store.add_mention(mention(text="杯盖漏水", said_at=one.opened_at, heard_at=one.opened_at), b"")
    assert room("note", one.id[:6], "refunds for all", "--by", "lin")[0] == 0
    assert room("close", one.id, "lids recalled", "--by", "olena")[0] == 0
    assert room("note", one.id, "too late")[0] == 2
    out = tmp_path / "review.md"
    assert room("review", one.id, "--out", str(out))[0] == 0
    text = out.read_text("utf-8")
    assert "# War room: 保温杯漏水 · leaking lids" in text
    assert "lin: refunds for all" in text
    assert "by olena: lids recalled" in text
    assert "1 mentions by 1 people" in text
    [listed] = json.loads(room("list", "--json")[1])
    assert listed["conclusion"] == "lids recalled"
