"""What a hold is about, under the names that people know."""

import pytest

from desk.control import stop
from desk.outbound import stopped, topics_of
from desk.playbook import Playbook
from desk.scopes import UnknownScope, covers, resolved
from tests.records import NOON, after, control, hold, mention, reply

TOPICS = ("lid", "lid-defect", "watch:lid-leak", "word:漏水", "word:云朵杯", "word:leaking")


@pytest.mark.parametrize(
    "scope",
    [
        "brand", "channel:line", "topic:lid", "topic:lid-defect", "topic:watch:lid-leak",
        "topic:lid-leak", "topic:word:漏水", "topic:word:漏", "topic:word:leak",
        "topic:word:云朵 漏水",
    ],
)  # fmt: skip
def test_what_is_held_is_stopped(scope: str) -> None:
    assert covers(scope, "line", TOPICS)


@pytest.mark.parametrize(
    "scope",
    [
        "channel:wechat", "channel:", "topic:", "topic:li", "topic:watch:lid", "topic:watch:",
        "topic:word:", "topic:word:lid", "topic:word:漏水 崩盖", "topic:word:watch", "line", "",
    ],
)  # fmt: skip
def test_what_is_not_held_is_not(scope: str) -> None:
    assert not covers(scope, "line", TOPICS)


def test_an_answer_is_about_what_its_mention_says() -> None:
    said = mention(words=("漏水", "杯子", "漏水"))
    decided = said.decision.model_copy(update={"watches": ("lid-leak", "price")})
    topics = topics_of(said.model_copy(update={"decision": decided}))
    assert topics == ("watch:lid-leak", "watch:price", "word:漏水", "word:杯子")


def test_a_long_text_makes_no_long_answer() -> None:
    assert len(topics_of(mention(words=tuple(f"w{n}" for n in range(5000))))) == 100


def test_an_answer_is_stopped_by_category_rule_watch_and_word() -> None:
    one = reply(topics=("watch:lid-leak", "word:漏水"))
    for scope in "topic:question", "topic:ask-hours", "topic:lid-leak", "topic:word:漏水":
        assert stopped(one, control(hold(scope=scope)), NOON).startswith("hold:topic:"), scope
    assert stopped(one, control(hold(scope="topic:word:云朵")), NOON) == ""


def test_an_answer_from_before_topics_is_stopped_by_what_it_knows() -> None:
    older = reply()
    assert older.topics == ()
    assert stopped(older, control(hold(scope="topic:question")), NOON)
    assert not stopped(older, control(hold(scope="topic:watch:lid-leak")), NOON)


def test_a_crisis_on_a_topic_stops_what_was_approved_before_it_and_on_that_topic_alone() -> None:
    crisis = control(hold(kind="crisis", scope="topic:watch:lid-leak"))
    assert stop(crisis, "line", ("watch:lid-leak",), after(-61), NOON).startswith("crisis_hold:")
    assert stop(crisis, "line", ("watch:lid-leak",), after(-59), NOON) == ""
    assert stop(crisis, "line", ("watch:price",), None, NOON) == ""


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("brand", "brand"),
        ("channel:line", "channel:line"),
        ("topic:lid-leak", "topic:watch:lid-leak"),
        ("topic:watch:lid-leak", "topic:watch:lid-leak"),
        ("topic:ask-hours", "topic:ask-hours"),
        ("topic:crisis", "topic:crisis"),
        ("topic:word:漏水", "topic:word:漏水"),
    ],
)
def test_a_name_that_the_playbook_has_is_understood(
    playbook: Playbook, said: str, meant: str
) -> None:
    assert resolved(said, playbook) == meant


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("topic:lid-leek", "lid-leak"),
        ("topic:watch:ask-hours", "lid-leak"),
        ("topic:word:", "1 to 40"),
        ("topic:word:a|b", "without |"),
        ("channel:lime", "line"),
        ("nonsense", "brand, channel:NAME or topic:NAME"),
        ("", "brand, channel:NAME or topic:NAME"),
    ],
)
def test_a_name_that_it_has_not_is_refused_with_those_that_there_are(
    playbook: Playbook, said: str, hint: str
) -> None:
    with pytest.raises(UnknownScope, match=hint.replace("|", r"\\|")):
        resolved(said, playbook)
