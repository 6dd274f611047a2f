"""Instagram's deliveries, in the form of Instagram Login."""

from cli.signing import Post, meta
from desk.wire import Inbound, Secret


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A message, or a comment where the conversation is not the author's own."""
    at = post.said_at.timestamp()
    if post.conversation in ("", post.author):
        entry = meta.message(post.account, post.author, post.id, post.text, round(at * 1000))
        return meta.delivery("instagram", entry)
    value = {
        "id": post.id,
        "from": {"id": post.author, "username": post.author_name},
        "text": post.text,
        "media": {"id": nonce, "media_product_type": "FEED"},
    }
    if post.conversation != post.id:
        value["parent_id"] = post.conversation
    entry = {"id": post.account, "time": int(at), "field": "comments", "value": value}
    return meta.delivery("instagram", entry)


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Signed with the app secret."""
    return meta.signed(body, secret)


def new_hook() -> dict[str, str]:
    """An app secret and a verify token."""
    return meta.new_hook()
