"""What an approver is sent: complete in each language, and without a word that a person wrote."""

from string import Formatter
from typing import Any, get_args

import pytest

from desk.escalation import Kind
from desk.intake import matter_of, matter_of_reply
from desk.mention import Decision, Risk
from desk.pages.notice import TEXTS, notice
from desk.playbook import LANGUAGES_OF_PAGES
from tests.records import NOON, draft, escalation, matter, mention, reply

LINK = "https://desk.example/approvals/not-a-secret"
KINDS: tuple[Kind, ...] = get_args(Kind)
RISKS: tuple[Risk, ...] = get_args(Risk)


def sent(language: str = "en", joined: int = 1, **change: Any) -> tuple[str, str]:
    about = matter(**change)
    return notice(escalation(matter=about, joined=joined), "晓满 Xiaoman", language, LINK)


def test_each_language_of_the_pages_has_the_same_words_and_variables() -> None:
    assert set(TEXTS) == set(LANGUAGES_OF_PAGES)
    wanted = {*KINDS, *RISKS, "why", "joined", "open"}
    for words in TEXTS.values():
        assert set(words) == wanted
        assert all(words.values())
        for name, text in words.items():
            fields = {field for _, field, _, _ in Formatter().parse(text) if field is not None}
            assert fields == ({"count"} if name == "joined" else set())


@pytest.mark.parametrize("language", LANGUAGES_OF_PAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_it_is_and_why_and_where(language: str, kind: Kind) -> None:
    subject, text = sent(language, kind=kind, risk="severe")
    words = TEXTS[language]
    assert text.startswith(f"晓满 Xiaoman: {words[kind]} ({words['severe']})\n")
    assert f"{words['why']}: confidence 0.30 is below 0.40" in text
    assert text.endswith(f"\n\n{words['open']}\n{LINK}")
    assert subject.isascii()
    assert len(subject) < 100
    assert "\n" not in subject


def test_how_many_belong_to_it_is_said_from_the_second_on() -> None:
    assert "matters of the same cause" not in sent()[1]
    assert "7 matters of the same cause so far" in sent(joined=7)[1]


def test_a_language_that_we_do_not_have_becomes_english() -> None:
    assert sent("fr") == sent("en")


def test_only_the_last_three_reasons_are_named() -> None:
    _, text = sent(reasons=tuple(f"reason-{number}" for number in range(9)))
    assert [line[5:] for line in text.splitlines() if line.startswith("Why: ")] == [
        "reason-6", "reason-7", "reason-8"
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES_OF_PAGES)
def test_nothing_that_a_person_wrote_and_no_name_of_theirs_is_in_it(language: str) -> None:
    said = mention(
        text="我叫王小明，电话 13800138000，盖子烫到我了",
        author="line:opaque",
        decision=Decision(
            action="escalate",
            reasons=("severe: rule injury",),
            text="王小明您好，请先不要再用。",
            cause="mention:line:mention",
            category="injury",
            risk="severe",
        ),
    )
    about_a_reply = reply(state="unconfirmed", text="王小明您好", reason="HTTP 502")
    for about in (
        matter_of(said, draft(text="王小明您好"), NOON),
        matter_of(said, None, NOON),
        matter_of_reply(about_a_reply, NOON),
    ):
        subject, text = notice(escalation(matter=about), "晓满", language, LINK)
        for private in ("王小明", "13800138000", "烫到", "木木夕", "U-native", "C-native"):
            assert private not in subject + text
