"""YouTube: uploads by WebSub, comments by asking, replies to comments as answers.

The hub pushes Atom and tells of uploads and changed titles, never of comments. Those are asked for
with an API key, and cost one unit of 10,000 a day; a reply costs 50.
https://developers.google.com/youtube/v3/guides/push_notifications
https://developers.google.com/youtube/v3/determine_quota_cost

Secret: `secret`, the hub.secret of the subscription, and `account`, the channel that it is for.
Credentials to post: `client_id`, `client_secret`, `refresh_token`, and then
`access_token`.
"""

import hmac
from collections.abc import Mapping, Set
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from desk import calls
from desk.channels.usual import (
    acknowledge as acknowledge,
    clear as clear,
    granted,
    look_up as look_up,
    looked_up as looked_up,
    prepare as prepare,
    prepared as prepared,
)
from desk.markup import plain
from desk.polling import Page, Poll
from desk.rulebook import Limit, Manner, RuleBook
from desk.untrusted import identifier, instant, link, rows, table, text
from desk.verification import same, values
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
    Undecodable,
    Unknown,
    read_json,
)

RULES = RuleBook(
    # The reference names commentTextTooLong and no figure; this is where users met it.
    ways={"reply": Manner((Limit(10_000, "characters"),))},
    acknowledge=10.0,  # not documented: ours
    redelivers=24 * 3600.0,  # WebSub leaves it to the hub: ours
)
HOOKS: Mapping[str, str] = {
    "secret": "the hub.secret that you subscribe with: long, random, yours to make",
    "account?": "the id of the YouTube channel that you subscribe to, UC…",
}
TOKENS: Mapping[str, str] = {
    "client_id": "of an OAuth client, in the Google Cloud console",
    "client_secret": "its secret",
    "refresh_token": "of the channel's owner, with the scope youtube.force-ssl",
    "account?": "the channel's id, UC…",
}
READS: Mapping[str, str] = {
    "key": "an API key, in the Google Cloud console",
    "account": "the channel's id, UC…",
    "every?": "seconds between two questions, if not 300",
}

# https://www.w3.org/TR/websub/#recognized-algorithms-for-x-hub-signature
ALGORITHMS = ("sha1", "sha256", "sha384", "sha512")
ATOM = "{http://www.w3.org/2005/Atom}"
YT = "{http://www.youtube.com/xml/schemas/2015}"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"

# https://developers.google.com/youtube/v3/docs/comments/insert#errors and
# https://developers.google.com/youtube/v3/docs/errors, by status
REFUSALS: Mapping[tuple[int, str], Refusal] = {
    (400, "commentTextRequired"): "permanent",
    (400, "commentTextTooLong"): "too_long",
    (400, "invalidCommentMetadata"): "permanent",
    (400, "operationNotSupported"): "permanent",
    (400, "parentCommentIsPrivate"): "permanent",
    (400, "parentIdMissing"): "permanent",
    (400, "parentCommentNotFound"): "permanent",
    (401, "authError"): "token_invalid",
    (401, "required"): "token_invalid",
    (401, "authorizationRequired"): "token_invalid",
    (401, "youtubeSignupRequired"): "permission",
    (403, "quotaExceeded"): "quota",
    (403, "dailyLimitExceeded"): "quota",
    (403, "rateLimitExceeded"): "rate_limited",
    (403, "userRateLimitExceeded"): "rate_limited",
    (403, "commentsDisabled"): "permanent",
    (403, "ineligibleAccount"): "permission",
    (403, "forbidden"): "permission",
    (403, "insufficientPermissions"): "permission",
    (403, "accessNotConfigured"): "permission",
    (403, "accountDelegationForbidden"): "permission",
    (403, "authenticatedUserNotChannel"): "permission",
    (403, "authenticatedUserAccountClosed"): "blocked",
    (403, "authenticatedUserAccountSuspended"): "blocked",
    (403, "channelClosed"): "blocked",
    (403, "channelSuspended"): "blocked",
    (404, "parentCommentNotFound"): "permanent",
    (404, "commentNotFound"): "permanent",
    (404, "videoNotFound"): "permanent",
    (404, "channelNotFound"): "permanent",
    (429, "rateLimitExceeded"): "rate_limited",
    (429, "RATE_LIMIT_EXCEEDED"): "rate_limited",
}


def sign(body: bytes, secret: str, algorithm: str = "sha1") -> str:
    """The signature that a hub puts on a push: https://www.w3.org/TR/websub/#signing-content"""
    return f"{algorithm}={hmac.new(secret.encode(), body, algorithm).hexdigest()}"


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The body of a push with the right signature; nothing for a GET, which asks for our consent.

    A hub wants 2xx for a bad signature as well, and the push ignored; and 404 for a subscription
    that we have not asked for, among them every end of one: somebody else may ask for that.
    https://www.w3.org/TR/websub/#signature-validation, #hub-verifies-intent
    """
    secrets = values(secret, "secret")
    if request.method == "GET":
        _check_intent(request.query, secret)
        return b""
    given = request.headers.get("x-hub-signature") or ""
    algorithm = given.partition("=")[0]
    if not given:
        raise BadSignature("x-hub-signature is missing", 200)
    if algorithm not in ALGORITHMS:
        raise BadSignature("x-hub-signature names no algorithm that we know", 200)
    if not any([same(given, sign(request.body, each, algorithm)) for each in secrets]):
        raise BadSignature("x-hub-signature does not match", 200)
    return request.body


def handshake(request: Inbound, secret: Secret) -> Answer | None:
    """The challenge of a verified GET."""
    return Answer(body=request.query["hub.challenge"]) if request.method == "GET" else None


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """Videos out of a push, comments out of what was asked for.

    Raises Undecodable for what is neither Atom nor a list of comments.
    """
    if body.lstrip()[:1] == b"<":
        return _videos(body, own)
    answer = read_json(body)
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        raise Undecodable("no list of items")
    items: list[Item] = []
    for row in map(table, answer["items"]):
        if row.get("kind") == "youtube#comment":
            items += _comment(row, {}, own)
            continue
        thread = table(row.get("snippet"))
        items += _comment(table(thread.get("topLevelComment")), thread, own)
        for reply in rows(table(row.get("replies")).get("comments")):
            items += _comment(table(reply), thread, own)
    if answer["items"] and not items:
        raise Undecodable("none of the items is a comment")
    return items


def sign_in(credentials: Credentials) -> Outbound | None:
    """https://developers.google.com/identity/protocols/oauth2/web-server#offline: not to read."""
    if "refresh_token" not in credentials:
        return None
    form = {
        "client_id": credentials["client_id"],
        "client_secret": credentials["client_secret"],
        "refresh_token": credentials["refresh_token"],
        "grant_type": "refresh_token",
    }
    base = credentials.get("base") or "https://oauth2.googleapis.com"
    return calls.form(f"{base.rstrip('/')}/token", form, {})


signed_in = granted


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A reply, which hangs from the thread's first comment, whichever it answers.

    KeyError for any other way. There is no repeating: `key` has no use here.
    https://developers.google.com/youtube/v3/docs/comments/insert
    """
    RULES.ways[to.way]
    return calls.post(
        f"{_base(credentials)}/comments?part=snippet",
        {"snippet": {"parentId": to.context or to.message, "textOriginal": text}},
        {"authorization": f"Bearer {credentials['access_token']}"},
    )


def outcome(response: Response) -> Outcome:
    """What the answer proves. https://developers.google.com/youtube/v3/docs/core_errors"""
    answer = calls.json_object(response.body)
    if answer is None:
        return Unknown(f"HTTP {response.status} without the API's JSON")
    number = identifier(answer.get("id"))
    if response.status == 200:
        return Sent(number) if number else Unknown("200 without a comment's id")
    error = table(answer.get("error"))
    first = table(next(iter(rows(error.get("errors"))), None))
    name = text(first.get("reason")) or ""
    reason = text(error.get("message")) or name or f"HTTP {response.status}"
    kind = REFUSALS.get((response.status, name))
    if name == "processingFailure":
        return Unknown(reason, passing=True)
    if kind is None:
        return Unknown(reason)
    seconds = calls.wait(response.headers.get("retry-after"))
    return NotSent(kind, reason, seconds if kind == "rate_limited" else None)


def poll(marks: Mapping[str, Mapping[str, str]], credentials: Credentials) -> tuple[Poll, ...]:
    """The channel's latest comment threads, with their first replies, newest first.

    https://developers.google.com/youtube/v3/docs/commentThreads/list
    """
    asked = {
        "part": "snippet,replies",
        "allThreadsRelatedToChannelId": credentials["account"],
        "order": "time",
        "maxResults": "50",
    }
    call = calls.get(
        f"{_base(credentials)}/commentThreads?{urlencode(asked)}",
        {"x-goog-api-key": credentials["key"]},
    )
    return (Poll("comments", call, calls.interval(credentials)),)


def polled(source: str, response: Response, marks: Mapping[str, str]) -> Page | NotSent | Unknown:
    """Fresh where a comment is newer than any that was seen. The first answer only marks the start:
    what was said before the desk was there stays as it is.
    """
    answer = calls.json_object(response.body)
    if response.status != 200 or answer is None or not isinstance(answer.get("items"), list):
        refused = outcome(response)
        return refused if isinstance(refused, NotSent | Unknown) else Unknown("no list of items")
    times = []
    for row in map(table, answer["items"]):
        snippet = table(row.get("snippet"))
        replies = rows(table(row.get("replies")).get("comments"))
        for comment in (snippet.get("topLevelComment"), *replies):
            said = table(table(comment).get("snippet"))
            times += [text(said.get("updatedAt")) or text(said.get("publishedAt")) or ""]
    newest = max([*times, marks.get("newest", "")], default="")
    fresh = "newest" in marks and newest > marks["newest"]
    return Page(fresh, {"newest": newest})


def check(credentials: Credentials) -> Outbound | None:
    """https://developers.google.com/youtube/v3/docs/channels/list, at one unit"""
    return calls.get(
        f"{_base(credentials)}/channels?part=id&mine=true",
        {"authorization": f"Bearer {credentials.get('access_token', '')}"},
    )


def checked(response: Response) -> str | NotSent | Unknown:
    """The channel's id."""
    answer = calls.json_object(response.body) or {}
    first = table(next(iter(rows(answer.get("items"))), None))
    if response.status == 200:
        return identifier(first.get("id")) or Unknown("the account has no channel")
    refused = outcome(response)
    return refused if isinstance(refused, NotSent | Unknown) else Unknown("no list of channels")


def _base(credentials: Credentials) -> str:
    return (credentials.get("base") or "https://www.googleapis.com/youtube/v3").rstrip("/")


def _check_intent(query: Mapping[str, str], secret: Secret) -> None:
    """Raises BadSignature unless a hub asks for the subscription that this channel is for."""
    try:
        topic = urlsplit(query.get("hub.topic", ""))
        channels = parse_qs(topic.query).get("channel_id", [])
    except ValueError:
        raise BadSignature("hub.topic is no address", 404) from None
    wanted = secret.get("account")
    if query.get("hub.mode") != "subscribe" or not query.get("hub.challenge"):
        raise BadSignature("a subscription that this channel has not asked for", 404)
    ours = topic.hostname in ("www.youtube.com", "youtube.com") and topic.path.endswith(
        "/feeds/videos.xml"
    )
    if not ours or len(channels) != 1 or (wanted and channels != [wanted]):
        raise BadSignature("hub.topic is not this channel's feed", 404)


def _videos(body: bytes, own: Set[str]) -> list[Item]:
    """The push does not say whether a video is new or was renamed: a known id tells later.

    What was taken away comes as RFC 6721 has it, with the author's address and no channel's id.
    """
    from desk.xml import tree

    root = tree(body)
    if root.tag != f"{ATOM}feed":
        raise Undecodable("no Atom feed")
    items = []
    for entry in root:
        gone = entry.tag == DELETED
        number = entry.get("ref", "").removeprefix("yt:video:") if gone else None
        number = text(number or entry.findtext(f"{YT}videoId"))
        if number is None:
            continue
        where = entry.find(f"{ATOM}link")
        who = entry.find("{*}by" if gone else f"{ATOM}author")
        page = "" if who is None else who.findtext(f"{ATOM}uri") or ""
        channel = text(entry.findtext(f"{YT}channelId")) or text(page.rpartition("/")[2])
        items.append(
            Item(
                type="post",
                action="delete" if gone else "create",
                own=channel in own,
                text=text(entry.findtext(f"{ATOM}title")),
                message_id=number,
                account_id=channel,
                author_id=channel,
                author_name=None if who is None else text(who.findtext(f"{ATOM}name")),
                conversation_id=number,
                created_at=instant(entry.get("when") or entry.findtext(f"{ATOM}published")),
                permalink=link(None if where is None else where.get("href")),
            )
        )
    return items


def _comment(comment: dict[str, Any], thread: dict[str, Any], own: Set[str]) -> list[Item]:
    """The item of a comment; none for what has no id. Edited ones bear a later `updatedAt`.

    https://developers.google.com/youtube/v3/docs/comments#resource
    """
    said, number = table(comment.get("snippet")), identifier(comment.get("id"))
    if number is None:
        return []
    author = identifier(table(said.get("authorChannelId")).get("value"))
    channel = identifier(thread.get("channelId")) or identifier(said.get("channelId"))
    parent = identifier(said.get("parentId"))
    first = parent or number
    created, changed = instant(said.get("publishedAt")), instant(said.get("updatedAt"))
    edited = changed is not None and created is not None and changed > created
    ours = author is not None and (author in own or author == channel)
    shown = text(said.get("textOriginal"))
    closed = thread.get("canReply") is False
    return [
        Item(
            type="comment",
            action="edit" if edited else "create",
            own=ours,
            reply_candidate=not (ours or edited or closed),
            text=shown or text(plain(text(said.get("textDisplay")) or "")),
            message_id=number,
            parent_id=parent,
            account_id=channel,
            author_id=author,
            author_name=text(said.get("authorDisplayName")),
            conversation_id=first,
            thread_id=first,
            created_at=created,
            edited_at=changed if edited else None,
            post_id=identifier(thread.get("videoId")) or identifier(said.get("videoId")),
            context=first,
        )
    ]
