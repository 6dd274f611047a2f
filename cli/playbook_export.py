"""A playbook back to files: what `check` accepts, and gives the same version for."""

from pathlib import Path
from typing import Any

import yaml

from cli.playbook_words import FOLLOWING
from desk.playbook import Playbook

FILES = {
    "rules.yaml": ("rules",),
    "scripts.yaml": ("scripts",),
    "people.yaml": ("approvers", "rotas", "policies"),
    "categories.yaml": ("categories",),
    "voices.yaml": ("voices",),
    "hours.yaml": ("hours",),
    "limits.yaml": ("tiers", "caps", "pace", "forbidden_words", "domains", "tolerance"),
    "watches.yaml": ("watches",),
    "events.yaml": ("events",),
}
"""What goes where; all else goes into `brand.yaml`."""

WIDTH = 100


class _Dumper(yaml.SafeDumper):
    """Writes no anchors: they would be read as an attempt to unfold without end."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def content(playbook: Playbook) -> dict[str, Any]:
    """What a playbook's files hold, as JSON values: what is as by default is left out."""
    return playbook.model_dump(mode="json", exclude={*FOLLOWING}, exclude_defaults=True)


def write(playbook: Playbook, folder: Path) -> list[Path]:
    """Writes a playbook's files into `folder`, which is made, and returns them.

    Remarks, and how the files were cut before, are not kept. Raises FileExistsError where something
    is there already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(folder)
    folder.mkdir(parents=True, exist_ok=True)
    sections = content(playbook)
    placed = {name for names in FILES.values() for name in names}
    files = {"brand.yaml": tuple(name for name in sections if name not in placed)} | FILES
    written = []
    for file, names in files.items():
        held = {name: sections[name] for name in names if name in sections}
        if held:
            path = folder / file
            path.write_text(
                yaml.dump(held, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH),
                "utf-8",
            )
            written.append(path)
    return written
