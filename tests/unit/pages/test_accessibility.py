"""An audit of every page for those who use a keyboard or a screen reader.

By WCAG 2.2: https://www.w3.org/TR/WCAG22/ (contrast and sizes are measured elsewhere).
"""

from html.parser import HTMLParser
from itertools import pairwise

import pytest

from desk.pages.approval import render
from desk.pages.outcome import closed, gone
from desk.pages.view import Taken
from tests.unit.pages.reading import VOID, Reader
from tests.unit.pages.samples import KINDS, LANGUAGES, NOW, RESULTS, outcome, view

PAGES = {
    **{f"{kind} {code}": render(view(kind, code)) for kind in KINDS for code in LANGUAGES},
    **{
        f"{result} {code}": closed(outcome(result, code, at=NOW))
        for result in RESULTS
        for code in LANGUAGES
    },
    **{f"gone {code}": gone(code) for code in LANGUAGES},
    **{
        f"all at once {code}": render(
            view(
                "held", code, notice="code_sent", needs_code=True, code=True, two_persons=True,
                first_yes=Taken("Tom", NOW, yours=False), minutes_left=4,
            )
        )
        for code in LANGUAGES
    },
    **{
        f"not yours {code}": render(view("help", code, may_decide=False, deciders=("Tom",)))
        for code in LANGUAGES
    },
}  # fmt: skip
CONTROLS = {"input", "select", "textarea", "button"}

every_page = pytest.mark.parametrize("name", PAGES)


class Named(HTMLParser):
    """The controls of a page, each with the words by which it is called."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.labels: dict[str, str] = {}
        self.controls: list[tuple[str, dict[str, str | None], str]] = []
        self._label: str | None = None
        self._inside: list[int] = []
        self._button = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "label":
            self._label = found.get("for") or ""
            self._inside = []
            self._words = ""
        if tag in CONTROLS:
            self.controls.append((tag, found, ""))
            if self._label == "":
                self._inside.append(len(self.controls) - 1)
            self._button = tag == "button"

    def handle_data(self, data: str) -> None:
        if self._label is not None:
            self._words += data
        if self._button:
            tag, found, words = self.controls[-1]
            self.controls[-1] = (tag, found, words + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "button":
            self._button = False
        if tag == "label" and self._label is not None:
            if self._label:
                self.labels[self._label] = self._words
            for number in self._inside:
                kind, found, _ = self.controls[number]
                self.controls[number] = (kind, found, self._words)
            self._label = None


@every_page
def test_everything_that_can_be_used_is_called_by_words(name: str) -> None:
    named = Named(PAGES[name])
    for tag, found, words in named.controls:
        if found.get("type") != "hidden":
            assert (words or named.labels.get(found.get("id") or "", "")).strip(), (tag, found)


@every_page
def test_every_page_has_its_landmarks_and_no_heading_is_skipped(name: str) -> None:
    reader = Reader(PAGES[name])
    assert [html["lang"] for html in reader.all("html")] == [name.split()[-1]]
    assert len(reader.all("main")) == len(reader.all("h1")) == len(reader.all("title")) == 1
    assert len(reader.all("header")) <= 1
    assert len(reader.all("footer")) <= 1
    levels = [int(tag[1]) for tag, _ in reader.elements if tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


@every_page
def test_the_keyboard_goes_through_a_page_in_the_order_in_which_it_is_read(name: str) -> None:
    reader = Reader(PAGES[name])
    for _, found in reader.elements:
        assert not {"tabindex", "accesskey", "autofocus", "contenteditable"} & {*found}
    order = [found.get("name") or tag for tag, found in reader.elements if tag in CONTROLS]
    order = [one for one in order if one != "seen"]
    wanted = ["text", "action", "to", "wrong", "reason", "code", "button"]
    assert [*dict.fromkeys(order)] == [one for one in wanted if one in order]


@every_page
def test_pictures_are_silent_and_what_has_just_happened_is_announced(name: str) -> None:
    reader = Reader(PAGES[name])
    assert all(picture["aria-hidden"] == "true" for picture in reader.all("svg"))
    spoken = [found for _, found in reader.elements if found.get("role") == "status"]
    assert len(spoken) == ("all at once" in name or name.split()[0] in RESULTS)


@every_page
def test_every_reference_leads_somewhere_and_every_language_is_one(name: str) -> None:
    reader = Reader(PAGES[name])
    ids = [found["id"] for _, found in reader.elements if "id" in found]
    assert len(ids) == len({*ids})
    for tag, found in reader.elements:
        for key in ("for", "aria-labelledby", "aria-describedby"):
            assert found.get(key, ids[0] if ids else None) in {*ids, None}, (tag, found)
        if "lang" in found:
            assert found["lang"] in (*LANGUAGES, "yue", "ru", "ja")


@every_page
def test_nothing_is_said_by_colour_alone_or_chosen_beforehand(name: str) -> None:
    reader = Reader(PAGES[name])
    for tag, found in reader.elements:
        assert not {"checked", "selected"} & {*found}, tag
        assert tag in VOID or found.get("class") != ""
    for radio in (one for one in reader.all("input") if one.get("type") == "radio"):
        assert "required" in radio
