"""Runs of one to three characters as numbers: all of a text at once, and exactly."""

SIZES = (1, 2, 3)
"""Characters in a run."""

# A run is a number whose digits are its characters. Any base beyond the largest character and what
# stands below it keeps two runs apart; odd ones whose bits are mixed also spread them over the
# slots of a dict, which goes by the lowest bits. All runs are below 2 to the power of 64.
_CHARACTERS = 0x110000
_SECOND = 0xD3A5C9
_FIRST = 0xF053AB7DE69

_BASES = {1: (1,), 2: (_SECOND, 1), 3: (_FIRST, _SECOND, 1)}

_LANE = 64
"""Bits for each character of a text: no run spills over into the next."""

_PAIRS = 1 | _SECOND << _LANE
_TRIPLES = _PAIRS | _FIRST << 2 * _LANE


def keys(text: str) -> set[int]:
    """The numbers of all runs in `text`, which has no lone surrogates and no null character.

    The text as one long number, a lane for each character, times the bases as another: a
    convolution, which has the run that ends in a character in that character's lane.
    """
    lanes = _lanes(text)
    number = int.from_bytes(lanes, "little")
    size = len(lanes)
    pairs = (number * _PAIRS).to_bytes(size + 8, "little")
    triples = (number * _TRIPLES).to_bytes(size + 16, "little")
    return {*memoryview(lanes + pairs[8:-8] + triples[16:-16]).cast("Q").tolist()}


def keys_of(runs: str, size: int) -> list[int]:
    """The number of each run in `runs`, which are of `size` characters and stand without a gap."""
    number = 0
    for at, base in enumerate(_BASES[size]):
        number += int.from_bytes(_lanes(runs[at::size]), "little") * base
    return memoryview(number.to_bytes(len(runs) // size * 8, "little")).cast("Q").tolist()


def _lanes(text: str) -> bytes:
    # A null character behind each fills its lane up.
    return "\0".join([*text, ""]).encode("utf-32-le")
