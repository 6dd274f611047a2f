"""HTTPS /brake/{token}, Brakes queue: stop automation for an approver, or let it go on."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud import aws, brakes, clock, gateway, queues, store
from cloud.brakes import Pulled
from desk.brake import sms_of
from desk.control import Hold
from desk.pages import brake as page
from desk.pages.form import BadForm
from desk.pages.markup import headers
from desk.pages.outcome import gone
from desk.pages.texts import preferred
from desk.rechecking import Recheck
from desk.wire import Answer, Inbound

logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)

NO_REASON = "–"


def show(pulled: Pulled, notice: page.Notice = "", about: str = "") -> Answer:
    """The page as things stand now."""
    status = 400 if notice in ("again", "why") else 200
    return Answer(status, page.render(brakes.view(pulled, notice, about)), "text/html")


def carry_out(pulled: Pulled, order: page.Order) -> Answer:
    """Stop, or let go of the very hold that was shown; the page then says which."""
    brand, who = pulled.link.brand, pulled.link.approver
    if order.does == "stop":
        if order.scope not in page.offered(pulled.playbook):
            raise BadForm("no such scope", "choose")
        hold = Hold(scope=order.scope, by=who, reason=order.reason or NO_REASON, at=clock.now())
        done = store.hold(brand, hold)
        logger.info("stopped", brand=brand, scope=order.scope, by=who, done=done)
        return show(pulled, "stopped" if done else "", order.scope)
    if not order.reason:
        return show(pulled, "why")
    seen = brakes.held_by(brand, order.seen)
    done = seen is not None and brakes.release(brand, seen, who, order.reason)
    logger.info("released", brand=brand, scope=order.scope, by=who, done=done)
    return show(pulled, "released" if done else "changed", order.scope if done else "")


def answer(request: Inbound, token: str) -> Answer:
    pulled = brakes.find(token)
    if pulled is None:
        return Answer(404, gone(preferred(request.headers.get("accept-language", ""))), "text/html")
    if request.method != "POST":
        return show(pulled)
    try:
        return carry_out(pulled, page.parse_order(request.body))
    except BadForm as reason:
        logger.info("bad form", brand=pulled.link.brand, reason=str(reason))
        return show(pulled, "again")


def process(record: SQSRecord) -> None:
    """A text message that came in, or the order to look again at what was held."""
    sms = sms_of(record.body)
    if sms is not None:
        stopped = brakes.obey(sms)
        if stopped is None:
            logger.error("sms refused", number=brakes.number_of(sms.sender))
        else:
            logger.info("sms", stopped=stopped)
    else:
        done = brakes.recheck(Recheck.model_validate_json(record.body))
        logger.info("looked again", ended=done and done.ended, left=done and done.left)


def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    if "Records" in event:
        return process_partial_response(event, process, processor, context)
    token = (event.get("pathParameters") or {}).get("token", "")
    try:
        return gateway.response(answer(gateway.request(event), token), headers())
    except (*aws.TROUBLE, queues.NotQueued) as trouble:
        logger.error("not carried out", reason=type(trouble).__name__)
        return gateway.response(Answer(503, "Please try again."))
