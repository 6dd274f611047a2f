"""What an approver is sent: short, in their language, with no more of a person than is needed."""

from desk.escalation import Escalation
from desk.pages.markup import plain
from desk.pages.texts import PageLanguage, counted, say
from desk.pages.wording import worded
from desk.reasons import WRITTEN, parse, telling

MAX_REASONS = 3
MAX_VALUE = 200


def notice(
    escalation: Escalation, brand: str, language: PageLanguage, link: str
) -> tuple[str, str]:
    """Subject (ASCII, as SNS wants it) and text of the message that asks an approver.

    It says what kind of matter it is and why, and carries the link. What was said, and by whom, is
    on the page alone: a message is kept in places that we do not control. So is any reason that is
    none of ours, since nobody can tell what is in it.
    """
    matter = escalation.matter
    risk = say(language, f"risk.{escalation.risk}")
    what = say(language, f"message.{matter.kind}")
    lines = [say(language, "message.heading", brand=brand, what=what, risk=risk)]
    if matter.title and matter.kind == "spike":
        lines.append(plain(matter.title, MAX_VALUE))
    told = [text for text in telling(matter.reasons) if parse(text).code not in (*WRITTEN, "")]
    for reason in worded(language, told[:MAX_REASONS], lambda value: plain(value, MAX_VALUE)):
        lines.append(say(language, "message.why", reason=reason.words))
    if escalation.joined > 1:
        lines.append(counted(language, "matters", escalation.joined))
    lines += ["", say(language, "message.open"), link]
    subject = f"Repartee: {matter.kind}, {escalation.risk}, {matter.category or matter.channel}"
    return subject, "\n".join(lines)
