"""What is unusually loud, and what is only a busy day, one loud person, or a late arrival."""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import cos, exp, pi
from typing import Any

import pytest

from desk.baseline import Baseline, learn
from desk.crowd import counts_of
from desk.detectors import LOUD, PEOPLE, findings
from desk.mention import Mention
from desk.odds import surprise
from desk.playbook import Playbook
from desk.reasons import parse
from desk.tally import WIDTH, Tally, fold, said, start_of
from desk.terms import naming, terms_of, watch_words
from desk.topics import RECENT
from desk.trends import (
    EXAMPLES,
    REMEMBERED,
    Burst,
    Told,
    bursts,
    counted_words,
    grouped,
    matter_of,
    own_names,
    rival_terms,
    stories,
)
from desk.window import EVERYBODY, Count, Counts
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


def past(hours: float = 6, authors: int = 4, **topics: int) -> list[Counts]:
    """An even past of ten minutes each that ends where now begins."""
    first = start_of(NOW) - 2 * WIDTH
    terms = {EVERYBODY: Count(authors)} | {name: Count(people) for name, people in topics.items()}
    return [
        Counts(start=first - back * WIDTH, terms=terms) for back in range(round(hours * 6), 0, -1)
    ]


def found(
    mentions: Sequence[Mention],
    before: Iterable[Counts] = (),
    watches: Mapping[str, tuple[str, ...]] | None = None,
    leave: frozenset[str] = NOBODY,
    told: Sequence[Told] = (),
    rivals: frozenset[str] = NOBODY,
    now: datetime = NOW,
) -> list[Burst]:
    starts = [start_of(now) - back * WIDTH for back in (2, 1, 0)]
    tallies = [
        fold(Tally(start=one), [it for it in mentions if start_of(said(it)) == one], watches or {})
        for one in starts
    ]
    counts = [*before, *map(counts_of, tallies)]
    groups, _ = grouped(findings(tallies, counts, Baseline(), leave, rivals), told, now)
    return bursts(groups, mentions, watches or {})


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
    assert surprise(70, 360, 3 / 36) > LOUD, "surprising it is, and still not worth a person's time"
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


@pytest.mark.parametrize("people", [int(PEOPLE) - 1, int(PEOPLE)])
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
    assert found(earlier, past()) == []


def test_a_watch_counts_whatever_words_people_use_for_it(playbook: Playbook) -> None:
    watched = naming(watch_words(playbook))
    for text in ("杯蓋又漏水了", "The lid LEAKS!", "Кришка протікає"):
        assert "watch:lid-leak" in terms_of(mention(text=text, words=()), watched)
    assert terms_of(mention(text="几点打烊", words=("打烊",)), watched) == ["打烊"]


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
    people, chance, parts, *also = matter.reasons
    assert people == f"burst:12|30|{burst.usual:.1f}"
    assert parse(chance).code == "chance"
    assert parse(parts).code == "loud_parts"
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


def test_a_story_keeps_the_name_it_was_told_by_however_people_put_it() -> None:
    titles = (("初雪", "西湖"), ("西湖", "初雪", "断桥"), ("断桥", "初雪"))
    told: Sequence[Told] = ()
    names = set[str]()
    for step, words in enumerate(titles):
        now = after(30 + 30 * step)
        crowd_now = [heard(12 + 30 * step + n, *words) for n in range(12)]
        tallies = [fold(Tally(start=start_of(now)), crowd_now, {})]
        some = findings(tallies, [*past(), *map(counts_of, tallies)], Baseline(), NOBODY)
        groups, told = grouped(some, told, now)
        names |= groups.keys()
    assert len(names) == 1


def test_what_was_told_is_told_under_a_new_name_once_it_has_been_quiet() -> None:
    old = Told(topic="旧", terms=("漏水",), at=NOW - REMEMBERED + timedelta(minutes=1))
    [same] = found(crowd(12, "漏水"), past(), told=[old])
    assert same.topic == "旧"
    gone = old.model_copy(update={"at": NOW - REMEMBERED})
    [anew] = found(crowd(12, "漏水"), past(), told=[gone])
    assert anew.topic == "漏水"


def test_a_watch_is_no_part_of_another_story_that_was_told() -> None:
    old = Told(topic="断货", terms=("漏水", "watch:lid-leak"), at=NOW)
    [burst] = found(crowd(12, "漏水", text="漏水"), past(), {"lid-leak": ("漏水",)}, told=[old])
    assert burst.topic == "watch:lid-leak"


def test_what_was_told_comes_back_as_it_was_written() -> None:
    some = (Told(topic="漏水", terms=("漏水", "#漏水"), at=NOW),)
    assert stories.validate_json(stories.dump_json(some)) == some


def test_a_rival_that_is_loud_has_its_own_name(playbook: Playbook) -> None:
    rival = playbook.rivals[0]
    words = counted_words(playbook)
    loud = crowd(12, text=f"去{rival.words[0]}了")
    [burst] = found(loud, past(), words, rivals=rival_terms(playbook))
    assert burst.topic == f"watch:rival/{rival.id}"
    matter = matter_of(burst, playbook, NOW)
    assert (matter.title, matter.policy) == (rival.name, "default")
    assert "rival_parts" in {parse(one).code for one in matter.reasons}


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
    assert start_of(moment) == NOON + timedelta(minutes=start)


def test_a_week_of_ordinary_talk_raises_no_alarm() -> None:
    """Seven days of 900 people a day and 300 words, with a rhythm, looked at every half-hour."""
    dice = random.Random(20270308)
    words = [f"w{number}" for number in range(300)]
    often = [1 / (rank + 3) for rank in range(len(words))]
    tallies: list[Tally] = []
    counts: list[Counts] = []
    baseline = Baseline()
    raised: list[str] = []
    for step in range(7 * 144):
        start = NOON + step * WIDTH
        rate = 6 * (1 - 0.8 * cos(2 * pi * (step - 24) / 144))
        talk = [
            mention(
                id=f"line:{step}-{number}",
                author=f"line:{dice.randrange(3000)}",
                words=dice.choices(words, often, k=3),
                text="",
                said_at=start + WIDTH * dice.random(),
                heard_at=start + WIDTH,
            )
            for number in range(poisson(dice, rate))
        ]
        tallies = [*tallies, fold(Tally(start=start), talk, {})][-RECENT:]
        counts = [*counts, counts_of(tallies[-1])][-36:]
        raised += [one.topic.name for one in findings(tallies, counts, baseline, NOBODY)]
        if len(counts) == 36:
            baseline = learn(baseline, counts[0])
    assert raised == []
    loud = [heard(0, "漏水", said_at=start, author=f"line:x{number}") for number in range(9)]
    loud = [one.model_copy(update={"heard_at": start}) for one in loud]
    tallies[-1] = fold(tallies[-1], loud, {})
    counts[-1] = counts_of(tallies[-1])
    assert "漏水" in {one.topic.name for one in findings(tallies, counts, baseline, NOBODY)}


def poisson(dice: random.Random, mean: float) -> int:
    """A number drawn from Poisson's distribution, by multiplying until below e to the -mean."""
    number, product, floor = 0, dice.random(), exp(-mean)
    while product > floor:
        number, product = number + 1, product * dice.random()
    return number
