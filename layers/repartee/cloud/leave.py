"""Leave to speak: asks our own rule and then the platform's, and counts what they have allowed."""

from datetime import datetime, timedelta

from cloud import store
from desk import ladder
from desk.allowed import Speech, Verdict, allowed, channel_pace, is_counted
from desk.conversation import Conversation, Tally, times_counted
from desk.outbound import Reply
from desk.reasons import reason
from desk.rulebook import RuleBook


def to_say(reply: Reply, rules: RuleBook, now: datetime) -> Verdict:
    """Whether the platform lets us say a claimed reply now. Where it does, it is counted as said.

    Counted before it is said, so that no stop in between can make the count too low; the same reply
    counts once in its conversation, however often it is claimed.
    """
    speech = speech_of(reply)
    manner = rules.ways.get(speech.way)
    if manner is None or not is_counted(manner):
        return allowed(speech, Conversation(), rules, now)
    verdict = Verdict(None)

    def in_conversation(head: Conversation) -> Conversation:
        nonlocal verdict
        verdict = allowed(speech, head, rules, now)
        if verdict.kind is not None:
            return head
        return head.says(reply.id, reply.mention, now, once=manner.once)

    def on_channel(tally: Tally) -> Tally:
        nonlocal verdict
        if too_soon := channel_pace(manner, tally, now):
            verdict = too_soon
            return tally
        return tally.plus(times, now)

    times = times_counted(manner)
    try:
        store.note(reply.brand, reply.conversation, in_conversation, now)
        if verdict.kind is None and times:
            store.tally(reply.brand, reply.channel, on_channel)
    except store.Contended:
        soon = now + timedelta(seconds=2)
        return Verdict("rate_limited", "others speak there at this moment", ("wait",), soon)
    return verdict


def still_automatic(reply: Reply) -> str:
    """Why a reply that a rule made may not go out by itself any more, or an empty string.

    Asked at the claim: the rule may have changed since, or been called wrong.
    """
    if not reply.automatic:
        return ""
    try:
        playbook = store.playbook(reply.brand)
    except store.NoPlaybook:
        return reason("rule_gone", reply.rule)
    rule = next((rule for rule in playbook.rules if rule.id == reply.rule), None)
    if rule is None:
        return reason("rule_gone", reply.rule)
    standing = store.standing(reply.brand, rule.id, ladder.version_of(rule, playbook))
    return ladder.still_automatic(reply, playbook, standing)


def speech_of(reply: Reply) -> Speech:
    """What the rules of a platform are about in a reply."""
    return Speech(
        id=reply.id,
        mention=reply.mention,
        way=reply.address.way,
        text=reply.text,
        by_person=reply.by_hand,
        opened_by=reply.opened_by,
        opened_at=reply.opened_at,
        summoned=reply.opened_by == "mention",
    )
