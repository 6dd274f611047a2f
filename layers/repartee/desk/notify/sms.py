"""SMS: how many parts a text takes, and a text that takes no more than two.

A part has 160 characters of GSM 03.38, or 70 units of UCS-2 where one character is not of it; each
part of several has seven or three fewer, for their numbering (3GPP TS 23.038, TS 23.040).
https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html
"""

from collections.abc import Sequence

MOST_PARTS = 2

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
"""Two characters each."""


def parts(text: str) -> int:
    """How many parts `text` is sent in; 0 for nothing."""
    if all(one in _BASIC or one in _EXTENDED for one in text):
        length, whole, each = len(text) + sum(one in _EXTENDED for one in text), 160, 153
    else:
        length, whole, each = len(text.encode("utf-16-le", "surrogatepass")) // 2, 70, 67
    return min(1, length) if length <= whole else -(-length // each)


def shortest(words: Sequence[str], link: str) -> str:
    """The first of `words` with which `link` fits two parts; the link alone where none does.

    A link is never cut: half of one decides nothing.
    """
    texts = (f"{one}\n{link}" for one in words)
    return next((text for text in texts if parts(text) <= MOST_PARTS), link)
