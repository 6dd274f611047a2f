"""Carrying out an escalation's move: a link for each approver, then the message that has it."""

from datetime import datetime

from cloud import clock, store, topic
from cloud.settings import settings
from desk.approval import Approval, expiry, token_hash
from desk.escalation import Escalation, Move
from desk.pages.notice import notice
from desk.playbook import Playbook


def ask(escalation: Escalation, move: Move, seen: str, playbook: Playbook, now: datetime) -> bool:
    """Tell those whom `move` names, then record it; False if somebody has moved it meanwhile.

    Say first, record second: if we stop in between, the next minute says it again, about the same
    matter, which is harmless. `seen` is the fingerprint of the text that is proposed.
    """
    for who in move.ask:
        token = clock.link_token()
        store.add_approval(
            Approval(
                hash=token_hash(token),
                brand=escalation.brand,
                escalation=escalation.id,
                approver=who,
                event=escalation.matter.event,
                seen=seen,
                made_at=now,
                expires_at=expiry(now, escalation.expires_minutes),
            )
        )
        link = f"{settings().public_url}/approvals/{token}"
        approver = playbook.approvers.get(who)
        language = approver.language if approver else "en"
        subject, text = notice(escalation, playbook.name, language, link)
        topic.publish(who, subject, text)
    recorded = store.advance(escalation, move.then)
    asked = ", ".join(move.ask) or "nobody"
    entry = f"{move.reason}: asked {asked}"
    store.log(escalation.brand, escalation.id, now, move.then.token, entry)
    return recorded
