from typing import get_args

import pytest
from hypothesis import given, settings, strategies as st

from desk.language import MAX_REASONS, reader
from desk.mention import Intent, Reading

PIECES = [
    "不", "没有", "很", "但是", "好喝", "漏水", "茶小满", "not", "don't", "good", "дуже", "не",
    "добре", "[泪]", "😂", "投诉", "?", "，", "。", "//", "@a:", "https://t.cn/x", " ", "\n",
    "\ud800", "\u202e", "\u0301", "臺灣", "한국", "ありがとう", "ﷺ", "'", "&amp;",
]  # fmt: skip
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=())) | st.lists(
    st.sampled_from(PIECES), max_size=40
).map("".join)

read = reader(("茶小满", "Cloud Cup", "", "臺灣"))


@given(ANY_TEXT, st.text(max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_read_and_reads_the_same_again(text: str, hint: str) -> None:
    reading = read(text, hint)
    assert reading == read(text, hint)
    assert 0 < reading.confidence < 1
    assert reading.intents
    assert set(reading.intents) <= set(get_args(Intent))
    assert len(reading.reasons) <= MAX_REASONS
    assert Reading.model_validate_json(reading.model_dump_json()) == reading


@pytest.mark.parametrize(
    "unit",
    ["漏水", "a", "а", "i", "@", "@茶", "[", "[a", "//", "不", "但是,", "&a", "http://", "'a", "ﷺ",
     "\ud800", "\u0315\u0300", "не ", "not a ", "would_", "想买?", " ", "哈", "９"],
)  # fmt: skip
def test_a_hundred_thousand_characters_can_be_read(unit: str) -> None:
    assert read(unit * (100_000 // len(unit)), "").reasons is not None


def test_the_end_of_a_book_is_not_read() -> None:
    book = "茶 " * 10_000
    assert read(f"{book}漏水，我要投诉", "") == read(book, "")


def test_a_reading_has_everything_a_text_says() -> None:
    reading = read("茶小满的杯盖漏水，弄湿了电脑，我要投诉！", "")
    assert reading.language == "zh-Hans"
    assert reading.sentiment == "negative"
    assert reading.confidence > 0.8
    assert reading.intents == ("complaint",)
    assert {"茶小满", "杯盖", "漏水", "电脑", "投诉"} <= set(reading.words)
    assert {"negative:漏水", "complaint:漏水"} <= set(reading.reasons)


def test_the_weightiest_reasons_come_first() -> None:
    reasons = read("有点慢。包装一般。喝完食物中毒", "").reasons
    assert reasons[0] == "crisis:食物中毒"
    assert reasons.index("negative:食物中毒") < reasons.index("negative:有点慢")


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("請問這個杯子有貨嗎？想買兩個", "请问这个杯子有货吗？想买两个"),
        ("蓋子壞了，客服不理人，我要投訴", "盖子坏了，客服不理人，我要投诉"),
        ("桂花龍井太好喝了，謝謝店員", "桂花龙井太好喝了，谢谢店员"),
    ],
)
def test_only_the_language_tells_traditional_from_simplified(
    traditional: str, simplified: str
) -> None:
    expected = read(simplified, "").model_copy(update={"language": "zh-Hant"})
    assert read(traditional, "") == expected


def test_languages_can_be_mixed() -> None:
    reading = read("这个 cup 的 lid 又 leaks 了，so disappointed", "")
    assert reading.sentiment == "negative"
    assert "complaint" in reading.intents
