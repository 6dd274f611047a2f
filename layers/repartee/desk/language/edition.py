"""Which edition of the character tables texts and queries are made alike by."""

import zlib
from functools import cache

from language_tables import contents


@cache
def edition() -> int:
    """CRC-32 of the tables: what was folded by others must be folded again."""
    return zlib.crc32(contents("characters.txt"))
