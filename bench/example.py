"""The example brand's texts and playbook, and jieba as everybody uses it."""

import json
import logging
import warnings
from collections.abc import Callable
from pathlib import Path

from bench.measuring import ROOT
from cli.playbook_files import load
from desk.playbook import Playbook

EXAMPLE = ROOT / "playbooks" / "xiaoman"


def chinese(posts: Path) -> list[str]:
    """The posts of a file of the example brand that are in Chinese."""
    rows = (json.loads(line) for line in posts.read_text("utf-8").splitlines() if line.strip())
    return [row["text"] for row in rows if any("\u4e00" <= c <= "\u9fff" for c in row["text"])]


def playbook_as_stored(folder: Path) -> str:
    """A playbook in the JSON that triage finds in the table."""
    playbook: Playbook = load(folder)
    return playbook.model_dump_json(exclude_defaults=True)


def jieba_lcut() -> Callable[[str], list[str]]:
    """Its cut into a list, with the dictionary loaded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # escapes in its source that Python warns of
        import jieba

    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    cut: Callable[[str], list[str]] = jieba.lcut
    return cut
