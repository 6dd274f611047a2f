"""What people talk about: one topic for one story, named well, with its curve and its people."""

from desk.mention import Mention
from desk.tally import WIDTH, Tally, fold
from desk.topics import Topic, topics
from tests.records import NOON, after
from tests.unit.test_tally import post

WATCHES = {"leak": ("漏水",)}
NOBODY: frozenset[str] = frozenset()


def tallies(
    *heard: list[Mention], watches: dict[str, tuple[str, ...]] | None = None
) -> list[Tally]:
    """Ten minutes each from noon on."""
    return [
        fold(Tally(start=NOON + number * WIDTH), some, watches or {})
        for number, some in enumerate(heard)
    ]


def crowd(minutes: float, people: int, *words: str, **change: str) -> list[Mention]:
    return [post(f"{minutes}-{n}", *words, said_at=after(minutes), **change) for n in range(people)]


def named(found: list[Topic]) -> list[str]:
    return [one.name for one in found]


def test_words_of_the_same_people_are_one_topic_with_the_name_that_says_most() -> None:
    found = topics(
        tallies(
            [
                *crowd(0, 6, "保温杯", "炸开", text="保温杯炸开 救命"),
                *crowd(1, 1, "保温杯"),
                *crowd(2, 4, "排队", "门店"),
            ]
        ),
        NOBODY,
    )
    assert named(found) == ["保温杯炸开", "排队 门店"]
    assert set(found[0].terms) == {"保温杯", "炸开", "保温杯炸开"}
    assert (found[0].lead, found[0].people) == ("保温杯", 7)
    assert set(found[1].terms) == {"排队", "门店", "排队 门店"}


def test_a_watch_names_its_topic_and_a_hashtag_comes_before_words() -> None:
    found = topics(
        tallies(
            [
                *crowd(0, 5, "保温杯", "漏水", text="保温杯漏水"),
                *crowd(1, 5, "秋天", "新茶", text="#秋天的第一杯# 秋天 新茶"),
            ],
            watches=WATCHES,
        ),
        NOBODY,
    )
    assert sorted(named(found)) == ["#秋天的第一杯", "watch:leak"]


def test_the_brands_own_name_is_no_topic() -> None:
    assert topics(tallies(crowd(0, 9, "小满")), frozenset({"小满"})) == []


def test_a_topic_has_a_curve_a_peak_and_a_mood_over_time() -> None:
    found = topics(
        tallies(
            [],
            crowd(10, 2, "漏水"),
            crowd(20, 9, "漏水", sentiment="negative"),
            crowd(30, 4, "漏水", sentiment="positive"),
        ),
        NOBODY,
    )
    [topic] = found
    assert [point.weight for point in topic.curve] == [0, 2, 9, 4]
    assert [point.negative for point in topic.curve] == [0, 0, 9, 0]
    assert [point.positive for point in topic.curve] == [0, 0, 0, 4]
    assert (topic.first, topic.peak.start) == (NOON + WIDTH, NOON + 2 * WIDTH)
    assert topic.current.weight == 4
    assert (topic.people, topic.weight, topic.negative) == (15, 15, 9)


def test_those_of_the_most_influence_come_first() -> None:
    loud = post("star", "漏水", influence=91, id="line:big")
    [topic] = topics(tallies([*crowd(0, 12, "漏水"), loud]), NOBODY)
    assert topic.participants[0] == (91, "line:conversation|line:big")
    assert len(topic.participants) == 10


def test_influence_lets_the_unhappy_weigh_more() -> None:
    unhappy = [post(f"a{n}", "漏水", sentiment="negative", influence=50) for n in range(4)]
    [topic] = topics(tallies([*crowd(0, 3, "漏水"), *unhappy]), NOBODY)
    assert (topic.negative, topic.felt) == (4, 8)


def test_copies_and_edits_of_one_text_are_one_topic() -> None:
    heard = [
        post(f"a{number}", fingerprint=one)
        for number, one in enumerate(["0011223344556677", "0011223344556600"] * 8)
    ]
    [topic] = topics(tallies(heard), NOBODY)
    assert (topic.people, topic.weight) == (16, 4)


def test_who_speaks_in_each_ten_minutes_of_the_half_hour_is_one_person() -> None:
    heard = [[post("lin", "漏水"), post("yijun", "漏水", id=f"line:{n}")] for n in range(3)]
    [topic] = topics(tallies(*heard), NOBODY)
    assert topic.people == 2


def test_where_rank_is_surprise_a_word_of_every_day_does_not_lead() -> None:
    heard = [*crowd(0, 6, "今天", "崩盖"), *crowd(1, 5, "今天")]
    usual = {"今天": 11.0}
    found = topics(tallies(heard), NOBODY, lambda term, weight: weight - usual.get(term, 0.0))
    assert (found[0].lead, found[0].people) == ("今天 崩盖", 6)
