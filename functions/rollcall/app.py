"""Every hour: whether everybody who may be asked in the next seven days can be reached."""

from datetime import timedelta
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud import clock, secrets, store, subscriptions
from desk.duty import askable
from desk.reach import unreached

logger = Logger()

AHEAD = timedelta(days=7)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    now, known, bots = clock.now(), subscriptions.every(), secrets.bots()
    for brand in store.brands():
        wanted = askable(store.playbook(brand), now, now + AHEAD)
        missing = unreached(brand, wanted, known, bots)
        for who in sorted(missing):
            # By its metric it raises an alarm on another topic than the one that is in doubt.
            logger.error("unreached", brand=brand, approver=who)
        logger.info("called", brand=brand, approvers=len(wanted), unreached=len(missing))
    if pending := sum(not one.confirmed for one in known):
        logger.warning("unconfirmed", subscriptions=pending)
