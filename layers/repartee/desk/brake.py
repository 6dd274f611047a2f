"""Pulling the brake from outside: an approver's standing link, and their text messages."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel

from desk.playbook import Playbook
from desk.scopes import categories
from desk.untrusted import table, text
from desk.wire import Undecodable, read_json

MAX_SMS = 2_000
"""Characters of a text message that are looked at: the longest has 1,600."""

_AROUND = " \t\n,.:;!?-–—，。：；！？、"
"""What may stand between the words of a text message."""


class Link(BaseModel, frozen=True):
    """A standing link of one approver to the brake of one brand. Only the token's hash is kept."""

    hash: str
    brand: str
    approver: str
    made_at: AwareDatetime
    expires_at: AwareDatetime
    revoked_at: AwareDatetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.revoked_at is None and now < self.expires_at


class Phone(BaseModel, frozen=True):
    """A telephone from which one approver may stop one brand. `number` is its keyed stand-in."""

    number: str
    brand: str
    approver: str
    made_at: AwareDatetime
    revoked_at: AwareDatetime | None = None


def token_of(brand: str, secret: str) -> str:
    """A link's token: the brand, to find it by, and what nobody can guess."""
    return f"{brand}.{secret}"


def brand_of(token: str) -> str:
    """The brand that a token names; whether it opens anything there is for its hash to say."""
    return token.partition(".")[0]


class Sms(NamedTuple):
    """A text message that came in: its id, who sent it, and what it says."""

    id: str
    sender: str
    said: str


def sms_of(body: str) -> Sms | None:
    """The text message that AWS reports, or None where this is no such report.

    https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html
    """
    try:
        found = table(read_json(body.encode("utf-8", "surrogatepass")))
    except Undecodable:
        return None
    name, sender = text(found.get("inboundMessageId")), text(found.get("originationNumber"))
    if name is None or sender is None or not re.fullmatch(r"[\w.:-]{1,128}", name):
        return None
    return Sms(name, sender, (text(found.get("messageBody")) or "")[:MAX_SMS])


def e164(number: str) -> str | None:
    """A telephone number as the networks write it, such as +8613800138000; None for anything else.

    It has its country's code: without one the same digits are many people's.
    """
    digits = re.sub(r"[ ()./-]", "", number)
    return digits if re.fullmatch(r"\+[1-9][0-9]{6,14}", digits) else None


def orders(said: str, playbooks: Sequence[Playbook]) -> dict[str, str]:
    """What a text message wants stopped: brand → scope. Empty where it does not begin with a word
    for the brake.

    It may go on with a brand and with a topic or a channel. Where it names none of the brands it
    means all of these; what else it says and we do not know means the whole brand.
    """
    line, wanted, named = _folded(said), {}, {}
    for playbook in playbooks:
        rest = _after(line, playbook.brake_words)
        if rest is None:
            continue
        wanted[playbook.brand] = _scope(rest, playbook)
        names = (playbook.brand, playbook.name, *playbook.name.split(), *playbook.names)
        if (more := _after(rest, names)) is not None:
            named[playbook.brand] = _scope(more, playbook)
    return named or wanted


def _folded(said: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", said).casefold().split()).strip(_AROUND)


def _after(line: str, words: Iterable[str]) -> str | None:
    """What follows the longest of `words` that `line` begins with, or None."""
    for word in sorted(map(_folded, words), key=len, reverse=True):
        rest = line.removeprefix(word)
        if word and rest != line and not (_is_letter(word[-1:]) and _is_letter(rest[:1])):
            return rest.strip(_AROUND)
    return None


def _is_letter(character: str) -> bool:
    """Whether words with it are written apart, unlike those in Chinese."""
    return character.isalnum() and not "\u3400" <= character <= "\u9fff"


def _scope(line: str, playbook: Playbook) -> str:
    for channel in playbook.accounts:
        if line == _folded(channel):
            return f"channel:{channel}"
    for watch in playbook.watched:
        if line in map(_folded, (watch.id, *watch.title.split("·"), *watch.words)):
            return f"topic:watch:{watch.id}"
    for name in (*categories(playbook), *(rule.id for rule in playbook.rules)):
        if line == _folded(name):
            return f"topic:{name}"
    return "brand"
