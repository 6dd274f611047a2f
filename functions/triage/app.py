"""Deliveries queue: make each delivery mentions, decide, keep them, and hand on what follows."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities import batch
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud import clock, deciding, hearing, logs, queues, second_reader, secrets, store, wellbeing
from cloud.settings import settings
from desk import channels, intake, polling, second_opinion, understanding
from desk.language import Understood
from desk.playbook import Playbook
from desk.wire import BadSignature, Delivery, Undecodable

logger = Logger(json_serializer=logs.line)
processor = batch.BatchProcessor(batch.EventType.SQS, raise_on_entire_batch_failure=False)


def process(record: SQSRecord, waiting: list[queues.Message]) -> None:
    """Leaves in `waiting` what is to be queued once the whole batch has been worked off.

    Safe to repeat: SQS may bring a delivery twice, and we may stop half-way.
    """
    delivery = Delivery.from_json(record.body)
    playbook = store.playbook(delivery.brand)
    # What was polled names its platform: such a channel may have nothing that verifies webhooks.
    polled = delivery.headers.get(polling.PLATFORM)
    secret = {"platform": polled} if polled else secrets.hook(delivery.brand, delivery.channel)
    if secret is None:
        return _set_aside(delivery, "quarantined", "its channel is gone")
    platform = channels.platform(name := secret["platform"])
    try:
        body = delivery.body if polled else platform.clear(delivery.body, secret)
        items = hearing.parsed(platform, body, delivery.headers, playbook)
    except (BadSignature, Undecodable) as reason:
        return _set_aside(delivery, "quarantined", str(reason))
    if not items:
        return _set_aside(delivery, "empty", "it reports nothing")
    wellbeing.heard(delivery.brand, delivery.channel, clock.now())
    known = True
    for number, item in enumerate(items):
        ids = intake.ids_of(item, delivery.brand, delivery.channel, secrets.key())
        now = clock.now()
        read = reconsidered(understanding.read(item, playbook), intake.text_of(item), playbook)
        decision = deciding.decide(item, read, ids, delivery.channel, playbook, platform.RULES)
        new = intake.mention_of(item, ids, delivery, number, name, read.reading, decision)
        there = store.add_mention(new, delivery.body, clock.now())
        if there is not None and there.delivery != new.delivery:
            store.again(there, new.delivery, new.heard_at)
        # No early return for what we have seen before: whoever kept it may have stopped right
        # there. What follows goes by the decision that is stored, and is harmless when repeated.
        kept = there or new
        known &= hearing.note(item, kept, playbook, platform.RULES, secrets.key(), now)
        if kept.delivery == new.delivery:
            deciding.note(kept)
        waiting += deciding.carry_out(kept, playbook, platform.RULES, record.message_id)
        decided = kept.decision
        logger.info(decided.action, mention=kept.id, rule=decided.rule, delivery=delivery.id)
    if not known:
        raise hearing.NotKnownYet(delivery.id)


def reconsidered(read: Understood, text: str, playbook: Playbook) -> Understood:
    """What was read, with a second reader's opinion where we are unsure and the install has one."""
    off = settings().second_reader == "off"
    if off or not second_opinion.wanted(text, read.reading, playbook.confidence_floor):
        return read
    try:
        opinion = second_reader.opinion(text, read.reading.language)
    except second_reader.Unavailable as trouble:
        # A person is asked, as without it.
        logger.warning("second_reader_unavailable", why=str(trouble))
        return read
    return read._replace(reading=second_opinion.weighed(read.reading, opinion))


def _set_aside(delivery: Delivery, kind: Any, reason: str) -> None:
    store.keep_unread(delivery, kind, reason)
    logger.warning(kind, delivery=delivery.id, reason=reason)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    waiting: list[queues.Message] = []

    def work(record: SQSRecord) -> None:
        process(record, waiting)

    response = batch.process_partial_response(event, work, processor, context)
    failed = [one["itemIdentifier"] for one in response["batchItemFailures"]]
    left = {message.sender: why for message, why in queues.send_all(waiting).items()}
    for name in left.keys() - failed:  # its delivery comes again
        logger.error("not queued", record=name, reason=left[name])
        response["batchItemFailures"].append({"itemIdentifier": name})
    return response
