"""What Meta's deliveries have in common."""

import secrets
from typing import Any

from cli.signing import as_json
from desk.channels import meta
from desk.wire import Inbound, Secret


def delivery(about: str, entry: dict[str, Any]) -> bytes:
    """A body with one entry."""
    return as_json({"object": about, "entry": [entry]})


def message(account: str, author: str, number: str, text: str, milliseconds: int) -> dict[str, Any]:
    """An entry with a text that somebody says in private, on Messenger or Instagram."""
    event = {
        "sender": {"id": author},
        "recipient": {"id": account},
        "timestamp": milliseconds,
        "message": {"mid": number, "text": text},
    }
    return {"id": account, "time": milliseconds, "messaging": [event]}


def signed(body: bytes, secret: Secret) -> Inbound:
    """Signed with the app secret."""
    headers = {
        "content-type": "application/json",
        "x-hub-signature-256": meta.sign(body, secret["secret"]),
    }
    return Inbound("POST", headers, {}, body)


def new_hook() -> dict[str, str]:
    """An app secret and a verify token."""
    return {"secret": secrets.token_hex(16), "verify_token": secrets.token_hex(16)}
