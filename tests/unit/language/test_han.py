import pytest
from hypothesis import given, strategies as st

from desk.language.cleaning import cleaned
from desk.language.han import MARKS, MAX_LENGTH, cues, features, marks, words_of_feeling
from desk.language.lexicon import find
from desk.language.normal import normal
from desk.language.spelt import Cue


def felt(text: str) -> list[Cue]:
    return cues(find(words_of_feeling(), normal(text)))


def test_a_text_is_known_by_its_characters_in_ones_to_threes_and_by_its_words() -> None:
    made = features("很好喝", ["很", "好喝"])
    assert {"很", "好", "喝", "很好", "好喝", "很好喝", "\x1f很", "\x1f好喝"} <= made
    assert "\x1f很好" not in made


def test_how_a_text_begins_and_ends_is_known() -> None:
    assert {"\x02好", "喝\x03"} <= features("好喝", ["好喝"])
    assert not {"\x02好", "喝\x03"} & features("很好喝的", ["很", "好喝", "的"])


def test_a_word_is_not_taken_for_the_same_characters_across_two_words() -> None:
    assert features("上海面", ["上海", "面"]) != features("上海面", ["上", "海面"])


def test_what_cleaning_took_out_of_a_post_still_tells_what_kind_of_text_it_is() -> None:
    post = cleaned("好喝//@晓满:#新品# 看 https://t.cn/abc")
    assert marks(post) == [*MARKS]
    assert {*MARKS} <= features(post.text, [], (), marks(post))
    assert marks(cleaned("好喝")) == []
    assert not {*MARKS} & features("好喝@晓满//", ["好喝"])


@given(st.text(max_size=60))
def test_any_text_has_features_and_the_same_ones_again(text: str) -> None:
    assert features(text, [*text]) == features(text, [*text])


def test_a_text_of_any_length_has_no_more_features_than_a_model_adds_up() -> None:
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 2 * MAX_LENGTH)))
    assert len(features(text, [*text])) < 5 * MAX_LENGTH


@pytest.mark.parametrize(
    ("text", "word", "negation"),
    [
        ("并不漂亮", "漂亮", "并不"),
        ("没有漏水", "漏水", "没有"),
        ("从来没有失望过", "失望", "从来没有"),
    ],
)
def test_a_negation_is_kept_with_the_word_that_it_turns(
    text: str, word: str, negation: str
) -> None:
    [cue] = felt(text)
    assert (cue.word, cue.negation) == (word, negation)


@pytest.mark.parametrize("text", ["没时间，很满意", "不是昨天。满意"])
def test_a_negation_ends_with_its_clause(text: str) -> None:
    [cue] = felt(text)
    assert cue.weight > 0
    assert not cue.negation


def test_degrees_scale_and_what_stands_before_a_but_weighs_less() -> None:
    [plain], [strong], [weak] = felt("满意"), felt("非常满意"), felt("有点满意")
    assert weak.weight < plain.weight < strong.weight
    before, after = felt("满意但是漏水")
    assert before.weight < plain.weight
    assert after.weight == felt("漏水")[0].weight


def test_a_word_said_ten_times_counts_twice() -> None:
    assert felt("漏水" * 10) == felt("漏水漏水")


def test_what_the_words_of_feeling_come_to_is_a_feature_in_steps() -> None:
    one, three = (features("", [], felt(text)) for text in ("满意", "满意，好看，喜欢"))
    assert one - {"\x02", "\x03", "\x02\x03"} < three
