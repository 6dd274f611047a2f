"""Outbound queue: say each ready answer, once, and record what became of it."""

from datetime import timedelta
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

from cloud import clock, doubts, leave, logs, outside, queues, store, wellbeing
from cloud.settings import settings
from desk import door, intake, outbound
from desk.outbound import NEEDS_A_PERSON, Key, Reply
from desk.reasons import reason

logger = Logger(json_serializer=logs.line)
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)

LOOK_AFTER = 45  # seconds, after which a platform lists what it took: our guess
LEASE = timedelta(minutes=2)
"""Twice this function's time-out: before that nobody may judge a claim."""


def process(record: SQSRecord, lambda_context: LambdaContext) -> None:
    """Claim, ask leave, look at the brake once, post once, record. Nothing is tried twice here."""
    key = Key.model_validate_json(record.body)
    reply = store.reply(key.brand, key.conversation, key.reply)
    if reply is None:
        raise LookupError(key.reply)
    if reply.state == "unconfirmed":
        logger.info("looked up", reply=reply.id, found=doubts.look_up(reply))
        return
    token = clock.token()
    claim = outbound.claim(reply, token, clock.now(), LEASE)
    if claim.reply is None:
        logger.info("left", reply=reply.id, reason=claim.reason)
        return
    playbook = store.playbook(reply.brand)
    opened = outside.door(reply.brand, reply.channel)
    if not store.move(reply, claim.reply):
        logger.info("left", reply=reply.id, reason="somebody else has it")
        return
    sent, ruling = claim.reply, door.GO
    if not isinstance(opened, outside.Closed):
        ruling, sent = leave.to_say(sent, playbook, opened.platform.RULES, clock.now())
    # The last call before the irreversible one: whatever is set after it comes too late, and
    # whatever was set before it counts.
    control = store.control(reply.brand)
    now = clock.now()
    milliseconds = lambda_context.get_remaining_time_in_millis()
    if why := outbound.stopped(sent, control, now):
        end = outbound.moved(sent, "held", token, now, why)
    elif isinstance(opened, outside.Closed):
        end = outbound.moved(sent, "held", token, now, opened.reason)
    elif ruling.to != "sending":
        end = door.carried_out(sent, ruling, token, now)
    elif milliseconds < outside.MILLISECONDS_NEEDED:
        end = outbound.released(sent, token, now, reason("no_time"), timedelta(seconds=1))
    else:
        answered = outside.post(opened, sent, ruling.tag)
        end = outbound.after(sent, answered.outcome, token, clock.now())
        finish(sent, end)
        return wellbeing.answered(reply.brand, reply.channel, *answered, clock.now())
    finish(sent, end)


def finish(before: Reply, end: Reply) -> None:
    """Record first, then tell: what is recorded and not told is found by the minute's sweep."""
    recorded = store.move(before, end)
    logger.info(end.state, reply=end.id, reason=end.reason, recorded=recorded)
    if end.state == "unconfirmed":
        queues.send(settings().outbound_queue, [end.key.model_dump_json()], LOOK_AFTER)
    if end.state in NEEDS_A_PERSON:
        matter = intake.matter_of_reply(end, clock.now())
        queues.send(settings().escalations_queue, [matter.model_dump_json()])
    elif end.state == "ready" and end.not_before is not None:
        wait = end.not_before - clock.now()
        queues.send(settings().outbound_queue, [end.key.model_dump_json()], wait.total_seconds())


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    return process_partial_response(event, process, processor, context)
