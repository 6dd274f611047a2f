"""Making an install ready for a brand: its channels' secrets, its playbook, its control item."""

import json
import secrets as random
from base64 import b64encode
from datetime import UTC, datetime

from cloud import aws, store
from cloud.settings import settings
from desk.playbook import Playbook
from desk.wire import Credentials, Secret


def put_channel(brand: str, channel: str, hook: Secret, token: Credentials) -> None:
    """Store what verifies a channel's webhooks and what lets us post on it."""
    for kind, value in ("hooks", hook), ("tokens", token):
        aws.ssm().put_parameter(
            Name=f"{settings().parameters}/{kind}/{brand}/{channel}",
            Value=json.dumps(dict(value)),
            Type="SecureString",
            Overwrite=True,
        )


def new_hook(platform: str) -> dict[str, str]:
    """A fresh secret of the kind that the platform uses; WeChat's in safe mode."""
    match platform:
        case "standard":
            return {"platform": platform, "secret": _whsec()}
        case "wechat":
            return {
                "platform": platform,
                "token": random.token_hex(16),
                "encoding_aes_key": b64encode(random.token_bytes(32)).decode().rstrip("="),
                "receive_id": f"wx{random.token_hex(8)}",
            }
        case _:
            return {"platform": platform, "secret": random.token_hex(16)}


def apply(playbook: Playbook) -> bool:
    """Make a playbook the brand's current one; True where the brand is new and was set up."""
    store.keep_playbook(playbook)
    return store.create_control(playbook.brand, datetime.now(UTC))


def _whsec() -> str:
    return f"whsec_{b64encode(random.token_bytes(24)).decode()}"
