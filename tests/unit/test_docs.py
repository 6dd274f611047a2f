"""What the documents say is so: states, commands, paths, names, labels, secrets."""

import ast
import json
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import typer
from typer.core import TyperGroup

from cli.commands import app
from desk import approval, escalation, ladder, outbound
from desk.channels import PLATFORMS, platform
from desk.escalation import Escalation, Matter
from desk.pages.texts import en, zh_hans
from desk.playbook import Playbook, Policy, Step
from tests.conftest import ROOT
from tests.records import BOOK

DOCS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
NOW = datetime(2026, 11, 22, tzinfo=UTC)

every_document = pytest.mark.parametrize("document", DOCS, ids=lambda path: str(path.name))


def fences(text: str) -> list[str]:
    """The blocks of code of a page."""
    return re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)


def spans(text: str) -> list[str]:
    """The pieces of code within its sentences."""
    prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]


def diagrams() -> list[set[tuple[str, str]]]:
    """The arrows of each diagram of states."""
    found = fences((ROOT / "docs/states.md").read_text("utf-8"))
    arrows = re.compile(r"^ +(\S+) --> ([^:\s]+)", re.MULTILINE)
    return [set(arrows.findall(block)) for block in found]


def test_the_diagram_of_an_answer_has_every_move_and_no_other() -> None:
    drawn = diagrams()[0]
    moves = {(one, other) for one, others in outbound.MOVES.items() for other in others}
    begins = {("[*]", state) for state in get_args(get_type_hints(outbound.drafted)["state"])}
    ends = {(state, "[*]") for state, others in outbound.MOVES.items() if not others}
    assert drawn == moves | begins | ends


def opened() -> Escalation:
    """An escalation that has just begun."""
    matter = Matter(brand="b", kind="help", cause="c", at=NOW)
    policies = {"default": Policy(steps=(Step(ask=("lin",), wait_minutes=5),))}
    return escalation.opened(matter, "e", policies, "t")


def reached(before: Escalation, playbook: Playbook) -> Iterator[str]:
    """The states that an escalation can be brought to: by deciding, by waiting, by its cause."""
    link = approval.Approval(
        hash="h", brand="b", escalation="e", approver="lin", made_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )  # fmt: skip
    for action in approval.ACTIONS:
        form = approval.Form(action, to="olena")
        verdict = approval.decide(
            form, link, before, None, BOOK, limit=9, length=0, token="u", now=NOW
        )
        if verdict.escalation is not None:
            yield verdict.escalation.state
        if verdict.to:
            yield escalation.handed_on(before, verdict.to, "u", NOW).then.state
    if move := escalation.next_move(before, playbook, "u", NOW):
        yield move.then.state
    if escalation.reopens(before, before.matter, NOW):
        yield "open"


def test_the_diagram_of_a_matter_has_every_way_and_no_other(playbook: Playbook) -> None:
    start = opened()
    ways: set[tuple[str, str]] = {("[*]", start.state)}
    taken = escalation.settled(start, "acknowledged", "lin", "", "u", NOW)
    done = escalation.settled(start, "resolved", "lin", "", "u", NOW)
    for before in (start, taken, done):
        ways |= {
            (before.state, after) for after in reached(before, playbook) if after != before.state
        }
    assert {one for one, _ in ways} == {"[*]", *get_args(escalation.State)}
    assert diagrams()[1] == ways


def test_the_diagram_of_a_rule_has_every_way_that_needs_no_person(playbook: Playbook) -> None:
    drawn = {("[*]", ladder.place(rule, playbook, NOW, None).rung)
             for rule in playbook.rules if ladder.climbs(rule)}  # fmt: skip
    for rung in ladder.RUNGS:
        first = ladder.Change(rung=rung, at=NOW, by="lin", why="")
        there = ladder.Standing(rule="r", version="v", rung=rung, changes=(first,))
        enough = there.model_copy(update={"matched": ladder.MATCHES, "agreed": ladder.DECIDED})
        up = ladder.place(playbook.rules[0], playbook, NOW + ladder.LISTENS, enough)
        down = ladder.marked_wrong(there, "m", "lin", "", NOW)
        drawn |= {(rung, after.rung) for after in (up, down) if after.rung != rung}
    assert diagrams()[2] == drawn


def commands(group: TyperGroup, path: str = "repartee") -> Iterator[tuple[str, Any]]:
    """Every command of the command line, groups included, by what is typed for it."""
    for name, one in group.commands.items():
        yield f"{path} {name}", one
        if isinstance(one, TyperGroup):
            yield from commands(one, f"{path} {name}")


def command_line() -> TyperGroup:
    """The whole of it."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return group


def called(line: str) -> list[str]:
    """The words of the `repartee` command in a line of code, or none."""
    found = re.search(r"(?:^|[\s/])repartee( .*)?$", line)
    return shlex.split(found[1] or "", comments=True) if found else []


COMMANDS = {"repartee": command_line(), **dict(commands(command_line()))}


@every_document
def test_every_command_that_is_named_exists_with_its_options(document: Path) -> None:
    text = document.read_text("utf-8")
    lines = [*spans(text), *(line for block in fences(text) for line in block.splitlines())]
    for line in lines:
        words, path = called(line), "repartee"
        while words and isinstance(COMMANDS[path], TyperGroup):
            path = f"{path} {words.pop(0)}"
            assert path in COMMANDS, line
        known = {option for one in COMMANDS[path].params for option in one.opts}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_the_readme_lists_every_command() -> None:
    named = re.findall(r"^\| `(repartee [^`]+)` \|", (ROOT / "README.md").read_text("utf-8"), re.M)
    assert sorted(named) == sorted(
        path for path, one in COMMANDS.items() if not isinstance(one, TyperGroup)
    )


@every_document
def test_every_path_and_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text("utf-8")
    ours = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    for span in spans(text):
        if span.partition("/")[0] in ours and not re.search(r"\s", span):
            pattern = re.sub(r"<[^>]*>", "*", span).rstrip("/")
            assert list(ROOT.glob(pattern)), span
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        assert "://" in link or (document.parent / link).exists(), link


@every_document
def test_every_name_of_the_template_is_in_the_template(
    document: Path, template: dict[str, Any]
) -> None:
    text = document.read_text("utf-8")
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    written = (ROOT / "template.yaml").read_text("utf-8")
    paths = re.findall(r"(?:parameter|Name: !Sub )(/repartee/\S+)", written)
    read_by_tests = (ROOT / "tests/conftest.py").read_text("utf-8")
    for span in [*spans(text), *re.findall(r"(?<= )/repartee/\S+", text)]:
        if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", span):
            assert span in variables or f'"{span}"' in read_by_tests, span
        if span.startswith("/repartee/"):
            path = re.sub(r"^/repartee/[^/]+", "/repartee/${Stage}", span.strip("`"))
            assert any(fnmatch(path, pattern) for pattern in paths), span
    for output in re.findall(r"outputs? `(\w+)`", " ".join(text.split())):
        assert output in template["Outputs"], output


def test_the_engineers_page_has_every_parameter_variable_and_alarm(
    template: dict[str, Any],
) -> None:
    text = (ROOT / "docs/engineer.md").read_text("utf-8")
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    wanted = {*template["Parameters"], *(name for name in variables if "POWERTOOLS" not in name)}
    assert wanted <= set(spans(text))
    table = text[text.index("| alarm |") : text.index("## Dead letters")]
    alarms = {
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == alarms


@every_document
def test_python_in_the_documents_imports_what_there_is(document: Path) -> None:
    for block in re.findall(r"```python\n(.*?)```", document.read_text("utf-8"), re.DOTALL):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom):
                names = {alias.name for alias in node.names}
                assert names <= set(dir(import_module(node.module or ""))), node.module


def channel_page(name: str) -> str:
    """The page about a platform."""
    return (ROOT / f"docs/channels/{name}.md").read_text("utf-8")


@pytest.mark.parametrize("name", PLATFORMS)
def test_the_secrets_of_a_channel_are_those_that_its_platform_reads(name: str) -> None:
    module = platform(name)
    given = {
        kind: json.loads(text)
        for kind, text in re.findall(
            r'`(hooks|tokens|reads)` \| `(\{"platform".*?\})`', channel_page(name)
        )
    }
    for kind, fields in ("hooks", module.HOOKS), ("tokens", module.TOKENS), ("reads", module.READS):
        assert (kind in given) == bool(fields)
        if kind in given:
            named = {field.removesuffix("?") for field in fields}
            needed = {field for field in fields if not field.endswith("?")}
            assert needed <= set(given[kind]) - {"platform"} <= named
            assert given[kind]["platform"] == name


@pytest.mark.parametrize("name", PLATFORMS)
def test_the_longest_texts_of_a_channel_are_its_platforms(name: str) -> None:
    for manner in platform(name).RULES.ways.values():
        for limit in manner.limits:
            assert f"{limit.most:,}" in channel_page(name)


@pytest.mark.parametrize("name", PLATFORMS)
def test_the_list_of_channels_has_a_row_for_each_platform(name: str) -> None:
    assert f"](channels/{name}.md)" in (ROOT / "docs/channels.md").read_text("utf-8")


def test_the_approvers_page_quotes_the_labels_that_approvers_see() -> None:
    english, chinese = (ROOT / "docs/approver.md").read_text("utf-8").split("\n# 给审批人")
    for text, labels in ((english, en.TEXTS.values()), (chinese, zh_hans.TEXTS.values())):
        quoted = re.findall(r"\*\*(.+?)\*\*", text)
        assert quoted
        assert [label for label in quoted if label not in labels] == []
