import pytest

from desk.language.aspects import aspects
from desk.language.intent import cues
from desk.language.lexicon import find
from desk.language.normal import normal
from desk.mention import Aspect, Intent


def named(text: str, *wants: Intent) -> tuple[Aspect, ...]:
    return aspects(find(cues(), normal(text)), wants or ("complaint",))


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("杯盖漏水", "product"), ("奶茶太甜", "taste"), ("又涨价了", "price"),
        ("快递三天没动", "delivery"), ("客服不理人", "service"), ("包装破了", "packaging"),
        ("吃完食物中毒", "safety"), ("份量缩水", "quantity"), ("小程序闪退", "app"),
        ("門店排隊", "store"), ("優惠券不能用", "promotion"),
        ("the lid leaks", "product"), ("tastes bland", "taste"), ("hidden fees", "price"),
        ("the courier was late", "delivery"), ("rude staff", "service"),
        ("the box was crushed", "packaging"), ("food poisoning", "safety"),
        ("smaller portions", "quantity"), ("the app crashes", "app"),
        ("your Leeds branch", "store"), ("the coupon expired", "promotion"),
        ("кришка тече", "product"), ("несмачний чай", "taste"), ("яка ціна", "price"),
        ("кур'єр спізнився", "delivery"), ("грубий персонал", "service"),
        ("порвана упаковка", "packaging"), ("отруєння", "safety"), ("мала порція", "quantity"),
        ("застосунок вилітає", "app"), ("черга в кав'ярні", "store"), ("промокод", "promotion"),
    ],
)  # fmt: skip
def test_an_aspect_is_told_by_its_words(text: str, aspect: Aspect) -> None:
    assert aspect in named(text)


def test_several_aspects_hold_in_a_fixed_order() -> None:
    assert named("快递慢，奶茶难喝")[:2] == ("taste", "delivery")


def test_spam_and_what_is_about_nothing_have_none() -> None:
    assert named("低价奶茶优惠券", "spam") == ()
    assert named("路过一家奶茶店", "other") == ()
