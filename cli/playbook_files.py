"""A playbook from its folder of YAML files: read, checked, tried on its examples, and versioned."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from cli import lined_yaml
from cli.playbook_words import FOLLOWING, SECTIONS, in_words, place_of, told_once
from desk.compiled import compiled
from desk.language import understander
from desk.playbook import Playbook
from desk.playbook.checks import findings
from desk.playbook.packed import MOST, packed
from desk.playbook.part import Finding, Place
from desk.playbook.references import ID
from desk.playbook.trials import trials

MAX_FILE = 1024 * 1024
"""Bytes of one file: a thousand rules with their examples are half of it."""

_OF = {"rule": "rules", "script": "scripts", "watch": "watches"}
_MISSING = re.compile(r"(rule|watch|policy|rota) ([^:]+): (?:no (script|policy))?")


class Problem(NamedTuple):
    """Something wrong in a file, and what would be right. Lines count from 1; 0 is no line."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.message}"


class PlaybookError(Exception):
    """A folder that holds no valid playbook; `problems` has all that was found."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class Checked(NamedTuple):
    """A valid playbook, and what its people should know about it."""

    playbook: Playbook
    warnings: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def load(folder: Path) -> Playbook:
    """The playbook in the `*.yaml` files of `folder`, as `check` finds it today."""
    return check(folder, datetime.now(UTC).date()).playbook


def check(folder: Path, today: date) -> Checked:
    """The playbook in the `*.yaml` files of `folder`, whose name is the brand's id.

    Each file holds some of SECTIONS; lists of one section in several files add up. Every rule is
    tried on its own examples with the real reader. Raises PlaybookError with all that is wrong, as
    far as one fault does not hide another.
    """
    draft = _read(folder)
    _stop_if_wrong(draft)
    playbook = _validated(draft)
    _note(draft, findings(playbook, today))
    _stop_if_wrong(draft)
    _note(draft, trials(playbook, understander(playbook.dictionary)))
    _stop_if_wrong(draft)
    queries = compiled(rule.query for rule in playbook.rules)
    made = playbook.model_copy(update={"version": version_of(playbook), "compiled": queries})
    if (size := len(packed(made))) > MOST:
        message = (
            f"is {size // 1000} KB when packed, of at most {MOST // 1000}: leave something out"
        )
        raise PlaybookError([Problem(draft.folder, 0, message)])
    return Checked(made, tuple(sorted(draft.warnings)), tuple(sorted(draft.notes)))


def version_of(playbook: Playbook) -> str:
    """The name of a playbook's content. What a later code adds, with its default, changes none."""
    content = playbook.model_dump(
        mode="json", exclude={"version", "compiled"}, exclude_defaults=True
    )
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()[:12]


@dataclass
class _Draft:
    """What the files say so far, where each piece stands, and what is wrong."""

    folder: str
    sections: dict[str, Any] = field(default_factory=dict)
    lines: dict[Place, tuple[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def _at(draft: _Draft, place: Place, message: str) -> Problem:
    """What is told on the line of `place`, or of the nearest thing around it that has one."""
    while place and place not in draft.lines:
        place = place[:-1]
    return Problem(*draft.lines.get(place, (draft.folder, 0)), message)


def _note(draft: _Draft, found: Iterable[Finding]) -> None:
    lists = {"problem": draft.problems, "warning": draft.warnings, "note": draft.notes}
    for one in found:
        lists[one.weight].append(_at(draft, one.place, one.message))


def _stop_if_wrong(draft: _Draft) -> None:
    if draft.problems:
        raise PlaybookError(draft.problems)


def _read(folder: Path) -> _Draft:
    draft = _Draft(folder.resolve().name)
    if not ID.fullmatch(draft.folder):
        message = "a folder is named for its brand: small letters, digits and hyphens"
        draft.problems.append(Problem(draft.folder, 0, message))
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        message = f"no *.yaml files: {folder} is no folder of a playbook"
        draft.problems.append(Problem(draft.folder, 0, message))
    for path in sorted(folder.glob("*.yml")):
        message = f"is not read: files end in .yaml, so call it {path.stem}.yaml"
        draft.problems.append(Problem(path.name, 0, message))
    for path in paths:
        try:
            text = _text(path)
        except ValueError as error:
            draft.problems.append(Problem(path.name, 0, str(error)))
            continue
        content = lined_yaml.read(text)
        draft.problems += [Problem(path.name, *fault) for fault in content.faults]
        if content.faults:
            continue
        if isinstance(content.value, dict):
            _add(draft, path.name, content)
        else:
            message = f"begins with one of {', '.join(f'{name}:' for name in SECTIONS)}"
            draft.problems.append(Problem(path.name, 1, f"a file of a playbook {message}"))
    return draft


def _text(path: Path) -> str:
    """What a file says. Raises ValueError, in words, where that is nothing."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise ValueError(f"is larger than {MAX_FILE // 1024} KB: split it into several files")
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}: save it as UTF-8") from None
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None


def _add(draft: _Draft, file: str, content: lined_yaml.Lined) -> None:
    """Adds what one file says to the draft: lists to lists, names to names."""
    moved: dict[str, int] = {}
    for name, value in content.value.items():
        before = draft.sections.get(name)
        match before, value:
            case None, _:
                draft.sections[name] = value
            case list(), list():
                moved[name] = len(before)
                draft.sections[name] = before + value
            case dict(), dict():
                for twice in before.keys() & value.keys():
                    line = content.lines[name, twice]
                    other, first = draft.lines[name, twice]
                    message = f"{name}: {twice} comes twice, first in {other}, line {first}"
                    draft.problems.append(Problem(file, line, message))
                draft.sections[name] = value | before
            case _:
                other, first = draft.lines[(name,)]
                message = f"{name} comes twice, first in {other}, line {first}"
                draft.problems.append(Problem(file, content.lines[(name,)], message))
    for place, line in content.lines.items():
        match place:
            case (str(name), int(number), *rest):
                place = (name, number + moved.get(name, 0), *rest)
        draft.lines.setdefault(place, (file, line))


def _validated(draft: _Draft) -> Playbook:
    fields = draft.sections | {"brand": draft.folder, "version": ""}
    for name in FOLLOWING:
        if name in draft.sections:
            message = f"{name} is not written here: it follows from the folder"
            draft.problems.append(_at(draft, (name,), message))
    try:
        playbook = Playbook.model_validate(fields)
    except ValidationError as error:
        for details in told_once(error.errors()):
            if details["loc"]:
                draft.problems.append(_at(draft, place_of(details), in_words(details)))
            else:
                for message in details["msg"].removeprefix("Value error, ").split("; "):
                    draft.problems.append(_at(draft, _place_of(draft, message), message))
        raise PlaybookError(draft.problems) from None
    _stop_if_wrong(draft)
    return playbook


def _place_of(draft: _Draft, message: str) -> Place:
    """Where the thing stands that the playbook's own check speaks of."""
    found = _MISSING.match(message)
    if found is None:
        return ("policies",)
    kind, name, key = found.groups()
    if kind == "policy":
        return ("policies", name, "steps")
    if kind == "rota":
        return ("rotas", name)
    section = _OF[kind]
    numbers = (n for n, part in enumerate(draft.sections[section]) if part.get("id") == name)
    return (section, next(numbers, 0), key or "action")
