"""CloudEvents in structured mode, as a system of the brand's own would post them."""

import secrets

from cli.signing import Post, as_json
from desk.wire import Inbound, Secret, iso


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A mention."""
    said_at = iso(post.said_at)
    author = {"id": post.author, "name": post.author_name, "followers": post.followers}
    return as_json(
        {
            "specversion": "1.0",
            "id": delivery_id,
            "source": "/replay",
            "type": "org.example.mention.created",
            "time": said_at,
            "data": {
                "id": post.id,
                "text": post.text,
                "author": author,
                "conversation": post.conversation,
                "account": post.account,
                "language": post.language,
                "created_at": said_at,
            },
        }
    )


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """With the bearer token: nothing is signed."""
    headers = {
        "content-type": "application/cloudevents+json",
        "authorization": f"Bearer {secret['token']}",
    }
    return Inbound("POST", headers, {}, body)


def new_hook() -> dict[str, str]:
    """A bearer token."""
    return {"token": secrets.token_hex(32)}
