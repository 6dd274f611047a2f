"""One account for a module's runs: making it takes longer than a hundred of them."""

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.useragent import UserAgentString
from moto import backend_index, mock_aws
from moto.core import responses
from moto.core.utils import method_names_from_class

from tests.conftest import build_account, forget_everything
from tests.faults.wire import SERVICES
from tests.faults.world import ACCOUNT, REGION, World

NOTES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="module")
def world(template: dict[str, Any], request: pytest.FixtureRequest) -> Iterator[World]:
    """An account with the template's table, and a mailbox for all that approvers are sent."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        # What is worked out at every call and comes out the same: a quarter of all the time.
        known = [each for each in backend_index.backend_url_patterns if each[0] in SERVICES]
        patch.setattr(backend_index, "backend_url_patterns", known)
        names = cache(method_names_from_class)
        patch.setattr(responses, "method_names_from_class", names)
        patch.setattr(UserAgentString, "to_string", lambda agent: "test")
        build_account(template, patch.setenv)
        boto3.client("sqs").create_queue(QueueName="approvers")
        mailbox = f"arn:aws:sqs:{REGION}:{ACCOUNT}:approvers"
        topic = os.environ["TOPIC_ARN"]
        raw = {"RawMessageDelivery": "true"}  # moto would make a certificate for each message
        boto3.client("sns").subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=mailbox, Attributes=raw
        )
        forget_everything()
        made = World(patch)
        yield made
        request.config.stash.setdefault(NOTES, []).extend(made.notes)
    forget_everything()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """With -v: how many runs there were of what."""
    if config.get_verbosity() > 0:
        for note in config.stash.get(NOTES, []):
            terminalreporter.write_line(note)
