"""Languages of texts and of their parts: short, mixed and odd ones, all written for this."""

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from desk.language.identify import language
from desk.language.spans import Span, spans
from desk.mention import Language


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("zh-Hans", "今天买的奶茶洒了一路"),
        ("zh-Hans", "差评"),
        ("zh-Hans", "很好喝"),
        ("zh-Hans", "物流太慢，客服还不理人"),
        ("zh-Hans", "这个 app 闪退了好几次"),
        ("zh-Hans", "iPhone 15 Pro Max 到手了，真香"),
        ("zh-Hans", "哈哈哈哈哈"),
        ("zh-Hans", "[笑cry] 杯盖又漏了"),
        ("zh-Hans", "@茶小满 你们的云朵杯漏水"),
        ("zh-Hans", "Nǐmen 的杯子 lid 关不紧"),
        ("zh-Hans", "不要脸(╯°Д°)╯︵┻━┻"),
        ("zh-Hans", "用户登录失败"),
        ("zh-Hans", "无法保存文件"),
        ("zh-Hant", "今天買的奶茶灑了一路"),
        ("zh-Hant", "買 iPhone 送 Cloud Cup 嗎"),
        ("zh-Hant", "使用者帳號已停用"),
        ("zh-Hant", "已新增"),
        ("zh-Hant", "演算法"),
        ("zh-Hant", "笑死"),
        ("zh-Hant", "好可愛ㄛ"),
        ("zh-Hant", "電話"),
        ("zh-Hant", "客服電話打不通"),
        ("zh-Hant", "這の店好好吃"),
        ("zh-Hant", "選項"),
        ("yue", "呢個杯啲蓋成日甩，搞到我個袋濕晒"),
        ("yue", "唔該畀返錢我"),
        ("yue", "佢哋喺邊度呀"),
        ("yue", "你食咗飯未"),
        ("yue", "呢度啲嘢好難食"),
        ("yue", "我唔知點解咁貴"),
        ("yue", "係咪真㗎"),
        ("ja", "お茶がこぼれました"),
        ("ja", "商品を返品したいです"),
        ("ja", "営業時間"),
        ("ja", "削除"),
        ("ja", "検索"),
        ("ja", "利用規約"),
        ("ja", "自分の操作"),
        ("ja", "日曜日"),
        ("ja", "国際電話"),
        ("ja", "カスタマーサービス"),
        ("ja", "ｶﾊﾞｰ"),
        ("ja", "電話番号"),
        ("ja", "東京で iPhone を買った"),
        ("en", "The lid leaks every morning"),
        ("en", "leaks"),
        ("en", "Don’t buy this"),
        ("en", "OK"),
        ("en", "ＴＨＥ ＬＩＤ ＬＥＡＫＳ"),
        ("en", "I was at the café with Beyoncé"),
        ("en", "so good 😍😍"),
        ("en", "@someone https://example.com love it"),
        ("en", "¯\\\\_(ツ)_/¯ whatever"),
        ("en", "refund please"),
        ("en", "lol"),
        ("en", "Le Creuset is the best brand I ever had"),
        ("en", "I love the word схема"),
        ("uk", "Чай чудовий, але кришка протікає"),
        ("uk", "п'ятниця"),
        ("uk", "Так"),
        ("uk", "Дуже смачно"),
        ("uk", "Помилка сервера"),
        ("uk", "Пароль занадто простий"),
        ("uk", "IPv4 або IPv6"),
        ("uk", "Мій Samsung Galaxy не працює"),
        ("uk", "не раджу"),
        ("uk", "обʼєкт"),
        ("uk", "ДЯКУЮ"),
        ("ru", "Чай отличный, но крышка протекает"),
        ("ru", "Где мой заказ"),
        ("ru", "Спасибо"),
        ("ru", "не работает"),
        ("ru", "Дата"),
        ("ru", "Очень вкусно"),
        ("ru", "ошибка сервера"),
        ("ru", "Мой iPhone сломался"),
        ("ru", "ПОЖАЛУЙСТА"),
        ("ru", "как дела"),
        ("other", "Wo ist meine Bestellung und warum ist der Deckel nicht dicht"),
        ("other", "¿Dónde está mi pedido?"),
        ("other", "Merci beaucoup"),
        ("other", "뚜껑이 새요"),
        ("other", "Крышкаға не болды"),
        ("other", "Това не е добре, няма какво да правя"),
        ("other", "Где је моја поруџбина, овде цури"),
        ("other", "أين طلبي"),
        ("other", "ฝาแก้วรั่ว"),
        ("other", "Πού είναι η παραγγελία μου"),
        ("other", "איפה ההזמנה שלי"),
        ("other", "Siparişim nerede kaldı"),
        ("other", "😂😂😂"),
        ("other", "12345 https://example.com @someone"),
        ("other", "!!!???"),
        ("other", ""),
    ],
)
def test_a_text_shows_its_language(expected: Language, text: str) -> None:
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
    assert language("Где мой заказ?", "uk") == "ru"
    assert language("The lid leaks", "zh-TW") == "en"


def test_a_hint_decides_about_emoji_alone() -> None:
    assert language("😂😂", "uk") == "uk"
    assert language("😂😂", "und") == "other"


def test_what_nobody_says_does_not_count() -> None:
    assert language("@茶小满官方旗舰店 https://example.com/杯 the lid leaks") == "en"
    assert language("[微笑][微笑][微笑][微笑] ok, fine") == "en"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "这个 app 的 customer service is terrible，差评",
            [
                ("zh-Hans", "这个 app 的 "),
                ("en", "customer service is terrible，"),
                ("zh-Hans", "差评"),
            ],
        ),
        ("The lid leaks. 杯盖漏水！", [("en", "The lid leaks. "), ("zh-Hans", "杯盖漏水！")]),
        ("這家店 never again，謝謝", [("zh-Hant", "這家店 never again，謝謝")]),
        ("喜欢 Cloud Cup Pro Max 这个系列", [("zh-Hans", "喜欢 Cloud Cup Pro Max 这个系列")]),
        ("OK，收到", [("zh-Hans", "OK，收到")]),
        ("Мой iPhone 15 не работает", [("ru", "Мой iPhone 15 не работает")]),
        (
            "Мой заказ не пришел, shame on you guys",
            [("ru", "Мой заказ не пришел, "), ("en", "shame on you guys")],
        ),
        (
            "Кришка протікає щоранку. Но поддержка ничего не отвечает.",
            [("uk", "Кришка протікає щоранку. "), ("ru", "Но поддержка ничего не отвечает.")],
        ),
        (
            "¿Dónde está mi pedido? Where is my order please?",
            [("other", "¿Dónde está mi pedido? "), ("en", "Where is my order please?")],
        ),
        (
            "今天很开心。ありがとうございます、また来ます。",
            [("zh-Hans", "今天很开心。"), ("ja", "ありがとうございます、また来ます。")],
        ),
        (
            "The cup is broken. 뚜껑이 새요",
            [("en", "The cup is broken. "), ("other", "뚜껑이 새요")],
        ),
        ("¯\\_(ツ)_/¯ whatever", [("en", "¯\\_(ツ)_/¯ whatever")]),
        ("😂😂 @someone https://example.com", [("other", "😂😂 @someone https://example.com")]),
        ("东京で買った iPhone", [("ja", "东京で買った iPhone")]),
    ],
)
def test_a_mixed_text_has_parts(text: str, expected: list[tuple[Language, str]]) -> None:
    assert [(part.language, text[part.start : part.end]) for part in spans(text)] == expected


def test_an_empty_text_has_no_parts() -> None:
    assert spans("") == ()


@pytest.mark.parametrize("text", ["今天买的奶茶洒了一路", "The lid leaks", "Дуже смачно", "!!!"])
def test_a_text_in_one_language_is_one_part(text: str) -> None:
    assert spans(text) == (Span(language(text), 0, len(text)),)


@given(st.text(st.sampled_from("a b漏水です這个 ыіє.。!\n@[]&/😂한\ud800'"), max_size=60))
def test_parts_follow_each_other_without_gaps(text: str) -> None:
    parts = spans(text)
    assert "".join(text[part.start : part.end] for part in parts) == text
    assert all(one.language != two.language for one, two in pairwise(parts))
