"""X: webhooks of its Activity API and of the older Account Activity API, posts and direct messages.

Secret: `secret`, the app's API key secret. Credentials: `refresh_token` and `client_id`; after the
sign-in `access_token`.

On self-serve plans an answer is taken only by who named or quoted the account, and X wants to
approve answers that a machine has written beforehand.
https://docs.x.com/changelog and https://docs.x.com/developer-guidelines
"""

import base64
import hmac
import re
from collections.abc import Mapping, Set
from hashlib import sha256
from html import unescape
from typing import Any
from unicodedata import normalize
from urllib.parse import quote, urlencode

from desk import calls
from desk.channels import x_events
from desk.channels.usual import (
    acknowledge as acknowledge,
    clear as clear,
    prepare as prepare,
    prepared as prepared,
)
from desk.polling import SOURCE, Page, Poll
from desk.rulebook import Limit, Manner, Rate, RuleBook
from desk.untrusted import count, identifier, rows, table, text
from desk.verification import header, parameter, same, values
from desk.wire import (
    Address,
    Answer,
    BadSignature,
    Credentials,
    Inbound,
    Item,
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
    read_json,
)

# https://docs.x.com/fundamentals/counting-characters
_POST = (Limit(280, "weighted"),)
# https://docs.x.com/x-api/fundamentals/rate-limits: the plain limits, of a user and of an app
_POSTS = (Rate(100, 900.0, "channel"), Rate(10_000, 86_400.0, "channel"))
# https://docs.x.com/x-api/direct-messages/manage/introduction
_DIRECT = Manner(
    (Limit(10_000, "characters"),),
    rates=(Rate(15, 900.0, "channel"), Rate(1_440, 86_400.0, "channel")),
)
RULES = RuleBook(
    ways={
        "reply": Manner(_POST, rates=_POSTS, summoned=True),
        "private": _DIRECT,
        "message": _DIRECT,
        "post": Manner(_POST, rates=_POSTS),
    },
    acknowledge=10.0,  # https://docs.x.com/x-api/webhooks/introduction
    redelivers=24 * 3600.0,  # a replay that we ask for reaches so far back
)
HOOKS: Mapping[str, str] = {"secret": "the app's API key secret, on its page Keys and tokens"}
TOKENS: Mapping[str, str] = {
    "client_id": "the app's OAuth 2.0 client id",
    "client_secret?": "its client secret, where the app is a confidential client",
    "refresh_token": "what the account's consent has brought, with the scope offline.access",
    "account?": "the account's numeric id",
}
READS: Mapping[str, str] = {
    "token": "the app's bearer token",
    "account": "the account's numeric id",
}

# Only such are answered: whoever could have us sign a body of JSON could then post it as X's own.
_CRC_TOKEN = re.compile(r"[A-Za-z0-9_+/=.~-]{1,512}")
_FIELDS = {
    "tweet.fields": "author_id,conversation_id,created_at,display_text_range,"
    "edit_history_tweet_ids,entities,lang,referenced_tweets",
    "expansions": "author_id",
    "user.fields": "name,username,verified,public_metrics",
}
_EVERY = 900.0
"""Seconds between two polls: they only find what no webhook has brought."""

# What the words of a 403 or a 400 prove: https://docs.x.com/x-api/fundamentals/response-codes-and-errors
REFUSALS: tuple[tuple[str, Refusal], ...] = (
    ("duplicate content", "duplicate"),
    ("too long", "too_long"),
    ("a bit shorter", "too_long"),
    ("suspended", "blocked"),
    ("temporarily locked", "blocked"),
    ("not permitted", "permission"),
    ("not allowed", "permission"),
    ("forbidden", "permission"),
    ("unsupported authentication", "permission"),
    ("deleted or not visible", "permanent"),
    ("cannot send messages", "permanent"),
)
PROBLEMS: Mapping[str, Refusal] = {
    "invalid-request": "permanent",
    "resource-not-found": "permanent",
    "not-authorized-for-resource": "permission",
    "client-forbidden": "permission",
    "usage-capped": "quota",
    "credits": "quota",
}


def sign(body: bytes, secret: str) -> str:
    """The signature that X puts on a delivery, and that answers its challenge.

    https://docs.x.com/x-api/webhooks/quickstart
    """
    return "sha256=" + base64.b64encode(hmac.digest(secret.encode(), body, sha256)).decode()


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The body, if its HMAC is right; X signs no time. A challenge needs no signature of its own.

    Raises BadSignature with 400 for a GET that brings no challenge, or one that is no token.
    """
    known = values(secret, "secret")
    if request.method == "GET":
        try:
            challenge = parameter(request, "crc_token")
        except BadSignature as missing:
            raise BadSignature(str(missing), 400) from None
        if not _CRC_TOKEN.fullmatch(challenge):
            raise BadSignature("crc_token is not a token", 400)
        return b""
    given = header(request, "x-twitter-webhooks-signature")
    if not given.startswith("sha256="):
        raise BadSignature("x-twitter-webhooks-signature does not begin with sha256=")
    if not any([same(given, sign(request.body, each)) for each in known]):
        raise BadSignature("x-twitter-webhooks-signature does not match")
    return request.body


def handshake(request: Inbound, secret: Secret) -> Answer | None:
    """The response to a challenge, which X sends about every hour."""
    if request.method != "GET":
        return None
    token = sign(parameter(request, "crc_token").encode(), values(secret, "secret")[0])
    return Answer(200, f'{{"response_token":"{token}"}}', "application/json")


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """The items of a delivery of either API, or of a page of mentions that was polled.

    Raises Undecodable for what is none of the three.
    """
    delivery = read_json(body)
    if not isinstance(delivery, dict):
        raise Undecodable("not an object")
    source, _, account = headers.get(SOURCE, "").partition(":")
    if source == "mentions":
        return x_events.page(delivery, account or None, own)
    event = table(delivery.get("data"))
    if text(event.get("event_type")):
        return x_events.activity(event, own)
    return x_events.account_activity(delivery, own)


def sign_in(credentials: Credentials) -> Outbound | None:
    """A call that exchanges the refresh token, which is good once.

    https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token
    """
    if not credentials.get("refresh_token"):
        return None
    form = {
        "grant_type": "refresh_token",
        "refresh_token": credentials["refresh_token"],
        "client_id": credentials["client_id"],
    }
    headers = {"content-type": "application/x-www-form-urlencoded"}
    if secret := credentials.get("client_secret"):
        pair = f"{credentials['client_id']}:{secret}".encode()
        headers["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return Outbound(
        "POST", f"{_base(credentials)}/2/oauth2/token", headers, urlencode(form).encode()
    )


def signed_in(response: Response, credentials: Credentials) -> SignedIn | None:
    """The credentials with `access_token`, its life, and the next refresh token to keep."""
    answer = calls.json_object(response.body) or {}
    token, life = text(answer.get("access_token")), count(answer.get("expires_in"))
    if response.status != 200 or token is None or not life:
        return None
    renewed = text(answer.get("refresh_token"))
    keep = {"refresh_token": renewed} if renewed else {}
    return SignedIn({**credentials, **keep, "access_token": token}, float(life), keep)


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A post below the one that is answered, a post of our own, or a direct message.

    X has no idempotency key: the same text again is refused as duplicate content.
    https://docs.x.com/x-api/posts/create-post
    """
    fields: dict[str, Any] = {"text": text}
    match to.way:
        case "reply":
            path = "/2/tweets"
            fields["reply"] = {"in_reply_to_tweet_id": to.message}
        case "post":
            path = "/2/tweets"
        case "message" | "private":
            person = quote(to.author or to.conversation, safe="")
            path = f"/2/dm_conversations/with/{person}/messages"
    return calls.post(_base(credentials) + path, fields, _bearer(credentials["access_token"]))


def outcome(response: Response) -> Outcome:
    """What X's answer proves; what it refuses as duplicate content is there already, or was once.

    https://docs.x.com/x-api/fundamentals/response-codes-and-errors
    """
    answer = calls.json_object(response.body)
    if answer is None:
        return Unknown(f"HTTP {response.status} without X's JSON")
    if response.status in (200, 201):
        listed = rows(answer.get("data"))
        data = table(listed[0] if listed else answer.get("data"))
        number = identifier(data.get("id")) or identifier(data.get("dm_event_id"))
        return Sent(number) if number else Unknown(f"HTTP {response.status} without an id")
    return _refused(response, answer)


def look_up(to: Address, credentials: Credentials) -> Outbound | None:
    """Our latest posts, or the conversation's latest messages; None without the account's id.

    https://docs.x.com/x-api/users/get-posts and …/direct-messages/get-dm-events
    """
    account = credentials.get("account") or to.account
    if to.way in ("message", "private"):
        path = f"/2/dm_conversations/with/{quote(to.author or to.conversation, safe='')}/dm_events"
        fields = {"dm_event.fields": "sender_id,text", "event_types": "MessageCreate"}
    else:
        path = f"/2/users/{quote(account, safe='')}/tweets"
        fields = {"tweet.fields": "author_id,entities,referenced_tweets"}
    if not account:
        return None
    query = urlencode({"max_results": 50, **fields})
    headers = _bearer(credentials["access_token"])
    return Outbound("GET", f"{_base(credentials)}{path}?{query}", headers, b"")


def looked_up(response: Response, to: Address, text: str) -> str | Unknown | None:
    """The id of what we said with these words in that place.

    Unknown where a post of ours answers the same one with a link that was shortened: its words
    cannot be compared.
    """
    answer = calls.json_object(response.body)
    if answer is None or response.status != 200 or answer.get("errors"):
        return Unknown(f"HTTP {response.status}")
    for row in map(table, rows(answer.get("data"))):
        if to.way in ("message", "private"):
            here = identifier(row.get("sender_id")) not in (None, to.author)
        else:
            here = to.way == "post" or x_events.referenced(row, "replied_to") == to.message
        if not here:
            continue
        if _words(row) == " ".join(text.split()):
            return identifier(row.get("id"))
        if to.way == "reply" and "https://t.co/" in str(row.get("text")):
            return Unknown("a post of ours with a link answers it")
    return None


def poll(marks: Mapping[str, Mapping[str, str]], credentials: Credentials) -> tuple[Poll, ...]:
    """Who has named us since: only what the webhooks of the Activity API have not brought.

    https://docs.x.com/x-api/users/get-mentions
    """
    account = credentials["account"]
    source = f"mentions:{account}"
    known = marks.get(source, {})
    query = {"max_results": "100", **_FIELDS}
    if known.get("since_id"):
        query["since_id"] = known["since_id"]
    if known.get("next_token"):
        query["pagination_token"] = known["next_token"]
    url = f"{_base(credentials)}/2/users/{quote(account, safe='')}/mentions?{urlencode(query)}"
    call = Outbound("GET", url, _bearer(credentials["token"]), b"")
    return (Poll(source, call, _EVERY, pushed=True, fastest=_EVERY),)


def polled(source: str, response: Response, marks: Mapping[str, str]) -> Page | NotSent | Unknown:
    """A page of mentions, newest first. The first of all only says where to begin.

    `since_id` moves on when the last page of a round is there, so that none of them is skipped.
    """
    answer = calls.json_object(response.body)
    if answer is None or response.status != 200:
        return _refused(response, answer or {})
    meta = table(answer.get("meta"))
    newest = marks.get("newest_id") or identifier(meta.get("newest_id")) or marks.get("since_id")
    following = text(meta.get("next_token"))
    before = marks.get("since_id")
    if before is None:
        # "0" where nobody has named us yet: the next one is then new.
        return Page(False, {"since_id": newest or "0"})
    fresh = bool(rows(answer.get("data")))
    if following is None:
        return Page(fresh, {"since_id": newest or before})
    return Page(fresh, {"since_id": before, "newest_id": newest or "", "next_token": following})


def check(credentials: Credentials) -> Outbound | None:
    """Who we are; None for an app's own token, which is of nobody.

    https://docs.x.com/x-api/users/get-my-user
    """
    if "access_token" not in credentials:
        return None
    headers = _bearer(credentials["access_token"])
    return Outbound("GET", f"{_base(credentials)}/2/users/me", headers, b"")


def checked(response: Response) -> str | NotSent | Unknown:
    """The account's numeric id."""
    answer = calls.json_object(response.body) or {}
    number = identifier(table(answer.get("data")).get("id"))
    return number if response.status == 200 and number else _refused(response, answer)


def _words(post: dict[str, Any]) -> str:
    """What a post of ours says, as we wrote it: links whole, without the names put before it."""
    said = text(post.get("text")) or ""
    for link in map(table, rows(table(post.get("entities")).get("urls"))):
        short, whole = text(link.get("url")), text(link.get("expanded_url"))
        if short and whole:
            said = said.replace(short, whole)
    parts = normalize("NFC", unescape(said)).split()
    if x_events.referenced(post, "replied_to"):
        while parts and parts[0].startswith("@"):
            parts = parts[1:]
    return " ".join(parts)


def _refused(response: Response, answer: dict[str, Any]) -> NotSent | Unknown:
    """What an answer other than a success proves, by the problem that it names."""
    title, detail = text(answer.get("title")) or "", text(answer.get("detail")) or ""
    problem = (text(answer.get("type")) or "").rpartition("/")[2]
    reason = f"{title}: {detail}" if detail and detail != title else title
    status, said = response.status, reason.lower()
    if not reason or not 400 <= status < 500:
        return Unknown(f"HTTP {status} {reason}".strip(), passing=status >= 500)
    if problem in PROBLEMS:
        return NotSent(PROBLEMS[problem], reason)
    match status:
        case 400 | 403:
            for part, kind in REFUSALS:
                if part in said:
                    return NotSent(kind, reason)
        case 401 if title == "Unauthorized":
            return NotSent("token_invalid", reason)
        case 402:
            return NotSent("quota", reason)
        case 429:
            return NotSent("rate_limited", reason, _wait(response.headers))
    return Unknown(f"HTTP {status} {reason}")


def _wait(headers: Mapping[str, str]) -> float:
    """Seconds to the end of the rate limit's window: X names the moment, and its own clock."""
    if "retry-after" in headers:
        return calls.wait(headers["retry-after"])
    reset, moment = headers.get("x-rate-limit-reset", ""), headers.get("date", "")
    # Not above, as the webhook function imports this module cold.
    from email.utils import parsedate_to_datetime

    try:
        return calls.wait(int(reset[:20]) - parsedate_to_datetime(moment).timestamp())
    except (ValueError, OverflowError):
        return calls.wait(None)


def _base(credentials: Credentials) -> str:
    return (credentials.get("base") or "https://api.x.com").rstrip("/")


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
