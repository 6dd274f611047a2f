"""What a mention is about, as terms that can be counted.

A term is a word, or two or three words in a row; `#` and a hashtag; `watch:` and the id of a watch;
`=` and a fingerprint, which copies of a text share; and what people complain of, whatever its words
(`desk.grievances`). Words are those of the reading: cut with the brand's dictionary, simplified, in
lower case.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import islice, pairwise

from desk.grievances import grievances_of
from desk.language.normal import normal
from desk.language.watching import Finder, finder
from desk.mention import Mention
from desk.playbook import Playbook

WATCH, TAG, COPY = "watch:", "#", "="

WORDS, PHRASES, TAGS = 24, 16, 5
"""So many of a mention at most, from its beginning: who writes more does not say more."""
LONGEST = 40
"""Characters of a phrase or a hashtag."""

# Weibo closes a hashtag with a second #, others end it with what is no letter, digit or _.
# What JSON has to escape is left out, so that a tag takes no more room than it has letters.
_TAG = re.compile(r'#([^#\s"\\]{1,40})#|#(\w{1,40})')


def terms_of(mention: Mention, watched: Finder) -> list[str]:
    """The terms of a mention, each once: those that a brand has named first, then by their place.

    `watched` is what `naming` makes of its watches.
    """
    words = mention.reading.words
    text = normal(mention.text)
    found = [f"{WATCH}{name}" for name in watched(text, words)]
    found += grievances_of(mention.reading)
    if "#" in text:
        found += islice((f"{TAG}{one or other}" for one, other in _TAG.findall(text)), TAGS)
    if mention.reading.fingerprint:
        found.append(f"{COPY}{mention.reading.fingerprint}")
    words = words[:WORDS]
    found += words
    found += _phrases(words, text)[:PHRASES]
    return [*dict.fromkeys(found)]


def naming(watches: Mapping[str, Sequence[str]]) -> Finder:
    """Finds the watches one of whose words, in normal form, is in a text, or among its words."""
    return finder(tuple((name, tuple(words)) for name, words in watches.items()))


def named(text: str, words: Sequence[str], watches: Mapping[str, Sequence[str]]) -> list[str]:
    """The watches one of whose words is in a text of that normal form, or among its words."""
    return naming(watches)(text, words)


def watch_words(playbook: Playbook) -> dict[str, tuple[str, ...]]:
    """The words of each watch, in the form in which texts are compared."""
    return {watch.id: tuple(normal(word) for word in watch.words) for watch in playbook.watched}


def is_watch(term: str) -> bool:
    """Whether a brand has given this term its name."""
    return term.startswith(WATCH)


def is_copy(term: str) -> bool:
    """Whether a term stands for copies of a text: its fingerprint comes after the sign."""
    return term.startswith(COPY)


def _phrases(words: Sequence[str], text: str) -> list[str]:
    # Words have an order and not a place, so that the text says which of them are neighbours.
    gaps = ("", " ") if " " in text else ("",)
    found = []
    before = ""
    for one, other in pairwise(words):
        for gap in gaps:
            pair = f"{one}{gap}{other}"
            if pair in text and len(pair) <= LONGEST:
                found.append(pair)
                if before and (triple := f"{before}{gap}{other}") in text:
                    found.append(triple)
                before = pair
                break
        else:
            before = ""
    return found
