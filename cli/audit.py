"""`repartee audit`: the whole path of one item, from what was heard to what was posted."""

import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from cli import console, target
from cloud import matters, store
from desk.escalation import Escalation, name_of
from desk.mention import Mention
from desk.outbound import Reply, reply_id
from desk.timeline import Kept, Moment, timeline

SOUGHT = timedelta(days=35)
"""How far back a mention or an answer is looked for: mentions are not kept for longer."""

Item = Annotated[
    str,
    typer.Argument(
        metavar="ITEM",
        help="Id of a mention, an answer or an escalation, or the hash of an approver's link.",
    ),
]


def audit(
    item: Item,
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="Print nothing but what the platform sent, byte for byte.")
    ] = False,
) -> None:
    """What was heard, how it was read, which rule decided and why, who was asked when, who decided
    what by which link, and what became of the answer.

    Whether a page was opened is not recorded: opening one changes nothing. It reads only.
    """
    target.choose(stack, endpoint)
    if raw:
        mention, _ = _called(brand, item, datetime.now(UTC))
        if mention is None or not (sent := store.raw(mention)):
            console.fail(f"no mention that is kept belongs to {item!r} of {brand!r}")
        sys.stdout.buffer.write(sent)
        return
    found = path_of(brand, item, datetime.now(UTC))
    if found is None:
        console.fail(f"nothing of {brand!r} is called {item!r}, or it is kept no more")
    if as_json:
        console.show_json([_facts(moment) for moment in found])
        return
    for moment in found:
        facts = "  ".join(f"{name}: {value}" for name, value in moment.facts.items() if value)
        at = f"{moment.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
        console.out.print(
            f"{at}  [bold]{console.plain(moment.what)}[/]  {console.plain(facts)}", soft_wrap=True
        )
        for words in moment.words:
            console.out.print(f"{'':21}because {console.plain(words)}", soft_wrap=True)


def path_of(brand: str, item: str, now: datetime) -> list[Moment] | None:
    """The timeline of what `item` names; None where there is nothing of that name."""
    mention, escalations = _called(brand, item, now)
    if mention is None and not escalations:
        return None
    return _whole(brand, mention, escalations)


def _called(brand: str, item: str, now: datetime) -> tuple[Mention | None, list[Escalation]]:
    """The mention that `item` names or belongs to, and the escalation where it names one."""
    if re.fullmatch(r"[0-9a-f]{64}", item):
        link = store.approval(item)
        item = link.escalation if link is not None and link.brand == brand else item
    if (escalation := store.escalation(brand, item)) is not None:
        return _mention_of(escalation), [escalation]
    return _sought(brand, item, now), []


def _whole(brand: str, mention: Mention | None, escalations: Iterable[Escalation]) -> list[Moment]:
    """All that belongs to a mention, or to the escalations where they are about none."""
    kept = {one.id: one for one in escalations}
    replies: list[Reply] = []
    if mention is not None:
        talk = store.conversation(brand, mention.conversation)
        replies = [one for one in talk if isinstance(one, Reply) and one.mention == mention.id]
        causes = [mention.decision.cause, f"mention:{mention.id}"]
        causes += [f"reply:{reply.id}" for reply in replies]
        for name in map(name_of, filter(None, causes)):
            if name not in kept and (found := store.escalation(brand, name)) is not None:
                kept[name] = found
    return timeline(
        [mention] if mention is not None else [],
        replies,
        [
            Kept(one, store.log_of(brand, one.id), store.acts_of(brand, one.id))
            for one in kept.values()
        ],
    )


def _mention_of(escalation: Escalation) -> Mention | None:
    matter = escalation.matter
    if not matter.conversation or not matter.mention:
        return None
    return store.mention(escalation.brand, matter.conversation, matter.mention)


def _sought(brand: str, item: str, now: datetime) -> Mention | None:
    """The mention of that id, or the one that the answer of that id is to; the newest first."""
    for day in range(SOUGHT.days + 1):
        until = now - timedelta(days=day)
        for one in store.feed(brand, until - timedelta(days=1), until):
            if isinstance(one, Mention) and item in (one.id, *_answers(one)):
                return one
    return None


def _answers(mention: Mention) -> Iterator[str]:
    """The ids that an answer to `mention` may have, without a look at what is stored."""
    for label in (mention.decision.script, matters.BY_HAND):
        yield reply_id(mention.channel, mention.id, label)


def _facts(moment: Moment) -> dict[str, object]:
    return {
        "at": moment.at,
        "what": moment.what,
        **{name: value for name, value in moment.facts.items() if value},
        "reasons": list(moment.reasons),
        "words": list(moment.words),
    }
