"""Telegram: a bot in a chat. https://core.telegram.org/bots/api#sendmessage

Bot: `token`, `chat`, and `base` where it is not Telegram's own server.
"""

import json
from datetime import datetime

from desk.notify import Bot, fitted
from desk.notify.answers import errcode
from desk.wire import Outbound, Response

FIELDS = ("token", "chat", "base?")
HOSTS = ("api.telegram.org",)
MOST = 4_096
"""UTF-16 units, as Telegram counts."""


def compose(bot: Bot, text: str, now: datetime) -> Outbound:
    """The call. Without a preview, for which the link would be opened."""
    base = (bot.get("base") or "https://api.telegram.org").rstrip("/")
    body = {
        "chat_id": bot["chat"],
        "text": fitted(text, MOST, lambda part: len(part.encode("utf-16-le")) // 2),
        "link_preview_options": {"is_disabled": True},
    }
    return Outbound(
        "POST",
        f"{base}/bot{bot['token']}/sendMessage",
        {"content-type": "application/json"},
        json.dumps(body, ensure_ascii=False).encode(),
    )


def refusal(answer: Response) -> str:
    """`ok` is true where it was taken; `error_code` says what it was, 429 too many."""
    return errcode(answer, "error_code", "description", taken="ok")
