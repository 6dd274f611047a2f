"""War rooms: few, and read by whoever needs to know where a matter goes."""

from datetime import datetime, timedelta

from cloud.store import table
from desk.room import Room
from desk.wire import stamp

RETENTION = timedelta(days=400)


def add_room(new: Room) -> bool:
    """Keep a new room; False where there is one of its id."""
    there = table.add(_item(new))
    return there is None or there.get("token") == new.token


def change_room(before: Room, after: Room) -> bool:
    """Replace a room; False if somebody else has changed it meanwhile."""
    return table.replace(_item(after), "room", before.token)


def rooms(brand: str, since: datetime | None = None) -> list[Room]:
    """All rooms of the brand, or those since then, in order: a topic's by when it was opened, an
    event's by when that begins.
    """
    between = (stamp(since), "~") if since is not None else None
    found = table.query(f"{brand}#W", between=between)
    return [Room.model_validate_json(item["body"]) for item in found]


def _item(room: Room) -> table.Item:
    return {
        "pk": f"{room.brand}#W",
        "sk": f"{stamp(room.begins or room.opened_at)}#{room.id}",
        "state": "room",
        "token": room.token,
        "body": room.model_dump_json(exclude_defaults=True),
        "ttl": int((room.opened_at + RETENTION).timestamp()),
    }
