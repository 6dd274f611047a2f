"""How often each topic came up, by window of time."""

from datetime import datetime, timedelta

from cloud.store import table
from desk.window import Window
from desk.wire import stamp

RETENTION = timedelta(days=60)


def keep_window(brand: str, window: Window) -> None:
    """Keep what was counted in a window; a later count of the same window replaces it."""
    table.put(
        {
            "pk": f"{brand}#T",
            "sk": f"W#{stamp(window.start)}",
            "body": window.model_dump_json(),
            "ttl": int((window.start + RETENTION).timestamp()),
        }
    )


def windows(brand: str, since: datetime, until: datetime) -> list[Window]:
    """What was counted in the windows that start from `since` to `until`, oldest first."""
    between = (f"W#{stamp(since)}", f"W#{stamp(until)}")
    found = table.query(f"{brand}#T", between=between)
    return [Window.model_validate_json(item["body"]) for item in found]
