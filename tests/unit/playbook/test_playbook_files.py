"""A playbook from its files: what is read, and what a mistake is told."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.playbook import app
from cli.playbook_files import load
from tests.small_playbook import FILES, change, problems


def test_files_of_a_folder_make_one_playbook_named_for_it(folder: Path) -> None:
    playbook = load(folder)
    assert (playbook.brand, playbook.name) == ("tea", "茶 Tea")
    assert [rule.id for rule in playbook.rules] == ["hours", "leak"]
    assert playbook.script("hours") is not None


def test_the_version_follows_from_the_content_alone(folder: Path) -> None:
    first = load(folder).version
    assert len(first) == 12
    assert int(first, 16) >= 0
    change(folder, "brand.yaml", "name: 茶 Tea\n", "# ours\nname:   '茶 Tea'\n")
    (folder / "scripts.yaml").rename(folder / "answers.yaml")
    assert load(folder).version == first
    change(folder, "answers.yaml", "Ten to ten.", "Ten to nine.")
    assert load(folder).version != first


def test_lists_of_several_files_add_up_and_keep_their_lines(folder: Path) -> None:
    more = FILES["rules.yaml"].replace("id: hours", "id: open").replace("id: leak", "id: drip")
    (folder / "rules-more.yaml").write_text(more, "utf-8")
    assert [rule.id for rule in load(folder).rules] == ["open", "drip", "hours", "leak"]
    change(folder, "rules.yaml", "priority: 900", "priority: high")
    [problem] = problems(folder)
    assert problem.startswith("rules.yaml:14: priority: ")


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        pytest.param(
            "brand.yaml",
            "name: 茶 Tea\n",
            "name: 茶 Tea\nname: Tea\n",
            "brand.yaml:2: name comes twice, first on line 1",
            id="a key twice",
        ),
        pytest.param(
            "scripts.yaml",
            "scripts:\n",
            "name: Tea\nscripts:\n",
            "scripts.yaml:1: name comes twice, first in brand.yaml, line 1",
            id="a section twice",
        ),
        pytest.param(
            "brand.yaml",
            "accounts: {line: U-own}",
            "approvers: {lin: {name: Lin}}",
            "people.yaml:2: approvers: lin comes twice, first in brand.yaml, line 3",
            id="a name twice",
        ),
        pytest.param(
            "brand.yaml",
            "name: 茶 Tea\n",
            "name: 茶 Tea\nversion: 3\n",
            "brand.yaml:2: version is not written here: it follows from the folder",
            id="what is not ours to say",
        ),
        pytest.param(
            "brand.yaml",
            "name: 茶 Tea",
            "name: [茶",
            "brand.yaml:2: not YAML: expected ',' or ']', but got ':'",
            id="no YAML",
        ),
        pytest.param(
            "brand.yaml",
            "name: 茶 Tea",
            "name: *tea",
            "brand.yaml:1: not YAML: * begins an alias: quote it",
            id="an alias",
        ),
        pytest.param(
            "brand.yaml",
            "name: 茶 Tea",
            "name: !!python/object:os.system x",
            "brand.yaml:1: ! begins a type of YAML's own: quote it",
            id="an object",
        ),
        pytest.param(
            "brand.yaml",
            "dictionary: [云朵杯]",
            "dictionery: [云朵杯]",
            "brand.yaml:4: dictionery is not known here; one of name, ",
            id="a section that is none",
        ),
        pytest.param(
            "rules.yaml",
            "    risk: severe\n",
            "    risc: severe\n",
            "rules.yaml:16: risc is not known here; one of id, query, ",
            id="a key that is none",
        ),
        pytest.param(
            "rules.yaml",
            "    action: answer\n",
            "    action: reply\n",
            "rules.yaml:6: 'reply' will not do: should be 'answer', 'escalate', 'record' or "
            "'ignore'",
            id="a value that is none",
        ),
        pytest.param(
            "rules.yaml",
            "    category: lid\n",
            "",
            "rules.yaml:11: category is missing",
            id="something missing",
        ),
        pytest.param(
            "scripts.yaml",
            "      en: [Ten to ten.]",
            "      fr: [De dix à dix.]",
            "scripts.yaml:5: 'fr' will not do: should be 'zh-Hans', 'zh-Hant', 'yue', 'en', 'uk', "
            "'ru', 'ja' or 'other'",
            id="a language that is none",
        ),
        pytest.param(
            "rules.yaml",
            "    script: hours\n",
            "    script: ours\n",
            "rules.yaml:7: rule hours: no script ours",
            id="a script that is not there",
        ),
        pytest.param(
            "rules.yaml",
            "    script: hours\n",
            "",
            "rules.yaml:6: rule hours: action answer needs a script",
            id="an answer without a script",
        ),
        pytest.param(
            "people.yaml",
            "ask: [lin]",
            "ask: [yu]",
            "people.yaml:5: policy default: no approver yu",
            id="an approver who is not there",
        ),
        pytest.param(
            "people.yaml",
            "  default:",
            "  usual:",
            "people.yaml:3: policies: one must be called default",
            id="no default policy",
        ),
        pytest.param(
            "rules.yaml",
            "query: 几点开门 OR",
            "query: 几点开门 AND OR",
            "rules.yaml:3: rule hours: query, column 10: OR cannot stand here: a word, a phrase or "
            "field:value is expected",
            id="a bad query",
        ),
        pytest.param(
            "rules.yaml",
            "id: leak",
            "id: hours",
            "rules.yaml:11: hours names 2 rules: one may have it",
            id="an id twice",
        ),
        pytest.param(
            "rules.yaml",
            "id: leak",
            "id: Leak it",
            "rules.yaml:11: 'Leak it': an id has small letters, digits and hyphens",
            id="no id",
        ),
        pytest.param(
            "rules.yaml",
            "action: escalate",
            "action: record",
            "rules.yaml:15: rule leak: what is severe goes to a person, so action is escalate",
            id="severe and recorded",
        ),
        pytest.param(
            "scripts.yaml",
            "Ten to ten.",
            "Ten to ten for $5.",
            "scripts.yaml:5: script hours: a $ begins $author or $brand; write a price without it",
            id="a price in dollars",
        ),
        pytest.param(
            "scripts.yaml",
            "Ten to ten.",
            "Hello $name",
            "scripts.yaml:5: script hours: no $name: there is $author and $brand",
            id="a variable that is none",
        ),
        pytest.param(
            "scripts.yaml",
            "Ten to ten.",
            "Hi $author",
            "scripts.yaml:5: script hours: en needs a variant without $author, for names we "
            "cannot repeat",
            id="only with a name",
        ),
        pytest.param(
            "scripts.yaml",
            "zh-Hans:",
            "zh-Hant:",
            "scripts.yaml:3: script hours: needs zh-Hans, the brand's first language",
            id="the first language missing",
        ),
        pytest.param(
            "brand.yaml",
            "languages: [zh-Hans, en]",
            "languages: []",
            "brand.yaml:2: languages needs at least one, the preferred one first",
            id="no language",
        ),
        pytest.param(
            "brand.yaml",
            "name: 茶 Tea",
            "name: $brand",
            "brand.yaml:1: name is what people read in answers: it is not empty and has no $",
            id="a name with a variable",
        ),
    ],
)
def test_a_mistake_is_told_its_file_and_line(
    folder: Path, file: str, old: str, new: str, problem: str
) -> None:
    change(folder, file, old, new)
    assert any(told.startswith(problem) for told in problems(folder))


def test_examples_are_tried(folder: Path) -> None:
    change(folder, "rules.yaml", "[杯子漏水]", "[杯子漏水, 杯子真好]")
    change(folder, "rules.yaml", "leave: [今天好冷]", "leave: ['今天幾點開門？']")
    second, first = sorted(problems(folder))
    assert first.startswith("rules.yaml:18: rule leak does not match '杯子真好', read as zh-Han")
    assert second.startswith("rules.yaml:10: rule hours does match '今天幾點開門？', read as zh-")


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    change(folder, "rules.yaml", "几点开门", "(几点开门")
    change(folder, "rules.yaml", "id: leak", "id: LEAK")
    change(folder, "scripts.yaml", "Ten to ten.", "$x")
    assert len(problems(folder)) == 3


def test_what_yaml_would_take_for_something_else_is_text(folder: Path) -> None:
    change(folder, "rules.yaml", "leave: [今天好冷]", "leave: [no, yes, 12:30, 2025-11-04, on]")
    assert load(folder).rules[0].examples.leave == ("no", "yes", "12:30", "2025-11-04", "on")


def test_a_number_where_text_belongs_is_told_so(folder: Path) -> None:
    change(folder, "rules.yaml", "leave: [今天好冷]", "leave: [12]")
    assert problems(folder) == ["rules.yaml:10: leave: should be a valid string, and is 12"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff\xfe", "bad.yaml: not UTF-8 at byte 0"),
        (b"- a\n", "bad.yaml:1: a file of a playbook begins with one of name:, "),
        (b"", "bad.yaml:1: a file of a playbook begins with"),
        (b"name: Tea\n\x07", "bad.yaml:2: U+0007 is no character of a text"),
        (b"a: " + b"[" * 1000, "bad.yaml:1: nested too deeply"),
    ],
)
def test_a_file_that_is_none_of_a_playbook(folder: Path, content: bytes, problem: str) -> None:
    (folder / "bad.yaml").write_bytes(content)
    [told] = problems(folder)
    assert told.startswith(problem)


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    [problem] = problems(tmp_path / "nothing")
    assert problem.startswith("nothing: no *.yaml files")
    (tmp_path / "Tea Shop").mkdir()
    assert problems(tmp_path / "Tea Shop")[0].startswith("Tea Shop: a folder is named for its")


def test_check_says_that_a_playbook_is_valid(folder: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(folder)])
    assert result.exit_code == 0
    assert result.stdout == (
        f"tea is valid, version {load(folder).version}: 2 rules, 5 examples, 1 scripts, "
        "1 policies, 1 approvers, 0 watches, 0 events\n"
    )
    facts = json.loads(CliRunner().invoke(app, ["check", str(folder), "--json"]).stdout)
    assert (facts["valid"], facts["brand"], facts["rules"], facts["problems"]) == (
        True,
        "tea",
        2,
        [],
    )


def test_check_names_each_problem_and_fails(folder: Path) -> None:
    change(folder, "rules.yaml", "    script: hours\n", "    script: ours\n")
    result = CliRunner().invoke(app, ["check", str(folder)])
    assert result.exit_code == 1
    assert result.stderr == "rules.yaml:7: rule hours: no script ours\n1 problem\n"
    result = CliRunner().invoke(app, ["check", str(folder), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "valid": False,
        "problems": [
            {"file": "rules.yaml", "line": 7, "message": "rule hours: no script ours"},
        ],
    }
