"""Making an install ready for a brand: its channels' secrets, its playbook, its control item."""

import json
from datetime import UTC, datetime

from cloud import aws, store
from cloud.settings import settings
from desk.playbook import Playbook
from desk.wire import Credentials, Secret


def put_channel(brand: str, channel: str, hook: Secret, token: Credentials | None) -> None:
    """Store what verifies a channel's webhooks, and what lets us post on it, where we may."""
    for kind, value in ("hooks", hook), ("tokens", token):
        if value is None:
            continue
        aws.ssm().put_parameter(
            Name=f"{settings().parameters}/{kind}/{brand}/{channel}",
            Value=json.dumps(dict(value)),
            Type="SecureString",
            Overwrite=True,
        )


def apply(playbook: Playbook) -> bool:
    """Make a playbook the brand's current one; True where the brand is new and was set up.

    Its rules begin on their ladders: what is new listens from now on.
    """
    store.keep_playbook(playbook)
    store.settle_standings(playbook, playbook.rules, datetime.now(UTC))
    return store.create_control(playbook.brand, datetime.now(UTC))
