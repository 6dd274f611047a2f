"""Each function may do what it needs and nothing else: tried, under its own role."""

import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterator

import boto3
import pytest

from tests.cloud.conftest import Desk

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(300)]

PROBE = """
import boto3
from botocore.exceptions import ClientError

def handler(event, context):
    try:
        getattr(boto3.client(event["service"]), event["call"])(**event["with"])
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "allowed"
"""


@pytest.fixture
def as_role(desk: Desk) -> Iterator[Callable[[str, str, str, dict[str, object]], str]]:
    """Makes one AWS call from a Lambda function that runs under a role of the stack."""
    client = boto3.client("lambda")
    made: list[str] = []
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("probe.py", PROBE)

    def call(role: str, service: str, name: str, arguments: dict[str, object]) -> str:
        function = f"probe-{role.lower()}"
        if function not in made:
            client.create_function(
                FunctionName=function,
                Runtime=f"python3.{sys.version_info.minor}",  # type: ignore[arg-type]
                Role=desk.stack.outputs[role],
                Handler="probe.handler",
                Code={"ZipFile": packed.getvalue()},
                Timeout=30,
            )
            made.append(function)
        wanted = {"service": service, "call": name, "with": arguments}
        answer = client.invoke(FunctionName=function, Payload=json.dumps(wanted).encode())
        return str(json.load(answer["Payload"]))

    yield call
    for function in made:
        client.delete_function(FunctionName=function)


def _read_table(desk: Desk) -> dict[str, object]:
    key = {"pk": {"S": "xiaoman#B"}, "sk": {"S": "CONTROL"}}
    return {"TableName": desk.stack.outputs["TableName"], "Key": key}


def _token(channel: str = "line") -> dict[str, object]:
    return {"Name": f"/repartee/local/tokens/xiaoman/{channel}", "WithDecryption": True}


def _hook(channel: str = "line") -> dict[str, object]:
    return {"Name": f"/repartee/local/hooks/xiaoman/{channel}", "WithDecryption": True}


def test_receive_cannot_read_the_table(desk: Desk, as_role: Callable[..., str]) -> None:
    assert "Denied" in as_role("ReceiveRole", "dynamodb", "get_item", _read_table(desk))
    assert as_role("TriageRole", "dynamodb", "get_item", _read_table(desk)) == "allowed"


def test_only_send_can_read_what_lets_us_post(as_role: Callable[..., str]) -> None:
    assert as_role("SendRole", "ssm", "get_parameter", _token()) == "allowed"
    for role in "ReceiveRole", "TriageRole":
        assert "Denied" in as_role(role, "ssm", "get_parameter", _token())


def test_receive_reads_only_what_verifies_webhooks(as_role: Callable[..., str]) -> None:
    assert as_role("ReceiveRole", "ssm", "get_parameter", _hook()) == "allowed"
    assert "Denied" in as_role("SendRole", "ssm", "get_parameter", _hook())


def test_receive_puts_deliveries_on_their_queue_and_on_no_other(
    desk: Desk, as_role: Callable[..., str]
) -> None:
    outbound = {"QueueUrl": desk.stack.outputs["OutboundQueue"], "MessageBody": "{}"}
    assert "Denied" in as_role("ReceiveRole", "sqs", "send_message", outbound)


def test_the_door_cannot_touch_the_brake_and_the_brake_cannot_speak(
    desk: Desk, as_role: Callable[..., str]
) -> None:
    stop: dict[str, object] = _read_table(desk) | {
        "UpdateExpression": "SET holds.#scope = :none",
        "ConditionExpression": "attribute_exists(nothing)",
        "ExpressionAttributeNames": {"#scope": "brand"},
        "ExpressionAttributeValues": {":none": {"S": ""}},
    }
    for role in "ReceiveRole", "SendRole":
        assert "Denied" in as_role(role, "dynamodb", "update_item", stop)
    for role in "BrakeRole", "ScanRole":
        assert "ConditionalCheckFailed" in as_role(role, "dynamodb", "update_item", stop)
    assert "Denied" in as_role("BrakeRole", "ssm", "get_parameter", _token())
    outbound = {"QueueUrl": desk.stack.outputs["OutboundQueue"], "MessageBody": "{}"}
    assert "Denied" in as_role("BrakeRole", "sqs", "send_message", outbound)
