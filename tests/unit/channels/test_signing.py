"""Deliveries that we make are read as if the platform had sent them."""

import base64
from datetime import UTC, datetime

import pytest

from cli.signing import Post, signed, webhook
from desk import channels
from desk.wire import BadSignature

NOW = 1_700_000_000.5
KEY = base64.b64encode(bytes(32)).decode()
SECRETS = {
    "facebook": {"secret": "sesame"},
    "instagram": {"secret": "sesame"},
    "threads": {"secret": "sesame"},
    "whatsapp": {"secret": "sesame"},
    "standard": {"secret": f"whsec_{KEY}"},
    "line": {"secret": "sesame"},
    "telegram": {"secret": "sesame"},
    "tiktok": {"secret": "sesame"},
    "weibo": {"secret": "sesame"},
    "douyin": {"secret": "sesame"},
    "wechat": {"token": "sesame"},
    "wecom": {"token": "sesame", "encoding_aes_key": KEY.rstrip("="), "receive_id": "wwshop"},
    "wechat safe": {
        "token": "sesame",
        "encoding_aes_key": KEY.rstrip("="),
        "receive_id": "wxshop",
    },
}
POST = Post(
    id="41",
    text='漏水了! 🍎 <b> & ]]> "x"',
    author="71",
    author_name="安",
    account="shop",
    conversation="71",
    said_at=datetime(2026, 3, 1, 8, 30, tzinfo=UTC),
    language="zh",
    followers=12,
)


@pytest.mark.parametrize("name", SECRETS)
def test_a_post_comes_back_as_the_mention_it_was(name: str) -> None:
    platform = channels.platform(name.split(" ")[0])
    delivery = webhook(name.split(" ")[0], POST, SECRETS[name], NOW, "d-1", "n1")
    clear = platform.verify(delivery, SECRETS[name], NOW)
    [item] = platform.parse(clear, delivery.headers, frozenset())
    assert (item.action, item.reply_candidate) == ("create", True)
    wanted = None if name == "weibo" else "41"  # Weibo gives a private message no id
    assert (item.message_id, item.author_id, item.text) == (wanted, "71", POST.text)
    assert item.created_at == POST.said_at
    if name in ("standard", "telegram"):
        assert (item.author_name, item.lang) == ("安", "zh")
    if name in ("douyin", "tiktok"):
        assert item.author_name == "安"
    if name in ("douyin", "standard", "line"):
        assert item.event_id == "d-1"
    if name == "standard":
        assert item.author_followers == 12


@pytest.mark.parametrize("name", SECRETS)
def test_any_bytes_at_all_can_be_signed(name: str) -> None:
    delivery = signed(name.split(" ")[0], b"\xff\0{", SECRETS[name], NOW, "d-1", "n1")
    platform = channels.platform(name.split(" ")[0])
    assert platform.verify(delivery, SECRETS[name], NOW) == b"\xff\0{"
    with pytest.raises(BadSignature):
        platform.verify(delivery._replace(headers={}, query={}), SECRETS[name], NOW)


def test_a_post_becomes_news_without_a_text_where_nothing_else_is_heard() -> None:
    for name in ("bilibili", "xiaohongshu"):
        delivery = webhook(name, POST, {"token": "sesame"}, NOW, "d-1", "n1")
        clear = channels.platform(name).verify(delivery, {"token": "sesame"}, NOW)
        [item] = channels.platform(name).parse(clear, delivery.headers, frozenset())
        assert (item.type, item.text, item.reply_candidate) == ("control", None, False)
        assert (item.author_id, item.created_at) == ("71", POST.said_at)


def test_ids_that_telegram_could_not_have_become_numbers_and_stay_the_same() -> None:
    def chat(author: str, conversation: str) -> tuple[str | None, str | None, str | None]:
        post = Post("p-1", "x", author, "Ann", "shop", conversation, POST.said_at)
        delivery = webhook("telegram", post, SECRETS["telegram"], NOW, "d", "n")
        [item] = channels.platform("telegram").parse(delivery.body, {}, frozenset())
        return item.author_id, item.conversation_id, item.source_type

    assert chat("ann", "garden") == chat("ann", "garden")
    assert chat("ann", "garden")[2] == "supergroup"
    assert chat("ann", "") == (chat("ann", "x")[0], chat("ann", "x")[0], "private")
    assert chat("ann", "")[0] != chat("bob", "")[0]


def test_on_metas_public_platforms_a_conversation_is_a_thread_below_a_post() -> None:
    post = Post("9", "x", "71", "Ann", "shop", "5", POST.said_at)
    for name, kind in (("facebook", "comment"), ("instagram", "comment"), ("threads", "reply")):
        delivery = webhook(name, post, SECRETS[name], NOW, "d", "n")
        [item] = channels.platform(name).parse(delivery.body, {}, frozenset())
        assert (item.type, item.parent_id, item.conversation_id) == (kind, "5", "5")
        assert (item.message_id, item.account_id) == ("9", "shop")


def test_a_whatsapp_group_is_a_conversation_of_its_own() -> None:
    post = Post("9", "x", "71", "Ann", "106", "1203@g.us", POST.said_at)
    delivery = webhook("whatsapp", post, SECRETS["whatsapp"], NOW, "d", "n")
    [item] = channels.platform("whatsapp").parse(delivery.body, {}, frozenset())
    assert (item.conversation_id, item.author_id, item.source_type) == ("1203@g.us", "71", "group")


def test_a_line_group_is_a_conversation_of_its_own() -> None:
    post = Post("1", "x", "Uann", "Ann", "Ubot", "Cteam", POST.said_at)
    delivery = webhook("line", post, SECRETS["line"], NOW, "d", "n")
    [item] = channels.platform("line").parse(delivery.body, {}, frozenset())
    assert (item.conversation_id, item.author_id, item.source_type) == ("Cteam", "Uann", "group")


def test_what_no_xml_can_bear_is_left_out_of_wechat_s() -> None:
    post = Post("1", "a\0b\ud800c\ufffed\n", "o", "Ann", "gh", "o", POST.said_at)
    delivery = webhook("wechat", post, SECRETS["wechat"], NOW, "d", "n")
    [item] = channels.platform("wechat").parse(delivery.body, {}, frozenset())
    assert item.text == "abcd\n"


def test_a_platform_that_we_do_not_know_is_an_error() -> None:
    with pytest.raises(KeyError):
        webhook("myspace", POST, {}, NOW, "d", "n")
    with pytest.raises(KeyError):
        signed("myspace", b"", {}, NOW, "d", "n")
