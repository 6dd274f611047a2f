"""What a script says to whom: its variants in turn, filled in, labelled, and short enough."""

import re
import unicodedata
from collections.abc import Sequence
from hashlib import sha256
from string import Template
from typing import NamedTuple

from desk.lengths import too_long
from desk.mention import Language
from desk.playbook import Id, Playbook, Script
from desk.rulebook import Limit

MAX_NAME = 30
MAX_MARKS = 2
"""Combining marks on one letter of a name: Vietnamese needs two."""

_NEAR: dict[Language, tuple[Language, ...]] = {
    "zh-Hans": ("zh-Hant",),
    "zh-Hant": ("zh-Hans",),
    "yue": ("zh-Hant", "zh-Hans"),
    "ru": ("uk",),
}
"""What may stand in for a language that a script lacks."""

_UNFIT = re.compile(
    r"""
      [@\#$<>{}\[\]\\/|*`]  # addresses, tags, placeholders, markup
    | \w\.\w                # the name of a host, with or without a scheme
    | \d{5}                 # a telephone or chat number
    """,
    re.VERBOSE,
)


class Hearer(NamedTuple):
    """Who is spoken to, where, and what they have been told there."""

    channel: str
    mention: str
    author_name: str = ""
    said: Sequence[str] = ()
    """What we have said in that conversation, or are about to, oldest first."""
    limits: tuple[Limit, ...] = ()
    """What a text is held to there."""


def say(
    playbook: Playbook, script: Script, language: Language, hearer: Hearer, *, automatic: bool
) -> str | None:
    """The variant of `script` that this mention gets, filled in; None where none can be.

    Variants take turns by the mention. In one conversation none comes twice while another is left,
    and then the one that is longest ago. Where the channel has variants of its own in a language,
    these are all there are. A near language stands in for one that is lacking. A name that is not
    fit to be repeated in public counts as unknown, and only variants without one are used. What an
    `automatic` answer is labelled with is part of it, and what then is too long is not used.
    """
    values = {"brand": playbook.name}
    if name := _fit(hearer.author_name):
        values["author"] = name
    own = script.channels.get(hearer.channel, {})
    for tongue in (language, *_NEAR.get(language, ())):
        label = label_of(playbook, hearer.channel, tongue) if automatic else ""
        variants = own.get(tongue) or script.variants.get(tongue, ())
        filled = [text for variant in variants if (text := _filled(variant, values))]
        usable = [text for text in filled if not too_long(labelled(text, label), hearer.limits)]
        if usable:
            longest_ago = min(_last(text, hearer.said) for text in usable)
            left = [text for text in usable if _last(text, hearer.said) == longest_ago]
            digest = sha256(f"{script.id}|{hearer.mention}".encode("utf-8", "replace")).digest()
            return labelled(left[int.from_bytes(digest[:8], "big") % len(left)], label)
    return None


def label_of(playbook: Playbook, channel: Id, language: Language) -> str:
    """What marks an automatic answer as one on that channel; empty where the playbook wants none.

    A label that is not written in that language is given in the brand's first one: a brand that
    labels its answers labels all of them.
    """
    voice = playbook.voices.get(channel) or playbook.voices.get("default")
    labels = voice.label if voice else {}
    tongues = (language, *_NEAR.get(language, ()), *playbook.languages, *labels)
    return next((labels[tongue] for tongue in tongues if labels.get(tongue)), "")


def labelled(text: str, label: str) -> str:
    """`text` with its label behind it, on a line of its own."""
    return f"{text}\n{label}" if label else text


def _last(text: str, said: Sequence[str]) -> int:
    """Where in `said` the text stands last, with whatever label; -1 where it does not."""
    return max((at for at, one in enumerate(said) if one.startswith(text)), default=-1)


def _filled(variant: str, values: dict[str, str]) -> str:
    try:
        text = Template(variant).substitute(values).strip()
    except (KeyError, ValueError):
        return ""
    return "" if "$" in text else text


def _fit(name: str) -> str:
    """`name` if it may be repeated in public, or an empty string."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not 0 < len(name) <= MAX_NAME or _UNFIT.search(unicodedata.normalize("NFKC", name)):
        return ""
    marks = 0
    for c in unicodedata.normalize("NFD", name):
        if unicodedata.category(c)[0] == "C":
            return ""
        marks = marks + 1 if unicodedata.combining(c) else 0
        if marks > MAX_MARKS:
            return ""
    return name
