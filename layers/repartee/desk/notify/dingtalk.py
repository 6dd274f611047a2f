"""DingTalk: a group's custom bot. https://open.dingtalk.com/document/robots/custom-robot-access

Bot: `url`, with its access token, and `secret` where the bot wants signatures. Twenty messages a
minute; above that it is silent for ten.
"""

import base64
import hmac
import json
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode

from desk.notify import Bot, fitted
from desk.notify.answers import errcode
from desk.wire import Outbound, Response

FIELDS = ("url", "secret?")
HOSTS = ("oapi.dingtalk.com",)
MOST = 18_000
"""Bytes of UTF-8: a body has 20,000 at the most."""


def compose(bot: Bot, text: str, now: datetime) -> Outbound:
    """The call. The signature is of the time in milliseconds, good for an hour."""
    url = bot["url"]
    if secret := bot.get("secret"):
        stamp = str(int(now.timestamp() * 1000))
        made = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), sha256)
        signed = urlencode({"timestamp": stamp, "sign": base64.b64encode(made).decode()})
        url = f"{url}{'&' if '?' in url else '?'}{signed}"
    content = fitted(text, MOST, lambda part: len(part.encode()))
    body = json.dumps({"msgtype": "text", "text": {"content": content}}, ensure_ascii=False)
    headers = {"content-type": "application/json; charset=utf-8"}
    return Outbound("POST", url, headers, body.encode())


def refusal(answer: Response) -> str:
    """`errcode` is 0 where it was taken."""
    return errcode(answer, "errcode", "errmsg")
