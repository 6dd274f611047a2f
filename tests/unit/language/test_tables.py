from itertools import chain

import pytest

from desk.language.lexicon import entries, find, lexicon
from desk.language.normal import normal
from language_tables import lines
from training.cues import joined

FEELINGS = ("feeling_zh.txt", "feeling_en.txt", "feeling_uk.txt", "feeling_ru.txt")
EFFECTS = {"not", "more", "less", "but", "-3", "-2", "-1", "0", "1", "2", "3"}


@pytest.mark.parametrize("name", [*FEELINGS, "intent.txt", "words_zh.txt"])
def test_every_word_is_written_as_texts_are_matched(name: str) -> None:
    assert [word for _, word in entries(name) if normal(word) != word] == []


@pytest.mark.parametrize("name", FEELINGS)
def test_no_word_feels_two_things(name: str) -> None:
    felt: dict[str, str] = {}
    for means, word in entries(name):
        assert means in EFFECTS
        assert felt.setdefault(word, means) == means, word


@pytest.mark.parametrize("name", [*FEELINGS, "intent.txt"])
def test_every_word_can_be_found(name: str) -> None:
    known = lexicon(entries(name))
    unfound = []
    for _, word in entries(name):
        text = word.rstrip("*").replace("_", " ") if word[0].isalnum() else word
        if not any(item.word.startswith(word.rstrip("*")) for item in find(known, text)):
            unfound.append(word)
    assert unfound == []


def test_no_character_is_converted_twice() -> None:
    traditional, simplified, *_ = lines("characters.txt")
    assert len(traditional) == len(simplified)
    assert not set(traditional) & set(simplified)


def test_no_character_belongs_to_two_scripts() -> None:
    _, _, *scripts = lines("characters.txt")
    every = [*chain(*map(set, scripts))]
    assert len(every) == len(set(every))


def test_the_joined_list_of_cues_is_made_of_the_others() -> None:
    """Where this fails, run `python -m training.cues`."""
    assert "\n".join(lines("cues.txt")) + "\n" == joined()
