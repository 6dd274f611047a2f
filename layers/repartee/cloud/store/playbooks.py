"""Playbook versions, which never change, the pointer to the current one, and who moved it."""

import time
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel

from cloud.store import table
from desk.playbook import Playbook
from desk.playbook.packed import packed, unpacked
from desk.wire import stamp

LIFE = 30.0
"""Seconds for which a warm function trusts the pointer that it has read."""

ACCOUNTS_LIFE = 300.0

_kept: dict[str, tuple[float, Playbook]] = {}
_accounts: list[tuple[float, frozenset[str]]] = []


class NoPlaybook(Exception):
    """The brand has no current playbook: nothing can be decided for it."""


class OtherContent(Exception):
    """A version of that name is there, and says something else."""


class Move(BaseModel, frozen=True):
    """That somebody made a version the current one."""

    version: str
    before: str = ""
    """The version that was current until then; empty for the first."""
    by: str = ""
    """Empty where an install was set up with it."""
    reason: str = ""
    at: AwareDatetime | None = None


class Version(NamedTuple):
    """A version that is kept: when it came here, in ISO form, and by whom."""

    name: str
    made_at: str
    by: str


def playbook(brand: str) -> Playbook:
    """The brand's current playbook, at most 30 seconds old; raises NoPlaybook without one.

    Where the current version cannot be read, the last one that could stays in force here.
    """
    now = time.monotonic()
    kept = _kept.get(brand)
    if kept is not None and now < kept[0]:
        return kept[1]
    pointer = table.get(f"{brand}#B", "PLAYBOOK")
    if pointer is None:
        raise NoPlaybook(brand)
    version = pointer["version"]
    if kept is not None and kept[1].version == version:
        current: Playbook | None = kept[1]
    else:
        current = playbook_version(brand, version) or (kept[1] if kept else None)
    if current is None:
        raise NoPlaybook(f"{brand}, version {version}")
    _kept[brand] = (now + LIFE, current)
    return current


def playbook_version(brand: str, version: str) -> Playbook | None:
    """A version that is kept; None where there is none, or none that is whole."""
    item = table.get(f"{brand}#B", f"PLAYBOOK#{version}")
    return None if item is None else _whole(item["body"], version)


def playbook_versions(brand: str) -> list[Version]:
    """All versions that are kept, in the order of their names."""
    items = table.query(f"{brand}#B", begins="PLAYBOOK#")
    return [
        Version(item["sk"].removeprefix("PLAYBOOK#"), item.get("made_at", ""), item.get("by", ""))
        for item in items
    ]


def brands() -> list[str]:
    """The brands of this install."""
    return [item["sk"] for item in table.query("BRANDS")]


def own_accounts() -> frozenset[str]:
    """The accounts of all brands of this install, at most five minutes old.

    Two brands of one owner must not answer each other for ever.
    """
    now = time.monotonic()
    if _accounts and now < _accounts[0][0]:
        return _accounts[0][1]
    found: set[str] = set()
    for item in table.query("BRANDS"):
        # What was applied before accounts were kept here has them in its playbook alone.
        known = item.get("accounts")
        if known is None:
            with suppress(NoPlaybook):
                known = playbook(item["sk"]).accounts
        found |= {*(known or {}).values()}
    _accounts[:] = [(now + ACCOUNTS_LIFE, frozenset(found))]
    return _accounts[0][1]


def keep_version(new: Playbook, by: str, now: datetime) -> bool:
    """Keep a version; False where it is here already. What is whole never changes.

    Only what follows from the rules is renewed, as a later code compiles them otherwise. Raises
    OtherContent where the name is another playbook's.
    """
    item: table.Item = {
        "pk": f"{new.brand}#B",
        "sk": f"PLAYBOOK#{new.version}",
        "body": packed(new),
        "made_at": stamp(now),
        "by": by,
    }
    there = table.add(item)
    if there is None:
        return True
    whole = _whole(there["body"], new.version)
    if whole is not None and whole.model_copy(update={"compiled": new.compiled}) != new:
        raise OtherContent(new.version)
    if whole is None or whole.compiled != new.compiled:
        table.put(item)
    return False


def current_move(brand: str) -> Move | None:
    """How the current version became it; None where the brand has none."""
    pointer = table.get(f"{brand}#B", "PLAYBOOK")
    return None if pointer is None else _move(pointer)


def make_current(new: Playbook, move: Move) -> bool:
    """Make `new`, which is kept, the current version, and note who did; False where `move.before`
    is not current any more, since somebody else was faster.
    """
    # Each move is in the pointer as long as it is the last, and noted before it is replaced: so
    # the log has all of them, whoever stops in between.
    if last := current_move(new.brand):
        _note(new.brand, last)
    body = move.model_dump_json()
    values = {":version": table.typed(move.version), ":body": table.typed(body)}
    if move.before:
        values[":before"] = table.typed(move.before)
    done = table.update(
        f"{new.brand}#B",
        "PLAYBOOK",
        "SET #version = :version, body = :body",
        "#version = :before" if move.before else "attribute_not_exists(pk)",
        ExpressionAttributeNames={"#version": "version"},
        ExpressionAttributeValues=values,
    )
    # A write of ours whose answer was lost comes back as refused.
    if not done and current_move(new.brand) != move:
        return False
    _note(new.brand, move)
    list_brand(new)
    return True


def list_brand(current: Playbook) -> None:
    """Put a brand among those of this install, with its accounts."""
    table.put({"pk": "BRANDS", "sk": current.brand, "accounts": current.accounts})


def playbook_log(brand: str) -> list[Move]:
    """Who made which version current, and why, oldest first."""
    rows = table.query(f"{brand}#B", begins="PLAYBOOKLOG#")
    moves = [Move.model_validate_json(row["body"]) for row in rows]
    last = current_move(brand)
    return moves if last is None or last in moves else [*moves, last]


def keep_playbook(new: Playbook) -> None:
    """Keep a version and make it the current one, whatever was there: for an install's set-up."""
    key = {"pk": f"{new.brand}#B", "sk": f"PLAYBOOK#{new.version}"}
    table.put(key | {"body": packed(new)})
    table.put({"pk": f"{new.brand}#B", "sk": "PLAYBOOK", "version": new.version})
    list_brand(new)


def forget() -> None:
    """Read everything anew: for tests."""
    _kept.clear()
    _accounts.clear()


def _whole(body: bytes | str, version: str) -> Playbook | None:
    try:
        found = unpacked(body)
    except ValueError:
        return None
    return found if found.version == version else None


def _move(pointer: table.Item) -> Move:
    body = pointer.get("body")
    return Move.model_validate_json(body) if body else Move(version=pointer["version"])


def _note(brand: str, move: Move) -> None:
    """Puts a move into the log; doing so again changes nothing."""
    if move.at is not None:
        key = f"PLAYBOOKLOG#{stamp(move.at)}#{move.version}"
        table.add({"pk": f"{brand}#B", "sk": key, "body": move.model_dump_json()})
