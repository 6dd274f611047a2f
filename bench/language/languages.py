"""How well languages are told apart, beside Lingua and langid."""

import time
from collections import Counter
from collections.abc import Callable
from statistics import fmean

from bench.language import peers
from bench.language.tables import Target, heading, line, note, title
from desk.language.identify import language
from training.texts import Row, rows

PREFIX = 12

GROUPS: dict[str, tuple[Callable[[Row], bool], Target | None]] = {
    "all": (lambda row: True, Target(0.985)),
    "posts only, no interface texts": (lambda row: row.source != "django_po", None),
    "up to 20 characters": (lambda row: len(row.text) <= 20, Target(0.955)),
    "Ukrainian and Russian": (lambda row: row.label in ("uk", "ru"), Target(0.98)),
}
FASTEST = Target(8_000)
"""Texts a second."""


def accuracies(says: Callable[[str], str], found: list[Row]) -> dict[str, tuple[int, float]]:
    """By group: the number of texts and the share of right answers."""
    answers = [says(row.text) == row.label for row in found]
    scores = {}
    for name, (belongs, _) in GROUPS.items():
        chosen = [ok for ok, row in zip(answers, found, strict=True) if belongs(row)]
        scores[name] = len(chosen), fmean(chosen)
    return scores


def report(split: str) -> None:
    """The table of groups, texts a second, and which languages are taken for which."""
    title("Language")
    found = rows("lid", split)
    ways = {"ours": language, "Lingua": _with_our_scripts(peers.lingua()),
            "py3langid": _with_our_scripts(peers.langid())}  # fmt: skip
    for says in ways.values():
        says("到底")  # loads
    scores, speeds = {}, {}
    for name, says in ways.items():
        began = time.process_time()
        scores[name] = accuracies(says, found)
        speeds[name] = len(found) / (time.process_time() - began)
    heading("accuracy", "texts", *ways, "target")
    for group, (_, target) in GROUPS.items():
        ours = scores["ours"][group]
        verdict = target.verdict(ours[1]) if target else None
        line(group, ours[0], *(scores[name][group][1] for name in ways), verdict)
    prefixes = [row._replace(text=row.text[:PREFIX]) for row in found]
    cells = (accuracies(says, prefixes)["all"][1] for says in ways.values())
    line(f"the first {PREFIX} characters of each", len(found), *cells, None)
    verdict = FASTEST.verdict(speeds["ours"])
    line("texts a second", len(found), *(round(speed) for speed in speeds.values()), verdict)
    wrong = Counter(
        (row.label, answer) for row in found if (answer := language(row.text)) != row.label
    )
    note("Taken for another: " + ", ".join(
        f"{label} for {answer} {count}" for (label, answer), count in wrong.most_common(12)
    ))  # fmt: skip


def _with_our_scripts(says: Callable[[str], str]) -> Callable[[str], str]:
    """Theirs tell no Simplified from Traditional: there ours decides, as it would beside them."""

    def both(text: str) -> str:
        spoken = says(text)
        if spoken != "zh":
            return spoken
        ours = language(text)
        return ours if ours.startswith("zh") else "zh-Hans"

    return both
