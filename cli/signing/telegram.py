"""Telegram's deliveries."""

import secrets

from cli.signing import Post, as_json, number
from desk.wire import Inbound, Secret


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A text message, in a group where the conversation is not the author's own."""
    author, chat = number(post.author), number(post.conversation or post.author)
    sender = {"id": author, "is_bot": False, "first_name": post.author_name}
    if post.language:
        sender["language_code"] = post.language
    message = {
        "message_id": number(post.id),
        "from": sender,
        "chat": {"id": chat, "type": "private" if chat == author else "supergroup"},
        "date": int(post.said_at.timestamp()),
        "text": post.text,
    }
    return as_json({"update_id": number(delivery_id), "message": message})


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """With the secret token."""
    headers = {
        "content-type": "application/json",
        "x-telegram-bot-api-secret-token": secret["secret"],
    }
    return Inbound("POST", headers, {}, body)


def new_hook() -> dict[str, str]:
    """A secret token."""
    return {"secret": secrets.token_hex(16)}
