"""WeCom's deliveries: WeChat's, always encrypted."""

from cli.signing import Post, wechat as alike
from cli.signing.wechat import new_hook as new_hook
from desk.wire import Inbound, Secret


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A text message to an app."""
    said = alike.form(post, delivery_id, nonce)
    return said.replace(b"</xml>", b"<AgentID>1000002</AgentID></xml>")


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Encrypted and signed."""
    request = alike.sign(body, secret, now, delivery_id, nonce)
    query = {name: request.query[name] for name in ("msg_signature", "timestamp", "nonce")}
    return request._replace(query=query)
