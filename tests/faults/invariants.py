"""What must hold after every invocation, and once everything has come to rest."""

from collections import Counter
from collections.abc import Iterator

from desk import intake, ladder
from desk.approval import token_hash
from desk.escalation import Escalation, name_of
from desk.outbound import NEEDS_A_PERSON, Reply
from tests.faults.scenarios import OPERATOR, at
from tests.faults.state import State, Step, Told, Visit
from tests.faults.stored import Stored, read
from tests.faults.world import World

DECIDED = frozenset({"ready", "sending", "sent", "rejected"})


def broken_by(step: Step, before: State, world: World) -> Iterator[str]:
    """What `step` broke."""
    what = step.plan.what if step.plan else None
    if isinstance(what, Visit) and what.seen is None and _kept(before) != _kept(world.state()):
        yield "a GET changed something"
    stored = world.stored()
    earlier = read(before.items)
    if world.posts[len(before.posts) :] and earlier.stopped:
        yield "posted under a hold"
    for post in world.posts[len(before.posts) :]:
        for reply in stored.replies:
            there = earlier.standings.get((reply.rule, reply.rule_version))
            if reply.id == post.reply and reply.automatic and there and there.rung != "auto":
                yield f"posted by itself, and its rule is at {there.rung}"
    for asked in world.asked[len(before.asked) :]:
        known = earlier.escalations.get(asked.escalation)
        now = stored.escalations[asked.escalation]
        if known and known.state == "resolved" and known.matter.event == now.matter.event:
            yield f"{asked.approver} was asked anew about {now.matter.event}, which was settled"
    for told in world.told[len(before.told) :]:
        about = earlier.about(token_hash(told.visit.token))
        if told.outcome and told.outcome.fresh and told.visit.about != about:
            yield f"{told.visit.approver} decided about another matter than they saw"
        yield from untrue(told, stored, world)


def broken_at_rest(world: World) -> Iterator[str]:
    """What is not as it should be once nothing more will happen."""
    stored = world.stored()
    yield from world.raised
    yield from (f"still in {message.queue}" for message in world.messages)
    yield from (f"dead letter in {message.queue}" for message in world.dead)
    yield from _lost(stored, world)
    yield from _posts(stored, world)
    for reply in stored.replies:
        yield from _reply(reply, stored, world)
    for escalation in stored.escalations.values():
        yield from _escalation(escalation, stored, world)
    for form in stored.standings:
        yield from _ladder(form, stored)


def _lost(stored: Stored, world: World) -> Iterator[str]:
    """Every delivery that a platform believes we have is accounted for, and handed on."""
    known = {mention.delivery.partition(":")[0] for mention in stored.mentions}
    known |= {name.partition(":")[0] for name in stored.again} | {*stored.unread}
    yield from (f"delivery {name} is lost" for name in world.heard if name not in known)
    for mention in stored.mentions:
        decision = mention.decision
        answers = [reply for reply in stored.replies if reply.mention == mention.id]
        if decision.action == "answer" and not answers:
            yield f"nothing answers {mention.id}"
        if decision.action == "escalate":
            name = name_of(decision.cause)
            if (name, mention.id) not in stored.joined or name not in stored.escalations:
                yield f"{mention.id} was put before nobody"
            elif not _published(name, world):
                yield f"nobody was told of {mention.id}"


def _posts(stored: Stored, world: World) -> Iterator[str]:
    for mention, count in Counter(post.mention for post in world.posts).items():
        if count > 1:
            yield f"{count} posts to {mention}"
    replies = {reply.id: reply for reply in stored.replies}
    for post in world.posts:
        reply = replies.get(post.reply)
        if reply is None or reply.state not in ("sent", "unconfirmed"):
            yield f"posted, and in our books it is {reply.state if reply else 'nothing'}"
        elif post.text != reply.text:
            yield "posted another text than the one in our books"
        elif not reply.automatic and not reply.decided_by:
            yield "posted without a yes"
        elif reply.risk == "severe" and reply.first_yes_by in ("", reply.decided_by):
            yield "posted with one person's yes, where it takes two"
        elif reply.automatic and stored.automatic.count(reply.id) != 1:
            yield f"posted by itself, and counted {stored.automatic.count(reply.id)} times"
    automatic = {post.reply for post in world.posts if replies[post.reply].automatic}
    if stored.in_the_hour < len(automatic):
        yield f"{len(automatic)} posted by themselves, and {stored.in_the_hour} counted"


def _reply(reply: Reply, stored: Stored, world: World) -> Iterator[str]:
    posted = [post for post in world.posts if post.reply == reply.id]
    if reply.state == "sent" and len(posted) != 1:
        yield f"sent in our books, and posted {len(posted)} times"
    if reply.state in ("ready", "sending"):
        yield f"at rest, and still {reply.state}"
    if reply.state in NEEDS_A_PERSON:
        matter = intake.matter_of_reply(reply, at(world.now))
        name = name_of(matter.cause)
        escalation = stored.escalations.get(name)
        if escalation is None or (name, matter.event) not in stored.joined:
            yield f"{reply.state}, and put before nobody"
        elif escalation.state != "open":
            yield f"{reply.state}, and its escalation is {escalation.state}"
        elif not _published(name, world):
            yield f"{reply.state}, and nobody was told"
        elif reply.due_at is not None:
            yield f"{reply.state}, and reported for ever"
    if reply.decided_by and not any(
        (act.by, act.at, act.reply) == (reply.decided_by, reply.decided_at, reply.id)
        for act in stored.acts
    ):
        yield f"decided by {reply.decided_by}, and it is not on record"
    if reply.taken_over and stored.taken.get(reply.conversation) != reply.decided_by:
        yield f"taken over by {reply.decided_by}, and the desk still answers"


def _escalation(escalation: Escalation, stored: Stored, world: World) -> Iterator[str]:
    reply = stored.reply_of(escalation)
    by, end = escalation.settled_by, escalation.state
    decided = {told.visit.approver for told in world.told}
    if not _published(escalation.id, world):
        yield f"an escalation of which nobody was told: {escalation.matter.kind}"
    if end == "open" and reply is not None and reply.decided_by and reply.state in DECIDED:
        yield f"{reply.state} by {reply.decided_by}, and people are still asked"
    # A release ends what is too late by then, in the name of whoever released it.
    let_go = by == OPERATOR and reply is not None and reply.state == "rejected"
    if end != "open" and by not in decided and not let_go:
        yield f"{end} by {by or 'nobody'}, who decided nothing"
    place = escalation.matter.conversation
    if end == "acknowledged" and stored.taken.get(place) != by:
        yield f"taken over by {by}, and the desk still answers"
    rows = {event: when for (name, event), when in stored.joined.items() if name == escalation.id}
    first = rows.get(escalation.matter.event)
    if first is not None and sum(when >= first for when in rows.values()) > escalation.joined:
        yield "what joined was not counted: it came after the end"
    # Who stops between counting and noting counts once more, and no run has more than two faults.
    if escalation.joined > len(rows) + 2:
        yield f"{len(rows)} joined, and {escalation.joined} were counted"


def untrue(told: Told, stored: Stored, world: World) -> Iterator[str]:
    """Whether a page says what is stored, and claims for its reader only what is theirs."""
    outcome, who = told.outcome, told.visit.approver
    if outcome is None:
        return
    escalation = stored.escalations[stored.links[token_hash(told.visit.token)]]
    [asked_at] = {asked.at for asked in world.asked if asked.token == told.visit.token}
    if escalation.opened_at > at(asked_at):
        return  # what the page was about has ended, and another matter has begun meanwhile
    reply = stored.reply_of(escalation)
    state, by = escalation.state, escalation.settled_by
    true: str
    if reply is not None and reply.state != "pending":
        taken = reply.state == "rejected" and state == "acknowledged"
        true = "taken_over" if taken else reply.state
    elif state == "acknowledged":
        true = "taken_over" if by == who else "acknowledged"
    else:
        true = "resolved" if state == "resolved" else "expired"
    begun = reply is not None and reply.taken_over and outcome.result == "rejected"
    if outcome.result != true and not (begun and not outcome.fresh):
        yield f"{who} was told {outcome.result}, and it is {true}"
    decider = reply.decided_by if reply is not None and reply.decided_by else by
    if outcome.yours != (decider == who):
        yield f"{who} was told that it was theirs: {outcome.yours}; it was {decider}'s"
    if not outcome.fresh:
        return
    wanted = told.visit.choice
    fits = {"approve": DECIDED - {"rejected"}, "reject": {"rejected", "resolved"},
            "take_over": {"taken_over"}}  # fmt: skip
    if decider != who or outcome.result not in fits[wanted.action]:
        yield f"{who} was told that their {wanted.action} counts, and it does not"
    if wanted.action == "approve" and wanted.text and (reply is None or reply.text != wanted.text):
        yield f"{who} approved another text"


def _ladder(form: tuple[str, str], stored: Stored) -> Iterator[str]:
    """Each mention and each decision has counted for its rule, and none twice."""
    standing = stored.standings[form]
    heard = [one for one in stored.mentions for unsaid in one.decision.unsaid
             if (unsaid.rule, unsaid.version) == form]  # fmt: skip
    marks = [ladder.mark_of(reply) for reply in stored.replies
             if (reply.rule, reply.rule_version) == form and standing.since is not None
             and reply.decided_at is not None and reply.decided_at >= standing.since]  # fmt: skip
    due = {"matched": 0, "agreed": 0, "differed": 0}
    if standing.rung == "shadow":
        due["matched"] = len(heard)
    if standing.rung == "suggest":
        due["agreed"] = marks.count("agreed")
        due["differed"] = marks.count("edited") + marks.count("rejected")
    if stored.counted[form] != due:
        yield f"{form[0]} is at {standing.rung} with {stored.counted[form]}, and it is {due}"


def _published(name: str, world: World) -> bool:
    return any(asked.escalation == name for asked in world.asked)


def _kept(state: State) -> tuple[object, ...]:
    rows = sorted(str(row.to_json()) for part in state.items.values() for row in part.values())
    return (*rows, state.messages, state.posts, state.asked)
