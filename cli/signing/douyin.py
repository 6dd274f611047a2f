"""Douyin's deliveries."""

import json
import secrets

from cli.signing import Post, as_json
from desk.channels import douyin
from desk.wire import Inbound, Secret


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A private message."""
    content = {
        "create_time": round(post.said_at.timestamp() * 1000),
        "conversation_short_id": post.conversation or post.author,
        "server_message_id": post.id,
        "message_type": "text",
        "user_infos": [{"open_id": post.author, "nick_name": post.author_name}],
        "text": post.text,
    }
    return as_json(
        {
            "event": "im_receive_msg",
            "from_user_id": post.author,
            "to_user_id": post.account,
            "content": json.dumps(content, ensure_ascii=False),
            "log_id": nonce,
        }
    )


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Signed with the client secret."""
    headers = {
        "content-type": "application/json",
        "msg-id": delivery_id,
        "x-douyin-signature": douyin.sign(body, secret["secret"]),
    }
    return Inbound("POST", headers, {}, body)


def new_hook() -> dict[str, str]:
    """A client secret."""
    return {"secret": secrets.token_hex(16)}
