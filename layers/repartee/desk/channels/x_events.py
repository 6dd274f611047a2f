"""What X reports: the events of its two APIs, and posts that were polled, as items."""

from collections.abc import Mapping, Set
from datetime import datetime
from html import unescape
from typing import Any

from desk.untrusted import count, flag, identifier, instant, moment, rows, table, text
from desk.wire import Item, ItemAction, ItemType, Undecodable

# https://docs.x.com/x-api/activity/introduction#supported-event-types
POSTS: Mapping[str, tuple[ItemType, ItemAction]] = {
    "post.create": ("post", "create"),
    "post.mention.create": ("mention", "create"),
    "post.reply.create": ("reply", "create"),
    "post.quote.create": ("quote", "create"),
    "post.repost.create": ("control", "create"),
}
FOLLOWS: Mapping[str, ItemAction] = {"follow.follow": "create", "follow.unfollow": "delete"}

# https://docs.x.com/x-api/account-activity/introduction#available-activities
RELATIONS: Mapping[str, tuple[ItemType, ItemAction]] = {
    "follow_events": ("follow", "create"),
    "unfollow_events": ("follow", "delete"),
    "block_events": ("control", "none"),
    "unblock_events": ("control", "none"),
    "mute_events": ("control", "none"),
    "unmute_events": ("control", "none"),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ANSWERED: frozenset[ItemType] = frozenset({"mention", "reply", "quote"})


def activity(event: dict[str, Any], own: Set[str]) -> list[Item]:
    """The items of an event of the Activity API: https://docs.x.com/x-api/activity/event-payloads

    Raises Undecodable for a post without an id.
    """
    name, number = text(event.get("event_type")) or "", identifier(event.get("event_uuid"))
    account = identifier(table(event.get("filter")).get("user_id"))
    payload, includes = table(event.get("payload")), table(event.get("includes"))
    ours = _ours(own, account)
    if name in POSTS:
        kind, action = POSTS[name]
        return [_post(payload, _people(includes), kind, action, name, number, account, ours)]
    if name == "post.delete":
        return [_deleted(payload, None, number, account, ours)]
    if name in FOLLOWS:
        source, target = _bare(payload.get("source")), _bare(payload.get("target"))
        return [
            Item(
                type="follow",
                action=FOLLOWS[name],
                event=name,
                event_id=number,
                account_id=account,
                author_id=identifier(source.get("id")),
                author_name=text(source.get("username")),
                author_followers=_followers(source),
                author_verified=flag(source.get("verified")),
                recipient_id=identifier(target.get("id")),
            )
        ]
    if name.startswith("like."):
        return [
            Item(
                type="reaction",
                action="delete" if name == "like.delete" else "create",
                event=name,
                event_id=number,
                account_id=account,
                message_id=identifier(payload.get("liked_tweet_id")),
                created_at=moment(payload.get("timestamp_ms"), per_second=1000)
                or instant(payload.get("created_at")),
            )
        ]
    if name.startswith("dm."):
        direct = _direct(payload, account, ours, number)
        if direct:
            return direct
    return [
        Item(
            type="control",
            action="none",
            event=name,
            event_id=number,
            account_id=account,
            author_id=identifier(payload.get("sender_id")) or identifier(payload.get("user_id")),
            created_at=moment(payload.get("created_at_msec"), per_second=1000)
            or instant(payload.get("date_time"))
            or instant(payload.get("created_at")),
        )
    ]


def account_activity(delivery: dict[str, Any], own: Set[str]) -> list[Item]:
    """The items of a delivery of the Account Activity API, in its order.

    Raises Undecodable for what is none, and for a post without an id.
    """
    account = identifier(delivery.get("for_user_id"))
    lists = [name for name, value in delivery.items() if isinstance(value, list)]
    if account is None and not lists and not {"user_event", "replay_job_status"} & set(delivery):
        raise Undecodable("no event of X's")
    ours = _ours(own, account)
    items: list[Item] = []
    for name, value in delivery.items():
        events = [table(each) for each in rows(value)]
        if name == "tweet_create_events":
            blocked = delivery.get("user_has_blocked") is True
            items += [_tweet(event, account, ours, blocked) for event in events]
        elif name == "tweet_delete_events":
            items += [
                _deleted(table(event.get("status")), event.get("timestamp_ms"), None, account, ours)
                for event in events
            ]
        elif name.startswith("direct_message"):
            items += _direct({name: value, "users": delivery.get("users")}, account, ours, None)
        elif name == "favorite_events":
            items += [_liked(event, account, ours) for event in events]
        elif name in RELATIONS:
            items += [_relation(name, event, account) for event in events]
        elif name in ("user_event", "replay_job_status") or events:
            items.append(Item(type="control", action="none", event=name, account_id=account))
    return items


def page(answer: dict[str, Any], account: str | None, own: Set[str]) -> list[Item]:
    """The mentions of a page that was polled, the oldest first.

    Raises Undecodable for a post without an id.
    """
    people, ours = _people(table(answer.get("includes"))), _ours(own, account)
    found = [
        _post(table(row), people, "mention", "create", "mentions", None, account, ours)
        for row in rows(answer.get("data"))
    ]
    return found[::-1]


def referenced(post: dict[str, Any], how: str) -> str | None:
    """The id of the post that `post` has replied to, quoted or reposted."""
    for reference in map(table, rows(post.get("referenced_tweets"))):
        if reference.get("type") == how:
            return identifier(reference.get("id"))
    return None


def _post(
    post: dict[str, Any],
    people: Mapping[str, dict[str, Any]],
    kind: ItemType,
    action: ItemAction,
    event: str,
    number: str | None,
    account: str | None,
    ours: Set[str],
) -> Item:
    """A post of API v2. An edited one has a new id, and was answered under its first."""
    name = identifier(post.get("id"))
    if name is None:
        raise Undecodable(f"{event} without an id")
    author = identifier(post.get("author_id"))
    who, own = people.get(author or "", {}), author in ours
    versions = [identifier(version) for version in rows(post.get("edit_history_tweet_ids"))]
    if action == "create" and kind != "control" and versions and versions[0] != name:
        action = "edit"
    if kind == "reply" and _named(post, ours):
        kind = "mention"  # who writes our name in an answer has summoned us
    when = instant(post.get("created_at"))
    parent = referenced(post, "replied_to") or referenced(post, "quoted")
    return Item(
        type=kind,
        action=action,
        own=own,
        reply_candidate=kind in ANSWERED and action == "create" and not own,
        text=_plain(text(post.get("text"))),
        event=event,
        event_id=number,
        message_id=name,
        parent_id=parent or referenced(post, "retweeted"),
        account_id=account,
        author_id=author,
        author_name=text(who.get("username")),
        author_followers=_followers(who),
        author_verified=flag(who.get("verified")),
        conversation_id=identifier(post.get("conversation_id")),
        created_at=when,
        edited_at=when if action == "edit" else None,
        media=_media(table(post.get("attachments")).get("media_keys")),
        permalink=_permalink(name),
        lang=text(post.get("lang")),
    )


def _tweet(tweet: dict[str, Any], account: str | None, ours: Set[str], blocked: bool) -> Item:
    """A post in the older form. Its `id` is rounded by many readers: `id_str` is the one."""
    name = identifier(tweet.get("id_str")) or identifier(tweet.get("id"))
    if name is None:
        raise Undecodable("tweet_create_events without an id")
    who = table(tweet.get("user"))
    author = identifier(who.get("id_str")) or identifier(who.get("id"))
    own = author in ours
    quoted = table(table(tweet.get("quoted_status")).get("user"))
    parent = identifier(tweet.get("in_reply_to_status_id_str"))
    kind: ItemType = "mention"
    if "retweeted_status" in tweet:
        kind = "control"
    elif own:
        kind = "post"
    elif identifier(quoted.get("id_str")) in ours:
        kind, parent = "quote", parent or identifier(tweet.get("quoted_status_id_str"))
    elif parent and identifier(tweet.get("in_reply_to_user_id_str")) in ours:
        kind = "mention" if _named(tweet, ours) else "reply"
    whole = table(tweet.get("extended_tweet")).get("full_text") or tweet.get("full_text")
    return Item(
        type=kind,
        action="create",
        own=own,
        reply_candidate=kind in ANSWERED and not (own or blocked),
        text=_plain(text(whole) or text(tweet.get("text"))),
        event="tweet_create_events",
        message_id=name,
        parent_id=parent,
        account_id=account,
        author_id=author,
        author_name=text(who.get("screen_name")) or text(who.get("name")),
        author_followers=count(who.get("followers_count")),
        author_verified=flag(who.get("verified")),
        created_at=_date(tweet.get("created_at")),
        media=_media(table(tweet.get("extended_entities")).get("media")),
        permalink=_permalink(name),
        lang=text(tweet.get("lang")),
    )


def _deleted(
    post: dict[str, Any], when: Any, number: str | None, account: str | None, ours: Set[str]
) -> Item:
    name = identifier(post.get("id"))
    if name is None:
        raise Undecodable("a deleted post without an id")
    author = identifier(post.get("author_id")) or identifier(post.get("user_id"))
    return Item(
        type="post",
        action="delete",
        own=author in ours,
        event_id=number,
        message_id=name,
        account_id=account,
        author_id=author,
        created_at=moment(when, per_second=1000),
    )


def _direct(
    payload: dict[str, Any], account: str | None, ours: Set[str], number: str | None
) -> list[Item]:
    """Direct messages, and what is told of them: that somebody types, or has read."""
    people = {
        name: _bare(who)
        for name, who in table(payload.get("users")).items()
        if isinstance(name, str)
    }
    items = []
    for name, value in payload.items():
        for event in map(table, rows(value)):
            message = table(event.get("message_create"))
            content = table(message.get("message_data"))
            said = name == "direct_message_events" and bool(message)
            sender = identifier((message if said else event).get("sender_id"))
            target = table((message if said else event).get("target"))
            receiver, own = identifier(target.get("recipient_id")), sender in ours
            who = people.get(sender or "", {})
            identity = identifier(event.get("id")) or identifier(event.get("last_read_event_id"))
            if said and identity is None:
                raise Undecodable("a direct message without an id")
            items.append(
                Item(
                    type="message" if said else "status",
                    action="create" if said else "none",
                    own=own,
                    reply_candidate=said and not own,
                    text=_plain(text(content.get("text"))),
                    event=name,
                    event_id=number,
                    message_id=identity,
                    account_id=account,
                    author_id=sender,
                    author_name=text(who.get("screen_name"))
                    or text(who.get("username"))
                    or text(who.get("name")),
                    author_followers=_followers(who),
                    author_verified=flag(who.get("verified")),
                    recipient_id=receiver,
                    conversation_id=receiver if own else sender,
                    created_at=moment(event.get("created_timestamp"), per_second=1000),
                    media=_media([content["attachment"]] if "attachment" in content else None),
                    payload=text(table(content.get("quick_reply_response")).get("metadata")),
                )
            )
    return items


def _liked(event: dict[str, Any], account: str | None, ours: Set[str]) -> Item:
    who = table(event.get("user"))
    author = identifier(who.get("id_str")) or identifier(who.get("id"))
    return Item(
        type="reaction",
        action="create",
        own=author in ours,
        event="favorite_events",
        event_id=identifier(event.get("id")),
        message_id=identifier(table(event.get("favorited_status")).get("id_str")),
        account_id=account,
        author_id=author,
        author_name=text(who.get("screen_name")),
        created_at=moment(event.get("timestamp_ms"), per_second=1000)
        or _date(event.get("created_at")),
    )


def _relation(name: str, event: dict[str, Any], account: str | None) -> Item:
    kind, action = RELATIONS[name]
    if kind == "follow" and event.get("type") == "unfollow":
        action = "delete"
    source, target = table(event.get("source")), table(event.get("target"))
    return Item(
        type=kind,
        action=action,
        event=name,
        account_id=account,
        author_id=identifier(source.get("id")),
        author_name=text(source.get("screen_name")),
        author_followers=count(source.get("followers_count")),
        recipient_id=identifier(target.get("id")),
        created_at=moment(event.get("created_timestamp"), per_second=1000),
    )


def _named(post: dict[str, Any], ours: Set[str]) -> bool:
    """Whether our name is in what a person wrote, and not only in what X puts before an answer."""
    begin = next((count(each) for each in rows(post.get("display_text_range"))), None)
    entities = table(table(post.get("extended_tweet")).get("entities") or post.get("entities"))
    for mention in map(table, rows(entities.get("mentions") or entities.get("user_mentions"))):
        place = mention.get("start", next(iter(rows(mention.get("indices"))), None))
        who = identifier(mention.get("id_str")) or identifier(mention.get("id"))
        if who in ours and begin is not None and (count(place) or 0) >= begin:
            return True
    return False


def _people(includes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The users of an answer's includes by their ids."""
    users = [_bare(user) for user in rows(includes.get("users"))]
    return {identifier(user.get("id")) or "": user for user in users}


def _bare(user: Any) -> dict[str, Any]:
    """A user: some events wrap each once more in `data`."""
    return table(table(user).get("data")) or table(user)


def _followers(user: dict[str, Any]) -> int | None:
    told = count(table(user.get("public_metrics")).get("followers_count"))
    return count(user.get("followers_count")) if told is None else told


def _media(value: Any) -> tuple[str, ...]:
    """What is attached, by X's own words for its kind where it tells them."""
    return tuple(text(table(each).get("type")) or "media" for each in rows(value))


def _ours(own: Set[str], account: str | None) -> frozenset[str]:
    return frozenset(own) | ({account} if account else set())


def _plain(said: str | None) -> str | None:
    """X writes & < > as entities of HTML."""
    return unescape(said) if said else None


def _permalink(name: str) -> str:
    return f"https://x.com/i/web/status/{name}" if name.isascii() and name.isdigit() else ""


def _date(value: Any) -> datetime | None:
    """The time in `Wed Feb 05 08:39:31 +0000 2020`. No strptime: its months follow the locale."""
    parts = value.split() if isinstance(value, str) else []
    if len(parts) != 6 or parts[1] not in MONTHS:
        return None
    _, month, day, clock, zone, year = parts
    return instant(f"{year}-{MONTHS.index(month) + 1:02}-{day}T{clock}{zone}")
