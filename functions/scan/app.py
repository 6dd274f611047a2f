"""Every five minutes: count topics, put what is loud before a person, stop what is a crisis."""

from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud import aws, clock, moments, queues, store, wellbeing
from cloud.settings import settings
from desk import crisis, trends
from desk.escalation import Matter
from desk.mention import Mention
from desk.playbook import Playbook
from desk.trends import Burst

logger = Logger()

RECOUNTED = timedelta(hours=6)
"""Counted anew each time, so that late and repeated mentions come out right."""
PAST = timedelta(days=7)


class Unscanned(Exception):
    """Brands that could not be scanned: raised once the others have been, so that it is heard."""


def scan(brand: str, now: datetime) -> int:
    """Count a brand's windows, escalate its bursts, and only then report that we have looked."""
    since = trends.window_start(now - RECOUNTED)
    playbook = store.playbook(brand)
    watches = trends.watch_words(playbook)
    heard = [one for one in store.feed(brand, since, clock.now()) if isinstance(one, Mention)]
    mentions = [one for one in heard if one.decision.action != "ignore"]
    fresh = trends.count(mentions, watches, since, now)
    for window in fresh:
        if window.authors:
            store.keep_window(brand, window)
    kept = store.windows(brand, now - PAST, since - timedelta(milliseconds=1))
    leave = trends.own_names(playbook)
    found = trends.bursts([*kept, *fresh], mentions, watches, leave, now)
    rested = store.released_since(brand, clock.now() - crisis.REST) if found else set()
    matters = [warn(burst, playbook, rested, now) for burst in found]
    queues.send(settings().escalations_queue, [matter.model_dump_json() for matter in matters])
    store.beat(brand, clock.now())
    # After the heartbeat: what goes wrong here is heard, and stops no answer to anybody.
    asked = moments.look(brand, playbook, mentions, now)
    for channel, (cause, words) in wellbeing.reported(brand, clock.now()):
        logger.error("channel_trouble", brand=brand, channel=channel, cause=cause, reason=words)
    logger.info("scanned", brand=brand, mentions=len(mentions), bursts=len(found), moments=asked)
    return len(found)


def warn(burst: Burst, playbook: Playbook, rested: set[str], now: datetime) -> Matter:
    """Stop automation on a burst that is a crisis; and what is put before a person of it.

    Stop first, tell second. While the crisis stands each scan tells of it under the same name.
    """
    weight = crisis.weighed(burst.mentions)
    if crisis.crosses(weight, crisis.limits_of(burst.topic, playbook)):
        new = crisis.hold_of(burst, weight, playbook, clock.now())
        held = None if new.scope in rested else store.begin_crisis(playbook.brand, new)
        if held is not None and held.kind == "crisis":
            logger.info("crisis", brand=playbook.brand, scope=held.scope, new=held == new)
            return crisis.told(burst, weight, held, playbook, now)
    return trends.matter_of(burst, playbook, now)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    # The time for which the run was due: one that comes late looks at its own window all the same.
    due = event.get("time")
    now = min(clock.now(), datetime.fromisoformat(due)) if due else clock.now()
    bursts, unscanned = {}, []
    for brand in store.brands():
        try:
            bursts[brand] = scan(brand, now)
        except (*aws.TROUBLE, queues.NotQueued, store.NoPlaybook, ValueError) as trouble:
            # One brand's trouble must not silence the detectors of all that come after it.
            logger.error("not scanned", brand=brand, reason=type(trouble).__name__)
            unscanned.append(brand)
    if unscanned:
        raise Unscanned(*unscanned)
    return bursts
