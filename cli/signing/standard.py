"""Standard Webhooks, as a system of the brand's own would post them."""

import secrets
from base64 import b64encode

from cli.signing import Post, as_json
from desk.channels import standard
from desk.wire import Inbound, Secret, iso


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A mention."""
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
    return as_json({"type": "mention.created", "timestamp": said_at, "data": data})


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """With a `v1` signature."""
    stamp = str(int(now))
    headers = {
        "content-type": "application/json",
        "webhook-id": delivery_id,
        "webhook-timestamp": stamp,
        "webhook-signature": standard.sign(delivery_id, stamp, body, secret["secret"]),
    }
    return Inbound("POST", headers, {}, body)


def new_hook() -> dict[str, str]:
    """A signing secret."""
    return {"secret": f"whsec_{b64encode(secrets.token_bytes(24)).decode()}"}
