"""What a brand does not let itself say: its forbidden words, and links to anywhere but its own.

Texts are compared in a form of their own: without what cannot be seen, full-width forms narrow,
simplified, in lower case. It is `desk.language.normal` but for characters whose simplified form
depends on the word, so that a sender needs none of the language layer's tables.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from desk.links import links
from desk.playbook import Playbook
from desk.reasons import reason
from desk.simplified import SIMPLIFIED, TRADITIONAL

MAX_MARKS = 30
"""Combining marks in a row that are looked at: sorting marks takes time quadratic in their run."""

_HAN = "\u2e80-\u9fff"
_WITH_SCHEME = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:[/\\]+([^\s/\\?#]*)")
_STOPS = re.compile(r"(?<=[a-z0-9])[\u3002\uff0e\uff61](?=[a-z0-9])")
"""Dots of other scripts, which browsers take for a dot between the parts of a host."""
_PILES = re.compile(rf"([\u0300-\u036f]{{{MAX_MARKS}}})[\u0300-\u036f]+")


def objection(text: str, playbook: Playbook) -> str:
    """The reason why the brand does not say `text`, or an empty string.

    Where a playbook names no domains, links may lead anywhere.
    """
    if not playbook.forbidden_words and not playbook.domains:
        return ""
    plain = fold(text)
    for word in playbook.forbidden_words:
        if (wanted := fold(word)) and _says(plain, wanted):
            return reason("forbidden_word", word)
    if playbook.domains:
        domains = [fold(domain) for domain in playbook.domains]
        for host in hosts(plain):
            if not any(host == domain or host.endswith(f".{domain}") for domain in domains):
                return reason("foreign_link", host)
    return ""


def fold(text: str) -> str:
    """`text` as words are looked for in it. fold(fold(x)) == fold(x)."""
    text = "".join(c for c in text if not _is_unseen(c))
    text = unicodedata.normalize("NFKC", _PILES.sub(r"\1", text)).translate(_table()).casefold()
    text = unicodedata.normalize("NFKC", _PILES.sub(r"\1", text))
    return " ".join("".join(c for c in text if not _is_unseen(c)).split())


def hosts(plain: str) -> Iterator[str]:
    """The hosts that the links of a folded text lead to, each as often as there are links."""
    plain = _STOPS.sub(".", plain)
    for match in _WITH_SCHEME.finditer(plain):
        yield _host(match[1])
    rest = _WITH_SCHEME.sub(" ", plain)
    for start, end in links(rest):
        yield _host(re.split(r"[/?#]", rest[start:end])[0])


def _host(place: str) -> str:
    # What stands before an @ is a name to sign in with, and leads nowhere.
    return place.rpartition("@")[2].partition(":")[0].rstrip(".")


def _says(plain: str, word: str) -> bool:
    # Scripts with spaces have words that hold others: a word is found whole, save among Han.
    before = "" if re.match(f"[{_HAN}]", word[0]) else f"(?<![^\\W{_HAN}])"
    after = "" if re.match(f"[{_HAN}]", word[-1]) else f"(?![^\\W{_HAN}])"
    return re.search(f"{before}{re.escape(word)}{after}", plain) is not None


def _is_unseen(c: str) -> bool:
    # Formats, controls but for white space, lone surrogates, and what only varies another sign.
    kind = unicodedata.category(c)
    if kind in ("Cf", "Cs") or (kind == "Cc" and not c.isspace()):
        return True
    return c in "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0" or (
        "\u180b" <= c <= "\u180f" or "\ufe00" <= c <= "\ufe0f" or "\U000e0000" <= c <= "\U000e0fff"
    )


@cache
def _table() -> dict[int, str]:
    return dict(zip(map(ord, TRADITIONAL), SIMPLIFIED, strict=True))
