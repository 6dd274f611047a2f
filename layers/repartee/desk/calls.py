"""Calls to the platforms' APIs: how they are written, and what can be read in an answer."""

import json
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from desk.wire import (
    Credentials,
    Outbound,
    Response,
    Undecodable,
    read_json,
    without_surrogates,
)

SHORTEST_WAIT = 1.0
LONGEST_WAIT = 6 * 3600.0
USUAL_WAIT = 60.0
USUAL_INTERVAL = 300.0
SHORTEST_INTERVAL = 60.0


def post(url: str, fields: dict[str, Any], headers: Mapping[str, str]) -> Outbound:
    """A POST of `fields` as UTF-8 JSON, without \\u escapes: WeChat takes none (40033)."""
    text = json.dumps(without_surrogates(fields), ensure_ascii=False, separators=(",", ":"))
    return Outbound("POST", url, {"content-type": "application/json", **headers}, text.encode())


def form(url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Outbound:
    """A POST of `fields` as a form, in UTF-8."""
    plain = {name: without_surrogates(value) for name, value in fields.items()}
    kind = {"content-type": "application/x-www-form-urlencoded", **headers}
    return Outbound("POST", url, kind, urlencode(plain).encode())


def get(url: str, headers: Mapping[str, str]) -> Outbound:
    """A question, which has no body and changes nothing."""
    return Outbound("GET", url, headers, b"")


def interval(credentials: Credentials) -> float:
    """Seconds between two questions, by its `every`: five minutes, and never under one."""
    return max(seconds(credentials.get("every")) or USUAL_INTERVAL, SHORTEST_INTERVAL)


def seconds(given: str | None) -> float | None:
    """A whole number of seconds from a channel's parameter; None if it is none, or not above 0."""
    digits = given is not None and given.isascii() and given.isdigit() and len(given) < 10
    return float(given or 0) or None if digits else None


def until(reset: datetime | None, response: Response) -> float:
    """Seconds to wait until `reset`, by the answer's own clock, as there is none here."""
    try:
        date = parsedate_to_datetime(response.headers.get("date", ""))
        return wait((reset - date).total_seconds()) if reset else USUAL_WAIT
    except (TypeError, ValueError, OverflowError):
        return USUAL_WAIT


def json_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object that a body is, or None."""
    try:
        value = read_json(body)
    except Undecodable:
        return None
    return value if isinstance(value, dict) else None


def wait(value: Any) -> float:
    """Seconds to wait by what a platform asks for, between 1 s and 6 h; a minute if unreadable.

    A Retry-After that is a date counts as unreadable: there is no clock here to subtract it from.
    """
    if isinstance(value, str) and value.isascii() and value.strip().isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        return USUAL_WAIT
    return float(min(max(value, SHORTEST_WAIT), LONGEST_WAIT))
