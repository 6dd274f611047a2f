"""Threads' deliveries."""

from cli.signing import Post, as_json, meta
from desk.wire import Inbound, Secret


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A reply below the conversation's root. Authors have a name there, and no id."""
    root = post.conversation or post.id
    value = {
        "id": post.id,
        "username": post.author,
        "text": post.text,
        "media_type": "TEXT_POST",
        "replied_to": {"id": root},
        "root_post": {"id": root, "owner_id": post.account, "username": "the-brand"},
        "timestamp": post.said_at.isoformat(timespec="seconds").replace("+00:00", "+0000"),
    }
    return as_json(
        {
            "topic": "moderate",
            "target_id": post.account,
            "time": int(post.said_at.timestamp()),
            "subscription_id": delivery_id,
            "values": {"field": "replies", "value": value},
        }
    )


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Signed with the app secret."""
    return meta.signed(body, secret)


def new_hook() -> dict[str, str]:
    """An app secret and a verify token."""
    return meta.new_hook()
