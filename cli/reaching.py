"""`repartee people`: the ways by which each approver is reached, and the daily drill."""

import base64
import json
import secrets as dice
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

import boto3
import typer
from botocore.config import Config
from botocore.exceptions import ClientError
from rich.table import Table

from cli import console, seeding, target
from cloud import aws, bots, secrets, subscriptions
from cloud.settings import settings
from desk.compiled import compiled
from desk.drill import BRAND, CHANNEL, PLAYBOOK
from desk.duty import askable
from desk.notify import MEDIA, medium
from desk.reach import Subscription, hears, hears_everybody, named_in, policy_for, unreached

AHEAD = timedelta(days=7)

For = Annotated[str, typer.Option("--for", help="The approver's id in the playbook.")]


def subscribe(
    who: For,
    email: Annotated[str, typer.Option(help="Their e-mail address.")] = "",
    sms: Annotated[str, typer.Option(help="Their telephone, such as +8613800138000.")] = "",
    queue: Annotated[str, typer.Option(help="ARN of an SQS queue of theirs.")] = "",
    codes: Annotated[
        bool, typer.Option("--codes", help="For the codes of grave decisions, and not for links.")
    ] = False,
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Have an approver's messages, and nobody else's, sent to an address of theirs.

    To an e-mail address AWS sends a link to confirm. It is not to be followed, but given to
    `repartee people confirm`. An address that has a subscription gets this approver's messages too.
    """
    ways = {"email": email, "sms": sms, "sqs": queue}
    chosen = [(protocol, address) for protocol, address in ways.items() if address]
    if len(chosen) != 1:
        console.fail("give one of --email, --sms and --queue")
    [(protocol, address)] = chosen
    if protocol == "sms" and not (address.startswith("+") and address[1:].isdigit()):
        console.fail("a telephone is written with + and its country, such as +8613800138000")
    target.choose(stack, endpoint)
    _known(brand, who)
    name = who if codes else f"{brand}/{who}"
    policy = json.dumps({"code_for": [who]}) if codes else policy_for([name])
    there = [one for one in subscriptions.every() if (one.protocol, one.endpoint) == chosen[0]]
    if there and codes:
        console.fail(f"{address} gets links already: codes go another way, so that one is no use")
    if there and there[0].confirmed:
        names = named_in(there[0].filter, brand) | {name}
        aws.sns().set_subscription_attributes(
            SubscriptionArn=there[0].arn,
            AttributeName="FilterPolicy",
            AttributeValue=policy_for(names),
        )
        console.err.print(f"{address} gets the messages of {', '.join(sorted(names))}.")
        return
    aws.sns().subscribe(
        TopicArn=settings().topic,
        Protocol=protocol,
        Endpoint=address,
        Attributes={"FilterPolicy": policy},
    )
    console.err.print(f"{address} gets the {'codes' if codes else 'messages'} of {name}", end="")
    if protocol == "email":
        console.err.print(
            " once it is confirmed. AWS has sent a link there: do not follow it; give it to "
            "`repartee people confirm`."
        )
    else:
        console.err.print(".")


def confirm(
    link: Annotated[str, typer.Argument(help="The confirmation's link, or the token in it.")],
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Confirm a subscription so that no link in a message can end it.

    Scanners of mail follow every link of a message, the one that unsubscribes included; after this
    it does nothing without AWS credentials.
    """
    target.choose(stack, endpoint)
    query = dict(part.partition("=")[::2] for part in urlsplit(link).query.split("&"))
    token = query.get("Token", link).strip()
    try:
        aws.sns().confirm_subscription(
            TopicArn=settings().topic, Token=token, AuthenticateOnUnsubscribe="true"
        )
    except ClientError as error:
        console.fail(f"AWS does not take it: {error.response['Error']['Message']}")
    console.err.print("Confirmed, and only your account can unsubscribe it.")


def bot(
    who: For,
    kind: Annotated[str, typer.Option("--medium", help=f"One of {', '.join(MEDIA)}.")],
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Give an approver a bot: asks for what opens it, tries it with a greeting, and stores it.

    The chat must have nobody in it but the approver: whoever reads it can open their links.
    """
    if kind not in MEDIA:
        console.fail(f"no medium {kind!r}: it is one of {', '.join(MEDIA)}")
    target.choose(stack, endpoint)
    name = _known(brand, who)
    opens = {"medium": kind}
    for field in medium(kind).FIELDS:
        value = typer.prompt(
            field.removesuffix("?"),
            default="" if field.endswith("?") else None,
            hide_input=field.removesuffix("?") in ("url", "secret", "token"),
            show_default=False,
        ).strip()
        if value:
            opens[field.removesuffix("?")] = value
    if not endpoint and stack != target.LOCAL_STACK:
        _check_address(kind, opens)
    try:
        bots.tell(opens, f"Repartee: {name}")
    except bots.NotTold as why:
        console.fail(f"the bot does not take it: {why}")
    aws.ssm().put_parameter(
        Name=f"{settings().parameters}/bots/{brand}/{who}",
        Value=json.dumps(opens),
        Type="SecureString",
        Overwrite=True,
    )
    console.err.print(f"{name} is told through {kind} too, within a few minutes.")


def everybody(
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """Show by which ways each approver is reached. Addresses are cut short.

    Ends with status 1 if somebody who may be asked in the next seven days is not reached.
    """
    target.choose(stack, endpoint)
    playbook = target.playbook(brand)
    known, with_bot, now = subscriptions.every(), secrets.bots(), datetime.now(UTC)
    wanted = askable(playbook, now, now + AHEAD)
    missing = unreached(brand, wanted, known, with_bot)
    table = Table("approver", "name", "asked within a week", "reached by")
    for who, approver in playbook.approvers.items():
        ways = [_way(one) for one in known if hears(one, brand, who)]
        ways += ["bot"] if (brand, who) in with_bot else []
        if as_json:
            facts = {"approver": who, "name": approver.name, "asked": who in wanted, "ways": ways}
            console.show_json(facts)
            continue
        asked, reached = "yes" if who in wanted else "", console.plain(", ".join(ways))
        lost = "[bold red]nobody is told[/]" if who in missing else "-"
        table.add_row(who, console.plain(approver.name), asked, reached or lost)
    if not as_json:
        console.out.print(table)
        for line in doubts(known):
            console.out.print(line)
    if missing:
        raise typer.Exit(1)


def doubts(known: Collection[Subscription]) -> list[str]:
    """What is not as it should be with subscriptions, in words."""
    pending = [_way(one) for one in known if not one.confirmed]
    open_ = [_way(one) for one in known if hears_everybody(one)]
    loose = [_way(one) for one in known
             if one.confirmed and one.protocol == "email" and not one.guarded]  # fmt: skip
    found = [("not confirmed yet", pending), ("without a filter, so that it gets everybody's links",
             open_), ("can be unsubscribed by a link in a message", loose)]  # fmt: skip
    return [f"{', '.join(ways)}: {what}" for what, ways in found if ways]


def drill(stack: target.StackName = target.LOCAL_STACK, endpoint: target.Endpoint = "") -> None:
    """Send a mention of our own the whole way to an approver of our own, and say how long it took.

    The first time it sets up what that needs: a brand called drill, with a channel. From then
    on the install does it every day by itself.
    """
    chosen = target.choose(stack, endpoint)
    set_up_drill()
    patient = Config(read_timeout=330, retries={"total_max_attempts": 1})
    client = boto3.client("lambda", config=patient)
    answer = client.invoke(FunctionName=chosen.outputs["DrillFunction"], Payload=b"{}")
    said = json.load(answer["Payload"])
    if "FunctionError" in answer or "seconds" not in said:
        console.fail(f"it did not come through: {said.get('errorMessage', said)}")
    console.err.print(f"From the webhook to the approver's decision: {said['seconds']} s.")


def set_up_drill() -> None:
    """Give the install the brand that drills go through, and its channel's secret."""
    if secrets.hook(BRAND, CHANNEL) is None:
        secret = f"whsec_{base64.b64encode(dice.token_bytes(32)).decode()}"
        seeding.put_channel(BRAND, CHANNEL, {"platform": "standard", "secret": secret}, None)
        secrets.forget()
    queries = compiled(rule.query for rule in PLAYBOOK.rules)
    seeding.apply(PLAYBOOK.model_copy(update={"compiled": queries}))


def _known(brand: str, who: str) -> str:
    approvers = target.playbook(brand).approvers
    approver = approvers.get(who)
    if approver is None:
        known = ", ".join(sorted(approvers))
        console.fail(f"{brand} has no approver {who!r}; there are {known}")
    return approver.name


def _check_address(kind: str, opens: dict[str, str]) -> None:
    hosts = medium(kind).HOSTS
    address = urlsplit(opens.get("url") or opens.get("base") or f"https://{hosts[0]}")
    if address.scheme != "https" or address.hostname not in hosts:
        console.fail(f"{kind} is at https://{' or https://'.join(hosts)}")


def _way(one: Subscription) -> str:
    """A subscription in short: enough to know which it is, too little to write to."""
    end = one.endpoint.rpartition(":")[2] if one.protocol in ("sqs", "lambda") else one.endpoint
    if one.protocol == "email":
        name, _, host = end.partition("@")
        end = f"{name[:2]}…@{host}"
    elif one.protocol == "sms":
        end = f"…{end[-3:]}"
    return f"{one.protocol} {end}"
