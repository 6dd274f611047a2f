"""The one place where clients are made: their time-outs stay below every function's own."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import JSONFileLoader, Loader
from botocore.session import Session, get_session

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


SERVICES = ("bedrock-runtime", "comprehend", "dynamodb", "secretsmanager", "sns", "sqs", "ssm")


class _Files(JSONFileLoader):
    """Botocore's reader of its files, with dicts, which keep an order as well as its OrderedDicts.

    They are made in half the time: 6 ms less for the first client, 3 for that of SSM.
    """

    def load_file(self, file_path: str) -> Any:
        plain, packed = Path(f"{file_path}.json"), Path(f"{file_path}.json.gz")
        if plain.is_file():
            return json.loads(plain.read_bytes())
        return json.loads(gzip.decompress(packed.read_bytes())) if packed.is_file() else None


class _Loader(Loader):
    """Botocore's loader of models, which knows what is asked of it."""

    FILE_LOADER_CLASS = _Files

    def list_available_services(self, type_name: str) -> list[str]:
        # To find out, botocore looks into each of a thousand folders, for every first client.
        return [*SERVICES]


@cache
def _session() -> Session:
    # What boto3 adds to clients is not used here, and importing it takes some 20 ms more.
    session = get_session()
    session.register_component("data_loader", _Loader())
    return session


@cache
def _client(name: str) -> Any:
    return _session().create_client(name, config=CONFIG)


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
    _session.cache_clear()
