"""Broken playbooks: each is told once, where it is wrong and what would be right."""

from pathlib import Path

import pytest

from cli.playbook_files import PlaybookError, load
from tests.broken_playbooks import BROKEN, Broken, broken_copy, told


def test_there_are_sixty_ways_and_more() -> None:
    assert len({change.what for change in BROKEN}) == len(BROKEN) >= 60


@pytest.mark.parametrize("change", BROKEN, ids=lambda change: change.what)
def test_a_broken_playbook_is_told_once_with_its_line(change: Broken, tmp_path: Path) -> None:
    with pytest.raises(PlaybookError) as caught:
        load(broken_copy(change, tmp_path))
    [problem] = map(str, caught.value.problems)
    assert problem.startswith(told(change))
    assert len(problem) < 700
