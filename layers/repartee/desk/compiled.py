"""Queries parsed beforehand: what a playbook brings along so that waking up parses none."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from typing import Any

from desk.conditions import (
    Both,
    Either,
    Expression,
    Field,
    Near,
    Never,
    Pattern,
    Query,
    Range,
    Term,
    Wildcard,
)
from desk.language.edition import edition

FORM = 1
"""Raised when parsing makes something else of a query, or a node has other parts: what was compiled
before is then parsed again."""

_NODES: Mapping[str, Any] = {
    node.__name__: node
    for node in (
        Term, Wildcard, Expression, Near, Field, Pattern, Range, Never, Both, Either
    )
}  # fmt: skip

MAX_KNOWN = 20_000

_known: dict[str, Query] = {}


def compiled(queries: Iterable[str]) -> str:
    """The parsed `queries` as text, for `learn`. Raises QueryError for one that cannot be read."""
    from desk.query import parse  # lark takes long to import, and only this needs it

    content = {"form": _form(), "queries": {text: _packed(parse(text)) for text in queries}}
    packed = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return b64encode(zlib.compress(packed.encode("utf-8", "surrogatepass"), 9)).decode()


def learn(packed: str) -> None:
    """Takes over what `compiled` made, unless by other tables or another version of the code."""
    if not packed:
        return
    content = json.loads(zlib.decompress(b64decode(packed)).decode("utf-8", "surrogatepass"))
    if content["form"] != _form():
        return
    if len(_known) > MAX_KNOWN:
        _known.clear()
    for text, query in content["queries"].items():
        _known[text] = _unpacked(query)


def query_of(text: str) -> Query:
    """The query that `text` spells out: learnt, or else parsed. Raises QueryError."""
    found = _known.get(text)
    if found is None:
        from desk.query import parse

        found = parse(text)
    return found


def forget() -> None:
    """Parse everything anew: for tests."""
    _known.clear()


def _form() -> list[int]:
    return [FORM, edition()]


def _packed(part: Any) -> Any:
    if type(part) in _NODES.values():
        return {type(part).__name__: [_packed(one) for one in part]}
    return [_packed(one) for one in part] if isinstance(part, tuple) else part


def _unpacked(part: Any) -> Any:
    if isinstance(part, dict):
        [(name, parts)] = part.items()
        return _NODES[name](*map(_unpacked, parts))
    return tuple(map(_unpacked, part)) if isinstance(part, list) else part
