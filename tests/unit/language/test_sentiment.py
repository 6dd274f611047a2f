import pytest

from desk.language.identify import language
from desk.language.normal import normal, prose
from desk.language.sentiment import Feeling, feeling
from desk.mention import Sentiment


def felt(text: str, dictionary: tuple[str, ...] = ()) -> Feeling:
    return feeling(prose(normal(text)), language(text), dictionary)


def reasons(text: str) -> set[str]:
    return {reason for _, reason in felt(text).reasons}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("桂花龙井很好喝，店员也热情", "positive"),
        ("杯盖漏水，弄湿了整个包", "negative"),
        ("等了一个小时，送来是凉的", "negative"),
        ("今天去了新开的门店", "neutral"),
        ("很差要投诉", "negative"),
        ("保温效果好，质量也不错", "positive"),
        ("The staff were lovely and the tea is delicious", "positive"),
        ("My order never arrived and nobody answers. Terrible.", "negative"),
        ("The shop opens at nine", "neutral"),
        ("Дуже смачний чай, дякую!", "positive"),
        ("Кришка протікає, жахлива якість", "negative"),
        ("Купив чай у вівторок", "neutral"),
        ("Отличный чай, спасибо", "positive"),
        ("Ужасное качество", "negative"),
        ("包裝很用心，店員超親切", "positive"),
        ("", "neutral"),
    ],
)
def test_plain_words_are_felt(text: str, expected: Sentiment) -> None:
    assert felt(text).sentiment == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不高兴", "negative"),
        ("我一点都不喜欢", "negative"),
        ("味道不是很好", "negative"),
        ("The tea is not good", "negative"),
        ("I don't like it", "negative"),
        ("Мені не подобається", "negative"),
        ("не рекомендую", "negative"),
        ("没有漏水", "neutral"),
        ("没有不满意", "neutral"),
        ("It doesn't leak", "neutral"),
        ("не болить", "neutral"),
        ("not bad at all", "positive"),
        ("没有问题", "positive"),
    ],
)
def test_a_negation_turns_what_it_stands_before(text: str, expected: Sentiment) -> None:
    assert felt(text).sentiment == expected


def test_a_negation_is_named_with_what_it_turned() -> None:
    assert "not:没有 漏水" in reasons("没有漏水")
    assert "not:don't like" in reasons("I don't like it")


@pytest.mark.parametrize(
    "text",
    ["没时间，很好喝", "不是昨天。好喝", "I did not go there; great tea", "не встиг, смачно"],
)
def test_a_negation_ends_with_its_clause(text: str) -> None:
    assert felt(text).sentiment == "positive"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("味道好，但是漏水", "negative"),
        ("漏水，但是味道好", "positive"),
        ("Nice cup but broken", "negative"),
        ("Broken but nice cup", "positive"),
        ("Гарний термос, але поганий", "negative"),
    ],
)
def test_what_follows_a_but_weighs_more(text: str, expected: Sentiment) -> None:
    assert felt(text).sentiment == expected


@pytest.mark.parametrize("text", ["香港的奶茶店", "买了贵州的茶", "快递到了", "差不多十点"])
def test_a_word_is_not_felt_inside_a_longer_one(text: str) -> None:
    assert felt(text).sentiment == "neutral"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("😂😂", "positive"), ("😡", "negative"), ("[泪]", "negative"), ("[鼓掌]", "positive"),
     ("云朵杯❤️", "positive"), ("云朵杯:(", "negative")],
)  # fmt: skip
def test_emoji_and_emoticons_are_felt(text: str, expected: Sentiment) -> None:
    assert felt(text).sentiment == expected


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


def test_a_degree_scales_and_evidence_makes_sure() -> None:
    assert felt("非常好喝").reasons[0][0] > felt("好喝").reasons[0][0]
    assert felt("有点难喝").reasons[0][0] < felt("难喝").reasons[0][0]
    assert felt("好喝，服务好，环境干净，下次还来").confidence > felt("好喝").confidence
    assert felt("好喝，服务好，漏水").confidence < felt("好喝，服务好，干净").confidence


def test_a_word_said_ten_times_counts_twice() -> None:
    assert felt("漏水" * 10).confidence == felt("漏水漏水").confidence


def test_a_brand_with_a_flattering_name_feels_nothing() -> None:
    assert felt("快乐柠檬在哪里").sentiment == "positive"
    assert felt("快乐柠檬在哪里", ("快乐柠檬",)).sentiment == "neutral"


def test_a_fault_in_the_dictionary_is_still_a_fault() -> None:
    assert felt("杯子漏水", ("漏水",)).sentiment == "negative"
