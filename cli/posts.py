"""`repartee post`: a publication of the brand's own, now or at a time, with a person's yes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli import console, target
from cloud import clock, queues, store
from cloud.settings import settings
from desk.channels import platform
from desk.lengths import length, too_long
from desk.publication import place_on, planned

LONGEST_AHEAD = timedelta(days=30)


def post(
    text: Annotated[str, typer.Argument(help="What is said; `-` reads it from the input.")],
    channel: Annotated[
        list[str] | None,
        typer.Option(help="Where, once for each. Default: the channels of the brand's moments."),
    ] = None,
    at: Annotated[
        str, typer.Option(help="When, as 2026-12-02T22:05+08:00. Default: once it is approved.")
    ] = "",
    policy: Annotated[str, typer.Option(help="Who is asked. Default: as for moments.")] = "",
    by: Annotated[str, typer.Option(help="Who plans it. Default: your login name.")] = "",
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Plan a publication on one or several channels; somebody on duty is asked for a yes.

    It goes through the same door as every answer: it is claimed once, and the brake is looked at
    right before. What is approved and stopped meanwhile waits, held, for another yes.
    """
    if text == "-":
        text = Path("/dev/stdin").read_text("utf-8")
    when = _moment(at) if at else None
    target.choose(stack, endpoint)
    playbook = target.playbook(brand)
    names = channel or list(playbook.moments.channels)
    if not names:
        console.fail("no channel: name one by --channel")
    if policy and policy not in playbook.policies:
        console.fail(f"no policy {policy!r}: there is {', '.join(playbook.policies)}")
    places = []
    for name in dict.fromkeys(names):
        if name not in playbook.accounts:
            console.fail(f"no channel {name!r}: there is {', '.join(playbook.accounts)}")
        place = place_on(playbook, name)
        manner = platform(place.platform).RULES.ways.get("post")
        if manner is None:
            console.fail(f"nothing can be published on {name}")
        if limit := too_long(text, manner.limits):
            long = length(text, limit.unit)
            console.fail(f"{name} takes {limit.most} {limit.unit}, and this has {long}")
        places.append(place)
    if not text.strip():
        console.fail("there is nothing in the text")
    new, matter = planned(
        text.strip(),
        places,
        brand=brand,
        policy=policy or playbook.moments.policy,
        by=console.who(by),
        at=when,
        token=clock.token(),
        now=clock.now(),
    )
    store.add_reply(new)
    queues.send(settings().escalations_queue, [matter.model_dump_json(exclude_defaults=True)])
    names_of = ", ".join(place.channel for place in places)
    console.err.print(f"Asked for a yes: {new.id}, for {names_of}{f', at {when}' if when else ''}.")


def _moment(at: str) -> datetime:
    try:
        when = datetime.fromisoformat(at)
    except ValueError:
        console.fail(f"no time: {at!r}; it is written as 2026-12-02T22:05+08:00")
    if when.tzinfo is None:
        console.fail(f"{at!r} has no time zone: add one, such as +08:00")
    now = datetime.now(UTC)
    if not now < when <= now + LONGEST_AHEAD:
        console.fail(f"{at!r} is not within the next {LONGEST_AHEAD.days} days")
    return when
