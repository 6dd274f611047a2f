"""The account that tests run in: the template's own table, made-up credentials, no way out."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
import yaml
from moto import mock_aws

from cli import playbook_files
from cloud import aws as clients, rooms, secrets, settings, sign_in, sources, store, wellbeing
from cloud.store import playbooks
from desk.playbook import Playbook

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("REPARTEE_SHARED", ROOT.parent / "shared"))
BRAND = "xiaoman"
SAMPLES: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((ROOT / "events/samples").glob("*.json"))
}
"""Of each platform: made-up secrets (`hook`, `token`, `read`), a `post` by somebody there,
and where an answer goes (`to`)."""
HOOKS, TOKENS, READS = (
    {name: sample[kind] for name, sample in SAMPLES.items() if kind in sample}
    for kind in ("hook", "token", "read")
)


class _Template(yaml.SafeLoader):
    """Reads a template; !Ref and the like become plain strings."""


def _plain(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return f"{tag} {node.value}"
    if isinstance(node, yaml.SequenceNode):
        return {tag: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {tag: loader.construct_mapping(node, deep=True)}


_Template.add_multi_constructor("!", _plain)


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """The template as it stands in the repository."""
    return dict(yaml.load((ROOT / "template.yaml").read_text("utf-8"), Loader=_Template))


@pytest.fixture
def event() -> Callable[[str], dict[str, Any]]:
    """An event of that name from `events/`."""
    return lambda name: dict(json.loads((ROOT / f"events/{name}.json").read_text("utf-8")))


@pytest.fixture(scope="session")
def playbook() -> Playbook:
    """The example brand's playbook."""
    return playbook_files.load(ROOT / "playbooks" / BRAND)


@pytest.fixture
def context() -> Any:
    """What Lambda hands a function beside its event."""
    return SimpleNamespace(
        function_name="test",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:ap-east-1:123456789012:function:test",
        aws_request_id="00000000-0000-0000-0000-000000000000",
        get_remaining_time_in_millis=lambda: 60_000,
    )


def forget_everything() -> None:
    """Drop what warm functions keep between events."""
    settings.settings.cache_clear()
    clients.forget()
    secrets.forget()
    rooms.forget()
    playbooks.forget()
    sign_in.forget()
    sources.forget()
    wellbeing.forget()


@pytest.fixture(autouse=True)
def _nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test can reach a real account: whatever the machine has is replaced."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "ap-east-1",
        "POWERTOOLS_SERVICE_NAME": "repartee",
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def aws(
    template: dict[str, Any], playbook: Playbook, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The template's table, the queues, the topic, the channels' secrets, the example brand."""
    with mock_aws():
        build_account(template, monkeypatch.setenv)
        forget_everything()
        store.keep_playbook(playbook)
        store.create_control(BRAND, datetime.now(UTC))
        yield
    forget_everything()


NAMES = {
    "TABLE_NAME": "repartee",
    "PARAMETERS": "/repartee/test",
    "PUBLIC_URL": "https://desk.example",
    "PRIVATE_FETCHES": "off",
    "SECOND_READER": "off",
    "SECOND_READER_MODEL": "",
    "DRAFTER": "off",
    "DRAFTER_MODEL": "",
}
"""What the template tells the functions and no made thing has a name for."""


def build_environment(setenv: Callable[[str, str], None]) -> None:
    """Names for everything, none of which is there: for functions that are given all they need."""
    for name in ("DELIVERIES_QUEUE_URL", "OUTBOUND_QUEUE_URL", "ESCALATIONS_QUEUE_URL",
                 "BRAKES_QUEUE_URL", "DRILLS_QUEUE_URL", "TOPIC_ARN", "KEY_SECRET_ID"):  # fmt: skip
        setenv(name, name.lower())
    for name, value in NAMES.items():
        setenv(name, value)


def build_account(template: dict[str, Any], setenv: Callable[[str, str], None]) -> None:
    """Make what the functions use, in the account that boto3 now reaches, and name it to them."""
    properties = template["Resources"]["Table"]["Properties"]
    wanted = "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode"
    boto3.client("dynamodb").create_table(
        TableName="repartee", **{name: properties[name] for name in wanted}
    )
    for queue in "deliveries", "outbound", "escalations", "brakes", "drills":
        made = boto3.client("sqs").create_queue(QueueName=queue)
        setenv(f"{queue.upper()}_QUEUE_URL", made["QueueUrl"])
    setenv("TOPIC_ARN", boto3.client("sns").create_topic(Name="approvers")["TopicArn"])
    secret = boto3.client("secretsmanager").create_secret(Name="key", SecretString="k" * 64)
    setenv("KEY_SECRET_ID", secret["ARN"])
    for name, value in NAMES.items():
        setenv(name, value)
    ssm = boto3.client("ssm")
    for kind, values in ("hooks", HOOKS), ("tokens", TOKENS), ("reads", READS):
        for channel, value in values.items():
            ssm.put_parameter(
                Name=f"/repartee/test/{kind}/{BRAND}/{channel}",
                Value=json.dumps(value),
                Type="SecureString",
            )


@pytest.fixture
def queued(aws: None) -> Callable[[str], list[str]]:
    """Takes all messages off a queue: `queued("outbound")`."""

    def take(queue: str) -> list[str]:
        client = boto3.client("sqs")
        url = os.environ[f"{queue.upper()}_QUEUE_URL"]
        bodies: list[str] = []
        while found := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                bodies.append(message["Body"])
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    return take
