"""The door: what is turned away before anything is computed, and what is kept of the rest."""

from typing import Any

import pytest

from desk.reception import REFUSED, UNKNOWN, kept, refusal, well_named
from desk.wire import MAX_BODY, Inbound


def request(body: bytes = b"{}", **headers: str) -> Inbound:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Inbound("POST", named, {}, body)


def test_a_body_may_be_as_large_as_the_cap_and_no_larger() -> None:
    assert refusal(request(b"a" * MAX_BODY)) is None
    answer = refusal(request(b"a" * (MAX_BODY + 1)))
    assert answer is not None
    assert answer.status == 413


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br", "deflate", "identity, gzip", "x"])
def test_a_compressed_body_is_not_unpacked(coding: str) -> None:
    answer = refusal(request(content_encoding=coding))
    assert answer is not None
    assert answer.status == 415


@pytest.mark.parametrize(
    "headers", [{}, {"content_encoding": "identity"}, {"content_encoding": ""}]
)
def test_a_body_that_is_as_it_is_comes_in(headers: dict[str, Any]) -> None:
    assert refusal(request(**headers)) is None


@pytest.mark.parametrize("name", ["a", "xiaoman", "line-2", "7-eleven", "a" * 40])
def test_these_are_names(name: str) -> None:
    assert well_named(name)
    assert well_named(name, "line")


@pytest.mark.parametrize(
    "name", ["", "-a", "A", "晓满", "a" * 41, "a/b", "../tokens", "a b", "a\n", "a%2f", "a*", "a.b"]
)
def test_these_are_no_names_and_reach_no_parameter(name: str) -> None:
    assert not well_named(name)
    assert not well_named("xiaoman", name)


def test_of_the_headers_no_secret_and_no_signature_is_kept() -> None:
    given = {
        "content-type": "application/json",
        "webhook-id": "msg_1",
        "x-line-signature": "s",
        "x-telegram-bot-api-secret-token": "s",
        "webhook-signature": "s",
        "authorization": "s",
        "cookie": "s",
        "x-forwarded-for": "203.0.113.7",
    }
    assert kept(given) == {"content-type": "application/json", "webhook-id": "msg_1"}


def test_who_guesses_names_reads_the_same_words_as_who_guesses_signatures() -> None:
    assert (REFUSED.body, REFUSED.content_type) == (UNKNOWN.body, UNKNOWN.content_type)
