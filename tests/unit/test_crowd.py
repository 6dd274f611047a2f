"""What accounts weigh: copies, edits, accounts without a past, and what they feel."""

from math import sqrt

import pytest
from hypothesis import given, settings, strategies as st

from desk.crowd import KEPT, copies, counts_of, voices
from desk.language.fingerprint import fingerprint, near
from desk.mention import Author
from desk.tally import Tally, fold
from desk.window import EVERYBODY, Counts
from tests.records import NOON
from tests.unit.test_tally import post

TEXT = "今天买的保温杯又漏水了，客服一直不理人，大家千万别买这个牌子"


def test_copies_are_one_voice_and_a_little_more() -> None:
    print_ = fingerprint(TEXT)
    heard = [post(f"a{number}", "漏水", fingerprint=print_) for number in range(100)]
    tally = fold(Tally(start=NOON), [*heard, post("lin", "漏水")], {})
    assert counts_of(tally).weight("漏水") == pytest.approx(sqrt(100) + 1)
    assert counts_of(tally).weight(EVERYBODY) == pytest.approx(11)


def test_light_edits_are_copies_too() -> None:
    texts = [TEXT, TEXT.replace("今天", "昨天"), TEXT + "，气死我了", TEXT.replace("又", "")]
    prints = [fingerprint(text) for text in texts]
    heard = [
        post(f"a{number}", "漏水", fingerprint=one, sentiment=mood)
        for number, (one, mood) in enumerate(
            zip(prints, ["positive", "negative", "neutral", "neutral"], strict=True)
        )
    ]
    tally = fold(Tally(start=NOON), heard, {})
    assert len({term for one in voices(tally) for term in one.moods if term[0] == "="}) == 1
    assert counts_of(tally).weight("漏水") == pytest.approx(2)
    assert counts_of(tally).terms[EVERYBODY] == pytest.approx((2, 0.5, 0.5))


def test_an_account_that_nobody_follows_is_a_quarter_of_a_person() -> None:
    one = post("x", "漏水")
    nobody = one.model_copy(update={"author": Author(id="y", followers=0)})
    tally = fold(Tally(start=NOON), [one, nobody], {})
    assert sorted(voice.weight for voice in voices(tally)) == [0.25, 1]


prints = st.lists(
    st.binary(min_size=8, max_size=8).map(lambda raw: bytes(b & 3 for b in raw).hex())
)


@settings(max_examples=50, deadline=None)
@given(prints)
def test_near_fingerprints_are_in_one_group_and_each_group_hangs_together(some: list[str]) -> None:
    found = copies(some)
    assert set(found) == set(some)
    for one in found:
        for other in found:
            if near(one, other):
                assert found[one] == found[other]
        group = [other for other in found if found[other] == found[one]]
        assert found[one] == min(group)
        assert len(group) == 1 or any(near(one, other) for other in group if other != one)


def test_counts_are_small_keep_what_is_watched_and_say_what_they_dropped() -> None:
    heard = [post(f"a{n}", *(f"词{n}x{m}" for m in range(20)), "茶") for n in range(100)]
    seldom = post("lin", "漏水", sentiment="negative")
    tally = fold(Tally(start=NOON), [*heard, seldom], {"leak": ("漏水",)})
    counts = counts_of(tally)
    assert len(counts.terms) == KEPT
    assert counts.terms["watch:leak"] == (1, 1, 0)
    assert (counts.weight("茶"), counts.weight("从未听说"), counts.floor) == (100, 1, 1)
    body = counts.model_dump_json()
    assert len(body.encode()) < 50_000
    assert Counts.model_validate_json(body) == counts
