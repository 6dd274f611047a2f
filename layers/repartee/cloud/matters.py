"""A matter's records: gathering them for a page, and carrying out what was decided on it."""

from datetime import timedelta
from typing import TypedDict

from cloud import asking, clock, queues, store
from cloud.settings import settings
from desk import briefing, escalation as desk
from desk.approval import Approval, Verdict, scope_of, token_hash
from desk.audit import Act
from desk.briefing import Case
from desk.channels import platform
from desk.control import Hold, stop
from desk.lengths import length
from desk.mention import Mention
from desk.outbound import ANSWER_LIFE, Reply, copied, drafted, reply_id
from desk.pulse import Pulse, pulse
from desk.reasons import reason
from desk.wire import Address, Unit

TRIES = 3
HEARD = timedelta(hours=6)
"""How far back the windows go by which a topic is called loud or not."""
BY_HAND = "by hand"
"""Label of a reply that an approver wrote where none was proposed."""


class Measure(TypedDict):
    """A text's length, and the longest that its platform takes, in the platform's unit."""

    limit: int | None
    length: int | None
    unit: Unit


def find(token: str) -> Approval | None:
    """What a link's token stands for, or None. Only its hash is ever looked up."""
    return store.approval(token_hash(token))


def gather(approval: Approval) -> Case | None:
    """All that is stored about an approval's matter; None where the matter is gone."""
    escalation = store.escalation(approval.brand, approval.escalation)
    if escalation is None:
        return None
    matter = escalation.matter
    brand = approval.brand
    reply = reply_of(matter)
    talk: list[Mention | Reply] = []
    if matter.examples:
        for example in matter.examples:
            conversation, name = example.split("|")
            if found := store.mention(brand, conversation, name):
                talk.append(found)
    elif matter.conversation:
        talk = store.conversation(brand, matter.conversation)
        talk = [one for one in talk if isinstance(one, Mention) or one.state == "sent"]
    about = (matter.category, scope_of(matter).removeprefix("topic:"))
    hold = stop(store.control(brand), matter.channel, about, clock.now(), clock.now())
    return Case(approval, escalation, store.playbook(brand), reply, talk, hold)


def reply_of(matter: desk.Matter) -> Reply | None:
    """The reply that a matter is about: the one that was made, or else written by an approver."""
    if not matter.conversation:
        return None
    name = matter.reply or reply_id(matter.channel, matter.mention, BY_HAND)
    return store.reply(matter.brand, matter.conversation, name)


def measure(case: Case, text: str) -> Measure:
    """How long `text` is where it goes; of several platforms, on the one with the least room.

    No limit where nothing can be sent.
    """
    address = _address(case)
    copies = case.reply.copies if case.reply is not None else ()
    manners = [
        platform(to.platform).RULES.ways.get(to.way)
        for to in (address, *(copy.address for copy in copies))
        if to is not None
    ]
    limits = [manner.limits[0] for manner in manners if manner is not None]
    if not limits:
        return Measure(limit=None, length=None, unit="characters")
    limit = min(limits, key=lambda one: one.most - length(text, one.unit))
    return Measure(limit=limit.most, length=length(text, limit.unit), unit=limit.unit)


def heard(case: Case) -> Pulse | None:
    """How loud the case's topic is; None where nothing is known of it."""
    topics, now = briefing.topics_of(case), clock.now()
    if not topics:
        return None
    return pulse(store.counts(case.approval.brand, now - HEARD, now), topics, now)


def blank_reply(case: Case) -> Reply | None:
    """The reply that an approver writes where none was proposed; None where none can go out."""
    mention = briefing.mention_of(case)
    if mention is None:
        return None
    return drafted(mention, "", "pending", clock.token(), clock.now(), ANSWER_LIFE, BY_HAND)


def carry_out(case: Case, verdict: Verdict, act: Act) -> bool:
    """Store a decision and set going what follows; False if somebody else's came first.

    It is on record before anything is moved, and so is, in the end, that it came too late. Where a
    reply is moved, that is the decision, since its condition holds the state and the text that were
    seen. What comes after it is found again by the minute's sweep if we stop here.
    """
    store.keep_act(act)
    reply = _kept(case, verdict)
    if reply is not None and not _move(case.reply, reply):
        store.note_late(act)
        return False
    done = _carry_on(case, verdict, reply)
    if not done and reply is None:
        store.note_late(act)
    return done


def _kept(case: Case, verdict: Verdict) -> Reply | None:
    """The reply that a decision stores: to reject one that nobody has written stores none."""
    reply = verdict.reply
    return None if reply and case.reply is None and reply.state == "rejected" else reply


def _move(before: Reply | None, after: Reply) -> bool:
    return store.add_reply(after) is None if before is None else store.move(before, after)


def _carry_on(case: Case, verdict: Verdict, reply: Reply | None) -> bool:
    if verdict.hold is not None:
        return _hold(case.approval.brand, verdict.hold)
    if verdict.to:
        return _hand_on(case, verdict.to)
    if reply is not None and reply.state == "ready":
        queues.send(settings().outbound_queue, [reply.key.model_dump_json()])
        _say_elsewhere(reply)
    if verdict.takes_over:
        _take_over(case.escalation.matter, case.approval.approver)
    if case.reply is not None and reply is not None:
        store.count_decision(reply)
    if verdict.escalation is None:
        return True
    if verdict.escalation.state == "open":
        # The first yes is kept on its reply: where the asking has moved meanwhile, it counts.
        _ask_for_second(case, verdict.escalation, reply)
        return True
    return _settle(case.escalation, verdict.escalation)


def _ask_for_second(case: Case, after: desk.Escalation, reply: Reply | None) -> None:
    now = clock.now()
    if store.advance(case.escalation, after) and (
        move := desk.next_move(after, case.playbook, clock.token(), now)
    ):
        asking.ask(after, move, reply.fingerprint if reply else "", case.playbook, now)


def _hand_on(case: Case, to: str) -> bool:
    """Ask `to`, and record it; False where the matter has ended meanwhile."""
    seen = case.reply.fingerprint if case.reply else ""
    now, before = clock.now(), case.escalation
    move = desk.handed_on(before, to, clock.token(), now)
    if not move.ask:
        return True
    if asking.ask(before, move, seen, case.playbook, now):
        return True
    for _ in range(TRIES):
        there = store.escalation(before.brand, before.id)
        if there is None or there.state == "resolved":
            return False
        if store.advance(there, desk.handed_on(there, to, clock.token(), now).then):
            return True
    return False


def _hold(brand: str, new: Hold) -> bool:
    """Stop a topic, unless somebody has: the earlier hold keeps its name and its reason."""
    there = store.control(brand)
    if there is None:
        return False
    if any(one.scope == new.scope and one.kind == "hold" for one in there.holds):
        return True
    return store.hold(brand, new)


def finish(escalation: desk.Escalation, reply: Reply) -> bool:
    """Carry out what is left of a decision on `reply` where we stopped half-way.

    The reply is moved first, and says what was decided. False if the escalation was ended.
    """
    if reply.state == "ready":
        queues.send(settings().outbound_queue, [reply.key.model_dump_json()])
    if reply.state in ("ready", "sending", "sent"):
        _say_elsewhere(reply)
    if reply.taken_over:
        _take_over(escalation.matter, reply.decided_by)
    store.count_decision(reply)
    end = desk.settled(
        escalation,
        "acknowledged" if reply.taken_over else "resolved",
        reply.decided_by,
        reply.reason if reply.state == "rejected" else reason("approved", reply.decided_by),
        clock.token(),
        clock.now(),
    )
    return _settle(escalation, end)


def _say_elsewhere(reply: Reply) -> None:
    """The copies of an approved post: each is made once, however often this is done."""
    for copy in copied(reply, clock.token(), clock.now()):
        store.add_reply(copy)
        queues.send(settings().outbound_queue, [copy.key.model_dump_json()])


def _take_over(matter: desk.Matter, by: str) -> None:
    if matter.conversation:
        store.take_over(matter.brand, matter.conversation, by, clock.now())


def _settle(before: desk.Escalation, end: desk.Escalation) -> bool:
    """End the escalation, also where a matter has joined it meanwhile; False if it was ended."""
    for _ in range(TRIES):
        if store.advance(before, end):
            entry = f"{end.state} by {end.settled_by}: {end.outcome}"
            store.log(before.brand, before.id, clock.now(), end.token, entry)
            return True
        there = store.escalation(before.brand, before.id)
        if there is None or there.state != before.state:
            return False
        before = there
        kept = there.model_dump(include={"joined", "risk", "taken", "asked_at", "told"})
        end = end.model_copy(update=kept)
    return False


def _address(case: Case) -> Address | None:
    if case.reply is not None:
        return case.reply.address
    mention = briefing.mention_of(case)
    return mention.address if mention is not None else None
