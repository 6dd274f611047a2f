"""What a script says to whom: variants, languages, and names that strangers chose."""

from string import ascii_letters
from typing import Any

import pytest
from hypothesis import given, strategies as st

from desk.playbook import Script
from desk.triage import say

HOURS = Script(
    id="hours",
    variants={
        "zh-Hans": ("每天 10:00–22:00。", "$author 您好，十点到十点。"),
        "en": ("Ten to ten.", "Hi $author, ten to ten."),
        "uk": ("З десятої до десятої.",),
    },
)


def said(name: str, language: Any = "en", mention: str = "m1", script: Script = HOURS) -> str:
    text = say(script, language, author_name=name, brand_name="晓满", mention_id=mention)
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
    assert say(HOURS, "ja", author_name="", brand_name="晓满", mention_id="m") is None
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
    assert say(script, "en", author_name="Ann", brand_name="X", mention_id="m") is None


@given(st.text(max_size=40) | st.text(alphabet="$@{}./\u202e" + ascii_letters, max_size=12))
def test_whatever_the_name_nothing_dangerous_is_said(name: str) -> None:
    script = Script(id="s", variants={"en": ("Hello.", "Hi $author of $brand.", "${author}!")})
    for number in range(4):
        text = said(name, mention=f"m{number}", script=script)
        assert not set("$@{}<>/") & set(text)
        assert all(c.isprintable() for c in text)
        assert len(text) <= len("Hi  of 晓满.") + 30
