"""What people talk about: one topic for one story, named well, with its curve and its people."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from desk.crowd import counts_of
from desk.mention import Mention
from desk.tally import WIDTH, Tally, fold
from desk.topics import RECENT, Topic, by_weight, topics
from tests.records import NOON, after
from tests.unit.test_tally import post

WATCHES = {"leak": ("漏水",)}
NOBODY: frozenset[str] = frozenset()


def found(
    *heard: list[Mention],
    watches: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    leave: frozenset[str] = NOBODY,
    rank: Callable[[str, float], float] = by_weight,
) -> list[Topic]:
    """The topics at the end of so many times ten minutes from noon on."""
    tallies = [
        fold(Tally(start=NOON + number * WIDTH), some, watches) for number, some in enumerate(heard)
    ]
    return topics(tallies[-RECENT:], [*map(counts_of, tallies)], leave, rank)


def crowd(minutes: float, people: int, *words: str, **change: str) -> list[Mention]:
    return [post(f"{minutes}-{n}", *words, said_at=after(minutes), **change) for n in range(people)]


def named(some: list[Topic]) -> list[str]:
    return [one.name for one in some]


def test_words_of_the_same_people_are_one_topic_with_the_name_that_says_most() -> None:
    heard = [
        *crowd(0, 6, "保温杯", "炸开", text="保温杯炸开 救命"),
        *crowd(1, 1, "保温杯"),
        *crowd(2, 4, "排队", "门店"),
    ]
    first, second = found(heard)
    assert named([first, second]) == ["保温杯炸开", "排队 门店"]
    assert set(first.terms) == {"保温杯", "炸开", "保温杯炸开"}
    assert (first.lead, first.people) == ("保温杯", 7)
    assert set(second.terms) == {"排队", "门店", "排队 门店"}


def test_a_watch_names_its_topic_and_a_hashtag_comes_before_words() -> None:
    heard = [
        *crowd(0, 5, "保温杯", "漏水", text="保温杯漏水"),
        *crowd(1, 5, "秋天", "新茶", text="#秋天的第一杯# 秋天 新茶"),
    ]
    assert sorted(named(found(heard, watches=WATCHES))) == ["#秋天的第一杯", "watch:leak"]


def test_the_brands_own_name_is_no_topic() -> None:
    assert found(crowd(0, 9, "小满"), leave=frozenset({"小满"})) == []


def test_a_topic_has_a_curve_a_peak_and_a_mood_over_time() -> None:
    [topic] = found(
        [],
        crowd(10, 2, "漏水"),
        crowd(20, 9, "漏水", sentiment="negative"),
        crowd(30, 4, "漏水", sentiment="positive"),
    )
    assert [point.weight for point in topic.curve] == [0, 2, 9, 4]
    assert [point.negative for point in topic.curve] == [0, 0, 9, 0]
    assert [point.positive for point in topic.curve] == [0, 0, 0, 4]
    assert (topic.first, topic.peak.start) == (NOON + WIDTH, NOON + 2 * WIDTH)
    assert topic.current.weight == 4
    assert (topic.people, topic.weight, topic.negative) == (15, 15, 9)


def test_those_of_the_most_influence_come_first() -> None:
    loud = post("star", "漏水", influence=91, id="line:big")
    [topic] = found([*crowd(0, 12, "漏水"), loud])
    assert topic.participants[0] == (91, "line:conversation|line:big")
    assert len(topic.participants) == 10


def test_influence_lets_the_unhappy_weigh_more() -> None:
    unhappy = [post(f"a{n}", "漏水", sentiment="negative", influence=50) for n in range(4)]
    [topic] = found([*crowd(0, 3, "漏水"), *unhappy])
    assert (topic.negative, topic.felt) == (4, 8)


def test_copies_and_edits_of_one_text_are_one_topic() -> None:
    heard = [
        post(f"a{number}", fingerprint=one)
        for number, one in enumerate(["0011223344556677", "0011223344556600"] * 8)
    ]
    [topic] = found(heard)
    assert (topic.people, topic.weight) == (16, 4)


def test_who_speaks_in_each_ten_minutes_of_the_half_hour_is_one_person() -> None:
    heard = [[post("lin", "漏水"), post("yijun", "漏水", id=f"line:{n}")] for n in range(3)]
    [topic] = found(*heard)
    assert topic.people == 2


def test_where_rank_is_surprise_a_word_of_every_day_does_not_lead() -> None:
    heard = [*crowd(0, 6, "今天", "崩盖"), *crowd(1, 5, "今天")]
    usual = {"今天": 11.0}
    first, *_ = found(heard, rank=lambda term, weight: weight - usual.get(term, 0.0))
    assert (first.lead, first.people) == ("今天 崩盖", 6)
