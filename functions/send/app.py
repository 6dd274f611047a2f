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

from cloud import clock, leave, outside, queues, store, wellbeing
from cloud.settings import settings
from desk import intake, outbound
from desk.allowed import Verdict
from desk.outbound import NEEDS_A_PERSON, Key, Reply
from desk.reasons import reason

logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)

LOOK_AFTER = 45  # seconds, after which a platform lists what it took: our guess
LEASE = timedelta(minutes=2)
"""Twice this function's time-out: before that nobody may judge a claim."""


def process(record: SQSRecord, lambda_context: LambdaContext) -> None:
    """Claim, look at the brake once, post once, record. Nothing here is tried a second time."""
    key = Key.model_validate_json(record.body)
    reply = store.reply(key.brand, key.conversation, key.reply)
    if reply is None:
        raise LookupError(key.reply)
    if reply.state == "unconfirmed":
        return look_up(reply)
    token = clock.token()
    claim = outbound.claim(reply, token, clock.now(), LEASE)
    if claim.reply is None:
        logger.info("left", reply=reply.id, reason=claim.reason)
        return
    door = outside.door(reply.brand, reply.channel)
    if not store.move(reply, claim.reply):
        logger.info("left", reply=reply.id, reason="somebody else has it")
        return
    sent, verdict, stale = claim.reply, Verdict(None), leave.still_automatic(claim.reply)
    if not stale and not isinstance(door, outside.Closed):
        verdict = leave.to_say(sent, door.platform.RULES, clock.now())
    # The last call before the irreversible one: whatever is set after it comes too late, and
    # whatever was set before it counts.
    control = store.control(reply.brand)
    now = clock.now()
    milliseconds = lambda_context.get_remaining_time_in_millis()
    if why := outbound.stopped(sent, control, now) or stale:
        end = outbound.moved(sent, "held", token, now, why)
    elif isinstance(door, outside.Closed):
        end = outbound.moved(sent, "held", token, now, door.reason)
    elif verdict.kind is not None:
        end = outbound.refused(sent, verdict, token, now)
    elif milliseconds < outside.MILLISECONDS_NEEDED:
        end = outbound.released(sent, token, now, reason("no_time"), timedelta(seconds=1))
    else:
        answered = outside.post(door, sent, verdict.tag)
        end = outbound.after(sent, answered.outcome, token, clock.now())
        finish(sent, end)
        return wellbeing.answered(reply.brand, reply.channel, *answered, clock.now())
    finish(sent, end)


def look_up(reply: Reply) -> None:
    """Ask the platform whether a doubtful reply is there: only a yes settles anything."""
    door = outside.door(reply.brand, reply.channel)
    name = None if isinstance(door, outside.Closed) else outside.found(door, reply)
    talk = store.conversation(reply.brand, reply.conversation)
    if isinstance(name, str) and outbound.is_its_own(reply, name, talk):
        then = outbound.found(reply, name, clock.token(), clock.now())
        logger.info("found", reply=reply.id, recorded=store.move(reply, then))
    else:
        logger.info("not_found", reply=reply.id, certain=name is None)


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
