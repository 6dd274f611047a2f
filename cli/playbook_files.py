"""A playbook from its folder of YAML files: read, tried on its own examples, and versioned."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cli import lined_yaml
from cli.lined_yaml import Place
from desk.compiled import compiled
from desk.conditions import QueryError, matches, subject
from desk.language import reader
from desk.playbook import (
    Approver,
    Crisis,
    Examples,
    Part,
    Playbook,
    Policy,
    Rule,
    Script,
    Step,
    Watch,
)
from desk.query import parse

FOLLOWING = ("brand", "version", "compiled")
SECTIONS = tuple(name for name in Playbook.model_fields if name not in FOLLOWING)
"""What the files may hold: `brand` is the name of the folder, the others follow from the rest."""

VARIABLES = {"author", "brand"}
"""What a script may have filled in."""

_PARTS: dict[str, type[Part]] = {
    "rules": Rule,
    "examples": Examples,
    "scripts": Script,
    "policies": Policy,
    "steps": Step,
    "approvers": Approver,
    "watches": Watch,
    "crisis": Crisis,
}
_OF = {"rule": "rules", "script": "scripts", "watch": "watches"}
_MISSING = re.compile(r"(rule|watch|policy) ([^:]+): (?:no (script|policy))?")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


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


def load(folder: Path) -> Playbook:
    """The playbook in the `*.yaml` files of `folder`, whose name is the brand's id.

    Each file holds some of SECTIONS; lists of one section in several files add up. Every rule is
    tried on its own examples with the real reader. Raises PlaybookError with all that is wrong, as
    far as one fault does not hide another.
    """
    draft = _read(folder)
    _stop_if_wrong(draft)
    playbook = _validated(draft)
    for check in (_faults, _failed_examples):
        for place, message in check(playbook):
            _report(draft, place, message)
        _stop_if_wrong(draft)
    content = playbook.model_dump(mode="json", exclude={"version", "compiled"})
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    version = sha256(canonical.encode()).hexdigest()[:12]
    queries = compiled(rule.query for rule in playbook.rules)
    return playbook.model_copy(update={"version": version, "compiled": queries})


@dataclass
class _Draft:
    """What the files say so far, where each piece stands, and what is wrong."""

    folder: str
    sections: dict[str, Any] = field(default_factory=dict)
    lines: dict[Place, tuple[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def _report(draft: _Draft, place: Place, message: str) -> None:
    """Notes a problem on the line of `place`, or of the nearest thing around it that has one."""
    while place and place not in draft.lines:
        place = place[:-1]
    file, line = draft.lines.get(place, (draft.folder, 0))
    draft.problems.append(Problem(file, line, message))


def _stop_if_wrong(draft: _Draft) -> None:
    if draft.problems:
        raise PlaybookError(draft.problems)


def _read(folder: Path) -> _Draft:
    draft = _Draft(folder.resolve().name)
    if not _ID.fullmatch(draft.folder):
        _report(draft, (), "a folder is named for its brand: small letters, digits and hyphens")
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        _report(draft, (), f"no *.yaml files: {folder} is no folder of a playbook")
    for path in paths:
        try:
            text = path.read_text("utf-8-sig")
        except UnicodeDecodeError as error:
            draft.problems.append(Problem(path.name, 0, f"not UTF-8 at byte {error.start}"))
            continue
        content = lined_yaml.read(text)
        draft.problems += [Problem(path.name, *fault) for fault in content.faults]
        if isinstance(content.value, dict):
            _add(draft, path.name, content)
        elif not content.faults:
            message = f"begins with one of {', '.join(f'{name}:' for name in SECTIONS)}"
            draft.problems.append(Problem(path.name, 1, f"a file of a playbook {message}"))
    return draft


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
            _report(draft, (name,), f"{name} is not written here: it follows from the folder")
    try:
        playbook = Playbook.model_validate(fields)
    except ValidationError as error:
        for details in error.errors():
            if details["type"] == "too_short" and details["input"]:
                continue  # its members are wrong, which is told apart
            if details["loc"]:
                _report(draft, details["loc"], _in_words(details))
            else:
                for message in details["msg"].removeprefix("Value error, ").split("; "):
                    _report(draft, _place_of(draft, message), message)
        raise PlaybookError(draft.problems) from None
    _stop_if_wrong(draft)
    return playbook


def _in_words(error: ErrorDetails) -> str:
    place = tuple(part for part in error["loc"] if part != "[key]")
    names = [part for part in place if isinstance(part, str)]
    name = names[-1]
    match error["type"]:
        case "missing":
            return f"{name} is missing"
        case "extra_forbidden":
            part = next((_PARTS[outer] for outer in names[-2::-1] if outer in _PARTS), None)
            known = part.model_fields if part and len(names) > 1 else SECTIONS
            return f"{name} is not known here; one of {', '.join(known)} is"
        case "literal_error":
            return f"{error['input']!r} will not do: {error['msg'].removeprefix('Input ')}"
    return f"{name}: {error['msg'].removeprefix('Input ')}, and is {error['input']!r}"


def _place_of(draft: _Draft, message: str) -> Place:
    """Where the thing stands that the playbook's own check speaks of."""
    found = _MISSING.match(message)
    if found is None:
        return ("policies",)
    kind, name, key = found.groups()
    if kind == "policy":
        return ("policies", name, "steps")
    section = _OF[kind]
    numbers = (n for n, part in enumerate(draft.sections[section]) if part.get("id") == name)
    return (section, next(numbers, 0), key or "action")


def _faults(playbook: Playbook) -> Iterator[tuple[Place, str]]:
    """What the shape of the data does not show."""
    if not playbook.languages:
        yield ("languages",), "languages needs at least one, the preferred one first"
    if "$" in playbook.name or not playbook.name.strip():
        yield ("name",), "name is what people read in answers: it is not empty and has no $"
    parts: dict[str, tuple[Rule | Script | Watch, ...]] = {
        "rules": playbook.rules,
        "scripts": playbook.scripts,
        "watches": playbook.watches,
    }
    for section, members in parts.items():
        times = Counter(member.id for member in members)
        for number, member in enumerate(members):
            place = (section, number, "id")
            if not _ID.fullmatch(member.id):
                yield place, f"{member.id!r}: an id has small letters, digits and hyphens"
            if times[member.id] > 1:
                yield place, f"{member.id} names {times[member.id]} {section}: one may have it"
    for number, rule in enumerate(playbook.rules):
        if rule.risk == "severe" and rule.action != "escalate":
            message = f"rule {rule.id}: what is severe goes to a person, so action is escalate"
            yield ("rules", number, "action"), message
        try:
            parse(rule.query)
        except QueryError as error:
            yield ("rules", number, "query"), f"rule {rule.id}: query, {error}"
    for number, script in enumerate(playbook.scripts):
        for where, message in _faults_of_script(script, playbook):
            yield ("scripts", number, *where), f"script {script.id}: {message}"


def _faults_of_script(script: Script, playbook: Playbook) -> Iterator[tuple[Place, str]]:
    if playbook.languages and not script.variants.get(playbook.languages[0]):
        yield ("variants",), f"needs {playbook.languages[0]}, the brand's first language"
    for language, variants in script.variants.items():
        place: Place = ("variants", language)
        for number, variant in enumerate(variants):
            template = Template(variant)
            if not template.is_valid() or "$$" in variant:
                yield (*place, number), "a $ begins $author or $brand; write a price without it"
            elif unknown := {*template.get_identifiers()} - VARIABLES:
                yield (*place, number), f"no ${min(unknown)}: there is $author and $brand"
            elif not variant.strip():
                yield (*place, number), "an empty answer"
        if all("author" in Template(variant).get_identifiers() for variant in variants):
            yield place, f"{language} needs a variant without $author, for names we cannot repeat"


def _failed_examples(playbook: Playbook) -> Iterator[tuple[Place, str]]:
    read = reader(playbook.dictionary)
    channels = ("", *playbook.accounts)
    for number, rule in enumerate(playbook.rules):
        query = parse(rule.query)
        for kind, texts in (("match", rule.examples.match), ("leave", rule.examples.leave)):
            for position, text in enumerate(texts):
                reading = read(text, "")
                hits = any(matches(query, subject(text, reading, channel)) for channel in channels)
                if hits != (kind == "match"):
                    intents = "+".join(reading.intents) or "nothing"
                    seen = f"{reading.language}, {reading.sentiment}, {intents}"
                    does = "does" if hits else "does not"
                    message = f"rule {rule.id} {does} match {text!r}, read as {seen}"
                    yield ("rules", number, "examples", kind, position), message
