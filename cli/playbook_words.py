"""What pydantic finds wrong with a playbook, in words that say what would be right."""

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from typing import Any, get_args

from pydantic_core import ErrorDetails

from desk.playbook import Part, Playbook
from desk.playbook.part import Place

FOLLOWING = ("brand", "version", "compiled")
SECTIONS = tuple(name for name in Playbook.model_fields if name not in FOLLOWING)
"""What the files may hold: `brand` is the name of the folder, the others follow from the rest."""

LONGEST = 60
"""Characters of a wrong value that are repeated."""

_FORMS = {
    "tuple_type": "a list belongs here, each member on a line of its own behind a hyphen",
    "dict_type": "names belong here, each with its value, as in `name: value`",
    "model_type": "names belong here, each with its value, as in `name: value`",
    "model_attributes_type": "names belong here, each with its value, as in `name: value`",
    "date_from_datetime_parsing": "a day is written as in 2027-02-06",
    "date_parsing": "a day is written as in 2027-02-06",
    "date_type": "a day is written as in 2027-02-06",
    "datetime_from_date_parsing": "a time is written as in 2026-11-10T20:00+08:00",
    "datetime_parsing": "a time is written as in 2026-11-10T20:00+08:00",
    "datetime_type": "a time is written as in 2026-11-10T20:00+08:00",
    "timezone_aware": "a time has its zone, as in 2026-11-10T20:00+08:00",
    "string_pattern_mismatch": "a span of hours is written as in 09:00-18:30",
}
"""What would be right, by the kind of error."""


def place_of(error: ErrorDetails) -> Place:
    """Where the error is, without what pydantic adds to the way there."""
    added = ("[", "(")
    return tuple(one for one in error["loc"] if not str(one).startswith(added))


def told_once(errors: Iterable[ErrorDetails]) -> list[ErrorDetails]:
    """`errors` without those that follow from another: a key that is misspelt is not missing, too,
    and a list with a wrong member is not too short.
    """
    found = [one for one in errors if one["type"] != "too_short" or not one["input"]]
    misspelt = {
        (*place_of(one)[:-1], close)
        for one in found
        if one["type"] == "extra_forbidden" and (close := _meant(one))
    }
    return [one for one in found if one["type"] != "missing" or place_of(one) not in misspelt]


def in_words(error: ErrorDetails) -> str:
    """What is wrong and what would be right, in a line."""
    name = _names(error)[-1]
    kind, found = error["type"], _clipped(error.get("input"))
    match kind:
        case "missing":
            return f"{name} is missing"
        case "extra_forbidden":
            listed = f"{name} is not known here; one of {', '.join(_known(error))} is"
            close = _meant(error)
            return f"{listed}: {close} is meant, perhaps" if close else listed
        case "literal_error":
            return f"{found} will not do: {error['msg'].removeprefix('Input ')}"
        case "value_error":
            return f"{name}: {error['msg'].removeprefix('Value error, ')}"
        case "too_short":
            return f"{name}: at least one belongs here, and there is none"
    if kind in _FORMS:
        return f"{name}: {_FORMS[kind]}, and here is {found}"
    return f"{name}: {error['msg'].removeprefix('Input ')}, and is {found}"


def _names(error: ErrorDetails) -> list[str]:
    return [part for part in place_of(error) if isinstance(part, str)]


def _known(error: ErrorDetails) -> Collection[str]:
    """The keys that belong where an unknown one was found."""
    part: type[Part] = Playbook
    for name in place_of(error)[:-1]:
        if isinstance(name, str) and name in part.model_fields:
            part = next(_parts_of(part.model_fields[name].annotation), part)
    return SECTIONS if part is Playbook else part.model_fields.keys()


def _parts_of(annotation: Any) -> Iterator[type[Part]]:
    """The models that a field's type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for inner in get_args(annotation):
        yield from _parts_of(inner)


def _meant(error: ErrorDetails) -> str:
    close = get_close_matches(_names(error)[-1], _known(error), n=1)
    return close[0] if close else ""


def _clipped(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"
