"""Which of several lists of words a text has a word of, found in one pass over it."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

Lists = tuple[tuple[str, tuple[str, ...]], ...]
"""Names, each with its words in normal form."""

Finder = Callable[[str, Sequence[str]], list[str]]
"""Of a text in normal form, and words that were found in it, the names whose list has one."""


@lru_cache(maxsize=8)
def finder(lists: Lists) -> Finder:
    """Finds the names whose words stand anywhere in a text, or are among its words, in their order.

    One automaton for all lists (Aho and Corasick, 1975): sixty lists cost a text what one does.
    """
    names = [name for name, _ in lists]
    whose: dict[str, list[int]] = {}
    for number, (_, words) in enumerate(lists):
        for word in filter(None, words):
            whose.setdefault(word, []).append(number)
    owners = [*whose.values()]
    matches = AhoCorasick(whose, store_patterns=False).find_matches_as_indexes
    unsaid = whose.keys().isdisjoint

    def find(text: str, words: Sequence[str]) -> list[str]:
        found = matches(text, True)
        silent = unsaid(words)
        if silent and not found:
            return []
        numbers = {number for index, _, _ in found for number in owners[index]}
        if not silent:
            numbers.update(number for word in words for number in whose.get(word, ()))
        return [names[number] for number in sorted(numbers)]

    return find
