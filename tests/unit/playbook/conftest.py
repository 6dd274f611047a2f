"""A small playbook's folder."""

from pathlib import Path

import pytest

from tests.small_playbook import written


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A valid playbook of a brand called tea."""
    return written(tmp_path)
