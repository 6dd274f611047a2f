"""What an approver is sent: short, in their language, with no more of a person than is needed."""

from collections.abc import Sequence

from desk.escalation import RISKS, Escalation
from desk.notify import Message
from desk.notify.sms import shortest
from desk.notify.words import word
from desk.pages.markup import plain
from desk.pages.texts import PageLanguage, counted, say
from desk.pages.wording import worded
from desk.reasons import WRITTEN, parse, telling

MAX_REASONS = 3
MAX_VALUE = 200
MAX_TITLE = 60
"""Of a topic in a digest."""


def notice(escalation: Escalation, brand: str, language: PageLanguage, link: str) -> Message:
    """The message that asks an approver about one matter.

    It says what kind of matter it is and why, and carries the link. What was said, and by whom, is
    on the page alone: a message is kept in places that we do not control. So is any reason that is
    none of ours, since nobody can tell what is in it.
    """
    matter = escalation.matter
    lines = [say(language, "message.heading", brand=brand, **_what(escalation, language))]
    if matter.title and matter.kind == "spike":
        lines.append(plain(matter.title, MAX_VALUE))
    told = [text for text in telling(matter.reasons) if parse(text).code not in (*WRITTEN, "")]
    for reason in worded(language, told[:MAX_REASONS], lambda value: plain(value, MAX_VALUE)):
        lines.append(say(language, "message.why", reason=reason.words))
    if escalation.joined > 1:
        lines.append(counted(language, "matters", escalation.joined))
    lines += ["", say(language, "message.open"), link]
    subject = f"Repartee: {matter.kind}, {escalation.risk}, {matter.category or matter.channel}"
    return Message(subject, "\n".join(lines), _short(escalation, brand, language, link))


def digest(
    asked: Sequence[tuple[Escalation, str]], more: int, brand: str, language: PageLanguage
) -> Message:
    """The message that asks an approver about several matters, each with its link, the gravest
    first; `more` wait for the next one. An SMS has the first one's link.
    """
    count = len(asked) + more
    lines = [word(language, "digest", brand=brand, n=str(count))]
    for one, link in asked:
        line = say(language, "message.heading", brand="", **_what(one, language))
        if one.matter.title and one.matter.kind == "spike":
            line = f"{line} {plain(one.matter.title, MAX_TITLE)}"
        lines += [line.lstrip(" :："), link]
    if more:
        lines.insert(1, word(language, "more", n=str(more)))
    short = word(language, "digest_short", n=str(count))
    whole = word(language, "short", brand=plain(brand, MAX_VALUE), what=short)
    subject = f"Repartee: {count} matters, {asked[0][0].risk}"
    return Message(subject, "\n".join(lines), shortest((whole, short), asked[0][1]))


def gravest_first(one: Escalation) -> tuple[int, str]:
    """Sorts escalations: by risk, then by age."""
    return -RISKS.index(one.risk), one.opened_at.isoformat()


def _what(escalation: Escalation, language: PageLanguage) -> dict[str, str]:
    return {
        "what": say(language, f"message.{escalation.matter.kind}"),
        "risk": say(language, f"risk.{escalation.risk}"),
    }


def _short(escalation: Escalation, brand: str, language: PageLanguage, link: str) -> str:
    what = word(language, escalation.matter.kind)
    grave = f"! {what}" if escalation.risk == "severe" else what
    whole = word(language, "short", brand=plain(brand, MAX_VALUE), what=grave)
    return shortest((whole, grave, what), link)
