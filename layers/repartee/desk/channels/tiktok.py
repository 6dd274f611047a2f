"""TikTok: messages to a business account and comments on its videos, by the Business API.

Secret: `secret`, the application's secret. Credentials: `client_id`, `client_secret`,
`refresh_token`, `account`, the business's open id, `base`; after the sign-in `access_token`.

Not to be had for accounts of the EEA, Switzerland and the United Kingdom. Messages of people there
are announced without a word of them (`im_receive_msg_eu`).
https://developers.tiktok.com/doc/webhooks-overview
"""

import hmac
from collections.abc import Mapping, Set
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from desk import calls
from desk.channels.douyin import (
    signed_in as signed_in,
)
from desk.channels.usual import (
    acknowledge as acknowledge,
    clear as clear,
    handshake as handshake,
    poll as poll,
    polled as polled,
    prepare as prepare,
    prepared as prepared,
)
from desk.rulebook import Limit, Manner, Rate, RuleBook, Window
from desk.untrusted import identifier, moment, rows, table, text
from desk.verification import check_recent, header, same, seconds, values
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
    Undecodable,
    Unknown,
    read_json,
)

RULES = RuleBook(
    ways={
        # 150 characters is what the app takes.
        "reply": Manner((Limit(150, "characters"),)),
        # https://www.infobip.com/docs/tiktok/message-types; 48 hours and 10 a second are what
        # those who resell the API say. TikTok's own pages about it are behind a log-in.
        "message": Manner(
            limits=(Limit(6000, "characters"),),
            windows=(Window(frozenset({"message"}), 48 * 3600.0),),
            rates=(Rate(10, 1.0, "channel"),),
        ),
    },
    acknowledge=5.0,  # "at once": ours
    redelivers=72 * 3600.0,  # https://developers.tiktok.com/doc/webhooks-overview
)
HOOKS: Mapping[str, str] = {"secret": "the application's secret"}
TOKENS: Mapping[str, str] = {
    "client_id": "the application's id",
    "client_secret": "the application's secret",
    "refresh_token": "what the account's authorisation brought, good for a year",
    "account": "the account's open id, from the same authorisation: its business_id",
}
READS: Mapping[str, str] = {}

# What is not listed (authorisations, videos, referrals) asks for nothing.
EVENTS: Mapping[str, tuple[ItemType, ItemAction]] = {
    "im_receive_msg": ("message", "create"),
    "im_send_msg": ("message", "create"),
    "im_mark_read_msg": ("status", "none"),
    "comment.update": ("comment", "create"),
}
COMMENTED: Mapping[str, ItemAction] = {
    "insert": "create",
    "delete": "delete",
    "set_to_hidden": "hide",
    "set_to_friends_only": "hide",
    "set_to_public": "unhide",
}

# https://business-api.tiktok.com/portal/docs?id=1737172488964097
REFUSALS: Mapping[int, Refusal] = {
    40000: "permanent",
    40001: "permission",
    40002: "permanent",
    40006: "permission",
    40016: "rate_limited",
    40100: "rate_limited",
    40102: "token_invalid",
    40104: "token_invalid",
    40105: "token_invalid",
    40110: "token_invalid",
    40132: "rate_limited",
    40133: "rate_limited",
}
# https://developers.tiktok.com/doc/tiktok-api-v2-error-handling
WORDS: Mapping[str, Refusal] = {
    "access_token_invalid": "token_invalid",
    "scope_not_authorized": "permission",
    "scope_permission_missed": "permission",
    "rate_limit_exceeded": "rate_limited",
    "invalid_params": "permanent",
    "invalid_file_upload": "permanent",
}
PASSING = frozenset({50000, 50002, 51010, 51305})


def sign(stamp: str, body: bytes, secret: str) -> str:
    """The `s` of a signature: https://developers.tiktok.com/doc/webhooks-verification"""
    signed = stamp.encode() + b"." + body
    return hmac.digest(secret.encode("utf-8", "surrogatepass"), signed, sha256).hex()


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The body, if its HMAC is right and its time recent: the five minutes are ours."""
    given = header(request, "tiktok-signature")
    parts = dict(part.strip().partition("=")[::2] for part in given.split(","))
    stamp = parts.get("t", "")
    moment_signed = seconds(stamp, "t of tiktok-signature")
    signature = parts.get("s", "")
    if not any(
        [same(signature, sign(stamp, request.body, each)) for each in values(secret, "secret")]
    ):
        raise BadSignature("tiktok-signature does not match")
    check_recent(moment_signed, now, "t of tiktok-signature")
    return request.body


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """The one item of a delivery; raises Undecodable if it has no event, or a message no id."""
    given = read_json(body)
    event = text(given.get("event")) if isinstance(given, dict) else None
    if event is None:
        raise Undecodable("no event")
    content = given.get("content")
    known = (
        calls.json_object(content.encode("utf-8", "replace")) if isinstance(content, str) else None
    )
    known = known or table(content)
    account = identifier(given.get("user_openid"))
    if event == "comment.update":
        return [_commented(known, account, given.get("create_time"), own)]
    what, action = EVENTS.get(event, ("control", "none"))
    number = identifier(known.get("message_id"))
    if what == "message" and number is None:
        raise Undecodable(f"{event} without an id")
    author = identifier(table(known.get("from_user")).get("id"))
    ours = event == "im_send_msg" or (what == "message" and (author in own or author == account))
    kind = text(known.get("type"))
    return [
        Item(
            type=what,
            action=action,
            own=ours,
            reply_candidate=what == "message" and not ours,
            text=text(table(known.get("text")).get("body")),
            message_id=number,
            account_id=account,
            author_id=author,
            author_name=text(known.get("from")),
            conversation_id=identifier(known.get("conversation_id")),
            created_at=moment(known.get("timestamp"), 1000) or moment(given.get("create_time")),
            media=(kind,) if what == "message" and kind and kind != "text" else (),
            media_id=identifier(table(known.get(kind or "")).get("media_id")),
            event=event if what in ("control", "status") else None,
            recipient_id=identifier(table(known.get("to_user")).get("id")),
            more={"needs_fetch": True} if event == "im_receive_msg_eu" else {},
        )
    ]


def sign_in(credentials: Credentials) -> Outbound | None:
    """A call for an access token, which lives a day, by the refresh token.

    https://business-api.tiktok.com/portal/docs?id=1832184159540418
    """
    return calls.post(
        f"{_base(credentials)}/open_api/v1.3/tt_user/oauth2/refresh_token/",
        {
            "client_id": credentials["client_id"],
            "client_secret": credentials["client_secret"],
            "grant_type": "refresh_token",
            "refresh_token": credentials["refresh_token"],
        },
        {},
    )


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A message to the conversation, or an answer below a comment. There is no use for `key`.

    https://business-api.tiktok.com/portal/docs?id=1832184403754242
    """
    account = credentials.get("account") or to.account
    fields: dict[str, Any] = {"business_id": account}
    match to.way:
        case "message":
            call = "message/send"
            fields |= {
                "recipient_type": "CONVERSATION",
                "recipient": to.conversation,
                "message_type": "TEXT",
                "text": {"body": text},
            }
        case "reply":
            call = "comment/reply/create"
            fields |= {"video_id": to.conversation, "comment_id": to.message, "text": text}
        case _:
            raise KeyError(to.way)
    return calls.post(
        f"{_base(credentials)}/open_api/v1.3/business/{call}/",
        fields,
        {"access-token": credentials["access_token"]},
    )


def outcome(response: Response) -> Outcome:
    """What TikTok's answer proves.

    The Business API says a number with HTTP 200, the other API a word with the status that fits.
    """
    answer = calls.json_object(response.body) or {}
    code, error = answer.get("code"), table(answer.get("error"))
    said = text(answer.get("message")) or text(error.get("message")) or ""
    if response.status == 200 and type(code) is int:
        data = table(answer.get("data"))
        if code == 0:
            number = table(data.get("message")).get("message_id") or data.get("comment_id")
            return Sent(identifier(number) or "")
        reason = f"{code} {said}".strip()
        return _refused(REFUSALS.get(code), reason, passing=code in PASSING)
    word = text(error.get("code")) or ""
    kind = WORDS.get(word) if 400 <= response.status < 500 else None
    reason = f"HTTP {response.status} {word} {said}".strip()
    return _refused(kind, reason, passing=word == "internal_error")


def look_up(to: Address, credentials: Credentials) -> Outbound | None:
    """The call that lists the answers below a comment; None for a message, which nothing lists.

    https://business-api.tiktok.com/portal/docs?id=1762228494246913
    """
    if to.way != "reply":
        return None
    asked = {
        "business_id": credentials.get("account") or to.account,
        "video_id": to.conversation,
        "comment_id": to.message,
    }
    url = f"{_base(credentials)}/open_api/v1.3/business/comment/reply/list/?{urlencode(asked)}"
    return Outbound("GET", url, {"access-token": credentials["access_token"]}, b"")


def looked_up(response: Response, to: Address, text: str) -> str | Unknown | None:
    """The id of our answer, if it is listed. Lists are late and short: it may be there unlisted.

    Of each comment TikTok says whether the video's owner wrote it.
    """
    data = table((calls.json_object(response.body) or {}).get("data"))
    for comment in map(table, rows(data.get("comments"))):
        number = identifier(comment.get("comment_id"))
        if comment.get("owner") is True and comment.get("text") == text and number:
            return number
    return Unknown("not among the newest answers below that comment")


def check(credentials: Credentials) -> Outbound | None:
    """A question for the account's name, which changes nothing.

    https://business-api.tiktok.com/portal/docs?id=1739585696931842
    """
    asked = {"business_id": credentials.get("account", ""), "fields": '["username"]'}
    url = f"{_base(credentials)}/open_api/v1.3/business/get/?{urlencode(asked)}"
    return Outbound("GET", url, {"access-token": credentials["access_token"]}, b"")


def checked(response: Response) -> str | NotSent | Unknown:
    """Empty where the token is good for that account: its id was in the question."""
    found = outcome(response)
    return "" if isinstance(found, Sent) else found


def _refused(kind: Refusal | None, reason: str, passing: bool) -> NotSent | Unknown:
    if kind is None:
        return Unknown(reason, passing)
    soon = kind in ("rate_limited", "token_invalid")
    return NotSent(kind, reason, calls.USUAL_WAIT if soon else None)


def _commented(known: Mapping[str, Any], account: str | None, when: Any, own: Set[str]) -> Item:
    """What became of a comment. Ids are numbers there; a parent of 0 is none."""
    action = COMMENTED.get(text(known.get("comment_action")) or "")
    number = identifier(known.get("comment_id"))
    if number is None:
        raise Undecodable("comment.update without an id")
    author = identifier(known.get("unique_identifier"))
    video, above = identifier(known.get("video_id")), identifier(known.get("parent_comment_id"))
    reply = known.get("comment_type") == "reply"
    ours = author is not None and author in own
    words = text(known.get("text"))
    new = action == "create"
    return Item(
        type="control" if action is None else "reply" if reply else "comment",
        action=action or "none",
        own=ours,
        reply_candidate=new and not ours,
        text=words,
        message_id=number,
        parent_id=above if reply and above != "0" else video,
        account_id=account,
        author_id=author,
        conversation_id=video,
        created_at=moment(known.get("timestamp"), 1000) or moment(when),
        event="comment.update" if action is None else None,
        post_id=video,
        more={"needs_fetch": True} if new and words is None else {},
    )


def _base(credentials: Credentials) -> str:
    return (credentials.get("base") or "https://business-api.tiktok.com").rstrip("/")
