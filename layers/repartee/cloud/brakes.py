"""Pulling the brake and letting go: what is behind its page, text messages, what was held."""

import re
from datetime import timedelta
from typing import NamedTuple

from cloud import clock, matters, queues, secrets, store, topic
from cloud.settings import settings
from desk import brake, outbound
from desk.approval import token_hash
from desk.audit import released_act
from desk.brake import Link, Sms
from desk.control import Hold
from desk.escalation import moot, name_of
from desk.mention import opaque
from desk.outbound import Reply
from desk.pages import brake as page
from desk.playbook import Approver, Playbook
from desk.rechecking import Recheck, digest, outlived, was_held_by

TOKEN = re.compile(r"[a-z0-9-]{1,60}\.[A-Za-z0-9_-]{43}")
AT_ONCE = 50
"""Answers that are looked at for one message: some eight calls each, within seconds."""
SWEPT = timedelta(minutes=1)
"""After which the sweep looks at what was asked about an answer that ends."""
SOON = 2
"""Seconds after which a release has surely been stored."""


class Pulled(NamedTuple):
    """A link that is good, with what its page is about."""

    link: Link
    playbook: Playbook | None
    """None where the brand has none: it can be stopped all the same."""


def find(token: str) -> Pulled | None:
    """What a link's token stands for now; None for what is forged, over or revoked, or somebody's
    who is no approver any more.
    """
    if not TOKEN.fullmatch(token):
        return None
    link = store.link(brake.brand_of(token), token_hash(token))
    if link is None or not link.is_good(clock.now()):
        return None
    playbook = _playbook(link.brand)
    if playbook is not None and link.approver not in playbook.approvers:
        return None
    return Pulled(link, playbook)


def release(brand: str, hold: Hold, by: str, why: str) -> bool:
    """Let go of this very hold, and have what it held looked at again; False if it is another's.

    The order to look comes first: without a release it finds the hold in place, and does nothing.
    """
    now = clock.now()
    order = Recheck(brand=brand, scope=hold.scope, by=by, reason=why, at=now)
    queues.send(settings().brakes_queue, [order.model_dump_json()], SOON)
    return store.release(brand, hold.scope, by, why, now, hold)


def recheck(order: Recheck) -> Recheck | None:
    """Look at some of what the released hold held, and queue the rest; what was found, at the end.

    None while there is more to do, or where the scope is held. Safe to repeat: what has ended has
    ended, and what is told is told once.
    """
    control = store.control(order.brand)
    if control is None or any(one.scope == order.scope for one in control.holds):
        return None
    stale = store.playbook(order.brand).stale_minutes
    found, after = store.waiting_after(order.brand, "held", order.after, AT_ONCE)
    held = [one for one in found if was_held_by(one, order.scope)]
    ended = sum(_ended(one, order.by, stale) for one in held)
    done = order.model_copy(update={
        "after": after, "ended": order.ended + ended, "left": order.left + len(held) - ended,
    })  # fmt: skip
    if after is not None:
        queues.send(settings().brakes_queue, [done.model_dump_json()])
        return None
    if matter := digest(done, "default"):
        queues.send(settings().escalations_queue, [matter.model_dump_json()])
    return done


def obey(sms: Sms) -> dict[str, str] | None:
    """Stop what a text message asks for: brand → scope, as it is held now. None for a stranger's.

    Stop first, confirm second, note last: a message that comes again stops nothing anew.
    """
    number = number_of(sms.sender)
    known = {brand: store.phone(brand, number) for brand in store.brands()}
    phones = {brand: one for brand, one in known.items() if one and one.revoked_at is None}
    books = {brand: book for brand in phones if (book := _playbook(brand)) is not None}
    phones = {
        brand: one
        for brand, one in phones.items()
        if brand in books and one.approver in books[brand].approvers
    }
    if not phones:
        return None
    asked = brake.orders(sms.said, [books[brand] for brand in phones])
    for brand, scope in asked.items():
        if store.is_sms_noted(brand, sms.id):
            continue
        who, book = phones[brand].approver, books[brand]
        store.hold(brand, Hold(scope=scope, by=who, reason="SMS", at=clock.now()))
        language, title = book.approvers[who].language, page.topics_of(book).get(scope, "")
        topic.publish(brand, who, *page.told(language, book.name, scope, title))
        store.note_sms(brand, sms.id, clock.now())
    return asked


def number_of(number: str) -> str:
    """The stand-in by which a telephone's number is kept."""
    return opaque(secrets.key(), "phone", brake.e164(number) or number[:100])


def held_by(brand: str, mark: str) -> Hold | None:
    """The hold that a form has seen, if it is still the one in place."""
    control = store.control(brand)
    holds = control.holds if control is not None else ()
    return next((one for one in holds if page.mark(one) == mark), None)


def view(pulled: Pulled, notice: page.Notice = "", about: str = "") -> page.View:
    """The page of a link as things stand now."""
    book, who = pulled.playbook, pulled.link.approver
    control = store.control(pulled.link.brand)
    known = book.approvers.get(who) if book else None
    known = known or Approver(name=who)
    return page.View(
        language=known.language,
        approver=known.name,
        brand=book.name if book else pulled.link.brand,
        time_zone=known.time_zone,
        now=clock.now(),
        holds=None if control is None else control.holds,
        channels=tuple(book.accounts) if book else (),
        topics=page.topics_of(book) if book else {},
        names={name: one.name for name, one in book.approvers.items()} if book else {},
        notice=notice,
        about=about,
    )


def _playbook(brand: str) -> Playbook | None:
    try:
        return store.playbook(brand)
    except store.NoPlaybook:
        return None


def _ended(reply: Reply, by: str, stale_minutes: float) -> bool:
    """End a held answer that is no longer right, and what is asked about it; whether it was so.

    What is asked falls due before its answer ends: if we stop in between, the minute's sweep finds
    that there is nothing left to ask.
    """
    now = clock.now()
    mention = store.mention(reply.brand, reply.conversation, reply.mention)
    fate = store.fate(reply.brand, reply.conversation, reply.mention)
    gone = fate is not None and fate.deleted
    taken = store.head(reply.brand, reply.conversation).is_taken(now)
    why = outlived(reply, None if gone else mention, taken, stale_minutes, now)
    if not why:
        return False
    change = {"decided_by": by, "decided_at": now}
    end = outbound.moved(reply, "rejected", clock.token(), now, why, **change)
    act = released_act(reply, end)
    store.keep_act(act)
    asked = store.escalation(reply.brand, name_of(f"reply:{reply.id}"))
    if asked is not None and moot(asked, end.state):
        soon = asked.model_copy(update={"due_at": now + SWEPT, "token": clock.token()})
        asked = soon if store.advance(asked, soon) else asked
    if not store.move(reply, end):
        store.note_late(act)
        return False
    if asked is not None and moot(asked, end.state):
        matters.finish(asked, end)
    return True
