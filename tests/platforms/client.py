"""Each platform's calls written by hand, and made by http.client on a connection of their own."""

import json
from collections.abc import Mapping
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.platforms.platforms import ACCOUNTS, Platforms


class Answer(NamedTuple):
    """What came back: header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def call(
    method: str,
    url: str,
    body: bytes | dict[str, Any] = b"",
    headers: Mapping[str, str] | None = None,
    timeout: float = 5.0,
) -> Answer:
    """The answer; a dict is sent as JSON. Raises what http.client and the socket raise."""
    address = urlsplit(url)
    sent = dict(headers or {})
    if isinstance(body, dict):
        body = json.dumps(body, ensure_ascii=False).encode()
        sent.setdefault("Content-Type", "application/json")
    connection = HTTPConnection(address.hostname or "", address.port, timeout=timeout)
    try:
        target = f"{address.path}?{address.query}" if address.query else address.path
        connection.request(method, target, body, sent)
        with connection.getresponse() as response:
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())
    finally:
        connection.close()


def push(
    platforms: Platforms,
    text: str = "hello",
    key: str = "",
    *,
    path: str = "push",
    token: str = ACCOUNTS["line"].token,
    **body: Any,
) -> Answer:
    """LINE's push, or its reply with that `path`; `body` overrides what is sent."""
    message = {"to": "U1", "messages": [{"type": "text", "text": text}]} | body
    headers = {"Authorization": f"Bearer {token}"} | ({"X-Line-Retry-Key": key} if key else {})
    return call("POST", f"{platforms.bases['line']}/v2/bot/message/{path}", message, headers)


def message(platforms: Platforms, token: str = ACCOUNTS["telegram"].token, **fields: Any) -> Answer:
    """Telegram's sendMessage; `fields` overrides what is sent."""
    body = {"chat_id": 42, "text": "hello"} | fields
    return call("POST", f"{platforms.bases['telegram']}/bot{token}/sendMessage", body)


def sign_in(platforms: Platforms, **fields: Any) -> Any:
    """WeChat's answer to stable_token; `fields` overrides what is sent."""
    account = ACCOUNTS["wechat"]
    body = {"grant_type": "client_credential", "appid": account.token, "secret": account.secret}
    return call("POST", f"{platforms.bases['wechat']}/cgi-bin/stable_token", body | fields).json()


def custom_send(
    platforms: Platforms, text: str = "hello", token: str | None = None, to: str = "o1"
) -> int:
    """The errcode of WeChat's custom/send, signed in first where no token is given."""
    if token is None:
        token = sign_in(platforms)["access_token"]
    body = {"touser": to, "msgtype": "text", "text": {"content": text}}
    return errcode(raw_send(platforms, json.dumps(body, ensure_ascii=False).encode(), token))


def raw_send(platforms: Platforms, body: bytes, token: str) -> Answer:
    """WeChat's custom/send of those bytes."""
    url = f"{platforms.bases['wechat']}/cgi-bin/message/custom/send?access_token={token}"
    return call("POST", url, body)


def errcode(answer: Answer) -> int:
    """The errcode of an answer of WeChat, which always comes with 200."""
    assert answer.status == 200
    code: int = answer.json()["errcode"]
    return code


def event(
    platforms: Platforms, key: str = "msg_1", token: str = ACCOUNTS["standard"].token, **data: Any
) -> Answer:
    """A reply for the standard endpoint; `data` overrides what is sent."""
    body = {"type": "reply.created", "data": {"text": "hello", "conversation": "c1"} | data}
    headers = {"Authorization": f"Bearer {token}", "webhook-id": key}
    return call("POST", platforms.bases["standard"], body, headers)
