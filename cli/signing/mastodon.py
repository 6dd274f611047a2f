"""The webhooks of a Mastodon server's administration."""

import secrets
from html import escape

from cli.signing import Post, as_json
from desk.channels import mastodon
from desk.wire import Inbound, Secret, iso


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A public status that names the account, if there is one."""
    at = iso(post.said_at)
    author = {"id": post.author, "acct": post.author_name or post.author, "bot": False}
    if post.followers is not None:
        author["followers_count"] = post.followers
    status = {
        "id": post.id,
        "created_at": at,
        "visibility": "public",
        "language": post.language or None,
        "content": f"<p>{escape(post.text, quote=False)}</p>",
        "account": author,
        "mentions": [{"id": post.account}] if post.account else [],
    }
    return as_json({"event": "status.created", "created_at": at, "object": status})


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Signed with the webhook's secret."""
    signature = mastodon.sign(body, secret["secret"])
    return Inbound(
        "POST", {"content-type": "application/json", "x-hub-signature": signature}, {}, body
    )


def new_hook() -> dict[str, str]:
    """A webhook's secret."""
    return {"secret": secrets.token_hex(32)}
