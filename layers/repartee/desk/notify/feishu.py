"""Feishu and Lark: a group's custom bot. https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot

Bot: `url`, and `secret` where the bot wants signatures. A hundred messages a minute, five a second.
"""

import base64
import hmac
import json
from datetime import datetime
from hashlib import sha256

from desk.notify import Bot, fitted
from desk.notify.answers import errcode
from desk.wire import Outbound, Response

FIELDS = ("url", "secret?")
HOSTS = ("open.feishu.cn", "open.larksuite.com")
MOST = 18_000
"""Bytes of UTF-8: a body has 20 KB at the most."""


def compose(bot: Bot, text: str, now: datetime) -> Outbound:
    """The call. What is signed is nothing: time and secret are the key; good for an hour."""
    content = fitted(text, MOST, lambda part: len(part.encode()))
    body: dict[str, object] = {"msg_type": "text", "content": {"text": content}}
    if secret := bot.get("secret"):
        stamp = str(int(now.timestamp()))
        made = hmac.digest(f"{stamp}\n{secret}".encode(), b"", sha256)
        body |= {"timestamp": stamp, "sign": base64.b64encode(made).decode()}
    return Outbound(
        "POST",
        bot["url"],
        {"content-type": "application/json"},
        json.dumps(body, ensure_ascii=False).encode(),
    )


def refusal(answer: Response) -> str:
    """`code` is 0 where it was taken; 19021 is a wrong signature, 11232 too many."""
    return errcode(answer, "code", "msg")
