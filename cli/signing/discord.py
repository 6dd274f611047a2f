"""Discord's interactions.

Only Discord can sign for an application of its own. A rehearsal has a key pair, and the private one
beside the public one in its secret: a real channel's secret has none.
"""

import secrets

from cli.signing import Post, as_json, number
from desk.wire import Inbound, Secret


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A command with what somebody typed after it."""
    author = {"id": str(number(post.author)), "username": post.author_name}
    return as_json(
        {
            "type": 2,
            "version": 1,
            "id": str(number(post.id)),
            "application_id": str(number(post.account)),
            "channel_id": str(number(post.conversation or post.author)),
            "token": nonce,
            "user": author,
            "locale": post.language,
            "data": {
                "name": "ask",
                "options": [{"name": "question", "type": 3, "value": post.text}],
            },
        }
    )


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Signed with the rehearsal's private key; KeyError where the secret is a real channel's."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    stamp = str(int(now))
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret["private_key"]))
    headers = {
        "content-type": "application/json",
        "x-signature-timestamp": stamp,
        "x-signature-ed25519": key.sign(stamp.encode() + body).hex(),
    }
    return Inbound("POST", headers, {}, body)


def new_hook() -> dict[str, str]:
    """A key pair."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = secrets.token_bytes(32)
    public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    return {"public_key": public.hex(), "private_key": private.hex()}
