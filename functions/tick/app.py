"""Every minute: make the move that is due on each reply and each escalation."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloud import asking, aws, clock, matters, queues, store
from cloud.settings import settings
from desk import escalation as desk, intake, outbound

logger = Logger()


class Stuck(Exception):
    """What could not be moved: raised once all the others have been, so that an alarm is heard."""


def sweep_reply(brand: str, conversation: str, name: str) -> None:
    """Expire, queue again, or turn a claim past its lease into a doubt that is looked up. Never
    send.
    """
    reply = store.reply(brand, conversation, name)
    if reply is None:
        return
    now = clock.now()
    sweep = outbound.overdue(reply, clock.token(), now)
    if sweep.then is None or not store.move(reply, sweep.then):
        return
    match sweep.queue:
        case "outbound":
            queues.send(settings().outbound_queue, [reply.key.model_dump_json()])
        case "escalations":
            matter = intake.matter_of_reply(sweep.then, now)
            queues.send(settings().escalations_queue, [matter.model_dump_json()])
            if reply.state == "sending":  # its sender is gone, who would have had it looked up
                queues.send(settings().outbound_queue, [reply.key.model_dump_json()])
    logger.info("swept", reply=name, reason=sweep.reason)


def sweep_escalation(brand: str, name: str) -> None:
    """Ask whoever is next, or end what was decided by somebody who stopped half-way."""
    escalation = store.escalation(brand, name)
    if escalation is None:
        return
    now = clock.now()
    reply = matters.reply_of(escalation.matter)
    if reply is not None and desk.moot(escalation, reply.state):
        recorded = matters.finish(escalation, reply)
        logger.info("settled", escalation=name, reply=reply.state, recorded=recorded)
    elif move := desk.next_move(escalation, playbook := store.playbook(brand), clock.token(), now):
        seen = reply.fingerprint if reply is not None else ""
        recorded = asking.ask(escalation, move, seen, playbook, now)
        level = logger.error if move.alarm else logger.info
        level("unanswered" if move.alarm else "asked", escalation=name, reason=move.reason,
              recorded=recorded)  # fmt: skip


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    stuck = []
    for due in store.due(clock.now()):
        try:
            if due.kind == "reply":
                sweep_reply(due.brand, due.conversation, due.name)
            elif due.kind == "inbox":
                now = clock.now()
                told = asking.send_digest(due.brand, due.name, store.playbook(due.brand), now)
                logger.info("digest", approver=due.name, told=told)
            else:
                sweep_escalation(due.brand, due.name)
        except (
            *aws.TROUBLE,
            queues.NotQueued,
            store.Contended,
            store.NoPlaybook,
            ValueError,
        ) as trouble:
            # What cannot be moved, perhaps never, must not hold up what is due behind it.
            logger.error("stuck", due=due.name, reason=type(trouble).__name__)
            stuck.append(due.name)
    if stuck:
        raise Stuck(*stuck)
