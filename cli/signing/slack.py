"""Slack's deliveries."""

import secrets

from cli.signing import Post, as_json
from desk.channels import slack
from desk.wire import Inbound, Secret


def form(post: Post, delivery_id: str, nonce: str) -> bytes:
    """A message in a channel, or directly to the bot where there is none."""
    stamp = post.said_at.timestamp()
    event = {
        "type": "message",
        "channel": post.conversation or f"D{post.author}",
        "channel_type": "channel" if post.conversation else "im",
        "user": post.author,
        "ts": post.id if post.id.replace(".", "", 1).isdigit() else f"{stamp:.6f}",
        "text": slack.escaped(post.text),
    }
    return as_json(
        {
            "type": "event_callback",
            "team_id": post.account,
            "event_id": delivery_id,
            "event_time": int(stamp),
            "event": event,
        }
    )


def sign(body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str) -> Inbound:
    """Signed with the signing secret, at `now`."""
    stamp = str(int(now))
    headers = {
        "content-type": "application/json",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": slack.sign(body, stamp, secret["secret"]),
    }
    return Inbound("POST", headers, {}, body)


def new_hook() -> dict[str, str]:
    """A signing secret."""
    return {"secret": secrets.token_hex(16)}
