"""What holds for every platform, whatever is sent to it: hostile input, cold imports, calls."""

import base64
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings, strategies as st

from cli.signing import signed
from desk import channels
from desk.wire import (
    Address,
    BadSignature,
    Inbound,
    Item,
    NotSent,
    Response,
    Sent,
    Undecodable,
    Unknown,
    Way,
)

NOW = 1_700_000_000.0
SECRET = {
    "secret": base64.b64encode(b"thirty bytes or so of a secret").decode(),
    "token": "sesame",
    "encoding_aes_key": base64.b64encode(bytes(32)).decode().rstrip("="),
    "receive_id": "wxshop",
    # A key pair of Ed25519 that is made of 32 zeros.
    "private_key": bytes(32).hex(),
    "public_key": "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29",
}
CREDENTIALS = {
    "token": "T",
    "name": "Desk",
    "access_token": "A",
    "url": "https://example.org/replies",
    "rip": "203.0.113.7",
    "instance": "https://example.org",
    "identifier": "shop.example.org",
}
FORM = "application/x-www-form-urlencoded"
PUSHING = [name for name in channels.PLATFORMS if channels.platform(name).HOOKS]
SAYING = [name for name in channels.PLATFORMS if channels.platform(name).RULES.ways]
LAYER = Path(__file__).resolve().parents[3] / "layers" / "repartee"


def one_of(words: str) -> st.SearchStrategy[str]:
    return st.sampled_from(words.split())


NAMES = one_of(
    "type mode events message source userId groupId timestamp destination webhookEventId id text "
    "deliveryContext isRedelivery unsend messageId postback data update_id message_id chat from "
    "date caption photo is_bot edited_message channel_post callback_query message_reaction "
    "new_reaction deleted_business_messages message_ids author created_at permalink followers "
    "ok result error_code description parameters retry_after migrate_to_chat_id errcode errmsg "
    "sentMessages details event content from_user_id to_user_id server_message_id user_infos code "
    "error extra from_user to_user user_openid comment_id comment_action video_id sender_id "
    "receiver_id created_at subtype key msgtype MsgType chattype mixed msg_item timestamp "
    "entry changes field value messaging standby sender recipient item verb "
    "comment_id post_id parent_id created_time mid attachments statuses message_echoes metadata "
    "contacts wa_id user_id edit revoke reaction interactive values target_id root_post username "
    "error code error_subcode is_transient error_data "
    "sentMessages details notifications reason record author did handle reply root parent uri cid "
    "children kind name author_fullname context created_utc snippet topLevelComment replies "
    "authorChannelId publishedAt status account visibility content object event payload stream "
    "specversion source time datacontenttype items url date_published json errors things "
    "sentMessages details event event_type payload includes users filter user_id referenced_tweets "
    "entities mentions tweet_create_events direct_message_events message_create sender_id target "
    "favorite_events follow_events for_user_id id_str display_text_range channel ts thread_ts user "
    "subtype files bot_id item reaction api_app_id application_id token member channel_id options "
    "components value sender message_token media user_id context status status_message code"
)
WORDS = one_of(
    "message messageEdited unsend follow postback text location user group standby "
    "mention.created post.edited message.deleted 2026-03-01T08:30:00Z 2026-03-01 "
    "9999-12-31T23:59:59-14:00 user.created im_receive_msg im_send_msg im_recall_msg event mention "
    "im_mark_read_msg comment.update insert item_comment_reply follow position "
    "feed comment add remove comments mentions replies "
    "messages smb_message_echoes page instagram whatsapp_business_account "
    "reply like t1 t3 t4 status.created update "
    "youtube#comment comment_reply 1.0 RATELIMIT notification delete "
    "9999-12-31T23:59:59-14:00 user.created event_callback app_mention message_changed "
    "message_deleted reaction_added post.mention.create post.reply.create post.delete dm.received "
    "like.create follow.follow message_create LOBBY_MESSAGE_UPDATE conversation_started seen"
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, -1, 200, 400, 429, 10**18, 10**63, 1_700_000_000_000, 1e308, -0.0])
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS
    | st.text()
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(), inner),
    max_leaves=30,
)
OBJECTS = st.dictionaries(NAMES, JSON, max_size=8)
RAW = st.sampled_from(
    [b"1e999", b'{"update_id": 1e999}', b'{"events": [{"timestamp": 1e999, "type": "follow"}]}',
     b'"\\ud800"', b"\xef\xbb\xbf{}", b"[" * 20_000, b"9" * 5_000, b"NaN", b'{"a":1,"a":2}', b"\0"]
)  # fmt: skip
TAGS = one_of("MsgType Event EventKey FromUserName CreateTime MsgId Content Encrypt")
XML = st.lists(st.tuples(TAGS, WORDS | st.integers().map(str) | st.text())).map(
    lambda fields: "".join(f"<{tag}><![CDATA[{value}]]></{tag}>" for tag, value in fields)
)
BODIES = (
    st.binary()
    | RAW
    | (JSON | OBJECTS).map(lambda value: json.dumps(value).encode())
    | XML.map(lambda inner: f"<xml>{inner}</xml>".encode())
)
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))
HEADERS = st.dictionaries(
    one_of(
        "x-line-signature x-telegram-bot-api-secret-token webhook-id webhook-timestamp "
        "webhook-signature x-douyin-signature tiktok-signature x-slack-signature "
        "x-hub-signature-256 x-hub-signature authorization webhook-request-origin "
        "x-slack-request-timestamp x-signature-ed25519 x-signature-timestamp "
        "x-viber-content-signature x-twitter-webhooks-signature"
    ),
    ANY_TEXT
    | st.sampled_from(
        [
            "1700000000",
            "v1,AAAA",
            "v1a,AAAA",
            "sesame",
            "t=1700000000,s=0",
            "sha1=00",
            "Bearer x",
            "v0=00",
            "00" * 64,
            "sha256=",
        ]
    ),
)
QUERIES = st.dictionaries(
    one_of(
        "signature msg_signature timestamp nonce echostr encrypt_type token hub.mode hub.challenge "
        "hub.verify_token access_token"
    ),
    ANY_TEXT | st.sampled_from(["1700000000", "n1"]),
)


@pytest.mark.parametrize("name", PUSHING)
@given(body=BODIES)
@settings(max_examples=60, deadline=None)
def test_a_genuine_delivery_of_anything_is_read_or_undecodable(name: str, body: bytes) -> None:
    platform = channels.platform(name)
    delivery = signed(name, body, SECRET, NOW, "msg_1", "n1")
    clear = platform.verify(delivery, SECRET, NOW)
    assert clear == body == platform.clear(delivery.body, SECRET)
    assert (answer := platform.handshake(delivery, SECRET)) is None or answer.status in (200, 204)
    try:
        items = platform.parse(clear, delivery.headers, frozenset({"1"}))
    except Undecodable:
        return
    for item in items:
        assert isinstance(item, Item)
        assert json.loads(json.dumps(item.facts()))["type"] == item.type
        assert item.identity().encode()
        assert not (item.own and item.reply_candidate)


@pytest.mark.parametrize("name", channels.PLATFORMS)
@given(method=st.sampled_from(["GET", "POST", "PUT"]), headers=HEADERS, query=QUERIES, body=BODIES)
@settings(max_examples=40, deadline=None)
def test_a_request_that_is_not_genuine_is_refused_and_never_an_error(
    name: str, method: str, headers: dict[str, str], query: dict[str, str], body: bytes
) -> None:
    request = Inbound(method, headers, query, body)
    for secret in (SECRET, SECRET | {"encoding_aes_key": "", "secret": "whpk_" + "A" * 43}, {}):
        with pytest.raises(BadSignature) as refused:
            channels.platform(name).verify(request, secret, NOW)
        assert str(refused.value)


ALWAYS_200 = ("douyin", "tiktok", "wechat", "wecom")
"""These say what is wrong in the body of a 200."""


@pytest.mark.parametrize("name", channels.PLATFORMS)
@given(
    status=st.integers(100, 599) | st.sampled_from([200, 400, 401, 403, 404, 409, 429, 500]),
    headers=st.dictionaries(
        st.sampled_from(["retry-after", "content-type", "x-line-accepted-request-id"]), st.text()
    ),
    body=BODIES,
)
@settings(max_examples=60, deadline=None)
def test_whatever_a_platform_answers_has_an_outcome(
    name: str, status: int, headers: dict[str, str], body: bytes
) -> None:
    match channels.platform(name).outcome(Response(status, headers, body)):
        case Sent(identity):
            assert isinstance(identity, str)
            assert 200 <= status < 300 or (name, status) == ("line", 409)
        case NotSent(kind, reason, again_after):
            assert kind
            assert reason
            assert again_after is None or 1 <= again_after <= 6 * 3600
            assert 400 <= status < 500 or (status == 200 and name in ALWAYS_200)
        case Unknown(reason):
            assert reason


@pytest.mark.parametrize("name", channels.PLATFORMS)
@given(status=st.integers(100, 599), body=BODIES)
@settings(max_examples=20, deadline=None)
def test_a_sign_in_brings_a_token_with_a_life_or_nothing(
    name: str, status: int, body: bytes
) -> None:
    taken = channels.platform(name).signed_in(Response(status, {}, body), {"app_id": "x"})
    if taken is not None:
        assert taken[0]["access_token"]
        assert taken[1] > 0


@pytest.mark.parametrize("name", SAYING)
@given(
    text=ANY_TEXT,
    address=st.builds(Address, st.just("x"), st.text(), st.text(), st.text(), st.text(), st.text()),
    key=st.text(),
)
@settings(max_examples=20, deadline=None)
def test_a_call_is_a_post_of_utf_8_with_headers_of_ascii(
    name: str, text: str, address: Address, key: str
) -> None:
    module = channels.platform(name)
    for way in get_args(Way):
        to = replace(address, way=way)
        if way not in module.RULES.ways:
            with pytest.raises(KeyError):
                module.compose(to, text, key, CREDENTIALS)
            continue
        call = module.compose(to, text, key, CREDENTIALS)
        assert call == module.compose(to, text, key, CREDENTIALS)
        # An interaction of Discord's waits for an answer, which is written into its place.
        waits = name == "discord" and to.reply_token
        assert call.method == ("PATCH" if waits else "POST")
        assert call.url.isascii()
        if call.headers["content-type"] == FORM:
            assert parse_qsl(call.body.decode("ascii"), strict_parsing=True, errors="strict")
        else:
            assert json.loads(call.body.decode())
        assert all(value.isascii() and value.isprintable() for value in call.headers.values())


@pytest.mark.parametrize("name", channels.PLATFORMS)
def test_a_body_that_is_too_large_is_undecodable(name: str) -> None:
    with pytest.raises(Undecodable):
        channels.platform(name).parse(b" " * (512 * 1024 + 1), {}, frozenset())


@pytest.mark.parametrize("name", channels.PLATFORMS)
def test_importing_a_platform_loads_nothing_heavy(name: str) -> None:
    heavy = ("pydantic", "cryptography", "defusedxml", "boto3", "urllib.request")
    code = f"import sys, desk.channels.{name}; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=LAYER, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["", "os", "channels", "line.py", "__init__", "myspace"])
def test_only_named_platforms_can_be_asked_for(name: str) -> None:
    with pytest.raises(KeyError):
        channels.platform(name)
