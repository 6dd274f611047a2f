"""What the command line shows: nothing that the terminal or its markup would act on."""

import io
import json
from typing import Any

import pytest
import typer
from rich.console import Console

from cli import console


def shown(text: str) -> str:
    """What a person sees of `text` where it is printed as plain."""
    out = io.StringIO()
    Console(file=out, width=200, color_system=None).print(console.plain(text), end="")
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("桂花龙井 👍", "桂花龙井 👍"),
        ("[bold red]stop[/]", "[bold red]stop[/]"),
        ("[link=https://example.org]here[/link]", "[link=https://example.org]here[/link]"),
        ("a\x1b[31mred\x1b]0;title\x07b", "a [31mred ]0;title b"),
        ("one\ntwo\rthree\tfour", "one two three four"),
        ("left\u202eright\u200b\u2066", "left right  "),
        ("\x00\x7f\x9b", "   "),
    ],
)
def test_text_of_others_is_shown_and_not_obeyed(text: str, seen: str) -> None:
    assert shown(text) == seen


def test_json_is_one_line_of_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    value: dict[str, Any] = {"text": "漏水\n", "at": 1.5}
    console.show_json(value)
    written = capsys.readouterr().out
    assert written.count("\n") == 1
    assert "漏水" in written
    assert json.loads(written) == value


def test_a_mistake_ends_the_command_with_status_2() -> None:
    with pytest.raises(typer.Exit) as ended:
        console.fail("no such scope")
    assert ended.value.exit_code == 2
