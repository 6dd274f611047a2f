"""Escalations queue: open or join an escalation, and ask whoever is first."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud import asking, clock, logs, rooms, store
from desk import escalation as desk
from desk.escalation import Escalation, Matter
from desk.intake import event_of
from desk.outbound import NEEDS_A_PERSON, Reply
from desk.playbook import Playbook

logger = Logger(json_serializer=logs.line)
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)

TRIES = 8


class Contended(Exception):
    """Others moved the escalation each time: the queue brings the matter again."""


def process(record: SQSRecord) -> None:
    """Safe to repeat: what has joined once joins no second time, and a settled matter stays so."""
    matter = Matter.model_validate_json(record.body)
    playbook = store.playbook(matter.brand)
    reply = store.reply(matter.brand, matter.conversation, matter.reply) if matter.reply else None
    if reply is not None and matter.kind in desk.REPORTS and matter.event != event_of(reply):
        logger.info("over", reply=reply.id, event=matter.event)
        return
    matter = rooms.widened(matter, reply)
    name = desk.name_of(matter.cause)
    if store.has_joined(matter.brand, name, matter.event):
        # The row comes after the escalation, so this matter has been put before somebody; only
        # the asking may be missing, and the minute's sweep asks whatever is due.
        escalation = store.escalation(matter.brand, name)
    else:
        escalation = put_in(matter, name, playbook)
        store.join(matter.brand, name, matter.event, clock.now())
    if escalation is not None:
        now = clock.now()
        if move := desk.next_move(escalation, playbook, clock.token(), now):
            seen = reply.fingerprint if reply is not None else ""
            asking.ask(escalation, move, seen, playbook, now)
            if move.alarm:
                logger.error("unanswered", escalation=name, reason=move.reason)
        logger.info("escalated", escalation=name, cause=matter.cause, joined=escalation.joined)
    if reply is not None:
        told(reply, matter.event)


def put_in(matter: Matter, name: str, playbook: Playbook) -> Escalation:
    """The escalation that `matter` is part of now: a new one, or the open one of its cause."""
    for attempt in range(TRIES):
        before = store.escalation(matter.brand, name)
        entry = desk.entered(before, matter, playbook.policies, clock.token(), clock.now())
        if entry.how == "there":
            return entry.escalation
        if entry.how == "new":
            kept = store.add_escalation(entry.escalation) is None
        else:
            kept = before is not None and store.advance(before, entry.escalation)
        if kept:
            return entry.escalation
        # Somebody was faster, perhaps by ending it: what has ended stands for nobody any more.
        clock.pause(attempt)
    raise Contended(name)


def told(reply: Reply, event: str) -> None:
    """A reply that needs a person has one now: the sweep need not report it again.

    Only for what happened to it last: the message of an earlier event may come once more.
    """
    if reply.state in NEEDS_A_PERSON and reply.due_at is not None and event == event_of(reply):
        store.move(reply, reply.model_copy(update={"due_at": None, "token": clock.token()}))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    return process_partial_response(event, process, processor, context)
