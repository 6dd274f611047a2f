"""`python -m bench.language [NAME…]`: how well texts are read, as Markdown tables with targets."""

from typing import Annotated

import typer

from bench.language import intents, languages, sentences, sentiment, speed, traps
from cli import console
from desk.language import reader
from training.texts import DATA

NAMES = ("languages", "sentiment", "intents", "sentences", "traps", "speed")


def main(
    names: Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(NAMES)}.")] = None,
    split: Annotated[
        str, typer.Option(help="Split of the labelled posts: they lie in REPARTEE_SHARED/data.")
    ] = "dev",
) -> None:
    """Read labelled texts, and print each figure beside its target and what others reach.

    Everything is measured in this run: other tools, plain models learnt from the same posts, and
    ours. All of it takes some minutes; languages, sentiment, intents and speed need the posts.
    """
    if unknown := sorted({*(names or ())} - {*NAMES}):
        console.fail(f"no table {', '.join(unknown)}; there is {', '.join(NAMES)}")
    chosen = names or list(NAMES)
    if {"languages", "sentiment", "intents", "speed"} & {*chosen} and not DATA.is_dir():
        console.fail(f"no labelled posts in {DATA}: name its parent in REPARTEE_SHARED")
    read = reader(())
    read("到", "")
    tables = {
        "languages": lambda: languages.report(split),
        "sentiment": lambda: sentiment.report(read, split),
        "intents": lambda: intents.report(read, split),
        "sentences": lambda: sentences.report(read),
        "traps": lambda: traps.report(),
        "speed": lambda: speed.report(read, split),
    }
    for name in chosen:
        with console.err.status(name):
            tables[name]()


if __name__ == "__main__":
    typer.run(main)
