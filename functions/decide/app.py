"""HTTPS /approvals/{token}: GET shows a matter to its approver, POST decides it."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud import aws, clock, gateway, matters, queues, second_factor
from desk import approval as desk, briefing
from desk.approval import Form
from desk.audit import act_of
from desk.briefing import Case
from desk.escalation import moot
from desk.pages.approval import render
from desk.pages.form import CHOICES, DONE, BadForm, Notice, parse_form
from desk.pages.markup import headers
from desk.pages.outcome import closed, gone
from desk.pages.texts import preferred, say
from desk.wire import Answer, Inbound

logger = Logger()


def page(status: int, html: str) -> Answer:
    return Answer(status, html, "text/html; charset=utf-8")


def show(case: Case, notice: Notice = "", form: Form | None = None, fresh: bool = False) -> Answer:
    """The matter as it is stored: to be decided, or what became of it."""
    now = clock.now()
    if briefing.is_over(case, now) or fresh:
        return page(200, closed(briefing.outcome_of(case, now, fresh)))
    text, reason = case.reply.text if case.reply else "", ""
    if form is not None and notice not in ("text_changed", "first_yes", "overtaken"):
        # What was typed comes back to be mended, save where it answers a text that is no more.
        text, reason = form.text, form.reason
    view = briefing.view_of(
        case, now, notice=notice, text=text, reason=reason, pulse=matters.heard(case),
        **matters.measure(case, text),
    )  # fmt: skip
    return page(200 if not notice or notice in DONE else 400, render(view))


def decide(case: Case, form: Form, link: str) -> Answer:
    """Carry out one decision; what the page then says is what is stored, whoever came first."""
    if form.action not in CHOICES[case.escalation.matter.kind]:
        return show(case, "choose", form)
    if form.action == "hold_topic" and not form.reason:
        form = form._replace(reason=say(case.approver.language, "hold_topic.why"))
    measured, token, now = matters.measure(case, form.text), clock.token(), clock.now()
    verdict = desk.decide(
        form, case.approval, case.escalation, case.reply or matters.blank_reply(case),
        case.playbook, limit=measured["limit"] or 0, length=measured["length"] or 0,
        token=token, now=now,
    )  # fmt: skip
    if verdict.refused:
        logger.info("refused", escalation=case.escalation.id, reason=verdict.outcome)
        if case.reply is not None and moot(case.escalation, case.reply.state):
            matters.finish(case.escalation, case.reply)
            case = matters.gather(case.approval) or case
        return show(case, briefing.notice_of(verdict.outcome), form)
    if desk.needs_code(form.action, case.escalation, case.playbook):
        checked = second_factor.check(case.approval, link, form.code, case.playbook)
        if checked != "right":
            logger.info(checked, escalation=case.escalation.id, by=case.approval.approver)
            return show(case, checked, form)
    act = act_of(form, verdict, case.approval, case.reply, token, now)
    done = matters.carry_out(case, verdict, act)
    logger.info(verdict.outcome, escalation=act.escalation, by=act.by, done=done)
    there = matters.gather(case.approval) or case
    if form.action not in desk.ENDING or verdict.outcome == "first_yes":
        return show(there, briefing.notice_of(verdict.outcome) if done else "overtaken", form)
    if done and verdict.escalation is not None:
        # As it was ended just now: another matter of the same cause may have opened it anew.
        there = there._replace(escalation=verdict.escalation)
    return show(there, fresh=done)


def answer(request: Inbound, token: str) -> Answer:
    found = matters.find(token)
    case = matters.gather(found) if found else None
    if case is None:
        return page(404, gone(preferred(request.headers.get("accept-language", ""))))
    if request.method != "POST":
        return show(case)
    try:
        return decide(case, parse_form(request.body), token)
    except BadForm as reason:
        logger.info("bad form", escalation=case.escalation.id, reason=str(reason))
        return show(case, reason.notice)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    token = (event.get("pathParameters") or {}).get("token", "")
    try:
        return gateway.response(answer(gateway.request(event), token), headers())
    except (*aws.TROUBLE, queues.NotQueued) as trouble:
        logger.error("not decided", reason=type(trouble).__name__)
        return gateway.response(Answer(503, "Please try again."))
