"""WeChat: both modes of delivery, the handshake, and what the XML says."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from desk.channels import wechat
from desk.sealed import decrypt, encrypt, sign
from desk.wire import Answer, BadSignature, Inbound, Item, Undecodable, iso

NOW = 1_700_000_000
KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
OLD_KEY = base64.b64encode(bytes(range(1, 33))).decode().rstrip("=")
PLAIN = {"platform": "wechat", "token": "sesame"}
SAFE = PLAIN | {"encoding_aes_key": KEY, "receive_id": "wxshop"}
NOBODY: frozenset[str] = frozenset()
SAID = "<xml><MsgType>text</MsgType><Content>漏水</Content></xml>"


def plain(body: bytes = b"", method: str = "POST", stamp: Any = NOW, **more: str) -> Inbound:
    query = {
        "signature": sign("sesame", str(stamp), "n1"),
        "timestamp": str(stamp),
        "nonce": "n1",
    }
    return Inbound(method, {}, query | more, body)


def sealed(
    text: str = SAID,
    secret: dict[str, str] = SAFE,
    beside: str = "",
    encrypted: str | None = None,
    method: str = "POST",
) -> Inbound:
    if encrypted is None:
        encrypted = encrypt(text, b"0123456789abcdef", secret)
    query = {
        "timestamp": str(NOW),
        "nonce": "n1",
        "encrypt_type": "aes",
        "signature": sign("sesame", str(NOW), "n1"),
        "msg_signature": sign("sesame", str(NOW), "n1", encrypted),
    }
    body = f"<xml>{beside}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return Inbound(method, {}, query, body.encode())


def xml(**fields: str) -> bytes:
    common = {"ToUserName": "gh_shop", "FromUserName": "o-ann", "CreateTime": str(NOW)}
    parts = [f"\n <{key}><![CDATA[{value}]]></{key}>" for key, value in (common | fields).items()]
    return f"<xml>{''.join(parts)}\n</xml>".encode()


def parsed(**fields: str) -> Item:
    [item] = wechat.parse(xml(**fields), {}, NOBODY)
    return item


def test_in_plain_mode_a_signed_query_is_enough() -> None:
    assert wechat.verify(plain(b"<xml/>"), PLAIN, NOW) == b"<xml/>"


@pytest.mark.parametrize("missing", ["signature", "timestamp", "nonce"])
def test_each_part_of_the_query_must_be_there(missing: str) -> None:
    request = plain()
    absent = {name: value for name, value in request.query.items() if name != missing}
    for query in (absent, absent | {missing: ""}):
        with pytest.raises(BadSignature, match=f"{missing} is missing"):
            wechat.verify(request._replace(query=query), PLAIN, NOW)


@pytest.mark.parametrize("signature", ["é", "0" * 40, "\udfff"])
def test_a_wrong_signature_is_refused(signature: str) -> None:
    with pytest.raises(BadSignature, match="signature does not match"):
        wechat.verify(plain(signature=signature), PLAIN, NOW)


@pytest.mark.parametrize(("now", "fresh"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_a_signed_query_is_good_for_five_minutes(now: int, fresh: bool) -> None:
    if fresh:
        assert wechat.verify(plain(b"x"), PLAIN, NOW + now) == b"x"
    else:
        with pytest.raises(BadSignature, match="301 s too"):
            wechat.verify(plain(b"x"), PLAIN, NOW + now)
    assert wechat.verify(plain(b"x"), PLAIN, None) == b"x"


@pytest.mark.parametrize("stamp", ["soon", "1.5", "-1", "٣", "9" * 400])
def test_a_timestamp_is_whole_seconds(stamp: str) -> None:
    with pytest.raises(BadSignature, match="whole seconds"):
        wechat.verify(plain(stamp=stamp), PLAIN, NOW)


@pytest.mark.parametrize("secret", [{}, {"token": ""}, {"secret": "sesame"}])
def test_a_channel_without_a_token_believes_nobody(secret: dict[str, str]) -> None:
    signature = sign("", str(NOW), "n1")
    with pytest.raises(BadSignature, match="has no token"):
        wechat.verify(plain(signature=signature), secret, NOW)


def test_in_safe_mode_the_text_is_decrypted() -> None:
    assert wechat.verify(sealed(), SAFE, NOW) == SAID.encode()


def test_in_compatible_mode_only_the_encrypted_part_counts() -> None:
    forged = "<MsgType>text</MsgType><Content>forged</Content>"
    assert wechat.verify(sealed(beside=forged), SAFE, NOW) == SAID.encode()


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_in_safe_mode_nothing_in_clear_is_believed(method: str) -> None:
    with pytest.raises(BadSignature, match="not encrypted"):
        wechat.verify(plain(SAID.encode(), method), SAFE, NOW)
    request = sealed(method=method)
    unsigned = request._replace(query={**request.query, "msg_signature": ""})
    with pytest.raises(BadSignature, match="msg_signature is missing"):
        wechat.verify(unsigned, SAFE, NOW)


def test_a_get_carries_nothing_whatever_its_body() -> None:
    for secret in (PLAIN, SAFE):
        assert wechat.verify(plain(SAID.encode(), "GET"), secret, NOW) == b""


def test_a_queued_delivery_opens_as_it_did_at_the_door() -> None:
    assert wechat.clear(sealed().body, SAFE) == SAID.encode()
    assert wechat.clear(SAID.encode(), PLAIN) == SAID.encode()
    with pytest.raises(BadSignature, match="not encrypted"):
        wechat.clear(SAID.encode(), SAFE)
    with pytest.raises(BadSignature, match="another receive_id"):
        wechat.clear(sealed().body, SAFE | {"receive_id": "wxother"})


def test_a_delivery_for_another_account_is_refused() -> None:
    with pytest.raises(BadSignature, match="another receive_id"):
        wechat.verify(sealed(secret=SAFE | {"receive_id": "wxother"}), SAFE, NOW)


def test_one_changed_character_of_the_ciphertext_is_refused() -> None:
    request = sealed()
    changed = request.body.replace(b"]]", b"A]]")
    with pytest.raises(BadSignature, match="msg_signature does not match"):
        wechat.verify(request._replace(body=changed), SAFE, NOW)


@pytest.mark.parametrize(
    "encrypted", ["%%%", "AAAA", "A" * 44, base64.b64encode(bytes(64)).decode(), "é"]
)
def test_a_ciphertext_that_does_not_open_is_refused_though_it_is_signed(encrypted: str) -> None:
    with pytest.raises(BadSignature, match="Encrypt"):
        wechat.verify(sealed(encrypted=encrypted), SAFE, NOW)


def test_every_byte_of_the_padding_counts() -> None:
    packed = b"r" * 16 + (4).to_bytes(4, "big") + b"<a/>wxshop"
    for padding, opens in ((b"\2\2", True), (b"\1\2", False), (b"x\0", False), (b"x!", False)):
        key = base64.b64decode(KEY + "=")
        step = Cipher(AES(key), CBC(key[:16])).encryptor()
        made = base64.b64encode(step.update(packed + padding) + step.finalize()).decode()
        if opens:
            assert decrypt(made, KEY) == (b"<a/>", "wxshop")
        else:
            with pytest.raises(BadSignature, match="padding"):
                decrypt(made, KEY)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<xml>",
        b"\xff\xfe",
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>',
        b"<!DOCTYPE xml><xml><MsgType>text</MsgType><Encrypt>AAAA</Encrypt></xml>",
        b"<xml><Encrypt>" + b"A" * 65_536 + b"</Encrypt></xml>",
        b'<?xml version="1.0" encoding="klingon"?><xml/>',
    ],
)
def test_xml_that_we_do_not_take_is_refused(body: bytes) -> None:
    with pytest.raises(BadSignature):
        wechat.verify(sealed()._replace(body=body), SAFE, NOW)
    with pytest.raises(Undecodable):
        wechat.parse(body, {}, NOBODY)


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        (SAFE | {"encoding_aes_key": "short"}, "43 characters"),
        (SAFE | {"encoding_aes_key": "é" * 43}, "43 characters"),
        (SAFE | {"receive_id": ""}, "has no receive_id"),
    ],
)
def test_a_key_that_cannot_work_is_refused(secret: dict[str, str], reason: str) -> None:
    with pytest.raises(BadSignature, match=reason):
        wechat.verify(sealed(), secret, NOW)


def test_spare_bits_at_the_end_of_a_key_do_not_matter() -> None:
    spare = KEY[:-1] + chr(ord(KEY[-1]) + 1)
    assert base64.b64decode(spare + "=") == base64.b64decode(KEY + "=")
    assert wechat.verify(sealed(), SAFE | {"encoding_aes_key": spare}, NOW) == SAID.encode()


def test_during_a_rotation_the_previous_token_key_and_account_are_good() -> None:
    rotating = {
        "token": "new",
        "previous_token": "sesame",
        "encoding_aes_key": KEY,
        "previous_encoding_aes_key": OLD_KEY,
        "receive_id": "wxnew",
        "previous_receive_id": "wxshop",
    }
    old = SAFE | {"encoding_aes_key": OLD_KEY}
    assert wechat.verify(sealed(secret=old), rotating, NOW) == SAID.encode()
    assert wechat.verify(sealed(secret=SAFE), rotating, NOW) == SAID.encode()
    with pytest.raises(BadSignature):
        wechat.verify(sealed(secret=old), rotating | {"previous_receive_id": ""}, NOW)


def test_what_we_encrypt_we_can_open_whatever_its_length() -> None:
    for size in range(70):
        opened = decrypt(encrypt("x" * size, b"r" * 16, SAFE), KEY)
        assert opened == (b"x" * size, "wxshop")


def test_the_handshake_echoes_a_closed_alphabet_as_plain_text() -> None:
    answer = wechat.handshake(plain(method="GET", echostr="41+/_-A="), PLAIN)
    assert answer == Answer(200, "41+/_-A=", "text/plain; charset=utf-8")
    for echo in ("<script>", "a b", "", "x" * 513, "1\n"):
        assert wechat.handshake(plain(method="GET", echostr=echo), PLAIN) is None
    assert wechat.handshake(plain(echostr="1"), PLAIN) is None
    assert wechat.acknowledge(plain()).body == "success"


def test_a_text_is_a_message_that_may_be_answered() -> None:
    item = parsed(MsgType="text", Content="漏水 <b>", MsgId="23000000000000001")
    assert (item.type, item.action, item.reply_candidate) == ("message", "create", True)
    assert (item.text, item.message_id) == ("漏水 <b>", "23000000000000001")
    assert (item.account_id, item.author_id, item.conversation_id) == ("gh_shop", "o-ann", "o-ann")
    assert item.media == ()
    assert item.created_at is not None
    assert iso(item.created_at) == "2023-11-14T22:13:20Z"


@pytest.mark.parametrize(
    ("fields", "media", "text", "media_id"),
    [
        ({"MsgType": "image", "MediaId": "m1", "PicUrl": "http://x"}, "image", None, "m1"),
        ({"MsgType": "voice", "MediaId": "m2", "Recognition": "在吗"}, "voice", "在吗", "m2"),
        ({"MsgType": "voice", "MediaId": "m2"}, "voice", None, "m2"),
        ({"MsgType": "shortvideo", "MediaId": "m3"}, "shortvideo", None, "m3"),
        ({"MsgType": "location", "Label": "广州", "Scale": "1"}, "location", "广州", None),
        ({"MsgType": "link", "Title": "T", "Url": "http://x"}, "link", "T", None),
    ],
)
def test_media_bear_their_kind_and_the_words_they_have(
    fields: dict[str, str], media: str, text: str | None, media_id: str | None
) -> None:
    item = parsed(**fields)
    assert (item.media, item.text, item.media_id) == ((media,), text, media_id)
    assert item.reply_candidate is True


def test_capitals_vary() -> None:
    item = parsed(MSGTYPE="Text", MsgID="5", content="hi")
    assert (item.type, item.message_id, item.text) == ("message", "5", "hi")


@pytest.mark.parametrize(
    ("event", "kind", "action", "candidate"),
    [
        ("subscribe", "follow", "create", False),
        ("UNSUBSCRIBE", "follow", "delete", False),
        ("CLICK", "interaction", "create", None),
        ("VIEW", "interaction", "create", None),
        ("SCAN", "interaction", "create", None),
        ("LOCATION", "control", "none", False),
        ("TEMPLATESENDJOBFINISH", "control", "none", False),
    ],
)
def test_events_are_what_the_person_did(
    event: str, kind: str, action: str, candidate: bool | None
) -> None:
    item = parsed(MsgType="event", Event=event, EventKey="k1")
    assert (item.type, item.action, item.reply_candidate) == (kind, action, candidate)
    assert (item.event, item.event_key, item.message_id) == (event, "k1", None)
    assert item.payload == ("k1" if kind == "interaction" else None)


def test_an_event_reported_twice_is_the_same_and_another_is_not() -> None:
    def identity(**fields: str) -> str:
        return parsed(MsgType="event", **fields).identity()

    first = identity(Event="subscribe")
    assert identity(Event="subscribe") == first
    assert identity(Event="unsubscribe") != first
    assert identity(Event="subscribe", CreateTime="1700000001") != first


def test_an_unknown_message_type_asks_for_nothing() -> None:
    item = parsed(MsgType="device_text", MsgId="9", Content="MTIz")
    assert (item.type, item.message_type, item.message_id) == ("control", "device_text", "9")
    assert (item.text, item.reply_candidate) == (None, False)


def test_what_our_own_accounts_write_is_not_answered() -> None:
    [item] = wechat.parse(xml(MsgType="text", Content="x"), {}, frozenset({"o-ann"}))
    assert (item.own, item.reply_candidate) == (True, False)


@pytest.mark.parametrize("time", ["-1", "0", "soon", "", "9" * 30])
def test_an_absurd_time_is_no_time(time: str) -> None:
    assert parsed(MsgType="text", Content="x", CreateTime=time).created_at is None


def test_a_delivery_that_says_no_type_is_undecodable() -> None:
    with pytest.raises(Undecodable, match="no MsgType"):
        wechat.parse(b"<xml><Content>x</Content></xml>", {}, NOBODY)
    with pytest.raises(Undecodable, match="no encoding_aes_key"):
        wechat.parse(sealed().body, {}, NOBODY)
