"""Weibo's deliveries."""

import secrets

from cli.signing import Post, as_json, number
from desk.sealed import sign as signature
from desk.wire import Inbound, Secret

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A private message. Weibo gives it no id."""
    at = post.said_at
    return as_json(
        {
            "type": "text",
            "receiver_id": number(post.account),
            "sender_id": number(post.author),
            "created_at": at.strftime(f"%a {MONTHS[at.month - 1]} %d %H:%M:%S %z %Y"),
            "text": post.text,
            "data": {},
        }
    )


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Signed with the App Secret and the time in milliseconds; the body is not."""
    stamp = str(int(now * 1000))
    query = {
        "signature": signature(secret["secret"], stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
    }
    return Inbound("POST", {"content-type": "application/json"}, query, body)


def new_hook() -> dict[str, str]:
    """An App Secret."""
    return {"secret": secrets.token_hex(16)}
