"""Deliveries as the platforms send them, with genuine signatures: for replays and rehearsals."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from xml.sax.saxutils import escape

from desk.channels import line, standard, wechat
from desk.wire import Inbound, Secret, iso, visible


@dataclass(frozen=True)
class Post:
    """What somebody wrote, before it takes a platform's form."""

    id: str
    text: str
    author: str
    author_name: str
    account: str
    conversation: str
    said_at: datetime
    """With a time zone."""
    language: str = ""
    followers: int | None = None


def webhook(
    platform: str, post: Post, secret: Secret, now: float, delivery_id: str, nonce: str
) -> Inbound:
    """The delivery that brings `post` at `now`. WeChat's is encrypted if the secret has a key.

    Telegram's ids and WeChat's MsgId are numbers: what is none becomes one, always the same.
    Raises KeyError for a platform that we do not know, or a secret without its field.
    """
    match platform:
        case "standard":
            body = _json(_event(post))
        case "line":
            body = _json(_line(post, delivery_id, nonce))
        case "telegram":
            body = _json(_update(post, delivery_id))
        case "wechat":
            body = _xml(post)
        case _:
            raise KeyError(platform)
    return signed(platform, body, secret, now, delivery_id, nonce)


def signed(
    platform: str, body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str
) -> Inbound:
    """A delivery of any bytes at all whose signature is genuine; raises KeyError as `webhook`."""
    kind = {"content-type": "text/xml" if platform == "wechat" else "application/json"}
    stamp = str(int(now))
    match platform:
        case "standard":
            headers = {
                "webhook-id": delivery_id,
                "webhook-timestamp": stamp,
                "webhook-signature": standard.sign(delivery_id, stamp, body, secret["secret"]),
            }
            return Inbound("POST", kind | headers, {}, body)
        case "line":
            headers = {"x-line-signature": line.sign(body, secret["secret"])}
            return Inbound("POST", kind | headers, {}, body)
        case "telegram":
            headers = {"x-telegram-bot-api-secret-token": secret["secret"]}
            return Inbound("POST", kind | headers, {}, body)
        case "wechat":
            token = secret["token"]
            query = {
                "signature": wechat.sign(token, stamp, nonce),
                "timestamp": stamp,
                "nonce": nonce,
            }
            if not secret.get("encoding_aes_key"):
                return Inbound("POST", kind, query, body)
            sealed = wechat.encrypt(body, sha256(nonce.encode()).digest()[:16], secret)
            query["encrypt_type"] = "aes"
            query["msg_signature"] = wechat.sign(token, stamp, nonce, sealed)
            wrapped = f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
            return Inbound("POST", kind, query, wrapped.encode())
    raise KeyError(platform)


def _event(post: Post) -> Mapping[str, Any]:
    author = {"id": post.author, "name": post.author_name, "followers": post.followers}
    said_at = iso(post.said_at)
    data = {
        "id": post.id,
        "text": post.text,
        "author": author,
        "conversation": post.conversation,
        "account": post.account,
        "language": post.language,
        "created_at": said_at,
    }
    return {"type": "mention.created", "timestamp": said_at, "data": data}


def _line(post: Post, delivery_id: str, nonce: str) -> Mapping[str, Any]:
    source = {"type": "user", "userId": post.author}
    if post.conversation not in ("", post.author):
        source = {"type": "group", "groupId": post.conversation, "userId": post.author}
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": round(post.said_at.timestamp() * 1000),
        "source": source,
        "webhookEventId": delivery_id,
        "deliveryContext": {"isRedelivery": False},
        "replyToken": sha256(nonce.encode()).hexdigest()[:32],
        "message": {"id": post.id, "type": "text", "text": post.text, "quoteToken": nonce},
    }
    return {"destination": post.account, "events": [event]}


def _update(post: Post, delivery_id: str) -> Mapping[str, Any]:
    author, chat = _number(post.author), _number(post.conversation or post.author)
    sender = {"id": author, "is_bot": False, "first_name": post.author_name}
    if post.language:
        sender["language_code"] = post.language
    message = {
        "message_id": _number(post.id),
        "from": sender,
        "chat": {"id": chat, "type": "private" if chat == author else "supergroup"},
        "date": int(post.said_at.timestamp()),
        "text": post.text,
    }
    return {"update_id": _number(delivery_id), "message": message}


def _xml(post: Post) -> bytes:
    fields = {
        "ToUserName": post.account,
        "FromUserName": post.author,
        "CreateTime": str(int(post.said_at.timestamp())),
        "MsgType": "text",
        "Content": post.text,
        "MsgId": str(_number(post.id)),
    }
    parts = [f"<{name}>{escape(_allowed(value))}</{name}>" for name, value in fields.items()]
    return f"<xml>{''.join(parts)}</xml>".encode()


def _allowed(value: str) -> str:
    """Without what no XML can bear: https://www.w3.org/TR/xml/#charsets"""
    return "".join(
        c for c in visible(value) if not ("\ud800" <= c <= "\udfff" or c in "\ufffe\uffff")
    )


def _number(identity: str) -> int:
    """An id as a number of at most 19 digits: its own, or one that is drawn from its hash."""
    if identity.isascii() and identity.isdigit() and len(identity) < 19:
        return int(identity)
    return int.from_bytes(sha256(identity.encode("utf-8", "surrogatepass")).digest()[:6], "big")


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
