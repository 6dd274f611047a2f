"""Notices queue: tell an approver through their bot, unless somebody has the matter meanwhile."""

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

from cloud import bots, secrets, store
from desk.notify import delivered

logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


def process(record: SQSRecord) -> None:
    """Told twice where an answer was lost, which does no harm; raises NotTold to be told again."""
    brand, who, name, text = delivered(record.body)
    bot = secrets.bot(brand, who) if who else None
    if bot is None:
        return
    if name:
        escalation = store.escalation(brand, name)
        if escalation is None or escalation.state != "open":
            logger.info("cancelled", approver=who, escalation=name)
            return
    bots.tell(bot, text)
    logger.info("told", approver=who, medium=bot["medium"], escalation=name)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    return process_partial_response(event, process, processor, context)
