"""Every minute: say that all that waits for a person is on time, or what is late; else be silent.

Its line `on time` is the desk's heartbeat: an alarm goes by its absence. It finds what is open by
another index than the minute's run, so that what has fallen out of that one is found here.
"""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud import clock, store
from desk.lateness import is_escalation_late, is_reply_late
from desk.outbound import NEEDS_A_PERSON

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    now, seen, behind = clock.now(), 0, 0
    for brand in store.brands():
        for escalation in store.open_escalations(brand):
            seen += 1
            if is_escalation_late(escalation, now):
                behind += 1
                logger.error("late", brand=brand, escalation=escalation.id, due=escalation.due_at)
        for state in ("pending", *sorted(NEEDS_A_PERSON)):
            for reply in store.waiting(brand, state):
                seen += 1
                if is_reply_late(reply, now):
                    behind += 1
                    logger.error("late", brand=brand, reply=reply.id, due=reply.due_at)
    if not behind:
        logger.info("on time", matters=seen)
