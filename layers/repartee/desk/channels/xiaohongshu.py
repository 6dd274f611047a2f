"""Xiaohongshu (小红书): what it pushes to a mini-program. Nothing can be said there.

There is no open API for notes' comments, mentions or private messages. What comes in tells of the
mini-program itself, and asks for nothing.

Secret: `token`, and `encoding_aes_key` with `receive_id`, the mini-program's AppID: deliveries are
encrypted as WeChat's are.
https://miniapp.xiaohongshu.com/doc/DC577113
"""

from collections.abc import Mapping, Set

from desk.channels.bilibili import (
    compose as compose,
    outcome as outcome,
)
from desk.channels.usual import (
    check as check,
    checked as checked,
    look_up as look_up,
    looked_up as looked_up,
    poll as poll,
    polled as polled,
    prepare as prepare,
    prepared as prepared,
    sign_in as sign_in,
    signed_in as signed_in,
)
from desk.channels.wechat import (
    acknowledge as acknowledge,
    clear as clear,
    handshake as handshake,
    verify as verify,
)
from desk.rulebook import RuleBook
from desk.untrusted import identifier, moment, text
from desk.wire import Item, Undecodable, read_json

# Seconds: not documented, ours.
RULES = RuleBook(ways={}, acknowledge=5.0, signs_body=False)
HOOKS: Mapping[str, str] = {
    "token": "the Token of 服务器配置",
    "encoding_aes_key?": "its EncodingAESKey, 43 characters",
    "receive_id?": "the mini-program's AppID: with the key",
}
TOKENS: Mapping[str, str] = {}
READS: Mapping[str, str] = {}


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """One item that asks for nothing; raises Undecodable if the body is no JSON with a MsgType."""
    given = read_json(body)
    kind = text(given.get("MsgType")) if isinstance(given, dict) else None
    if kind is None:
        locked = isinstance(given, dict) and ("Encrypt" in given or "encrypt" in given)
        raise Undecodable("encrypted, and the channel has no key" if locked else "no MsgType")
    return [
        Item(
            type="control",
            action="none",
            message_id=identifier(given.get("MsgId")),
            account_id=identifier(given.get("ToUserName")),
            author_id=identifier(given.get("FromUserName")),
            created_at=moment(given.get("CreateTime")),
            event=text(given.get("Event")),
            message_type=kind if kind != "event" else None,
        )
    ]
