"""Every minute: count what is new, put what is unusual before a person, stop what is a crisis."""

from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud import aws, clock, counting, moments, queues, rooms, store, wellbeing
from cloud.settings import settings
from desk import crisis, room, trends
from desk.escalation import Matter
from desk.playbook import Playbook
from desk.trends import Burst

logger = Logger()

REFUSED = (counting.Unfolded, queues.NotQueued, store.NoPlaybook)


class Unscanned(Exception):
    """Brands that could not be scanned: raised once the others have been, so that it is heard."""


def scan(brand: str, now: datetime) -> int:
    """Count what is new, escalate what is unusual, and only then report that we have looked."""
    playbook = store.playbook(brand)
    read = counting.read(brand, trends.counted_words(playbook), clock.now())
    closely = room.terms(rooms.open_at(brand, now))
    found = counting.loud(brand, playbook, now, closely)
    rested = store.released_since(brand, clock.now() - crisis.REST) if found else set()
    matters = [warn(burst, playbook, rested, now) for burst in found]
    queues.send(settings().escalations_queue, [matter.model_dump_json() for matter in matters])
    store.beat(brand, clock.now())
    logger.info("scanned", brand=brand, mentions=read, bursts=len(found))
    return len(found)


def look_beyond(brand: str, now: datetime) -> int:
    """Rooms, moments and troubles: after all heartbeats, since none of it may stop an answer."""
    playbook = store.playbook(brand)
    watched = rooms.begin(brand, playbook, now)
    every = moments.EVERY_IN_ROOM if watched else moments.EVERY
    asked = moments.look(brand, playbook, now, every)
    for channel, (cause, words) in wellbeing.reported(brand, clock.now()):
        logger.error("channel_trouble", brand=brand, channel=channel, cause=cause, reason=words)
    if asked:
        logger.info("moments", brand=brand, asked=asked)
    return asked


def each(work: Any, now: datetime, failed: set[str]) -> dict[str, int]:
    """`work` done for each brand: one's trouble must not silence the detectors of all after it."""
    done = {}
    for brand in store.brands():
        try:
            done[brand] = work(brand, now)
        except (*aws.TROUBLE, *REFUSED, ValueError) as trouble:
            logger.error("not scanned", brand=brand, reason=type(trouble).__name__)
            failed.add(brand)
    return done


def warn(burst: Burst, playbook: Playbook, rested: set[str], now: datetime) -> Matter:
    """Stop automation on a burst that is a crisis; and what is put before a person of it.

    Stop first, tell second. While the crisis stands each scan tells of it under the same name.
    """
    begun = crisis.begun(burst, playbook, rested, clock.now())
    held = store.begin_crisis(playbook.brand, begun.hold) if begun else None
    if begun is not None and held is not None and held.kind == "crisis":
        logger.info("crisis", brand=playbook.brand, scope=held.scope, new=held == begun.hold)
        return crisis.told(burst, begun.weight, held, playbook, now)
    return trends.matter_of(burst, playbook, now)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    # The time for which the run was due: one that comes late looks at its own window all the same.
    due = event.get("time")
    now = min(clock.now(), datetime.fromisoformat(due)) if due else clock.now()
    failed: set[str] = set()
    bursts = each(scan, now, failed)
    each(look_beyond, now, failed)
    if failed:
        raise Unscanned(*sorted(failed))
    return bursts
