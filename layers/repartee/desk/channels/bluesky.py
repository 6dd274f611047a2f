"""Bluesky: notifications by asking, and posts below what they tell of as answers.

Credentials: `identifier` and `password`, an app password; `base`, the server that has the account;
after the sign-in `access_token` and `account`, the account's DID.
https://docs.bsky.app/docs/api/com-atproto-server-create-session

A record bears the time at which it was made, and there is no clock here: `prepare` asks the server
who we are, and takes the time from its answer.
"""

import json
import re
from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from desk import calls
from desk.channels.usual import (
    acknowledge as acknowledge,
    clear as clear,
    handshake as handshake,
    look_up as look_up,
    looked_up as looked_up,
)
from desk.polling import Page, Poll
from desk.rulebook import Limit, Manner, Rate, RuleBook
from desk.untrusted import identifier, instant, moment, rows, table, text
from desk.wire import (
    Address,
    BadSignature,
    Credentials,
    Inbound,
    Item,
    ItemAction,
    ItemType,
    NotSent,
    Outbound,
    Outcome,
    Refusal,
    Response,
    Secret,
    Sent,
    SignedIn,
    Undecodable,
    Unknown,
    iso,
    read_json,
)

# https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json
_LIMITS = (Limit(300, "graphemes"), Limit(3000, "bytes"))
# https://docs.bsky.app/docs/advanced-guides/rate-limits: 5,000 points an hour and 35,000 a day,
# of which a record takes three
_RATES = (Rate(1666, 3600.0, "channel"), Rate(11_666, 24 * 3600.0, "channel"))
RULES = RuleBook(
    ways={"reply": Manner(_LIMITS, rates=_RATES), "post": Manner(_LIMITS, rates=_RATES)},
    acknowledge=0.0,
)
HOOKS: Mapping[str, str] = {}
TOKENS: Mapping[str, str] = {
    "identifier": "the account's handle or DID",
    "password": "an app password, from Settings, Privacy and security",
    "account?": "the account's DID, did:plc:…",
}
READS: Mapping[str, str] = {
    "identifier": "the account's handle or DID",
    "password": "an app password, from Settings, Privacy and security",
    "every?": "seconds between two questions, if not 300",
}

TOKEN_LIFE = 2 * 3600.0
"""Seconds for which servers issue an access token: https://github.com/bluesky-social/atproto,
`packages/pds/src/account-manager/helpers/auth.ts`.
"""
# https://docs.bsky.app/docs/api/app-bsky-notification-list-notifications
# What is not listed here (starterpack-joined, verified …) asks for nothing.
REASONS: Mapping[str, tuple[ItemType, ItemAction]] = {
    "mention": ("mention", "create"),
    "reply": ("reply", "create"),
    "quote": ("quote", "create"),
    "like": ("reaction", "create"),
    "repost": ("reaction", "create"),
    "like-via-repost": ("reaction", "create"),
    "repost-via-repost": ("reaction", "create"),
    "follow": ("follow", "create"),
    "subscribed-post": ("post", "create"),
}
ADDRESSED = ("mention", "reply", "quote")
# https://docs.bsky.app/docs/api/com-atproto-repo-create-record and the server's own errors
REFUSALS: Mapping[str, Refusal] = {
    "ExpiredToken": "token_invalid",
    "InvalidToken": "token_invalid",
    "AuthMissing": "token_invalid",
    "AuthenticationRequired": "token_invalid",
    "AuthFactorTokenRequired": "token_invalid",
    "AccountTakedown": "blocked",
    "AccountDeactivated": "blocked",
    "AccountSuspended": "blocked",
    "Forbidden": "permission",
    "InvalidRecord": "permanent",
    "InvalidRequest": "permanent",
    "InvalidSwap": "permanent",
    "RepoNotFound": "permanent",
    "PayloadTooLarge": "too_long",
    "RateLimitExceeded": "rate_limited",
}
PASSING = frozenset({"UpstreamFailure", "UpstreamTimeout", "NotEnoughResources"})
URL = re.compile(r"https?://[^\s<>\"'「」『』（），。！？；]+")


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """Never: Bluesky has no webhooks, and whoever posts here is not Bluesky."""
    raise BadSignature("Bluesky has no webhooks")


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """One item for each notification; raises Undecodable if there is no list of them."""
    answer = read_json(body)
    listed = answer.get("notifications") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        raise Undecodable("no list of notifications")
    items = [_item(table(one), own) for one in listed]
    if listed and not any(items):
        raise Undecodable("none of the notifications has a uri, a reason and an author")
    return [item for item in items if item]


def sign_in(credentials: Credentials) -> Outbound | None:
    """A session: at most 30 in five minutes, and 300 a day.

    https://docs.bsky.app/docs/advanced-guides/rate-limits
    """
    return calls.post(
        f"{_base(credentials)}/xrpc/com.atproto.server.createSession",
        {"identifier": credentials["identifier"], "password": credentials["password"]},
        {},
    )


def signed_in(response: Response, credentials: Credentials) -> SignedIn | None:
    """The credentials with `access_token` and `account`."""
    answer = calls.json_object(response.body) or {}
    token, did = text(answer.get("accessJwt")), text(answer.get("did"))
    if response.status != 200 or token is None or did is None:
        return None
    return SignedIn({**credentials, "access_token": token, "account": did}, TOKEN_LIFE)


def prepare(to: Address, text: str, key: str, credentials: Credentials) -> Outbound | None:
    """https://docs.bsky.app/docs/api/com-atproto-server-get-session"""
    return check(credentials)


def prepared(response: Response, to: Address) -> Address | NotSent | Unknown:
    """The address with the server's time in its context."""
    known = checked(response)
    if isinstance(known, NotSent | Unknown):
        return known
    try:
        date = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return Unknown("an answer without a date")
    now = iso(date.astimezone(UTC)) if date.tzinfo else iso(date.replace(tzinfo=UTC))
    return replace(to, context=json.dumps({**_context(to), "now": now}))


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A post below the one it answers, in the thread of that one's root; KeyError for other ways.

    https://docs.bsky.app/docs/advanced-guides/posts
    """
    RULES.ways[to.way]
    known = _context(to)
    record: dict[str, Any] = {
        "$type": "app.bsky.feed.post",
        "text": text,
        "createdAt": known.get("now") or iso(datetime(1970, 1, 1, tzinfo=UTC)),
    }
    if found := facets(text):
        record["facets"] = found
    if to.way == "reply":
        parent = {"uri": to.message, "cid": known.get("cid") or ""}
        record["reply"] = {"root": known.get("root") or parent, "parent": parent}
    return calls.post(
        f"{_base(credentials)}/xrpc/com.atproto.repo.createRecord",
        {
            "repo": credentials.get("account") or credentials["identifier"],
            "collection": "app.bsky.feed.post",
            "record": record,
        },
        {"authorization": f"Bearer {credentials['access_token']}"},
    )


def facets(text: str) -> list[dict[str, Any]]:
    """The links of `text`, by their offsets in bytes of UTF-8: a post has no markup otherwise.

    https://docs.bsky.app/docs/advanced-guides/post-richtext
    """
    found = []
    for match in URL.finditer(text):
        url = match[0].rstrip(".,;:!?…)】》")
        if url.count("(") > url.count(")") and match[0].startswith(f"{url})"):
            url += ")"
        start = len(text[: match.start()].encode("utf-8", "replace"))
        end = start + len(url.encode("utf-8", "replace"))
        link = {"$type": "app.bsky.richtext.facet#link", "uri": url}
        found.append({"index": {"byteStart": start, "byteEnd": end}, "features": [link]})
    return found


def outcome(response: Response) -> Outcome:
    """What the server's answer proves. A token that is over comes with 400 as well as with 401."""
    answer = calls.json_object(response.body)
    if answer is None:
        return Unknown(f"HTTP {response.status} without the server's JSON")
    uri = text(answer.get("uri"))
    if response.status == 200:
        return Sent(uri) if uri else Unknown("200 without a uri")
    name, words = text(answer.get("error")) or "", text(answer.get("message")) or ""
    reason = f"{name}: {words}" if name and words else name or words or f"HTTP {response.status}"
    kind = REFUSALS.get(name)
    if response.status == 429:
        return NotSent("rate_limited", reason, _wait(response))
    if not 400 <= response.status < 500 or kind is None:
        return Unknown(reason, passing=name in PASSING)
    long = re.search(r"must not be longer than|grapheme|too (?:long|big|large)", words)
    if kind == "permanent" and long:
        return NotSent("too_long", reason)
    return NotSent(kind, reason, _wait(response) if kind == "rate_limited" else None)


def poll(marks: Mapping[str, Mapping[str, str]], credentials: Credentials) -> tuple[Poll, ...]:
    """The latest notifications of those that ask for something, newest first."""
    reasons = "&".join(f"reasons={name}" for name in ADDRESSED)
    call = calls.get(
        f"{_base(credentials)}/xrpc/app.bsky.notification.listNotifications?{reasons}&limit=50",
        {"authorization": f"Bearer {credentials.get('access_token', '')}"},
    )
    return (Poll("notifications", call, calls.interval(credentials)),)


def polled(source: str, response: Response, marks: Mapping[str, str]) -> Page | NotSent | Unknown:
    """Fresh where one is newer than the latest that we have; the first answer marks the start."""
    answer = calls.json_object(response.body)
    if (
        response.status != 200
        or answer is None
        or not isinstance(answer.get("notifications"), list)
    ):
        refused = outcome(response)
        return refused if isinstance(refused, NotSent | Unknown) else Unknown("no list")
    times = [text(table(one).get("indexedAt")) or "" for one in answer["notifications"]]
    before = marks.get("newest")
    newest = max([*times, before or ""])
    cursor, more = text(answer.get("cursor")), None
    if before is not None and cursor and times and min(times) > before:
        reasons = "&".join(f"reasons={name}" for name in ADDRESSED)
        more = calls.get(f"?{reasons}&limit=50&cursor={quote(cursor, safe='')}", {})
    return Page(before is not None and newest > before, {"newest": newest}, more)


def check(credentials: Credentials) -> Outbound | None:
    """https://docs.bsky.app/docs/api/com-atproto-server-get-session"""
    return calls.get(
        f"{_base(credentials)}/xrpc/com.atproto.server.getSession",
        {"authorization": f"Bearer {credentials.get('access_token', '')}"},
    )


def checked(response: Response) -> str | NotSent | Unknown:
    """The account's DID."""
    answer = calls.json_object(response.body) or {}
    did = text(answer.get("did"))
    if response.status == 200 and did:
        return did
    refused = outcome(response)
    return refused if isinstance(refused, NotSent | Unknown) else Unknown("no session")


def _base(credentials: Credentials) -> str:
    return (credentials.get("base") or "https://bsky.social").rstrip("/")


def _context(to: Address) -> dict[str, Any]:
    return calls.json_object(to.context.encode("utf-8", "replace")) or {}


def _wait(response: Response) -> float:
    """By Retry-After, or else until `ratelimit-reset`, in seconds since 1970."""
    if "retry-after" in response.headers:
        return calls.wait(response.headers["retry-after"])
    return calls.until(moment(response.headers.get("ratelimit-reset")), response)


def _item(told: dict[str, Any], own: Set[str]) -> Item | None:
    """The item of a notification; None for what has no uri, reason or author.

    A client sets `createdAt` and may lie; a server's `indexedAt` is never before the deed.
    """
    uri, name = text(told.get("uri")), text(told.get("reason"))
    who, record = table(told.get("author")), table(told.get("record"))
    author = identifier(who.get("did"))
    if uri is None or name is None or author is None:
        return None
    kind, action = REASONS.get(name, ("control", "none"))
    addressed = name in ADDRESSED
    thread = table(record.get("reply"))
    root, parent = table(thread.get("root")), table(thread.get("parent"))
    times = [at for at in (instant(record.get("createdAt")), instant(told.get("indexedAt"))) if at]
    labels = {text(table(one).get("val")) for one in rows(who.get("labels"))}
    cid = text(told.get("cid"))
    context = {"cid": cid, "root": {"uri": text(root.get("uri")), "cid": text(root.get("cid"))}}
    if context["root"] != {"uri": root.get("uri"), "cid": root.get("cid")} or not root:
        context["root"] = None
    langs = rows(record.get("langs"))
    ours, bot = author in own, "bot" in labels
    post = uri.split("/")[-1] if "/app.bsky.feed.post/" in uri else None
    return Item(
        type=kind,
        action=action,
        own=ours,
        reply_candidate=addressed and not (ours or bot),
        text=text(record.get("text")),
        message_id=uri,
        parent_id=text(parent.get("uri")) or text(told.get("reasonSubject")),
        author_id=author,
        author_name=text(who.get("handle")),
        from_bot=bot or None,
        conversation_id=text(root.get("uri")) or (uri if addressed else None),
        created_at=min(times, default=None),
        event=None if addressed else name,
        permalink=f"https://bsky.app/profile/{quote(author, safe=':')}/post/{quote(post, safe='')}"
        if post
        else None,
        lang=text(langs[0]) if langs else None,
        media=_media(table(record.get("embed"))),
        context=json.dumps(context),
        more={"cid": cid} if cid else {},
    )


def _media(embed: dict[str, Any]) -> tuple[str, ...]:
    name = text(embed.get("$type")) or ""
    kind = name.removeprefix("app.bsky.embed.")
    return (kind,) if kind in ("images", "video", "external") else ()
