"""Xiaohongshu's deliveries, which bear no text: a post becomes news of its author."""

from hashlib import sha256

from cli.signing import Post, as_json
from cli.signing.wechat import new_hook as new_hook
from desk.sealed import encrypt, sign as signature
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
    kind, stamp, token = {"content-type": "application/json"}, str(int(now)), secret["token"]
    query = {"signature": signature(token, stamp, nonce), "timestamp": stamp, "nonce": nonce}
    if not secret.get("encoding_aes_key"):
        return Inbound("POST", kind, query, body)
    sealed = encrypt(body, sha256(nonce.encode()).digest()[:16], secret)
    query["msg_signature"] = signature(token, stamp, nonce, sealed)
    return Inbound("POST", kind, query, as_json({"Encrypt": sealed}))
