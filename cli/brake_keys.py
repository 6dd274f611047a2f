"""`repartee hold link` and `repartee hold phone`: who may pull the brake from outside."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from cli import console, target
from cloud import brakes, clock, store
from cloud.settings import settings
from desk import brake
from desk.approval import token_hash
from desk.brake import Link, Phone

phones = typer.Typer(
    no_args_is_help=True,
    help="The telephones from which a text message may stop a brand. None may let it go on.",
)

SHOWN = 12
"""Characters of a hash that name its link or its telephone well enough."""

Approver = Annotated[str, typer.Option("--for", help="The approver's id in the playbook.")]
Name = Annotated[str, typer.Argument(help="How its name begins, as the list has it.")]


def known(brand: str, approver: str) -> str:
    """The name of an approver; ends the command where the playbook has none of that id."""
    approvers = target.playbook(brand).approvers
    if approver not in approvers:
        console.fail(f"no approver {approver!r}; there are {', '.join(sorted(approvers))}")
    return approvers[approver].name


def link(
    approver: Approver,
    days: Annotated[int, typer.Option(min=1, max=365, help="How long it is good.")] = 90,
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Make a standing link to the brake for one approver, and print it. It is shown this once."""
    target.choose(stack, endpoint)
    name, now = known(brand, approver), datetime.now(UTC)
    token = brake.token_of(brand, clock.link_token())
    new = Link(
        hash=token_hash(token),
        brand=brand,
        approver=approver,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    store.keep_link(new)
    console.err.print(
        f"The brake of {brand} for {console.plain(name)}, good for {days} days. It is theirs alone:"
        f" whoever has it can stop the brand. `repartee hold revoke {new.hash[:SHOWN]}` ends it."
    )
    console.out.print(f"{settings().public_url}/brake/{token}", soft_wrap=True)


def links(
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """The links to the brake: whose, since when, and until when they are good."""
    target.choose(stack, endpoint)
    now, found = datetime.now(UTC), list(store.links(brand))
    if as_json:
        for one in found:
            console.show_json(one.model_dump(mode="json") | {"good": one.is_good(now)})
        return
    table = Table("link", "for", "made", "good until", title=f"Links to the brake of {brand}")
    for one in found:
        until = f"{one.expires_at:%Y-%m-%d}" if one.is_good(now) else "over"
        table.add_row(one.hash[:SHOWN], one.approver, f"{one.made_at:%Y-%m-%d}", until)
    console.out.print(table if found else f"There is no link to the brake of {brand}.")


def revoke(
    name: Name,
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """End a link to the brake, at once."""
    target.choose(stack, endpoint)
    found = [one for one in store.links(brand) if one.hash.startswith(name)]
    if len(found) != 1:
        console.fail(f"{len(found)} links begin with {name!r}: `repartee hold links` lists them")
    store.keep_link(found[0].model_copy(update={"revoked_at": datetime.now(UTC)}))
    console.err.print(f"Revoked: the link of {found[0].approver} to the brake of {brand}.")


@phones.command("add")
def add_phone(
    number: Annotated[str, typer.Argument(help="With its country's code: +8613800138000.")],
    approver: Approver,
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Let a text message from this telephone stop the brand. The number itself is not kept."""
    target.choose(stack, endpoint)
    name = known(brand, approver)
    if brake.e164(number) is None:
        console.fail(f"{number!r} is no number with a country's code, such as +8613800138000")
    stand_in = brakes.number_of(number)
    store.keep_phone(
        Phone(number=stand_in, brand=brand, approver=approver, made_at=datetime.now(UTC))
    )
    console.err.print(
        f"Known: {stand_in[:SHOWN]}, the telephone of {console.plain(name)}. "
        f"{' or '.join(store.playbook(brand).brake_words)} stops {brand}."
    )


@phones.command("list")
def list_phones(
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """The telephones that may stop the brand, by the stand-ins of their numbers."""
    target.choose(stack, endpoint)
    found = [one for one in store.phones(brand) if one.revoked_at is None]
    if as_json:
        for one in found:
            console.show_json(one.model_dump(mode="json"))
        return
    table = Table("telephone", "for", "known since", title=f"Telephones that may stop {brand}")
    for one in found:
        table.add_row(one.number[:SHOWN], one.approver, f"{one.made_at:%Y-%m-%d}")
    console.out.print(table if found else f"No telephone may stop {brand}.")


@phones.command("remove")
def remove_phone(
    name: Name,
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Let a telephone stop the brand no more."""
    target.choose(stack, endpoint)
    numbers = [one for one in store.phones(brand) if one.revoked_at is None]
    found = [one for one in numbers if one.number.startswith(name)]
    if len(found) != 1:
        console.fail(f"{len(found)} begin with {name!r}: `repartee hold phone list` lists them")
    store.keep_phone(found[0].model_copy(update={"revoked_at": datetime.now(UTC)}))
    console.err.print(f"Forgotten: the telephone of {found[0].approver}.")
