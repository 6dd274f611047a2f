"""Facebook's deliveries."""

from cli.signing import Post, meta
from desk.wire import Inbound, Secret


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A message, or a comment where the conversation is not the author's own."""
    at = post.said_at.timestamp()
    if post.conversation in ("", post.author):
        entry = meta.message(post.account, post.author, post.id, post.text, round(at * 1000))
        return meta.delivery("page", entry)
    value = {
        "item": "comment",
        "verb": "add",
        "comment_id": post.id,
        "parent_id": post.conversation,
        "from": {"id": post.author, "name": post.author_name},
        "message": post.text,
        "created_time": int(at),
    }
    changes = [{"field": "feed", "value": value}]
    return meta.delivery("page", {"id": post.account, "time": int(at), "changes": changes})


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Signed with the app secret."""
    return meta.signed(body, secret)


def new_hook() -> dict[str, str]:
    """An app secret and a verify token."""
    return meta.new_hook()
