"""How soon a crisis is warned of, and how often a quiet day is: posts replayed minute by minute."""

import json
import random
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import dropwhile
from math import cos, exp, pi
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench.example import EXAMPLE
from bench.measuring import Comparison, Figure
from cli import console
from cli.playbook_files import load
from desk import trends
from desk.baseline import Baseline, learn
from desk.crowd import counts_of
from desk.detectors import findings
from desk.mention import Author, Decision, Mention, Reading
from desk.playbook import Playbook
from desk.tally import WIDTH, Tally, fold, start_of
from desk.topics import RECENT
from desk.trends import Burst, Told
from desk.understanding import ready
from desk.window import Counts
from desk.wire import Address
from training.texts import DATA, rows

name = "replays"
what = (
    "the posts of written crises beside quiet days, through tallies, detectors and names as the "
    "scan has them, looked at each minute. Quiet days are real posts, where they lie in "
    "REPARTEE_SHARED, drawn at the times of a day. Each crisis comes in an evening of its own, "
    "after two weeks to learn from. Warned: a burst, half of "
    "which is about it, is put before a person. Volume: posts in ten minutes"
)

PARTS = {
    "crises that the detectors were set by": Path(__file__).with_name("crises.jsonl"),
    "crises that they were not set by": Path(__file__).with_name("crises_unseen.jsonl"),
}
"""The crises of each, beside quiet days of which no post is in the other's."""

START = datetime(2027, 3, 1, tzinfo=UTC)
LEARNED, QUIET = timedelta(days=14), timedelta(days=30)
A_DAY = 900
EVENING = timedelta(hours=11)
LATELY = 36
BEGUN = 5
STEP = timedelta(minutes=1)
EARLY = 0.1


class State(NamedTuple):
    """What the table has of a brand."""

    baseline: Baseline = Baseline()
    tallies: tuple[Tally, ...] = ()
    counts: tuple[Counts, ...] = ()
    told: tuple[Told, ...] = ()


class Look(NamedTuple):
    """A scan: its time, what it leaves in the table, and what it puts before a person."""

    now: datetime
    state: State
    bursts: list[Burst]


class Replay(NamedTuple):
    """What one crisis came to."""

    id: str
    minutes: float | None
    """From the fifth person to the warning; None where there was none."""
    begun: float | None
    """The same from the fifth person within ten minutes: what comes slower is hardly a crowd."""
    volume: float
    """Before the warning, as a share of its loudest ten minutes."""


def measure() -> list[Comparison | Figure]:
    """Figures of the crises and of the quiet days; none of either without the posts."""
    if not (DATA / "sentiment.train.jsonl.gz").is_file():
        console.err.print(f"replays: no posts in {DATA}: name its parent in REPARTEE_SHARED")
        return []
    playbook = load(EXAMPLE)
    return [
        one
        for part, (title, crises) in enumerate(PARTS.items())
        for one in _figures(playbook, title, crises, [*quiet(playbook, part)])
    ]


def _figures(
    playbook: Playbook, title: str, crises: Path, posts: Sequence[Mention]
) -> Iterator[Figure]:
    times = [one.said_at for one in posts]
    until = START + LEARNED
    first = posts[: bisect_right(times, until)]
    learned = [look.state for look in scanned(playbook, State(), first, START, WIDTH)][-1]
    evening = posts[bisect_right(times, until) : bisect_right(times, until + timedelta(days=1))]
    lines = crises.read_text("utf-8").splitlines()
    replays = [replay(playbook, learned, evening, json.loads(line)) for line in lines]
    apart = [replay(playbook, learned, evening, json.loads(line), wordless) for line in lines]
    for one in replays:
        after = (
            f"after {one.minutes:.1f} min, or {one.begun:.1f}" if one.begun is not None else "never"
        )
        console.err.print(f"replays: {one.id} {after}, at {one.volume:.1%} of its peak")
    early, others = (
        sum(one.minutes is not None and one.volume < EARLY for one in some)
        for some in (replays, apart)
    )
    waits = [one.minutes for one in replays if one.minutes is not None]
    crowds = [one.begun for one in replays if one.begun is not None]
    false, known = 0, frozenset[str]()
    for look in scanned(playbook, learned, posts[len(first) :], until, STEP):
        for burst in look.bursts:
            if burst.topic not in known:
                console.err.print(f"replays: a quiet day has {burst.topic} ({burst.authors})")
                false += 1
        known = frozenset(one.topic for one in look.state.told)
    yield Figure(title, len(replays), "replayed", None)
    yield Figure(title, early / len(replays), "warned before 10% of their peak", 0.9, least=True)
    yield Figure(title, others / len(apart), "the same where no two share a word", None)
    yield Figure(title, median(waits), "minutes after the fifth person, median", 2.0)
    yield Figure(title, median(crowds), "after five in ten minutes, median", 2.0)
    yield Figure(title, false / (QUIET / timedelta(days=7)), "false warnings a week", 1.0)


def scanned(
    playbook: Playbook, state: State, posts: Sequence[Mention], since: datetime, step: timedelta
) -> Iterator[Look]:
    """Each look at `posts`, which come in their order, from `since` on until they are over."""
    words, leave = trends.counted_words(playbook), trends.own_names(playbook)
    rivals = trends.rival_terms(playbook)
    now, done = since, 0
    while done < len(posts):
        now += step
        start = start_of(now - timedelta(microseconds=1))
        state = _moved(state, start)
        first = done
        while done < len(posts) and posts[done].said_at < now:
            done += 1
        if first == done:
            continue
        tally = fold(state.tallies[-1], posts[first:done], words)
        tallies = (*state.tallies[:-1], tally)
        counts = (*state.counts[:-1], counts_of(tally))
        state = state._replace(tallies=tallies, counts=counts)
        lately: Sequence[Counts] = counts
        if state.baseline.learned is None:
            lately = [*dropwhile(lambda one: not one.terms, counts)]
        found = findings(tallies, lately, state.baseline, leave, rivals)
        groups, told = trends.grouped(found, state.told, now)
        recent = posts[max(0, first - 2_000) : done]
        bursts = trends.bursts(
            groups, [one for one in recent if one.said_at >= tallies[0].start], words
        )
        state = state._replace(told=told)
        yield Look(now, state, bursts)


def replay(
    playbook: Playbook,
    learned: State,
    evening: Sequence[Mention],
    line: Mapping[str, Any],
    heard: Callable[[Mention], Mention] = lambda one: one,
) -> Replay:
    """A crisis in an evening: when it was warned of, and how loud it was by then.

    `heard` is what becomes of each of its posts after it was read.
    """
    begins = evening[0].said_at.replace(hour=0, minute=0) + EVENING
    its = [*map(heard, crisis(playbook, line, begins))]
    ids = {one.id for one in its}
    posts = sorted(
        [one for one in (*evening, *its) if one.said_at <= its[-1].said_at],
        key=lambda one: one.said_at,
    )
    before = [one for one in posts if one.said_at < begins]
    midnight = begins - EVENING
    state = [look.state for look in scanned(playbook, learned, before, midnight, WIDTH)][-1]
    times = [one.said_at for one in its]
    peak = max(_within(times, moment) for moment in times)
    for look in scanned(playbook, state, posts[len(before) :], begins, STEP):
        for burst in look.bursts:
            about = sum(one.id in ids for one in burst.mentions)
            if 2 * about >= len(burst.mentions):
                begun = next(one for one in times if _within(times, one) >= BEGUN)
                minutes, sooner = ((look.now - one) / STEP for one in (times[BEGUN - 1], begun))
                return Replay(line["id"], minutes, sooner, _within(times, look.now) / peak)
    return Replay(line["id"], None, None, 1.0)


def wordless(one: Mention) -> Mention:
    """A post of which only the reading is left: as if no two people used the same word for it."""
    reading = one.reading.model_copy(update={"words": (), "fingerprint": ""})
    return one.model_copy(update={"text": "", "reading": reading})


def crisis(playbook: Playbook, line: Mapping[str, Any], begins: datetime) -> Iterator[Mention]:
    """The posts of a script, each person's own words, at the times that its shape gives them."""
    dice = random.Random(line["id"])
    shape, length = SHAPES[line["shape"]], timedelta(minutes=line["minutes"])
    grid = [sum(shape(step / 1000) for step in range(n)) for n in range(1001)]
    for number in range(line["people"]):
        share = (number + dice.random()) / line["people"] * grid[-1]
        at = begins + length * (bisect_right(grid, share) / 1000)
        text = dice.choice(line["texts"]).format(a=dice.choice(line["a"]), b=dice.choice(line["b"]))
        author = f"{line['id']}:{number}"
        yield mention(playbook, text, author, at, followers=int(dice.paretovariate(0.8) * 20))


SHAPES: Mapping[str, Callable[[float], float]] = {
    "exponential": lambda x: exp(5 * x),
    "linear": lambda x: x + 0.02,
    "sigmoid": lambda x: 1 / (1 + exp(-12 * (x - 0.5))),
    "influencer": lambda x: 0.05 if x < 0.3 else exp(-4 * (x - 0.3)),
    "step": lambda x: 1.0,
    "waves": lambda x: exp(-80 * (x - 0.3) ** 2) + 2 * exp(-80 * (x - 0.75) ** 2),
    "plateau": lambda x: min(1.0, 2 * x + 0.05),
}
"""How many speak at each part of a crisis, from its beginning at 0 to its end at 1."""


def quiet(playbook: Playbook, part: int) -> Iterator[Mention]:
    """Real posts by three thousand people, at the times of day at which people post.

    Each comes once, in one of the parts.
    """
    dice = random.Random(START.isoformat())
    texts = [row.text for split in ("train", "dev") for row in rows("sentiment", split)]
    dice.shuffle(texts)
    del texts[len(texts) - part * (LEARNED + QUIET).days * A_DAY :]
    for day in range((LEARNED + QUIET).days):
        times = sorted(_time_of_day(dice) for _ in range(A_DAY))
        for at in times:
            moment = START + timedelta(days=day + at)
            yield mention(playbook, texts.pop(), f"a{dice.randrange(3000)}", moment, followers=100)


def _time_of_day(dice: random.Random) -> float:
    # By rejection: five times as many at noon as at midnight.
    while True:
        at = dice.random()
        if dice.random() < 0.6 - 0.4 * cos(2 * pi * at):
            return at


def mention(playbook: Playbook, text: str, author: str, at: datetime, *, followers: int) -> Mention:
    """A post, read as triage reads it."""
    reading: Reading = ready(playbook).understand(text, "").reading
    return Mention(
        id=f"{author}:{at.timestamp():.6f}", brand=playbook.brand, channel="weibo",
        platform="weibo", conversation=author, kind="post/create",
        author=Author(id=author, followers=followers), address=Address("weibo"), text=text,
        said_at=at, heard_at=at, delivery="d", reading=reading, decision=_RECORD,
    )  # fmt: skip


def _moved(state: State, start: datetime) -> State:
    baseline, tallies, counts = state.baseline, [*state.tallies], [*state.counts]
    while not tallies or tallies[-1].start < start:
        following = tallies[-1].start + WIDTH if tallies else start
        tallies = [*tallies, Tally(start=following)][-RECENT:]
        counts.append(Counts(start=following))
        if len(counts) > LATELY:
            baseline = learn(baseline, counts.pop(0))
    return state._replace(baseline=baseline, tallies=tuple(tallies), counts=tuple(counts))


def _within(times: Iterable[datetime], until: datetime) -> int:
    return sum(until - WIDTH < one <= until for one in times)


_RECORD = Decision(action="record", reasons=())
