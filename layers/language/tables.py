"""Writes language_tables/characters.txt from OpenCC's dictionaries: run it when OpenCC changes.

Needs `opencc-python-reimplemented` (Apache-2.0), which nothing at run time does.
"""

import sys
from importlib import resources
from pathlib import Path

TARGET = Path(__file__).parent / "language_tables" / "characters.txt"

OURS = {"妳": "你", "牠": "它", "瞭": "了"}
"""Where OpenCC leaves a character alone or to its phrases, and a mention means the plain one."""

KEPT = "嗰薴"
"""Cantonese for "that", whose simplified form nobody types; and one whose target is converted."""


def main() -> None:
    """Writes the table, or exits with 1 where a result would itself be converted."""
    to_simplified = _candidates("TSCharacters.txt")
    to_traditional = _candidates("STCharacters.txt")
    pairs = {
        source: found[0]
        for source, found in to_simplified.items()
        if found[0] != source and source not in KEPT and max(source, found[0]) <= "\uffff"
    } | OURS
    if twice := [source for source, target in pairs.items() if target in pairs]:
        sys.exit(f"converted twice: {twice}")
    traditional = {c for c in pairs if c not in to_simplified.get(c, ())}
    simplified = {c for c, found in to_traditional.items() if c not in found and c <= "\uffff"}
    japanese = {form for found in _candidates("JPVariants.txt").values() for form in found}
    japanese = {c for c in japanese if not _in(c, "gb2312") and not _in(c, "big5")}
    only_simplified = simplified - traditional
    only_traditional = traditional - simplified
    only_japanese = japanese - simplified - traditional
    scripts = ("".join(sorted(s)) for s in (only_simplified, only_traditional, only_japanese))
    lines = ("".join(pairs), "".join(pairs.values()), *scripts)
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _in(character: str, charset: str) -> bool:
    return bool(character.encode(charset, "ignore"))


def _candidates(name: str) -> dict[str, list[str]]:
    text = resources.files("opencc").joinpath("dictionary", name).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {source: targets.split(" ") for source, targets in rows if len(source) == 1}


if __name__ == "__main__":
    main()
