"""What suits the brand, how well, and for how long."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, strategies as st

from desk import moments
from desk.language import reader
from desk.mention import Reading
from desk.moments import Moment, Refused, Sighting
from desk.playbook import Playbook
from desk.story import Story

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TRENDS = Path(__file__).with_name("moments") / "trends.jsonl"

Read = Callable[[str, str], Reading]


class Trend(NamedTuple):
    title: str
    rank: int
    lists: int
    age_hours: float
    rivals: int
    label: str
    why: str


def trends() -> list[Trend]:
    return [Trend(**json.loads(line)) for line in TRENDS.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def read(playbook: Playbook) -> Read:
    return reader(playbook.dictionary)


def seen(title: str, source: str = "weibo", minutes: float = 30, rank: int | None = 5) -> Sighting:
    at = NOON - timedelta(minutes=minutes)
    return Sighting(title, source, at, rank, f"c|{source}-{title}-{minutes}")


def story(title: str, **more: Any) -> Story:
    [one] = moments.told([], [seen(title, **more)])
    return one


def with_posts(one: Story, rivals: int) -> Story:
    return one.model_copy(update={"rivals": tuple(f"c|{number}" for number in range(rivals))})


def judged(trend: Trend, playbook: Playbook, read: Read) -> Moment | Refused:
    sightings = [
        seen(trend.title, f"list {number}", trend.age_hours * 60, trend.rank)
        for number in range(trend.lists)
    ]
    [one] = moments.told([], sightings)
    return moments.judged(with_posts(one, trend.rivals), playbook, read, NOON)


def test_of_a_hundred_labelled_trends_the_first_five_suit_the_brand(
    playbook: Playbook, read: Read
) -> None:
    found = [(one, judged(one, playbook, read)) for one in trends()]
    assert len(found) == 100
    chosen = [(one, it) for one, it in found if isinstance(it, Moment)]
    chosen.sort(key=lambda pair: -pair[1].score)
    assert sum(one.label == "join" for one, _ in chosen[:5]) >= 4
    worth = [one for one, it in chosen if it.score >= playbook.moments.at_least]
    assert sum(one.label == "join" for one in worth) >= 0.8 * len(worth)
    assert len(worth) >= 0.8 * sum(one.label == "join" for one, _ in found)


@pytest.mark.parametrize("trend", [one for one in trends() if one.label == "never"])
def test_what_is_forbidden_is_never_a_moment(trend: Trend, playbook: Playbook, read: Read) -> None:
    assert isinstance(judged(trend, playbook, read), Refused), trend.why


def test_a_score_is_the_sum_of_its_parts(playbook: Playbook, read: Read) -> None:
    for trend in trends():
        found = judged(trend, playbook, read)
        if isinstance(found, Moment):
            assert found.score == pytest.approx(sum(found.parts.values()), abs=1e-9)
            assert found.score <= 100


@given(younger=st.floats(0, 1400), more=st.floats(0.5, 39), rivals=st.integers(0, 20))
def test_a_score_falls_with_age_and_with_each_post_of_a_rival(
    playbook: Playbook, younger: float, more: float, rivals: int
) -> None:
    reading = Reading(language="zh-Hans", sentiment="neutral", confidence=0.8)

    def score(minutes: float, rivals: int) -> float:
        one = moments.judged(
            with_posts(story("初雪落在西湖边", minutes=minutes), rivals),
            playbook,
            lambda *_: reading,
            NOON,
        )
        assert isinstance(one, Moment)
        return one.score

    assert score(younger + more, rivals) < score(younger, rivals)
    assert score(younger, rivals + 1) < score(younger, rivals)


def test_the_minutes_left_are_those_until_it_is_not_worth_a_look(
    playbook: Playbook, read: Read
) -> None:
    one = story("初雪落在西湖边")
    found = moments.judged(one, playbook, read, NOON)
    assert isinstance(found, Moment)
    assert 0 < found.minutes_left < 24 * 60
    end = NOON + timedelta(minutes=found.minutes_left)
    then = moments.judged(one, playbook, read, end)
    assert isinstance(then, Moment)
    assert then.score == pytest.approx(playbook.moments.at_least, abs=0.01)
    assert then.minutes_left == pytest.approx(0, abs=0.1)
    later = moments.judged(one, playbook, read, NOON + timedelta(hours=24))
    assert (type(later), later[1]) == (Refused, "over")


def test_bad_news_about_the_brand_is_no_moment(playbook: Playbook) -> None:
    angry = Reading(language="zh-Hans", sentiment="negative", confidence=0.9)
    found = moments.judged(story("晓满的下午茶翻车了"), playbook, lambda *_: angry, NOON)
    assert found[1] == "ours"


def test_what_says_nothing_of_ours_is_none_and_what_is_careful_costs_points(
    playbook: Playbook, read: Read
) -> None:
    assert moments.judged(story("新款折叠手机开售"), playbook, read, NOON)[1] == "foreign"
    plain = moments.judged(story("露营季开始了"), playbook, read, NOON)
    careful = moments.judged(story("明星露营季开始了"), playbook, read, NOON)
    assert isinstance(plain, Moment)
    assert isinstance(careful, Moment)
    assert careful.careful == ("celebrities",)
    assert careful.score < plain.score - 10


def test_a_word_with_spaces_around_it_is_not_found_inside_another(
    playbook: Playbook, read: Read
) -> None:
    kind = moments.judged(story("Crystal skulls and hiking boots"), playbook, read, NOON)
    assert isinstance(kind, Moment)
    assert kind.words == ("hiking",)
    other = moments.judged(story("Shiking and unhiking"), playbook, read, NOON)
    assert other[1] == "foreign"


@pytest.mark.parametrize(
    "titles",
    [
        ("杭州西湖迎来今年初雪", "西湖迎来初雪", "今年初雪：西湖迎来"),
        ("初雪落在西湖边", "初雪落在西湖邊", "#初雪落在西湖边#"),
        ("London wakes up to first snow", "First snow: London wakes", "London wakes, first snow"),
        ("Перший сніг у Києві", "У Києві перший сніг", "Київ: перший сніг у Києві"),
    ],
)  # fmt: skip
def test_one_story_under_three_titles_is_one(titles: tuple[str, ...]) -> None:
    found = moments.told(
        [],
        (
            seen(title, source, 30 - 10 * number)
            for number, (title, source) in enumerate(zip(titles, ("a", "b", "c"), strict=True))
        ),
    )
    assert len(found) == 1
    assert (len(found[0].sources), found[0].first_seen) == (3, NOON - timedelta(minutes=30))


def test_stories_that_are_merely_alike_stay_apart() -> None:
    titles = ["北京初雪", "上海初雪延误航班", "初雪适合吃什么", "First snow in London",
              "First aid in London", "Збірна України оголосила склад",
              "Збірна України перемогла"]  # fmt: skip
    assert len(moments.told([], map(seen, titles))) == len(titles)


def test_the_best_rank_counts_and_what_has_none_has_the_size_of_a_last_place() -> None:
    [one] = moments.told([], [seen("初雪", rank=30), seen("初雪", "zhihu", 20, 4)])
    assert (one.best_rank, one.sources) == (4, ("weibo", "zhihu"))
    [one] = moments.told([], [seen("初雪", rank=None)])
    assert one.best_rank is None


def test_posts_of_rivals_about_the_story_count_once_and_others_do_not(playbook: Playbook) -> None:
    said = {
        "c|1": "暖隅：初雪落在西湖边，第二杯半价",
        "c|2": "暖隅又上新了",
        "c|3": "初雪落在西湖边真美",
        "c|4": "暖隅 初雪落在西湖邊 打卡",
    }
    [one] = moments.with_rivals([story("初雪落在西湖边")], playbook, said)
    assert one.rivals == ("c|1", "c|4")
    assert moments.with_rivals([one], playbook, said) == [one]


TOLD = [
    ("初雪落在西湖边", 30, 9),
    ("西湖边落了初雪", 20, 4),
    ("#初雪落在西湖边#", 10, 40),
    ("露营季", 5, 7),
]


@given(st.permutations(TOLD), st.integers(0, 4))
def test_stories_are_the_same_in_whatever_portions_they_are_told(
    order: list[tuple[str, int, int]], first: int
) -> None:
    sightings = [seen(title, "weibo", minutes, rank) for title, minutes, rank in order]
    whole = moments.told([], sightings)
    parts = moments.told(moments.told([], sightings[:first]), sightings)
    assert [(one.first_seen, one.last_seen, one.best_rank, {*one.names}) for one in parts] == [
        (one.first_seen, one.last_seen, one.best_rank, {*one.names}) for one in whole
    ]
    assert moments.told(whole, sightings) == whole


def test_what_is_a_day_old_is_forgotten_and_no_more_are_kept_than_fit() -> None:
    old = moments.told([], [seen("露营季", minutes=25 * 60)])
    assert [one.title for one in moments.told(old, [seen("初雪")])] == ["初雪"]
    many = moments.told([], [seen(f"{number:04}" * 3, minutes=number) for number in range(400)])
    assert len(many) == moments.KEPT
    assert max(map(len, (one.model_dump_json().encode() for one in many))) < 1000


def test_a_day_has_its_number_and_the_best_come_first(playbook: Playbook, read: Read) -> None:
    found = [judged(one, playbook, read) for one in trends()]
    three = moments.best(found, playbook, 0)
    assert len(three) == playbook.moments.per_day == 3
    assert [one.score for one in three] == sorted((one.score for one in three), reverse=True)
    assert moments.best(found, playbook, 2) == three[:1]
    assert moments.best(found, playbook, 9) == []
