import pytest

from desk.language import reader
from desk.language.han import MARKS
from desk.language.intent import cues, intents, kinds, margins, reasons, signs
from desk.language.lexicon import Found, find
from desk.language.sentiment import evidence
from desk.language.spelt import Cue
from desk.mention import Intent

read = reader(())


def shown(text: str) -> set[str]:
    return signs(text, find(cues(), text), ())


def nothing(lane: str) -> str:
    return ""


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("我要投诉，必须退款", "complaint"),
        ("我要投訴，必須退款", "complaint"),
        ("I want a refund, this is unacceptable", "complaint"),
        ("Поверніть гроші, це обман", "complaint"),
        ("верните деньги, обманщики", "complaint"),
        ("请问几点开门", "question"),
        ("云朵杯能放洗碗机吗", "question"),
        ("What time do you open?", "question"),
        ("Скільки годин термокухоль тримає тепло", "question"),
        ("给店员点赞，强烈推荐", "praise"),
        ("Thanks to the team in London, great service", "praise"),
        ("Дякую за чай, дуже смачно", "praise"),
        ("建议出个小杯的", "suggestion"),
        ("希望能加個無糖的選項", "suggestion"),
        ("It would be great if you added a smaller one", "suggestion"),
        ("Було б добре додати менший", "suggestion"),
        ("想买云朵杯，求链接", "purchase"),
        ("Where can I buy the cloud cup", "purchase"),
        ("Хочу купити термос, де замовити?", "purchase"),
        ("孩子喝完中毒送医了", "crisis"),
        ("杯子爆炸，手被烫伤", "crisis"),
        ("It exploded and my son is in hospital", "crisis"),
        ("Термос вибухнув, опік руки, ми в лікарні", "crisis"),
        ("我是记者，想采访你们的负责人", "media"),
        ("I'm a journalist, request for comment", "media"),
        ("Я журналістка, потрібен коментар", "media"),
        ("转人工", "person"),
        ("別用機器人，我要真人客服", "person"),
        ("Let me speak to a human", "person"),
        ("Покличте оператора, живу людину", "person"),
        ("加微信，兼职日赚五百", "spam"),
        ("You have won a cash prize, click here", "spam"),
        ("Казино, ставки на спорт, бонус", "spam"),
        ("", "other"),
        ("I want a refund", "complaint"),
        ("Поверніть гроші", "complaint"),
        ("верните деньги", "complaint"),
        ("Скільки коштує термокухоль", "question"),
        ("Thanks to the team in London", "praise"),
        ("Дякую за чай", "praise"),
        ("It would be great if you had a smaller one", "suggestion"),
        ("Хочу купити термос", "purchase"),
        ("Термос вибухнув, опік руки", "crisis"),
        ("Let me speak to someone", "person"),
        ("Покличте оператора", "person"),
        ("Казино, ставки на спорт", "spam"),
        ("今天下雨", "other"),
    ],
)
def test_what_is_plainly_said_is_understood(text: str, intent: Intent) -> None:
    assert intent in read(text, "").intents


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("这人工草莓味我分不出来", "person"),
        ("人工智能好厉害", "person"),
        ("笑死，太好喝了", "crisis"),
        ("去看烟花和火锅", "crisis"),
        ("this tea is fire", "crisis"),
        ("ваш чай просто бомба", "crisis"),
        ("没有爆炸", "crisis"),
        ("no fire, all fine", "crisis"),
        ("我没有投诉", "complaint"),
    ],
)
def test_what_only_looks_grave_is_not(text: str, intent: Intent) -> None:
    assert intent not in read(text, "").intents


@pytest.mark.parametrize("text", ["08 123", "0871 5523", "text 1234", "win 500"])
def test_a_few_letters_and_digits_are_no_spam(text: str) -> None:
    assert "spam" not in read(text, "").intents


def test_spam_is_nothing_else() -> None:
    reading = read("低息贷款秒批，加微信，恭喜您中奖", "")
    assert reading.intents == ("spam",)
    assert reading.tone == ()
    assert reading.aspects == ()


def test_several_intents_hold_in_a_fixed_order() -> None:
    held, _ = intents(
        {"intent.person": 2.0, "intent.complaint": 0.1, "intent.crisis": 1.5, "intent.media": -1.0},
        [], "neutral", 0.0, nothing,
    )  # fmt: skip
    assert held == ("complaint", "crisis", "person")


def test_what_wakes_people_needs_a_cue_or_a_wide_margin() -> None:
    fire = [Found(0, 2, "起火", "crisis.fire")]
    assert intents({"intent.crisis": 0.5}, [], "neutral", 0.0, nothing)[0] == ("other",)
    assert intents({"intent.crisis": 0.5}, fire, "neutral", 0.0, nothing)[0] == ("crisis",)
    assert intents({"intent.crisis": 1.5}, [], "neutral", 0.0, nothing)[0] == ("crisis",)


def test_a_text_of_another_kind_is_judged_as_that_kind_is() -> None:
    margins = {"intent.spam": -2.0, "intent.spam.sms": 2.0}
    assert intents(margins | {"intent.is_spam.sms": 3.0}, [], "neutral", 0.0, nothing)[0] == (
        "spam",
    )
    assert intents(margins | {"intent.is_spam.sms": 0.0}, [], "neutral", 0.0, nothing)[0] == (
        "other",
    )


def test_a_text_that_may_be_of_another_kind_is_judged_half_as_that_kind_is() -> None:
    margins = {"intent.complaint": -1.0, "intent.is_complaint.tweets": 0.0}
    for theirs, expected in ((1.1, ("complaint",)), (0.9, ("other",))):
        beyond = margins | {"intent.complaint.tweets": theirs}
        assert intents(beyond, [], "neutral", 0.0, nothing)[0] == expected


def test_where_nothing_holds_it_is_something_else() -> None:
    assert intents({"intent.complaint": -0.1}, [], "neutral", 0.5, nothing) == (("other",), ())


def test_a_text_complains_or_praises_and_a_sure_feeling_settles_which() -> None:
    both = {"intent.complaint": 0.4, "intent.praise": 0.4}
    assert intents(both, [], "negative", 0.9, nothing)[0] == ("complaint",)
    assert intents(both, [], "positive", 0.9, nothing)[0] == ("praise",)


def test_a_question_in_a_much_stronger_complaint_wants_no_answer() -> None:
    asked = {"intent.question": 0.5}
    assert intents(asked | {"intent.complaint": 1.9}, [], "neutral", 0.0, nothing)[0] == (
        "complaint", "question",
    )  # fmt: skip
    assert intents(asked | {"intent.complaint": 2.1}, [], "neutral", 0.0, nothing)[0] == (
        "complaint",
    )


def test_reasons_name_the_first_cue_and_else_the_heaviest_word() -> None:
    found = [Found(0, 2, "客服", "service"), Found(2, 4, "漏水", "complaint.broken+product"),
             Found(5, 7, "差评", "complaint.report")]  # fmt: skip
    words = reasons(("complaint", "praise", "crisis"), found, {"praise": "好", "crisis": ""}.get)  # type: ignore[arg-type]
    assert words == ("complaint:漏水", "praise:好")


def test_a_cue_is_of_its_kind_and_of_its_intent() -> None:
    assert kinds("crisis.fire+product") == ("crisis.fire", "crisis", "product")
    assert kinds("-") == ()


def test_what_is_denied_is_no_sign() -> None:
    for text in ("没有爆炸", "没爆炸", "no explosion here"):
        assert "!crisis" in shown(text), text
        assert "crisis" not in shown(text), text


def test_feelings_count_more_where_they_are_about_something() -> None:
    felt = [Cue(-2.0, "差")]
    assert "-1.5 of it" in signs("客服差", find(cues(), "客服"), felt)
    assert "-1.5 of it" not in signs("天差", [], felt)
    assert "+1.5" in signs("不差", [], [Cue(-2.0, "差", "不")])


def test_whom_a_post_names_and_what_it_links_to_says_what_it_wants() -> None:
    tweet = "still no answer about my order"
    assert {"\x1d@", "\x1dlink"} <= signs(tweet, [], (), ("\x1d@", "\x1dlink"))
    plain = margins(tweet, [], (), "latin", evidence(tweet, [], "en").scores)
    named = margins(tweet, [], (), "latin", evidence(tweet, [], "en").scores, MARKS[:1])
    linked = margins(tweet, [], (), "latin", evidence(tweet, [], "en").scores, MARKS[3:])
    lane = "intent.complaint.tweets"
    assert linked[lane] < plain[lane] < named[lane]


def test_every_sign_of_shape_is_seen() -> None:
    assert {"?", "~asks", "~shouted", "~8"} <= shown("啥??")
    assert "~long number" in shown("qq 1234567")
    assert "~100" not in shown("a" * 101)
