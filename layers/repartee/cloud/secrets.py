"""Channels' secrets and the install's own key, each read only by the functions that may.

    <parameters>/hooks/<brand>/<channel>    what verifies webhooks: receive and triage
    <parameters>/tokens/<brand>/<channel>   what lets us post: send alone
    <parameters>/reads/<brand>/<channel>    what lets us read where we poll: collect alone
    <parameters>/bots/<brand>/<approver>    what an approver's bot is told by: notify alone
    the key secret                          what makes ids opaque: triage

The first four are SecureString parameters holding one JSON object of strings.
"""

import json
import time
from functools import cache

from cloud import aws
from cloud.settings import settings
from desk.wire import Credentials, Secret

LIFE = 300.0
ABSENT_LIFE = 60.0
MAX_KEPT = 1_000

_kept: dict[str, tuple[float, Secret | None]] = {}


def hook(brand: str, channel: str) -> Secret | None:
    """What verifies a channel's webhooks; None where there is no such channel."""
    return _parameter(f"{settings().parameters}/hooks/{brand}/{channel}")


def credentials(brand: str, channel: str) -> Credentials | None:
    """What lets us post on a channel; None where it has no token."""
    return _parameter(f"{settings().parameters}/tokens/{brand}/{channel}")


def keep_credentials(brand: str, channel: str, fresh: Credentials) -> None:
    """Store what lets us post on a channel from now on."""
    name = f"{settings().parameters}/tokens/{brand}/{channel}"
    aws.ssm().put_parameter(
        Name=name, Value=json.dumps(dict(fresh)), Type="SecureString", Overwrite=True
    )
    _kept.pop(name, None)


def forget_credentials(brand: str, channel: str) -> None:
    """Read what lets us post on a channel anew."""
    _kept.pop(f"{settings().parameters}/tokens/{brand}/{channel}", None)


def reads() -> dict[tuple[str, str], Credentials]:
    """What lets us read, by brand and channel, of every channel that is polled: always as it is.

    Empty for a parameter that is no JSON object of strings: its own trouble, and not the others'.
    """
    path = f"{settings().parameters}/reads/"
    pages = aws.ssm().get_paginator("get_parameters_by_path")
    found: dict[tuple[str, str], Credentials] = {}
    for page in pages.paginate(Path=path, Recursive=True, WithDecryption=True):
        for one in page["Parameters"]:
            brand, _, channel = one["Name"].removeprefix(path).partition("/")
            found[brand, channel] = _strings(one["Value"])
    return found


def bot(brand: str, approver: str) -> Secret | None:
    """What opens an approver's bot; None where they have none."""
    return _parameter(f"{settings().parameters}/bots/{brand}/{approver}")


def bots() -> set[tuple[str, str]]:
    """Who has a bot, by brand and approver. What opens them is not read."""
    path = f"{settings().parameters}/bots/"
    pages = aws.ssm().get_paginator("get_parameters_by_path")
    names = (one["Name"] for page in pages.paginate(Path=path, Recursive=True)
             for one in page["Parameters"])  # fmt: skip
    parts = (name.removeprefix(path).partition("/") for name in names)
    return {(brand, approver) for brand, _, approver in parts}


@cache
def key() -> bytes:
    """The install's secret, from which opaque ids are made. It never changes."""
    answer = aws.secretsmanager().get_secret_value(SecretId=settings().key_secret)
    return answer["SecretString"].encode()


def forget() -> None:
    """Read everything anew: for tests, and for a token that a platform refused."""
    _kept.clear()
    key.cache_clear()


def _strings(text: str) -> Credentials:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    whole = isinstance(value, dict) and all(isinstance(part, str) for part in value.values())
    return value if whole else {}


def _parameter(name: str) -> Secret | None:
    now = time.monotonic()
    kept = _kept.get(name)
    if kept is not None and now < kept[0]:
        return kept[1]
    client = aws.ssm()
    try:
        answer = client.get_parameter(Name=name, WithDecryption=True)
    except client.exceptions.ParameterNotFound:
        # Remembered too: a flood of made-up names must not become a flood of calls.
        if len(_kept) >= MAX_KEPT:
            _kept.clear()
        _kept[name] = (now + ABSENT_LIFE, None)
        return None
    value: Secret = json.loads(answer["Parameter"]["Value"])
    _kept[name] = (now + LIFE, value)
    return value
