"""An opportunity in a hundred words: what is counted about it, and nothing else."""

import re
from collections.abc import Sequence
from datetime import datetime

from desk.opportunity import Opportunity, evidence
from desk.pages.markup import plain
from desk.pages.texts import PageLanguage, duration, say
from desk.pages.wording import worded

MOST_WORDS = 120
MAX_TITLE = 80

_WORD = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]|[^\W\u2e80-\u9fff\uf900-\ufaff]+")


def brief(one: Opportunity, language: PageLanguage, now: datetime) -> str:
    """Title, what speaks for and against it, how long it may last, and where it was seen.

    At most MOST_WORDS words besides the links. Every figure is counted or computed; nothing is
    claimed about what the story is.
    """
    lines = [plain(one.title, MAX_TITLE)]
    lines += [line.words for line in worded(language, evidence(one), lambda it: plain(it, 40))]
    left = max(0.0, (one.expires_at - now).total_seconds() / 60)
    lines.append(say(language, "brief.left", time=duration(language, left)))
    return "\n".join([*_within(lines, MOST_WORDS), *one.links])


def words(text: str) -> int:
    """How many words: a Han character is one, and so is a run of other letters or digits."""
    return len(_WORD.findall(text))


def _within(lines: Sequence[str], most: int) -> list[str]:
    """As many of the lines, from the first, as have no more than `most` words, and the last."""
    kept, room = [], most - words(lines[-1])
    for line in lines[:-1]:
        room -= words(line)
        if room < 0:
            break
        kept.append(line)
    return [*kept, lines[-1]]
