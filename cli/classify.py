"""`repartee classify`: reads texts as triage would, with no AWS anywhere."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli import console, jsonl
from cli.playbook_files import PlaybookError, load
from desk.conditions import subject
from desk.language.spans import spans
from desk.understanding import Ready, ready

EXAMPLE = Path(__file__).resolve().parent.parent / "playbooks" / "xiaoman"


def classify(
    file: Annotated[
        str,
        typer.Argument(help="JSONL; each line an object with `id` and `text`. - is stdin."),
    ] = "-",
    playbook: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="The brand's folder, with its words and rules.",
            show_default="the example brand",
        ),
    ] = EXAMPLE,
) -> None:
    """Read texts: their language, sentiment, intents and tone, and the rules that match them.

    Prints a JSON line for each, with `spans` where a text is in more than one language. A line may
    also name its `channel`, and the platform's `language_hint`. A line that cannot be read is named
    on stderr; the rest goes on, and the command ends with status 1.
    """
    try:
        desk = ready(load(playbook))
    except PlaybookError as error:
        console.fail(
            f"no valid playbook in {console.plain(str(playbook))}: "
            + console.plain("; ".join(map(str, error.problems)))
        )
    if jsonl.answer_each(file, "reading", lambda row: _classified(row, desk)):
        raise typer.Exit(1)


def _classified(row: dict[str, Any], desk: Ready) -> dict[str, Any]:
    jsonl.check_texts(row, "channel", "language_hint")
    text = row["text"]
    reading, plain = desk.understand(text, row.get("language_hint", ""))
    rules = desk.match(subject(text, reading, row.get("channel", ""), plain=plain))
    parts = spans(text)
    return {
        "id": row["id"],
        "language": reading.language,
        **({"spans": [part._asdict() for part in parts]} if len(parts) > 1 else {}),
        "sentiment": reading.sentiment,
        "confidence": reading.confidence,
        "intents": reading.intents,
        "tone": reading.tone,
        "aspects": reading.aspects,
        "rules": [rule.id for rule in rules],
        "reasons": reading.reasons,
    }
