import pytest

from desk.language.intent import intents
from desk.language.normal import normal, prose
from desk.mention import Intent, Sentiment


def wanted(text: str, feeling: Sentiment = "neutral") -> tuple[Intent, ...]:
    return intents(prose(normal(text)), feeling)[0]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("我要投诉，必须退款", "complaint"),
        ("我要投訴，必須退款", "complaint"),
        ("I want a refund", "complaint"),
        ("Поверніть гроші", "complaint"),
        ("верните деньги", "complaint"),
        ("请问几点开门", "question"),
        ("云朵杯能放洗碗机吗", "question"),
        ("What time do you open?", "question"),
        ("Скільки коштує термокухоль", "question"),
        ("给店员点赞，强烈推荐", "praise"),
        ("Thanks to the team in London", "praise"),
        ("Дякую за чай", "praise"),
        ("建议出个小杯的", "suggestion"),
        ("希望能加個無糖的選項", "suggestion"),
        ("It would be great if you had a smaller one", "suggestion"),
        ("Було б добре додати менший", "suggestion"),
        ("想买云朵杯，求链接", "purchase"),
        ("Where can I buy the cloud cup", "purchase"),
        ("Хочу купити термос", "purchase"),
        ("孩子喝完中毒送医了", "crisis"),
        ("杯子爆炸，手被烫伤", "crisis"),
        ("It exploded and my son is in hospital", "crisis"),
        ("Термос вибухнув, опік руки", "crisis"),
        ("我是记者，想采访你们的负责人", "media"),
        ("I'm a journalist, request for comment", "media"),
        ("Я журналістка, потрібен коментар", "media"),
        ("转人工", "person"),
        ("別用機器人，我要真人客服", "person"),
        ("Let me speak to someone", "person"),
        ("Покличте оператора", "person"),
        ("加微信，兼职日赚五百", "spam"),
        ("You have won a cash prize, click here", "spam"),
        ("Казино, ставки на спорт", "spam"),
        ("今天下雨", "other"),
        ("", "other"),
    ],
)
def test_cues_give_an_intent_away(text: str, intent: Intent) -> None:
    assert intent in wanted(text)


def test_several_intents_hold_in_a_fixed_order() -> None:
    assert wanted("孩子被烫伤，我要投诉，叫你们经理打给我") == ("complaint", "crisis", "person")


def test_other_stands_alone() -> None:
    assert wanted("今天下雨") == ("other",)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("没有爆炸", "crisis"),
        ("no fire, all fine", "crisis"),
        ("我没有投诉", "complaint"),
        ("人工智能好厉害", "person"),
        ("去看烟花和火锅", "crisis"),
    ],
)
def test_what_only_looks_like_a_cue_is_none(text: str, intent: Intent) -> None:
    assert intent not in wanted(text)


def test_a_feeling_about_a_product_is_a_complaint_or_praise() -> None:
    assert wanted("杯子的颜色", "negative") == ("complaint",)
    assert wanted("杯子的颜色", "positive") == ("praise",)
    assert wanted("杯子的颜色", "neutral") == ("other",)


def test_praise_and_complaint_follow_the_feeling_where_both_have_cues() -> None:
    assert wanted("谢谢，退款了", "positive") == ("praise",)
    assert wanted("谢谢，退款了", "negative") == ("complaint",)


def test_shouting_with_question_marks_is_no_question() -> None:
    assert wanted("漏水???") == ("complaint",)


def test_each_intent_has_its_cue_as_reason() -> None:
    assert intents("我要投诉,转人工", "negative")[1] == ("complaint:我要投诉", "person:转人工")
