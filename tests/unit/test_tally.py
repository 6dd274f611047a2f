"""What ten minutes come to: the same whatever the order, and small whatever is said."""

import random
from collections.abc import Iterable
from datetime import timedelta
from math import sqrt
from typing import Any

from hypothesis import given, settings, strategies as st

from desk.mention import Author, Mention, Reading
from desk.tally import (
    MOST_BYTES,
    MOST_TERMS,
    NO_PAST,
    Person,
    Tally,
    by_window,
    fold,
    key_of,
    merge,
    start_of,
    weight_of,
)
from desk.terms import PHRASES, TAGS, WORDS, naming, terms_of
from tests.records import NOON, after, mention

WATCHES = {"leak": ("漏水", "leak")}
START = start_of(NOON)
EMPTY = Tally(start=START)


def post(author: str, *words: str, **change: Any) -> Mention:
    sentiment = change.pop("sentiment", "neutral")
    reading = Reading(
        words=words,
        sentiment=sentiment,
        fingerprint=change.pop("fingerprint", ""),
        intents=change.pop("intents", ()),
        aspects=change.pop("aspects", ()),
    )
    text = change.pop("text", " ".join(words))
    number = change.pop("id", f"line:{key_of('|'.join((author, *words, sentiment)))}")
    return mention(author=author, id=number, text=text, reading=reading, **change)


def person(tally: Tally, author: str) -> Person:
    return next(one for one in tally.people if one.key == key_of(author))


def spoken(tally: Tally, author: str) -> dict[str, int]:
    one = person(tally, author)
    return dict(zip((tally.terms[term] for term in one.terms), one.moods, strict=True))


posts = st.builds(
    lambda author, words, mood: post(f"a{author}", *words, sentiment=mood),
    st.integers(0, 30),
    st.lists(st.sampled_from([f"词{number}" for number in range(90)]), max_size=30, unique=True),
    st.sampled_from(["negative", "neutral", "positive"]),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(posts, max_size=25),
    st.integers(0, 25),
    st.randoms(),
    st.sampled_from([3_000, MOST_BYTES]),
)
def test_order_parts_and_repeats_change_nothing(
    heard: list[Mention], cut: int, dice: random.Random, most: int
) -> None:
    whole = fold(EMPTY, heard, WATCHES, most)
    again = [*heard[cut:], *heard[: cut + 3]]
    dice.shuffle(again)
    parted = fold(fold(EMPTY, heard[:cut], WATCHES, most), again, WATCHES, most)
    assert parted.below == whole.below
    assert parted == whole
    halves = [fold(EMPTY, part, WATCHES, most) for part in (heard[cut:], heard[: cut + 3])]
    assert merge(halves, most) == whole


@settings(max_examples=20, deadline=None)
@given(st.lists(posts, max_size=20))
def test_what_is_kept_comes_back_as_it_was(heard: list[Mention]) -> None:
    tally = fold(EMPTY, heard, WATCHES)
    assert Tally.model_validate_json(tally.model_dump_json()) == tally
    assert fold(tally, [], WATCHES) == tally


def test_one_person_counts_once_with_all_that_they_said() -> None:
    tally = fold(
        EMPTY,
        [
            post("lin", "保温杯", "漏水", sentiment="negative", text="保温杯漏水了"),
            post("lin", "保温杯", sentiment="positive", influence=40),
            post("yijun", "保温杯", sentiment="positive", influence=7),
        ],
        WATCHES,
    )
    assert tally.number() == 2
    assert spoken(tally, "lin") == {"watch:leak": -1, "保温杯": -1, "漏水": -1, "保温杯漏水": -1}
    assert spoken(tally, "yijun") == {"保温杯": 1}
    assert (person(tally, "lin").influence, person(tally, "yijun").influence) == (40, 7)


def flood(people: int, words: int, seed: int = 1) -> Iterable[Mention]:
    dice = random.Random(seed)
    for number in range(people):
        said = [f"{dice.randrange(10**6)}词语" for _ in range(words)]
        yield post(f"crowd{number}", *said, *(["漏水"] if number % 10 == 0 else []))


def uncertainty(tally: Tally, number: float) -> float:
    """The standard error of a number of people that was estimated, as a share of it."""
    return sqrt((1 - tally.below) / (tally.below * number))


def test_a_flood_fits_into_an_item_and_is_estimated() -> None:
    tally = fold(EMPTY, flood(4000, 12), WATCHES)
    assert len(tally.model_dump_json().encode()) < MOST_BYTES
    assert tally.below < 1
    number = tally.number()
    assert abs(number - 4000) < 3 * uncertainty(tally, number) * number
    about = sum(tally.terms.index("漏水") in one.terms for one in tally.people) / tally.below
    assert abs(about - 400) < 3 * uncertainty(tally, about) * about


def test_a_hundred_people_are_counted_and_not_estimated() -> None:
    tally = fold(EMPTY, flood(100, 20), WATCHES)
    assert (tally.below, tally.number(), uncertainty(tally, 100)) == (1.0, 100, 0.0)


def test_who_writes_without_end_fills_no_item() -> None:
    heard = [post("bot", *(f"词{line}x{place}" for place in range(20))) for line in range(300)]
    tally = fold(EMPTY, [*heard, post("bot", "漏水"), post("lin", "漏水")], WATCHES)
    assert 30 < len(person(tally, "bot").terms) <= MOST_TERMS
    assert "watch:leak" in spoken(tally, "bot")
    assert tally.number() == 2


def test_wordy_accounts_push_nobody_out() -> None:
    wordy = [
        post(f"bot{number}", *(f"{number}词语{line}x{place}" for place in range(20)))
        for number in range(90)
        for line in range(5)
    ]
    tally = fold(EMPTY, [*wordy, *flood(250, 8)], WATCHES)
    assert (tally.below, tally.number()) == (1.0, 340)
    assert len(tally.model_dump_json().encode()) < MOST_BYTES


def test_a_tally_of_the_longest_words_fits_into_an_item() -> None:
    heard = [
        post(f"a{number}", *(f"{number}茶{place}".ljust(50, "茶") for place in range(24)))
        for number in range(800)
    ]
    tally = fold(EMPTY, heard, WATCHES)
    assert 150 < len(tally.people) < 800
    assert len(tally.model_dump_json().encode()) < MOST_BYTES


def test_an_account_that_nobody_follows_weighs_less_and_an_unknown_one_does_not() -> None:
    assert weight_of(Author(id="x")) == 100
    assert weight_of(Author(id="x", followers=1)) == 100
    assert weight_of(Author(id="x", followers=0)) == NO_PAST
    assert weight_of(Author(id="x", followers=0, verified=True)) == 100
    assert weight_of(Author(id="x", followers=90, bot=True)) == NO_PAST


def test_mentions_belong_where_they_were_said_late_ones_too() -> None:
    late = post("late", "漏水", said_at=after(-20), heard_at=after(30))
    wrong = post("wrong", "漏水", said_at=after(-9000), heard_at=after(5))
    assert [
        (start, [one.author.id for one in heard]) for start, heard in by_window([wrong, late])
    ] == [
        (START - timedelta(minutes=20), ["late"]),
        (START, ["wrong"]),
    ]


def test_who_speaks_for_half_an_hour_is_one_person_in_it() -> None:
    parts = [
        fold(Tally(start=after(minutes)), [post("lin", "漏水"), post(f"a{minutes}", "茶")], WATCHES)
        for minutes in (20, 0, 10)
    ]
    whole = merge(parts)
    assert (whole.start, whole.number()) == (NOON, 4)


def test_the_terms_of_a_mention() -> None:
    said = post(
        "lin", "新款", "保温杯", "漏水", "tea",
        text='#"别"# #秋天的茶# 新款保温杯 leak 漏水！tea #snow_pear',
        fingerprint="0011223344556677",
    )  # fmt: skip
    assert terms_of(said, naming(WATCHES | {"price": ("涨价",)})) == [
        "watch:leak", "#秋天的茶", "#snow_pear", "=0011223344556677",
        "新款", "保温杯", "漏水", "tea", "新款保温杯",
    ]  # fmt: skip


def test_phrases_are_of_neighbours_with_or_without_a_space() -> None:
    said = post("lin", "snow", "pear", "tea", text="Snow pear tea, tea snow")
    assert [term for term in terms_of(said, naming({})) if " " in term] == [
        "snow pear", "pear tea", "snow pear tea",
    ]  # fmt: skip


def test_a_long_text_has_no_more_terms_than_a_page() -> None:
    words = [f"词{number}" for number in range(99)]
    said = post("lin", *words, text="".join(words) + "#a#b#c#d#e#f#g#h")
    assert len(terms_of(said, naming({}))) <= WORDS + PHRASES + TAGS
