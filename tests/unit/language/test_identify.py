import pytest

from desk.language.identify import language
from desk.mention import Language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天买的奶茶洒了一路", "zh-Hans"),
        ("今天買的奶茶灑了一路", "zh-Hant"),
        ("買 iPhone 送 Cloud Cup 嗎", "zh-Hant"),
        ("Nǐmen 的杯子 lid 关不紧", "zh-Hans"),
        ("呢個杯啲蓋成日甩，搞到我個袋濕晒", "yue"),
        ("唔該畀返錢我", "yue"),
        ("お茶がこぼれました", "ja"),
        ("商品を返品したいです", "ja"),
        ("営業時間", "ja"),
        ("The lid leaks every morning", "en"),
        ("leaks", "en"),
        ("Don’t buy this", "en"),
        ("Чай чудовий, але кришка протікає", "uk"),
        ("п'ятниця", "uk"),
        ("Чай отличный, но крышка протекает", "ru"),
        ("Где мой заказ", "ru"),
        ("Wo ist meine Bestellung und warum ist der Deckel nicht dicht", "other"),
        ("¿Dónde está mi pedido?", "other"),
        ("뚜껑이 새요", "other"),
        ("Крышкаға не болды", "other"),
        ("😂😂😂", "other"),
        ("12345 https://example.com @someone", "other"),
        ("", "other"),
    ],
)
def test_a_text_shows_its_language(text: str, expected: Language) -> None:
    assert language(text) == expected


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        ("zh-TW", "zh-Hant"),
        ("zh_HK", "zh-Hant"),
        ("zh-Hant-TW", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("ja-JP", "ja"),
        ("yue", "yue"),
        ("", "zh-Hans"),
        ("en", "zh-Hans"),
        ("-" * 9000, "zh-Hans"),
    ],
)
def test_a_hint_decides_about_characters_that_all_share(hint: str, expected: Language) -> None:
    assert language("很好喝", hint) == expected


def test_a_hint_cannot_overrule_what_the_text_shows() -> None:
    assert language("這個杯子漏水", "zh-CN") == "zh-Hant"
    assert language("Де моє замовлення?", "ru") == "uk"


def test_a_hint_decides_about_emoji_alone() -> None:
    assert language("😂😂", "uk") == "uk"
    assert language("😂😂", "und") == "other"
