"""A playbook as it is kept: its JSON, compressed, since an item of DynamoDB has 400 KB."""

import zlib

from desk.playbook import Playbook

MOST = 380_000
"""Bytes of a packed playbook: what is left of an item beside its keys, with some to spare.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""


def packed(playbook: Playbook) -> bytes:
    """What is kept of a playbook: all of it but for what is as by default."""
    return zlib.compress(playbook.model_dump_json(exclude_defaults=True).encode(), 9)


def unpacked(body: bytes | str) -> Playbook:
    """The playbook that was kept as `body`; older ones were kept as text.

    Raises ValueError where it is none, or only half of one.
    """
    try:
        text = body if isinstance(body, str) else zlib.decompress(body)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    return Playbook.model_validate_json(text)
