"""What a text speaks of, by the words of a playbook's topics."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from desk.language.normal import normal
from desk.playbook import Playbook, Topic

FIRST_WITHOUT_SPACES = "\u2e80"
"""From here on characters are those of scripts that put no spaces between words, or nearly."""


@lru_cache(256)
def _plain(words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Words with their normal forms, made once for a playbook's topic."""
    return tuple((word, normal(word)) for word in words)


def about(topics: Sequence[Topic], texts: Sequence[str]) -> dict[str, set[str]]:
    """The topics that are spoken of in normal forms of texts, with those of their words there."""
    found = {topic.id: words_in(topic.words, texts) for topic in topics}
    return {name: words for name, words in found.items() if words}


def words_in(words: Iterable[str], texts: Sequence[str]) -> set[str]:
    """Those of `words` that a text has. Where words have spaces between them, one begins a word."""
    return {
        word
        for word, plain in _plain(tuple(words))
        for text in texts
        if plain in text and _has(plain, text)
    }


def untouchable(text: str, playbook: Playbook) -> str:
    """The title of a topic that `text` speaks of and that the brand leaves to people, or empty."""
    topics = (*playbook.tolerance.forbidden, *playbook.tolerance.careful)
    found = about(topics, (normal(text),)) if topics else {}
    return next((topic.title for topic in topics if topic.id in found), "")


def _has(word: str, text: str) -> bool:
    at = text.find(word) if word else -1
    while at > 0 and word[0] < FIRST_WITHOUT_SPACES and text[at - 1].isalnum():
        at = text.find(word, at + 1)
    return at >= 0
