"""WhatsApp's deliveries."""

from cli.signing import Post, meta
from desk.wire import Inbound, Secret


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A text message, in a group where the conversation is not the author's own."""
    message = {
        "from": post.author,
        "id": post.id,
        "timestamp": str(int(post.said_at.timestamp())),
        "type": "text",
        "text": {"body": post.text},
    }
    if post.conversation not in ("", post.author):
        message["group_id"] = post.conversation
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": post.account},
        "contacts": [{"profile": {"name": post.author_name}, "wa_id": post.author}],
        "messages": [message],
    }
    changes = [{"field": "messages", "value": value}]
    return meta.delivery("whatsapp_business_account", {"id": nonce, "changes": changes})


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Signed with the app secret."""
    return meta.signed(body, secret)


def new_hook() -> dict[str, str]:
    """An app secret and a verify token."""
    return meta.new_hook()
