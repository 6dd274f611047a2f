"""What an approver is sent: complete in each language, and without a word that a person wrote."""

from typing import Any, get_args

import pytest

from desk.escalation import RISKS, Kind
from desk.intake import matter_of, matter_of_reply
from desk.mention import Decision
from desk.notify.sms import parts
from desk.pages.notice import digest, gravest_first, notice
from desk.pages.texts import PageLanguage, say
from desk.playbook import LANGUAGES_OF_PAGES
from tests.records import NOON, after, draft, escalation, matter, mention, reply

LINK = "https://desk.example/approvals/not-a-secret"
KINDS: tuple[Kind, ...] = get_args(Kind)
SEVERE = {
    "zh-Hans": "（风险：严重）",
    "zh-Hant": "（風險：嚴重）",
    "en": " (risk: severe)",
    "uk": " (ризик: серйозний)",
}
WHY = {
    "zh-Hans": "原因：系统对情绪的判断只有 30% 的把握，至少要 40%。",
    "zh-Hant": "原因：系統對情緒的判斷只有 30% 的把握，至少要 40%。",
    "en": "Why: The desk is only 30% sure of the mood, and needs 40%.",
    "uk": "Причина: Настрій визначено з певністю лише 30%, а потрібно 40%.",
}


def sent(language: PageLanguage = "en", joined: int = 1, **change: Any) -> tuple[str, str]:
    about = matter(**change)
    return notice(escalation(matter=about, joined=joined), "晓满 Xiaoman", language, LINK)[:2]


@pytest.mark.parametrize("language", LANGUAGES_OF_PAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_it_is_and_why_and_where(language: PageLanguage, kind: Kind) -> None:
    subject, text = sent(language, kind=kind, risk="severe")
    heading, why, *rest = text.splitlines()
    assert heading.startswith("晓满 Xiaoman")
    assert heading.endswith(say(language, f"message.{kind}") + SEVERE[language])
    assert why == WHY[language]
    assert rest == ["", say(language, "message.open"), LINK]
    assert subject.isascii()
    assert len(subject) < 100
    assert "\n" not in subject


def test_how_many_belong_to_it_is_said_from_the_second_on() -> None:
    assert "matters of the same cause" not in sent()[1]
    assert "7 matters of the same cause so far" in sent(joined=7)[1]


def why(*reasons: str) -> list[str]:
    _, text = sent(reasons=reasons)
    return [line[5:] for line in text.splitlines() if line.startswith("Why: ")]


def test_only_three_reasons_are_named_the_most_telling_first() -> None:
    assert why("stale:120", "rule:lid|answer", "chance:3e-09", "severe_rule:lid") == [
        "Rule lid applies, and its risk is severe.",
        "Rule lid applies (answer it).",
        "It is older than 2 hours, too old for an automatic answer.",
    ]


def test_what_people_wrote_is_no_reason_in_a_message() -> None:
    assert why("negative:漏水", "not:没有 漏水", "complaint:投诉", "also:漏水", "echo") == [
        "We wrote it ourselves."
    ]


def test_what_a_platform_said_and_what_is_no_reason_of_ours_stays_on_the_page() -> None:
    assert why("HTTP 502", "unclear:HTTP 502 王小明", "rate_limited: 429") == [
        "What the platform answered does not prove whether it was posted."
    ]


def test_the_words_of_a_colleague_are_one_line_and_not_too_long() -> None:
    [line] = why("hold:brand|yijun|lids\r\nWhy: " + "x" * 500)
    assert line.startswith("yijun has stopped automation (the whole brand): lids Why: xxx")
    assert len(line) < 260


@pytest.mark.parametrize("language", LANGUAGES_OF_PAGES)
def test_nothing_that_a_person_wrote_and_no_name_of_theirs_is_in_it(
    language: PageLanguage,
) -> None:
    said = mention(
        text="我叫王小明，电话 13800138000，盖子烫到我了",
        author="line:opaque",
        decision=Decision(
            action="escalate",
            reasons=("severe_rule:injury",),
            text="王小明您好，请先不要再用。",
            cause="mention:line:mention",
            category="injury",
            risk="severe",
        ),
    )
    about_a_reply = reply(state="unconfirmed", text="王小明您好", reason="unclear:HTTP 502 王小明")
    for about in (
        matter_of(said, draft(text="王小明您好"), NOON),
        matter_of(said, None, NOON),
        matter_of_reply(about_a_reply, NOON),
    ):
        one = escalation(matter=about)
        message = notice(one, "晓满", language, LINK)
        together = digest(((one, LINK), (one, LINK)), 3, "晓满", language)
        for private in ("王小明", "13800138000", "烫到", "木木夕", "U-native", "C-native"):
            assert private not in "".join((*message, *together))


@pytest.mark.parametrize("language", LANGUAGES_OF_PAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_on_a_telephone_it_is_two_parts_at_the_most_with_the_whole_link(
    language: PageLanguage, kind: Kind
) -> None:
    token = "k" * 43
    link = f"https://abcdefghij.execute-api.ap-southeast-1.amazonaws.com/approvals/{token}"
    for risk in RISKS:
        one = escalation(matter=matter(kind=kind, risk=risk))
        for brand in (
            "晓满 Xiaoman",
            "A brand with a name that is longer than any text message",
            "A",
        ):
            text = notice(one, brand, language, link).short
            assert parts(text) <= 2, text
            words, last = text.split("\n")
            assert last == link
            assert words
        many = digest(((one, link),) * 8, 12, "晓满", language).short
        assert parts(many) <= 2
        assert "20" in many
        assert many.count("https://") == 1


def test_a_digest_has_a_link_for_each_matter_and_says_how_many_more_wait() -> None:
    routine = escalation(matter=matter(kind="draft"), opened_at=NOON)
    severe = escalation(matter=matter(kind="spike", title="leaking lids", risk="severe"))
    older = routine.model_copy(update={"opened_at": after(-5)})
    ordered = sorted((routine, older, severe), key=gravest_first)
    assert ordered == [severe, older, routine]
    subject, text, _ = digest(((severe, "L1"), (older, "L2")), 40, "Tea", "en")
    assert subject == "Repartee: 42 matters, severe"
    assert text.splitlines() == [
        "Tea: waiting for you: 42",
        "More are waiting: 40. They follow in the next messages.",
        "A topic is unusually loud (risk: severe) leaking lids",
        "L1",
        "An answer waits for your yes (risk: routine)",
        "L2",
    ]
    assert len(digest(((severe, "L1"),), 0, "Tea", "en").text.splitlines()) == 3
