"""A small playbook's folder."""

from pathlib import Path

import pytest

from tests.small_playbook import FILES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A valid playbook of a brand called tea."""
    made = tmp_path / "tea"
    made.mkdir()
    for name, text in FILES.items():
        (made / name).write_text(text, "utf-8")
    return made
