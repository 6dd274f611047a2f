"""A channel's platform is a module of this folder. To add one, write it and name it here."""

from collections.abc import Mapping, Set
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from desk.polling import Page, Poll
from desk.rulebook import RuleBook
from desk.wire import (
    Address,
    Answer,
    Credentials,
    Inbound,
    Item,
    NotSent,
    Outbound,
    Outcome,
    Response,
    Secret,
    SignedIn,
    Unknown,
)

PLATFORMS = (
    "bilibili",
    "bluesky",
    "cloudevents",
    "discord",
    "douyin",
    "facebook",
    "feed",
    "hotlist",
    "instagram",
    "line",
    "mastodon",
    "reddit",
    "slack",
    "standard",
    "telegram",
    "threads",
    "tiktok",
    "viber",
    "wechat",
    "wecom",
    "weibo",
    "whatsapp",
    "x",
    "xiaohongshu",
    "youtube",
)


class Platform(Protocol):
    """What a platform's module offers. None of it does I/O: calls are composed as data.

    `desk.channels.usual` has what most of them do, to be taken over.
    """

    RULES: RuleBook
    """What the platform allows: each figure with the page that it comes from."""
    HOOKS: Mapping[str, str]
    """What verifies its webhooks: the fields of that secret, and where each is found. One that ends
    in `?` may be left out; a platform without webhooks has none.
    """
    TOKENS: Mapping[str, str]
    """What lets us post, likewise; a platform on which nothing can be said has none."""
    READS: Mapping[str, str]
    """What lets us read where we poll, likewise."""

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

    def handshake(self, request: Inbound, secret: Secret) -> Answer | None:
        """What answers a verified request that only asks whether the address is ours, or None."""
        ...

    def acknowledge(self, request: Inbound) -> Answer:
        """What the platform wants to hear once a delivery is safe."""
        ...

    def parse(self, body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
        """What a delivery's clear text reports, in its order. `own` holds our own account ids.

        A page that was polled has its source's name in the header `desk.polling.SOURCE`. Raises
        Undecodable where the body is not in the platform's format.
        """
        ...

    def sign_in(self, credentials: Credentials) -> Outbound | None:
        """The call that fetches a short-lived token; None where none is needed."""
        ...

    def signed_in(self, response: Response, credentials: Credentials) -> SignedIn | None:
        """What the sign-in has brought; None if it was refused."""
        ...

    def prepare(
        self, to: Address, text: str, key: str, credentials: Credentials
    ) -> Outbound | None:
        """A call that must come before `compose`'s and posts nothing; None where there is none."""
        ...

    def prepared(self, response: Response, to: Address) -> Address | NotSent | Unknown:
        """Where `compose` is to post, with what the preparing call has brought in its `context`.

        After Unknown nothing is posted either: it may be tried again.
        """
        ...

    def compose(self, to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
        """The call that says `text` in the way that `to` names.

        `key` stays the same when a call is repeated. KeyError for a way that RULES does not have.
        """
        ...

    def outcome(self, response: Response) -> Outcome:
        """What the platform's answer proves. Whatever is not on its closed list is Unknown."""
        ...

    def look_up(self, to: Address, credentials: Credentials) -> Outbound | None:
        """The call that lists what we have lately said there; None where there is none."""
        ...

    def looked_up(self, response: Response, to: Address, text: str) -> str | Unknown | None:
        """The id of our own `text` among what is listed; None where it is certainly not there."""
        ...

    def poll(
        self, marks: Mapping[str, Mapping[str, str]], credentials: Credentials
    ) -> tuple[Poll, ...]:
        """The questions that bring what is new. `marks`, by source, are what `polled` left."""
        ...

    def polled(
        self, source: str, response: Response, marks: Mapping[str, str]
    ) -> Page | NotSent | Unknown:
        """What an answer to a poll comes to."""
        ...

    def check(self, credentials: Credentials) -> Outbound | None:
        """A call that shows whether the credentials are good and posts nothing, or None."""
        ...

    def checked(self, response: Response) -> str | NotSent | Unknown:
        """The id of the account that the credentials are of."""
        ...


@cache
def platform(name: str) -> Platform:
    """The platform of that name, imported when first asked for; KeyError for one we do not know."""
    if name not in PLATFORMS:
        raise KeyError(name)
    return cast(Platform, import_module(f"desk.channels.{name}"))


if TYPE_CHECKING:
    from desk.channels import (
        bilibili,
        bluesky,
        cloudevents,
        discord,
        douyin,
        facebook,
        feed,
        hotlist,
        instagram,
        line,
        mastodon,
        reddit,
        slack,
        standard,
        telegram,
        threads,
        tiktok,
        viber,
        wechat,
        wecom,
        weibo,
        whatsapp,
        x,
        xiaohongshu,
        youtube,
    )

    _each_module_offers_all_of_it: tuple[Platform, ...] = (
        bilibili,
        bluesky,
        cloudevents,
        discord,
        douyin,
        facebook,
        feed,
        hotlist,
        instagram,
        line,
        mastodon,
        reddit,
        slack,
        standard,
        telegram,
        threads,
        tiktok,
        viber,
        wechat,
        wecom,
        weibo,
        whatsapp,
        x,
        xiaohongshu,
        youtube,
    )
