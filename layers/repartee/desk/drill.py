"""The daily drill: a mention of our own that travels the whole way to an approver of our own.

It has a brand to itself, so that no figure of a real one knows of it.
"""

import json
import re
from datetime import datetime
from html import unescape

from desk.channels import standard
from desk.playbook import Approver, Examples, Playbook, Policy, Rule, Script, Step
from desk.wire import Inbound, Secret, iso

BRAND, CHANNEL, APPROVER = "drill", "standard", "echo"
TO = f"{BRAND}/{APPROVER}"

PLAYBOOK = Playbook(
    brand=BRAND,
    version="1",
    name="Drill",
    languages=("en",),
    accounts={CHANNEL: "drill"},
    rules=(
        Rule(
            id="drill",
            query="drill",
            category="drill",
            priority=900,
            action="escalate",
            examples=Examples(match=("A drill.",), leave=("A play.",)),
        ),
    ),
    scripts=(Script(id="none", variants={"en": ("Nothing is ever answered here.",)}),),
    # Closed within minutes; where it is not, the fallback's alarm says so.
    policies={"default": Policy(steps=(Step(ask=(APPROVER,), wait_minutes=60),))},
    approvers={APPROVER: Approver(name="Echo")},
)

_LINK = re.compile(r"https?://\S+/approvals/\S+")
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


def said(number: str) -> str:
    """What the mention of that number says."""
    return f"This is drill {number}."


def webhook(number: str, secret: Secret, now: datetime) -> Inbound:
    """The signed webhook that brings it."""
    data = {
        "id": f"m-{number}",
        "conversation": f"c-{number}",
        "account": "drill",
        "text": said(number),
        "author": {"id": "visitor", "name": "Visitor", "bot": False},
        "created_at": iso(now),
    }
    event = {"type": "message.created", "timestamp": iso(now), "data": data}
    body = json.dumps(event).encode()
    stamp = str(int(now.timestamp()))
    headers = {
        "content-type": "application/json",
        "webhook-id": number,
        "webhook-timestamp": stamp,
        "webhook-signature": standard.sign(number, stamp, body, secret["secret"]),
    }
    return Inbound("POST", headers, {}, body)


def link_in(text: str) -> str:
    """The approver's link in a message; empty where there is none."""
    found = _LINK.search(text)
    return found[0] if found else ""


def closing(page: str) -> dict[str, str]:
    """The form by which the page of a drill is closed: what it carries, and the choice."""
    carried = {unescape(name): unescape(value) for name, value in _HIDDEN.findall(page)}
    return carried | {"action": "reject", "text": "", "reason": "drill"}
