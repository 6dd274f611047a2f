"""What about a product or a brand a text means: its taste, its price, how it was delivered."""

from collections.abc import Iterable, Sequence
from typing import get_args

from desk.language.intent import kinds
from desk.language.lexicon import Found
from desk.mention import Aspect, Intent

_ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
_OF_NOTHING = frozenset({"spam", "other"})


def aspects(found: Iterable[Found], wants: Sequence[Intent]) -> tuple[Aspect, ...]:
    """The aspects whose words are among `found`; none where a text wants nothing of a brand."""
    if not _OF_NOTHING.isdisjoint(wants):
        return ()
    named = {kind for item in found for kind in kinds(item.means)}
    return tuple(one for one in _ASPECTS if one in named)
