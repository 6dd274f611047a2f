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

from cloud import asking, clock, store
from desk import escalation as desk
from desk.escalation import Escalation, Matter
from desk.outbound import NEEDS_A_PERSON, Reply
from desk.playbook import Playbook

logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


def process(record: SQSRecord) -> None:
    """Safe to repeat: what has joined once joins no second time, and a settled matter stays so."""
    matter = Matter.model_validate_json(record.body)
    playbook = store.playbook(matter.brand)
    reply = store.reply(matter.brand, matter.conversation, matter.reply) if matter.reply else None
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
        if move := desk.next_move(escalation, clock.token(), now):
            seen = reply.fingerprint if reply is not None else ""
            asking.ask(escalation, move, seen, playbook, now)
        logger.info("escalated", escalation=name, cause=matter.cause, joined=escalation.joined)
    if reply is not None:
        told(reply)


def put_in(matter: Matter, name: str, playbook: Playbook) -> Escalation | None:
    """The escalation that `matter` is part of now: a new one, or the open one of its cause."""
    before = store.escalation(matter.brand, name)
    settled = before is not None and before.state == "resolved"
    if before is not None and settled and not desk.reopens(before, matter, clock.now()):
        return before
    new = desk.opened(matter, name, playbook.policies, clock.token())
    there = store.add_escalation(new)
    if there is None:
        return new
    if there.matter == matter:
        return there  # we opened it, and stopped before we could note that
    joined = desk.joined(there, matter, clock.token())
    # A lost race leaves the count one short; the rows that have joined are what counts.
    return joined if store.advance(there, joined) else store.escalation(matter.brand, name)


def told(reply: Reply) -> None:
    """A reply that needs a person has one now: the sweep need not report it again."""
    if reply.state in NEEDS_A_PERSON and reply.due_at is not None:
        store.move(reply, reply.model_copy(update={"due_at": None, "token": clock.token()}))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    return process_partial_response(event, process, processor, context)
