"""Ways of telling an approver: each medium's own form and limits, composed and not yet sent.

E-mail and SMS are SNS's own. A group's bot is a module of this folder, as a platform is one of
`desk.channels`: it composes an HTTP call as data, and says whether the answer means that it was
taken. To tell somebody twice does no harm, so there is no doubt here to be kept: what is not surely
taken is sent again.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from desk.wire import Outbound, Response

Bot = Mapping[str, str]
"""What opens a bot: `medium`, and that medium's fields."""
MEDIA = ("dingtalk", "feishu", "slack", "telegram", "wecom")


class Message(NamedTuple):
    """A message to an approver, as long as each medium wants it."""

    subject: str
    """ASCII, as SNS wants it."""
    text: str
    """The whole of it, its links at the ends of their lines."""
    short: str
    """For SMS: two parts at the most, with one link."""


class Delivered(NamedTuple):
    """What the topic has put on the queue for bots."""

    brand: str
    approver: str
    """Empty where it is for nobody in particular."""
    escalation: str
    """Which one it is about; empty for a digest."""
    text: str


class Medium(Protocol):
    """What a bot's module offers."""

    FIELDS: tuple[str, ...]
    """What has to be known of a bot, what need not be with a `?` behind it."""
    HOSTS: tuple[str, ...]
    """Where its address may lead."""

    def compose(self, bot: Bot, text: str, now: datetime) -> Outbound:
        """The call that has the bot say `text`."""
        ...

    def refusal(self, answer: Response) -> str:
        """Why the text was not taken; empty where it was."""
        ...


def delivered(body: str) -> Delivered:
    """What is in SNS's envelope; ValueError or KeyError where it is none.
    https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
    """
    envelope = json.loads(body)
    about = {name: one["Value"] for name, one in envelope.get("MessageAttributes", {}).items()}
    brand, _, approver = about.get("to", "").partition("/")
    return Delivered(brand, approver, about.get("escalation", ""), envelope["Message"])


def medium(name: str) -> Medium:
    """The module of that name; KeyError where there is none."""
    if name not in MEDIA:
        raise KeyError(name)
    return cast(Medium, import_module(f"desk.notify.{name}"))


def fitted(text: str, most: int, size: Callable[[str], int] = len) -> str:
    """`text` in at most `most` by `size`: lines are left out of its middle, and never its last two,
    which are the link and what it is. Those stay even where they alone are too long.
    """
    lines = text.splitlines()
    while size("\n".join(lines)) > most and len(lines) > 3:
        del lines[-3]
    return "\n".join(lines)
