"""Reading a text: its language, how it feels, what it wants, and the words it is about."""

from collections.abc import Callable

from desk.language.identify import language
from desk.language.intent import intents
from desk.language.normal import normal, prose
from desk.language.sentiment import feeling
from desk.language.words import segmenter
from desk.mention import Reading

MAX_READ = 20_000
"""Characters of a text that are read; the rest is not looked at."""

MAX_REASONS = 12

_WEIGHTS = {"crisis": 4.0, "complaint": 3.0, "media": 3.0, "person": 3.0, "spam": 3.0}
"""Of an intent among the reasons, beside words of feeling with theirs from 0 to about 4.5."""


def reader(dictionary: tuple[str, ...]) -> Callable[[str, str], Reading]:
    """A function that reads a text, given the platform's language code or an empty one.

    `dictionary` has a brand's own words, as people would write them. The first reader takes most of
    a second to make, others some hundredths; reading never fails, whatever the text, and takes time
    linear in its length.
    """
    own = tuple(sorted({normal(word) for word in dictionary} - {""}))
    words = segmenter(own)

    def read(text: str, hint: str) -> Reading:
        text = text[:MAX_READ]
        spoken = language(text, hint)
        plain = prose(normal(text)[:MAX_READ])
        felt = feeling(plain, spoken, own)
        wants, cues = intents(plain, felt.sentiment)
        weighed = [*felt.reasons, *((_WEIGHTS.get(cue.split(":")[0], 1.0), cue) for cue in cues)]
        weighed.sort(key=lambda pair: -pair[0])
        reasons = dict.fromkeys(reason for _, reason in weighed)
        return Reading(
            language=spoken,
            sentiment=felt.sentiment,
            confidence=felt.confidence,
            intents=wants,
            words=words(plain),
            reasons=tuple(reasons)[:MAX_REASONS],
        )

    return read
