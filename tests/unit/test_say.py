"""What a script says to whom: variants, languages, and names that strangers chose."""

from collections import Counter
from string import ascii_letters
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from desk.playbook import LANGUAGES_OF_PAGES, Approver, Playbook, Policy, Script, Step, Voice
from desk.rulebook import Limit
from desk.scripts import Hearer, say

HOURS = Script(
    id="hours",
    variants={
        "zh-Hans": ("每天 10:00–22:00。", "$author 您好，十点到十点。"),
        "en": ("Ten to ten.", "Hi $author, ten to ten."),
        "uk": ("З десятої до десятої.",),
    },
)


BRAND = Playbook(
    brand="xiaoman", version="1", name="晓满", languages=("en",), rules=(), scripts=(),
    policies={"default": Policy(steps=(Step(ask=("lin",), wait_minutes=1),))},
    approvers={"lin": Approver(name="Lin")},
)  # fmt: skip


def maybe(
    script: Script, language: Any, name: str = "", mention: str = "m", *, automatic: bool = False,
    book: Playbook = BRAND, **there: Any,
) -> str | None:  # fmt: skip
    hearer = Hearer(there.pop("channel", "line"), mention, name, **there)
    return say(book, script, language, hearer, automatic=automatic)


def said(
    name: str, language: Any = "en", mention: str = "m1", script: Script = HOURS, **more: Any
) -> str:
    text = maybe(script, language, name, mention, **more)
    assert text is not None
    return text


def test_variants_take_turns_and_a_mention_keeps_its_own() -> None:
    texts = {said("Ann", mention=f"m{number}") for number in range(40)}
    assert texts == {"Ten to ten.", "Hi Ann, ten to ten."}
    assert said("Ann") == said("Ann")


@pytest.mark.parametrize(
    ("language", "text"),
    [("zh-Hant", "每天"), ("yue", "每天"), ("ru", "З десятої"), ("uk", "З десятої")],
)
def test_a_near_language_stands_in(language: str, text: str) -> None:
    assert said("", language).startswith(text)


def test_a_far_language_does_not() -> None:
    assert maybe(HOURS, "ja") is None
    hant = Script(id="s", variants={"zh-Hant": ("您好",)})
    assert said("", "zh-Hans", script=hant) == "您好"


@pytest.mark.parametrize(
    "name",
    [
        "$brand",
        "${x}",
        "$author",
        "https://evil.example/x",
        "win.example",
        "ｗｉｎ．example",
        "t.me/casino",
        "@admin",
        "＠admin",
        "Ann\u202eevil",
        "Ann\u200bevil",
        "Ann\x00",
        "加微信 1234567",
        "<b>Ann</b>",
        "[Ann](x)",
        "A" * 31,
        "Z" + "\u0301" * 3,
        "\U000e0041nn",
        "",
        "   ",
    ],
)
def test_a_name_that_is_not_fit_is_not_repeated(name: str) -> None:
    assert {said(name, mention=f"m{number}") for number in range(20)} == {"Ten to ten."}


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("小鱼", "小鱼"),
        ("Anne-Marie O'Neil", "Anne-Marie O'Neil"),
        ("  Олена \n Коваль ", "Олена Коваль"),
        ("Nguyễn Ánh", "Nguyễn Ánh"),
        ("Joe 42", "Joe 42"),
        ("🍵 tea", "🍵 tea"),
    ],
)
def test_an_ordinary_name_is_used(name: str, spoken: str) -> None:
    named = Script(id="s", variants={"en": ("Hi $author, this is $brand.",)})
    assert said(name, script=named) == f"Hi {spoken}, this is 晓满."


@pytest.mark.parametrize("variant", ["Hi $name", "It costs $5", "It costs $$5", "Hi ${author", "$"])
def test_nothing_is_said_with_a_gap_in_it(variant: str) -> None:
    script = Script(id="s", variants={"en": (variant,)})
    assert maybe(script, "en", "Ann") is None


@given(st.text(max_size=40) | st.text(alphabet="$@{}./\u202e" + ascii_letters, max_size=12))
def test_whatever_the_name_nothing_dangerous_is_said(name: str) -> None:
    script = Script(id="s", variants={"en": ("Hello.", "Hi $author of $brand.", "${author}!")})
    for number in range(4):
        text = said(name, mention=f"m{number}", script=script)
        assert not set("$@{}<>/") & set(text)
        assert all(c.isprintable() for c in text)
        assert len(text) <= len("Hi  of 晓满.") + 30


# In turns


@pytest.mark.parametrize("count", [2, 3, 5, 8])
def test_of_a_hundred_people_each_variant_gets_some_and_none_more_than_twice_its_share(
    count: int,
) -> None:
    script = Script(id="s", variants={"en": tuple(f"Answer {number}." for number in range(count))})
    given = Counter(said("", mention=f"line:{number}", script=script) for number in range(100))
    assert len(given) == count
    assert max(given.values()) <= 2 * 100 / count


def test_nobody_gets_the_same_sentence_twice_while_another_is_left() -> None:
    script = Script(id="s", variants={"en": ("One.", "Two.", "Three.")})
    told: list[str] = []
    for number in range(6):
        told.append(said("", mention=f"m{number}", script=script, said=tuple(told)))
    assert set(told[:3]) == {"One.", "Two.", "Three."}
    assert told[3:] == told[:3]  # then the one that is longest ago


def test_a_sentence_is_known_again_with_the_label_that_it_had() -> None:
    script = Script(id="s", variants={"en": ("One.", "Two.")})
    other = {"One.": "Two.", "Two.": "One."}
    first = said("", script=script)
    assert said("", script=script, said=(f"{first}\nAutomatic answer",)) == other[first]


# By channel, labelled, within its length

LABELLED = BRAND.model_copy(
    update={
        "languages": ("zh-Hans", "en"),
        "voices": {
            "default": Voice(label={"zh-Hans": "自动回复", "en": "Automatic answer"}),
            "wechat": Voice(),
        },
    }
)


def test_a_channel_that_has_its_own_words_gets_no_others() -> None:
    script = Script(
        id="s",
        variants={"en": ("Long words.",), "uk": ("Довго.",)},
        channels={"line": {"en": ("Short.",)}},
    )
    assert said("", script=script) == "Short."
    assert said("", script=script, channel="x") == "Long words."
    assert said("", "uk", script=script) == "Довго."


@pytest.mark.parametrize(
    ("language", "label"),
    [("en", "Automatic answer"), ("zh-Hans", "自动回复"), ("uk", "自动回复")],
)
def test_an_automatic_answer_is_labelled_and_a_proposal_is_not(language: Any, label: str) -> None:
    script = Script(id="s", variants={"en": ("Ten.",), "zh-Hans": ("十点。",), "uk": ("О 10.",)})
    there: dict[str, Any] = {"script": script, "book": LABELLED}
    proposed = said("", language, **there)
    assert said("", language, automatic=True, **there) == f"{proposed}\n{label}"
    assert said("", language, automatic=True, channel="wechat", **there) == proposed


def test_a_variant_that_is_too_long_with_its_label_is_not_used() -> None:
    script = Script(id="s", variants={"en": ("Ten.", "We are open from ten to ten.")})
    tight, none = (Limit(24, "characters"),), (Limit(8, "characters"),)
    for number in range(20):
        there: dict[str, Any] = {"script": script, "book": LABELLED, "mention": f"m{number}"}
        assert said("", automatic=True, limits=tight, **there) == "Ten.\nAutomatic answer"
    assert maybe(script, "en", book=LABELLED, automatic=True, limits=none) is None
    assert maybe(script, "en", book=LABELLED, limits=none) == "Ten."


# The example brand, to whoever

HOSTILE = st.text(max_size=40) | st.text(alphabet="$@{}./\u202e" + ascii_letters, max_size=12)


@settings(max_examples=20, deadline=None)
@given(st.lists(HOSTILE, min_size=10, max_size=40), st.text(max_size=8))
def test_no_text_of_the_example_brand_has_a_gap_whoever_it_is_for(
    playbook: Playbook, names: list[str], mention: str
) -> None:
    """All scripts in all languages on all channels, twenty times: over ten thousand texts."""
    places = [
        (script, language, channel)
        for script in playbook.scripts
        for language in LANGUAGES_OF_PAGES
        for channel in playbook.accounts
    ]
    assert len(places) >= 500
    for number, (script, language, channel) in enumerate(places):
        there: dict[str, Any] = {"book": playbook, "channel": channel, "automatic": True}
        text = said(names[number % len(names)], language, f"{mention}{number}", script, **there)
        assert not {"$", "{", "}"} & {*text}
