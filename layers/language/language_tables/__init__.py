"""What the desk knows of languages, as data: characters, words of feeling, cues of intent."""

from importlib import resources


def lines(name: str) -> list[str]:
    """The lines of the data file `name`, without their line breaks."""
    return (resources.files(__name__) / name).read_text(encoding="utf-8").splitlines()


def contents(name: str) -> bytes:
    """The data file `name` as it is. FileNotFoundError where there is none."""
    return (resources.files(__name__) / name).read_bytes()
