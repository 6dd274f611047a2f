"""Slack: an incoming webhook. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks

Bot: `url`.
"""

import json
from datetime import datetime

from desk.notify import Bot, fitted
from desk.wire import Outbound, Response

FIELDS = ("url",)
HOSTS = ("hooks.slack.com",)
MOST = 4_000
"""Characters that Slack advises; it cuts at 40,000."""


def compose(bot: Bot, text: str, now: datetime) -> Outbound:
    """The call. `&`, `<` and `>` are Slack's own signs; nothing is fetched for a preview."""
    shown = fitted(text, MOST).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    body = {"text": shown, "unfurl_links": False, "unfurl_media": False}
    return Outbound(
        "POST", bot["url"], {"content-type": "application/json"}, json.dumps(body).encode()
    )


def refusal(answer: Response) -> str:
    """Slack answers `ok`, or a word such as `no_service` or `invalid_token`."""
    said = answer.body.decode("utf-8", "replace").strip()
    return "" if answer.status == 200 and said == "ok" else f"HTTP {answer.status} {said[:80]}"
