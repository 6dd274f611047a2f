"""A war room on the desk: opened in one step, heeded by what comes after, reviewed in the end."""

import json
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import target
from cli.commands import app
from cloud import aws as clients, queues, rooms, store
from desk.escalation import Matter, name_of
from desk.playbook import Event, Playbook
from desk.room import planned
from desk.window import Curve
from functions.escalate.app import handler as escalate
from functions.scan.app import Unscanned
from tests.integration.test_scan import keep, matters, ordinary_hours, scan as scan
from tests.records import BRAND, NOON, after, matter, mention
from tests.unit.test_room import room as desk_room

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


EVENT = Event(
    id="night",
    title="Tea night",
    watch="snow-pear",
    begins=after(60),
    ends=after(120),
    last_year=NOON - timedelta(days=364),
)


@pytest.fixture
def event(playbook: Playbook, at: Any) -> None:
    """The example brand has that event, in an hour, and knows last year's."""
    own = {"events": (EVENT,), "version": "with-an-event"}
    store.keep_playbook(playbook.model_copy(update=own))
    kept = Curve(topic="snow-pear", title="Tea night", begins=NOON - timedelta(days=364),
                 people=(4, 9, 6))  # fmt: skip
    store.keep_curve(BRAND, kept)


@pytest.mark.usefixtures("event")
def test_a_room_is_opened_for_an_event_with_last_years_curve(room: Any, queued: Any) -> None:
    code, said = room("open", "--event", "night", "doors open soon", "--by", "yijun")
    assert (code, "Last year: 3 times ten minutes of it are known." in said) == (0, True)
    told, _ = [Matter.model_validate_json(body) for body in queued("escalations")]
    assert told.reasons == ("room_open:yijun|doors open soon|0", "last_year:9|10")
    [one] = store.rooms(BRAND)
    assert (one.event, one.begins, one.until) == ("night", after(60), after(180))
    assert (one.topic, one.last_year) == ("snow-pear", (4, 9, 6))
    said = room("open", "--event", "night")[1]
    assert "a room for snow-pear is open" in said
    room("close", one.id, "a calm night")
    said = room("open", "--event", "night")[1]
    assert "the room of this event is closed" in said


@pytest.mark.usefixtures("event")
def test_of_two_who_open_an_events_room_at_once_one_does(playbook: Playbook) -> None:
    for minute, who in ((0, "lin"), (1, "olena")):
        store.add_room(planned(EVENT, (), playbook, who, "why", after(minute)))
    [one] = store.rooms(BRAND)
    assert one.opened_by == "lin"


@pytest.mark.usefixtures("event")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("lid-leak",), "a topic and why"),
        ((), "a topic and why"),
        (("lid-leak", "why", "--event", "night"), "a room is for one of both"),
        (("--event", "nihgt"), "no event 'nihgt': there is night"),
    ],
)
def test_a_room_is_for_a_topic_or_an_event(
    room: Any, arguments: tuple[str, ...], told: str
) -> None:
    code, said = room("open", *arguments)
    assert (code, told in said) == (2, True)
    assert store.rooms(BRAND) == []


@pytest.mark.usefixtures("event")
def test_an_event_that_is_days_away_or_over_gets_no_room(room: Any, at: Any) -> None:
    for minute in (60 - 24 * 60 - 1, 120):
        at(after(minute))
        code, said = room("open", "--event", "night")
        assert (code, "night is on 2027-03-08" in said) == (2, True)
    at(after(60 - 24 * 60))
    assert room("open", "--event", "night")[0] == 0


@pytest.fixture
def by_itself(event: None, playbook: Playbook) -> None:
    """Its room opens by itself."""
    own = EVENT.model_copy(update={"opens_room": True})
    store.keep_playbook(playbook.model_copy(update={"events": (own,), "version": "by-itself"}))


@pytest.mark.usefixtures("by_itself")
def test_a_room_opens_by_itself_when_its_event_begins(scan: Any, queued: Any) -> None:
    scan(59)
    assert (store.rooms(BRAND), matters(queued)) == ([], [])
    keep(1, 59.5, "雪梨", text="雪梨白茶来了")
    rooms.forget()
    scan(60)
    [one] = store.rooms(BRAND)
    assert (one.opened_by, one.opened_at, one.last_year) == ("Repartee", after(60), (4, 9, 6))
    told, statement = matters(queued)
    opening = "room_open:Repartee|Tea night, 05:00-06:00 UTC|1"
    assert told.reasons == (opening, "last_year:9|10")
    for minute in (61, 62):
        rooms.forget()
        scan(minute)
    assert store.rooms(BRAND) == [one]
    assert matters(queued) == []
    assert statement.reply


BEFORE, AFTER = ["counts", "curve"], ["add_reply", "send", "add_room"]
"""The calls that opening a room makes: those that fail, and those whose answers are lost."""


@pytest.mark.parametrize("broken", [*BEFORE, *AFTER])
@pytest.mark.usefixtures("by_itself")
def test_who_stops_while_opening_it_opens_it_in_the_next_minute_and_once(
    broken: str, scan: Any, queued: Any, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = queues if broken == "send" else store
    begin, call = rooms.begin, getattr(module, broken)

    def dies(*what: Any) -> None:
        if broken in AFTER:
            call(*what)
        raise clients.TROUBLE[0]({"Error": {"Code": "Throttled"}}, "PutItem")

    def breaking(*what: Any) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr(module, broken, dies)
            return begin(*what)

    scan(59)
    rooms.forget()
    with monkeypatch.context() as patch:
        patch.setattr(rooms, "begin", breaking)
        with pytest.raises(Unscanned):
            scan(60)
    rooms.forget()
    scan(61)
    rooms.forget()
    scan(62)
    [_] = store.rooms(BRAND)
    for one in matters(queued):
        record = {"messageId": "1", "body": one.model_dump_json(), "eventSource": "aws:sqs"}
        assert escalate({"Records": [record]}, context) == {"batchItemFailures": []}
    open_ones = [*store.open_escalations(BRAND)]
    assert sorted((one.matter.kind, one.joined) for one in open_ones) == [
        ("note", 1),
        ("opportunity", 1),
    ]
    assert len([*store.waiting(BRAND, "pending")]) == 1


def test_a_watched_topic_is_told_sooner_and_no_other(scan: Any, queued: Any) -> None:
    def told(minute: float, *watched: str) -> list[str]:
        for topic in watched:
            store.add_room(desk_room(id=topic, topic=topic))
        rooms.forget()
        scan(minute)
        return [one.cause for one in matters(queued)]

    ordinary_hours()
    for number in range(5):
        keep(100 + number, 1 + number, "漏水")
    assert told(9) == told(9.2, "snow-pear") == []
    assert told(9.5, "lid-leak") == ["spike:watch:lid-leak"]


def test_moments_are_looked_for_at_each_run_while_a_room_is_open(scan: Any, queued: Any) -> None:
    def looked(minute: float) -> bool:
        rooms.forget()
        scan(minute)
        board = store.board(BRAND)
        return board is not None and board.read_to == after(minute)

    assert [looked(minute) for minute in (0, 1, 2)] == [True, False, False]
    store.add_room(desk_room(until=after(4.5)))
    assert [looked(minute) for minute in (3, 4, 5, 6, 9)] == [True, True, False, False, True]
