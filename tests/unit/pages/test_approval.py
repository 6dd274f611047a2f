"""The approval page: what it shows, what it asks, and what nobody can smuggle into it."""

import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, strategies as st

from desk.escalation import Kind
from desk.mention import fingerprint
from desk.pages.approval import render
from desk.pages.form import CHOICES
from desk.pages.markup import headers
from desk.pages.outcome import closed, gone
from desk.pages.style import DARK, LIGHT
from desk.pages.texts import PageLanguage
from desk.pages.view import Asked, Line, Taken, Topic
from desk.wire import visible
from tests.unit.pages.reading import Reader, area_value
from tests.unit.pages.samples import KINDS, LANGUAGES, NOW, RESULTS, outcome, reasons_with, view

OPEN = {
    f"{kind} {language}": render(view(kind, language)) for kind in KINDS for language in LANGUAGES
}
OVER = {
    f"{result} {language}": closed(outcome(result, language, at=NOW, reason="…"))
    for result in RESULTS
    for language in LANGUAGES
}
GONE = {f"gone {language}": gone(language) for language in LANGUAGES}
PAGES = OPEN | OVER | GONE

HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
PIECES = [
    "<script>", "</textarea>", "</bdi>", "</style>", "<!--", "]]>", '"', "'", "&lt;", "&#0;",
    "><img src=x onerror=y>", "$name", "${x}", "javascript:", "\u202e", "\u2066", "\u200b",
    "\U000e0041", "\u2028", "\ud800", "\0", "\r\n", "e\u0301\u0301\u0301\u0301\u0301", "漏水",
]  # fmt: skip
HOSTILE = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(PIECES),
        max_size=8,
    ).map("".join),
)  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_runs_and_fetches_nothing(name: str) -> None:
    page = PAGES[name]
    reader = Reader(page)
    tags = {tag for tag, _ in reader.elements}
    attributes = [(key, value) for _, found in reader.elements for key, value in found.items()]
    assert reader.unbalanced == []
    assert not tags & {"script", "link", "iframe", "object", "embed", "img", "base", "a", "video"}
    assert [key for key, _ in attributes if key.startswith("on") or key in ("style", "src")] == []
    assert [value for _, value in attributes if value and ("//" in value or ":" in value[:20])] == [
        value for key, value in attributes if key == "datetime"
    ]
    assert "url(" not in page
    assert "@import" not in page
    assert len(page.encode()) < 20_000


@pytest.mark.parametrize("name", OPEN)
def test_a_form_offers_what_may_be_decided_and_chooses_nothing(name: str) -> None:
    kind: Any = name.split()[0]
    reader = Reader(OPEN[name])
    [form] = reader.all("form")
    assert (form["method"], form["action"], form["autocomplete"]) == ("post", "", "off")
    radios = [field for field in reader.all("input") if field.get("type") == "radio"]
    held = {"hold_topic"} if kind == "held" else set()  # what is held already
    assert [radio["value"] for radio in radios] == [
        choice for choice in CHOICES[kind] if choice not in held
    ]
    assert all(radio["name"] == "action" and "required" in radio for radio in radios)
    assert not [1 for _, found in reader.elements if "checked" in found or "autofocus" in found]
    assert [button.get("name") for button in reader.all("button")] == [None]
    assert len(reader.all("legend")) == len(reader.all("fieldset")) == 1
    assert bool(reader.all("textarea")) == ("approve" in CHOICES[kind])


def test_the_form_carries_the_fingerprint_of_the_text_it_shows() -> None:
    page = render(view(draft="First\n  second", seen=fingerprint("First\n  second")))
    [seen] = [field for field in Reader(page).all("input") if field.get("name") == "seen"]
    assert seen["value"] == fingerprint(area_value(page))


@given(
    st.fixed_dictionaries(
        {
            "brand": HOSTILE, "approver": HOSTILE, "channel": HOSTILE.map("{}?".format),
            "category": HOSTILE, "hold": HOSTILE, "draft": HOSTILE, "seen": HOSTILE,
            "reason": HOSTILE,
            "author": HOSTILE, "said": HOSTILE, "why": HOSTILE.map("q{}".format), "asked": HOSTILE,
            "title": HOSTILE,  # and "why" begins with q, since figures are shown otherwise
        }
    ),
    st.sampled_from(LANGUAGES),
)  # fmt: skip
def test_no_words_of_others_can_become_markup(
    words: dict[str, str], language: PageLanguage
) -> None:
    def page(words: dict[str, str]) -> str:
        given = dict(words)
        line = Line("them", given.pop("author") + ".", given.pop("said") + ".", NOW)
        return render(
            view(
                "draft",
                language,
                conversation=(line, line._replace(who="us")),
                reasons=reasons_with(given.pop("why")),
                asked=(Asked(given.pop("asked"), NOW),),
                topic=Topic(given.pop("title"), 9, 2.5, 60),
                **{**given, "category": given["category"] + ".", "hold": given["hold"] + "."},
            )
        )

    hostile = page(words)
    harmless = page({name: "word" if text else "" for name, text in words.items()})
    draft = visible(words["draft"].replace("\r\n", "\n").replace("\r", "\n"))
    assert Reader(hostile).structure() == Reader(harmless).structure()
    assert Reader(hostile).unbalanced == []
    assert "<script" not in hostile.lower()
    assert area_value(hostile) == draft.encode("utf-16", "surrogatepass").decode(
        "utf-16", "replace"
    )
    assert not HIDDEN.search(re.sub(r"(?s)<textarea.*</textarea>|value=\"[^\"]*\"", "", hostile))
    hostile.encode()


@given(HOSTILE, HOSTILE, HOSTILE, st.sampled_from(RESULTS))
def test_no_words_of_others_become_markup_once_it_is_decided(
    text: str, name: str, reason: str, result: Any
) -> None:
    def page(text: str, name: str, reason: str) -> str:
        return closed(
            outcome(
                result, text=text + ".", reason=reason + ".", by=name, yours=False, brand=name,
                approver=name, channel=name,
            )
        )  # fmt: skip

    hostile = page(text, name, reason)
    assert Reader(hostile).structure() == Reader(page("word", "word", "word")).structure()
    assert Reader(hostile).unbalanced == []
    assert not HIDDEN.search(hostile)


def test_hidden_characters_are_shown_by_their_code() -> None:
    said = "invoice\u202egnp.exe and \U000e0069\U000e0067\U000e006e text\u200b"
    page = render(view(conversation=(Line("them", "x", said, NOW),)))
    badges = re.findall(r'<span class="hidden">([^<]*)</span>', page)
    assert badges == ["U+202E", "U+E0069 +2", "U+200B"]


def test_joined_emoji_flags_and_persian_are_not_called_hidden() -> None:
    said = "👩‍👩‍👧 ❤️‍🔥 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f می‌خواهم"
    page = render(view(conversation=(Line("them", "x", said, NOW),)))
    assert 'class="hidden"' not in page
    assert said in page


def test_a_storm_of_accents_is_cut_down() -> None:
    page = render(view(conversation=(Line("them", "x", "e" + "\u0301" * 300, NOW),)))
    assert 'e\u0301\u0301\u0301\u0301<span class="hidden">U+0301 +295</span>' in page


def test_a_draft_with_hidden_characters_stays_exact_and_carries_a_warning() -> None:
    page = render(view(draft="Hello\u200b world"))
    assert area_value(page) == "Hello\u200b world"
    assert "It contains invisible characters: U+200B." in Reader(page).text()


def test_what_people_write_never_becomes_a_link() -> None:
    said = "see https://evil.example/x and mailto:me@evil.example"
    reader = Reader(render(view(conversation=(Line("them", "x", said, NOW),))))
    assert reader.all("a") == []
    assert said in reader.text("bdi")


def test_the_largest_matter_stays_below_100_kilobytes() -> None:
    worst = '"' * 5_000
    lines = tuple(Line("them", worst, f"\u202e{worst}", NOW) for _ in range(200))
    page = render(
        view(
            brand=worst, approver=worst, category=worst, reasons=(worst,) * 200, hold=worst,
            conversation=lines, draft=worst, asked=(Asked(worst, NOW),) * 200,
            topic=Topic(worst, 9, 1, 60),
        )
    )  # fmt: skip
    assert 50_000 < len(page.encode()) < 100_000


def test_a_long_conversation_shows_its_end_and_says_what_is_left_out() -> None:
    lines = tuple(Line("them", "x", f"message {number}.", NOW) for number in range(31))
    text = Reader(render(view(conversation=lines))).text()
    assert "11 earlier messages are not shown." in text
    assert "message 11." in text
    assert "message 10." not in text
    assert text.index("message 11.") < text.index("message 30.")


def test_a_text_that_is_cut_says_so() -> None:
    text = Reader(render(view(conversation=(Line("them", "x", "a" * 2_001, NOW),)))).text()
    assert "a" * 1_999 + "…" in text
    assert "The rest of this text is not shown." in text


@pytest.mark.parametrize(
    ("language", "minutes", "words"),
    [
        ("en", 0.4, "Less than a minute left"),
        ("en", 1, "1 minute left"),
        ("en", 61.9, "1 hour 1 minute left"),
        ("en", 720, "12 hours left"),
        ("uk", 1, "Ще 1 хвилина"),
        ("uk", 3, "Ще 3 хвилини"),
        ("uk", 11, "Ще 11 хвилин"),
        ("uk", 21, "Ще 21 хвилина"),
        ("uk", 325, "Ще 5 годин 25 хвилин"),
        ("zh-Hans", 23, "还剩 23 分钟"),
        ("zh-Hant", 150, "還剩 2 小時 30 分鐘"),
    ],
)
def test_the_time_left_is_said_in_words(language: PageLanguage, minutes: float, words: str) -> None:
    text = Reader(render(view("draft", language, minutes_left=minutes))).text("strong")
    assert text == words


def test_the_deadline_is_given_in_the_approvers_own_time() -> None:
    text = Reader(render(view("draft", "zh-Hant", minutes_left=23))).text()
    assert "請在 14:28 前決定" in text
    assert "時間皆為 Asia/Taipei 時區。" in text


def test_the_last_minutes_look_urgent() -> None:
    assert 'class="due soon"' in render(view(minutes_left=10))
    assert 'class="due soon"' not in render(view(minutes_left=10.1))


@pytest.mark.parametrize("change", [{"minutes_left": 0}, {"state": "resolved"}])
def test_what_can_no_longer_be_decided_has_no_form(change: dict[str, Any]) -> None:
    reader = Reader(render(view(**change)))
    assert reader.all("form") == reader.all("input") == []
    assert "This can no longer be decided here." in reader.text()


def test_what_a_colleague_has_taken_over_says_who_and_asks_nothing() -> None:
    taken = Taken("Tom Ashby", NOW - timedelta(minutes=9), yours=False)
    reader = Reader(render(view(state="acknowledged", taken=taken)))
    assert reader.all("form") == []
    assert "Tom Ashby has taken this over (05:56)." in reader.text()
    assert "left" not in reader.text("strong")


def test_who_has_taken_it_over_can_still_settle_it() -> None:
    taken = Taken("Priya Nair", NOW, yours=True)
    reader = Reader(render(view("help", state="acknowledged", taken=taken)))
    radios = [field["value"] for field in reader.all("input") if field.get("type") == "radio"]
    assert radios == ["approve", "reject", "hand_on", "hold_topic"]


def test_risk_is_said_in_words_and_not_by_colour_alone() -> None:
    assert "Risk: severe" in Reader(render(view("help"))).text("li")


def test_a_spike_shows_its_figures() -> None:
    text = Reader(render(view("spike", topic=Topic("Leaks", 1184, 7.25, 180)))).text()
    text = text.replace("\u00a0", " ")
    for words in (
        "Leaks", "Number of people", "Last 3 h", "1,184", "Usual for 3 h", "7.2",
        "163 times the usual",
    ):  # fmt: skip
        assert words in text


def test_a_spike_with_no_past_claims_no_ratio() -> None:
    text = Reader(render(view("spike", topic=Topic("Leaks", 40, 0, 60)))).text()
    assert "times the usual" not in text


def test_the_length_is_shown_beside_the_limit_in_the_platforms_unit() -> None:
    text = Reader(render(view(limit=5000, length=178, unit="utf16"))).text()
    assert "178 / 5,000 characters (most emoji count as two)." in text


def test_what_was_typed_comes_back_with_the_reason_for_asking_again() -> None:
    page = render(view(notice="too_long", draft="My own words", reason='say "no"'))
    reader = Reader(page)
    [reason] = [field for field in reader.all("input") if field.get("name") == "reason"]
    assert (area_value(page), reason["value"]) == ("My own words", 'say "no"')
    assert "The text is too long for X. Nothing has been posted." in reader.text()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fresh": True}, "Approved by you (06:02)."),
        ({}, "Already approved by you (06:02)."),
        ({"yours": False, "by": "Tom Ashby"}, "Approved by Tom Ashby (06:02)."),
        ({"decision": "reject", "result": "rejected"}, "Already rejected by you (06:02)."),
        ({"decision": "reject", "kind": "spike"}, "Already closed by you (06:02)."),
        ({"decision": "take_over", "result": "acknowledged"}, "Already taken over by you (06:02)."),
        ({"result": "expired"}, "The time for a decision has run out."),
        ({"result": "sent"}, "The answer has been posted on X."),
        ({"result": "held"}, "Automation was stopped before the answer went out."),
    ],
)
def test_a_decided_matter_tells_what_is_stored(change: dict[str, Any], words: str) -> None:
    page = closed(outcome(**{"result": "approved", **change}))
    assert words in Reader(page).text()
    assert Reader(page).all("form") == []


@pytest.mark.parametrize("kind", ["help", "doubt", "spike", "note"])
def test_to_reject_what_is_no_answer_of_ours_is_to_close_it(kind: Kind) -> None:
    assert Reader(closed(outcome("rejected", kind=kind))).text("h1") == "Closed"


def test_the_page_for_a_bad_link_names_nobody() -> None:
    text = Reader(gone("en")).text()
    assert "Morning Dew" not in text
    assert len(set(GONE.values())) == len(LANGUAGES)


def test_an_unknown_time_zone_is_shown_as_utc() -> None:
    text = Reader(render(view(time_zone="../etc/passwd", minutes_left=23))).text()
    assert "Decide by 06:28" in text
    assert "Times are those of UTC." in text


def test_a_moment_is_shown_where_it_was_seen_and_with_all_its_channels() -> None:
    seen = (
        Line("them", "weibo", "初雪", NOW, "zh-Hans", "https://l.example/1"),
        Line("them", "weibo", "first snow", NOW, "en", "javascript:alert(1)"),
    )
    moment = view("opportunity", conversation=seen, channel="line", copies=("telegram",))
    page = render(moment)
    assert page.count("<a ") == 1
    assert '<a href="https://l.example/1" rel="noreferrer">' in page
    assert "Channel: LINE, Telegram" in Reader(page).text()
    assert "<a " not in render(view("draft", conversation=seen)), "elsewhere what is said suffices"


def test_a_time_at_the_end_of_all_dates_does_not_stop_the_page() -> None:
    end = datetime.max.replace(tzinfo=UTC)
    page = render(view("draft", "zh-Hans", conversation=(Line("them", "x", "Last words", end),)))
    assert "Last words" in Reader(page).text()


def test_the_policy_allows_the_style_of_the_page_and_nothing_else() -> None:
    [style] = re.findall(r"(?s)<style>(.*?)</style>", OPEN["draft en"])
    policy = headers()["content-security-policy"].split("; ")
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    assert policy == [
        "default-src 'none'", f"style-src 'sha256-{allowed}'", "form-action 'self'",
        "base-uri 'none'", "frame-ancestors 'none'",
    ]  # fmt: skip


def test_no_copy_of_a_page_is_kept_and_no_link_is_leaked() -> None:
    sent = headers()
    assert sent["content-type"] == "text/html; charset=utf-8"
    assert sent["cache-control"] == "no-store"
    assert sent["referrer-policy"] == "no-referrer"
    assert sent["x-content-type-options"] == "nosniff"
    assert sent["x-robots-tag"] == "noindex"


TEXT_PAIRS = [
    ("ink", "paper"), ("ink", "card"), ("ink", "said"), ("ink", "tint"), ("soft", "paper"),
    ("soft", "card"), ("accent", "tint"), ("on-accent", "accent"), ("warn", "warn-tint"),
    ("bad", "bad-tint"), ("bad", "card"),
]  # fmt: skip
EDGE_PAIRS = [("edge", "card"), ("edge", "said"), ("accent", "card"), ("bad", "said")]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_can_be_told_apart_by_people_with_weak_sight(theme: dict[str, str]) -> None:
    for pairs, least in ((TEXT_PAIRS, 4.5), (EDGE_PAIRS, 3.0)):
        for one, other in pairs:
            assert _contrast(theme[one], theme[other]) >= least, (one, other)


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
