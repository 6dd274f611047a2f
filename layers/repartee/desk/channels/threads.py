"""Threads: replies to what we have posted, and mentions.

Secret: `secret`, the app's, and `verify_token`. Credentials: `token`, and `base`. A text is posted
by two calls: the first makes a container, the second publishes it.
https://developers.facebook.com/documentation/threads
"""

from collections.abc import Mapping, Set
from dataclasses import replace
from typing import Any

from desk.channels import meta
from desk.channels.meta import (
    HOOKS as HOOKS,
    checked as checked,
    handshake as handshake,
    outcome as outcome,
    verify as verify,
)
from desk.channels.usual import (
    acknowledge as acknowledge,
    clear as clear,
    poll as poll,
    polled as polled,
    sign_in as sign_in,
    signed_in as signed_in,
)
from desk.rulebook import Limit, Manner, Rate, RuleBook
from desk.untrusted import flag, identifier, link, table, text
from desk.wire import (
    Address,
    Credentials,
    Item,
    ItemAction,
    ItemType,
    NotSent,
    Outbound,
    Response,
    Undecodable,
    Unknown,
    read_json,
)

HOST = "https://graph.threads.net"
VERSION = "v1.0"
# https://developers.facebook.com/documentation/threads/posts: an emoji counts as its bytes, and
# more than 5 different links fail with THREADS_API__LINK_LIMIT_EXCEEDED.
_LIMITS = (Limit(500, "emoji_bytes"),)
_DAY = 24 * 3600.0
# https://developers.facebook.com/documentation/threads/overview
RULES = RuleBook(
    ways={
        "reply": Manner(_LIMITS, rates=(Rate(1000, _DAY, "channel"),), links=5),
        "post": Manner(_LIMITS, rates=(Rate(250, _DAY, "channel"),), links=5),
    },
    acknowledge=meta.ACKNOWLEDGE,
    # https://developers.facebook.com/docs/threads/get-started/long-lived-tokens
    token_life=60 * 86_400.0,
    redelivers=meta.REDELIVERS,
)
TOKENS: Mapping[str, str] = {
    "token": "a long-lived access token of the profile: good for 60 days, and to be renewed before",
    "account?": "the profile's id, as webhooks have it in `target_id`",
    **meta.TOKENS,
}
READS: Mapping[str, str] = {}

# https://developers.facebook.com/documentation/threads/webhooks; `publish` and `delete` tell of
# what the profile itself has done.
FIELDS: Mapping[str, tuple[ItemType, ItemAction]] = {
    "replies": ("reply", "create"),
    "mentions": ("mention", "create"),
    "publish": ("post", "create"),
    "delete": ("post", "delete"),
}


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """The one item of a delivery, or one for each where `values` is a list.

    Raises Undecodable if it has no `values`.
    """
    delivery = table(read_json(body))
    values = delivery.get("values")
    if not isinstance(values, dict | list):
        raise Undecodable("no values")
    told = values if isinstance(values, list) else [values]
    return [_item(table(one), delivery, own) for one in told]


def prepare(to: Address, text: str, key: str, credentials: Credentials) -> Outbound | None:
    """The call that makes the container. One that is not published is gone after a day.

    https://developers.facebook.com/documentation/threads/retrieve-and-manage-replies/create-replies
    """
    fields = {"media_type": "TEXT", "text": text}
    if to.way == "reply":
        fields["reply_to_id"] = to.message
    return meta.call(credentials, HOST, ("me", "threads"), fields, VERSION)


def prepared(response: Response, to: Address) -> Address | NotSent | Unknown:
    """Where the text goes, with the container's id in `context`."""
    found = meta.answered(response)
    if found is None:
        return meta.refusal(response)
    container = identifier(found.get("id"))
    return replace(to, context=container) if container else Unknown("no id of a container")


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """The call that publishes the container. A text alone need not be waited for."""
    if to.way not in RULES.ways:
        raise KeyError(to.way)
    fields = {"creation_id": to.context}
    return meta.call(credentials, HOST, ("me", "threads_publish"), fields, VERSION)


def look_up(to: Address, credentials: Credentials) -> Outbound | None:
    """The latest replies to what is answered, or what the profile has posted last.

    https://developers.facebook.com/documentation/threads/retrieve-and-manage-replies/replies-and-
    conversations
    """
    fields = {"fields": "id,text,is_reply_owned_by_me", "limit": "100"}
    if to.way == "reply":
        return meta.question(credentials, HOST, (to.message, "replies"), fields, VERSION)
    fields = {"fields": "id,text", "limit": "100"}
    return meta.question(credentials, HOST, ("me", "threads"), fields, VERSION)


def looked_up(response: Response, to: Address, text: str) -> str | Unknown | None:
    """The id of our own text there; the profile's own list has no others."""

    def ours(row: dict[str, Any]) -> bool:
        return to.way != "reply" or flag(row.get("is_reply_owned_by_me")) is True

    return meta.our_own(meta.answered(response), text, ours)


def check(credentials: Credentials) -> Outbound | None:
    """Whose token it is."""
    return meta.question(credentials, HOST, ("me",), {"fields": "id"}, VERSION)


def _item(told: dict[str, Any], delivery: dict[str, Any], own: Set[str]) -> Item:
    field, value = text(told.get("field")), table(told.get("value"))
    account = identifier(delivery.get("target_id"))
    number = identifier(value.get("id"))
    kind, action = FIELDS.get(field or "", ("control", "none"))
    if kind == "control" or number is None:
        return meta.nothing(account, field, meta.when(delivery.get("time")))
    name, root = text(value.get("username")), table(value.get("root_post"))
    # A root of ours has our name, which is all that we are known by below it.
    at_home = account is not None and identifier(root.get("owner_id")) == account
    ours = kind == "post" or (
        name is not None and (name in own or (at_home and name == root.get("username")))
    )
    media = text(value.get("media_type"))
    return Item(
        type=kind,
        action=action,
        own=ours,
        reply_candidate=not ours,
        text=text(value.get("text")),
        message_id=number,
        parent_id=identifier(table(value.get("replied_to")).get("id")),
        post_id=identifier(root.get("id")),
        account_id=account,
        author_id=name,  # nobody has another id
        author_name=name,
        conversation_id=identifier(root.get("id")) or number,
        created_at=meta.when(value.get("timestamp")),
        media=(media.lower(),) if media and not media.startswith("TEXT") else (),
        permalink=link(value.get("permalink")),
    )
