"""What a playbook joins in with: whether formats can be filled in, and be said where it posts."""

from collections.abc import Iterator
from string import Template

from desk.channels import PLATFORMS, platform
from desk.lengths import length, too_long
from desk.opportunity import MAX_TOPIC
from desk.playbook import Format, Playbook
from desk.playbook.part import Finding, Place
from desk.playbook.sayings import not_to_be_said

FILLED = ("topic", "brand")
LONG_TOPIC = "题" * MAX_TOPIC
"""The longest title that is filled in, of characters that count the most."""


def joining(playbook: Playbook) -> Iterator[Finding]:
    """What is wrong with formats, rivals and the channels of moments."""
    for number, channel in enumerate(playbook.moments.channels):
        place: Place = ("moments", "channels", number)
        if channel not in playbook.accounts:
            known = ", ".join(playbook.accounts)
            yield Finding(place, f"no account on {channel}: there is {known}")
            continue
        name = playbook.platform_of(channel)
        if name in PLATFORMS and "post" not in platform(name).RULES.ways:
            yield Finding(place, f"nothing can be published on {channel}: leave it out")
    if playbook.moments.policy not in playbook.policies:
        known = ", ".join(playbook.policies)
        message = f"no policy {playbook.moments.policy}: there is {known}"
        yield Finding(("moments", "policy"), message)
    if playbook.war_room.policy not in playbook.policies:
        known = ", ".join(playbook.policies)
        message = f"no policy {playbook.war_room.policy}: there is {known}"
        yield Finding(("war_room", "policy"), message)
    for about, script in playbook.war_room.statements.items():
        if playbook.script(script) is None:
            yield Finding(("war_room", "statements", about), f"no script {script}")
    suited = {topic for way in playbook.formats for topic in way.topics}
    for number, topic in enumerate(playbook.tolerance.allowed):
        if playbook.moments.channels and topic.id not in suited:
            message = f"no format suits {topic.id}: nothing is drafted for it"
            yield Finding(("tolerance", "allowed", number, "id"), message, "warning")
    for number, way in enumerate(playbook.formats):
        for where, message in _format(playbook, way):
            yield Finding(("formats", number, *where), f"format {way.id}: {message}")


def _format(playbook: Playbook, way: Format) -> Iterator[tuple[Place, str]]:
    allowed = [topic.id for topic in playbook.tolerance.allowed]
    for number, topic in enumerate(way.topics):
        if topic not in allowed:
            yield ("topics", number), f"no allowed topic {topic}: there is {', '.join(allowed)}"
    if playbook.languages and not way.texts.get(playbook.languages[0]):
        yield ("texts",), f"needs {playbook.languages[0]}, the brand's first language"
    for language, texts in way.texts.items():
        for number, text in enumerate(texts):
            if fault := _text(playbook, text):
                yield ("texts", language, number), fault


def _text(playbook: Playbook, text: str) -> str:
    """What is wrong with one text, or an empty string."""
    template = Template(text)
    if not template.is_valid() or "$$" in text:
        return "a $ begins $topic or $brand; write a price without it"
    if unknown := {*template.get_identifiers()} - {*FILLED}:
        return f"no ${min(unknown)}: there is {' and '.join(f'${name}' for name in FILLED)}"
    if not text.strip():
        return "an empty post"
    if fault := not_to_be_said(playbook, text):
        return fault
    filled = template.substitute(topic=LONG_TOPIC, brand=playbook.name)
    for channel in playbook.moments.channels:
        name = playbook.platform_of(channel)
        ways = platform(name).RULES.ways if name in PLATFORMS else {}
        if "post" in ways and (limit := too_long(filled, ways["post"].limits)):
            long = length(filled, limit.unit)
            return f"{long} of at most {limit.most} {limit.unit} on {channel}: shorten it"
    return ""
