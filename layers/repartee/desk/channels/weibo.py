"""Weibo (微博): private messages by 粉丝服务 pushes, comments and mentions by polling.

Secret: `secret`, the App Secret. A push signs its query and not its body: whoever learns one valid
query can send anything for five minutes. Credentials: `access_token`, `rip`, the public address
that our calls come from, `base`.
https://open.weibo.com/wiki/Receive_General_Message
"""

import json
from collections.abc import Mapping, Set
from typing import Any
from urllib.parse import urlencode

from desk import calls
from desk.channels.usual import (
    acknowledge as acknowledge,
    clear as clear,
    prepare as prepare,
    prepared as prepared,
    sign_in as sign_in,
    signed_in as signed_in,
)
from desk.polling import SOURCE, Page, Poll
from desk.rulebook import Limit, Manner, Opening, RuleBook, Window
from desk.sealed import echoed, sign
from desk.untrusted import count, dated, flag, identifier, moment, rows, table, text
from desk.verification import check_recent, parameter, same, values
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
    Undecodable,
    Unknown,
    read_json,
)
from desk.xml import fields

DAY = 24 * 3600.0
RULES = RuleBook(
    ways={
        # https://open.weibo.com/wiki/2/comments/reply
        "reply": Manner((Limit(140, "halves"),)),
        # https://open.weibo.com/wiki/2/messages/reply: less than 300 Chinese characters
        "message": Manner(
            limits=(Limit(299, "halves"),),
            windows=(
                Window(frozenset({"message", "follow", "menu", "scan"}), 2 * DAY),
                Window(frozenset({"mention"}), 2 * DAY, texts=1),
            ),
        ),
    },
    acknowledge=5.0,
    # https://open.weibo.com/wiki/2/messages/reply
    token_life=365 * 86_400.0,
    redelivers=15.0,
    signs_body=False,
)
HOOKS: Mapping[str, str] = {"secret": "the App Secret, which signs the pushes of 粉丝服务"}
TOKENS: Mapping[str, str] = {
    "access_token": "an access token of the account, good for a year",
    "rip": "the public IP address that the desk's calls come from: Weibo demands it",
    "account?": "the account's uid",
}
READS: Mapping[str, str] = {"access_token": "the same access token"}

# https://open.weibo.com/wiki/Receive_General_Message, with what is attached
MESSAGES = {"text": "", "position": "location", "location": "location", "voice": "voice",
            "image": "image"}  # fmt: skip
EVENTS: Mapping[str, tuple[ItemType, ItemAction]] = {
    "follow": ("follow", "create"),
    "unfollow": ("follow", "delete"),
    "subscribe": ("follow", "create"),
    "unsubscribe": ("follow", "delete"),
    "scan_follow": ("follow", "create"),
    "scan": ("interaction", "create"),
    "menu": ("interaction", "create"),
    "click": ("interaction", "create"),
    "view": ("interaction", "create"),
    "mention": ("mention", "create"),
}
OPENINGS: Mapping[str, Opening] = {
    "menu": "menu",
    "click": "menu",
    "scan": "scan",
    "scan_follow": "scan",
}

# What each source asks for, in what its answer lists it, and what an entry is.
SOURCES: Mapping[str, tuple[str, str, ItemType]] = {
    "comments": ("comments/to_me", "comments", "comment"),
    "mentions": ("comments/mentions", "comments", "mention"),
    "statuses": ("statuses/mentions", "statuses", "mention"),
}
EVERY = 60.0
PAGE = 50

# https://open.weibo.com/wiki/Error_code
_REFUSED: Mapping[Refusal, tuple[int, ...]] = {
    "permanent": (
        10006, 10007, 10008, 10012, 10013, 10016, 10017, 10020, 10021, 20003, 20008, 20021, 20101,
        20201, 20502,
    ),
    "permission": (10004, 10005, 10014, 10015, 20033, 20112, 20206, 20207, 21321),
    "too_long": (10018, 20012, 20013),
    "rate_limited": (10022, 10023, 10024, 20016),
    "window_closed": (26403,),  # of a private message: answered before, or too late
    "duplicate": (20017, 20019, 20111),
    "token_invalid": (21301, 21314, 21315, 21316, 21317, 21319, 21327, 21332, 21501),
}  # fmt: skip
REFUSALS = {code: kind for kind, codes in _REFUSED.items() for code in codes}
# Out of order, too busy, timed out: none says how far the call came.
PASSING = frozenset({10001, 10002, 10003, 10009, 10010, 10011})


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The body of a push; nothing for a GET, which is a handshake and carries nothing.

    The signature leaves the body out. The five minutes that a timestamp is good are ours.
    """
    timestamp, nonce = parameter(request, "timestamp"), parameter(request, "nonce")
    given = parameter(request, "signature")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 15):
        raise BadSignature("timestamp is not a time in whole milliseconds")
    secrets = values(secret, "secret")
    if not any([same(given, sign(each, timestamp, nonce)) for each in secrets]):
        raise BadSignature("signature does not match")
    check_recent(int(timestamp) // 1000, now, "timestamp")
    return b"" if request.method == "GET" else request.body


def handshake(request: Inbound, secret: Secret) -> Answer | None:
    """The echostr of a verified GET, if it is one that cannot be read as a page."""
    return echoed(request)


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """The one item of a push in JSON or XML, or those of a page that was polled, oldest first.

    Raises Undecodable if it is neither. Pushes have no id: who, when and what tell them apart.
    """
    if source := headers.get(SOURCE):
        _, name, kind = SOURCES.get(source, ("", "", "mention"))
        page = read_json(body)
        listed = page.get(name) if isinstance(page, dict) else None
        if not isinstance(listed, list):
            raise Undecodable(f"no list of {name or source}")
        entries = [table(entry) for entry in reversed(listed)]
        return [_entry(entry, kind, own) for entry in entries if identifier(entry.get("id"))]
    pushed = _of_xml(body) if body.lstrip()[:1] == b"<" else read_json(body)
    given = text(pushed.get("type")) if isinstance(pushed, dict) else None
    if given is None:
        raise Undecodable("no type")
    return [_pushed(table(pushed), given.lower(), own)]


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A private message, or a comment below a comment or a post. Weibo has no use for `key`.

    https://open.weibo.com/wiki/2/messages/reply https://open.weibo.com/wiki/2/comments/reply
    """
    token = {"access_token": credentials["access_token"]}
    if to.way == "message":
        base = credentials.get("base") or "https://m.api.weibo.com"
        said = json.dumps({"text": text}, ensure_ascii=False)
        return calls.form(
            f"{base.rstrip('/')}/2/messages/reply.json",
            token
            | {"type": "text", "data": said, "save_sender_box": "1"}
            | {"receiver_id": to.author or to.conversation},
            {},
        )
    if to.way not in RULES.ways:
        raise KeyError(to.way)
    what = (
        {"id": to.message} if to.context == "status" else {"cid": to.message, "id": to.conversation}
    )
    call = "create" if to.context == "status" else "reply"
    return calls.form(
        f"{_base(credentials)}/2/comments/{call}.json",
        token | what | {"comment": text, "rip": credentials["rip"]},
        {},
    )


def outcome(response: Response) -> Outcome:
    """What Weibo's answer proves. An error_code is a number here and a string there."""
    answer = calls.json_object(response.body)
    if answer is None:
        return Unknown(f"HTTP {response.status} without Weibo's JSON")
    if response.status == 200 and "error_code" not in answer:
        number = identifier(answer.get("id"))
        if number or answer.get("result") is True:
            return Sent(number or "")
    given = identifier(answer.get("error_code")) or ""
    code = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0
    reason = f"{given} {text(answer.get('error')) or ''}".strip() or f"HTTP {response.status}"
    kind = REFUSALS.get(code)
    if kind is None or not 400 <= response.status < 500:
        return Unknown(reason, passing=code in PASSING)
    return NotSent(kind, reason, calls.USUAL_WAIT if kind == "rate_limited" else None)


def look_up(to: Address, credentials: Credentials) -> Outbound | None:
    """The call that lists our latest comments; None for a private message, which nothing lists.

    https://open.weibo.com/wiki/2/comments/by_me
    """
    if to.way != "reply":
        return None
    return _get("comments/by_me", {"count": str(PAGE)}, credentials)


def looked_up(response: Response, to: Address, text: str) -> str | Unknown | None:
    """The id of our comment, if it is listed. Weibo lists late: one that is not may still come."""
    answer = calls.json_object(response.body) or {}
    for comment in map(table, rows(answer.get("comments"))):
        above = table(comment.get("status" if to.context == "status" else "reply_comment"))
        said = comment.get("text")
        # Below a comment Weibo writes 回复@name: before it.
        if identifier(above.get("id")) == to.message and isinstance(said, str):
            number = identifier(comment.get("id"))
            if said.endswith(text) and number:
                return number
    return Unknown("not among our latest comments, which are listed late")


def poll(marks: Mapping[str, Mapping[str, str]], credentials: Credentials) -> tuple[Poll, ...]:
    """The newest of each source; where a page was full, what is older than it comes first."""
    polls = []
    for source, (call, _, _) in SOURCES.items():
        mark = marks.get(source, {})
        asked = {"since_id": mark.get("since", "0"), "count": str(PAGE)}
        if "below" in mark:
            asked["max_id"] = mark["below"]
        polls.append(Poll(source, _get(call, asked, credentials), EVERY))
    return tuple(polls)


def polled(source: str, response: Response, marks: Mapping[str, str]) -> Page | NotSent | Unknown:
    """What a page comes to. Pages run from the newest down: after a full one the gap is asked for.

    `since` is the newest id that is done with, `top` the newest one seen, `below` the gap's top.
    """
    answer = calls.json_object(response.body)
    listed = answer.get(SOURCES[source][1]) if answer else None
    if response.status != 200 or not isinstance(listed, list):
        found = outcome(response)
        return Unknown("no list") if isinstance(found, Sent) else found
    numbers = [int(it) for it in map(_number, listed) if it]
    top = str(max([*numbers, int(marks.get("top") or marks.get("since", "0"))]))
    if len(listed) < PAGE or not numbers or not marks.get("since"):
        return Page(bool(listed), {"since": top})
    below = str(min(numbers) - 1)
    return Page(True, {"since": marks["since"], "top": top, "below": below})


def check(credentials: Credentials) -> Outbound | None:
    """Whose token it is: https://open.weibo.com/wiki/2/account/get_uid"""
    return _get("account/get_uid", {}, credentials)


def checked(response: Response) -> str | NotSent | Unknown:
    """The account's uid."""
    answer = calls.json_object(response.body) or {}
    if response.status == 200 and (uid := identifier(answer.get("uid"))):
        return uid
    found = outcome(response)
    return Unknown("no uid") if isinstance(found, Sent) else found


def _pushed(pushed: Mapping[str, Any], kind: str, own: Set[str]) -> Item:
    data = table(pushed.get("data"))
    subtype = text(data.get("subtype")) or ""
    event = kind if kind == "mention" else subtype if kind == "event" else ""
    what: tuple[ItemType, ItemAction] = ("control", "none")
    if kind in MESSAGES:
        what = "message", "create"
    elif event:
        what = EVENTS.get(event.lower(), what)
    named = what[0] == "mention"
    author = identifier(pushed.get("sender_id"))
    key = identifier(data.get("key"))
    ours = author in own
    when = pushed.get("created_at")
    attached = MESSAGES.get(kind, "")
    candidate = None if what[0] == "interaction" else what[0] in ("message", "mention")
    return Item(
        type=what[0],
        action=what[1],
        own=ours,
        reply_candidate=candidate if not ours else False,
        text=text(pushed.get("text")) if kind in MESSAGES or named else None,
        message_id=key if named else identifier(pushed.get("msgid")),
        account_id=identifier(pushed.get("receiver_id")),
        author_id=author,
        conversation_id=key if named and subtype != "comment" else author,
        created_at=dated(when) or moment(when),
        media=(attached,) if attached else (),
        media_id=identifier(data.get("tovfid")) if attached else None,
        event=event or None,
        event_key=key if event and not named else None,
        payload=key if what[0] == "interaction" else None,
        message_type=kind if what[0] == "control" and kind != "event" else None,
        opens=OPENINGS.get(event.lower()),
        context="status" if named and subtype != "comment" else None,
    )


def _entry(entry: Mapping[str, Any], kind: ItemType, own: Set[str]) -> Item:
    """A comment or a post out of a page."""
    user, status = table(entry.get("user")), table(entry.get("status"))
    author = identifier(user.get("id"))
    number, post = identifier(entry.get("id")), identifier(status.get("id"))
    above = identifier(table(entry.get("reply_comment")).get("id"))
    ours = author in own
    return Item(
        type="reply" if kind == "comment" and above else kind,
        action="create",
        own=ours,
        reply_candidate=not ours,
        text=text(entry.get("text")),
        message_id=number,
        parent_id=above or post,
        # A page does not say whose it is: with one account configured, it can only be that one's.
        account_id=next(iter(own)) if len(own) == 1 else None,
        author_id=author,
        author_name=text(user.get("screen_name")),
        author_followers=count(user.get("followers_count")),
        author_verified=flag(user.get("verified")),
        conversation_id=post or number,
        created_at=dated(entry.get("created_at")),
        post_id=post,
        context=None if post else "status",
    )


def _of_xml(body: bytes) -> dict[str, Any]:
    """A push in WeChat's XML, with the names that JSON pushes have.

    https://open.weibo.com/wiki/Eps/push/set_format
    """
    found = {name: value.strip() for name, value in fields(body).items()}
    return {
        "type": found.get("msgtype"),
        "receiver_id": found.get("tousername"),
        "sender_id": found.get("fromusername"),
        "created_at": found.get("createtime"),
        "msgid": found.get("msgid"),
        "text": found.get("content") or found.get("label"),
        "data": {
            "subtype": found.get("event"),
            "key": found.get("eventkey"),
            "tovfid": found.get("mediaid"),
        },
    }


def _number(entry: Any) -> str | None:
    number = identifier(table(entry).get("id")) or ""
    return number if number.isascii() and number.isdigit() and len(number) < 20 else None


def _get(call: str, asked: Mapping[str, str], credentials: Credentials) -> Outbound:
    query = urlencode({"access_token": credentials["access_token"], **asked})
    return Outbound("GET", f"{_base(credentials)}/2/{call}.json?{query}", {}, b"")


def _base(credentials: Credentials) -> str:
    return (credentials.get("base") or "https://api.weibo.com").rstrip("/")
