"""YAML in which every value knows its line: what a person edits, and wants told where it is wrong.

Only numbers, true, false and null are anything but text: YAML 1.1 would make a truth value of `no`
and a number of `12:30`. A key that comes twice is a fault, and so is an alias, which could unfold
without end.
"""

import re
from typing import Any, NamedTuple

import yaml

_TAGS = tuple(f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,15})?")

_REMEDIES = {
    r"'\t'": ": indent with spaces",
    "another document": ": one file holds one document, so leave --- out",
    "mapping values are not allowed": ": put quotes around a text with a colon in it",
    "could not find expected ':'": ": a name is followed by a colon",
    "found unexpected end of stream": ": a quote or a bracket is not closed",
}
"""What would be right, by what PyYAML says is wrong."""

_ALONE = re.compile("[\ud800-\udfff]")
"""Half a character, as an escape in quotes can leave it: no text that can be sent or stored."""

Place = tuple[str | int, ...]
"""The way to a value from the top, such as `("rules", 3, "query")`."""


class Fault(NamedTuple):
    """What is wrong, on a line that counts from 1."""

    line: int
    message: str


class Lined(NamedTuple):
    """The value that a text holds, the line of each part of it, and what is wrong with the text."""

    value: Any
    lines: dict[Place, int]
    faults: list[Fault]


def read(text: str) -> Lined:
    """The value in `text`, None where it holds none; faults are listed and not raised."""
    found = Lined({}, {}, [])
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        value = _plain(root, (), found) if root else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = error.problem or error.context or ""
        remedy = next((right for sign, right in _REMEDIES.items() if sign in problem), "")
        return Lined(None, {}, [Fault(line, f"not YAML: {problem}{remedy}")])
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return Lined(None, {}, [Fault(line, f"U+{error.character:04X} is no character of a text")])
    except RecursionError:
        return Lined(None, {}, [Fault(1, "nested too deeply")])
    return found._replace(value=value)


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {}  # noqa: RUF012

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.get_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="* begins an alias: quote it", problem_mark=mark)
        return super().compose_node(parent, index)


def _plain(node: yaml.Node, place: Place, found: Lined) -> Any:
    line = node.start_mark.line + 1
    found.lines.setdefault(place, line)
    if node.tag not in _TAGS:
        found.faults.append(Fault(line, "! begins a type of YAML's own: quote it"))
        return None
    match node:
        case yaml.MappingNode():
            mapping: dict[str, Any] = {}
            for key_node, value_node in node.value:
                line = key_node.start_mark.line + 1
                if not isinstance(key_node, yaml.ScalarNode):
                    found.faults.append(Fault(line, "a list or a mapping is no name: put quotes"))
                    continue
                key = str(key_node.value)
                if key in mapping:
                    first = found.lines[(*place, key)]
                    found.faults.append(Fault(line, f"{key} comes twice, first on line {first}"))
                    continue
                found.lines[(*place, key)] = line
                mapping[key] = _plain(value_node, (*place, key), found)
            return mapping
        case yaml.SequenceNode():
            return [_plain(part, (*place, number), found) for number, part in enumerate(node.value)]
        case yaml.ScalarNode(value=text, style=None):
            return _scalar(text)
    if _ALONE.search(node.value):
        found.faults.append(Fault(line, "half a character: write emoji as they are, not as \\u"))
    return node.value


def _scalar(text: str) -> str | int | float | bool | None:
    """What is written without quotes."""
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text
