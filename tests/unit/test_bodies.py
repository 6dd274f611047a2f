"""Packed bodies: whatever was kept is read again, by this code and by all that comes after it."""

from base64 import b64decode
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, strategies as st

from cloud.store.bodies import DICTIONARIES, LATEST, body_of, packed, packed_raw, raw_of
from desk.conversation import Conversation
from desk.door import automatic_of
from tests.records import after, mention, reply

KEYS = {"pk": "xiaoman#C#line:conversation", "sk": "M#line:mention"}
KEPT = "AXj5a3yaL4OmXmQhpIwDNQYtTRmZ6Roa6hqZhhgaWRkYAFEUwv1P2xc8b9r5rHPy8+au93vmK9UCAO6fIlw="
TEXT = (
    '{"id":"line:mention","brand":"xiaoman","said_at":"2026-11-25T12:00:00Z","text":"几点打烊？"}'
)
"""What the first dictionary made of it: written down, and never made anew."""


def test_no_dictionary_that_was_ever_used_has_changed() -> None:
    digests = {number: sha256(text.encode()).hexdigest() for number, text in DICTIONARIES.items()}
    assert digests == {1: "1e9c8eda9262a908ec9bb38233535060fe05de9f592ba0e9b0c2a8a2d5a027eb"}


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(max_size=40))
def test_a_body_is_read_as_it_was_packed(body: str, name: str) -> None:
    item: dict[str, Any] = {"pk": "xiaoman#C#" + name, "sk": "M#" + name}
    assert body_of(item | {"body": packed(body, item)}) == body


@given(st.binary(), st.text(st.characters(exclude_categories=["Cs"])))
def test_a_delivery_is_read_byte_for_byte(raw: bytes, body: str) -> None:
    item = KEYS | {"body": packed(body, KEYS), "raw": packed_raw(raw, body)}
    assert raw_of(item) == raw


def test_what_was_packed_by_an_earlier_version_is_still_read() -> None:
    assert body_of(KEYS | {"body": b64decode(KEPT)}) == TEXT


def test_a_body_of_old_is_text() -> None:
    assert body_of(KEYS | {"body": '{"id":"line:mention"}'}) == '{"id":"line:mention"}'


@pytest.mark.parametrize("broken", [b"", b"\x01", b"\x00abc", b"\x01not packed"])
def test_a_broken_body_is_an_error_that_names_its_item(broken: bytes) -> None:
    with pytest.raises(ValueError, match="xiaoman#C#line:conversation"):
        body_of(KEYS | {"body": broken})


def test_a_body_under_other_keys_is_an_error_and_not_another_text() -> None:
    with pytest.raises(ValueError, match="M#other"):
        body_of(KEYS | {"sk": "M#other", "body": packed(mention().model_dump_json(), KEYS)})


def test_names_and_what_the_keys_have_cost_next_to_nothing() -> None:
    for one in mention(), reply():
        body = one.model_dump_json(exclude_defaults=True)
        assert len(packed(body, KEYS)) < len(body) / 2


def test_packing_is_by_the_latest_dictionary() -> None:
    assert packed("{}", KEYS)[0] == LATEST == max(DICTIONARIES)


def test_a_long_list_of_answers_takes_a_fraction_of_its_text() -> None:
    head = Conversation()
    for number in range(100):
        one = reply(id=f"line:{sha256(str(number).encode()).hexdigest()[:24]}")
        head = head.answers(automatic_of(one, after(number)))
    body = head.model_dump_json(exclude_defaults=True)
    assert len(packed(body, KEYS)) < len(body) / 5
