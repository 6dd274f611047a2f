"""The time, and what nobody can guess."""

import random
import secrets
import time
from datetime import UTC, datetime


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


def pause(attempt: int) -> None:
    """Wait a little, by chance, and longer after each attempt: at most 10 ms, 20 ms, 40 ms …"""
    time.sleep(random.random() * 0.01 * 2**attempt)


def token() -> str:
    """128 random bits in hex: names one delivery, or fences one move."""
    return secrets.token_hex(16)


def link_token() -> str:
    """256 random bits, fit for an address: what an approver's link is made of."""
    return secrets.token_urlsafe(32)


def digits(count: int) -> str:
    """So many decimal digits that nobody can guess: what a code is made of."""
    return f"{secrets.randbelow(10**count):0{count}}"
