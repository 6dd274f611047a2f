import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from cli.classify import classify

app = typer.Typer()
app.command()(classify)


def run(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(app, [*arguments], input=stdin)


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_text_of_a_file_gets_a_line(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text(
        '{"id": "a", "text": "杯盖漏水，气死"}\n\n{"id": 2, "text": "Love it"}\n', "utf-8"
    )
    result = run(str(file))
    first, second = answers(result)
    assert result.exit_code == 0
    assert list(first) == [
        "id", "language", "sentiment", "confidence", "intents", "tone", "aspects", "rules",
        "reasons",
    ]  # fmt: skip
    assert (first["id"], first["language"], first["sentiment"]) == ("a", "zh-Hans", "negative")
    assert "complaint" in first["intents"]
    assert "complaint:漏水" in first["reasons"]
    assert (second["id"], second["language"], second["sentiment"]) == (2, "en", "positive")


def test_a_text_in_two_languages_has_its_spans() -> None:
    text = "客服完全不理人，but your delivery guy was really lovely"
    [line] = answers(run(stdin=json.dumps({"id": 1, "text": text}).encode()))
    assert [(span["language"], text[span["start"] : span["end"]]) for span in line["spans"]] == [
        ("zh-Hans", "客服完全不理人，"),
        ("en", "but your delivery guy was really lovely"),
    ]


def test_rules_match_what_cleaning_brings_to_light() -> None:
    text = json.dumps({"id": 1, "text": "杯盖漏(lòu)水了"}).encode()
    [line] = answers(run(stdin=text))
    assert "lid-defect" in line["rules"]


def test_rules_come_from_the_playbook() -> None:
    text = json.dumps({"id": 1, "text": "杯盖漏水了"}).encode()
    [line] = answers(run(stdin=text))
    assert "lid-defect" in line["rules"]


def test_texts_come_from_stdin_too() -> None:
    text = '{"id": 1, "text": "臺灣的門市", "channel": "line"}'.encode()
    assert answers(run(stdin=text)) == answers(run("-", stdin=text)) != []


def test_a_hint_of_the_platform_is_heeded() -> None:
    text = '{"id": 1, "text": "很好喝", "language_hint": "zh-TW"}'.encode()
    assert answers(run(stdin=text))[0]["language"] == "zh-Hant"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"nonsense", "not JSON"),
        (b"[1]", "not an object"),
        (b'{"id": 1}', "no text"),
        (b'{"text": "x"}', "no id"),
        (b'{"id": 1, "text": 5}', "text is no text"),
        (b'{"id": 1, "text": "x", "channel": null}', "channel is no text"),
        (b'{"id": 1, "text": "\xff"}', "not UTF-8"),
        (b"[" * 100_000, "nested deeper"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_goes_on(line: bytes, complaint: str) -> None:
    result = run(stdin=b'{"id": 1, "text": "a"}\n' + line + b'\n{"id": 3, "text": "c"}\n')
    assert result.exit_code == 1
    assert [answer["id"] for answer in answers(result)] == [1, 3]
    assert "line 2" in result.stderr
    assert complaint in result.stderr


def test_half_a_character_does_not_stop_the_output() -> None:
    [line] = answers(run(stdin=rb'{"id": "\ud83d", "text": "\ud83d"}'))
    assert line["id"] == "\ufffd"


@pytest.mark.parametrize("arguments", [("absent.jsonl",), ("--playbook", "absent")])
def test_what_is_not_there_is_said_plainly(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "absent" in result.stderr
    assert "Traceback" not in result.output
