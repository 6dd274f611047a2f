"""The form: what it offers to whom, and what it says of their say before they use it."""

from typing import Any

import pytest

from desk.pages.approval import render
from desk.pages.texts import PageLanguage
from desk.pages.view import Person, Taken
from desk.pulse import Pulse
from tests.unit.pages.reading import Reader
from tests.unit.pages.samples import KINDS, LANGUAGES, NOW, view


def choices(page: str) -> list[str | None]:
    fields = Reader(page).all("input")
    return [field["value"] for field in fields if field.get("type") == "radio"]


def field(page: str, name: str) -> dict[str, str | None] | None:
    found = [one for tag, one in Reader(page).elements if one.get("name") == name and tag != "meta"]
    return found[0] if found else None


def text(**change: Any) -> str:
    return Reader(render(view(**change))).text().replace("\u00a0", " ")


def test_whom_to_hand_it_on_to_is_chosen_by_name_and_nobody_is_chosen_beforehand() -> None:
    page = render(view(others=(Person("tom", "Tom <b>Ashby"), Person("lin", "林可"))))
    assert [option["value"] for option in Reader(page).all("option")] == ["", "tom", "lin"]
    assert not [1 for _, found in Reader(page).elements if "selected" in found]
    assert "Tom <b>Ashby" in Reader(page).text("option")
    alone = render(view(others=()))
    assert "hand_on" not in choices(alone)
    assert field(alone, "to") is None


def test_who_may_not_decide_can_hand_on_and_stop_and_reads_who_may() -> None:
    page = render(view("help", may_decide=False, deciders=("Olena", "James")))
    assert choices(page) == ["hand_on", "hold_topic"]
    assert field(page, "text") is None
    assert "its risk is severe" in Reader(page).text()
    assert "Write one, or take it over" not in Reader(page).text()
    assert "These may: Olena, James." in Reader(page).text()


def test_who_may_not_decide_and_can_do_nothing_else_has_no_form() -> None:
    page = render(view(may_decide=False, others=(), scope=""))
    assert Reader(page).all("form") == []
    assert "not yours to decide" in Reader(page).text()


def test_where_two_must_say_yes_the_page_says_so_and_who_has() -> None:
    assert "Two people must say yes" in text(two_persons=True)
    other = Taken("Tom Ashby", NOW, yours=False)
    assert "Tom Ashby has said yes to this text (06:05)." in text(two_persons=True, first_yes=other)
    mine = render(view(two_persons=True, first_yes=other._replace(yours=True)))
    assert choices(mine) == ["reject", "take_over", "hand_on", "hold_topic"]
    assert "You have said yes (06:05)." in Reader(mine).text()


def test_a_code_is_announced_and_asked_for_once_it_was_sent() -> None:
    before = render(view(needs_code=True))
    assert field(before, "code") is None
    assert "This decision needs a code." in Reader(before).text()
    sent = render(view(needs_code=True, code=True, notice="code_sent"))
    code = field(sent, "code")
    assert code is not None
    assert (code["inputmode"], code["autocomplete"]) == ("numeric", "one-time-code")
    assert "value" not in code
    assert 'class="notice good" role="status"' in sent


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_proposal_of_ours_can_be_called_wrong(kind: Any) -> None:
    marked = field(render(view(kind)), "wrong")
    assert (marked is not None) is (kind in ("draft", "held"))
    assert marked is None or "checked" not in marked


def test_a_topic_that_is_held_is_not_offered_to_be_stopped_again() -> None:
    assert "hold_topic" not in choices(render(view(hold="hold:brand|olena|lids")))
    assert "hold_topic" in choices(render(view(hold="detector_silent:12")))
    assert "hold_topic" not in choices(render(view(scope="")))


def test_a_spikes_hold_names_its_topic_and_any_others_its_category() -> None:
    assert "posted about it (Leaking filters)" in text(kind="spike")
    assert "posted about it (complaint)" in text()


@pytest.mark.parametrize(
    ("unit", "length", "most"),
    [("utf16", 20, "5000"), ("bytes", 20, "5000"), ("characters", 20, None),
     ("weighted", 20, None), ("utf16", 5_001, None)],
)  # fmt: skip
def test_a_browser_counts_only_where_it_can_forbid_nothing_that_fits(
    unit: Any, length: int, most: str | None
) -> None:
    area = field(render(view(unit=unit, length=length)), "text")
    assert area is not None
    assert area.get("maxlength") == most


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_in_another_language_says_which(language: PageLanguage) -> None:
    base = view("draft", language)
    lines = tuple(line._replace(language="ru") for line in base.conversation)
    page = render(view("draft", language, conversation=lines, draft_language="zh-Hant"))
    reader = Reader(page)
    assert [area["lang"] for area in reader.all("textarea")] == ["zh-Hant"]
    said = [one for one in reader.all("p") if one.get("class") == "said"]
    assert [one["lang"] for one in said] == ["ru"] * 3
    unknown = render(view("draft", language, draft_language=""))
    assert "lang" not in Reader(unknown).all("textarea")[0]


def test_the_page_tells_how_far_somebody_is_heard_and_claims_nothing_unknown() -> None:
    known = text()
    for words in ("Followers: 12,400", "verified account", "Influence: 61 of 100"):
        assert words in known
    for words in ("Followers", "verified", "Influence"):
        assert words not in text(speaker=None)


def test_the_page_tells_how_loud_it_is_and_how_that_moves() -> None:
    assert "leak: people in ten minutes 5.3, usually 0.8; rising." in text()
    fresh = Pulse("leak", (0, 0, 3), 1.0, None, "falling")
    assert "leak: people in ten minutes 1; falling." in text(pulse=fresh)
    assert "ten minutes" not in text(pulse=None)
    heights = [float(bar["height"] or 0) for bar in Reader(render(view())).all("rect")]
    assert heights == [0.11, 0.22, 0.56, 1.0]
