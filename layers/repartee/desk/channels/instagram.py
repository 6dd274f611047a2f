"""Instagram's professional accounts: comments, mentions, and messages.

Secret: `secret`, the app's, and `verify_token`. Credentials: `token`, and `base`, which decides the
kind of the token: an Instagram user's at graph.instagram.com, a Page's at graph.facebook.com.
https://developers.facebook.com/documentation/instagram-platform/overview
"""

from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any

from desk.channels import messaging, meta
from desk.channels.messaging import (
    looked_up as looked_up,
)
from desk.channels.meta import (
    HOOKS as HOOKS,
    handshake as handshake,
    outcome as outcome,
    verify as verify,
)
from desk.channels.usual import (
    acknowledge as acknowledge,
    clear as clear,
    poll as poll,
    polled as polled,
    prepare as prepare,
    prepared as prepared,
    sign_in as sign_in,
    signed_in as signed_in,
)
from desk.rulebook import Limit, Manner, Rate, RuleBook
from desk.untrusted import identifier, rows, table, text
from desk.wire import (
    Address,
    Credentials,
    Item,
    NotSent,
    Outbound,
    Response,
    Unknown,
)

HOST = "https://graph.instagram.com"
OF_A_PAGE = "https://graph.facebook.com"
# In bytes by the page of 2026; an older copy of it has "less than 1000 characters".
# https://developers.facebook.com/docs/messenger-platform/instagram/features/send-message
_PRIVATE = (Limit(1000, "bytes"),)
# https://developers.facebook.com/documentation/business-messaging/messenger-platform/overview/
# rate-limiting: 300 messages a second beside these are more than we can make.
_RATES = (Rate(750, 3600.0, "channel"),)
RULES = RuleBook(
    ways={
        # The app's own limit: the reference of comments gives none.
        "reply": Manner((Limit(2200, "characters"),)),
        "private": Manner(_PRIVATE, messaging.PRIVATE, _RATES, once=True),
        "message": Manner(_PRIVATE, messaging.CONVERSATION),
    },
    acknowledge=meta.ACKNOWLEDGE,
    # https://developers.facebook.com/docs/instagram-platform/reference/access_token
    token_life=60 * 86_400.0,
    redelivers=meta.REDELIVERS,
)
TOKENS: Mapping[str, str] = {
    "token": "an Instagram user's access token, or with `base` the Page's",
    "account?": "the professional account's id, as webhooks have it in `entry`",
    **meta.TOKENS,
}
READS: Mapping[str, str] = {}

COMMENTS = ("comments", "live_comments")
IN_COMMENT, IN_CAPTION = "comment of ", "caption of "
"""How `context` names the media that somebody has mentioned us at."""


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """One item for each change and each event of a conversation, in their order.

    Raises Undecodable if there are no entries.
    """
    items = []
    for entry, elsewhere in meta.entries(body, {"instagram"}):
        if elsewhere:
            items.append(meta.nothing(identifier(entry.get("id")), elsewhere))
            continue
        # With Instagram Login an entry is the change itself.
        changes = [entry] if "field" in entry else rows(entry.get("changes"))
        items += [_change(table(change), entry, own) for change in changes]
        items += messaging.conversations(entry, own)
    return items


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A comment below what is answered, or a message. Meta takes no `key`.

    https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/
    ig-comment/replies, and ig-user/mentions where somebody else's media is answered.
    """
    if to.way == "reply":
        account = to.account or "me"
        if media := to.context.removeprefix(IN_CAPTION) if IN_CAPTION in to.context else "":
            fields = {"media_id": media, "message": text}
            return meta.call(credentials, HOST, (account, "mentions"), fields)
        if media := to.context.removeprefix(IN_COMMENT) if IN_COMMENT in to.context else "":
            fields = {"media_id": media, "comment_id": to.message, "message": text}
            return meta.call(credentials, HOST, (account, "mentions"), fields)
        return meta.call(credentials, HOST, (to.message, "replies"), {"message": text})
    receiver = {
        "private": {"comment_id": to.message},
        "message": {"id": to.conversation or to.author},
    }[to.way]
    fields = messaging.spoken(receiver, text, to.tag)
    return meta.call(credentials, HOST, ("me", "messages"), fields)


def look_up(to: Address, credentials: Credentials) -> Outbound | None:
    """What stands below the thread's first comment, where all replies go, or in the conversation.

    Nothing for a private reply, whose conversation we could not name, nor on others' media.
    """
    if to.way == "message":
        return messaging.asked(to, credentials, HOST, "instagram")
    if to.way != "reply" or to.context:
        return None
    thread = (to.conversation or to.message, "replies")
    return meta.question(credentials, HOST, thread, {"fields": "id,text,from", "limit": "100"})


def check(credentials: Credentials) -> Outbound | None:
    """Whose token it is. A Page's token has the Page for `me`, so that the account is asked for.

    https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-
    login/get-started: `user_id` is the id that webhooks have, `id` is another.
    """
    if (credentials.get("base") or "").rstrip("/") == OF_A_PAGE:
        account = credentials.get("account") or "me"
        return meta.question(credentials, HOST, (account,), {"fields": "id"})
    return meta.question(credentials, HOST, ("me",), {"fields": "user_id"})


def checked(response: Response) -> str | NotSent | Unknown:
    """The account's id."""
    number = identifier((meta.answered(response) or {}).get("user_id"))
    return number or meta.checked(response)


def _change(change: dict[str, Any], entry: dict[str, Any], own: Set[str]) -> Item:
    """https://developers.facebook.com/docs/instagram-platform/webhooks

    What is said has no time of its own: the entry's stands in for it.
    """
    field, value = text(change.get("field")), table(change.get("value"))
    account, at = identifier(entry.get("id")), meta.when(entry.get("time"))
    if "sender" in value:  # so the console's test button sends what is said in private
        return messaging.heard(value, account, own)
    if field == "mentions":
        return _mention(value, account, at)
    number = identifier(value.get("id"))
    if field not in COMMENTS or number is None:
        return meta.nothing(account, field, at)
    writer, media = table(value.get("from")), table(value.get("media"))
    author = identifier(writer.get("id"))
    ours = "self_ig_scoped_id" in writer or (author is not None and author in own | {account})
    parent = identifier(value.get("parent_id"))
    advert = identifier(media.get("ad_id"))
    return Item(
        type="comment",
        action="create",
        own=ours,
        reply_candidate=not ours,
        text=text(value.get("text")),
        message_id=number,
        parent_id=parent,
        post_id=identifier(media.get("id")),
        account_id=account,
        author_id=author,
        author_name=text(writer.get("username")),
        conversation_id=parent or number,
        created_at=at,
        event="live_comments" if field == "live_comments" else None,
        more={"ad_id": advert} if advert else {},
    )


def _mention(value: dict[str, Any], account: str | None, at: datetime | None) -> Item:
    """Who mentions us, and with which words, has to be fetched."""
    media, comment = identifier(value.get("media_id")), identifier(value.get("comment_id"))
    if media is None:
        return meta.nothing(account, "mentions", at)
    return Item(
        type="mention",
        action="create",
        reply_candidate=True,
        message_id=comment or media,
        post_id=media,
        account_id=account,
        conversation_id=comment or media,
        created_at=at,
        more={"needs_fetch": True},
        context=f"{IN_COMMENT if comment else IN_CAPTION}{media}",
    )
