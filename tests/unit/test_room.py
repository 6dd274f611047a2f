"""A war room: where its matters go, what lies ready, and the document in the end."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from desk import room as desk
from desk.mention import Reading
from desk.playbook import Event, Playbook
from desk.room import Heard, Room
from tests.records import BOOK, BRAND, NOON, after, escalation, matter, mention, reply


def room(**change: Any) -> Room:
    fields = {
        "id": "r1", "brand": BRAND, "topic": "lid-leak", "title": "Leaking lids",
        "policy": "crisis", "opened_by": "yijun", "opened_at": NOON, "why": "two burns",
        "until": after(360), "token": "t",
    }  # fmt: skip
    return Room.model_validate(fields | change)


@pytest.mark.parametrize(
    ("about", "change"),
    [
        ((), {"kind": "spike", "cause": "spike:watch:lid-leak"}),
        ((), {"category": "lid-leak"}),
        (("quality", "watch:lid-leak"), {}),
    ],
)
def test_matters_of_its_topic_go_to_the_wider_circle_while_it_is_open(
    about: tuple[str, ...], change: dict[str, str]
) -> None:
    one = matter(**change)
    then = desk.widened(one, about, [room()], after(5))
    assert (then.policy, then.reasons[-1]) == ("crisis", "room:Leaking lids|yijun")
    assert desk.widened(one, about, [room()], after(360)) == one
    assert desk.widened(one, about, [room(closed_at=after(2))], after(5)) == one


def test_other_matters_go_their_way() -> None:
    for one in (matter(), matter(category="question"), matter(kind="spike", cause="spike:lid")):
        assert desk.widened(one, ("hours", "watch:delivery", "word:lid"), [room()], after(5)) == one


def test_the_statement_of_the_topic_lies_ready_or_else_any(playbook: Playbook) -> None:
    own = desk.statement(room(), playbook)
    assert "云朵杯" in own
    other = desk.statement(room(topic="delivery"), playbook)
    assert other
    assert other != own
    none = playbook.model_copy(
        update={"war_room": playbook.war_room.model_copy(update={"statements": {}})}
    )
    assert desk.statement(room(), none) == ""


def test_a_log_has_an_end() -> None:
    one = room()
    for number in range(desk.MAX_ENTRIES):
        one = desk.noted(one, "yijun", f"step {number}", "t", after(number))
    with pytest.raises(ValueError, match="500 lines"):
        desk.noted(one, "yijun", "one more", "t", after(1))


def test_the_review_counts_what_is_stored_and_tells_it_in_order() -> None:
    feelings = ["negative", "negative", "positive"]
    said = [
        mention(
            id=f"line:m{number}", author=f"line:a{number % 2}", said_at=after(5 * number),
            reading=Reading(sentiment=feeling, confidence=0.9),
        )
        for number, feeling in enumerate(feelings)
    ]  # fmt: skip
    one = desk.noted(room(), "yijun", "refunds for all", "t", after(20))
    one = desk.closed(one, "olena", "lids recalled", "t", after(90))
    replies = [reply(id="a", state="sent"), reply(id="b", state="sent", automatic=False), reply()]
    ended = escalation(
        state="resolved", settled_by="lin", opened_at=NOON, settled_at=NOON + timedelta(minutes=12)
    )
    holds = [(after(1).isoformat(), "on topic:lid-leak by yijun: burns")]
    text = desk.review(one, Heard(said, replies, [ended], holds), after(100))
    assert text.splitlines() == [
        "# War room: Leaking lids",
        "",
        "Opened 2027-03-08 04:00 UTC by yijun: two burns",
        "Closed 2027-03-08 05:30 UTC by olena: lids recalled",
        "",
        "## In figures",
        "- open for 90 minutes",
        "- 3 mentions by 2 people: 2 negative, 1 positive",
        "- 2 answers: 1 by the desk, 1 by people",
        "- 1 matters put before a person, 1 ended, half of them within 12 minutes",
        "",
        "## How loud",
        "```",
        "03-08 04:00    2 ████████████████████████████████████████",
        "03-08 04:10    1 ████████████████████",
        "```",
        "",
        "## What was decided",
        "- 2027-03-08 04:01 UTC on topic:lid-leak by yijun: burns",
        "- 2027-03-08 04:12 UTC lin on draft: resolved",
        "- 2027-03-08 04:20 UTC yijun: refunds for all",
    ]


def test_what_was_said_of_a_watch_that_is_gone_is_found_by_what_triage_noted() -> None:
    one = mention(text="茶")
    noted = one.decision.model_copy(update={"watches": ("night",)})
    said = one.model_copy(update={"decision": noted})
    assert [desk.is_about(it, "night", (), "茶") for it in (one, said)] == [False, True]


def test_the_review_of_a_quiet_room_says_so() -> None:
    text = desk.review(room(), Heard((), (), (), ()), after(400))
    assert "Closed by itself 2027-03-08 10:00 UTC" in text
    assert "Nobody spoke of it." in text
    assert "Nothing was written down." in text
    assert "Still open" in desk.review(room(), Heard((), (), (), ()), after(10))


NIGHT = Event(
    id="night",
    title="Tea night",
    watch="snow-pear",
    begins=NOON,
    ends=after(30),
    curve=(4, 9.6, 2),
    opens_room=True,
)


def its_room(now: datetime = NOON, **change: Any) -> Room:
    made = desk.planned(NIGHT, NIGHT.curve, BOOK, "lin", "why", now)
    return made.model_copy(update=change)


def test_a_room_of_an_event_has_one_name_a_date_and_closes_an_hour_after_it() -> None:
    early, late = its_room(after(-60)), its_room(after(3))
    assert early.id == late.id == early.token
    assert (early.topic, early.until) == ("snow-pear", after(90))
    again = NIGHT.model_copy(update={"begins": after(60 * 24)})
    assert desk.planned(again, (), BOOK, "lin", "why", NOON).id != early.id


def test_a_room_opens_by_itself_once_and_while_its_event_is_on() -> None:
    book = BOOK.model_copy(update={"events": (NIGHT,)})

    def begins(minute: float, *rooms: Room) -> bool:
        return desk.to_begin(rooms, book, after(minute)) == [NIGHT]

    assert [begins(minute) for minute in (-1, 0, 29, 30)] == [False, True, True, False]
    quiet = book.model_copy(update={"events": (NIGHT.model_copy(update={"opens_room": False}),)})
    assert desk.to_begin([], quiet, NOON) == []
    assert not begins(5, its_room())
    assert not begins(5, its_room(closed_at=after(4))), "what people have closed stays closed"
    by_hand = room(topic="snow-pear", until=after(10))
    assert [begins(minute, by_hand) for minute in (5, 15)] == [False, True]
    assert begins(5, room()), "a room for something else is no hindrance"


def test_what_is_watched_is_the_topic_of_its_rooms() -> None:
    assert desk.terms([room(), its_room()]) == {"watch:lid-leak", "watch:snow-pear"}


def test_the_statement_of_an_event_comes_before_its_topics(playbook: Playbook) -> None:
    def says(**statements: str) -> str:
        war_room = playbook.war_room.model_copy(update={"statements": statements})
        return desk.statement(its_room(), playbook.model_copy(update={"war_room": war_room}))

    assert says(night="lid-statement", **{"snow-pear": "looking-into-it"}) == desk.statement(
        room(), playbook
    )
    assert says(**{"snow-pear": "lid-statement"}) == desk.statement(room(), playbook)
    assert says() == ""


def test_the_review_of_an_event_has_last_year_beside_this_one() -> None:
    said = [
        mention(id=f"line:m{number}", author=f"line:a{number}", said_at=after(minute))
        for number, minute in enumerate((-5, 1, 2, 3, 25, 31))
    ]
    text = desk.review(its_room(closed_at=after(40)), Heard(said, (), (), ()), after(40))
    lines = text.splitlines()
    figures = lines[lines.index("## In figures") + 1 : lines.index("## How loud")]
    assert figures[-2] == (
        "- 5 people in all ten minutes of it together, at most 3 in one; last year 16, at most 10"
    )
    curve = lines[lines.index("```") + 1 : lines.index("## What was decided") - 2]
    assert [line.split("█")[0].split() for line in curve] == [
        ["now", "last", "year"],
        ["03-08", "03:50", "1", "0"],
        ["03-08", "04:00", "3", "4"],
        ["03-08", "04:10", "0", "10"],
        ["03-08", "04:20", "1", "2"],
        ["03-08", "04:30", "1", "0"],
    ]
    assert len({len(line.split(" █")[0]) for line in curve}) == 1, "figures stand in columns"
