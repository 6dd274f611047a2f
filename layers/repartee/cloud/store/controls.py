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
    return _set(brand, new, "attribute_exists(pk)")


def begin_crisis(brand: str, new: Hold) -> Hold | None:
    """Stop automation unless that scope is held already; the hold that stands there now.

    What a person has set is stronger than a crisis, and when a crisis began decides which approvals
    count: neither is replaced. None where there is no control item, and nothing goes out anyway.
    """
    if _set(brand, new, "attribute_exists(pk) AND attribute_not_exists(holds.#scope)"):
        return new
    found = control(brand)
    holds = found.holds if found is not None else ()
    there = next((one for one in holds if one.scope == new.scope), None)
    if there == new:  # ours after all: only the answer to our write was lost
        _log_set(brand, new)
    return there


def release(
    brand: str, scope: str, by: str, reason: str, now: datetime, seen: Hold | None = None
) -> bool:
    """Let automation go on; False where nothing held that scope, or another hold than `seen`."""
    condition, more = "attribute_exists(holds.#scope)", {}
    if seen is not None:
        # As it is stored: what an older version has written need not be what we would write.
        item = table.get(f"{brand}#B", "CONTROL") or {"holds": {}}
        text = item["holds"].get(scope, "")
        if not text or Hold.model_validate_json(text) != seen:
            return False
        condition, more = "holds.#scope = :seen", {":seen": {"S": text}}
    done = table.update(
        f"{brand}#B",
        "CONTROL",
        "REMOVE holds.#scope",
        condition,
        ExpressionAttributeNames={"#scope": scope},
        **({"ExpressionAttributeValues": more} if more else {}),
    )
    if done:
        _log(brand, now, scope, f"off {scope} by {by}: {reason}", released=scope)
    return done


def released_since(brand: str, since: datetime) -> set[str]:
    """The scopes that a person has released since then."""
    between = (f"HOLD#{stamp(since)}", "HOLD#~")
    rows = table.query(f"{brand}#B", between=between)
    return {row["released"] for row in rows if "released" in row}


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
    _log(brand, now, conversation, f"off conversation {conversation} by {by}: {reason}")


def hold_log(brand: str) -> list[tuple[str, str]]:
    """Who stopped and released what, and why: time in ISO form and line, oldest first."""
    rows = table.query(f"{brand}#B", begins="HOLD#")
    return [(row["sk"].split("#")[1], row["body"]) for row in rows]


def _set(brand: str, new: Hold, condition: str) -> bool:
    done = table.update(
        f"{brand}#B",
        "CONTROL",
        "SET holds.#scope = :hold",
        condition,
        ExpressionAttributeNames={"#scope": new.scope},
        ExpressionAttributeValues={":hold": {"S": new.model_dump_json()}},
    )
    if done or new.kind == "hold":
        _log_set(brand, new)
    return done


def _log_set(brand: str, new: Hold) -> None:
    entry = f"on {new.scope} ({new.kind}) by {new.by}: {new.reason}"
    _log(brand, new.at, new.scope, entry)


def _log(brand: str, now: datetime, scope: str, entry: str, **more: str) -> None:
    key = {"pk": f"{brand}#B", "sk": f"HOLD#{stamp(now)}#{scope}"}
    table.put(key | {"body": entry} | more)
