"""A crisis: many unhappy people on one topic, and not one loud person with many accounts."""

from typing import Any

import pytest

from desk.crisis import Weight, crosses, hold_of, limits_of, told, weighed
from desk.mention import Author, Mention, Reading
from desk.playbook import Crisis, Playbook
from desk.scopes import of_topic
from desk.trends import Burst
from tests.records import NOON, after, mention

LIMITS = Crisis(people=10, negative=0.5, severe=3)


def says(number: int, sentiment: str = "negative", **change: Any) -> Mention:
    fields = {"confidence": 0.8, "fingerprint": f"{number * 2654435761 % 2**64:016x}"}
    fields |= change.pop("reading", {})
    reading = Reading.model_validate({"sentiment": sentiment} | fields)
    return mention(id=f"m{number}", author=change.pop("author", f"a{number}"), reading=reading,
                   **change)  # fmt: skip


def severe(one: Mention) -> Mention:
    decision = one.decision.model_copy(update={"risk": "severe"})
    return one.model_copy(update={"decision": decision})


def test_many_unhappy_people_are_a_crisis_and_as_many_happy_ones_are_not() -> None:
    assert crosses(weighed([says(n) for n in range(10)]), LIMITS)
    assert not crosses(weighed([says(n) for n in range(9)]), LIMITS)
    assert not crosses(weighed([says(n, "positive") for n in range(40)]), LIMITS)


def test_one_person_counts_once_and_by_their_worst_word() -> None:
    loud = [says(n, "positive" if n else "negative", author="a0") for n in range(40)]
    assert weighed(loud) == Weight(1, 1.0, 0)


def test_bots_are_nobody() -> None:
    bots = [says(n).model_copy(update={"author": Author(id=f"b{n}", bot=True)}) for n in range(40)]
    assert weighed(bots) == Weight(0, 0.0, 0)


def test_of_those_who_say_the_same_three_count() -> None:
    copies = [says(n, reading={"fingerprint": "0123456789abcdef"}) for n in range(40)]
    assert weighed(copies).people == 3
    assert not crosses(weighed(copies), LIMITS)
    assert weighed([says(n, reading={"fingerprint": ""}) for n in range(40)]).people == 40


def test_a_sure_reading_weighs_more_than_an_unsure_one() -> None:
    unsure = [says(n, reading={"confidence": 0.2}) for n in range(10)]
    sure = [says(10 + n, "neutral", reading={"confidence": 0.9}) for n in range(10)]
    assert weighed(unsure + sure).share == pytest.approx(0.2 / 1.1)


def test_what_a_severe_rule_knows_needs_fewer_people() -> None:
    three = [severe(says(n, "neutral")) for n in range(3)]
    assert weighed(three) == Weight(3, 1.0, 3)
    assert crosses(weighed(three), LIMITS)
    assert not crosses(weighed(three[:2]), LIMITS)


def test_nobody_is_no_crisis() -> None:
    assert not crosses(weighed([]), Crisis(people=3, negative=0.01, severe=1))


def test_a_watch_may_have_limits_of_its_own(playbook: Playbook) -> None:
    own = Crisis(people=99)
    lid, *others = playbook.watches
    book = playbook.model_copy(
        update={"watches": (lid.model_copy(update={"crisis": own}), *others), "crisis": LIMITS}
    )
    assert limits_of(f"watch:{lid.id}", book) == own
    assert limits_of(f"watch:{others[1].id}", book) == LIMITS
    assert limits_of("漏水", book) == LIMITS


def test_a_crisis_holds_its_topic_alone_and_says_who_it_is_by(playbook: Playbook) -> None:
    burst = Burst("watch:lid-leak", 17, 0.2, 1e-9, ("杯盖",), tuple(says(n) for n in range(17)))
    hold = hold_of(burst, Weight(17, 0.82, 4), playbook, NOON)
    assert (hold.kind, hold.scope, hold.by, hold.at) == (
        "crisis", "topic:watch:lid-leak", "Repartee", NOON)  # fmt: skip
    assert "17, 82%" in hold.reason
    assert of_topic("漏水") == "topic:word:漏水"


def test_leads_are_told_once_for_each_time_that_it_stops(playbook: Playbook) -> None:
    burst = Burst("漏水", 17, 0.2, 1e-9, (), tuple(says(n) for n in range(17)))
    weight = Weight(17, 0.82, 4)
    hold = hold_of(burst, weight, playbook, NOON)
    first, later = (told(burst, weight, hold, playbook, after(n)) for n in (0, 25))
    assert (first.kind, first.risk, first.policy) == ("spike", "severe", "crisis")
    assert (first.cause, first.event) == (later.cause, later.event)
    again = told(burst, weight, hold.model_copy(update={"at": after(300)}), playbook, after(300))
    assert again.cause != first.cause
    assert [text.partition(":")[0] for text in first.reasons[:3]] == [
        "crisis_hold", "crisis_seen", "severe_seen"]  # fmt: skip
