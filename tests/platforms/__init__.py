"""The pretend platforms: one local server that answers as each channel's API would."""

from tests.platforms.audit import Answered, Posted, Received, Refusal, Repeat
from tests.platforms.misbehaviour import KINDS, RETRY_AFTER
from tests.platforms.platforms import ACCOUNTS, Platforms
from tests.platforms.server import pretend_platforms
from tests.platforms.world import PLATFORM_NAMES, Account, Limits, Pace, PlatformName

__all__ = [
    "ACCOUNTS",
    "KINDS",
    "PLATFORM_NAMES",
    "RETRY_AFTER",
    "Account",
    "Answered",
    "Limits",
    "Pace",
    "PlatformName",
    "Platforms",
    "Posted",
    "Received",
    "Refusal",
    "Repeat",
    "pretend_platforms",
]
