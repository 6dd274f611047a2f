"""What strangers may send as a text: none of it may stop its being read, or slow it down."""

import os
import random
from collections.abc import Callable

import pytest

from desk.language import reader
from desk.language.cleaning import cleaned, original, removed
from desk.language.fingerprint import fingerprint
from desk.language.normal import normal

RUNS = int(os.environ.get("REPARTEE_FUZZ", "3000"))
"""Texts; a million of them take some minutes, and the test then no time limit: --timeout 0."""

LONG = 20_000
SEED = 20_240_511

_PARTS = (
    "( ) [ ] 【 】 # @ / // //@ //@a: & &amp; &lt; &# &#x &gt; amp; <b> </b> <br <!-- > < RT@ rt "
    "回复 回复@a: 转发微博 www. t.cn/ http:// https :// a@b.c 0 o о а e s i і v 微 信 退 款 好 坏 "
    "不 没 - * . _ ~ (shí) (a) 實 时 著 覆 呆 獃 鍊 的 了 ! ? !!!! ... … 1 11 话题] [泪] [doge] "
    "； ： ，。 ＠ ＃ （ ） 漏水 投诉 good not n't don't дуже не ё ї ñ é ß ﬁ ﷺ İ Σ ς か 가 "
    "\u1100 \u1161 \u11a8 ا \u0e01 \u0300 \u0315 \u0327 \u200b \u200d \u200e \u202e \u2066 \ufe0f "
    "\U000e0067 \ufeff \x00 \x7f \ud83d \ude2d \ufffd 😭 👨 👩 🏽 🇺 🇦 1️⃣"
)
PIECES = (*_PARTS.split(" "), " ", "\n", "\t", "\x1f", "\x85", "\u3000", "\u00a0")

_REPEATED = (
    "( (( [ [[ [] &amp; amp; & &# //@ //@a: / @ @a # ## #a < <b <b> > http:// https://! www. a@ "
    "a@b. 回复@ 0 o0 退- 差* 好 a аa оo ! ?! \u0300 \u0315\u0300 \u200d 👨\u200d 🇺 \u202e \ud800 "
    "\udc00 (shí) 实(shí) ﷺ İ Σ \u1100\u1161 著 呆著 不 不是不 漏水 【"
)
PILES = (*_REPEATED.split(" "), "<b a ", "RT @", "微 ", "not ", " ", "\n")
"""Each is repeated until a text is full: where anything looks back or nests, one of these shows."""


def drawn(chance: random.Random) -> str:
    """A text that somebody might try."""
    length = chance.choice((3, 10, 10, 30, 30, 100))
    kind = chance.random()
    if kind < 0.1:
        return "".join(chr(chance.randrange(0x110000)) for _ in range(length))
    if kind < 0.2:
        return chance.choice(PILES) * length
    if kind < 0.3:
        inner = "".join(chance.choices(PIECES, k=3))
        return chance.choice(PILES) * length + inner + chance.choice(PILES) * length
    return "".join(chance.choices(PIECES, k=length))


@pytest.fixture(scope="module")
def read() -> Callable[[str, str], object]:
    """The reader of a brand without words of its own."""
    return reader(())


def test_no_text_stops_the_reader(read: Callable[[str, str], object]) -> None:
    chance = random.Random(SEED)
    for number in range(RUNS):
        text = drawn(chance)
        try:
            read(text, chance.choice(("", "zh-TW", "en", "x" * 50)))
        except Exception as error:
            raise AssertionError(f"text {number}: {text!a}") from error


def test_cleaning_loses_no_character_of_any_text() -> None:
    chance = random.Random(SEED + 1)
    for number in range(RUNS):
        text = drawn(chance)
        clean = cleaned(text)
        assert normal(clean.text) == clean.text, f"text {number}: {text!a}"
        assert cleaned(clean.text).text == clean.text, f"text {number}: {text!a}"
        assert 0 <= clean.own <= len(clean.text), f"text {number}: {text!a}"
        if number % 10 == 0:
            covered = {at for one in removed(clean) for at in range(one.start, one.end)}
            for at in range(len(clean.text)):
                covered.update(range(*original(clean, at, at + 1)))
            assert covered == {*range(len(text))}, f"text {number}: {text!a}"


@pytest.mark.parametrize("pile", PILES, ids=ascii)
def test_twenty_thousand_of_anything_are_read(
    read: Callable[[str, str], object], pile: str
) -> None:
    text = (pile * LONG)[:LONG]
    for hostile in (text, "好" + text + "b>;)]#", text[: LONG // 2] + ">" * (LONG // 2)):
        clean = cleaned(hostile)
        assert cleaned(clean.text).text == clean.text
        assert original(clean, 0, len(clean.text))[1] <= len(hostile)
        fingerprint(clean.text)
    read(text, "")
