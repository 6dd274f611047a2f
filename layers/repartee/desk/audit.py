"""What a person did on a page: one entry of the record that is only ever added to."""

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel

from desk.approval import Action, Approval, Form, Verdict
from desk.escalation import name_of
from desk.outbound import Reply


class Act(BaseModel, frozen=True):
    """Who did what, when, by which link, and both texts. Kept before it is carried out."""

    brand: str
    escalation: str
    token: str
    """Names it, and fences the moves that it makes."""
    at: AwareDatetime
    by: str
    link: str
    """Hash of the link by which they came."""
    action: Action | Literal["code_sent", "code_wrong"]
    outcome: str = ""
    """What it comes to where nobody was faster."""
    reply: str = ""
    proposed: str = ""
    """The text as it was put before them."""
    text: str = ""
    """The text that they said yes to."""
    reason: str = ""
    to: str = ""
    scope: str = ""
    wrong: bool = False


def released_act(reply: Reply, end: Reply) -> Act:
    """The entry for what a release has ended, in the name of whoever released it."""
    return Act(
        brand=reply.brand,
        escalation=name_of(f"reply:{reply.id}"),
        token=end.token,
        at=end.decided_at or end.made_at,
        by=end.decided_by,
        link="",
        action="reject",
        outcome="rejected",
        reply=reply.id,
        proposed=reply.text,
        reason=end.reason,
    )


def act_of(
    form: Form, verdict: Verdict, approval: Approval, reply: Reply | None, token: str, now: datetime
) -> Act:
    """The entry for a decision that `verdict` accepts; `reply` is as it was before."""
    after = verdict.reply
    return Act(
        brand=approval.brand,
        escalation=approval.escalation,
        token=token,
        at=now,
        by=approval.approver,
        link=approval.hash,
        action=form.action,
        outcome=verdict.outcome,
        reply=after.id if after else "",
        proposed=reply.text if reply else "",
        text=after.text if after and form.action == "approve" else "",
        reason=form.reason,
        to=verdict.to,
        scope=verdict.hold.scope if verdict.hold else "",
        wrong=after is not None and after.wrong,
    )
