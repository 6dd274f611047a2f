"""HTTPS /hooks/{brand}/{channel}: let in what is genuine, queue it, then say so."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud import aws, clock, gateway, queues, secrets
from cloud.settings import settings
from desk import channels, reception
from desk.wire import Answer, BadSignature, Delivery, Inbound, stamp

logger = Logger()


def receive(brand: str, channel: str, request: Inbound) -> Answer:
    """What a platform's request is answered with. 200 only once the queue has it."""
    if refused := reception.refusal(request):
        return refused
    known = reception.well_named(brand, channel)
    secret = secrets.hook(brand, channel) if known else None
    if secret is None:
        return reception.UNKNOWN
    now = clock.now()
    platform = channels.platform(secret["platform"])
    try:
        platform.verify(request, secret, now.timestamp())
    except BadSignature as reason:
        logger.warning("refused", brand=brand, channel=channel, reason=str(reason))
        return reception.REFUSED._replace(status=reason.status)
    if answer := platform.handshake(request, secret):
        return answer
    if request.method != "POST":
        return reception.NO_DELIVERY
    delivery = Delivery(
        id=clock.token(),
        brand=brand,
        channel=channel,
        received_at=stamp(now),
        headers=reception.kept(request.headers),
        query=reception.asked(request.query),
        body=request.body,
    )
    queues.send(settings().deliveries_queue, [delivery.to_json()])
    logger.debug("received", delivery=delivery.id, channel=channel)
    # Named to the sender, so that what became of this very request can be found.
    return platform.acknowledge(request)._replace(delivery=delivery.id)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    path = event.get("pathParameters") or {}
    try:
        answer = receive(path.get("brand", ""), path.get("channel", ""), gateway.request(event))
    except (*aws.TROUBLE, queues.NotQueued) as trouble:
        logger.error("not queued", reason=type(trouble).__name__)
        answer = reception.LATER
    return gateway.response(answer)
