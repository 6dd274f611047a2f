"""What an approver is sent: short, in their language, with no more of a person than is needed."""

from desk.escalation import Escalation

TEXTS = {
    "zh-Hans": {
        "draft": "有一条回复等您确认",
        "help": "有人需要真人回应",
        "doubt": "无法确定一条回复是否已发出",
        "held": "有一条回复被拦下",
        "spike": "话题突然升温",
        "note": "请留意",
        "severe": "严重",
        "sensitive": "敏感",
        "routine": "一般",
        "why": "原因",
        "joined": "同一件事已有 {count} 条",
        "open": "打开查看并决定（链接只属于您，请勿转发）：",
    },
    "zh-Hant": {
        "draft": "有一則回覆等您確認",
        "help": "有人需要真人回應",
        "doubt": "無法確定一則回覆是否已送出",
        "held": "有一則回覆被攔下",
        "spike": "話題突然升溫",
        "note": "請留意",
        "severe": "嚴重",
        "sensitive": "敏感",
        "routine": "一般",
        "why": "原因",
        "joined": "同一件事已有 {count} 則",
        "open": "開啟查看並決定（連結只屬於您，請勿轉傳）：",
    },
    "en": {
        "draft": "An answer waits for your yes",
        "help": "Somebody needs a person",
        "doubt": "We cannot tell whether an answer was posted",
        "held": "An answer was stopped",
        "spike": "A topic is unusually loud",
        "note": "Please look",
        "severe": "severe",
        "sensitive": "sensitive",
        "routine": "routine",
        "why": "Why",
        "joined": "{count} matters of the same cause so far",
        "open": "See it and decide (the link is yours alone, please do not forward it):",
    },
    "uk": {
        "draft": "Відповідь чекає на вашу згоду",
        "help": "Потрібна відповідь людини",
        "doubt": "Невідомо, чи була опублікована відповідь",
        "held": "Відповідь зупинено",
        "spike": "Тема раптом стала гучною",
        "note": "Зверніть увагу",
        "severe": "серйозний ризик",
        "sensitive": "підвищений ризик",
        "routine": "звичайне",
        "why": "Чому",
        "joined": "за цією причиною вже є повідомлень: {count}",
        "open": "Переглянути й вирішити (посилання лише для вас, не пересилайте його):",
    },
}
MAX_REASONS = 3


def notice(escalation: Escalation, brand: str, language: str, link: str) -> tuple[str, str]:
    """Subject (ASCII, as SNS wants it) and text of the message that asks an approver.

    It says what kind of matter it is and why, and carries the link. What was said, and by whom, is
    on the page alone: a message is kept in places that we do not control.
    """
    words = TEXTS.get(language, TEXTS["en"])
    matter = escalation.matter
    heading = f"{brand}: {words[matter.kind]} ({words[escalation.risk]})"
    lines = [heading]
    if matter.title and matter.kind == "spike":
        lines.append(matter.title)
    lines += [f"{words['why']}: {reason}" for reason in matter.reasons[-MAX_REASONS:]]
    if escalation.joined > 1:
        lines.append(words["joined"].format(count=escalation.joined))
    lines += ["", words["open"], link]
    subject = f"Repartee: {matter.kind}, {escalation.risk}, {matter.category or matter.channel}"
    return subject, "\n".join(lines)
