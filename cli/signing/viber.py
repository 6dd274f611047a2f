"""Viber's callbacks."""

import secrets

from cli.signing import Post, as_json, number
from desk.channels import viber
from desk.wire import Inbound, Secret


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A text message."""
    sender = {"id": post.author, "name": post.author_name, "language": post.language}
    return as_json(
        {
            "event": "message",
            "timestamp": round(post.said_at.timestamp() * 1000),
            "message_token": number(post.id),
            "sender": sender,
            "message": {"type": "text", "text": post.text},
        }
    )


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Signed with the authentication token."""
    headers = {
        "content-type": "application/json",
        "x-viber-content-signature": viber.sign(body, secret["secret"]),
    }
    return Inbound("POST", headers, {}, body)


def new_hook() -> dict[str, str]:
    """An authentication token."""
    return {"secret": "-".join(secrets.token_hex(8) for _ in range(3))}
