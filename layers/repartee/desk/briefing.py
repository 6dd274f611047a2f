"""What an approver is shown about a matter: gathered records in, a page's data out."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from desk.approval import (
    Action,
    Approval,
    first_yes,
    may_decide,
    outdated,
    scope_of,
    spent,
    tier_of,
)
from desk.escalation import Escalation
from desk.mention import Mention, fingerprint
from desk.outbound import NEEDS_A_PERSON, Reply
from desk.pages.form import Notice
from desk.pages.view import (
    Asked,
    Line,
    Outcome,
    Person,
    Result,
    Speaker,
    Taken,
    Topic,
    View,
)
from desk.playbook import Approver, Playbook, Tier
from desk.pulse import Pulse
from desk.wire import Unit

DECIDED = frozenset({"ready", "sending", "sent", "rejected"})
EXPLAINED = NEEDS_A_PERSON | {"rejected"}
"""States of which the page says how they came about."""


class Case(NamedTuple):
    """All the records that a page or a decision needs, as they are stored at this moment."""

    approval: Approval
    escalation: Escalation
    playbook: Playbook
    reply: Reply | None
    talk: Sequence[Mention | Reply]
    """The conversation, or examples of what people write where the matter is a topic."""
    hold: str
    """Why automation is stopped; empty while it is not."""

    @property
    def approver(self) -> Approver:
        """Whose page it is."""
        name = self.approval.approver
        return self.playbook.approvers.get(name) or Approver(name=name)

    def name_of(self, who: str) -> str:
        """The name of an approver by their id."""
        known = self.playbook.approvers.get(who)
        return known.name if known else who


def is_over(case: Case, now: datetime) -> bool:
    """Whether this link can decide nothing any more."""
    if case.reply is not None and case.reply.state in DECIDED:
        return True
    over = case.escalation.state == "resolved" or now >= case.approval.expires_at
    return over or outdated(case.approval, case.escalation) or spent(case.approval, case.reply)


def view_of(
    case: Case,
    now: datetime,
    *,
    limit: int | None,
    length: int | None,
    unit: Unit,
    notice: Notice = "",
    text: str | None = None,
    reason: str = "",
    pulse: Pulse | None = None,
) -> View:
    """The page of an open matter. `text` and `reason` are what came back in a refused form."""
    escalation, matter, reply = case.escalation, case.escalation.matter, case.reply
    tier = tier_of(case.playbook, escalation.risk)
    about = mention_of(case)
    may = may_decide(case.playbook, case.approval.approver, tier)
    draft = reply.text if reply is not None else ""
    asked = zip(escalation.askings, escalation.asked_at, strict=False)
    return View(
        language=case.approver.language,
        approver=case.approver.name,
        brand=case.playbook.name,
        # What may have been posted is in doubt, whatever it was that opened the matter.
        kind="doubt" if reply is not None and reply.state == "unconfirmed" else matter.kind,
        channel=matter.channel,
        copies=tuple(copy.channel for copy in reply.copies) if reply is not None else (),
        now=now,
        time_zone=case.approver.time_zone,
        state=escalation.state,
        taken=_taken(case),
        risk=escalation.risk,
        category=matter.category,
        speaker=_speaker(about),
        pulse=pulse,
        reasons=(*matter.reasons, *_evidence(case)),
        conversation=tuple(line_of(one, case.playbook.name) for one in case.talk),
        # What joins a spike is the same spike, seen by the next scan.
        joined=0 if matter.kind == "spike" else escalation.joined - 1,
        draft=draft if text is None else text,
        draft_language=_language(about),
        seen=reply.fingerprint if reply is not None else fingerprint(""),
        limit=limit,
        length=length,
        unit=unit,
        reason=reason,
        minutes_left=(_decided_by(case) - now).total_seconds() / 60,
        asked=tuple(Asked(case.name_of(who), at) for people, at in asked for who in people),
        topic=_topic(escalation) if matter.kind == "spike" else None,
        hold=case.hold,
        notice=notice,
        may_decide=may,
        deciders=() if may else tuple(one.name for one in _others(case, tier)),
        others=_others(case, tier),
        two_persons=tier == "two_persons",
        first_yes=_first_yes(case),
        code=notice in ("code_sent", "code_wrong"),
        needs_code=escalation.risk in case.playbook.second_factor,
        scope=scope_of(matter),
    )


def outcome_of(case: Case, now: datetime, fresh: bool) -> Outcome:
    """The page of a matter that is decided or over, as stored. `fresh`: by this very request."""
    escalation, reply = case.escalation, case.reply
    by, at = escalation.settled_by, escalation.settled_at
    if reply is not None and reply.decided_by:
        by, at = reply.decided_by, reply.decided_at
    return Outcome(
        language=case.approver.language,
        approver=case.approver.name,
        brand=case.playbook.name,
        kind=escalation.matter.kind,
        channel=escalation.matter.channel,
        result=_result(case, now),
        now=now,
        time_zone=case.approver.time_zone,
        at=reply.sent_at if reply is not None else None,
        decision=_decision(case),
        by=case.name_of(by) if by else "",
        yours=by == case.approval.approver,
        decided_at=at,
        fresh=fresh,
        hold="" if reply is not None and reply.state == "held" else case.hold,
        text=reply.text if reply is not None and reply.state != "rejected" else "",
        reason=reply.reason if reply is not None and reply.state in EXPLAINED else "",
    )


def notice_of(outcome: str) -> Notice:
    """What the page tells an approver whose decision can be mended, or has ended nothing."""
    match outcome:
        case (
            "text_changed" | "too_long" | "not_our_words" | "empty" | "nothing_to_send"
            | "not_yours" | "yes_already" | "needs_lead" | "choose_whom" | "asked_enough"
            | "no_topic" | "first_yes" | "handed_on" | "topic_held"
        ):  # fmt: skip
            return outcome
        case _:
            return ""


def _decided_by(case: Case) -> datetime:
    """Until when a decision counts: as long as the link does, and what is proposed."""
    until, reply = case.approval.expires_at, case.reply
    return min(until, reply.expires_at) if reply and reply.state == "pending" else until


def line_of(one: Mention | Reply, brand: str) -> Line:
    """One message of a conversation, theirs or ours."""
    if isinstance(one, Mention):
        return Line("them", one.author.name, one.text, one.said_at, _language(one), one.permalink)
    return Line("us", brand, one.text, one.sent_at or one.made_at)


def mention_of(case: Case) -> Mention | None:
    """The mention that the matter is about, where it is about one."""
    wanted = case.escalation.matter.mention
    return next((one for one in case.talk if isinstance(one, Mention) and one.id == wanted), None)


def topics_of(case: Case) -> tuple[str, ...]:
    """What may be loud about it: a spike's own topic, or the words that its mention is about."""
    matter, about = case.escalation.matter, mention_of(case)
    if matter.kind == "spike":
        return (matter.cause.removeprefix("spike:"),)
    return about.reading.words if about is not None else ()


def _evidence(case: Case) -> tuple[str, ...]:
    """What the reading of the mention in question went by."""
    about = mention_of(case)
    return about.reading.reasons if about is not None else ()


def _speaker(about: Mention | None) -> Speaker | None:
    if about is None:
        return None
    author = about.author
    return Speaker(author.name, author.followers, bool(author.verified), about.influence)


def _language(about: Mention | None) -> str:
    """As BCP 47 writes it; an empty string where it was not recognised."""
    known = about.reading.language if about is not None else "other"
    return "" if known == "other" else known


def _others(case: Case, tier: Tier) -> tuple[Person, ...]:
    """All who may decide the matter, but for the reader."""
    return tuple(
        Person(who, approver.name)
        for who, approver in case.playbook.approvers.items()
        if who != case.approval.approver and may_decide(case.playbook, who, tier)
    )


def _first_yes(case: Case) -> Taken | None:
    who, reply = first_yes(case.reply), case.reply
    if not who or reply is None or reply.first_yes_at is None:
        return None
    return Taken(case.name_of(who), reply.first_yes_at, who == case.approval.approver)


def _taken(case: Case) -> Taken | None:
    escalation = case.escalation
    if escalation.state != "acknowledged" or escalation.settled_at is None:
        return None
    who = escalation.settled_by
    return Taken(case.name_of(who), escalation.settled_at, who == case.approval.approver)


def _topic(escalation: Escalation) -> Topic:
    matter = escalation.matter
    return Topic(matter.title, matter.count, matter.usual, matter.window_minutes)


def _result(case: Case, now: datetime) -> Result:
    escalation, reply = case.escalation, case.reply
    if reply is not None and reply.state != "pending":
        if reply.state == "rejected" and escalation.state == "acknowledged":
            return "taken_over"
        return reply.state
    if escalation.state == "acknowledged":
        return "taken_over" if escalation.settled_by == case.approval.approver else "acknowledged"
    return "resolved" if escalation.state == "resolved" else "expired"


def _decision(case: Case) -> Action | None:
    reply = case.reply
    if case.escalation.state == "acknowledged":
        return "take_over"
    if reply is not None and reply.decided_by:
        return "reject" if reply.state == "rejected" else "approve"
    return "reject" if case.escalation.state == "resolved" else None
