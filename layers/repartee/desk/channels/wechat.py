"""WeChat Official Accounts (微信公众号): message pushes, and customer-service messages as answers.

Secret: `token`; in safe mode also `encoding_aes_key` and `receive_id`, the account's AppID. Plain
mode signs the query and not the body: whoever learns one valid query can send anything for five
minutes. Safe mode is therefore the one to choose, and a channel that has a key takes no other.

Credentials: `app_id`, `app_secret`, `base`; after the sign-in `access_token`.
https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html
"""

from collections.abc import Mapping, Set
from urllib.parse import quote

from desk import calls
from desk.channels.usual import (
    granted,
    look_up as look_up,
    looked_up as looked_up,
    poll as poll,
    polled as polled,
    prepare as prepare,
    prepared as prepared,
)
from desk.rulebook import Limit, Manner, Opening, RuleBook, Window
from desk.sealed import ciphertext, echoed, opened, sign
from desk.untrusted import moment, text
from desk.verification import check_recent, parameter, same, seconds, values
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
)
from desk.xml import fields

DAY = 24 * 3600.0
# https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
RULES = RuleBook(
    ways={
        "message": Manner(
            # Not documented; 45002 is real, and this is where users met it.
            limits=(Limit(2048, "bytes"),),
            windows=(
                Window(frozenset({"message", "payment"}), 2 * DAY, texts=20),
                Window(frozenset({"menu", "follow", "scan"}), 60.0, texts=3),
            ),
        )
    },
    acknowledge=5.0,
    redelivers=15.0,
    signs_body=False,
)
HOOKS: Mapping[str, str] = {
    "token": "the Token of 服务器配置",
    "encoding_aes_key?": "its EncodingAESKey, 43 characters: for 安全模式, the mode to choose",
    "receive_id?": "the AppID, wx…: with the key",
}
TOKENS: Mapping[str, str] = {
    "app_id": "the AppID, wx…",
    "app_secret": "the AppSecret (开发者密码)",
    "account?": "the original id (原始ID), gh_…",
}
READS: Mapping[str, str] = {}

# https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html
# with the field that bears a person's words
MESSAGES = {
    "text": "content",
    "image": "",
    "voice": "recognition",
    "video": "",
    "shortvideo": "",
    "location": "label",
    "link": "title",
    "file": "title",
}
# https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html
# with what they open for our answers
OPENINGS: Mapping[str, Opening] = {
    "subscribe": "follow",
    "scan": "scan",
    "click": "menu",
}
EVENTS: Mapping[str, tuple[ItemType, ItemAction]] = {
    "subscribe": ("follow", "create"),
    "unsubscribe": ("follow", "delete"),
    "scan": ("interaction", "create"),
    "click": ("interaction", "create"),
    "view": ("interaction", "create"),
    "view_miniprogram": ("interaction", "create"),
}

# https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
REFUSALS: Mapping[int, Refusal] = {
    40001: "token_invalid",
    40003: "permanent",  # no such openid, or another account's
    40008: "permanent",
    40014: "token_invalid",
    40033: "permanent",  # \\u escapes
    41001: "token_invalid",
    42001: "token_invalid",
    42007: "token_invalid",  # the authorisation was withdrawn: signing in again does not help
    43004: "permanent",  # the person does not follow us
    43019: "permanent",  # the person is on the account's black list
    44002: "permanent",
    44004: "permanent",
    45002: "too_long",
    45009: "quota",
    45011: "rate_limited",
    45015: "window_closed",
    45047: "window_closed",  # the messages that one of theirs allows are used up
    47001: "permanent",
    48001: "permission",
    48002: "permanent",  # the person refuses messages
    48004: "blocked",
    50001: "permission",
    50002: "blocked",
}
BUSY = -1
"""Does not say how far the call came."""
# Here the same call may succeed: with a new token, or in the next minute.
TRANSIENT = frozenset({40001, 40014, 41001, 42001, 45011})


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The clear XML of a delivery; nothing for a GET, which is a handshake and carries nothing.

    The five minutes that a timestamp is good are ours: WeChat sets no bound. Once a channel has a
    key, the signature that leaves the body out is believed for handshakes only.
    https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Technical_Plan.html
    """
    timestamp, nonce = parameter(request, "timestamp"), parameter(request, "nonce")
    stamp = seconds(timestamp, "timestamp")
    safe = request.method != "GET" and bool(secret.get("encoding_aes_key"))
    sealed = ciphertext(request.body) if safe else ""
    if safe and not sealed:
        raise BadSignature("the delivery is not encrypted, but the channel is in safe mode")
    name = "msg_signature" if safe else "signature"
    given = parameter(request, name)
    tokens = values(secret, "token")
    if not any([same(given, sign(token, timestamp, nonce, sealed)) for token in tokens]):
        raise BadSignature(f"{name} does not match")
    check_recent(stamp, now, "timestamp")
    if safe:
        return opened(sealed, secret, values(secret, "receive_id"))
    return b"" if request.method == "GET" else request.body


def clear(body: bytes, secret: Secret) -> bytes:
    """The clear XML of a delivery that was verified before; raises BadSignature if it is shut.

    With a key nothing in clear is taken here either: a verified GET could bear any body.
    """
    if not secret.get("encoding_aes_key"):
        return body
    sealed = ciphertext(body)
    if not sealed:
        raise BadSignature("the delivery is not encrypted, but the channel is in safe mode")
    return opened(sealed, secret, values(secret, "receive_id"))


def handshake(request: Inbound, secret: Secret) -> Answer | None:
    """The echostr of a verified GET, if it is one that cannot be read as a page."""
    return echoed(request)


def acknowledge(request: Inbound) -> Answer:
    """`success`: anything else, and later than five seconds, shows the user an error banner."""
    return Answer(body="success")


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """The one item of a delivery; raises Undecodable if it is no XML with a MsgType.

    Events have no id of their own. They are told apart by who, when and what.
    """
    found = fields(body)
    given = _word(found, "msgtype")
    if given is None:
        locked = "encrypted, and the channel has no encoding_aes_key"
        raise Undecodable(locked if "encrypt" in found else "no MsgType")
    kind = given.lower()
    event = _word(found, "event") if kind not in MESSAGES else None
    what, action = _what(kind, event or "")
    attached = what == "message" and kind != "text"
    author = _word(found, "fromusername")
    ours = author in own
    key = _word(found, "eventkey") if event else None
    return [
        Item(
            type=what,
            action=action,
            own=ours,
            reply_candidate=_candidate(what) if not ours else False,
            text=text(found.get(MESSAGES.get(kind, ""))),
            message_id=_word(found, "msgid"),
            account_id=_word(found, "tousername"),
            author_id=author,
            conversation_id=author,
            created_at=moment(_word(found, "createtime")),
            media=(kind,) if attached else (),
            media_id=_word(found, "mediaid") if attached else None,
            event=event,
            opens=OPENINGS.get((event or "").lower()),
            event_key=key,
            payload=key if what == "interaction" else None,
            message_type=given if kind != "event" and what == "control" else None,
        )
    ]


def sign_in(credentials: Credentials) -> Outbound | None:
    """A call for the stable token, in the mode that does not end the one in use.

    https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/getStableAccessToken.html
    """
    return calls.post(
        f"{_base(credentials)}/cgi-bin/stable_token",
        {
            "grant_type": "client_credential",
            "appid": credentials["app_id"],
            "secret": credentials["app_secret"],
            "force_refresh": False,
        },
        {},
    )


signed_in = granted


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A customer-service message to the person. WeChat has no use for `key`: there is no repeating.

    https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
    """
    if to.way not in RULES.ways:
        raise KeyError(to.way)
    token = quote(credentials["access_token"], safe="")
    return calls.post(
        f"{_base(credentials)}/cgi-bin/message/custom/send?access_token={token}",
        {"touser": to.author or to.conversation, "msgtype": "text", "text": {"content": text}},
        {},
    )


def outcome(response: Response) -> Outcome:
    """What WeChat's answer proves. It names no id for a message."""
    return judged(response, REFUSALS, TRANSIENT)


def judged(response: Response, refusals: Mapping[int, Refusal], transient: Set[int]) -> Outcome:
    """What an errcode proves, by the codes that are known. Errors come with HTTP 200."""
    answer = calls.json_object(response.body)
    code = answer.get("errcode") if answer is not None else None
    if answer is None or response.status != 200 or type(code) is not int:
        return Unknown(f"HTTP {response.status} without an errcode")
    if code == 0:
        return Sent("")
    reason = f"{code} {text(answer.get('errmsg')) or ''}".strip()
    kind = refusals.get(code)
    if kind is None:
        return Unknown(reason, passing=code == BUSY)
    return NotSent(kind, reason, calls.USUAL_WAIT if code in transient else None)


def check(credentials: Credentials) -> Outbound | None:
    """A question for WeChat's own addresses, which takes a good token and changes nothing.

    https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Get_the_WeChat_server_IP_address.html
    """
    token = quote(credentials["access_token"], safe="")
    return Outbound(
        "GET", f"{_base(credentials)}/cgi-bin/getcallbackip?access_token={token}", {}, b""
    )


def checked(response: Response) -> str | NotSent | Unknown:
    """Empty where the token is good: WeChat does not say whose it is."""
    answer = calls.json_object(response.body) or {}
    if response.status == 200 and isinstance(answer.get("ip_list"), list):
        return ""
    found = outcome(response)
    return Unknown("no list of addresses") if isinstance(found, Sent) else found


def _what(kind: str, event: str) -> tuple[ItemType, ItemAction]:
    """Type and action; all that is not listed, such as a device's messages, asks for nothing."""
    if kind in MESSAGES:
        return "message", "create"
    return EVENTS.get(event.lower() if kind == "event" else "", ("control", "none"))


def _candidate(what: ItemType) -> bool | None:
    return None if what == "interaction" else what == "message"


def _word(fields: Mapping[str, str], name: str) -> str | None:
    """A field that is a name, an id or a number, without the blanks that indent the XML."""
    return text(fields.get(name, "").strip())


def _base(credentials: Credentials) -> str:
    return (credentials.get("base") or "https://api.weixin.qq.com").rstrip("/")
