"""What the desk goes by in texts in Latin and Cyrillic letters, and how it feels."""

import math

import pytest

from desk.language import model
from desk.language.normal import normal
from desk.language.spelt import cues, features, tokens
from desk.mention import Language, Sentiment

TRAPS: dict[tuple[Language, Sentiment], str] = {
    ("en", "negative"): """
        not happy
        not good at all
        I'm not impressed with this shop
        the tea wasn't great and the staff weren't helpful
        never again
        I will never order from you again
        this is anything but good
        don't buy this phone
        would not recommend
        I can't recommend this to anyone
        it doesn't work
        not worth the money
        nobody was helpful
        hardly any taste and no refund
        the app is not very easy to use
        I have never had a worse coffee
        no longer a fan, it is not fresh any more
        it was great until it broke
        I wanted to love it but it is terrible
        thanks for nothing
        not a pleasant experience
        neither tasty nor cheap
    """,
    ("en", "positive"): """
        never had a better one
        it isn't bad at all, I liked it
        can't complain
        nothing to complain about
        not bad at all
        I have no complaints, great service
        could not be happier with it
        you can't go wrong with this tea
        never disappoints
        it has never let me down
        I couldn't recommend it more
        I was afraid it would be terrible but it is wonderful
        no problems at all, works perfectly
        I can't get enough of this drink
        the best coffee, never seen better
    """,
    ("uk", "negative"): """
        не сподобалось
        не дуже смачно
        мені зовсім не сподобалося
        не раджу нікому
        більше ніколи
        нічого доброго не скажу
        чай не смачний і не свіжий
        персонал не привітний
        додаток не працює
        ніколи більше не прийду
        не вартує своїх грошей
        хотіла похвалити, але це жах
        я не задоволена обслуговуванням
        тут немає нічого гарного
    """,
    ("uk", "positive"): """
        не поганий чай
        нічого поганого сказати не можу, все сподобалось
        зовсім не погано, смачно
        жодних нарікань
        не пошкодуєте, дуже смачно
        краще не буває
        ніколи не їла смачнішого торта
        немає на що скаржитися
        ще жодного разу не підвели
        без проблем, усе швидко
        боялася, що буде погано, але все чудово
    """,
    ("ru", "negative"): """
        не понравилось
        не очень вкусно
        мне совсем не понравилось
        никому не советую
        больше никогда
        чай не вкусный и не свежий
        приложение не работает
        не стоит своих денег
        я не довольна обслуживанием
        хотела похвалить, но это ужас
        ничего хорошего не скажу
    """,
    ("ru", "positive"): """
        неплохой чай
        совсем не плохо, вкусно
        никаких нареканий
        не пожалеете, очень вкусно
        лучше не бывает
        никогда не ела вкуснее
        ни разу не подвели
        без проблем, все быстро
        боялась, что будет плохо, но все отлично
    """,
}


def _read(text: str, language: Language) -> Sentiment:
    found = tokens(normal(text))
    made = features(found, cues(found, language), language)
    known = model.load("latin" if language == "en" else "cyrillic")
    values = model.logits(known, made, math.sqrt(len(made)))
    first = known.lanes.index("sentiment.negative")
    names: tuple[Sentiment, ...] = ("negative", "neutral", "positive")
    return max(zip(values[first : first + 3], names, strict=True))[1]


@pytest.mark.parametrize(
    ("text", "language", "sentiment"),
    [
        pytest.param(line.strip(), language, sentiment, id=line.strip())
        for (language, sentiment), lines in TRAPS.items()
        for line in lines.strip().splitlines()
    ],
)
def test_a_negation_is_heard_and_ends_where_it_ends(
    text: str, language: Language, sentiment: Sentiment
) -> None:
    assert _read(text, language) == sentiment


def _cues(text: str, language: Language) -> list[tuple[str, str]]:
    return [(cue.word, cue.negation) for cue in cues(tokens(normal(text)), language)]


def test_a_negation_holds_for_the_next_word_of_feeling_of_its_clause() -> None:
    assert _cues("It was not funny. Great tea!", "en") == [("funny", "not"), ("great", "")]
    assert _cues("Not here, great there", "en") == [("great", "")]
    assert _cues("ні, смачно", "uk") == [("смачно", "")]


def test_what_stands_before_a_but_counts_less() -> None:
    before, after = cues(tokens("good but terrible"), "en")
    assert before.weight < cues(tokens("good"), "en")[0].weight
    assert after.weight == cues(tokens("terrible"), "en")[0].weight


def test_a_degree_makes_the_next_word_weigh_more_or_less() -> None:
    plain, more, less = (
        cues(tokens(f"{word} good"), "en")[0].weight for word in ("", "very", "a bit")
    )
    assert less < plain < more


def test_a_phrase_is_read_as_one_and_keeps_its_own_negation() -> None:
    assert _cues("I can't complain", "en") == [("can't complain", "")]
    assert _cues("ни разу не подвели", "ru") == [("не подвели", "")]


def test_a_drawn_out_word_is_still_the_word() -> None:
    assert _cues("loooooove it", "en")
    assert _cues("дяяякую", "uk") == [("дяяякую", "")]


def test_a_word_means_what_it_means_in_its_language() -> None:
    (ukrainian,) = cues(tokens("гарно"), "uk")
    assert ukrainian.weight > 0
    assert not cues(tokens("гарно"), "en")


def test_emoticons_and_emoji_are_features() -> None:
    made = features(tokens("ok :) 👍"), [], "en")
    assert {" :) ", " 👍 ", " ok "} <= made


def test_what_follows_a_negation_is_a_feature_of_its_own() -> None:
    found = tokens("not the best, really")
    assert {"!the", "!best"} <= features(found, [], "en")
    assert "!really" not in features(found, [], "en")


def test_a_hostile_text_makes_few_features_for_its_length() -> None:
    text = "".join(map(chr, range(0x4E00, 0x9000))) + "'" * 5_000 + " not" * 5_000
    found = tokens(text)
    assert len(features(found, cues(found, "en"), "en")) < 3 * len(text)
    assert max(map(len, tokens("a" * 9_999 + "?!" * 9_999 + "'a" * 9_999))) < 100
    assert features(tokens(""), [], "en") == {"=0"}
