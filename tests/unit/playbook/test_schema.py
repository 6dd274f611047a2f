"""The schema that editors are given: it takes the example brand's files and no others."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import lined_yaml
from cli.playbook import app
from cli.playbook_words import SECTIONS
from tests.broken_playbooks import EXAMPLE

SCHEMA: dict[str, Any] = json.loads(CliRunner().invoke(app, ["schema"]).stdout)
TYPES: dict[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}


def faults(value: Any, rule: dict[str, Any], at: str = "") -> Iterator[str]:
    """What a schema has against a value, as far as pydantic's schemas go."""
    if "$ref" in rule:
        yield from faults(value, SCHEMA["$defs"][rule["$ref"].removeprefix("#/$defs/")], at)
        return
    for word in ("anyOf", "oneOf"):
        if word in rule and all([*faults(value, one, at)] for one in rule[word]):
            yield f"{at}: none of {word}"
    kind = rule.get("type")
    if kind and (type(value) not in TYPES[kind]):
        yield f"{at}: no {kind}"
        return
    if value not in rule.get("enum", [value]) or value != rule.get("const", value):
        yield f"{at}: not allowed"
    if isinstance(value, str) and not re.search(rule.get("pattern", ""), value):
        yield f"{at}: another pattern"
    if isinstance(value, int | float):
        low = value >= rule.get("minimum", value) and value > rule.get("exclusiveMinimum", -1e9)
        if not low or value > rule.get("maximum", value):
            yield f"{at}: out of range"
    if isinstance(value, list):
        if len(value) < rule.get("minItems", 0):
            yield f"{at}: too few"
        for number, one in enumerate(value):
            yield from faults(one, rule.get("items", {}), f"{at}/{number}")
    if isinstance(value, dict):
        yield from (f"{at}: no {name}" for name in rule.get("required", ()) if name not in value)
        known, more = rule.get("properties", {}), rule.get("additionalProperties", True)
        for name, one in value.items():
            yield from faults(name, rule.get("propertyNames", {}), f"{at}/{name}")
            if name in known:
                yield from faults(one, known[name], f"{at}/{name}")
            elif more is False:
                yield f"{at}: {name} is not known"
            elif more is not True:
                yield from faults(one, more, f"{at}/{name}")


@pytest.mark.parametrize("path", sorted(EXAMPLE.glob("*.yaml")), ids=lambda path: path.name)
def test_each_file_of_the_example_brand_fits(path: Path) -> None:
    assert [*faults(lined_yaml.read(path.read_text("utf-8")).value, SCHEMA)] == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("brand: x", ": brand is not known"),
        ("names: x", "/names: no array"),
        ("languages: [fr]", "/languages/0: not allowed"),
        ("tiers: {grave: lead}", "/tiers/grave: not allowed"),
        ("caps: {author: 0}", "/caps/author: out of range"),
        ("hours: {time_zone: UTC, week: {mon: [9-21]}}", "/hours: none of anyOf"),
        ("policies: {default: {steps: []}}", "/policies/default/steps: too few"),
        ("rules: [{id: a}]", "/rules/0: no query"),
        ("watches: [{id: a, title: b, words: [c], word: d}]", "/watches/0: word is not known"),
    ],
)
def test_what_check_would_refuse_for_its_shape_does_not_fit(text: str, fault: str) -> None:
    assert fault in [*faults(lined_yaml.read(text).value, SCHEMA)]


def test_it_says_what_each_key_is_for() -> None:
    assert {*SCHEMA["properties"]} == {*SECTIONS}
    assert "required" not in SCHEMA, "a file holds some of a playbook's sections"
    described = {name for name, one in SCHEMA["properties"].items() if one.get("description")}
    assert {"domains", "tiers", "dictionary", "rotas"} <= described
    assert all("description" in one for one in SCHEMA["$defs"].values())
    assert SCHEMA["$defs"]["Caps"]["properties"]["rule"]["description"] == "By one rule in an hour."
