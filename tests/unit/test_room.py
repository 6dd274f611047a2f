"""A war room: where its matters go, what lies ready, and the document in the end."""

from datetime import timedelta
from typing import Any

import pytest

from desk import room as desk
from desk.mention import Reading
from desk.playbook import Playbook
from desk.room import Heard, Room
from tests.records import BRAND, NOON, after, escalation, matter, mention, reply


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


def test_the_review_of_a_quiet_room_says_so() -> None:
    text = desk.review(room(), Heard((), (), (), ()), after(400))
    assert "Closed by itself 2027-03-08 10:00 UTC" in text
    assert "Nobody spoke of it." in text
    assert "Nothing was written down." in text
    assert "Still open" in desk.review(room(), Heard((), (), (), ()), after(10))
