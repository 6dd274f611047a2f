"""Every day: a mention of our own goes the whole way to an approver of our own, who closes it.

Its line `drill done` is what an alarm waits for: everything between a webhook and a decision works.
"""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud import clock, drilling
from desk.drill import link_in

logger = Logger()

LAST_MILLISECONDS = 40_000
"""What is left for one more look, its page and its decision."""


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, float]:
    number, began = clock.token(), clock.now()
    drilling.say(number, began)
    while context.get_remaining_time_in_millis() > LAST_MILLISECONDS:
        for text in drilling.sent():
            if drilling.closed(link_in(text), number):
                seconds = round((clock.now() - began).total_seconds(), 1)
                logger.info("drill done", seconds=seconds)
                return {"seconds": seconds}
    raise drilling.DrillFailed("it was heard, and did not come to its approver in time")
