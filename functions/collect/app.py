"""Every five minutes: ask the sources that are due, queue what is new, and note how far we are."""

from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud import aws, clock, queues, rooms, secrets, sources, store
from cloud.settings import settings
from desk import channels, collecting
from desk.collecting import Watermark
from desk.polling import Poll
from desk.wire import Credentials

logger = Logger()

MILLISECONDS_NEEDED = 60_000
"""Below this no channel is begun: it is due at the next run."""


class Uncollected(Exception):
    """Channels that could not be read: raised once the others have been, so that it is heard."""


def collect(brand: str, channel: str, credentials: Credentials, run: datetime) -> int:
    """Ask a channel's sources that are due at `run`; how many deliveries that made.

    Safe to fire twice: a source is asked once a run, its deliveries have the run's ids, and its
    marks are stored after they are queued. One of them that fails does not keep the others waiting.
    """
    platform = channels.platform(credentials["platform"])
    known = store.watermarks(brand, channel)
    marks = {source: mark.marks for source, mark in known.items()}
    polls = platform.poll(marks, credentials)
    ready: Credentials | sources.Trouble = credentials
    watched = bool(rooms.open_at(brand, run))
    if any(collecting.due(known.get(poll.source), poll, run, watched) for poll in polls):
        ready = sources.reader(brand, channel, platform, credentials)
        if not isinstance(ready, sources.Trouble):
            polls = platform.poll(marks, ready)
    made = 0
    for poll in polls:
        before = known.get(poll.source)
        mark = before or collecting.first(brand, channel, poll.source, run)
        if collecting.due(before, poll, run, watched):
            mark, found = sources.read(platform, poll, mark, ready, run, clock.now())
            # Before the marks: whoever stops here asks again, and triage knows what it has.
            queues.send(settings().deliveries_queue, [one.to_json() for one in found])
            made += len(found)
            logger.info("read", channel=channel, source=poll.source, error=mark.error)
        _keep(before, mark, poll, run)
    return made


def _keep(before: Watermark | None, mark: Watermark, poll: Poll, run: datetime) -> None:
    found = collecting.health(mark, poll, run)
    flagged = found.flag != mark.flag
    after = mark.model_copy(update={"flag": found.flag})
    if after == before or not store.keep_watermark(before, after):
        return
    if flagged and found.flag:  # once for a cause: the metric counts these lines
        logger.error(
            "source flagged",
            brand=mark.brand,
            channel=mark.channel,
            source=mark.source,
            flag=found.flag,
            reason=found.reason,
        )
    elif flagged:
        logger.info("source well", channel=mark.channel, source=mark.source)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    # The time for which the run was due: two that are fired for it are one run.
    due = event.get("time")
    run = min(clock.now(), datetime.fromisoformat(due)) if due else clock.now()
    made, troubled = {}, []
    for (brand, channel), credentials in secrets.reads().items():
        if context.get_remaining_time_in_millis() < MILLISECONDS_NEEDED:
            logger.warning("left for the next run", channel=channel)
            continue
        try:
            made[f"{brand}/{channel}"] = collect(brand, channel, credentials, run)
        except (*aws.TROUBLE, queues.NotQueued, KeyError, ValueError) as trouble:
            # One channel's trouble, say a parameter without a field, must not silence the others.
            logger.error("not collected", channel=channel, reason=repr(trouble))
            troubled.append(f"{brand}/{channel}")
    if troubled:
        raise Uncollected(*troubled)
    return made
