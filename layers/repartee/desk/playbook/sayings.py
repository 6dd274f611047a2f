"""What a playbook would say: whether it can be filled in, may be said, and fits its channel."""

import re
from collections.abc import Iterator, Sequence
from string import Template

from desk.channels import PLATFORMS, platform
from desk.language.normal import normal
from desk.lengths import length, too_long
from desk.mention import Language
from desk.objections import objection
from desk.playbook import Playbook, Script
from desk.playbook.part import Finding, Place
from desk.playbook.scripts import VARIABLES
from desk.reasons import parse
from desk.rulebook import Limit
from desk.scripts import MAX_NAME, label_of, labelled
from desk.top_level_domains import NAMES

LONG_NAME = "名" * MAX_NAME
"""The longest name that is filled in, of characters that count the most."""

_ENDS = {*NAMES.split(), "example"}
"""Of domains; https://www.rfc-editor.org/rfc/rfc2606#section-2 keeps the last one for examples."""

_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_](?:[\w-]*[^\W_])?")


def sayings(playbook: Playbook) -> Iterator[Finding]:
    """What is wrong with scripts and labels, and with the words and domains that bound them."""
    if "$" in playbook.name or not playbook.name.strip():
        message = "name is what people read in answers: it is not empty and has no $"
        yield Finding(("name",), message)
    yield from _bounds(playbook)
    for number, script in enumerate(playbook.scripts):
        for place, message in _script(playbook, script):
            yield Finding(("scripts", number, *place), f"script {script.id}: {message}")
        missing = [one for one in playbook.languages if not script.variants.get(one)]
        if missing and playbook.languages[0] not in missing:
            message = f"script {script.id} is not written in {', '.join(missing)}"
            yield Finding(("scripts", number, "variants"), message, "note")
    for name, voice in playbook.voices.items():
        for language, label in voice.label.items():
            place = ("voices", name, "label", language)
            if not label.strip() or "$" in label:
                yield Finding(place, "a label is put behind an answer as it is: not empty, no $")
            elif fault := not_to_be_said(playbook, label):
                yield Finding(place, f"the label {fault}")


def _bounds(playbook: Playbook) -> Iterator[Finding]:
    words: dict[Place, Sequence[str]] = {
        ("forbidden_words",): playbook.forbidden_words,
        ("dictionary",): playbook.dictionary,
        ("names",): playbook.names,
    }
    for number, watch in enumerate(playbook.watches):
        words["watches", number, "words"] = watch.words
    for number, event in enumerate(playbook.events):
        words["events", number, "words"] = event.words
    seen: dict[str, str] = {}
    for kind in ("allowed", "careful", "forbidden"):
        for number, topic in enumerate(getattr(playbook.tolerance, kind)):
            place: Place = ("tolerance", kind, number, "words")
            words[place] = topic.words
            for position, word in enumerate(topic.words):
                first = seen.setdefault(normal(word), kind)
                if first != kind:
                    message = (
                        f"{word} is among the words of what is {first}, too: it is one of both"
                    )
                    yield Finding((*place, position), message)
    for place, some in words.items():
        for position, word in enumerate(some):
            if not normal(word):
                yield Finding(
                    (*place, position), f"{word!r} has nothing that can be seen: leave it out"
                )
    for position, domain in enumerate(playbook.domains):
        if not _DOMAIN.fullmatch(domain):
            message = (
                f"{domain!r} is no domain: write it as in example.com, without https:// or a path"
            )
            yield Finding(("domains", position), message)
        elif domain.isascii() and domain.rpartition(".")[2].lower() not in _ENDS:
            message = f"{domain!r} is no domain: there is no .{domain.rpartition('.')[2]}"
            yield Finding(("domains", position), message)


def _script(playbook: Playbook, script: Script) -> Iterator[tuple[Place, str]]:
    if playbook.languages and not script.variants.get(playbook.languages[0]):
        yield ("variants",), f"needs {playbook.languages[0]}, the brand's first language"
    for language, variants in script.variants.items():
        yield from _variants(playbook, script, ("variants", language), language, variants)
    for channel, own in script.channels.items():
        for language, variants in own.items():
            place = ("channels", channel, language)
            yield from _variants(playbook, script, place, language, variants)


def _variants(
    playbook: Playbook, script: Script, place: Place, language: Language, variants: Sequence[str]
) -> Iterator[tuple[Place, str]]:
    if not variants:
        yield place, f"{language} has no variant: write one, or leave {language} out"
        return
    for number, variant in enumerate(variants):
        if fault := _variant(playbook, script, place, language, variant):
            yield (*place, number), fault
    if all("author" in Template(variant).get_identifiers() for variant in variants):
        yield place, f"{language} needs a variant without $author, for names we cannot repeat"


def _variant(
    playbook: Playbook, script: Script, place: Place, language: Language, variant: str
) -> str:
    """What is wrong with one variant, or an empty string."""
    template = Template(variant)
    if not template.is_valid() or "$$" in variant:
        return "a $ begins $author or $brand; write a price without it"
    if unknown := {*template.get_identifiers()} - {*VARIABLES}:
        return f"no ${min(unknown)}: there is {' and '.join(f'${name}' for name in VARIABLES)}"
    if not variant.strip():
        return "an empty answer"
    if fault := not_to_be_said(playbook, variant):
        return fault
    own = place[0] == "channels"
    channels = [str(place[1])] if own else [
        channel for channel in playbook.accounts if language not in script.channels.get(channel, {})
    ]  # fmt: skip
    values = dict.fromkeys(VARIABLES, LONG_NAME) | {"brand": playbook.name}
    text = template.substitute(values).strip()
    for channel in channels:
        whole = labelled(text, label_of(playbook, channel, language))
        if limit := too_long(whole, _limits(playbook, channel)):
            long = length(whole, limit.unit)
            return (
                f"{long} of at most {limit.most} {limit.unit} on {channel}, with the longest name "
                f"and its label: shorten it, or give {channel} its own below channels"
            )
    return ""


def not_to_be_said(playbook: Playbook, text: str) -> str:
    """What stands against saying `text` at all, or an empty string: as it is judged when sent."""
    match parse(objection(text, playbook)):
        case ("forbidden_word", (word,)):
            return f"says {word}, which is among the forbidden words"
        case ("foreign_link", (host,)):
            return (
                f"links to {host}, which is not among the domains: write it there, or leave it out"
            )
    return ""


def _limits(playbook: Playbook, channel: str) -> tuple[Limit, ...]:
    """What an answer on `channel` is held to, in public and in private; nothing where unknown."""
    name = playbook.platform_of(channel)
    if name not in PLATFORMS:
        return ()
    ways = platform(name).RULES.ways
    return tuple(limit for way in ("reply", "message") if way in ways for limit in ways[way].limits)
