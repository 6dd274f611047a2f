"""Deliveries as the platforms send them, with genuine signatures: for replays and rehearsals.

Each platform that has webhooks is a module of this folder, which offers

    form(post, delivery_id, nonce) -> bytes                     the body that brings a post
    sign(body, secret, now, delivery_id, nonce) -> Inbound      a genuine request with any body
    new_hook() -> dict[str, str]                                a fresh secret of its kind
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib import import_module
from typing import Any, Protocol, cast

from desk.channels import PLATFORMS
from desk.wire import Inbound, Secret, visible


@dataclass(frozen=True)
class Post:
    """What somebody wrote, before it takes a platform's form."""

    id: str
    text: str
    author: str
    author_name: str
    account: str
    conversation: str
    said_at: datetime
    """With a time zone."""
    language: str = ""
    followers: int | None = None


class Sender(Protocol):
    """What a platform's module offers."""

    def form(self, post: Post, delivery_id: str, nonce: str) -> bytes: ...
    def sign(
        self, body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str
    ) -> Inbound: ...
    def new_hook(self) -> dict[str, str]: ...


def webhook(
    platform: str, post: Post, secret: Secret, now: float, delivery_id: str, nonce: str
) -> Inbound:
    """The delivery that brings `post` at `now`.

    Where a platform's ids are numbers, an id that is none becomes one, always the same. Raises
    KeyError for a platform without webhooks, or a secret without its field.
    """
    body = _sender(platform).form(post, delivery_id, nonce)
    return signed(platform, body, secret, now, delivery_id, nonce)


def signed(
    platform: str, body: bytes, secret: Secret, now: float, delivery_id: str, nonce: str
) -> Inbound:
    """A delivery of any bytes at all whose signature is genuine; raises KeyError as `webhook`."""
    return _sender(platform).sign(body, secret, now, delivery_id, nonce)


def new_hook(platform: str) -> dict[str, str]:
    """A fresh secret of the kind that the platform uses; raises KeyError as `webhook`."""
    return {"platform": platform, **_sender(platform).new_hook()}


def number(identity: str) -> int:
    """An id as a number of at most 19 digits: its own, or one that is drawn from its hash."""
    if identity.isascii() and identity.isdigit() and len(identity) < 19:
        return int(identity)
    return int.from_bytes(sha256(identity.encode("utf-8", "surrogatepass")).digest()[:6], "big")


def as_json(value: Mapping[str, Any]) -> bytes:
    """A JSON body, in UTF-8; what no UTF-8 can bear becomes `?`."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def borne_by_xml(value: str) -> str:
    """Without what no XML can bear: https://www.w3.org/TR/xml/#charsets"""
    return "".join(
        c for c in visible(value) if not ("\ud800" <= c <= "\udfff" or c in "\ufffe\uffff")
    )


def _sender(platform: str) -> Sender:
    if platform not in PLATFORMS:
        raise KeyError(platform)
    try:
        return cast(Sender, import_module(f"cli.signing.{platform}"))
    except ModuleNotFoundError:
        raise KeyError(f"{platform} has no webhooks") from None
