"""Writes characters.txt, readings.txt and desk/simplified.py: run it when their sources change.

Needs `opencc-python-reimplemented` (Apache-2.0) and `pypinyin` (MIT), which nothing at run time
does.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable
from importlib import import_module, resources
from pathlib import Path

TABLES = Path(__file__).parent / "language_tables"
MODULE = Path(__file__).parents[1] / "repartee/desk/simplified.py"
WIDTH = 44

OURS = dict(
    zip(
        "妳牠瞭薰衞枱揹暱伕敍擡簷痺粧糭衹讎雠賙赒牴睪穭穞幷",
        "你它了熏卫台背昵夫叙抬檐痹妆粽只仇仇周周抵睾稆稆并",
        strict=True,
    )
)
"""Where OpenCC leaves a character alone, to its phrases or to its tables of variants."""

ALIKE = dict(zip("馀谘讬锺镟渖钜麹幺", "余咨托钟旋沈巨曲么", strict=True))
"""Simplified characters that come back as others from Traditional: one form for both."""

KEPT = "嗰薴"
"""Cantonese for "that", whose simplified form nobody types; and one whose target is converted."""


def main() -> None:
    """Writes the tables, or exits with 1 where a result would itself be converted."""
    to_simplified = _candidates("TSCharacters.txt")
    to_traditional = _candidates("STCharacters.txt")
    pairs = {
        source: found[0]
        for source, found in to_simplified.items()
        if found[0] != source and source not in KEPT and max(source, found[0]) <= "\uffff"
    }
    pairs |= OURS | ALIKE
    if twice := [source for source, target in pairs.items() if target in pairs]:
        sys.exit(f"converted twice: {twice}")
    traditional = {c for c in pairs if c not in to_simplified.get(c, ()) and c not in ALIKE}
    simplified = {c for c, found in to_traditional.items() if c not in found and c <= "\uffff"}
    japanese = {form for found in _candidates("JPVariants.txt").values() for form in found}
    japanese = {c for c in japanese if not _in(c, "gb2312") and not _in(c, "big5")}
    only_simplified = simplified - traditional
    only_traditional = traditional - simplified
    only_japanese = japanese - simplified - traditional
    scripts = ("".join(sorted(s)) for s in (only_simplified, only_traditional, only_japanese))
    lines = ("".join(pairs), "".join(pairs.values()), *scripts)
    _write("characters.txt", lines)
    _write("readings.txt", _readings(pairs))
    written = MODULE.read_text("utf-8").partition("TRADITIONAL = ")[0]
    forms = {"TRADITIONAL": lines[0], "SIMPLIFIED": lines[1]}
    MODULE.write_text(written + "".join(_constant(*form) for form in forms.items()), "utf-8")


def _readings(pairs: dict[str, str]) -> list[str]:
    # A syllable with its tone, and all characters that may be read so, in their simplified form.
    found: defaultdict[str, set[str]] = defaultdict(set)
    # By name, since type checkers would miss it.
    for code, readings in import_module("pypinyin.pinyin_dict").pinyin_dict.items():
        character = pairs.get(chr(code), chr(code))
        if _in(chr(code), "gb2312") or _in(chr(code), "big5"):
            for reading in readings.split(","):
                if not reading.isascii():
                    found[reading].add(character)
    return [f"{reading} {''.join(sorted(found[reading]))}" for reading in sorted(found)]


def _constant(name: str, text: str) -> str:
    parts = (text[start : start + WIDTH] for start in range(0, len(text), WIDTH))
    return f"{name} = (\n" + "".join(f'    "{part}"\n' for part in parts) + ")\n"


def _write(name: str, lines: Iterable[str]) -> None:
    (TABLES / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _in(character: str, charset: str) -> bool:
    return bool(character.encode(charset, "ignore"))


def _candidates(name: str) -> dict[str, list[str]]:
    text = resources.files("opencc").joinpath("dictionary", name).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {source: targets.split(" ") for source, targets in rows if len(source) == 1}


if __name__ == "__main__":
    main()
