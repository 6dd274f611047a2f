"""The control item: holds and the detector's heartbeat."""

from datetime import datetime

from cloud.store import table
from desk.control import Control, Hold
from desk.wire import stamp


def control(brand: str) -> Control | None:
    """The brand's control item by one consistent read; None where it is missing or unreadable."""
    try:
        item = table.get(f"{brand}#B", "CONTROL")
        if item is None:
            return None
        holds = tuple(Hold.model_validate_json(text) for text in item["holds"].values())
        return Control(brand=brand, holds=holds, heartbeat=item.get("heartbeat"))
    except (AttributeError, KeyError, ValueError):
        # Absent and unreadable are the same answer here on purpose: both must stop us.
        return None


def create_control(brand: str, now: datetime) -> bool:
    """Make a brand's control item, without holds; False where it has one."""
    item = {"pk": f"{brand}#B", "sk": "CONTROL", "holds": {}, "heartbeat": stamp(now)}
    return table.add(item) is None


def hold(brand: str, new: Hold) -> bool:
    """Stop automation; False where the brand has no control item (and nothing goes out anyway)."""
    done = table.update(
        f"{brand}#B",
        "CONTROL",
        "SET holds.#scope = :hold",
        "attribute_exists(pk)",
        ExpressionAttributeNames={"#scope": new.scope},
        ExpressionAttributeValues={":hold": {"S": new.model_dump_json()}},
    )
    _log(brand, new.at, f"on {new.scope} ({new.kind}) by {new.by}: {new.reason}")
    return done


def release(brand: str, scope: str, by: str, reason: str, now: datetime) -> bool:
    """Let automation go on; False where nothing held that scope."""
    done = table.update(
        f"{brand}#B",
        "CONTROL",
        "REMOVE holds.#scope",
        "attribute_exists(holds.#scope)",
        ExpressionAttributeNames={"#scope": scope},
    )
    if done:
        _log(brand, now, f"off {scope} by {by}: {reason}")
    return done


def beat(brand: str, now: datetime) -> bool:
    """Note that the detector has looked at everything; False where there is no control item.

    Never makes the item: one that was lost must stay a stop until a person has looked.
    """
    return table.update(
        f"{brand}#B",
        "CONTROL",
        "SET heartbeat = :now",
        "attribute_exists(pk)",
        ExpressionAttributeValues={":now": {"S": stamp(now)}},
    )


def log_hand_back(brand: str, conversation: str, by: str, reason: str, now: datetime) -> None:
    """Note who has let the desk answer a conversation again, and why."""
    _log(brand, now, f"off conversation {conversation} by {by}: {reason}")


def hold_log(brand: str) -> list[tuple[str, str]]:
    """Who stopped and released what, and why: time in ISO form and line, oldest first."""
    rows = table.query(f"{brand}#B", begins="HOLD#")
    return [(row["sk"].removeprefix("HOLD#"), row["body"]) for row in rows]


def _log(brand: str, now: datetime, entry: str) -> None:
    table.put({"pk": f"{brand}#B", "sk": f"HOLD#{stamp(now)}", "body": entry})
