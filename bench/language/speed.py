"""How fast texts are read beside jieba and SnowNLP, and what the models weigh."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from bench.example import jieba_lcut
from bench.language import peers
from bench.language.sentiment import Read
from bench.language.tables import Target, heading, line, title
from bench.measuring import ROOT
from training.texts import TABLES, rows

TEXTS = 2_000
SLOW = 100
"""Texts that SnowNLP is given."""
CLASSIFIED_LINES = 6_000
ROUNDS = 5

CHINESE = Target(4_000)
CLASSIFIED = Target(1_000)
OF_JIEBA = Target(0.5, most=True)
OF_SNOWNLP = Target(80)
MODELS = Target(2_000_000, most=True)
MEMORY = Target(150, most=True)

RESIDENT = """
from pathlib import Path
from desk.language import reader
read = reader(())
for text in ("快递太慢了，差评", "the crew was rude", "доставка дуже повільна"):
    read(text, "")
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(int(status["VmHWM"].split()[0]) / 1024)
"""


def report(read: Read, split: str) -> None:
    """Microseconds a Chinese text, texts a second by language, bytes and memory."""
    title("Speed and size")
    found = rows("sentiment", split)
    chinese = [row.text for row in found if row.language.startswith("zh")]
    chinese = chinese[:: max(1, len(chinese) // TEXTS)][:TEXTS]
    _beside_others(read, chinese)
    heading("texts a second, one core", "texts", "reading", "`repartee classify`", "target")
    for language in ("zh", "en", "uk", "ru"):
        texts = [row.text for row in found if row.language.startswith(language)][:TEXTS]
        speed = len(texts) / _seconds(lambda text: read(text, ""), texts)
        classified = len(texts) / _classifying(texts)
        aim = CHINESE.verdict(speed) if language == "zh" else None
        line(
            language, len(texts), round(speed), round(classified),
            ", ".join(filter(None, [aim, CLASSIFIED.verdict(classified)])),
        )  # fmt: skip
    heading("size", "figure", "target")
    models = sum(path.stat().st_size for path in TABLES.glob("*.model"))
    line("bytes of all models", models, MODELS.verdict(models))
    answer = subprocess.run(
        [sys.executable, "-c", RESIDENT], check=True, capture_output=True, text=True, cwd=ROOT
    )
    memory = float(answer.stdout)
    line("MB resident with all of them loaded", round(memory), MEMORY.verdict(memory))


def _beside_others(read: Read, texts: list[str]) -> None:
    snownlp = peers.snownlp()
    slow = texts[:: max(1, len(texts) // SLOW)][:SLOW]
    ways: dict[str, tuple[Callable[[str], object], list[str]]] = {
        "characters, list(text)": (list, texts),
        "bare jieba.lcut": (jieba_lcut(), texts),
        "SnowNLP, feeling alone": (snownlp, slow),
        "ours, reading without rules": (lambda text: read(text, ""), texts),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS + 1):
        for name, (way, given) in ways.items():
            once = _seconds(way, given) / len(given) * 1e6
            if number:
                times[name].append(once)
    heading("a Chinese text", "µs", "× jieba.lcut", "from – to", "target")
    bare = times["bare jieba.lcut"]
    for name, taken in times.items():
        ratios = [one / other for one, other in zip(taken, bare, strict=True)]
        spread = f"{min(ratios):.2f} – {max(ratios):.2f}"
        verdict = None
        if name.startswith("ours"):
            faster = median(times["SnowNLP, feeling alone"]) / median(taken)
            verdict = f"{OF_JIEBA.verdict(median(ratios))}; SnowNLP × {faster:.0f}, "
            verdict += OF_SNOWNLP.verdict(faster)
        line(name, f"{median(taken):.1f}", f"{median(ratios):.2f}", spread, verdict)


def _seconds(way: Callable[[str], Any], texts: list[str]) -> float:
    began = time.process_time()
    for text in texts:
        way(text)
    return time.process_time() - began


def _classifying(texts: list[str]) -> float:
    """Seconds of the command on these texts, less those that it takes for none."""

    def once(some: list[str]) -> float:
        lines = "".join(json.dumps({"id": str(i), "text": t}) + "\n" for i, t in enumerate(some))
        began = time.perf_counter()
        subprocess.run(
            [Path(sys.executable).with_name("repartee"), "classify"],
            input=lines.encode(), check=True, stdout=subprocess.DEVNULL, cwd=ROOT,
        )  # fmt: skip
        return time.perf_counter() - began

    lines = texts * (CLASSIFIED_LINES // len(texts))
    return (once(lines) - once(texts[:1])) * len(texts) / len(lines)
