"""TikTok's deliveries."""

import json
import secrets

from cli.signing import Post, as_json
from desk.channels import tiktok
from desk.wire import Inbound, Secret


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A message to the business account."""
    content = {
        "message_id": post.id,
        "timestamp": round(post.said_at.timestamp() * 1000),
        "conversation_id": post.conversation or post.author,
        "from": post.author_name,
        "from_user": {"id": post.author, "role": "personal_account"},
        "to_user": {"id": post.account, "role": "business_account"},
        "type": "text",
        "text": {"body": post.text},
    }
    return as_json(
        {
            "client_key": nonce,
            "event": "im_receive_msg",
            "create_time": int(post.said_at.timestamp()),
            "user_openid": post.account,
            "content": json.dumps(content, ensure_ascii=False),
        }
    )


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Signed with the application's secret, and the time."""
    stamp = str(int(now))
    signature = f"t={stamp},s={tiktok.sign(stamp, body, secret['secret'])}"
    return Inbound(
        "POST", {"content-type": "application/json", "tiktok-signature": signature}, {}, body
    )


def new_hook() -> dict[str, str]:
    """An application's secret."""
    return {"secret": secrets.token_hex(16)}
