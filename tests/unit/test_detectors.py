"""What is for a person to see: loud, unhappy, new, a rival's, past the plan; and what is not."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import cos, pi
from typing import Any

import pytest

from desk.baseline import Baseline, learn
from desk.crowd import counts_of
from desk.detectors import Finding, Plan, findings
from desk.mention import Author, Mention
from desk.tally import WIDTH, Tally, fold
from desk.topics import RECENT
from desk.window import EVERYBODY, Count, Counts
from tests.records import NOON, after
from tests.unit.test_tally import post

DAYS = 21
WATCHES = {"leak": ("漏水",), "rival": ("绿叶",)}
OWN = frozenset({"小满"})


def counted(start: datetime, people: float, **terms: float) -> Counts:
    """So many people, one in ten of whom is unhappy; `leak` is the watch of that name."""
    named = {("watch:" if term in WATCHES else "") + term: Count(n) for term, n in terms.items()}
    return Counts(start=start, terms={EVERYBODY: Count(people, people / 10)} | named)


def usual_weeks(**terms: float) -> Baseline:
    """Three weeks up to this morning: people come and go with the day, one in ten is unhappy."""
    baseline = Baseline()
    for step in range(-DAYS * 144, -36):
        start = NOON + step * WIDTH
        people = 12 * (1 + 0.8 * cos(2 * pi * (step % 144) / 144))
        usual = {"leak": 0.02, "rival": 0.5, "茶": people / 2} | terms
        baseline = learn(baseline, counted(start, people, **usual))
    return baseline


USUAL = usual_weeks()


def day(people: int, minutes: float, *words: str, **change: Any) -> list[Mention]:
    return [
        post(
            f"{minutes}-{words[0]}-{number}",
            *words,
            said_at=after(minutes),
            heard_at=after(minutes),
            **change,
        )
        for number in range(people)
    ]


def ordinary(until: float = 30) -> Iterable[Mention]:
    """Six hours as any day has them."""
    for minutes in range(-360, round(until), 10):
        yield from day(10, minutes, "茶", "好喝")


def found(
    heard: Iterable[Mention],
    baseline: Baseline = USUAL,
    rivals: frozenset[str] = frozenset(),
    plans: Mapping[str, Plan] | None = None,
) -> list[Finding]:
    mentions = [*heard]
    tallies = [
        fold(
            Tally(start=start),
            [one for one in mentions if start <= one.said_at < start + WIDTH],
            WATCHES,
        )
        for start in (NOON + step * WIDTH for step in range(-36, 3))
    ]
    counts = [*map(counts_of, tallies)]
    return findings(tallies[-RECENT:], counts, baseline, OWN, rivals, plans or {})


def kinds(some: Iterable[Finding]) -> set[tuple[str, str]]:
    return {(one.kind, one.topic.name) for one in some}


def add_up(some: Iterable[Finding]) -> bool:
    return all(sum(part for _, part in one.parts) == pytest.approx(one.score) for one in some)


def test_an_ordinary_day_has_nothing_to_see() -> None:
    assert found(ordinary()) == []


def test_many_people_where_few_are_usual_are_loud() -> None:
    some = found([*ordinary(), *day(14, 21, "保温杯", "漏水")])
    assert ("volume", "watch:leak") in kinds(some)
    loud = next(one for one in some if one.kind == "volume")
    assert (loud.people, loud.topic.people) == (14, 14)
    assert loud.usual < 1
    assert loud.score > 10
    assert add_up(some)


def test_a_busy_evening_is_no_burst_of_each_of_its_words() -> None:
    assert found([*ordinary(), *day(35, 15, "茶", "好喝")]) == []


def test_one_account_or_one_text_from_many_is_no_crowd() -> None:
    one_hand = [post("bot", "漏水", id=f"line:{n}", said_at=after(20)) for n in range(400)]
    assert found([*ordinary(), *one_hand]) == []
    copies = day(20, 21, "漏水", fingerprint="0011223344556677")
    assert found([*ordinary(), *copies]) == []
    nobodies = [
        one.model_copy(update={"author": Author(id=one.author.id, followers=0)})
        for one in day(16, 21, "漏水")
    ]
    assert found([*ordinary(), *nobodies]) == []


def test_what_copies_take_off_is_a_part_of_the_score() -> None:
    some = found([*ordinary(), *day(15, 20, "漏水"), *day(25, 21, "漏水", fingerprint="00" * 8)])
    loud = next(one for one in some if one.kind == "volume")
    parts = dict(loud.parts)
    assert loud.topic.people == 40
    assert loud.people == pytest.approx(15 + 5)
    assert parts["people"] > loud.score > 0
    assert parts["copies"] < 0


def test_unhappy_people_are_seen_where_their_number_is_not_unusual() -> None:
    calm = [*ordinary(10), *day(10, 5, "茶", "好喝"), *day(10, 15, "茶", "好喝")]
    angry = day(12, 25, "茶", "好喝", sentiment="negative", influence=30)
    some = found([*calm, *angry])
    assert {one.kind for one in some} == {"negativity"}
    parts = dict(some[0].parts)
    assert parts["share"] > 2
    assert parts["influence"] > 0
    assert parts["velocity"] == pytest.approx(1.398, abs=0.01)
    assert add_up(some)
    happy = day(12, 25, "茶", "好喝", sentiment="positive", influence=30)
    assert found([*calm, *happy]) == []


def test_influence_and_velocity_each_raise_it() -> None:
    def score(influence: int, minutes: tuple[float, ...]) -> float:
        unhappy = [
            one
            for minute in minutes
            for one in day(
                24 // len(minutes), minute, "茶", sentiment="negative", influence=influence
            )
        ]
        some = found([*ordinary(), *unhappy])
        return next(one.score for one in some if one.kind == "negativity")

    even = (1.0, 11.0, 21.0)
    assert score(0, even) < score(60, even) < score(60, (21.0,))


def test_what_nobody_has_said_before_is_new_and_what_they_said_last_week_is_not() -> None:
    fresh = day(8, 21, "塑料味", "杯盖")
    some = found([*ordinary(), *fresh])
    assert {one.kind for one in some} == {"new", "volume"}
    new = next(one for one in some if one.kind == "new")
    assert dict(new.parts)["novelty"] == pytest.approx(1.342, abs=0.01)
    assert new.score == max(one.score for one in some)
    assert add_up(some)
    known = usual_weeks(**{"塑料味": 0.01, "杯盖": 0.01, "塑料味 杯盖": 0.01})
    assert {one.kind for one in found([*ordinary(), *fresh], known)} == {"volume"}


def test_on_the_first_day_everything_would_be_new() -> None:
    young = Baseline()
    for step in range(-72, -36):
        young = learn(young, counted(NOON + step * WIDTH, 10, 茶=5))
    some = found([*ordinary(), *day(9, 21, "塑料味")], young)
    assert {one.kind for one in some} == {"volume"}


def test_with_nothing_learned_the_last_hours_are_the_past() -> None:
    some = found([*ordinary(), *day(14, 21, "漏水")], Baseline())
    assert kinds(some) == {("volume", "watch:leak")}
    alone = Tally(start=NOON)
    assert findings([alone], [counts_of(alone)], Baseline(), OWN) == []


def test_a_rival_that_is_loud_is_a_rivals_spike_and_its_share_counts() -> None:
    rivals = frozenset({"watch:rival"})
    some = found([*ordinary(), *day(25, 21, "绿叶", "新品")], rivals=rivals)
    spike = next(one for one in some if one.kind == "rival")
    assert spike.topic.name == "watch:rival"
    assert dict(spike.parts)["share"] > 0
    assert ("volume", "watch:rival") not in kinds(some)
    assert add_up(some)


def test_what_happens_within_a_watch_that_is_always_loud_has_a_name_of_its_own() -> None:
    baseline = usual_weeks(leak=15.0)
    lively = [*ordinary(), *(one for at in range(-355, 30, 10) for one in day(15, at, "漏水"))]
    some = found([*lively, *day(9, 21, "漏水", "烫伤", text="漏水 烫伤")], baseline)
    assert some
    assert {one.topic.watch for one in some} == {"watch:leak"}
    assert all("烫伤" in one.topic.name for one in some)
    assert found(lively, baseline) == []


def test_a_planned_event_is_seen_only_past_last_years_curve() -> None:
    last_year = [0.2] * 36 + [10.0, 12.0, 14.0] + [5.0] * 20

    def seen(people: int) -> list[Finding]:
        plan = {"watch:leak": Plan([0.0] * 36, last_year)}
        heard = [one for at in (1, 11, 21) for one in day(people, at, "漏水")]
        return [one for one in found([*ordinary(), *heard], plans=plan) if one.kind != "new"]

    assert seen(4) == []
    assert kinds(seen(30)) == {("planned", "watch:leak")}
    parts = dict(seen(30)[0].parts)
    assert parts["people"] > 20
    assert parts["planned"] < 0
    assert add_up(seen(30))


def test_the_same_minute_of_a_quiet_hour_needs_fewer_people() -> None:
    def baseline(hour: datetime) -> Baseline:
        known = Baseline()
        for step in range(-14 * 144, -36):
            start = NOON + step * WIDTH
            busy = start.hour == hour.hour
            known = learn(known, counted(start, 20, leak=6.0 if busy else 0.02))
        return known

    heard = [*ordinary(), *day(14, 21, "漏水")]
    assert ("volume", "watch:leak") in kinds(found(heard, baseline(NOON + timedelta(hours=9))))
    assert ("volume", "watch:leak") not in kinds(found(heard, baseline(NOON)))


def test_people_who_each_share_a_word_with_another_are_no_crowd() -> None:
    said = [
        ("大堂", "估计"),
        ("估计", "人员"),
        ("人员", "给我发"),
        ("给我发", "大堂"),
        ("大堂", "人员"),
    ]
    chain = [
        one for number, words in enumerate(said) for one in day(1, 20 + number, *words, text="")
    ]
    assert found([*ordinary(), *chain]) == []
    [sixth] = day(1, 28, "人员", "估计", text="")
    assert {one.topic.lead for one in found([*ordinary(), *chain, sixth])} == {"人员"}


def test_a_story_is_not_hidden_by_its_own_people_but_by_a_busier_desk() -> None:
    known = usual_weeks(leak=0.4)
    before = [*ordinary(), *(one for at in range(-345, 0, 30) for one in day(1, at, "漏水"))]
    [loud] = found([*before, *day(14, 21, "漏水")], known)
    assert loud.usual == pytest.approx(3 * 0.4, rel=0.2), "as on a day on which it is not loud"
    others = [*day(60, 22, "茶", "好喝"), *day(60, 23, "打烊", "今天")]
    busy = found([*before, *day(14, 21, "漏水"), *others], known)
    assert ("volume", "watch:leak") not in kinds(busy)


def test_a_story_that_has_been_told_for_hours_has_to_double_to_be_told_again() -> None:
    def seen(now: int, *earlier: Mention) -> list[Finding]:
        return found([*ordinary(), *earlier, *day(now, 21, "漏水")])

    hours = [one for at in range(-345, 0, 10) for one in day(4, at, "漏水")]
    assert seen(12)
    assert seen(12, *hours) == seen(20, *hours) == []
    assert seen(32, *hours)


def test_a_word_that_nobody_has_said_for_weeks_is_no_more_than_unheard() -> None:
    some = found([*ordinary(), *day(6, 21, *(f"词{number}" for number in range(9)), text="")])
    assert {one.kind for one in some} == {"new", "volume"}
    loud = next(one for one in some if one.kind == "volume")
    assert 6 < loud.score < 12
    assert 0 < loud.usual < 0.1
