"""What a function finds around it: an environment, nothing kept from before, a place to log to."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from aws_lambda_powertools import Logger

from cloud import aws, secrets, sign_in
from cloud.settings import settings
from cloud.store import playbooks

HERE = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "ap-east-1",
    "POWERTOOLS_SERVICE_NAME": "repartee",
    "PARAMETERS": "/repartee/bench",
    "PUBLIC_URL": "https://desk.example",
    "PRIVATE_FETCHES": "off",
    "SECOND_READER": "off",
    "SECOND_READER_MODEL": "",
    "DRAFTER": "off",
    "DRAFTER_MODEL": "",
}


@contextmanager
def surroundings() -> Iterator[None]:
    """A warm function's environment, made-up and without a way out; as it was when the block ends.

    Whatever the block puts into the environment goes with it, and so does what functions keep.
    """
    before = dict(os.environ)
    for name in [name for name in before if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(HERE)
    _forget()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        _forget()


@contextmanager
def log_to(logger: Logger, stream: TextIO) -> Iterator[None]:
    """A function's log lines go to `stream`, and with them those of all its service's loggers."""
    handler = logger.registered_handler
    if not isinstance(handler, logging.StreamHandler):
        raise TypeError(f"the logger writes to {handler!r}")
    before = handler.setStream(stream)
    try:
        yield
    finally:
        handler.setStream(before or stream)


def _forget() -> None:
    settings.cache_clear()
    aws.forget()
    secrets.forget()
    playbooks.forget()
    sign_in.forget()
