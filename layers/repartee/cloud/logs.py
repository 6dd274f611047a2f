"""How a line of the log is written: what is routine has no more than says what was done."""

import json
from collections.abc import Mapping
from typing import Any

STATIC = frozenset(
    {"location", "service", "cold_start", "function_name", "function_memory_size", "function_arn"}
)
"""What Powertools adds and each stream of the log has in its name, or AWS in its own lines. A line
about a mention is a quarter as long without it, and CloudWatch charges for bytes.
"""


def line(log: Mapping[str, Any]) -> str:
    """A line as JSON; at INFO without what is static or empty. Warnings and errors have it all."""
    if log["level"] == "INFO":
        log = {name: value for name, value in log.items() if name not in STATIC and value != ""}
    return json.dumps(log, default=str, separators=(",", ":"), ensure_ascii=False)
