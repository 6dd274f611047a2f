"""Escalations, the record of what was done about them, and approvers' links with their codes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cloud.store import table
from cloud.store.bodies import body_of, packed
from cloud.store.replies import due_keys
from desk.approval import Approval
from desk.audit import Act
from desk.codes import Code
from desk.escalation import RISKS, Escalation
from desk.wire import stamp

RETENTION = timedelta(days=180)
DECIDED_FOR = timedelta(days=7)
"""How long a used or expired link still tells its owner what became of the matter."""


def add_escalation(new: Escalation) -> Escalation | None:
    """Open an escalation unless one of its name is open; None if opened, else the open one."""
    there = table.add(_item(new), unless_state="resolved")
    if there is None or there.get("token") == new.token:
        return None
    return Escalation.model_validate_json(body_of(there))


def escalation(brand: str, name: str) -> Escalation | None:
    """An escalation as it stands at this moment, or None where there is none."""
    item = table.get(f"{brand}#E#{name}", "HEAD")
    return Escalation.model_validate_json(body_of(item)) if item else None


def advance(before: Escalation, after: Escalation) -> bool:
    """Replace `before` by `after`; False if somebody else has moved it meanwhile."""
    return table.replace(_item(after), before.state, before.token)


def has_joined(brand: str, name: str, what: str) -> bool:
    """Whether `what` (a mention, a reply in a state, a window) is in that escalation already."""
    return table.get(f"{brand}#E#{name}", f"J#{what}") is not None


def join(brand: str, name: str, what: str, now: datetime) -> bool:
    """Note that `what` is part of an escalation; False if it was before."""
    item = {"pk": f"{brand}#E#{name}", "sk": f"J#{what}", "body": stamp(now)} | _ttl(now)
    return table.add(item) is None


def log(brand: str, name: str, now: datetime, token: str, entry: str) -> None:
    """Add a line to an escalation's log; the same token again changes nothing."""
    key = {"pk": f"{brand}#E#{name}", "sk": f"LOG#{stamp(now)}#{token}"}
    table.add(key | {"body": entry} | _ttl(now))


def log_of(brand: str, name: str) -> list[tuple[str, str]]:
    """An escalation's log: time in ISO form and line, oldest first."""
    rows = table.query(f"{brand}#E#{name}", begins="LOG#")
    return [(row["sk"].split("#")[1], row["body"]) for row in rows]


def keep_act(act: Act) -> None:
    """Add what a person did to the record; what is there already stays as it is."""
    table.add(_act(act, "") | {"body": act.model_dump_json(exclude_defaults=True)})


def note_late(act: Act) -> None:
    """Note that somebody else was faster: that act of the record did not count."""
    table.add(_act(act, "#LATE") | {"body": ""})


def acts_of(brand: str, name: str) -> list[tuple[Act, bool]]:
    """What people did about an escalation, oldest first, and whether it came too late to count."""
    rows = {row["sk"]: row["body"] for row in table.query(f"{brand}#E#{name}", begins="ACT#")}
    return [
        (Act.model_validate_json(body), f"{sk}#LATE" in rows) for sk, body in rows.items() if body
    ]


def open_escalations(brand: str) -> Iterator[Escalation]:
    """All that waits for somebody or has been taken and not ended, the gravest first."""
    for found in table.query(f"{brand}#escalations", index="queue"):
        item = table.get(found["pk"], found["sk"])
        if item is not None and item["state"] != "resolved":
            yield Escalation.model_validate_json(body_of(item))


def add_approval(new: Approval) -> None:
    """Keep a link by its token's hash."""
    table.put(
        {
            "pk": f"T#{new.hash}",
            "sk": "APPROVAL",
            "body": new.model_dump_json(),
            "ttl": int((new.expires_at + DECIDED_FOR).timestamp()),
        }
    )


def approval(hashed: str) -> Approval | None:
    """The link with that hash, or None."""
    item = table.get(f"T#{hashed}", "APPROVAL")
    return Approval.model_validate_json(item["body"]) if item else None


def code(link: str) -> Code | None:
    """The code that was sent last for the link with that hash, or None."""
    item = table.get(f"T#{link}", "CODE")
    return Code.model_validate_json(item["body"]) if item else None


def keep_code(link: str, before: Code | None, after: Code, now: datetime) -> bool:
    """Keep `after` in the place of `before`; False if somebody else has moved it meanwhile."""
    item: table.Item = {
        "pk": f"T#{link}",
        "sk": "CODE",
        "state": "code",
        "token": after.token,
        "body": after.model_dump_json(),
        "ttl": int((now + DECIDED_FOR).timestamp()),
    }
    if before is None:
        there = table.add(item)
        return there is None or there.get("token") == after.token
    return table.replace(item, "code", before.token)


def _act(act: Act, late: str) -> table.Item:
    key = {"pk": f"{act.brand}#E#{act.escalation}", "sk": f"ACT#{stamp(act.at)}#{act.token}{late}"}
    return key | _ttl(act.at)


def _item(one: Escalation) -> table.Item:
    pk = f"{one.brand}#E#{one.id}"
    item: table.Item = {
        "pk": pk,
        "sk": "HEAD",
        "state": one.state,
        "token": one.token,
        **_ttl(one.opened_at),
        **due_keys(pk, one.due_at),
    }
    item["body"] = packed(one.model_dump_json(exclude_defaults=True), item)
    if one.state != "resolved":
        urgency = len(RISKS) - RISKS.index(one.risk)
        item["queue_pk"] = f"{one.brand}#escalations"
        item["queue_sk"] = f"{urgency}#{stamp(one.opened_at)}"
    return item


def _ttl(now: datetime) -> dict[str, int]:
    return {"ttl": int((now + RETENTION).timestamp())}
