import unicodedata

import pytest
from hypothesis import given, strategies as st

from desk.language.normal import normal, rejoined, seen

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
        ("👍🏽 1️⃣", "👍 1"),
        ("頭髮 發現 皇后 後來 里長 這裡 這裏", "头发 发现 皇后 后来 里长 这里 这里"),
        ("看著 看着 喫飯 吃飯 什麽 什麼 羣 群 麪 麵", "看着 看着 吃饭 吃饭 什么 什么 群 群 面 面"),
        ("著名 顯著 拿著名片 等著", "著名 显著 拿着名片 等着"),
        ("回覆 反反覆覆 重覆 覆蓋", "回复 反反复复 重复 覆盖"),
        ("藉口 狼藉 彷彿 彷徨 傢俱 俱樂部", "借口 狼藉 仿佛 彷徨 家具 俱乐部"),
        ("項鍊 鍛鍊 獃著 呆着 發獃", "项链 锻炼 待着 待着 发呆"),
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


@given(st.lists(ANY_TEXT))
def test_normal_forms_with_spaces_between_need_less_to_be_one(texts: list[str]) -> None:
    text = " ".join(map(normal, texts))
    assert rejoined(text) == normal(text)


@pytest.mark.parametrize("text", ["名 著", "回 覆", "呆 着", "看 著 书"])
def test_a_space_may_decide_on_a_character(text: str) -> None:
    assert rejoined(text) == normal(text)


def test_simplifying_keeps_the_length() -> None:
    text = "這杯奶茶的蓋子關不緊，灑了一身，請貴公司給個說法"
    assert len(normal(text)) == len(text)


def test_a_long_text_is_simplified_like_a_short_one() -> None:
    text = (
        "這杯奶茶的蓋子關不緊，灑了一身，請貴公司給個說法。發現頭髮後來還錢嗎？麵條難吃，態度惡劣，"
    )
    text += "服務員罵人，環境髒亂，價錢貴得離譜，廣東臺灣雲南貴陽門店電話打不通，東西爛掉，著名"
    assert normal(text) == "".join(map(normal, text.replace("著名", ""))) + "著名"


def test_a_pile_of_marks_is_cut_down() -> None:
    assert len(normal("a" + "\u0315\u0300" * 5000)) < 50


def test_what_cannot_be_seen_alone_goes_when_the_rest_must_stay() -> None:
    assert seen("Terrib\u200ble 服\u2060務") == "Terrible 服務"
    assert seen("ＡＰＰ 服務") == "ＡＰＰ 服務"
