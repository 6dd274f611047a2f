"""A channel's platform is a module of this folder. To add one, write it and name it here."""

from collections.abc import Mapping, Set
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from desk.wire import (
    Address,
    Answer,
    Credentials,
    Inbound,
    Item,
    Outbound,
    Outcome,
    Response,
    Secret,
    Unit,
)

PLATFORMS = ("line", "standard", "telegram", "wechat")


class Platform(Protocol):
    """What a platform's module offers. None of it does I/O: calls are composed as data."""

    ACKNOWLEDGE: Answer
    """What the platform wants to hear once a delivery is safe."""
    TEXT_LIMIT: int
    """The longest text it takes, in the units of `length`."""
    UNIT: Unit
    """What `length` counts."""
    WINDOW: float | None
    """Seconds after a person's message in which we may answer; None where there is no limit."""

    def verify(self, request: Inbound, secret: Secret, now: float | None) -> bytes:
        """The clear text of a genuine request; raises BadSignature with the reason for any other.

        `now` is in seconds since 1970; None where the clock must not count.
        """
        ...

    def clear(self, body: bytes, secret: Secret) -> bytes:
        """The clear text of a body that was verified before, at the door.

        Raises BadSignature where it does not open any more.
        """
        ...

    def handshake(self, request: Inbound) -> Answer | None:
        """What answers a verified request that only asks whether the address is ours, or None."""
        ...

    def parse(self, body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
        """What a delivery's clear text reports, in its order. `own` holds our own account ids.

        Raises Undecodable where it is not in the platform's format.
        """
        ...

    def length(self, text: str) -> int:
        """Length as the platform counts it."""
        ...

    def sign_in(self, credentials: Credentials) -> Outbound | None:
        """The call that fetches a short-lived token; None where none is needed."""
        ...

    def signed_in(
        self, response: Response, credentials: Credentials
    ) -> tuple[Credentials, float] | None:
        """The credentials with the token in them and its life in seconds; None if refused."""
        ...

    def compose(self, to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
        """The call that posts `text` as an answer. `key` stays the same when a call is repeated."""
        ...

    def outcome(self, response: Response) -> Outcome:
        """What the platform's answer proves. Whatever is not on its closed list is Unknown."""
        ...


@cache
def platform(name: str) -> Platform:
    """The platform of that name, imported when first asked for; KeyError for one we do not know."""
    if name not in PLATFORMS:
        raise KeyError(name)
    return cast(Platform, import_module(f"desk.channels.{name}"))


if TYPE_CHECKING:
    from desk.channels import line, standard, telegram, wechat

    _each_module_offers_all_of_it: tuple[Platform, ...] = (line, standard, telegram, wechat)
