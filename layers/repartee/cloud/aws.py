"""The one place where clients are made: their time-outs stay below every function's own."""

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime.client import BedrockRuntimeClient
    from mypy_boto3_comprehend.client import ComprehendClient
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_secretsmanager.client import SecretsManagerClient
    from mypy_boto3_sns.client import SNSClient
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_ssm.client import SSMClient

CONFIG = Config(
    connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3}
)

TROUBLE = (ClientError, BotoCoreError)
"""What a call may raise: AWS refused it, or could not be reached."""


@cache
def _client(name: str) -> Any:
    return boto3.client(name, config=CONFIG)  # type: ignore[call-overload]


def dynamodb() -> "DynamoDBClient":
    """The table's client."""
    return _client("dynamodb")  # type: ignore[no-any-return]


def sqs() -> "SQSClient":
    """The queues' client."""
    return _client("sqs")  # type: ignore[no-any-return]


def sns() -> "SNSClient":
    """The topic's client."""
    return _client("sns")  # type: ignore[no-any-return]


def ssm() -> "SSMClient":
    """The parameters' client."""
    return _client("ssm")  # type: ignore[no-any-return]


def secretsmanager() -> "SecretsManagerClient":
    """The secrets' client."""
    return _client("secretsmanager")  # type: ignore[no-any-return]


def comprehend() -> "ComprehendClient":
    """The client of the reader of feelings that AWS has."""
    return _client("comprehend")  # type: ignore[no-any-return]


def bedrock() -> "BedrockRuntimeClient":
    """The client of the language models that AWS has."""
    return _client("bedrock-runtime")  # type: ignore[no-any-return]


def forget() -> None:
    """Make clients anew: for tests."""
    _client.cache_clear()
