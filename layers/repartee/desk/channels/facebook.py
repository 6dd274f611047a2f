"""Facebook Pages: comments and posts on the Page, mentions of it, and its Messenger.

Secret: `secret`, the app's, and `verify_token`. Credentials: `token`, a Page access token, and
`base`. https://developers.facebook.com/documentation/pages-api
"""

from collections.abc import Mapping, Set
from typing import Any

from desk.channels import messaging, meta
from desk.channels.messaging import (
    looked_up as looked_up,
)
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
    prepare as prepare,
    prepared as prepared,
    sign_in as sign_in,
    signed_in as signed_in,
)
from desk.rulebook import Limit, Manner, Rate, RuleBook
from desk.untrusted import identifier, link, rows, table, text
from desk.wire import (
    Address,
    Credentials,
    Item,
    ItemAction,
    ItemType,
    Outbound,
)

HOST = "https://graph.facebook.com"
# What the box under a post takes: https://developers.facebook.com/docs/graph-api/reference/comment
# has no figure.
_PUBLIC = (Limit(8000, "characters"),)
# https://developers.facebook.com/docs/messenger-platform/reference/send-api, `text`
_PRIVATE = (Limit(2000, "characters"),)
# https://developers.facebook.com/documentation/business-messaging/messenger-platform/overview/
# rate-limiting: 300 messages a second beside these are more than we can make.
_RATES = (Rate(750, 3600.0, "channel"),)
RULES = RuleBook(
    ways={
        "reply": Manner(_PUBLIC),
        "private": Manner(_PRIVATE, messaging.PRIVATE, _RATES, once=True),
        "message": Manner(_PRIVATE, messaging.CONVERSATION),
        # Likewise: what the page's box takes.
        "post": Manner((Limit(63_206, "characters"),)),
    },
    acknowledge=meta.ACKNOWLEDGE,
    redelivers=meta.REDELIVERS,
)
TOKENS: Mapping[str, str] = {
    "token": "a Page access token: best one of a system user, which does not run out",
    "account?": "the Page's id, on the Page's About > Page transparency",
    **meta.TOKENS,
}
READS: Mapping[str, str] = {}

# https://developers.facebook.com/docs/graph-api/webhooks/reference/page: comments say `edited`,
# posts say `edit`. A verb that is not here (block, follow, mute …) asks for nothing.
VERBS: Mapping[str, ItemAction] = {
    "add": "create",
    "edit": "edit",
    "edited": "edit",
    "update": "edit",
    "remove": "delete",
    "delete": "delete",
    "hide": "hide",
    "unhide": "unhide",
}
POSTS = frozenset(
    ("post", "status", "photo", "video", "share", "link", "note", "album", "event", "story",
     "milestone", "question", "rating", "timeline cover", "platform-story")
)  # fmt: skip
MEDIA = ("photo", "video")


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """One item for each change and each event of a conversation, in their order.

    Raises Undecodable if there are no entries.
    """
    items = []
    for entry, elsewhere in meta.entries(body, {"page"}):
        account = identifier(entry.get("id"))
        if elsewhere:
            items.append(meta.nothing(account, elsewhere))
            continue
        items += [_change(table(change), account, own) for change in rows(entry.get("changes"))]
        items += messaging.conversations(entry, own)
    return items


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A comment below what is answered, a message, or a post. Meta takes no `key`.

    A private reply goes to the comment or post: its author has no id there for messages.
    """
    if to.way == "reply":
        return meta.call(credentials, HOST, (to.message, "comments"), {"message": text})
    if to.way == "post":
        return meta.call(credentials, HOST, ("me", "feed"), {"message": text})
    if to.way == "private":
        named = "post_id" if to.context == "post" else "comment_id"
        receiver = {named: to.message}
    else:
        receiver = {to.context or "id": to.conversation or to.author}
    fields = messaging.spoken(receiver, text, to.tag)
    return meta.call(credentials, HOST, ("me", "messages"), fields)


def look_up(to: Address, credentials: Credentials) -> Outbound | None:
    """What stands in the thread, in the conversation, or on the Page. A private reply has no
    conversation that we could name.

    https://developers.facebook.com/docs/graph-api/reference/object/comments
    """
    fields = {"fields": "id,message,from", "limit": "100"}
    if to.way == "reply":
        thread = (to.conversation or to.message, "comments")
        asked = fields | {"filter": "stream", "order": "reverse_chronological"}
        return meta.question(credentials, HOST, thread, asked)
    if to.way == "post":
        return meta.question(credentials, HOST, ("me", "feed"), fields)
    if to.way == "private":
        return None
    return messaging.asked(to, credentials, HOST, "messenger")


def check(credentials: Credentials) -> Outbound | None:
    """Whose token it is: a Page token's `me` is the Page."""
    return meta.question(credentials, HOST, ("me",), {"fields": "id"})


def _change(change: dict[str, Any], account: str | None, own: Set[str]) -> Item:
    """https://developers.facebook.com/docs/graph-api/webhooks/reference/page"""
    field, value = text(change.get("field")), table(change.get("value"))
    if "sender" in value:  # so the console's test button sends what is said in private
        return messaging.heard(value, account, own)
    about = text(value.get("item")) or ""
    comment, post = identifier(value.get("comment_id")), identifier(value.get("post_id"))
    if about in POSTS:  # a review has the story that it makes, an event or an album itself alone
        post = post or identifier(value.get("open_graph_story_id") or value.get(f"{about}_id"))
    at = meta.when(value.get("created_time"))
    found = _kind(field, about, VERBS.get(text(value.get("verb")) or ""), comment, post)
    if found is None:
        event = " ".join(filter(None, (field, about, text(value.get("verb")))))
        return meta.nothing(account, event, at)
    kind, action, number = found
    writer = table(value.get("from"))
    author = identifier(writer.get("id")) or identifier(value.get("sender_id"))
    author = author or identifier(value.get("reviewer_id"))
    names = (writer.get("name"), value.get("sender_name"), value.get("reviewer_name"))
    ours = author is not None and author in own | {account}
    parent = identifier(value.get("parent_id"))
    answerable = kind in ("comment", "mention") or (about == "rating" and "review_text" in value)
    on_page = kind == "post" and action == "create" and not ours
    return Item(
        type=kind,
        action=action,
        own=ours,
        reply_candidate=answerable and action == "create" and not ours,
        text=text(value.get("message")) or text(value.get("review_text")),
        message_id=number,
        parent_id=parent,
        post_id=post if kind != "post" else None,
        account_id=account,
        author_id=author,
        author_name=next(filter(None, map(text, names)), None),
        conversation_id=_thread(kind, number, parent, post),
        created_at=at,
        media=tuple(sort for sort in MEDIA if sort in (about, *value)),
        permalink=link(value.get("permalink_url")),
        payload=text(value.get("reaction_type")),
        opens="comment" if on_page else None,  # a visitor's post may be answered in private too
        more={"needs_fetch": True} if kind == "mention" and author is None else {},
        context="post" if number and number == post else None,
    )


def _kind(
    field: str | None, about: str, action: ItemAction | None, comment: str | None, post: str | None
) -> tuple[ItemType, ItemAction, str | None] | None:
    """The type, the action and the id of what a change is about; None for what asks for nothing.

    A reaction to a comment names the comment: what it is is in `item` alone. The Page itself may
    be liked, which has no id.
    """
    number = comment or post
    if action is None:
        return None
    if about in ("reaction", "like"):
        return "reaction", "delete" if action == "delete" else "create", number
    if field == "mention" and number:
        return "mention", action, number
    if about == "comment" and comment:
        return "comment", action, comment
    if about in POSTS and post:
        return "post", action, post
    return None


def _thread(kind: ItemType, number: str | None, parent: str | None, post: str | None) -> str | None:
    """The first comment of a thread: a reply's parent, unless that is the post itself."""
    if (
        number is None
        or kind != "comment"
        or parent in (None, post)
        or number.startswith(f"{parent}_")
    ):
        return number
    return parent or number
