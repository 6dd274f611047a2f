"""Xiaohongshu's deliveries, which bear no text: a post becomes news of its author."""

import json

from cli.signing import Post, as_json, wechat as alike
from cli.signing.wechat import new_hook as new_hook
from desk.sealed import ciphertext
from desk.wire import Inbound, Secret


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """Somebody who has come in."""
    return as_json(
        {
            "ToUserName": post.account,
            "FromUserName": post.author,
            "CreateTime": int(post.said_at.timestamp()),
            "MsgType": "event",
            "Event": "user_enter",
            "MsgId": post.id,
        }
    )


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Encrypted if the secret has a key, and signed: WeChat's way, in JSON."""
    request = alike.sign(body, secret, now, delivery_id, nonce)
    given = request.body
    if secret.get("encoding_aes_key"):
        given = json.dumps({"Encrypt": ciphertext(request.body)}).encode()
    return request._replace(headers={"content-type": "application/json"}, body=given)
