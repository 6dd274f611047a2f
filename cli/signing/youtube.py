"""A hub's pushes of a YouTube channel's feed."""

import secrets
from xml.sax.saxutils import escape

from cli.signing import Post, borne_by_xml
from desk.channels import youtube
from desk.wire import Inbound, Secret, iso


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """An upload, which is all that is pushed: comments are asked for."""
    at = iso(post.said_at)
    entry = {
        "id": f"yt:video:{post.id}",
        "yt:videoId": post.id,
        "yt:channelId": post.account,
        "title": post.text,
        "published": at,
        "updated": at,
    }
    parts = [f"<{name}>{escape(borne_by_xml(value))}</{name}>" for name, value in entry.items()]
    name = f"<author><name>{escape(borne_by_xml(post.author_name))}</name></author>"
    spaces = (
        'xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns="http://www.w3.org/2005/Atom"'
    )
    return f"<feed {spaces}><entry>{''.join(parts)}{name}</entry></feed>".encode()


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Signed with the hub.secret."""
    headers = {
        "content-type": "application/atom+xml",
        "x-hub-signature": youtube.sign(body, secret["secret"]),
    }
    return Inbound("POST", headers, {}, body)


def new_hook() -> dict[str, str]:
    """A hub.secret."""
    return {"secret": secrets.token_hex(32)}
