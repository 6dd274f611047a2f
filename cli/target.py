"""Which install a command works on: the local cloud's, or a deployed stage."""

import os
from dataclasses import dataclass
from typing import Annotated
from urllib.error import HTTPError
from urllib.request import urlopen

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError

from cli import console, local
from cloud import store
from desk.playbook import Playbook

EXAMPLE = "xiaoman"
LOCAL_STACK = local.STACK

Brand = Annotated[str, typer.Option(help="Whose desk.")]
StackName = Annotated[str, typer.Option("--stack", help="Name of the CloudFormation stack.")]
Endpoint = Annotated[
    str,
    typer.Option(
        help="Address of the local cloud. Default for the local stack: the one that is running; "
        "for any other: AWS, with your own profile."
    ),
]


@dataclass(frozen=True)
class Target:
    """An install: its API's address and its stack's outputs."""

    api: str
    outputs: dict[str, str]


def choose(stack: str, endpoint: str) -> Target:
    """Point our own code at the stack of that name; ends the command where there is none.

    `endpoint` is the local cloud's address; empty means the running one for the local stack, and
    AWS itself, with the caller's own profile, for any other.
    """
    if not endpoint and stack == LOCAL_STACK:
        endpoint = local.running() or console.fail(
            "no local cloud is running: start one with `make demo`, or name a --stack"
        )
    if endpoint:
        os.environ.update(local.KEYS)
        os.environ["AWS_ENDPOINT_URL"] = endpoint
        os.environ["AWS_DEFAULT_REGION"] = local.REGION
    try:
        client = boto3.client("cloudformation")
        [found] = client.describe_stacks(StackName=stack)["Stacks"]
    except (ClientError, BotoCoreError) as error:
        console.fail(f"no stack {stack!r} at {endpoint or 'AWS'}: {error}")
    outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", [])}
    os.environ.update(
        {
            "TABLE_NAME": outputs["TableName"],
            "DELIVERIES_QUEUE_URL": outputs["DeliveriesQueue"],
            "OUTBOUND_QUEUE_URL": outputs["OutboundQueue"],
            "ESCALATIONS_QUEUE_URL": outputs["EscalationsQueue"],
            "BRAKES_QUEUE_URL": outputs["BrakesQueue"],
            "TOPIC_ARN": outputs["ApproversTopic"],
            "DRILLS_QUEUE_URL": outputs["DrillsQueue"],
            "KEY_SECRET_ID": outputs["KeySecretId"],
            "PARAMETERS": f"/repartee/{parameters.get('Stage', 'local')}",
            "PUBLIC_URL": outputs["Endpoint"],
            "PRIVATE_FETCHES": "off",
            "SECOND_READER": "off",
            "SECOND_READER_MODEL": "",
            "DRAFTER": "off",
            "DRAFTER_MODEL": "",
        }
    )
    return Target(outputs["Endpoint"], outputs)


def playbook(brand: str) -> Playbook:
    """The brand's current playbook there; ends the command where it has none."""
    try:
        return store.playbook(brand)
    except store.NoPlaybook:
        return console.fail(
            f"brand {brand!r} has no playbook here: `repartee playbook apply` gives it one"
        )


def answers(address: str) -> bool:
    """Whether something answers HTTP at `address`, whatever it says."""
    try:
        with urlopen(address, timeout=3):
            return True
    except HTTPError:
        return True
    except OSError:
        return False
