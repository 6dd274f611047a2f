"""Playbook versions, which never change, and the pointer to the current one."""

import time
from contextlib import suppress

from cloud.store import table
from desk.playbook import Playbook

LIFE = 30.0
"""Seconds for which a warm function trusts the pointer that it has read."""

ACCOUNTS_LIFE = 300.0

_kept: dict[str, tuple[float, Playbook]] = {}
_accounts: list[tuple[float, frozenset[str]]] = []


class NoPlaybook(Exception):
    """The brand has no current playbook: nothing can be decided for it."""


def playbook(brand: str) -> Playbook:
    """The brand's current playbook, at most 30 seconds old; raises NoPlaybook without one."""
    now = time.monotonic()
    kept = _kept.get(brand)
    if kept is not None and now < kept[0]:
        return kept[1]
    pointer = table.get(f"{brand}#B", "PLAYBOOK")
    if pointer is None:
        raise NoPlaybook(brand)
    version = pointer["version"]
    if kept is not None and kept[1].version == version:
        _kept[brand] = (now + LIFE, kept[1])
        return kept[1]
    item = table.get(f"{brand}#B", f"PLAYBOOK#{version}")
    if item is None:
        raise NoPlaybook(f"{brand}, version {version}")
    current = Playbook.model_validate_json(item["body"])
    _kept[brand] = (now + LIFE, current)
    return current


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
            with suppress(NoPlaybook, ValueError):
                known = playbook(item["sk"]).accounts
        found |= {*(known or {}).values()}
    _accounts[:] = [(now + ACCOUNTS_LIFE, frozenset(found))]
    return _accounts[0][1]


def keep_playbook(new: Playbook) -> None:
    """Keep a version, and make it the current one."""
    body = new.model_dump_json(exclude_defaults=True)
    table.put({"pk": f"{new.brand}#B", "sk": f"PLAYBOOK#{new.version}", "body": body})
    table.put({"pk": f"{new.brand}#B", "sk": "PLAYBOOK", "version": new.version})
    table.put({"pk": "BRANDS", "sk": new.brand, "accounts": new.accounts})


def forget() -> None:
    """Read everything anew: for tests."""
    _kept.clear()
    _accounts.clear()
