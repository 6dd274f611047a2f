"""Reading a page as a browser does, as far as the tests ask."""

from html.parser import HTMLParser

VOID = {"input", "meta"}


class Reader(HTMLParser):
    """Elements in order, with their attributes, and the text within each kind of element."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.unbalanced: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        self.unbalanced += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len({name for name, _ in attrs}) != len(attrs):
            self.unbalanced.append(f"<{tag}> has an attribute twice")
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.unbalanced.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.texts.append((self._open[-1] if self._open else "", data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of that name."""
        return [attributes for name, attributes in self.elements if name == tag]

    def text(self, *tags: str) -> str:
        """The text directly within elements of those names, or all that a reader sees."""
        return "".join(
            data for tag, data in self.texts if (tag in tags if tags else tag != "style")
        )

    def structure(self) -> list[tuple[str, frozenset[str]]]:
        """Every element with the names of its attributes, but for marks of hidden characters."""
        return [
            (tag, frozenset(attributes))
            for tag, attributes in self.elements
            if attributes.get("class") != "hidden" and tag != "strong"
        ]


def area_value(page: str) -> str:
    """What a browser puts into the textarea: without the first line break, as the standard says."""
    text = Reader(page).text("textarea")
    return text.removeprefix("\n")
