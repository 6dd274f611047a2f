"""How soon a story is found: titles of a hot-search archive, each from when it first appeared."""

import gzip
import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bench.measuring import Comparison, Figure
from cli import console
from desk.baseline import Baseline, learn
from desk.crowd import counts_of
from desk.detectors import Finding, findings
from desk.language.normal import normal
from desk.language.words import segmenter
from desk.mention import Author, Decision, Mention, Reading
from desk.tally import WIDTH, Tally, fold, start_of
from desk.topics import RECENT
from desk.window import Counts
from desk.wire import Address
from training.texts import DATA

name = "stories"
what = (
    "Weibo's hot-search titles of two days, after two weeks to learn from, where the archive lies "
    "in REPARTEE_SHARED. Who speaks of them is made up: so many accounts in the ten minutes in "
    "which a title first appears, half as many in each ten minutes after, in words of the title "
    "that each of them chooses, beside people who speak of anything. A story is a title without a "
    "word of the six hours before. Found: half of its words are in a topic that the scan at the "
    "end of those ten minutes tells. False: told, and of no title that anybody still speaks of"
)

ARCHIVE = DATA / "trend" / "weibo_hot_search.tsv.gz"
ZONE = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2024, 3, 1, tzinfo=ZONE)
LEARNED, MEASURED = timedelta(days=14), timedelta(days=2)
CROWDS = (6, 8, 12)
STEPS = 4
CHATTER = 30
"""People in ten minutes who speak of anything, in the words of titles of another month."""
LAST_HOURS = 36
LEAST_WORDS = 2
TARGET = 0.95


def measure() -> list[Comparison | Figure]:
    """Shares of stories for crowds of several sizes; none without the archive."""
    if not ARCHIVE.is_file():
        console.err.print(f"stories: no {ARCHIVE}: name the parent of data in REPARTEE_SHARED")
        return []
    titles = _titles(FIRST, FIRST + LEARNED + MEASURED)
    before = _titles(FIRST - timedelta(days=31), FIRST)
    other = [words for some in before.values() for words in some]
    rows: list[Comparison | Figure] = []
    for crowd in CROWDS:
        stories, found, told, false = _replay(titles, other, crowd)
        title = f"{crowd} people in the first ten minutes"
        rows += [
            Figure(title, stories, "stories", None),
            Figure(title, found / stories, "found at once", TARGET, least=True),
            Figure(title, told / (MEASURED / timedelta(days=1)), "told a day", None),
            Figure(title, false / (MEASURED / timedelta(days=1)), "false a day", None),
        ]
    return rows


def _titles(since: datetime, until: datetime) -> dict[datetime, list[tuple[str, ...]]]:
    """The words of titles by the ten minutes in which they first appeared."""
    cut = segmenter(())
    found: dict[datetime, list[tuple[str, ...]]] = defaultdict(list)
    with gzip.open(ARCHIVE, "rt", encoding="utf-8") as lines:
        for line in lines:
            moment, _, title = line.rstrip("\n").split("\t")
            first = datetime.fromisoformat(moment).replace(tzinfo=ZONE)
            words = cut(normal(title))
            if since <= first < until and len(words) >= LEAST_WORDS:
                found[start_of(first)].append(words)
    return found


def _replay(
    titles: dict[datetime, list[tuple[str, ...]]], other: Sequence[tuple[str, ...]], crowd: int
) -> tuple[int, int, int, int]:
    dice = random.Random(crowd)
    baseline = Baseline()
    tallies: list[Tally] = []
    counts: list[Counts] = []
    stories = found = told = false = 0
    known: set[str] = set()
    start = start_of(FIRST)
    while start < FIRST + LEARNED + MEASURED:
        said = [
            words
            for step in range(STEPS)
            for words in titles.get(start - step * WIDTH, ())
            for _ in range(crowd >> step)
        ] + dice.choices(other, k=CHATTER)
        heard = (_mention(words, start, dice) for words in said)
        tallies = [*tallies, fold(Tally(start=start), heard, {})][-RECENT:]
        counts = [*counts, counts_of(tallies[-1])][-LAST_HOURS:]
        if start >= FIRST + LEARNED:
            some = findings(tallies, counts, baseline, frozenset())
            earlier = {
                word
                for step in range(1, LAST_HOURS)
                for words in titles.get(start - step * WIDTH, ())
                for word in words
            }
            fresh = [words for words in titles.get(start, ()) if earlier.isdisjoint(words)]
            stories += len(fresh)
            found += sum(any(_is_about(one, words) for one in some) for words in fresh)
            spoken = [
                words
                for step in range(RECENT + STEPS - 1)
                for words in titles.get(start - step * WIDTH, ())
            ]
            # Each scan finds it again until the half-hour is over: what was told once is told.
            new = {one.topic.lead: one for one in some if one.topic.lead not in known}
            told += len(new)
            false += sum(not any(_is_about(one, words) for words in spoken) for one in new.values())
            known |= new.keys()
        if len(counts) == LAST_HOURS:
            baseline = learn(baseline, counts[0])
        start += WIDTH
    return stories, found, told, false


def _is_about(finding: Finding, words: Sequence[str]) -> bool:
    return 2 * len({*finding.topic.terms} & {*words}) >= len(words)


def _mention(words: Sequence[str], start: datetime, dice: random.Random) -> Mention:
    chosen = tuple(word for word in words if dice.random() < 0.7) or tuple(words[:1])
    account = f"weibo:{dice.getrandbits(60)}"
    return Mention(
        id=f"weibo:{dice.getrandbits(60)}", brand="b", channel="weibo", platform="weibo",
        conversation=account, kind="post/create", author=Author(id=account),
        address=Address("weibo"), text="".join(chosen), said_at=start, heard_at=start,
        delivery="d", reading=Reading(words=chosen), decision=_RECORD,
    )  # fmt: skip


_RECORD = Decision(action="record", reasons=())
