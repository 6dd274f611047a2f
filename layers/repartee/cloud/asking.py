"""Telling approvers: a link for each, then the message that has it; in a storm, a digest."""

from datetime import datetime

from cloud import clock, store, topic
from cloud.settings import settings
from desk import inbox
from desk.approval import Approval, expiry, token_hash
from desk.escalation import Escalation, Move
from desk.pages.notice import digest, gravest_first, notice
from desk.pages.texts import PageLanguage
from desk.playbook import Playbook


def ask(escalation: Escalation, move: Move, seen: str, playbook: Playbook, now: datetime) -> bool:
    """Tell those whom `move` names, then record it; False if somebody has moved it meanwhile.

    Say first, record second: if we stop in between, the next minute says it again, about the same
    matter, which is harmless. `seen` is the fingerprint of the text that is proposed. Who has got
    many messages in the last minutes is told by their next digest; what is sent is counted last, by
    whoever has recorded it, so that nobody's count stands in anybody's way.
    """
    brand, name, risk = escalation.brand, escalation.id, escalation.risk
    told = []
    for who in move.ask:
        if inbox.is_full(store.inbox(brand, who), name, risk, now):
            store.inbox(brand, who, lambda box: inbox.put_aside(box, name, now))
            continue
        link = _link(escalation, who, seen, now)
        message = notice(escalation, playbook.name, _language(playbook, who), link)
        topic.publish(brand, who, *message, escalation=name)
        told.append(who)
    recorded = store.advance(escalation, move.then)
    asked = ", ".join(move.ask) or "nobody"
    store.log(brand, name, now, move.then.token, f"{move.reason}: asked {asked}")
    for who in told if recorded else ():
        store.inbox(brand, who, lambda box: inbox.counted(box, now))
    return recorded


def send_digest(brand: str, who: str, playbook: Playbook, now: datetime) -> int:
    """Tell `who` what has waited for their digest, and is still open; of how many matters.

    Said first and recorded second, as above.
    """
    box = store.inbox(brand, who)
    if box.due_at is None or now < box.due_at:
        return 0
    found = [store.escalation(brand, name) for name in box.waiting]
    still = sorted((one for one in found if one and one.state == "open"), key=gravest_first)
    first = still[: inbox.MOST_LINKS]
    asked = [(one, _link(one, who, _seen(one), now)) for one in first]
    if asked:
        more = len(still) - len(first) + box.beyond
        message = digest(asked, more, playbook.name, _language(playbook, who))
        topic.publish(brand, who, *message)
    done = {*box.waiting} - {one.id for one in still} | {one.id for one in first}
    store.inbox(brand, who, lambda box: inbox.emptied(box, done, now))
    return len(asked)


def _link(escalation: Escalation, who: str, seen: str, now: datetime) -> str:
    """A new link of theirs to the matter: only its hash is kept."""
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
    return f"{settings().public_url}/approvals/{token}"


def _seen(escalation: Escalation) -> str:
    matter = escalation.matter
    reply = store.reply(matter.brand, matter.conversation, matter.reply) if matter.reply else None
    return reply.fingerprint if reply is not None else ""


def _language(playbook: Playbook, who: str) -> PageLanguage:
    approver = playbook.approvers.get(who)
    return approver.language if approver else "en"
