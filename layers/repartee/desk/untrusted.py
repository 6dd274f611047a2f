"""Values out of what others sent: of the type that is expected, or None."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONTHS = {name: f"{number:02}" for number, name in enumerate(
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
)}  # fmt: skip
YEAR_10000 = 253_402_300_800
"""In seconds since 1970: datetime ends before it."""


def text(value: Any) -> str | None:
    """A string that is not empty."""
    return value if isinstance(value, str) and value else None


def identifier(value: Any) -> str | None:
    """An id as a string: platforms write the same id as a number here and as a string there."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(value)


def flag(value: Any) -> bool | None:
    """True or false, and nothing that is merely like it."""
    return value if isinstance(value, bool) else None


def count(value: Any) -> int | None:
    """A whole number from 0 up."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and value >= 0 else None


def table(value: Any) -> dict[str, Any]:
    """A JSON object; an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[Any]:
    """A JSON array; an empty one in place of anything else."""
    return value if isinstance(value, list) else []


def link(value: Any) -> str | None:
    """An http or https address: any other scheme could run in the reader's browser."""
    address = text(value)
    try:
        scheme = urlsplit(address or "").scheme
    except ValueError:
        return None
    return address if scheme in ("http", "https") else None


def moment(value: Any, per_second: int = 1) -> datetime | None:
    """The UTC time of a count since 1970 in parts of a second, as a number or its digits.

    None for what no message can bear: 1970 itself, anything before it or past the year 9999.
    """
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0 < value < YEAR_10000 * per_second:
        return None
    return EPOCH + timedelta(microseconds=round(value * 1_000_000 / per_second))


def instant(value: Any) -> datetime | None:
    """The UTC time that an ISO 8601 string names; None without a zone, or in 1970 and before."""
    try:
        when = datetime.fromisoformat(value if isinstance(value, str) else "")
        if when.tzinfo is None:
            return None
        when = when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return when if when > EPOCH else None


def dated(value: Any) -> datetime | None:
    """The UTC time of a string such as `Mon Jul 16 18:09:20 +0800 2012`, as Weibo writes it."""
    parts = value.split() if isinstance(value, str) else []
    if len(parts) != 6:
        return None
    _, month, day, clock, zone, year = parts
    return instant(f"{year}-{MONTHS.get(month, '')}-{day:0>2}T{clock}{zone}")
