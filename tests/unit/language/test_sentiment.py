from functools import cache

import pytest

from desk.language.cleaning import cleaned
from desk.language.identify import language
from desk.language.sentiment import Feeling, evidence, feeling, shares
from desk.language.words import Words, words_of
from desk.mention import Sentiment

words = cache(words_of)


def felt(text: str, dictionary: tuple[str, ...] = ()) -> Feeling:
    plain = cleaned(text).text
    own: Words = words(dictionary)
    pieces = own.cut(plain)
    return feeling(evidence(plain, pieces, language(text), dictionary), own.meaningful(pieces))


def reasons(text: str) -> set[str]:
    return {reason for _, reason in felt(text).reasons}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("桂花龙井很好喝，店员也热情", "positive"),
        ("杯盖漏水，弄湿了整个包", "negative"),
        ("等了一个小时，送来是凉的", "negative"),
        ("想问一下哪里可以开发票", "neutral"),
        ("请问几点开门", "neutral"),
        ("很差要投诉", "negative"),
        ("保温效果好，质量也不错", "positive"),
        ("物流慢得离谱，客服还阴阳怪气", "negative"),
        ("杯子质感很棒，颜值超高，送闺蜜她爱死了", "positive"),
        ("包裝很用心，店員超親切", "positive"),
    ],
)
def test_plain_words_are_felt(text: str, expected: Sentiment) -> None:
    assert felt(text).sentiment == expected


@pytest.mark.parametrize(
    "text",
    [
        "不高兴", "我一点都不喜欢", "味道不是很好", "一点都不便宜", "没有那么好喝", "不太满意",
        "并不好用", "谈不上好吃", "不怎么样", "不是很推荐", "没觉得哪里好", "不值这个价",
        "别买，不好用", "没有一次是准时的", "不会再来了", "不如以前好喝", "谁说好喝的，难喝死了",
        "从来没有这么失望过", "不能再差了", "没有比这更糟的了", "不得不说真的很失望",
        "一点诚意都没有", "服务没有以前好了", "不是不好吃，是根本不能吃", "没什么好喝的",
        "不开心，等了一个小时", "不舒服，戴着耳朵疼", "不推荐，虽然便宜，但是质量差",
    ],
)  # fmt: skip
def test_praise_that_is_denied_is_a_complaint(text: str) -> None:
    assert felt(text).sentiment == "negative"


@pytest.mark.parametrize(
    "text",
    [
        "从来没有失望过", "不难喝", "没让我失望", "一点都不贵", "没有理由不喜欢", "好喝到不行",
        "没有异味，没有噪音，很满意", "好喝得不得了", "不愧是老店，好吃",
        "一点也不辣，孩子很喜欢", "不得不说真的很好喝", "简直不能更满意", "不是一般的好喝",
        "不错，没有踩雷", "用了三年没坏过，质量没得说",
    ],
)  # fmt: skip
def test_a_fault_that_is_denied_is_praise(text: str) -> None:
    assert felt(text).sentiment == "positive"


@pytest.mark.parametrize(
    "text",
    ["没有不满意", "不是不好", "没有漏水", "没有问题", "不是不喜欢", "不能说不好"],
)
def test_two_negations_are_no_complaint(text: str) -> None:
    assert felt(text).sentiment != "negative"


@pytest.mark.parametrize(
    "text",
    ["没时间，很好喝", "不是昨天。好喝", "漏水，但是味道好", "服务不好，不过味道好，下次还来"],
)
def test_a_negation_ends_with_its_clause_and_what_follows_a_but_weighs_more(text: str) -> None:
    assert felt(text).sentiment == "positive"


def test_a_negation_is_named_with_what_it_turned() -> None:
    assert "not:没有 漏水" in reasons("没有漏水")


def test_reasons_are_whole_words_and_those_that_bear_the_answer_come_first() -> None:
    reasons = sorted(felt("味道很好，但是杯盖漏水，太失望了").reasons, reverse=True)
    assert reasons[0][1] == "negative:太失望"
    assert "positive:味道很好" in {reason for _, reason in reasons}


def test_words_that_no_list_has_are_reasons_as_well() -> None:
    assert "negative:形同虚设" in reasons("客服电话形同虚设")


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("難喝，服務態度惡劣，再也不來了", "难喝，服务态度恶劣，再也不来了"),
        ("蓋子沒有漏水，很滿意", "盖子没有漏水，很满意"),
        ("不推薦，雖然便宜，但是質量差", "不推荐，虽然便宜，但是质量差"),
    ],
)
def test_traditional_text_is_felt_like_simplified(traditional: str, simplified: str) -> None:
    assert felt(traditional) == felt(simplified)


def test_evidence_against_makes_less_sure() -> None:
    assert felt("好喝，服务好，漏水").confidence < felt("好喝，服务好").confidence


@pytest.mark.parametrize(
    "text", ["", "漏水", "The shop opens at nine", "好喝" * 3000, "\ud800", "?!"]
)
def test_what_a_text_may_feel_adds_up_to_one(text: str) -> None:
    plain = cleaned(text).text
    found = evidence(plain, words(()).cut(plain), language(text))
    assert sum(shares(found.script, found.scores)) == pytest.approx(1)
    assert 0.3 < felt(text).confidence <= 1


def test_a_brand_with_a_flattering_name_feels_nothing() -> None:
    assert felt("快乐柠檬在哪里").sentiment == "positive"
    named = felt("快乐柠檬在哪里", ("快乐柠檬",))
    assert named.sentiment == "neutral"
    assert named.reasons == ()


def test_a_fault_in_the_dictionary_is_still_a_fault() -> None:
    assert felt("杯子漏水", ("漏水",)).sentiment == "negative"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The staff were lovely and the tea is delicious", "positive"),
        ("My order never arrived and nobody answers. Terrible.", "negative"),
        ("Дуже смачний чай, дякую!", "positive"),
        ("Ужасное качество", "negative"),
    ],
)
def test_each_script_is_read_by_its_own_model(text: str, expected: Sentiment) -> None:
    assert felt(text).sentiment == expected


def test_a_mention_is_answered_alike_and_less_surely_than_its_parts_add_up_to() -> None:
    plain = cleaned("@northjet my bag is lost and nobody answers").text
    known = evidence(plain, [], "en")
    found = feeling(known, ())
    assert found.sentiment == "negative"
    assert 0.5 < found.confidence < max(shares("latin", known.scores))
