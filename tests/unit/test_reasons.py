"""Reasons: a closed set of codes whose values come back as they went in, whatever they are."""

import ast
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import given, strategies as st

from desk.language import reader
from desk.reasons import EVIDENCE, VALUES, WRITTEN, Code, Reason, parse, reason, telling
from tests.conftest import ROOT

CODES: tuple[Code, ...] = get_args(Code)


def made(code: Code, values: tuple[str, ...]) -> Reason:
    return parse(reason(code, *values[: len(VALUES[code])]))


MOST = max(map(len, VALUES.values()))


def test_every_code_names_its_values() -> None:
    assert tuple(VALUES) == CODES
    assert EVIDENCE < WRITTEN


@given(st.sampled_from(CODES), st.tuples(*[st.text()] * MOST))
def test_what_goes_into_a_reason_comes_out_of_it(code: Code, values: tuple[str, ...]) -> None:
    wanted = [*values[: len(VALUES[code])]]
    kept = [value.replace("|", "/") for value in wanted[:-1]] + wanted[-1:]
    assert made(code, values) == Reason(code, tuple(kept))


def test_only_the_first_colon_and_as_many_bars_as_there_are_values_divide() -> None:
    assert parse("hold:channel:line|yijun|a|b: c") == Reason(
        "hold", ("channel:line", "yijun", "a|b: c")
    )
    assert parse("also:watch:lid|x") == Reason("also", ("watch:lid|x",))


@pytest.mark.parametrize(
    "text",
    ["", "why", "rule ask-hours: answer", "no rule matches", "held: hold on brand by lin: lids",
     "echo:", "rule:hours", "hold:brand|lin", "stale", "漏水", ":", "severe: rule leak"],
)  # fmt: skip
def test_what_is_no_reason_of_ours_keeps_its_text(text: str) -> None:
    assert parse(text) == Reason("", (text,))


@given(st.text())
def test_any_text_is_a_reason_or_stays_as_it_is(text: str) -> None:
    code, values = parse(text)
    assert values == (text,) if code == "" else reason(code, *values) == text


@pytest.mark.parametrize(("code", "values"), [("echo", ("x",)), ("rule", ("x",)), ("stale", ())])
def test_a_reason_has_as_many_values_as_its_code(code: Code, values: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=code):
        reason(code, *values)


def test_an_unknown_code_is_refused() -> None:
    unknown: Any = "because"
    with pytest.raises(KeyError):
        reason(unknown)


def test_the_most_telling_comes_first_and_the_unknown_last() -> None:
    some = ["later", "negative:漏水", "unsure:0.30|0.55", "rule:lid|answer", "severe_rule:lid"]
    assert telling([*some, *some]) == some[::-1]


@pytest.mark.parametrize(
    "text",
    ["杯子漏水，还投诉无门！我要找人工，我是记者，喝完食物中毒，怎么办？",
     "没有漏水，很好喝，谢谢，哪里能买",
     "It leaks, awful! I want a human. Love the tea, though; you should add links. How much?",
     "Кришка протікає, жахливо! Дякую за чай. Скільки коштує?", "加微信领红包 兼职"],
)  # fmt: skip
def test_what_a_reading_went_by_is_a_reason_too(text: str) -> None:
    found = [parse(each) for each in reader(())(text, "").reasons]
    assert found
    assert {each.code for each in found} <= EVIDENCE


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of that function in what is deployed, with the file it stands in."""
    for folder in ("layers/repartee", "functions"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                match node:
                    case ast.Call(func=ast.Name(id=found) | ast.Attribute(attr=found)):
                        if found == name:
                            yield path.name, node


def test_every_code_is_given_somewhere_with_as_many_values_as_it_has() -> None:
    given: set[str] = set(EVIDENCE)
    for path, call in calls("reason"):
        for code in _constants(call.args[0]):
            given.add(code)
            assert len(call.args) - 1 == len(VALUES[code]), (path, code)
    assert given == {*CODES}


def _constants(node: ast.expr) -> list[Any]:
    """The texts that an expression may be, where it is one or another of them."""
    match node:
        case ast.Constant(value=value):
            return [value]
        case ast.IfExp(body=one, orelse=other):
            return _constants(one) + _constants(other)
    return []
