"""`repartee channels`: connect a brand's accounts, and see whether what opens them is good."""

import json
import secrets as random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import boto3
import typer
from rich.table import Table

from cli import console, target
from cloud import aws, http, wellbeing
from cloud.settings import settings
from desk.channels import PLATFORMS, Platform, platform
from desk.reception import well_named
from desk.wire import NotSent, Unknown

app = typer.Typer(
    no_args_is_help=True,
    help="Connect accounts on platforms: what verifies their webhooks, what lets us post and read.",
)

KINDS = ("hooks", "tokens", "reads")
TITLES = {
    "hooks": "What verifies its webhooks",
    "tokens": "What lets the desk post",
    "reads": "What lets the desk read what is not pushed",
}
OURS = "yours to make"
"""How the words for a field end that the platform does not give out: we offer a random one."""

Name = Annotated[str, typer.Argument(help="The channel's name: small letters, digits, hyphens.")]


@app.command("platforms")
def platforms(as_json: console.AsJson = False) -> None:
    """List the platforms: how each hears, and what may be said there, in which length."""
    table = Table("platform", "hears by", "says")
    for name in PLATFORMS:
        module = platform(name)
        hears = [
            how for how, fields in (("webhooks", module.HOOKS), ("polling", module.READS)) if fields
        ]
        says = {
            way: " and ".join(f"{limit.most:,} {limit.unit}" for limit in manner.limits)
            for way, manner in module.RULES.ways.items()
        }
        if as_json:
            console.show_json({"platform": name, "hears": hears, "says": says})
        else:
            words = "\n".join(f"{way}: {longest}" for way, longest in says.items())
            table.add_row(name, ", ".join(hears), words)
    if not as_json:
        console.out.print(table)


@app.command("add")
def add(
    channel: Name,
    on: Annotated[str, typer.Option("--platform", help="Default: the channel's own name.")] = "",
    given: Annotated[
        list[str] | None,
        typer.Option("--set", help="A field, as `hooks.secret=…`; the others are asked for."),
    ] = None,
    test: Annotated[bool, typer.Option(help="Try the credentials before they are stored.")] = True,
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Connect a channel: asks for each field, tries what can be tried, stores it encrypted.

    Then prints the address to paste at the platform. A field that you leave empty is left out where
    it may be. Run it again to replace a secret: the old one of `hooks` stays good beside the new.
    """
    name = on or channel
    if name not in PLATFORMS:
        console.fail(f"no platform {name!r}: `repartee channels platforms` lists them")
    if not well_named(brand, channel):
        console.fail("names have small letters, digits and hyphens, and begin with none of these")
    chosen = target.choose(stack, endpoint)
    module, known = platform(name), _given(given or [])
    values = {kind: _asked(kind, _fields(module, kind), known) for kind in KINDS}
    if known:
        console.fail(f"{name} has no field {', '.join(sorted(known))}")
    if test:
        for kind in ("tokens", "reads"):
            if values[kind]:
                _show(kind, _tried(module, values[kind]))
    for kind in KINDS:
        if values[kind]:
            _store(kind, brand, channel, {"platform": name, **values[kind]})
    if values["tokens"]:
        wellbeing.renewed(brand, channel, module.RULES.token_life, datetime.now(UTC))
    if module.HOOKS:
        console.out.print(
            f"Paste this address at the platform: {chosen.api}/hooks/{brand}/{channel}"
        )
    console.out.print(f"docs/channels/{name}.md says where, and what else is to be set there.")


@app.command("check")
def check(
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """Try the credentials of all channels of a brand, by calls that post nothing.

    Ends with status 1 if a platform refuses one.
    """
    target.choose(stack, endpoint)
    table = Table("channel", "platform", "what", "found")
    refused = False
    for kind, channel, value in stored(brand):
        if kind == "hooks":
            continue
        found, words = _tried(platform(value["platform"]), value)
        refused |= found == "refused"
        if as_json:
            console.show_json(
                {"channel": channel, "platform": value["platform"], "what": kind,
                 "found": found, "detail": words}
            )  # fmt: skip
        else:
            table.add_row(channel, value["platform"], kind, f"{found}: {console.plain(words)}")
    if not as_json:
        console.out.print(table)
    if refused:
        raise typer.Exit(1)


def stored(brand: str) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Every secret of a brand's channels: its kind, the channel's name, and its fields."""
    pages = boto3.client("ssm").get_paginator("get_parameters_by_path")
    for kind in KINDS:
        path = f"{settings().parameters}/{kind}/{brand}/"
        for page in pages.paginate(Path=path, WithDecryption=True):
            for one in page["Parameters"]:
                yield kind, one["Name"].removeprefix(path), json.loads(one["Value"])


def _fields(module: Platform, kind: str) -> Mapping[str, str]:
    return {"hooks": module.HOOKS, "tokens": module.TOKENS, "reads": module.READS}[kind]


def _given(pairs: list[str]) -> dict[str, str]:
    known = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name.partition(".")[0] not in KINDS:
            console.fail(f"--set takes KIND.FIELD=VALUE with {', '.join(KINDS)}, not {pair!r}")
        known[name] = value
    return known


def _asked(kind: str, fields: Mapping[str, str], known: dict[str, str]) -> dict[str, str]:
    """A value for each field: given on the command line, typed in, or made here."""
    values: dict[str, str] = {}
    for field in ("base?", *fields):
        name, optional = field.removesuffix("?"), field.endswith("?")
        if (key := f"{kind}.{name}") in known:
            values[name] = known.pop(key)
        elif name == "base":
            continue
        else:
            made = random.token_urlsafe(24) if fields[field].endswith(OURS) else ""
            if not values:
                console.err.print(f"{TITLES[kind]}:")
            values[name] = _prompt(name, fields[field], made, optional)
    return {name: value for name, value in values.items() if value}


def _prompt(name: str, words: str, made: str, optional: bool) -> str:
    hint = " (empty: left out)" if optional else " (empty: one is made)" if made else ""
    while True:
        typed: str = typer.prompt(
            f"  {name}: {words}{hint}", default="", show_default=False, hide_input=True, err=True
        ).strip()
        if typed or optional:
            return typed
        if made:
            console.err.print(f"  {name} is {made}")
            return made


def _tried(module: Platform, credentials: Mapping[str, str]) -> tuple[str, str]:
    """`good`, `refused` or `unknown`, and the account or what was in the way."""
    try:
        if call := module.sign_in(credentials):
            answer = http.call(call)
            if isinstance(answer, NotSent | Unknown):
                return "unknown", answer.reason
            signed = module.signed_in(answer, credentials)
            if signed is None:
                return "refused", "the platform refuses the sign-in"
            credentials = signed.credentials
        question = module.check(credentials)
    except KeyError as missing:
        return "refused", f"the field {missing} is missing"
    if question is None:
        return ("good", "signed in") if call else ("unknown", "there is no question to try it by")
    answer = http.call(question)
    found = answer if isinstance(answer, NotSent | Unknown) else module.checked(answer)
    match found:
        case str():
            return "good", f"account {found}"
        case NotSent(kind, reason):
            return "unknown" if kind == "unreachable" else "refused", f"{kind}: {reason}"
    return "unknown", found.reason


def _show(kind: str, tried: tuple[str, str]) -> None:
    found, words = tried
    if found == "refused":
        console.fail(
            f"{kind}: {console.plain(words)}. Nothing was stored; --no-test stores it anyway"
        )
    console.err.print(f"{kind}: {found}, {console.plain(words)}")


def _store(kind: str, brand: str, channel: str, value: dict[str, Any]) -> None:
    name = f"{settings().parameters}/{kind}/{brand}/{channel}"
    client = aws.ssm()
    if kind == "hooks":
        try:
            before = json.loads(
                client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
            )
        except client.exceptions.ParameterNotFound:
            before = {}
        replaced = {field for field in value if before.get(field, value[field]) != value[field]}
        value |= {f"previous_{field}": before[field] for field in replaced - {"platform"}}
    client.put_parameter(Name=name, Value=json.dumps(value), Type="SecureString", Overwrite=True)
    console.err.print(f"Stored {name}")
