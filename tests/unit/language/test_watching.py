"""Which lists have a word of a text: the answers of looking for each word by itself."""

from hypothesis import given, strategies as st

from desk.language.normal import normal
from desk.language.watching import finder

words = st.text("ab茶漏 ", max_size=4).map(normal)
lists = st.dictionaries(st.sampled_from("pqrs"), st.lists(words, max_size=4).map(tuple))


@given(lists, st.text("ab茶漏 ", max_size=20).map(normal), st.lists(words, max_size=4))
def test_the_lists_are_those_that_have_a_word_in_the_text_or_among_its_words(
    known: dict[str, tuple[str, ...]], text: str, said: list[str]
) -> None:
    assert finder(tuple(known.items()))(text, said) == [
        name
        for name, its in known.items()
        if any(word and (word in text or word in said) for word in its)
    ]


def test_no_list_and_an_empty_word_find_nothing() -> None:
    assert finder(())("茶", ["茶"]) == []
    assert finder((("leak", ("",)),))("茶", [""]) == []
