"""Reddit: the inbox by asking, and comments or messages below what is in it as answers.

Credentials: `client_id`, `client_secret`, `refresh_token` and `user_agent`; after the sign-in
`access_token`. Reddit has two limits: of calls, told by headers, and of how often an account may
speak, told in an answer of 200: https://github.com/reddit-archive/reddit/wiki/API and
https://praw.readthedocs.io/en/stable/getting_started/ratelimits.html
"""

import re
from base64 import b64encode
from collections.abc import Mapping, Set
from typing import Any
from urllib.parse import urlencode

from desk import calls
from desk.channels.usual import (
    acknowledge as acknowledge,
    clear as clear,
    granted,
    handshake as handshake,
    look_up as look_up,
    looked_up as looked_up,
    prepare as prepare,
    prepared as prepared,
)
from desk.polling import Page, Poll
from desk.rulebook import Limit, Manner, Rate, RuleBook
from desk.untrusted import identifier, moment, rows, table, text
from desk.wire import (
    Address,
    BadSignature,
    Credentials,
    Inbound,
    Item,
    ItemType,
    NotSent,
    Outbound,
    Outcome,
    Refusal,
    Response,
    Secret,
    Sent,
    Undecodable,
    Unknown,
    read_json,
)

# The site counts to 10,000 and the reference gives no figure; TOO_LONG is real.
_LIMITS = (Limit(10_000, "characters"),)
# https://support.reddithelp.com/hc/en-us/articles/16160319875092-Reddit-Data-API-Wiki
_RATES = (Rate(100, 60.0, "channel"),)
RULES = RuleBook(
    ways={"reply": Manner(_LIMITS, rates=_RATES), "message": Manner(_LIMITS, rates=_RATES)},
    acknowledge=0.0,
)
_APP = {
    "client_id": "of an app, from https://www.reddit.com/prefs/apps",
    "client_secret": "its secret",
    "refresh_token": "of the account, permanent, with privatemessages, read, submit, identity",
    "user_agent": "who calls: platform:app:version (by /u/name)",
}
HOOKS: Mapping[str, str] = {}
TOKENS: Mapping[str, str] = {**_APP, "account?": "the account's id, t2_…"}
READS: Mapping[str, str] = {**_APP, "every?": "seconds between two questions, if not 300"}

USER_AGENT = "script:repartee:1 (mention desk)"
"""Reddit throttles calls that do not say who they are."""
KINDS: Mapping[str, ItemType] = {
    "username_mention": "mention",
    "comment_reply": "reply",
    "post_reply": "comment",
}
BOTS = frozenset({"AutoModerator"})
THREAD = re.compile(r"/comments/([a-z0-9]{1,13})(?:/|$)")
# Names in the answer's `errors`: https://github.com/reddit-archive/reddit/blob/master/r2/r2/lib/errors.py
REFUSALS: Mapping[str, Refusal] = {
    "RATELIMIT": "rate_limited",
    "QUOTA_FILLED": "quota",
    "USER_REQUIRED": "token_invalid",
    "TOO_LONG": "too_long",
    "NO_TEXT": "permanent",
    "NO_THING_ID": "permanent",
    "NOT_AUTHOR": "permanent",
    "TOO_OLD": "permanent",
    "DELETED_COMMENT": "permanent",
    "DELETED_LINK": "permanent",
    "THREAD_LOCKED": "permanent",
    "COMMENT_UNREPLIABLE": "permanent",
    "COMMENT_UNREPLIABLE_TO": "permanent",
    "COMMENTER_BLOCKED_POSTER": "permanent",
    "USER_BLOCKED": "permanent",
    "USER_BLOCKED_MESSAGE": "permanent",
    "USER_DOESNT_EXIST": "permanent",
    "NOT_WHITELISTED_BY_USER_MESSAGE": "permission",
    "RESTRICTED_TO_PM": "permission",
    "SUBREDDIT_NOTALLOWED": "permission",
    "SUBREDDIT_NOEXIST": "permanent",
    "BANNED_FROM_SUBREDDIT": "permission",
    "USER_BAN_NO_MESSAGE": "permission",
    "USER_MUTED": "permission",
    "MUTED_FROM_SUBREDDIT": "permission",
}
UNITS: Mapping[str, float] = {"millisecond": 0.001, "second": 1, "minute": 60, "hour": 3600}
AGAIN = re.compile(r"(\d{1,6}) (millisecond|second|minute|hour)s?\b")


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """Never: Reddit has no webhooks, and whoever posts here is not Reddit."""
    raise BadSignature("Reddit has no webhooks")


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """One item for each thing of a listing; raises Undecodable if it is none."""
    listing = read_json(body)
    data = table(listing.get("data") if isinstance(listing, dict) else None)
    children = data.get("children")
    if not isinstance(children, list):
        raise Undecodable("no listing")
    items = [_item(table(child), own) for child in children]
    if children and not any(items):
        raise Undecodable("nothing in the listing has a name")
    return [item for item in items if item]


def sign_in(credentials: Credentials) -> Outbound | None:
    """https://github.com/reddit-archive/reddit/wiki/OAuth2#refreshing-the-token"""
    app = f"{credentials['client_id']}:{credentials['client_secret']}"
    base = (credentials.get("base") or "https://www.reddit.com").rstrip("/")
    return calls.form(
        f"{base}/api/v1/access_token",
        {"grant_type": "refresh_token", "refresh_token": credentials["refresh_token"]},
        {
            "authorization": f"Basic {b64encode(app.encode('utf-8', 'replace')).decode()}",
            "user-agent": _agent(credentials),
        },
    )


signed_in = granted


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A comment below the comment or post, or a message below the message, by its full name.

    KeyError for any other way. There is no repeating: `key` has no use here.
    https://www.reddit.com/dev/api#POST_api_comment
    """
    RULES.ways[to.way]
    return calls.form(
        f"{_base(credentials)}/api/comment",
        {"api_type": "json", "thing_id": to.message, "text": text},
        _headers(credentials),
    )


def outcome(response: Response) -> Outcome:
    """What Reddit's answer proves. Errors of the text come with 200; of the call, as pages.

    200 with nothing made may be a comment that nobody sees: a person has to look.
    """
    match response.status:
        case 401:
            return NotSent("token_invalid", "HTTP 401")
        case 403:
            return NotSent("permission", "HTTP 403")
        case 404:
            return NotSent("permanent", "HTTP 404")
        case 429:
            headers = response.headers
            asked = headers.get("retry-after") or headers.get("x-ratelimit-reset")
            return NotSent("rate_limited", "HTTP 429", calls.wait(_number(asked)))
    answer = calls.json_object(response.body)
    if answer is None or response.status != 200:
        return Unknown(f"HTTP {response.status}{'' if answer else ' without JSON'}")
    told = table(answer.get("json"))
    for error in rows(told.get("errors")):
        name, *words = [text(part) or "" for part in rows(error)] or [""]
        reason = ": ".join([name, *words[:1]])
        kind = REFUSALS.get(name)
        if kind == "rate_limited":
            return NotSent(kind, reason, _again_after(told.get("ratelimit"), reason))
        return NotSent(kind, reason) if kind else Unknown(reason or "an error without a name")
    made = table(next(iter(rows(table(told.get("data")).get("things"))), None))
    thing = table(made.get("data"))
    number = identifier(thing.get("name")) or identifier(thing.get("id"))
    return Sent(number) if number else Unknown("200, and nothing visible was made")


def poll(marks: Mapping[str, Mapping[str, str]], credentials: Credentials) -> tuple[Poll, ...]:
    """The inbox: mentions, answers to comments and posts, messages; newest first.

    `before` is not used: once its thing is deleted, nothing is ever newer.
    https://www.reddit.com/dev/api#GET_message_inbox
    """
    call = calls.get(
        f"{_base(credentials)}/message/inbox?{urlencode(_ASKED)}", _headers(credentials)
    )
    return (Poll("inbox", call, calls.interval(credentials)),)


def polled(source: str, response: Response, marks: Mapping[str, str]) -> Page | NotSent | Unknown:
    """Fresh where a thing is newer than the latest that we have; the first answer marks the start.

    Waits until the window of calls ends where the headers say that none is left.
    """
    answer = calls.json_object(response.body) or {}
    data = table(answer.get("data"))
    if response.status != 200 or not isinstance(data.get("children"), list):
        refused = outcome(response)
        return refused if isinstance(refused, NotSent | Unknown) else Unknown("no listing")
    times = [_made(table(table(child).get("data"))) for child in data["children"]]
    before = marks.get("newest")
    newest = max([*times, int(before) if before and before.isdigit() else 0])
    after, more = text(data.get("after")), None
    if before is not None and after and times and min(times) > int(before or 0):
        more = calls.get(f"?{urlencode({**_ASKED, 'after': after})}", {})
    left = _number(response.headers.get("x-ratelimit-remaining"))
    wait = calls.wait(_number(response.headers.get("x-ratelimit-reset")))
    return Page(
        before is not None and newest > int(before or 0),
        {"newest": str(newest)},
        more,
        wait if left is not None and left < 1 else None,
    )


def check(credentials: Credentials) -> Outbound | None:
    """https://www.reddit.com/dev/api#GET_api_v1_me"""
    return calls.get(f"{_base(credentials)}/api/v1/me", _headers(credentials))


def checked(response: Response) -> str | NotSent | Unknown:
    """The account's id, t2_…"""
    answer = calls.json_object(response.body) or {}
    number = identifier(answer.get("id"))
    if response.status == 200 and number:
        return f"t2_{number}"
    refused = outcome(response)
    return refused if isinstance(refused, NotSent | Unknown) else Unknown("no account")


_ASKED = {"limit": "50", "raw_json": "1"}


def _base(credentials: Credentials) -> str:
    return (credentials.get("base") or "https://oauth.reddit.com").rstrip("/")


def _agent(credentials: Credentials) -> str:
    return credentials.get("user_agent") or USER_AGENT


def _headers(credentials: Credentials) -> dict[str, str]:
    token = credentials.get("access_token", "")
    return {"authorization": f"Bearer {token}", "user-agent": _agent(credentials)}


def _number(value: str | None) -> float | None:
    """Reddit writes seconds as a decimal number; None for anything else."""
    plain = value is not None and re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value)
    return float(value) if value is not None and plain else None


def _again_after(seconds: Any, reason: str) -> float:
    """By the answer's own field, or else by its words: `try again in 9 minutes`."""
    found = AGAIN.search(reason)
    if seconds is None and found:
        return calls.wait(float(found[1]) * UNITS[found[2]])
    return calls.wait(seconds)


def _made(thing: dict[str, Any]) -> int:
    made = moment(thing.get("created_utc"))
    return int(made.timestamp()) if made else 0


def _item(child: dict[str, Any], own: Set[str]) -> Item | None:
    """https://github.com/reddit-archive/reddit/wiki/JSON; None for what has no name."""
    thing = table(child.get("data"))
    name = identifier(thing.get("name"))
    if name is None:
        return None
    where, kind = text(thing.get("context")) or text(thing.get("permalink")), child.get("kind")
    what: ItemType = KINDS.get(text(thing.get("type")) or "", "comment")
    if kind == "t4":
        what = "message"
    elif kind == "t3":
        what = "post"
    elif kind != "t1":
        return Item(type="control", action="none", event_id=name, event=text(kind))
    shown, author = text(thing.get("author")), identifier(thing.get("author_fullname"))
    gone = shown in (None, "[deleted]", "[removed]")
    ours = bool(own & {author, shown} - {None})
    found = THREAD.search(where or "")
    thread = f"t3_{found[1]}" if found else identifier(thing.get("link_id"))
    letters = identifier(thing.get("first_message_name")) or name if kind == "t4" else None
    title = text(thing.get("title")) if kind == "t3" else None
    words = [title, text(thing.get("body")) or text(thing.get("selftext"))]
    group = text(thing.get("subreddit"))
    return Item(
        type=what,
        action="create",
        own=ours,
        reply_candidate=(None if what == "post" else True) if not (ours or gone) else False,
        text=text("\n\n".join(part for part in words if part)),
        message_id=name,
        parent_id=identifier(thing.get("parent_id")),
        author_id=author,
        author_name=shown,
        from_bot=True if shown in BOTS else None,
        conversation_id=letters or thread or name,
        created_at=moment(thing.get("created_utc")),
        post_id=thread if kind == "t1" else None,
        permalink=f"https://www.reddit.com{where}" if where and where.startswith("/") else None,
        more={"subreddit": group} if group else {},
    )
