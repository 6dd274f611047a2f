"""What a brand does not let itself say, however it is written."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from desk.language.normal import normal
from desk.objections import fold, objection
from desk.playbook import Playbook
from desk.simplified import SIMPLIFIED, TRADITIONAL
from language_tables import lines


def saying(playbook: Playbook, text: str, **change: Any) -> str:
    known = {"forbidden_words": (), "domains": ()} | change
    return objection(text, playbook.model_copy(update=known))


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("保证", "我們保證沒有問題"),
        ("保證", "我们保证没有问题"),
        ("保证", "保\u200b证！"),
        ("guaranteed", "Results are ＧＵＡＲＡＮＴＥＥＤ."),
        ("guaranteed", "gu\u00adaranteed"),
        ("100% safe", "It is 100 %safe? It is 100%  safe."),
        ("straße", "STRASSE"),
        ("best", "我们是best的"),
        ("гарантія", "Гарантія!"),
        ("微信", "加微\ufe0f信"),
    ],
)
def test_a_forbidden_word_is_found_however_it_is_written(
    playbook: Playbook, word: str, text: str
) -> None:
    found = saying(playbook, text, forbidden_words=("never", word))
    assert found == f"forbidden_word:{word}"


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("ass", "first class"),
        ("art", "Start"),
        ("保证金", "保证"),
        ("дар", "подарунок"),
        (" ", "a b"),
    ],
)
def test_a_word_within_another_is_another(playbook: Playbook, word: str, text: str) -> None:
    assert saying(playbook, text, forbidden_words=(word,)) == ""


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://evil.example/x", "evil.example"),
        ("看https://evil.com吧", "evil.com吧"),
        ("see evil.com/xiaoman.com", "evil.com"),
        ("http://xiaoman.com@evil.com/", "evil.com"),
        ("http://xiaoman.com.evil.com", "xiaoman.com.evil.com"),
        ("https:\\\\evil.com", "evil.com"),
        ("ＨＴＴＰＳ：／／ｅｖｉｌ．ｃｏｍ", "evil.com"),
        ("evil\u200b.com", "evil.com"),
        ("evil。com", "evil.com"),
        ("notxiaoman.com", "notxiaoman.com"),
        ("http://127.0.0.1:80/", "127.0.0.1"),
        ("weixin://dl/chat", "dl"),
    ],
)
def test_a_link_to_anywhere_else_is_named(playbook: Playbook, text: str, host: str) -> None:
    assert saying(playbook, text, domains=("xiaoman.com",)) == f"foreign_link:{host}"


@pytest.mark.parametrize(
    "text",
    ["https://xiaoman.com/a?b=c", "看https://shop.xiaoman.com/x", "XIAOMAN.COM", "xiaoman.com.",
     "https://lin@xiaoman.com:443/", "no link, 3.5 and v1.2.3", "lin@elsewhere.com", ""],
)  # fmt: skip
def test_a_link_to_the_brands_own_place_may_be_sent(playbook: Playbook, text: str) -> None:
    assert saying(playbook, text, domains=("xiaoman.com",)) == ""


def test_a_playbook_without_domains_lets_links_lead_anywhere(playbook: Playbook) -> None:
    assert saying(playbook, "https://evil.com") == ""


@given(st.text())
def test_a_folded_text_stays_as_it_is(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.lists(st.sampled_from([*"漏水門臺灣杯子ＡＢｃ 1\u200b"]), max_size=12).map("".join))
def test_the_fold_is_the_form_that_rules_are_matched_in(text: str) -> None:
    assert fold(text) == normal(text)


def test_the_pairs_are_those_of_the_language_layer() -> None:
    traditional, simplified, *_ = lines("characters.txt")
    assert (traditional, simplified) == (TRADITIONAL, SIMPLIFIED)
