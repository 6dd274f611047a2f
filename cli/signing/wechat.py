"""WeChat's deliveries: in safe mode where the secret has a key."""

import secrets
from base64 import b64encode
from hashlib import sha256
from xml.sax.saxutils import escape

from cli.signing import Post, borne_by_xml, number
from desk.sealed import encrypt, sign as signature
from desk.wire import Inbound, Secret


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A text message."""
    fields = {
        "ToUserName": post.account,
        "FromUserName": post.author,
        "CreateTime": str(int(post.said_at.timestamp())),
        "MsgType": "text",
        "Content": post.text,
        "MsgId": str(number(post.id)),
    }
    parts = [f"<{name}>{escape(borne_by_xml(value))}</{name}>" for name, value in fields.items()]
    return f"<xml>{''.join(parts)}</xml>".encode()


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Encrypted if the secret has a key, and signed."""
    kind, stamp, token = {"content-type": "text/xml"}, str(int(now)), secret["token"]
    query = {"signature": signature(token, stamp, nonce), "timestamp": stamp, "nonce": nonce}
    if not secret.get("encoding_aes_key"):
        return Inbound("POST", kind, query, body)
    sealed = encrypt(body, sha256(nonce.encode()).digest()[:16], secret)
    query["encrypt_type"] = "aes"
    query["msg_signature"] = signature(token, stamp, nonce, sealed)
    wrapped = f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    return Inbound("POST", kind, query, wrapped.encode())


def new_hook() -> dict[str, str]:
    """A token and a key, for the safe mode."""
    return {
        "token": secrets.token_hex(16),
        "encoding_aes_key": b64encode(secrets.token_bytes(32)).decode().rstrip("="),
        "receive_id": f"wx{secrets.token_hex(8)}",
    }
