"""Why somebody is asked, and why it came to that: in words, the most telling first."""

import re
from typing import Any, get_args

import pytest

from desk.escalation import Kind
from desk.pages.approval import render
from desk.pages.outcome import closed
from desk.pages.texts import PageLanguage
from desk.reasons import Code
from tests.unit.pages.reading import Reader
from tests.unit.pages.samples import KINDS, LANGUAGES, outcome, view


def test_the_most_telling_reasons_stand_above_the_decision_and_the_others_below() -> None:
    reasons = ("unsure:0.30|0.55", "negative:leaking", "stale:120", "rule:lid|answer", "unhappy",
               "negative:awful", "HTTP 502")  # fmt: skip
    text = Reader(render(view(reasons=reasons))).text()
    places = [
        text.index(words)
        for words in (
            "Rule lid applies (answer it).", "They are unhappy", "It is older than 2 hours",
            "What was said", "Confirm decision", "What the desk went by", "only 30% sure",
            "Negative words: leaking, awful", "HTTP 502",
        )
    ]  # fmt: skip
    assert places == sorted(places)


def test_words_that_a_person_wrote_are_never_the_headline() -> None:
    page = render(view("doubt", reasons=("negative:leaking", "no_answer:TimeoutError")))
    [why] = re.findall('(?s)<ul class="why".*?</ul>', page)
    assert "The platform did not answer." in why
    assert "leaking" not in why
    assert '<small><bdi dir="auto">TimeoutError</bdi></small>' in why


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hold_is_said_once_and_in_words(language: PageLanguage) -> None:
    text = Reader(render(view("held", language))).text()
    assert text.count("PR-118") == text.count("olena") == 1
    assert "hold:" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_shows_no_code(language: PageLanguage, kind: Kind) -> None:
    text = Reader(render(view(kind, language))).text()
    codes = [code for code in get_args(Code) if re.search(rf"\b{code}:\S", text)]
    assert codes == [code for code in get_args(Code) if "_" in code and code in text] == []


@pytest.mark.parametrize(
    ("result", "reason", "words"),
    [
        ("failed", "not_sent:token_invalid|401", "no longer accepts our credentials. 401"),
        ("unconfirmed", "sender_stopped", "Sending was interrupted half-way."),
        ("rejected", "rejected_for:posted", "Reasonposted"),
        ("rejected", "他没问", "Reason他没问"),
        ("rejected", "rejected", ""),
        ("rejected", "taken_over", ""),
    ],
)
def test_a_decided_matter_tells_why_it_came_to_that(result: Any, reason: str, words: str) -> None:
    text = Reader(closed(outcome(result, decision="reject", text="", reason=reason))).text()
    assert words in text
    assert ("Reason" in text) is (words != "")
