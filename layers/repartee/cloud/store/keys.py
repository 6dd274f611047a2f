"""Who may pull the brake from outside: links and telephones of approvers, kept by their hashes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cloud.store import table
from desk.brake import Link, Phone

SMS_NOTED = timedelta(days=15)
"""Longer than a queue can bring a message again."""


def keep_link(link: Link) -> None:
    """Keep an approver's link to the brake, or its revocation."""
    key = {"pk": f"{link.brand}#B", "sk": f"LINK#{link.hash}"}
    table.put(key | {"body": link.model_dump_json()})


def link(brand: str, hashed: str) -> Link | None:
    """The link with that hash, or None."""
    item = table.get(f"{brand}#B", f"LINK#{hashed}")
    return Link.model_validate_json(item["body"]) if item else None


def links(brand: str) -> Iterator[Link]:
    """All links of a brand, those that are over included."""
    for item in table.query(f"{brand}#B", begins="LINK#"):
        yield Link.model_validate_json(item["body"])


def keep_phone(phone: Phone) -> None:
    """Keep an approver's telephone, or its revocation."""
    key = {"pk": f"{phone.brand}#B", "sk": f"PHONE#{phone.number}"}
    table.put(key | {"body": phone.model_dump_json()})


def phone(brand: str, number: str) -> Phone | None:
    """The telephone whose number has that stand-in, or None."""
    item = table.get(f"{brand}#B", f"PHONE#{number}")
    return Phone.model_validate_json(item["body"]) if item else None


def phones(brand: str) -> Iterator[Phone]:
    """All telephones of a brand, those that were revoked included."""
    for item in table.query(f"{brand}#B", begins="PHONE#"):
        yield Phone.model_validate_json(item["body"])


def is_sms_noted(brand: str, name: str) -> bool:
    """Whether what that text message asked for was done for the brand."""
    return table.get(f"{brand}#B", f"SMS#{name}") is not None


def note_sms(brand: str, name: str, now: datetime) -> None:
    """Note that a text message was done; it may come again."""
    key = {"pk": f"{brand}#B", "sk": f"SMS#{name}"}
    table.put(key | {"ttl": int((now + SMS_NOTED).timestamp())})
