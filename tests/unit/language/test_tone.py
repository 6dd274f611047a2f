import pytest

from desk.language import reader
from desk.language.lexicon import entries, find, lexicon
from desk.language.normal import normal
from desk.language.tone import tone
from desk.mention import Tone
from language_tables import lines

read = reader(())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("气死我了！！什么垃圾态度，滚！！", "anger"),
        ("absolutely furious, how dare you, disgraceful", "anger"),
        ("Ганьба! Дістали вже, хамство!!!", "anger"),
        ("奶奶去世了，这是她留给我的最后一件东西，哭了很久", "grief"),
        ("my dad passed away and this was the last photo of him", "grief"),
        ("吓死我了，好害怕，手都在抖", "fear"),
        ("I'm so scared, I was shaking", "fear"),
        ("мені страшно, руки трусяться, боюсь за дитину", "fear"),
    ],
)
def test_what_is_plainly_felt_is_heard(text: str, expected: Tone) -> None:
    assert expected in read(text, "").tone


def test_a_plain_question_has_no_tone() -> None:
    for text in ("请问几点开门", "What time do you open?"):
        assert read(text, "").tone == (), text


def test_several_tones_hold_in_a_fixed_order_and_spam_has_none() -> None:
    beyond = {"tone.fear": 0.2, "tone.anger": 1.0, "tone.grief": -0.1}
    held, why = tone(
        beyond, find(lexicon([("anger", "滚")]), "滚"), ("complaint",), lambda lane: "怕"
    )
    assert held == ("anger", "fear")
    assert why == ("anger:滚", "fear:怕")
    assert tone(beyond, [], ("spam",), lambda lane: "") == ((), ())


@pytest.mark.parametrize("name", ["intent.txt", "tone.txt", "aspects.txt"])
def test_every_cue_is_written_as_texts_are_matched_and_can_be_found(name: str) -> None:
    known = lexicon(entries(name))
    for _, word in entries(name):
        assert normal(word) == word
        text = word.rstrip("*").replace("_", " ") if word[0].isalnum() else word
        assert any(item.word.startswith(word.rstrip("*")) for item in find(known, text)), word


@pytest.mark.parametrize("name", ["intent.txt", "tone.txt", "aspects.txt"])
def test_no_cue_stands_twice_under_one_meaning(name: str) -> None:
    pairs = [*entries(name)]
    assert len(pairs) == len(set(pairs))
    assert lines(name)[0].startswith("#")
