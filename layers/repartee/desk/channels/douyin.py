"""Douyin (抖音): private messages to a certified business account, and comments on its videos.

Secret: `secret`, the application's client secret. Credentials: `client_key`, `refresh_token`,
`account`, the open_id of the account, `base`; after the sign-in `access_token`.
https://developer.open-douyin.com/docs/resource/zh-CN/dop/develop/webhooks/overview
"""

import json
from collections.abc import Mapping, Set
from datetime import datetime
from hashlib import sha1
from typing import Any
from urllib.parse import quote, urlencode

from desk import calls
from desk.channels.usual import (
    acknowledge as acknowledge,
    clear as clear,
    poll as poll,
    polled as polled,
    prepare as prepare,
    prepared as prepared,
)
from desk.rulebook import Limit, Manner, RuleBook, Window
from desk.untrusted import count, identifier, moment, rows, table, text
from desk.verification import header, same, values
from desk.wire import (
    Address,
    Answer,
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
    read_json,
)

RULES = RuleBook(
    ways={
        # Neither length is documented: both are ours, and careful.
        "reply": Manner((Limit(100, "characters"),)),
        # Six answers in the 24 hours that a message can be answered, as users of the API met it;
        # 28003070, 28003080 and 28003081 are real.
        "message": Manner(
            limits=(Limit(500, "characters"),),
            windows=(Window(frozenset({"message"}), 24 * 3600.0, texts=6),),
        ),
    },
    acknowledge=5.0,
    # https://developer.open-douyin.com, get-permission-token: of the refresh token
    token_life=30 * 86_400.0,
    redelivers=3600.0,  # three more tries, at times that are not documented
)
HOOKS: Mapping[str, str] = {"secret": "the application's Client Secret"}
TOKENS: Mapping[str, str] = {
    "client_key": "the application's Client Key",
    "refresh_token": "what the account's authorisation brought, good for 30 days",
    "account": "the account's open_id, from the same authorisation",
}
READS: Mapping[str, str] = {}

# https://developer.open-douyin.com/docs/resource/zh-CN/dop/develop/openapi/search-management/private-message/private-msg-webhook
# What is not listed (entering a conversation, groups, authorisations, videos) asks for nothing.
EVENTS: Mapping[str, tuple[ItemType, ItemAction]] = {
    "im_receive_msg": ("message", "create"),
    "im_send_msg": ("message", "create"),
    "im_recall_msg": ("message", "delete"),
    "item_comment_reply": ("comment", "create"),
}

# https://developer.open-douyin.com/docs/resource/zh-CN/dop/develop/openapi/status-code/
REFUSALS: Mapping[int, Refusal] = {
    10008: "token_invalid",
    10010: "token_invalid",
    2100005: "permanent",
    2100007: "permission",
    2100009: "blocked",
    2190001: "quota",
    2190002: "token_invalid",
    2190004: "permission",
    2190008: "token_invalid",
    2190015: "token_invalid",  # of another account
    28001003: "token_invalid",
    28001007: "permanent",
    28001008: "token_invalid",
    28001012: "permission",
    28001014: "permission",
    28001016: "blocked",
    28001018: "permission",
    28001019: "blocked",
    28001038: "permanent",
    28003017: "quota",
    28003018: "rate_limited",
    28003070: "window_closed",
    28003080: "window_closed",
    28003081: "window_closed",
    28003082: "permanent",  # the message is another person's, or our own
    28003095: "permission",  # answers of the workbench's own are switched on
    28003101: "permanent",
    28029004: "blocked",
}
# Out of order or too busy: none says how far the call came.
PASSING = frozenset({2100001, 2100004, 28001005, 28001006})
TRANSIENT = frozenset({10008, 2190002, 2190008, 28001003, 28001008, 28003018})


def sign(body: bytes, secret: str) -> str:
    """The signature that Douyin puts on a delivery: a plain hash of the secret and the body."""
    return sha1(secret.encode("utf-8", "surrogatepass") + body).hexdigest()


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The body, if its hash is right. Douyin signs no time, so that `now` plays no part."""
    given = header(request, "x-douyin-signature")
    if not any([same(given, sign(request.body, each)) for each in values(secret, "secret")]):
        raise BadSignature("x-douyin-signature does not match")
    return request.body


def handshake(request: Inbound, secret: Secret) -> Answer | None:
    """The challenge of a verify_webhook, as the number or the word that it was."""
    given = calls.json_object(request.body) or {}
    if request.method != "POST" or given.get("event") != "verify_webhook":
        return None
    challenge = content_of(given).get("challenge")
    if not isinstance(challenge, int | str) or len(str(challenge)) > 128:
        return None
    body = json.dumps({"challenge": challenge}, separators=(",", ":"))
    return Answer(body=body, content_type="application/json; charset=utf-8")


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """The one item of a delivery; raises Undecodable if it has no event, or a message no id."""
    given = read_json(body)
    event = text(given.get("event")) if isinstance(given, dict) else None
    if event is None:
        raise Undecodable("no event")
    content = content_of(given)
    what, action = EVENTS.get(event, ("control", "none"))
    comment = what == "comment"
    number = identifier(content.get("comment_id" if comment else "server_message_id"))
    if what != "control" and number is None:
        raise Undecodable(f"{event} without an id")
    sender, receiver = identifier(given.get("from_user_id")), identifier(given.get("to_user_id"))
    author = identifier(content.get("comment_user_id")) or sender if comment else sender
    above = identifier(content.get("reply_to_comment_id")) if comment else None
    post = identifier(content.get("reply_to_item_id")) if comment else None
    echo = event == "im_send_msg"
    ours = echo or (author in own)
    kind = text(content.get("message_type"))
    conversation = identifier(content.get("conversation_short_id"))
    return [
        Item(
            type="reply" if above not in (None, "0", post) else what,
            action=action,
            own=ours,
            reply_candidate=what in ("message", "comment") and action == "create" and not ours,
            text=text(content.get("content" if comment else "text")),
            event_id=headers.get("msg-id") or identifier(given.get("msg_id")),
            message_id=number,
            parent_id=(above if above != "0" else None) or post,
            account_id=sender if echo else receiver,
            author_id=author,
            author_name=_name(content, author),
            conversation_id=post if comment else conversation,
            created_at=_when(content.get("create_time")),
            media=(kind,) if what == "message" and kind and kind != "text" else (),
            event=event if what == "control" else None,
            post_id=post,
            recipient_id=receiver,
        )
    ]


def sign_in(credentials: Credentials) -> Outbound | None:
    """A call for an access token by the refresh token.

    https://developer.open-douyin.com/docs/resource/zh-CN/dop/develop/openapi/account-permission/refresh-access-token
    """
    return calls.form(
        f"{_base(credentials)}/oauth/refresh_token/",
        {
            "client_key": credentials["client_key"],
            "grant_type": "refresh_token",
            "refresh_token": credentials["refresh_token"],
        },
        {},
    )


def signed_in(response: Response, credentials: Credentials) -> SignedIn | None:
    """The credentials with `access_token`, its life in seconds, and a refresh token that is new."""
    data = table((calls.json_object(response.body) or {}).get("data"))
    token, life = text(data.get("access_token")), count(data.get("expires_in"))
    if response.status != 200 or token is None or not life:
        return None
    fresh = text(data.get("refresh_token"))
    keep = {"refresh_token": fresh} if fresh and fresh != credentials.get("refresh_token") else {}
    return SignedIn({**credentials, **keep, "access_token": token}, float(life), keep)


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """An answer to a private message, or one below a comment. Douyin has no use for `key`.

    https://developer.open-douyin.com/docs/resource/zh-CN/dop/develop/openapi/search-management/private-message/send-private-message
    https://developer.open-douyin.com/docs/resource/zh-CN/dop/develop/openapi/interaction-management/comment-management-enterprise/reply-comment
    """
    account = quote(credentials.get("account") or to.account, safe="")
    fields: dict[str, Any]
    match to.way:
        case "message":
            path = "/im/send/msg/"
            fields = {
                "msg_id": to.message,
                "conversation_id": to.conversation,
                "to_user_id": to.author,
                "content": {"msg_type": 1, "text": {"text": text}},
                "scene": "im_reply_msg",
            }
        case "reply":
            path = "/video/comment/reply/"
            fields = {"item_id": to.conversation, "comment_id": to.message, "content": text}
        case _:
            raise KeyError(to.way)
    return calls.post(
        f"{_base(credentials)}{path}?open_id={account}",
        fields,
        {"access-token": _token(credentials)},
    )


def outcome(response: Response) -> Outcome:
    """What Douyin's answer proves. Its errors come with HTTP 200, in `data` and in `extra`."""
    answer = calls.json_object(response.body) or {}
    data, extra = table(answer.get("data")), table(answer.get("extra"))
    found = [part["error_code"] for part in (data, extra) if type(part.get("error_code")) is int]
    if response.status != 200 or not found:
        return Unknown(f"HTTP {response.status} without an error_code")
    code = next((code for code in found if code), 0)
    if code == 0:
        numbers = answer.get("msg_id"), data.get("msg_id"), data.get("comment_id")
        return Sent(next((known for known in map(identifier, numbers) if known), ""))
    said = text(data.get("description")) or text(extra.get("description")) or ""
    reason = f"{code} {said}".strip()
    kind = REFUSALS.get(code)
    if kind is None:
        return Unknown(reason, passing=code in PASSING)
    return NotSent(kind, reason, calls.USUAL_WAIT if code in TRANSIENT else None)


def look_up(to: Address, credentials: Credentials) -> Outbound | None:
    """The call that lists the answers below a comment; None for a message, which nothing lists.

    https://developer.open-douyin.com/docs/resource/zh-CN/dop/develop/openapi/interaction-management/comment-management-enterprise/comment-reply-list
    """
    if to.way != "reply":
        return None
    asked = {
        "open_id": credentials.get("account") or to.account,
        "item_id": to.conversation,
        "comment_id": to.message,
        "count": "20",
    }
    url = f"{_base(credentials)}/video/comment/reply/list/?{urlencode(asked)}"
    return Outbound("GET", url, {"access-token": _token(credentials)}, b"")


def looked_up(response: Response, to: Address, text: str) -> str | Unknown | None:
    """The id of our answer, if it is listed. Lists are late and short: it may be there unlisted."""
    data = table((calls.json_object(response.body) or {}).get("data"))
    for comment in map(table, rows(data.get("list"))):
        number = identifier(comment.get("comment_id"))
        mine = to.account != "" and comment.get("comment_user_id") == to.account
        if mine and comment.get("content") == text and number:
            return number
    return Unknown("not among the newest answers below that comment")


def check(credentials: Credentials) -> Outbound | None:
    """Whose token it is.

    https://developer.open-douyin.com/docs/resource/zh-CN/dop/develop/openapi/account-management/get-account-open-info
    """
    asked = {
        "open_id": credentials.get("account", ""),
        "access_token": credentials["access_token"],
    }
    return calls.form(f"{_base(credentials)}/oauth/userinfo/", asked, {})


def checked(response: Response) -> str | NotSent | Unknown:
    """The account's open_id."""
    found = outcome(response)
    if not isinstance(found, Sent):
        return found
    data = table((calls.json_object(response.body) or {}).get("data"))
    return identifier(data.get("open_id")) or Unknown("no open_id")


def content_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a delivery: a JSON object, or the text of one."""
    content = given.get("content")
    if isinstance(content, str):
        return calls.json_object(content.encode("utf-8", "replace")) or {}
    return table(content)


def _name(content: Mapping[str, Any], author: str | None) -> str | None:
    for known in map(table, rows(content.get("user_infos"))):
        if author is not None and identifier(known.get("open_id")) == author:
            return text(known.get("nick_name"))
    return None


def _when(value: Any) -> datetime | None:
    """In milliseconds for messages, in seconds for comments: no comment is of the year 5138."""
    number = count(value)
    return moment(number, 1000 if number is not None and number > 10**11 else 1)


def _token(credentials: Credentials) -> str:
    return quote(credentials["access_token"], safe="")


def _base(credentials: Credentials) -> str:
    return (credentials.get("base") or "https://open.douyin.com").rstrip("/")
