"""What the desk knows of languages, as data: characters, words of feeling, cues, models."""

from pathlib import Path

# Not importlib.resources: it takes longer to import than some of these files to read.
_HERE = Path(__file__).parent


def lines(name: str) -> list[str]:
    """The lines of the data file `name`, without their line breaks."""
    return (_HERE / name).read_text(encoding="utf-8").splitlines()


def contents(name: str) -> bytes:
    """The data file `name` as it is. FileNotFoundError where there is none."""
    return (_HERE / name).read_bytes()
