"""WeChat Official Accounts (微信公众号): message pushes, and customer-service messages as answers.

Secret: `token`; in safe mode also `encoding_aes_key` and `receive_id`, the account's AppID. Plain
mode signs the query and not the body: whoever learns one valid query can send anything for five
minutes. Safe mode is therefore the one to choose, and a channel that has a key takes no other.

Credentials: `app_id`, `app_secret`, `base`; after the sign-in `access_token`.
https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html
"""

import base64
import re
from collections.abc import Mapping, Set
from hashlib import sha1
from typing import TYPE_CHECKING
from urllib.parse import quote

from desk import calls
from desk.untrusted import count, moment, text
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
    Response,
    Secret,
    Sent,
    Undecodable,
    Unit,
    Unknown,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import CBC

# Anything else, and later than five seconds, shows the user an error banner.
ACKNOWLEDGE = Answer(body="success")
# In bytes. Not documented; 45002 is real, and this is where users met it.
TEXT_LIMIT = 2048
UNIT: Unit = "bytes"
# https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
WINDOW: float | None = 48 * 3600.0

MAX_XML = 64 * 1024
ECHO = re.compile(r"[A-Za-z0-9_=+/-]{1,512}")
BLOCK = 32

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
EVENTS: Mapping[str, tuple[ItemType, ItemAction]] = {
    "subscribe": ("follow", "create"),
    "unsubscribe": ("follow", "delete"),
    "scan": ("interaction", "create"),
    "click": ("interaction", "create"),
    "view": ("interaction", "create"),
    "view_miniprogram": ("interaction", "create"),
}

# https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
# Not among them: -1, "system busy", which does not say how far the call came.
REFUSALS = {
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
# Here the same call may succeed: with a new token, or in the next minute.
TRANSIENT = frozenset({40001, 40014, 41001, 42001, 45011})


def sign(token: str, timestamp: str, nonce: str, encrypted: str = "") -> str:
    """The signature of a query or, with the ciphertext, the msg_signature of a delivery."""
    signed = "".join(sorted((token, timestamp, nonce, encrypted)))
    return sha1(signed.encode("utf-8", "surrogatepass")).hexdigest()


def encrypt(plaintext: str | bytes, random16: bytes, secret: Secret) -> str:
    """What stands in `Encrypt` for that text: base64 of AES-256-CBC.

    Raises BadSignature if the secret has no encoding_aes_key or no receive_id.
    """
    clear = plaintext.encode() if isinstance(plaintext, str) else plaintext
    receiver = values(secret, "receive_id")[0].encode()
    packed = random16[:16] + len(clear).to_bytes(4, "big") + clear + receiver
    padding = BLOCK - len(packed) % BLOCK
    step = _cipher(values(secret, "encoding_aes_key")[0]).encryptor()
    sealed = step.update(packed + bytes([padding]) * padding) + step.finalize()
    return base64.b64encode(sealed).decode()


def decrypt(encrypted: str, encoding_aes_key: str) -> tuple[bytes, str]:
    """The text in an `Encrypt`, and whom it is for; raises BadSignature if it does not open."""
    step = _cipher(encoding_aes_key).decryptor()
    try:
        sealed = base64.b64decode("".join(encrypted.split()), validate=True)
        packed = step.update(sealed) + step.finalize()
    except ValueError:
        raise BadSignature("Encrypt is not base64 of whole cipher blocks") from None
    padding = packed[-1] if packed else 0
    if not 1 <= padding <= BLOCK or len(packed) % BLOCK or packed[-padding:] != _pad(padding):
        raise BadSignature("Encrypt does not end in PKCS#7 padding")
    packed = packed[:-padding]
    end = 20 + int.from_bytes(packed[16:20], "big")
    if len(packed) < 20 or len(packed) < end:
        raise BadSignature("Encrypt is shorter than it says")
    return packed[20:end], packed[end:].decode("utf-8", "replace")


def ciphertext(body: bytes) -> str:
    """The `Encrypt` of a delivery; empty if it has none, or is no XML that we take."""
    try:
        return _fields(body).get("encrypt", "")
    except Undecodable:
        return ""


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
        return _opened(sealed, secret)
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
    return _opened(sealed, secret)


def handshake(request: Inbound) -> Answer | None:
    """The echostr of a verified GET, if it is one that cannot be read as a page."""
    echo = request.query.get("echostr", "")
    return Answer(body=echo) if request.method == "GET" and ECHO.fullmatch(echo) else None


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """The one item of a delivery; raises Undecodable if it is no XML with a MsgType.

    Events have no id of their own. They are told apart by who, when and what.
    """
    fields = _fields(body)
    given = _word(fields, "msgtype")
    if given is None:
        locked = "encrypted, and the channel has no encoding_aes_key"
        raise Undecodable(locked if "encrypt" in fields else "no MsgType")
    kind = given.lower()
    event = _word(fields, "event") if kind not in MESSAGES else None
    what, action = _what(kind, event or "")
    attached = what == "message" and kind != "text"
    author = _word(fields, "fromusername")
    ours = author in own
    key = _word(fields, "eventkey") if event else None
    return [
        Item(
            type=what,
            action=action,
            own=ours,
            reply_candidate=_candidate(what) if not ours else False,
            text=text(fields.get(MESSAGES.get(kind, ""))),
            message_id=_word(fields, "msgid"),
            account_id=_word(fields, "tousername"),
            author_id=author,
            conversation_id=author,
            created_at=moment(_word(fields, "createtime")),
            media=(kind,) if attached else (),
            media_id=_word(fields, "mediaid") if attached else None,
            event=event,
            event_key=key,
            payload=key if what == "interaction" else None,
            message_type=given if kind != "event" and what == "control" else None,
        )
    ]


def length(text: str) -> int:
    """In UTF-8 bytes: a Chinese character is three."""
    return len(text.encode("utf-8", "surrogatepass"))


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


def signed_in(response: Response, credentials: Credentials) -> tuple[Credentials, float] | None:
    """The credentials with `access_token`, and its life in seconds, two hours at most."""
    answer = calls.json_object(response.body) or {}
    token, life = text(answer.get("access_token")), count(answer.get("expires_in"))
    if response.status != 200 or token is None or not life:
        return None
    return {**credentials, "access_token": token}, float(life)


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A customer-service message to the person. WeChat has no use for `key`: there is no repeating.

    https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
    """
    token = quote(credentials["access_token"], safe="")
    return calls.post(
        f"{_base(credentials)}/cgi-bin/message/custom/send?access_token={token}",
        {"touser": to.author or to.conversation, "msgtype": "text", "text": {"content": text}},
        {},
    )


def outcome(response: Response) -> Outcome:
    """What WeChat's answer proves. Its errors come with HTTP 200; it names no id for a message."""
    answer = calls.json_object(response.body)
    code = answer.get("errcode") if answer is not None else None
    if answer is None or response.status != 200 or type(code) is not int:
        return Unknown(f"HTTP {response.status} without an errcode")
    if code == 0:
        return Sent("")
    reason = f"{code} {text(answer.get('errmsg')) or ''}".strip()
    kind = REFUSALS.get(code)
    if kind is None:
        return Unknown(reason)
    return NotSent(kind, reason, calls.USUAL_WAIT if code in TRANSIENT else None)


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


def _opened(sealed: str, secret: Secret) -> bytes:
    """The clear text, by the newest key that opens it for this account."""
    receivers = values(secret, "receive_id")
    reasons = []
    for key in values(secret, "encoding_aes_key"):
        try:
            clear, receiver = decrypt(sealed, key)
        except BadSignature as error:
            reasons.append(str(error))
            continue
        if any([same(receiver, each) for each in receivers]):
            return clear
        reasons.append("Encrypt is for another receive_id")
    raise BadSignature(reasons[0])


def _fields(body: bytes) -> dict[str, str]:
    """The text of each element right below the root, by its name in lower case: capitals vary."""
    # Not above, as the webhook function imports this module cold and plain mode needs no XML there.
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(body) > MAX_XML:
        raise Undecodable(f"XML of {len(body)} bytes, more than {MAX_XML}")
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Undecodable(f"no XML that we take: {type(error).__name__}") from None
    fields: dict[str, str] = {}
    for child in root:
        fields.setdefault(child.tag.lower(), child.text or "")
    return fields


def _cipher(encoding_aes_key: str) -> "Cipher[CBC]":
    # Not above, as the webhook function imports this module cold and only safe mode needs it.
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    # Not validate=True: the last character of some keys has spare bits that are not zero.
    try:
        key = base64.b64decode(encoding_aes_key + "=")
    except ValueError:
        key = b""
    if len(key) != 32:
        raise BadSignature("the channel's encoding_aes_key is not 43 characters of base64")
    return Cipher(AES(key), CBC(key[:16]))


def _pad(size: int) -> bytes:
    return bytes([size]) * size


def _base(credentials: Credentials) -> str:
    return (credentials.get("base") or "https://api.weixin.qq.com").rstrip("/")
