"""Where the links in a text are, as X finds them: with a scheme or, by their domains, without one.

The rules of twitter-text 3, of which Mastodon's are made as well:
https://github.com/twitter/twitter-text/blob/master/js/src/extractUrlsWithIndices.js
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from desk import top_level_domains

LONGEST = 4096
LONGEST_LABEL = 63
LONGEST_SLUG = 40
"""Of t.co, X's own shortener."""

# The classes and parts by their names in twitter-text's folder js/src/regexp.
_INVALID = "\ufffe\ufeff\uffff"
_MARKERS = "\u202a-\u202e\u061c\u200e\u200f\u2066\u2067\u2068\u2069"
_SPACES = "\x09-\x0d\x20\x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_PUNCTUATION = re.escape("!'#%&()*+,\\-./:;<=>?@[]^_{|}~$")
_LATIN = (
    "\xc0-\xd6\xd8-\xf6\xf8-\xff\u0100-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268"
    "\u026f\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_CYRILLIC = "\u0400-\u04ff"
_LABEL = f"[^{_PUNCTUATION}{_SPACES}{_INVALID}{_MARKERS}]"
_PATH = rf"[a-z{_CYRILLIC}0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_LATIN}]"
_PARENS = rf"\((?:{_PATH}+|{_PATH}*\({_PATH}+\){_PATH}*)\)"
_PATH_END = rf"(?:[+\-a-z{_CYRILLIC}0-9=_#/{_LATIN}]|{_PARENS})"
_QUERY = r"[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]"
_QUERY_END = r"[a-z0-9\-_&=#/]"
_T_CO = re.compile(rf"https?://t\.co/([a-z0-9]+)(?:\?{_QUERY}*{_QUERY_END})?", re.IGNORECASE)


class Link(NamedTuple):
    """A link by the places of its first character and of what comes after its last."""

    start: int
    end: int


def links(text: str, bare: bool = True) -> list[Link]:
    """The links of a text, in their order; without a scheme before them only if `bare`."""
    if "." not in text:
        return []
    found: list[Link] = []
    for match in _patterns()[0].finditer(text):
        before, scheme, domain, path = match.group("before", "scheme", "domain", "path")
        start, end = match.span("link")
        if not _possible(match["link"], scheme or "https://", domain):
            continue
        if scheme:
            if short := _T_CO.match(match["link"]):
                if len(short[1]) > LONGEST_SLUG:
                    continue
                end = start + short.end()
            found.append(Link(start, end))
        elif bare and not before.endswith(("-", "_", ".", "/")):
            inner = list(_domains(domain, start))
            if inner and path:
                inner[-1] = inner[-1]._replace(end=end)
            found += inner
    return found


def _domains(domain: str, start: int) -> Iterator[Link]:
    # Without a scheme only letters of Latin make a domain.
    for match in _patterns()[1].finditer(domain):
        yield Link(start + match.start(), start + match.end())


def _possible(link: str, scheme: str, domain: str) -> bool:
    """Whether the domain's labels, in Punycode, and the whole link are of a possible length."""
    if domain.startswith("xn--") and not _patterns()[1].search(domain):
        return False
    labels = [_punycode(label) for label in re.split("[.\u3002\uff0e\uff61]", domain)]
    if not all(0 < len(label) <= LONGEST_LABEL for label in labels):
        return False
    return len(scheme) + len(link) <= LONGEST


def _punycode(label: str) -> str:
    if label.isascii():
        return label
    return "xn--" + label.encode("punycode").decode("ascii")


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What finds a link, and a domain of Latin letters within one."""
    names = _any_of(top_level_domains.NAMES.split())
    top = rf"(?:{names}(?=[^0-9a-zA-Z@+-]|$)|xn--[\-0-9a-z]+)"
    # Bounds that no domain reaches: without them a hostile text would take minutes.
    subdomain = rf"{_LABEL}(?:(?:[_-]|{_LABEL}){{0,300}}+(?<={_LABEL}))?\."
    domain = rf"(?:{subdomain}){{0,32}}{_LABEL}(?:(?:-|{_LABEL}){{0,300}}+(?<={_LABEL}))?\.{top}"
    path = rf"(?:(?:{_PATH}*(?:{_PARENS}{_PATH}*)*{_PATH_END})|(?:@{_PATH}+/))"
    link = re.compile(
        rf"(?P<before>[^A-Za-z0-9@\uff20$#\uff03{_INVALID}]|^)"
        rf"(?P<link>(?P<scheme>https?://)?(?P<domain>{domain})(?::[0-9]+)?"
        rf"(?P<path>/{path}*)?(?:\?{_QUERY}*{_QUERY_END})?)",
        re.IGNORECASE,
    )
    latin = re.compile(rf"(?:[\-a-z0-9{_LATIN}]+\.)+{top}", re.IGNORECASE)
    return link, latin


def _any_of(names: list[str]) -> str:
    """A pattern for any of these, the longest that fits: as a tree, which is quick to leave."""
    tree: dict[str, list[str]] = {}
    for name in names:
        tree.setdefault(name[:1], []).append(name[1:])
    ends = "" in tree
    branches = [re.escape(first) + _any_of(rest) for first, rest in tree.items() if first]
    return f"(?:{'|'.join(branches)}){'?' if ends else ''}" if branches else ""
