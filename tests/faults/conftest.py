"""One account for a module's runs: making it takes longer than a hundred of them."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import backend_index, mock_aws

from tests.conftest import build_account, forget_everything
from tests.faults.wire import SERVICES
from tests.faults.world import World


@pytest.fixture(scope="module")
def world(template: dict[str, Any]) -> Iterator[World]:
    """An account with the template's table, and a mailbox that hears all that approvers are sent."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", "ap-east-1")
        # moto looks through the addresses of two hundred services at every call.
        known = [each for each in backend_index.backend_url_patterns if each[0] in SERVICES]
        patch.setattr(backend_index, "backend_url_patterns", known)
        build_account(template, patch.setenv)
        queue = boto3.client("sqs").create_queue(QueueName="approvers")["QueueUrl"]
        sns = boto3.client("sns")
        [topic] = sns.list_topics()["Topics"]
        arn = queue.replace("https://sqs.", "arn:aws:sqs:")
        arn = f"arn:aws:sqs:ap-east-1:123456789012:approvers"
        sns.subscribe(TopicArn=topic["TopicArn"], Protocol="sqs", Endpoint=arn)
        forget_everything()
        yield World(patch)
    forget_everything()
