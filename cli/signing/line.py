"""LINE's deliveries."""

import secrets
from hashlib import sha256

from cli.signing import Post, as_json
from desk.channels import line
from desk.wire import Inbound, Secret


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A text message, in a group where the conversation is not the author's own."""
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
    return as_json({"destination": post.account, "events": [event]})


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Signed with the channel secret."""
    signature = line.sign(body, secret["secret"])
    return Inbound(
        "POST", {"content-type": "application/json", "x-line-signature": signature}, {}, body
    )


def new_hook() -> dict[str, str]:
    """A channel secret."""
    return {"secret": secrets.token_hex(16)}
