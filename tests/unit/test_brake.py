"""The brake from outside: what a text message asks for, and whose link is good."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from desk.brake import Link, brand_of, e164, orders, sms_of, token_of
from desk.playbook import Playbook
from desk.scopes import resolved
from events.make import SMS
from tests.records import NOON, after


@pytest.mark.parametrize(
    ("said", "scope"),
    [
        ("HALT", "brand"),
        ("halt xiaoman", "brand"),
        ("  Ｈａｌｔ：小满！", "brand"),
        ("刹车", "brand"),
        ("刹车小满", "brand"),
        ("煞車 曉滿", "brand"),
        ("СТОПКРАН сяомань", "brand"),
        ("Halt xiaoman line", "channel:line"),
        ("刹车小满漏水", "topic:watch:lid-leak"),
        ("HALT xiaoman leaking lids", "topic:watch:lid-leak"),
        ("halt lid-leak", "topic:watch:lid-leak"),
        ("halt xiaoman ask-hours", "topic:ask-hours"),
        ("halt xiaoman at once, the lids!", "brand"),
    ],
)
def test_a_text_message_stops_what_it_names_and_else_the_whole_brand(
    playbook: Playbook, said: str, scope: str
) -> None:
    assert orders(said, [playbook]) == {"xiaoman": scope}


@pytest.mark.parametrize(
    "said", ["", " ", "hello", "please HALT", "HALTING", "STOP", "停", "unhalt xiaoman", "release"]
)
def test_what_does_not_begin_with_a_word_for_the_brake_stops_nothing(
    playbook: Playbook, said: str
) -> None:
    assert orders(said, [playbook]) == {}


def test_of_several_brands_the_one_that_is_named_is_meant_and_else_all(playbook: Playbook) -> None:
    other = playbook.model_copy(update={"brand": "acme", "name": "Acme", "names": ("acme tea",)})
    both = [playbook, other]
    assert orders("HALT acme tea line", both) == {"acme": "channel:line"}
    assert orders("HALT", both) == {"xiaoman": "brand", "acme": "brand"}


@pytest.mark.parametrize("word", ["STOP", "stop xiaoman", "Help", "", "  ", "td"])
def test_a_word_that_carriers_act_upon_is_no_word_for_the_brake(
    playbook: Playbook, word: str
) -> None:
    fields = playbook.model_dump() | {"brake_words": (word,)}
    with pytest.raises(ValidationError, match="carriers act upon"):
        Playbook.model_validate(fields)


def test_a_report_of_a_text_message_is_read() -> None:
    sms = sms_of(json.dumps(SMS))
    assert sms is not None
    assert (sms.sender, sms.said) == ("+8613800138000", "HALT xiaoman")


@pytest.mark.parametrize(
    "body",
    [
        "", "HALT", "[]", "null", "{}", '{"messageBody": "HALT"}',
        json.dumps(SMS | {"inboundMessageId": ""}), json.dumps(SMS | {"inboundMessageId": "a#b"}),
        json.dumps(SMS | {"originationNumber": None}), json.dumps(SMS | {"originationNumber": 49}),
        "[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_report_is_none(body: str) -> None:
    assert sms_of(body) is None


@given(said=st.text())
def test_whatever_a_text_message_says_it_is_read_and_can_only_stop(
    playbook: Playbook, said: str
) -> None:
    for text in (said, f"HALT {said}"):
        read = sms_of(json.dumps(SMS | {"messageBody": text}))
        assert read is not None
        for scope in orders(read.said, [playbook]).values():
            assert resolved(scope, playbook) == scope


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("+8613800138000", "+8613800138000"),
        ("+44 (20) 7946-0958", "+442079460958"),
        ("13800138000", None),
        ("+0123456789", None),
        ("+86138001380001234567", None),
        ("HALT", None),
        ("", None),
    ],
)
def test_a_number_has_its_country(written: str, kept: str | None) -> None:
    assert e164(written) == kept


@pytest.mark.parametrize(
    ("change", "good"),
    [
        ({}, True),
        ({"expires_at": NOON}, False),
        ({"revoked_at": after(-1)}, False),
    ],
)
def test_a_link_is_good_until_it_is_over_or_revoked(change: dict[str, Any], good: bool) -> None:
    fields = {"hash": "h", "brand": "b", "approver": "lin", "made_at": after(-9)}
    link = Link.model_validate(fields | {"expires_at": after(9)} | change)
    assert link.is_good(NOON) is good


def test_a_token_names_the_brand_that_it_is_looked_for_in() -> None:
    assert brand_of(token_of("xiaoman", "secret.x")) == "xiaoman"
    assert brand_of("") == ""
