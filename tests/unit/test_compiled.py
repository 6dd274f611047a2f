"""Queries parsed beforehand: the same as parsed anew, or parsed anew."""

import json
import sys
import zlib
from base64 import b64decode
from collections.abc import Iterator

import pytest

from desk import compiled as module
from desk.compiled import FORM, compiled, forget, learn, query_of
from desk.conditions import QueryError
from desk.playbook import Playbook
from desk.query import parse

EVERY_KIND = (
    "漏水 OR leak*",
    '"cold drink" AND NOT (funny OR 笑)',
    "退款 NEAR/5 (慢 OR slow)",
    "followers:>1000 AND influence:[20 TO 50]",
    "sentiment:negative AND link:example.com/a*",
    "/(?:re)?fund\\d+/ OR l?ak",
    "ＡＰＰ閃退",
)
PINNED = ('"Cold drink" AND NOT 閃退', "退款 NEAR/5 (慢 OR slow)", "followers:[20 TO 50]")


@pytest.fixture(autouse=True)
def _nothing_learnt() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.mark.parametrize("text", EVERY_KIND)
def test_a_query_comes_back_as_it_was_parsed(text: str) -> None:
    learn(compiled([text]))
    assert query_of(text) == parse(text)
    assert type(query_of(text)) is type(parse(text))


def test_what_is_learnt_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = compiled(EVERY_KIND)
    monkeypatch.setitem(sys.modules, "desk.query", None)
    learn(packed)
    for text in EVERY_KIND:
        query_of(text)
    with pytest.raises(ImportError):
        query_of("something else")


def test_what_another_version_compiled_is_parsed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = compiled(["漏水"])
    monkeypatch.setattr(module, "FORM", FORM + 1)
    learn(packed)
    monkeypatch.setitem(sys.modules, "desk.query", None)
    with pytest.raises(ImportError):
        query_of("漏水")


def test_what_other_tables_made_is_parsed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = compiled(["漏水"])
    monkeypatch.setattr(module, "edition", lambda: 0)
    learn(packed)
    monkeypatch.setitem(sys.modules, "desk.query", None)
    with pytest.raises(ImportError):
        query_of("漏水")


def test_a_playbook_from_before_brings_nothing_and_is_parsed() -> None:
    learn("")
    assert query_of("漏水") == parse("漏水")


def test_a_wrong_query_is_still_an_error() -> None:
    with pytest.raises(QueryError, match="column 1"):
        query_of("AND")


def test_the_example_brings_all_its_rules(
    playbook: Playbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {rule.query: parse(rule.query) for rule in playbook.rules}
    learn(playbook.compiled)
    monkeypatch.setitem(sys.modules, "desk.query", None)
    assert {text: query_of(text) for text in wanted} == wanted


def test_a_new_form_has_a_new_number() -> None:
    """Where a node, a fold or the parser changes, this fails, and FORM has to be raised."""
    form = json.loads(zlib.decompress(b64decode(compiled(PINNED))))
    assert form["form"][0] == FORM == 1
    assert form["queries"] == {
        '"Cold drink" AND NOT 閃退': {
            "Both": [[
                {"Term": ["cold drink", True, True]},
                {"Never": [{"Term": ["闪退", False, False]}]},
            ]]
        },
        "退款 NEAR/5 (慢 OR slow)": {
            "Near": [
                [{"Term": ["退款", False, False]}],
                [{"Term": ["慢", False, False]}, {"Term": ["slow", True, True]}],
                5,
            ]
        },
        "followers:[20 TO 50]": {"Range": ["followers", 20.0, 50.0]},
    }  # fmt: skip
