"""Where a judgement is not what a record expects, in words."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

NAMES = (
    "valid", "plaintext", "receive_id_inside", "encrypt", "msg_signature", "reply_xml", "class",
    "retry_after_s", "length", "graphemes", "utf8_bytes",
)  # fmt: skip
"""What is compared wherever a record expects it."""
POSITIVE = "positive integer"
"""Stands for any such number in a list of what a header may be."""


def differences(judged: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """Where a judgement is not what a record expects, in words; empty if it agrees."""
    found = []
    for name in NAMES:
        if name in expected:
            found += _difference(name, expected[name], judged.get(name))
    found += _response(judged.get("response") or {}, expected.get("response") or {})
    if "delivery_event_id" in expected:
        name = "delivery_event_id"
        found += _difference(name, expected[name], judged.get(name))
    items = judged.get("items") or []
    if "item_count" in expected:
        found += _difference("item_count", expected["item_count"], len(items))
    wanted = expected.get("items") or []
    for number, (want, item) in enumerate(zip(wanted, items, strict=False)):
        for name, value in want.items():
            found += _difference(f"item {number} {name}", value, item.get(name))
    return found


def _response(shown: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """How an answer differs: in its status, body, JSON or headers, where these are expected."""
    found = []
    for name in ("status", "body"):
        if name in expected:
            found += _difference(f"response {name}", expected[name], shown.get(name))
    if "status_any_of" in expected and shown.get("status") not in expected["status_any_of"]:
        found.append(f"response status is {shown.get('status')!r}, none of those expected")
    if "json" in expected and not _same_json(shown.get("body"), expected["json"]):
        found.append(f"response body is {shown.get('body')!r}, expected {expected['json']!r}")
    headers = {name.lower(): value for name, value in (shown.get("headers") or {}).items()}
    for name, wanted in (expected.get("headers") or {}).items():
        given = headers.get(name.lower().removesuffix("_any_of"))
        allowed = wanted if name.endswith("_any_of") else [wanted]
        number = POSITIVE in allowed and (given or "").isdigit() and int(given or "") > 0
        if given not in allowed and not number:
            found.append(f"response header {name} is {given!r}, expected {wanted!r}")
    return found


def _same_json(body: Any, expected: Any) -> bool:
    """Whether a body is the JSON value that is expected, its types included: 1 is not true."""
    try:
        value = json.loads(body)
    except (TypeError, ValueError):
        return False
    return json.dumps(value, sort_keys=True) == json.dumps(expected, sort_keys=True)


def _difference(name: str, expected: Any, actual: Any) -> list[str]:
    if isinstance(actual, tuple):
        actual = list(actual)
    if expected == actual or (name.endswith("_at") and _same_time(expected, actual)):
        return []
    return [f"{name} is {actual!r}, expected {expected!r}"]


def _same_time(one: Any, other: Any) -> bool:
    """Whether two ISO times are the same to the millisecond, which is all that we show."""
    try:
        apart = datetime.fromisoformat(one) - datetime.fromisoformat(other)
    except (TypeError, ValueError):
        return False
    return abs(apart.total_seconds()) < 0.001
