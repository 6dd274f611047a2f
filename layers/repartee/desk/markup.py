"""The words of what others sent as HTML."""

import re
from html.parser import HTMLParser

_BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"script", "style", "template"})


class _Words(HTMLParser):
    """Gathers the text, with a line break where a page would have one."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent += tag in _SILENT
        if tag == "br":
            self.parts.append("\n")
        elif tag in _BREAKS:
            self.parts.append("\n\n" if tag == "p" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self.silent:
            self.silent -= 1
        elif tag in _BREAKS and tag not in ("br", "p"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def plain(html: str) -> str:
    """The text of `html` without tags, its entities decoded, its paragraphs on lines of their own.

    What is no HTML comes out as it went in, but for blanks at its ends.
    """
    words = _Words()
    try:
        words.feed(html)
        words.close()
    except (AssertionError, ValueError):  # a declaration that html.parser cannot bear
        return re.sub(r"<[^>]*>", " ", html).strip()
    lines = [line.strip() for line in "".join(words.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
