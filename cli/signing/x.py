"""X's deliveries, of its Activity API."""

import secrets

from cli.signing import Post, as_json, number
from desk.channels import x
from desk.wire import Inbound, Secret, iso


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A post that names the account."""
    author = {
        "id": str(number(post.author)),
        "username": post.author_name,
        "public_metrics": {"followers_count": post.followers},
    }
    payload = {
        "id": str(number(post.id)),
        "author_id": author["id"],
        "conversation_id": str(number(post.conversation or post.id)),
        "created_at": iso(post.said_at),
        "edit_history_tweet_ids": [str(number(post.id))],
        "lang": post.language,
        "text": post.text,
    }
    event = {
        "event_uuid": delivery_id,
        "event_type": "post.mention.create",
        "filter": {"user_id": str(number(post.account))},
        "payload": payload,
        "includes": {"users": [author]},
    }
    return as_json({"data": event})


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Signed with the API key secret."""
    headers = {
        "content-type": "application/json",
        "x-twitter-webhooks-signature": x.sign(body, secret["secret"]),
    }
    return Inbound("POST", headers, {}, body)


def new_hook() -> dict[str, str]:
    """An API key secret."""
    return {"secret": secrets.token_hex(25)}
