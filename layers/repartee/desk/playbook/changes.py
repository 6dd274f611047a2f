"""What a new playbook changes: by rule, script, policy and so on, in words."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from desk.playbook import Playbook, Rule
from desk.playbook.trials import does

FOLLOWING = {"brand", "version", "compiled"}
LONGEST = 80
"""Characters of a text that are repeated; of longer ones, where they differ."""

_ONE = {
    "accounts": "account on",
    "approvers": "approver",
    "categories": "category",
    "events": "event",
    "platforms": "platform of",
    "policies": "policy",
    "rotas": "rota",
    "rules": "rule",
    "scripts": "script",
    "voices": "voice on",
    "watches": "watch",
}
"""What one of a section is called."""


class Change(NamedTuple):
    """A piece of a playbook that is new, gone, or says something else."""

    kind: Literal["new", "gone", "changed"]
    what: str
    details: tuple[str, ...]


def changes(old: Playbook | None, new: Playbook) -> tuple[Change, ...]:
    """What `new` says otherwise, in the order of a playbook's sections; all of it without `old`."""
    before, after = (_pieces(old) if old else {}), _pieces(new)
    rules = {f"rule {rule.id}": rule for rule in (*(old.rules if old else ()), *new.rules)}
    found = []
    for what in dict.fromkeys((*before, *after)):
        if what not in before:
            found.append(Change("new", what, _about(what, after[what], rules)))
        elif what not in after:
            found.append(Change("gone", what, _about(what, before[what], rules)))
        elif details := (*_differences(before[what], after[what], ""),):
            found.append(Change("changed", what, details))
    return tuple(found)


def _pieces(playbook: Playbook) -> dict[str, Any]:
    """What a playbook consists of, each by its name; what says nothing is left out."""
    content = playbook.model_dump(mode="json", exclude=FOLLOWING)
    pieces: dict[str, Any] = {}
    for section, value in content.items():
        if section in _ONE:
            named = value.items() if isinstance(value, Mapping) else (
                (one["id"], one) for one in value
            )  # fmt: skip
            pieces |= {f"{_ONE[section]} {name}": one for name, one in named}
        elif value not in (None, [], {}, ""):
            pieces[section] = value
    return pieces


def _about(what: str, value: Any, rules: Mapping[str, Rule]) -> tuple[str, ...]:
    """What a new piece says, in short; of most their name says enough."""
    if rule := rules.get(what):
        return (f"{does(rule)}, at priority {rule.priority}",)
    return (_shown(value),) if what in Playbook.model_fields else ()


def _differences(old: Any, new: Any, path: str) -> Iterator[str]:
    """Where `new` differs from `old`, each with the way there."""
    label = f"{path}: " if path else ""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _differences(old.get(key), new.get(key), f"{path}.{key}".strip("."))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _members(old, new, path, label)
    elif isinstance(old, str) and isinstance(new, str) and max(len(old), len(new)) > LONGEST:
        yield f"{label}{_apart(old, new)}"
    else:
        yield f"{label}{_shown(old)} → {_shown(new)}"


def _members(old: list[Any], new: list[Any], path: str, label: str) -> Iterator[str]:
    simple = not any(isinstance(one, dict | list) for one in (*old, *new))
    if not simple and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True), start=1):
            yield from _differences(one, other, f"{path} {number}".strip())
        return
    added = [f"+ {_shown(one)}" for one in new if one not in old]
    gone = [f"− {_shown(one)}" for one in old if one not in new]
    yield f"{label}{', '.join(added + gone) or 'in another order, or as often'}"


def _apart(old: str, new: str) -> str:
    """Where two long texts differ, between what they begin and end with alike."""
    short = min(len(old), len(new))
    begins = next((at for at in range(short) if old[at] != new[at]), short)
    ends = next(
        (at for at in range(short - begins) if old[-1 - at] != new[-1 - at]), short - begins
    )
    parts = (text[begins : len(text) - ends] for text in (old, new))
    return " → ".join(_shown(part) for part in parts)


def _shown(value: Any) -> str:
    shown = repr(value) if isinstance(value, str) else _plainly(value)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def _plainly(value: Any) -> str:
    return "nothing" if value is None or value in ({}, []) else str(value)
