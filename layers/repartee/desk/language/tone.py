"""How a text says it: anger, grief, humour, irony, fear."""

from collections.abc import Callable, Mapping, Sequence
from typing import get_args

from desk.language.intent import reasons
from desk.language.lexicon import Found
from desk.mention import Intent, Tone

_TONES: tuple[Tone, ...] = get_args(Tone)
_LANE_OF = tuple((one, f"tone.{one}") for one in _TONES)


def tone(
    beyond: Mapping[str, float],
    found: Sequence[Found],
    wants: Sequence[Intent],
    heaviest: Callable[[str], str],
) -> tuple[tuple[Tone, ...], tuple[str, ...]]:
    """The tones of a text whose `margins` are `beyond`, and why, as `tone:word`.

    Several may hold, or none. Spam has none, whatever it shouts.
    """
    if "spam" in wants:
        return (), ()
    held = tuple([one for one, lane in _LANE_OF if beyond.get(lane, 0.0) > 0])
    return held, reasons(held, found, lambda one: heaviest(f"tone.{one}"))
