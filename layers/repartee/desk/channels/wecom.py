"""WeCom (企业微信): messages to an app of one's own or to a smart bot, app messages as answers.

Secret: `token`, `encoding_aes_key`, and `receive_id`, the corp id; a bot's is empty. All is
encrypted, the handshake too. Credentials: `corp_id`, `app_secret`, `agent_id`, `base`; after the
sign-in `access_token`.
https://developer.work.weixin.qq.com/document/path/90968
"""

from collections.abc import Mapping, Set
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from desk import calls
from desk.channels import wechat
from desk.channels.usual import (
    look_up as look_up,
    looked_up as looked_up,
    poll as poll,
    polled as polled,
    prepare as prepare,
    prepared as prepared,
)
from desk.channels.wechat import (
    signed_in as signed_in,
)
from desk.rulebook import Limit, Manner, Rate, RuleBook
from desk.sealed import ciphertext, opened, sign
from desk.untrusted import identifier, moment, rows, table, text
from desk.verification import check_recent, parameter, same, seconds, values
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
from desk.xml import fields

# https://developer.work.weixin.qq.com/document/path/90236: what is beyond 2,048 bytes is cut off
# without a word, and so is what is beyond 30 a minute and 1,000 an hour to one person.
RULES = RuleBook(
    ways={
        "message": Manner(
            limits=(Limit(2048, "bytes"),),
            rates=(Rate(30, 60.0, "conversation"), Rate(1000, 3600.0, "conversation")),
        )
    },
    # https://developer.work.weixin.qq.com/document/path/90968: five for a delivery, one for a GET
    acknowledge=5.0,
    redelivers=15.0,
)
HOOKS: Mapping[str, str] = {
    "token": "the Token of 接收消息服务器配置",
    "encoding_aes_key": "its EncodingAESKey, 43 characters",
    "receive_id?": "the corp id (企业ID), ww…; left out for a smart bot (智能机器人)",
}
TOKENS: Mapping[str, str] = {
    "corp_id": "the corp id (企业ID), ww…",
    "app_secret": "the app's Secret",
    "agent_id": "the app's AgentId",
    "account?": "the corp id once more",
}
READS: Mapping[str, str] = {}

# https://developer.work.weixin.qq.com/document/path/100719
BOT_MESSAGES = ("text", "image", "voice", "video", "file", "mixed")

# https://developer.work.weixin.qq.com/document/path/90313
REFUSALS: Mapping[int, Refusal] = {
    40001: "token_invalid",
    40003: "permanent",  # no such userid
    40008: "permanent",
    40013: "token_invalid",
    40014: "token_invalid",
    40033: "permanent",
    40056: "permanent",
    40058: "permanent",
    41001: "token_invalid",
    41002: "token_invalid",
    41004: "token_invalid",
    42001: "token_invalid",
    42007: "token_invalid",
    42009: "token_invalid",
    44004: "permanent",
    45002: "too_long",
    45007: "too_long",
    45009: "rate_limited",
    45033: "rate_limited",
    47001: "permanent",
    48002: "permission",
    48003: "permission",
    48004: "permission",
    50001: "permission",
    50003: "blocked",
    60011: "permission",
    60020: "permission",  # our address is not on the list 企业可信IP
    60111: "permanent",
    81013: "permanent",
    82001: "permanent",
    86004: "permanent",
    301002: "permission",
}
TRANSIENT = frozenset({40014, 41001, 42001, 45009, 45033})


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The clear text: of a delivery its XML or JSON, of a handshake what it wants to hear.

    The five minutes that a timestamp is good are ours: WeCom sets no bound.
    """
    timestamp, nonce = parameter(request, "timestamp"), parameter(request, "nonce")
    stamp, given = seconds(timestamp, "timestamp"), parameter(request, "msg_signature")
    sealed = _sealed(request)
    if not sealed:
        raise BadSignature("the request has nothing encrypted")
    tokens = values(secret, "token")
    if not any([same(given, sign(token, timestamp, nonce, sealed)) for token in tokens]):
        raise BadSignature("msg_signature does not match")
    check_recent(stamp, now, "timestamp")
    return opened(sealed, secret, _receivers(secret))


def clear(body: bytes, secret: Secret) -> bytes:
    """The clear text of a delivery that was verified before; raises BadSignature if it is shut."""
    return opened(ciphertext(body), secret, _receivers(secret))


def handshake(request: Inbound, secret: Secret) -> Answer | None:
    """The clear text of the echostr, if it is digits, as WeCom's are."""
    if request.method != "GET":
        return None
    echo = opened(_sealed(request), secret, _receivers(secret)).decode("utf-8", "replace")
    return Answer(body=echo) if echo.isascii() and echo.isalnum() else None


def acknowledge(request: Inbound) -> Answer:
    """An empty 200: a reply in it would have to be encrypted, and come within five seconds."""
    return Answer()


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """The one item of a delivery: an app's XML is WeChat's with an AgentID, a bot's is JSON.

    Raises Undecodable if it is neither.
    https://developer.work.weixin.qq.com/document/path/90239
    """
    if body.lstrip()[:1] == b"{":
        return [_of_bot(table(read_json(body)), own)]
    agent = fields(body).get("agentid", "").strip()
    more = {"agent_id": agent} if agent else {}
    return [replace(item, more=more) for item in wechat.parse(body, headers, own)]


def sign_in(credentials: Credentials) -> Outbound | None:
    """A call for the token. While one lives WeCom gives the same again, so that none is ended.

    https://developer.work.weixin.qq.com/document/path/91039
    """
    asked = {"corpid": credentials["corp_id"], "corpsecret": credentials["app_secret"]}
    return Outbound("GET", f"{_base(credentials)}/cgi-bin/gettoken?{urlencode(asked)}", {}, b"")


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """An app message to the person. WeCom has no use for `key`.

    Its enable_duplicate_check compares texts: two people's same thanks would become one.
    https://developer.work.weixin.qq.com/document/path/90236
    """
    if to.way not in RULES.ways:
        raise KeyError(to.way)
    agent = credentials.get("agent_id", "")
    return calls.post(
        f"{_base(credentials)}/cgi-bin/message/send?access_token={_token(credentials)}",
        {
            "touser": to.author or to.conversation,
            "msgtype": "text",
            "agentid": int(agent) if agent.isascii() and agent.isdigit() else agent,
            "text": {"content": text},
        },
        {},
    )


def outcome(response: Response) -> Outcome:
    """What WeCom's answer proves: its errors come with HTTP 200.

    An errcode of 0 that names whom it did not reach is a refusal: the text goes to one person.
    """
    found = wechat.judged(response, REFUSALS, TRANSIENT)
    if not isinstance(found, Sent):
        return found
    answer = calls.json_object(response.body) or {}
    missed = text(answer.get("invaliduser")) or text(answer.get("unlicenseduser"))
    if missed:
        return NotSent("permanent", f"did not reach {missed}")
    return Sent(identifier(answer.get("msgid")) or "")


def check(credentials: Credentials) -> Outbound | None:
    """A question for the app's own description, which changes nothing.

    https://developer.work.weixin.qq.com/document/path/90227
    """
    agent = quote(credentials.get("agent_id", ""), safe="")
    url = f"{_base(credentials)}/cgi-bin/agent/get?access_token={_token(credentials)}"
    return Outbound("GET", f"{url}&agentid={agent}", {}, b"")


def checked(response: Response) -> str | NotSent | Unknown:
    """Empty where the token is good and the app is there: the answer does not name the corp."""
    found = outcome(response)
    return "" if isinstance(found, Sent) else found


def _of_bot(given: dict[str, Any], own: Set[str]) -> Item:
    """What a smart bot was told. In a group it hears only what names it.

    https://developer.work.weixin.qq.com/document/path/100719
    """
    kind = text(given.get("msgtype"))
    if kind is None:
        raise Undecodable("encrypted" if "encrypt" in given else "no msgtype")
    group = given.get("chattype") == "group"
    author = identifier(table(given.get("from")).get("userid"))
    message = kind in BOT_MESSAGES
    ours = author in own
    parts = rows(table(given.get("mixed")).get("msg_item")) if kind == "mixed" else [given]
    kinds = [(text(part.get("msgtype")) or "", part) for part in map(table, parts)]
    words = [text(table(part.get(name)).get("content")) for name, part in kinds]
    # The same stream asks again and again for more of an answer; it is nobody's message.
    return Item(
        type="message" if message else "control",
        action="create" if message else "none",
        own=ours,
        reply_candidate=message and not ours,
        text="\n".join(word for word in words if word) or None,
        message_id=identifier(given.get("msgid")),
        account_id=identifier(given.get("aibotid")),
        author_id=author,
        conversation_id=identifier(given.get("chatid")) if group else author,
        created_at=moment(given.get("create_time")),
        source_type=text(given.get("chattype")),
        media=tuple(name for name, _ in kinds if name != "text") if message else (),
        event=text(table(given.get("event")).get("eventtype")),
        message_type=kind if not message and kind != "event" else None,
    )


def _sealed(request: Inbound) -> str:
    """What is encrypted: of a GET its echostr, whose `+` become blanks where it is not quoted."""
    if request.method == "GET":
        return parameter(request, "echostr").replace(" ", "+")
    return ciphertext(request.body)


def _receivers(secret: Secret) -> list[str]:
    return values(secret, "receive_id") if secret.get("receive_id") else [""]


def _token(credentials: Credentials) -> str:
    return quote(credentials["access_token"], safe="")


def _base(credentials: Credentials) -> str:
    return (credentials.get("base") or "https://qyapi.weixin.qq.com").rstrip("/")
