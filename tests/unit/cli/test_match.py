"""`repartee match`: rules from a folder, a YAML file or lines, against texts line by line."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli.match import match
from tests.conftest import ROOT
from tests.small_playbook import change, written

app = typer.Typer()
app.command()(match)


def run(rules: Path, *lines: Any) -> tuple[int, list[Any], str]:
    """The status, the answers, and what was said on stderr."""
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    result = CliRunner().invoke(app, [str(rules), "-"], input=text)
    return (
        result.exit_code,
        [json.loads(line) for line in result.stdout.splitlines()],
        result.stderr,
    )


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "rules.txt"
    path.write_text(
        "# leaks\nleak: 漏水 NEAR/5 杯\n\nbig: followers:>1000\nshop: channel:shop\n", "utf-8"
    )
    return path


def test_lines_are_rules_and_their_order_is_kept(lines: Path) -> None:
    status, answers, said = run(
        lines,
        {"id": 1, "text": "杯子又漏水了", "followers": 5000, "channel": "Shop"},
        {"id": "two", "text": "茶", "followers": None},
    )
    assert (status, said) == (0, "")
    assert answers == [{"id": 1, "rules": ["leak", "big", "shop"]}, {"id": "two", "rules": []}]


def test_bad_lines_are_named_and_the_rest_goes_on(lines: Path) -> None:
    status, answers, said = run(
        lines,
        "{",
        {"id": 2},
        {"id": 3, "text": "漏水杯", "followers": True},
        {"id": 4, "text": "漏水的杯", "hashtags": [1]},
        [],
        {"id": 6, "text": "漏水的杯"},
    )
    assert status == 1
    assert answers == [{"id": 6, "rules": ["leak"]}]
    for expected in ("line 1: not JSON", "line 2: no text", "line 3: followers is no whole number",
                     "line 4: hashtags is no list of texts", "line 5: not an object"):  # fmt: skip
        assert expected in said


def test_a_yaml_file_needs_ids_and_queries_alone(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("rules:\n  - id: tag\n    query: hashtag:茶\n    priority: 1\n", "utf-8")
    status, answers, _ = run(path, {"id": 1, "text": "好", "hashtags": ["茶"]})
    assert (status, answers) == (0, [{"id": 1, "rules": ["tag"]}])


def test_a_text_is_read_where_a_rule_asks_how_it_feels(tmp_path: Path) -> None:
    path = tmp_path / "rules.txt"
    path.write_text("unhappy: sentiment:negative\n", "utf-8")
    _, answers, _ = run(
        path, {"id": 1, "text": "太难喝了，垃圾"}, {"id": 2, "text": "好喝，很喜欢"}
    )
    assert [answer["rules"] for answer in answers] == [["unhappy"], []]


def test_a_playbook_is_a_folder_of_rules() -> None:
    status, answers, _ = run(
        ROOT / "playbooks" / "xiaoman",
        {"id": 1, "text": "保温杯漏水了，包里全湿", "channel": "line"},
    )
    assert status == 0
    assert answers[0]["rules"][0] == "lid-defect"


def test_a_rule_of_a_playbook_matches_in_its_scope_alone(tmp_path: Path) -> None:
    folder = written(tmp_path)
    scope = "scope: {channels: [line], languages: [zh-Hans]}"
    change(folder, "rules.yaml", "    query: 几点", f"    {scope}\n    query: 几点")
    change(folder, "rules.yaml", '[幾點開門, "What time do you open?"]', "[几点开门]")
    text = "几点开门"
    _, answers, _ = run(
        folder,
        {"id": 1, "text": text, "channel": "LINE"},
        {"id": 2, "text": text, "channel": "wechat"},
        {"id": 3, "text": "what time?", "channel": "line"},
    )
    assert [answer["rules"] for answer in answers] == [["hours"], [], []]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("r.txt", "a: 漏水 杯子\nb 茶\n", "r.txt:1: rule a: query, column 5"),
        ("r.txt", "a: 漏水 杯子\nb 茶\n", "r.txt:2: not id: query"),
        ("r.txt", "a: b\na: c\n", "r.txt:2: a names 2 rules"),
        ("r.txt", "# nothing\n", "r.txt: holds no rule"),
        ("r.yaml", "rules:\n  - id: a\n", "r.yaml:2: a rule has an id and a query"),
        ("r.yaml", "rules:\n  - id: a\n    query: (b\n", "r.yaml:3: rule a: query, column 3"),
        ("r.yaml", "name: x\n", "r.yaml:1: a file of rules begins with rules:"),
    ],
)
def test_rules_that_cannot_be_read_end_it_with_what_is_wrong(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    status, answers, error = run(tmp_path / name, {"id": 1, "text": "茶"})
    assert (status, answers) == (2, [])
    assert said in " ".join(error.split())


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    status, _, said = run(tmp_path / "none.txt", {"id": 1, "text": "茶"})
    assert status == 2
    assert "No such file" in said
