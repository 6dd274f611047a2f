"""The code that a grave decision needs besides its link: sending it, and trying what is given."""

from typing import Literal

from cloud import clock, store, topic
from desk.approval import Approval
from desk.audit import Act
from desk.codes import DIGITS, code_hash, is_good, issued, just_sent, tried
from desk.pages.texts import say
from desk.playbook import Playbook

Checked = Literal["right", "code_sent", "code_wrong", "no_more_codes"]


def check(approval: Approval, link: str, given: str, playbook: Playbook) -> Checked:
    """Whether `given` is the code of that link; where none is good any more, another is sent.

    `link` is its token. A code is kept before it is sent: who stops in between can have another
    after a minute. A try is counted before anybody is told what came of it.
    """
    now, there = clock.now(), store.code(approval.hash)
    if there is not None and given and is_good(there, now):
        right, after = tried(there, code_hash(link, given), clock.token())
        if store.keep_code(approval.hash, there, after, now) and right:
            return "right"
        _record(approval, "code_wrong")
        return "code_wrong"
    if just_sent(there, now):
        return "code_sent"
    digits = clock.digits(DIGITS)
    new = issued(there, code_hash(link, digits), clock.token(), now)
    if new is None:
        return "no_more_codes"
    if store.keep_code(approval.hash, there, new, now):
        _record(approval, "code_sent")
        approver = playbook.approvers.get(approval.approver)
        language = approver.language if approver else "en"
        text = say(language, "code.message", brand=playbook.name, code=digits)
        topic.publish_code(approval.approver, text)
    return "code_sent"


def _record(approval: Approval, what: Literal["code_sent", "code_wrong"]) -> None:
    store.keep_act(
        Act(
            brand=approval.brand,
            escalation=approval.escalation,
            token=clock.token(),
            at=clock.now(),
            by=approval.approver,
            link=approval.hash,
            action=what,
        )
    )
