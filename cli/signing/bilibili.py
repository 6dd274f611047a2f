"""Bilibili's deliveries, which bear no text: a post becomes news of a video."""

import secrets
from datetime import timedelta, timezone

from cli.signing import Post, as_json
from desk.wire import Inbound, Secret

BEIJING = timezone(timedelta(hours=8))


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A video that was opened to the public."""
    said_at = post.said_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    content = {"client_id": post.account, "openid": post.author, "resource_id": post.id}
    return as_json({"event": "video_open", "content": content, "timestamp": said_at})


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """With the token of the address."""
    kind = {"content-type": "application/json"}
    return Inbound("POST", kind, {"token": secret["token"]}, body)


def new_hook() -> dict[str, str]:
    """A token."""
    return {"token": secrets.token_hex(16)}
