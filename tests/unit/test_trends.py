"""What is unusually loud, and what is only a busy day, one loud person, or a late arrival."""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import cos, exp, isclose, pi
from typing import Any

import pytest

from desk.mention import Mention
from desk.playbook import Playbook
from desk.reasons import parse
from desk.trends import (
    AUTHORS_AT_LEAST,
    EXAMPLES,
    Burst,
    bursts,
    count,
    matter_of,
    own_names,
    said,
    tail,
    topics_of,
    watch_words,
    window_start,
)
from desk.window import Window
from tests.records import NOON, after, mention

NOW = after(30)
NOBODY: frozenset[str] = frozenset()


def heard(minute: float, *words: str, author: str = "", text: str = "", **change: Any) -> Mention:
    moment = after(minute)
    number = next(_numbers)
    return mention(
        id=f"line:{number}",
        author=author or f"line:a{number}",
        words=words,
        text=text,
        said_at=change.pop("said_at", moment),
        heard_at=moment,
        **change,
    )


_numbers = iter(range(10**9))


def past(hours: float = 24, authors: int = 4, **topics: int) -> list[Window]:
    """An even past of ten-minute windows that ends where now begins."""
    first = window_start(NOW) - timedelta(minutes=20)
    number = round(hours * 6)
    return [
        Window(start=first - timedelta(minutes=10 * back), authors=authors, topics=topics)
        for back in range(number, 0, -1)
    ]


def found(
    mentions: Sequence[Mention],
    before: Iterable[Window] = (),
    watches: Mapping[str, tuple[str, ...]] | None = None,
    leave: frozenset[str] = NOBODY,
) -> list[Burst]:
    fresh = count(mentions, watches or {}, window_start(NOW) - timedelta(minutes=20), NOW)
    return bursts([*before, *fresh], mentions, watches or {}, leave, NOW)


def crowd(people: int, *words: str, **change: Any) -> list[Mention]:
    return [heard(12 + 17 * number / people, *words, **change) for number in range(people)]


def test_what_suddenly_many_people_say_is_a_burst() -> None:
    [burst] = found([*crowd(12, "漏水"), *crowd(10, "打烊")], past(漏水=0, 打烊=3))
    assert (burst.topic, burst.authors) == ("漏水", 12)
    assert burst.usual < 1
    assert burst.chance < 1e-6
    assert [one.said_at for one in burst.mentions] == sorted(one.said_at for one in burst.mentions)


def test_what_was_always_as_loud_is_none() -> None:
    assert found(crowd(12, "打烊"), past(打烊=4)) == []


@pytest.mark.parametrize(("people", "bursting"), [(70, False), (95, True)])
def test_what_is_less_than_three_times_its_usual_is_none(people: int, bursting: bool) -> None:
    before = past(authors=40, 打烊=10)
    assert tail(70, 1440, 3 / 144) < 1e-6, "surprising it is, and still not worth a person's time"
    assert bool(found(crowd(people, "打烊"), before)) is bursting


def test_one_loud_person_is_no_crowd() -> None:
    assert found([heard(15, "漏水", author="line:loud") for _ in range(200)], past()) == []
    few = [heard(15, "漏水", author=f"line:{number % 4}") for number in range(200)]
    assert found(few, past()) == []


def test_when_everything_is_busy_at_once_nothing_is_a_burst() -> None:
    busy = [*crowd(20, "打烊"), *crowd(20, "三分糖"), *crowd(20, "桂花龙井")]
    before = past(authors=3, 打烊=1, 三分糖=1, 桂花龙井=1)
    assert found(busy, before) == []
    assert found(crowd(20, "打烊"), past(authors=30, 打烊=1))[0].topic == "打烊"


def test_without_an_hour_of_past_nothing_can_be_called_unusual() -> None:
    assert found(crowd(50, "漏水"), past(hours=5 / 6)) == []
    assert found(crowd(50, "漏水"), past(hours=1, authors=50))


def test_a_desk_that_has_heard_nobody_yet_sees_no_burst_in_its_first_crowd() -> None:
    assert found(crowd(50, "漏水"), past(authors=0)) == []


@pytest.mark.parametrize("people", [AUTHORS_AT_LEAST - 1, AUTHORS_AT_LEAST])
def test_fewer_than_five_people_are_never_a_burst(people: int) -> None:
    assert len(found(crowd(people, "漏水"), past(24 * 7, authors=6))) == people - 4


def test_the_brands_own_names_are_no_news(playbook: Playbook) -> None:
    names = own_names(playbook)
    assert {"xiaoman", "晓满"} & names
    loud = crowd(20, "晓满")
    assert found(loud, past())
    assert found(loud, past(), leave=frozenset({"晓满"})) == []


def test_what_was_said_before_the_half_hour_does_not_count_as_now() -> None:
    earlier = [heard(number / 2, "漏水") for number in range(18)]
    assert found(earlier, past(hours=24)) == []


def test_a_watch_counts_whatever_words_people_use_for_it(playbook: Playbook) -> None:
    words = watch_words(playbook)
    for text in ("杯蓋又漏水了", "The lid LEAKS!", "Кришка протікає"):
        assert "watch:lid-leak" in topics_of(mention(text=text, words=()), words)
    assert topics_of(mention(text="几点打烊", words=("打烊",)), words) == {"打烊"}


def test_a_watch_leads_its_story_and_its_words_are_part_of_it() -> None:
    watches = {"lid-leak": ("漏水", "leak")}
    talk = [*crowd(9, "漏水", "杯盖", text="漏水"), *crowd(3, "leak", text="it leaks")]
    [burst] = found(talk, past(), watches)
    assert burst.topic == "watch:lid-leak"
    assert burst.authors == 12
    assert set(burst.also) == {"漏水", "杯盖"}


def test_a_word_whose_story_is_a_watchs_goes_by_its_name_though_the_watch_is_no_louder() -> None:
    watches = {"lid-leak": ("漏水", "leak")}
    before = past(**{"watch:lid-leak": 9, "漏水": 9})
    [burst] = found(crowd(9, "漏水", "盖子", text="漏水"), before, watches)
    assert (burst.topic, burst.also) == ("watch:lid-leak", ("盖子",))


def test_two_stories_are_two_bursts_the_more_surprising_first() -> None:
    [first, second] = found([*crowd(9, "漏水"), *crowd(15, "断货")], past())
    assert (first.topic, second.topic) == ("断货", "漏水")


def test_a_burst_becomes_a_matter_with_its_figures_and_some_of_its_mentions(
    playbook: Playbook,
) -> None:
    [burst] = found(crowd(12, "漏水", text="漏水"), past(), watch_words(playbook))
    matter = matter_of(burst, playbook, NOW)
    assert (matter.kind, matter.cause, matter.count) == ("spike", "spike:watch:lid-leak", 12)
    assert matter.title == next(one.title for one in playbook.watches if one.id == "lid-leak")
    assert matter.policy == "crisis"
    assert matter.window_minutes == 30
    people, chance, *also = matter.reasons
    assert people == f"burst:12|30|{burst.usual:.1f}"
    assert parse(chance).code == "chance"
    assert also == ["also:漏水"]
    assert len(matter.examples) == EXAMPLES
    assert {example.partition("|")[0] for example in matter.examples} == {"line:conversation"}
    again = matter_of(burst, playbook, NOW + timedelta(minutes=4))
    assert again.event == matter.event
    assert matter_of(burst, playbook, NOW + timedelta(minutes=10)).event != matter.event


def test_a_word_that_nobody_watches_goes_by_the_default_policy(playbook: Playbook) -> None:
    [burst] = found(crowd(12, "停电"), past())
    matter = matter_of(burst, playbook, NOW)
    assert (matter.title, matter.policy) == ("停电", "default")


def windows(*mentions: Mention) -> list[Window]:
    return count(mentions, {}, NOON, after(29))


def test_windows_count_people_and_not_mentions() -> None:
    counted = windows(
        heard(1, "漏水", author="line:a"), heard(9, "漏水", author="line:a"), heard(9, "漏水")
    )
    assert [window.authors for window in counted] == [2, 0, 0]
    assert counted[0].topics == {"漏水": 2}
    assert [window.start for window in counted] == [NOON, after(10), after(20)]


def test_a_mention_that_comes_twice_or_in_another_order_is_counted_once() -> None:
    some = [heard(minute, "漏水", author=f"line:{minute % 7}") for minute in range(28)]
    once = windows(*some)
    shuffled = [*some, *some]
    random.Random(1).shuffle(shuffled)
    assert windows(*shuffled) == once


def test_a_late_mention_counts_in_the_window_in_which_it_was_said() -> None:
    late = heard(25, "漏水", said_at=after(4))
    assert [window.topics.get("漏水", 0) for window in windows(late)] == [1, 0, 0]


@pytest.mark.parametrize(
    ("minutes", "believed"), [(0, True), (359, True), (361, False), (-4, True), (-6, False)]
)
def test_a_time_that_cannot_be_believed_gives_way_to_when_it_was_heard(
    minutes: float, believed: bool
) -> None:
    one = heard(25, said_at=after(25 - minutes))
    assert said(one) == (one.said_at if believed else one.heard_at)


@pytest.mark.parametrize(
    ("minute", "second", "start"), [(0, 0, 0), (9, 59, 0), (10, 0, 10), (59, 59, 50)]
)
def test_windows_begin_at_each_ten_minutes(minute: int, second: int, start: int) -> None:
    moment = datetime.fromisoformat(f"2027-03-08T12:{minute:02}:{second:02}+08:00")
    assert window_start(moment) == NOON + timedelta(minutes=start)


@pytest.mark.parametrize(
    ("people", "before", "exposure", "chance"),
    [
        # By hand: P(0) = (1 + odds) ** -shape, and each next one times (shape + k) / (k + 1) and
        # odds / (1 + odds), with shape = before + 1/2 and odds = exposure.
        (0, 0, 1.0, 1.0),
        (1, 0, 1.0, 0.292893),
        (2, 0, 1.0, 0.116117),
        (1, 3, 0.5, 0.758075),
        (2, 3, 0.5, 0.475829),
        (3, 10, 0.1, 0.098086),
    ],
)
def test_the_chance_is_that_of_the_negative_binomial(
    people: int, before: int, exposure: float, chance: float
) -> None:
    assert isclose(tail(people, before, exposure), chance, abs_tol=1e-6)


def test_the_chances_of_all_counts_add_up_and_fall() -> None:
    chances = [tail(people, 7, 0.3) for people in range(60)]
    assert chances == sorted(chances, reverse=True)
    mean = sum(chances[1:])
    assert isclose(mean, 7.5 * 0.3, rel_tol=1e-6)
    assert tail(500, 3, 0.01) < 1e-12


def test_a_week_of_ordinary_talk_raises_no_alarm() -> None:
    """Seven days of 900 people a day and 300 words, with a rhythm, looked at every half-hour."""
    dice = random.Random(20270308)
    words = [f"w{number}" for number in range(300)]
    often = [1 / (rank + 3) for rank in range(len(words))]
    kept: list[Window] = []
    raised: list[Burst] = []
    looks = 0
    for half_hour in range(7 * 48):
        start = NOON + timedelta(minutes=30 * half_hour)
        rate = 19 * (1 - 0.8 * cos(2 * pi * (half_hour - 8) / 48))
        talk = [
            mention(
                id=f"line:{half_hour}-{number}",
                author=f"line:{dice.randrange(3000)}",
                words=dice.choices(words, often, k=3),
                text="",
                said_at=start + timedelta(minutes=30 * dice.random()),
                heard_at=start + timedelta(minutes=30),
            )
            for number in range(poisson(dice, rate))
        ]
        end = start + timedelta(minutes=29, seconds=59)
        kept += count(talk, {}, start, end)
        looks += 1
        raised += bursts(kept, talk, {}, NOBODY, end)
    assert looks == 336
    assert [burst.topic for burst in raised] == []
    loud = [
        one.model_copy(update={"reading": mention(words=("漏水",)).reading}) for one in talk[:9]
    ]
    [burst] = bursts(kept, [*talk, *loud], {}, NOBODY, end)
    assert burst.topic == "漏水"


def poisson(dice: random.Random, mean: float) -> int:
    """A number drawn from Poisson's distribution, by multiplying until below e to the -mean."""
    number, product, floor = 0, dice.random(), exp(-mean)
    while product > floor:
        number, product = number + 1, product * dice.random()
    return number
