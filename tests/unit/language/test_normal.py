import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.language.normal import normal, prose

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("臺灣的雲朵杯漏水了", "台湾的云朵杯漏水了"),
        ("服務員態度很差，妳說呢？", "服务员态度很差,你说呢?"),
        ("ＡＢＣ１２３　漏水！", "abc123 漏水!"),
        ("漏\u200b水\u2060了", "漏水了"),
        ("\u202e漏水\u202c", "漏水"),
        ("漏\ud800水", "漏水"),
        ("漏\x00水\ufffd", "漏水"),
        ("❤\ufe0f👍\U000e0067", "❤👍"),
        ("  a\t\n b\u3000\u00a0c ", "a b c"),
        ("DON’T", "don't"),
        ("сімʼя СІМ’Я", "сім'я сім'я"),
        ("ﬁne ①②", "fine 12"),
        ("cafe\u0301", "café"),
        ("等等…", "等等..."),
        ("", ""),
    ],
)
def test_ways_of_writing_the_same_words_become_one(written: str, meant: str) -> None:
    assert normal(written) == meant


@given(ANY_TEXT)
def test_the_normal_form_is_its_own_normal_form(text: str) -> None:
    once = normal(text)
    assert normal(once) == once
    assert unicodedata.is_normalized("NFKC", once)
    once.encode()


def test_simplifying_keeps_the_length() -> None:
    text = "這杯奶茶的蓋子關不緊，灑了一身，請貴公司給個說法"
    assert len(normal(text)) == len(text)


def test_a_pile_of_marks_is_cut_down() -> None:
    assert len(normal("a" + "\u0315\u0300" * 5000)) < 50


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("@茶小满 杯子漏了", "  杯子漏了"),
        ("好喝@张三", "好喝 "),
        ("@xiaoman_tea杯子漏了", " 杯子漏了"),
        ("看 https://t.cn/A6x?b=1好喝", "看  好喝"),
        ("tea &amp; milk", "tea   milk"),
        ("a@b", "a "),
    ],
)
def test_addresses_and_handles_are_not_what_somebody_says(written: str, said: str) -> None:
    assert prose(written) == said


def test_what_follows_a_chinese_handle_without_a_break_is_kept() -> None:
    assert "漏水" in prose("@茶小满你们的云朵杯买了三天就漏水了怎么办")
