"""What a Chinese text has to go by: characters, words, and words of feeling, turned or not."""

from collections.abc import Sequence
from functools import cache
from itertools import chain, islice
from math import sqrt
from operator import add

from desk.language import runs
from desk.language.cleaning import Cleaned
from desk.language.lexicon import Found, Lexicon, entries, lexicon
from desk.language.model import WORD, Model, added
from desk.language.spelt import Cue, sums

MAX_LENGTH = 10_000
"""Characters whose features are looked at."""

_START, _END, _FELT, _MARK = "\x02", "\x03", "\x1e", "\x1d"
"""Control characters, which no text in normal form has, keep features of different kinds apart, and
so does WORD."""

UNFELT = f"{_FELT}0"
"""The feature of a text that has no word of feeling."""

MARKS = tuple(f"{_MARK}{of}" for of in ("@", "//", "#", "link"))
"""Features of what cleaning takes out of a post: handles, reposts, topics, links."""

_FIRST_UNSPACED = "\u2e80"
"""Scripts from here on put no spaces between words, so that distances in them are shorter."""

_MARKS = (
    *(("pause", mark) for mark in ",;、|"),
    *(("end", mark) for mark in ".!?。"),
    ("quote", "//"),  # where Weibo begins to quote whoever is forwarded
)

# Figures chosen by hand. Changing one by half moves the mean macro-F1 of the lexicon alone, on the
# dev split, by less than half a point.
_REACH_OF_NEGATION = (16, 4)
"""In characters: with spaces between words, and without."""
_REACH_OF_DEGREE = (12, 3)
_DEGREES = {"more": 1.5, "less": 0.6}
_BEFORE_BUT = 0.6
_QUOTED = 0.8
_MOST_REPEATS = 2
_STEPS = tuple(
    (step, f"{_FELT}+{step}", f"{_FELT}-{step}", f"{_FELT}>{step}", f"{_FELT}<{step}")
    for step in (0.5, 1.5, 2.5, 4.0, 6.0, 9.0)
)
"""Of what words of feeling come to, each with its features: good, bad, more good, more bad."""


def marks(clean: Cleaned) -> list[str]:
    """Those of MARKS that a text had: where people write like that says what kind of text it is."""
    had = clean.handles, clean.own < len(clean.text), clean.hashtags, clean.links
    return [mark for mark, there in zip(MARKS, had, strict=True) if there]


def features(
    plain: str, pieces: Sequence[str], cues: Sequence[Cue] = (), marks: Sequence[str] = ()
) -> set[str]:
    """Features of the text `plain`, in normal form, that is cut into `pieces` and has `cues`.

    One to three characters in a row, where the text's start and end count as characters; its words;
    what its words of feeling come to; and its `marks`. Linear in the length of `plain`.
    """
    framed = f"{_START}{plain[:MAX_LENGTH]}{_END}"
    pairs = [*map(add, framed, framed[1:])]
    made = {*framed, *pairs}
    made.update(
        map(add, pairs, framed[2:]),
        map(WORD.__add__, islice(pieces, MAX_LENGTH)),
        _weighed(cues),
        marks,
    )
    return made


def is_run(feature: str) -> bool:
    """Whether one of `features` is characters in a row."""
    return len(feature) in runs.SIZES and feature[0] not in (WORD, _FELT, _MARK)


def scores(
    model: Model,
    plain: str,
    pieces: Sequence[str],
    cues: Sequence[Cue] = (),
    marks: Sequence[str] = (),
) -> tuple[tuple[float, ...], float]:
    """What `features` of the same add up to in `model`, and the norm: the root of their number.

    Sooner than by these: characters in a row are numbers, which come all at once, and words need no
    mark. A test compares both.
    """
    rows = runs.keys(f"{_START}{plain[:MAX_LENGTH]}{_END}")
    words = {*islice(pieces, MAX_LENGTH)}
    rest = {*_weighed(cues), *marks}
    norm = sqrt(len(rows) + len(words) + len(rest))
    asked = (model.runs, rows), (model.words, words), (model.others, rest)
    return added(model, asked, norm), norm


@cache
def words_of_feeling() -> Lexicon:
    """Chinese words of feeling, what works on them, and English ones, which people mix in."""
    lists = (entries(f"feeling_{name}.txt") for name in ("zh", "en"))
    return lexicon([*_MARKS, *chain.from_iterable(lists)])


def cues(found: list[Found]) -> list[Cue]:
    """The words of feeling among `found`, in order, with their weights and what negates them.

    A negation turns the next word of its clause, and a second negation beside it takes it back.
    Degrees scale what they stand before, and what stands before the last "but" of a sentence, or in
    a quoted post, counts less. A word that is repeated counts twice.
    """
    made: list[Cue] = []
    repeats: dict[str, int] = {}
    negation: Found | None = None
    degree: Found | None = None
    share = 1.0
    first = but = 0
    for item in found:
        _, _, word, means = item
        if means == "not":
            doubled = negation and _near(negation, item, (1, 2))
            negation = None if doubled else item
        elif means in _DEGREES:
            degree = item
        elif means == "but":
            but = len(made)
            negation = None
        elif means in ("pause", "end", "quote"):
            negation = degree = None
            if means != "pause":
                _discount(made, first, but)
                first = but = len(made)
                if means == "quote":
                    share = _QUOTED
        elif means != "0":
            repeats[word] = repeats.get(word, 0) + 1
            if repeats[word] <= _MOST_REPEATS:
                weight = float(means) * share
                if degree and _near(degree, item, _REACH_OF_DEGREE):
                    weight *= _DEGREES[degree.means]
                near = (
                    negation
                    and word[0].isalnum()  # nobody negates an emoticon
                    and _near(negation, item, _REACH_OF_NEGATION)
                )
                made.append(Cue(weight, word, negation.word if negation and near else ""))
            negation = degree = None
    _discount(made, first, but)
    return made


def _near(first: Found, second: Found, reach: tuple[int, int]) -> bool:
    return second.start - first.end <= reach[second.word >= _FIRST_UNSPACED]


def _discount(cues: list[Cue], first: int, but: int) -> None:
    for index in range(first, but):
        cue = cues[index]
        cues[index] = cue._replace(weight=cue.weight * _BEFORE_BUT)


def _weighed(cues: Sequence[Cue]) -> list[str]:
    # What the cues come to, in steps each of which says "more than": so that they add up.
    if not cues:
        return [UNFELT]
    good, bad, turned_good, turned_bad = sums(cues)
    net = good - bad - turned_good + turned_bad
    made = []
    for step, is_good, is_bad, more_good, more_bad in _STEPS:
        if good > step:
            made.append(is_good)
        if bad > step:
            made.append(is_bad)
        if net > step:
            made.append(more_good)
        elif net < -step:
            made.append(more_bad)
    if turned_good:
        made.append(f"{_FELT}!+")
    if turned_bad:
        made.append(f"{_FELT}!-")
    if good and bad:
        made.append(f"{_FELT}±")
    last = cues[-1]
    made.append(f"{_FELT}{'!' if last.negation else ''}{'+' if last.weight > 0 else '-'}|")
    return made
