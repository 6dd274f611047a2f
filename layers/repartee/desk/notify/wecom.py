"""WeCom: a group's bot. https://developer.work.weixin.qq.com/document/path/91770

Bot: `url`, with its key. Twenty messages a minute.
"""

import json
from datetime import datetime

from desk.notify import Bot, fitted
from desk.notify.answers import errcode
from desk.wire import Outbound, Response

FIELDS = ("url",)
HOSTS = ("qyapi.weixin.qq.com",)
MOST = 2_048
"""Bytes of UTF-8."""


def compose(bot: Bot, text: str, now: datetime) -> Outbound:
    """The call."""
    content = fitted(text, MOST, lambda part: len(part.encode()))
    body = json.dumps({"msgtype": "text", "text": {"content": content}}, ensure_ascii=False)
    return Outbound("POST", bot["url"], {"content-type": "application/json"}, body.encode())


def refusal(answer: Response) -> str:
    """`errcode` is 0 where it was taken; 45009 is too many."""
    return errcode(answer, "errcode", "errmsg")
