import pytest
from hypothesis import given, settings, strategies as st

from desk.language.lexicon import Found, Lexicon, find, lexicon

KNOWN = lexicon(
    [
        ("-", "差"), ("-", "很差"), ("-", "差评"), ("0", "茶"), ("!", "!"), ("+", "[good]"),
        ("+", "good"), ("-", "not_good"), ("no", "not"), ("-", "disappoint*"), ("+", "thank*"),
        ("d", "disappointed"), ("-", "rip_off*"), ("no", "не"), ("-", "не_раджу"), ("no", "don't"),
        ("up", "up主"),
    ]
)  # fmt: skip


def found(text: str, known: Lexicon = KNOWN) -> list[tuple[str, str]]:
    return [(item.word, item.means) for item in find(known, text)]


def test_chinese_is_found_wherever_it_stands() -> None:
    assert find(KNOWN, "这茶差!") == [
        Found(1, 2, "茶", "0"), Found(2, 3, "差", "-"), Found(3, 4, "!", "!"),
    ]  # fmt: skip
    assert found("很差要投诉") == [("很差", "-")]


def test_the_longest_entry_wins_and_none_is_found_inside_another() -> None:
    assert found("很差评") == [("很差", "-")]
    assert found("给差评") == [("差评", "-")]
    assert found("[good]") == [("[good]", "+")]
    assert found("good[good]good") == [("good", "+"), ("[good]", "+"), ("good", "+")]
    assert found("up主") == [("up主", "up")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a good cup", ["good"]),
        ("goods are goodish", []),
        ("很good的", ["good"]),
        ("so-good", ["good"]),
        ("good's", []),
        ("'good'", ["good"]),
        ("i don't", ["don't"]),
        ("don'ts", []),
        ("неї не", ["не"]),
    ],
)
def test_what_is_spelt_is_found_as_a_whole_word(text: str, expected: list[str]) -> None:
    assert [word for word, _ in found(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("not good", [("not_good", "-")]),
        ("not-good", [("not_good", "-")]),
        ("not  good", [("not", "no"), ("good", "+")]),
        ("not goodness", [("not", "no")]),
        ("not, good", [("not", "no"), ("good", "+")]),
        ("knot good", [("good", "+")]),
        ("не раджу", [("не_раджу", "-")]),
        ("a rip off", [("rip_off", "-")]),
        ("rip-offs", [("rip_offs", "-")]),
        ("rip of", []),
    ],
)
def test_words_of_a_phrase_stand_side_by_side(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("disappoint", [("disappoint", "-")]),
        ("disappointing's", [("disappointing's", "-")]),
        ("disappointed", [("disappointed", "d")]),
        ("undisappointing", []),
        ("thanks to you", [("thanks", "+")]),
    ],
)
def test_a_stem_takes_any_ending_and_no_more(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_the_longer_of_two_stems_says_what_a_word_means() -> None:
    known = lexicon([("a", "dis*"), ("b", "disap*"), ("c", "disappear*")])
    assert found("disapproved", known) == [("disapproved", "b")]


def test_the_later_of_two_meanings_holds() -> None:
    known = lexicon([("a", "茶"), ("a", "tea"), ("b", "茶"), ("b+c", "tea")])
    assert found("茶 tea", known) == [("茶", "b"), ("tea", "b+c")]


def test_a_lexicon_may_be_empty() -> None:
    assert find(lexicon([]), "茶 tea") == []


@given(
    st.lists(
        st.sampled_from(
            ["很差", "差评", "茶", "not", "good", " ", "-", "'", "disappoint", "ed", "[", "]", "не",
             "ї", "up", "主", "rip off", "\ud800", "\x00", "👍🏽", "1"]
        )
        | st.text(max_size=2),
        max_size=14,
    ).map("".join)
)  # fmt: skip
@settings(max_examples=300)
def test_what_is_found_stands_there_in_order_and_apart(text: str) -> None:
    end = 0
    for item in find(KNOWN, text):
        assert end <= item.start < item.end
        end = item.end
        assert text[item.start : item.end].replace("-", " ").replace(" ", "_") == item.word or (
            text[item.start : item.end] == item.word
        )


@pytest.mark.parametrize("text", ["很差\ud800good", "\udfff很差 good", "\ud800\ud800很差🙂good"])
def test_a_broken_character_hides_nothing(text: str) -> None:
    assert found(text) == [("很差", "-"), ("good", "+")]
    assert all(text[item.start : item.end] == item.word for item in find(KNOWN, text))


@pytest.mark.parametrize(
    "unit",
    ["差", "a", "not ", "not good ", "'a", "-", "disappoint", "не ", "thank'", "[", "\ud800"],
)
def test_a_hundred_thousand_characters_can_be_searched(unit: str) -> None:
    assert len(find(KNOWN, unit * (100_000 // len(unit)))) <= 100_000
