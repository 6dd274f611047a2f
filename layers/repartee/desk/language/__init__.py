"""Reading a text: its language, how it feels, what it wants, and the words it is about."""

from collections.abc import Callable
from operator import itemgetter
from typing import NamedTuple

from desk.language.aspects import aspects
from desk.language.cleaning import Cleaned, cleaned
from desk.language.fingerprint import fingerprint
from desk.language.han import marks
from desk.language.identify import language
from desk.language.intent import cues, heaviest, intents, margins
from desk.language.lexicon import find
from desk.language.normal import normal, seen
from desk.language.sentiment import evidence, feeling
from desk.language.tone import tone
from desk.language.words import words_of
from desk.mention import Reading

MAX_READ = 20_000
"""Characters of a text that are read; the rest is not looked at."""

MAX_REASONS = 12

_WEIGHTS = {"crisis": 5.0, "complaint": 3.0, "media": 3.0, "person": 3.0, "spam": 3.0}
"""Of an intent among the reasons, beside words of feeling with theirs from 0 to about 4.5."""


class Understood(NamedTuple):
    """How a text reads, and what rules are matched by."""

    reading: Reading
    plain: str
    """Its normal form; where cleaning changes that, the cleaned text follows on a line of its own.
    """


def reader(dictionary: tuple[str, ...]) -> Callable[[str, str], Reading]:
    """What `understander` makes, for whom the reading is enough."""
    understand = understander(dictionary)
    return lambda text, hint: understand(text, hint).reading


def plain_of(text: str) -> str:
    """The `plain` of how `text` reads, without the rest of the reading."""
    return _plain(cleaned(seen(text[:MAX_READ])))


def _plain(clean: Cleaned) -> str:
    plain = clean.text[:MAX_READ]
    return f"{clean.normal}\n{plain}" if clean.stages else plain


def understander(dictionary: tuple[str, ...]) -> Callable[[str, str], Understood]:
    """A function that reads a text, given the platform's language code or an empty one.

    `dictionary` has a brand's own words, as people would write them. The first reader of a process
    takes a fifth of a second to make and use, others half of that; reading never fails, whatever
    the text, and takes time linear in its length.
    """
    own = tuple(sorted({normal(word) for word in dictionary} - {""}))
    cut, meaningful = words_of(own)

    def understand(text: str, hint: str) -> Understood:
        text = seen(text[:MAX_READ])
        spoken = language(text, hint)
        clean = cleaned(text)
        plain = clean.text[:MAX_READ]
        pieces = cut(plain)
        words = meaningful(pieces)
        had = marks(clean)
        known = evidence(plain, pieces, spoken, own, had)
        found = find(cues(), plain)
        beyond = margins(plain, found, known.cues, known.script, known.scores, had)
        felt = feeling(known, words, beyond)
        heavy = heaviest(known.script, words)
        wants, why = intents(beyond, found, felt.sentiment, felt.confidence, heavy)
        tones, how = tone(beyond, found, wants, heavy)
        weighed = [
            *felt.reasons,
            *[(_WEIGHTS.get(one.partition(":")[0], 1.0), one) for one in why + how],
        ]
        weighed.sort(key=itemgetter(0), reverse=True)
        reasons = dict.fromkeys([reason for _, reason in weighed])
        reading = Reading(
            language=spoken,
            sentiment=felt.sentiment,
            confidence=felt.confidence,
            intents=wants,
            tone=tones,
            aspects=aspects(found, wants),
            fingerprint=fingerprint(plain[: clean.own]) or fingerprint(plain),
            words=words,
            reasons=tuple(reasons)[:MAX_REASONS],
        )
        return Understood(reading, _plain(clean))

    return understand
