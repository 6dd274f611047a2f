"""Weibo: pushes, pages that are polled, what we send, and what the answers prove."""

import json
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from desk.channels import weibo
from desk.lengths import length
from desk.polling import SOURCE, Page
from desk.sealed import sign
from desk.wire import (
    Address,
    Answer,
    BadSignature,
    Inbound,
    Item,
    NotSent,
    Outbound,
    Refusal,
    Response,
    Sent,
    Undecodable,
    Unknown,
    iso,
)

NOW = 1_700_000_000
SECRET = {"secret": "sesame"}
KNOWN = {"access_token": "T", "rip": "203.0.113.7", "base": "http://127.0.0.1:1/"}
WHEN = "Mon Jul 16 18:09:20 +0800 2012"


def request(stamp: Any = NOW * 1000, method: str = "POST", **more: str) -> Inbound:
    query = {"signature": sign("sesame", str(stamp), "n"), "timestamp": str(stamp), "nonce": "n"}
    return Inbound(method, {}, query | more, b"{}")


def pushed(kind: str, own: frozenset[str] = frozenset(), **more: Any) -> Item:
    given = {"type": kind, "receiver_id": 5, "sender_id": 71, "created_at": WHEN, **more}
    [item] = weibo.parse(json.dumps(given).encode(), {}, own)
    return item


def test_a_push_signs_its_query_by_the_millisecond() -> None:
    assert weibo.verify(request(), SECRET, NOW) == b"{}"
    assert weibo.verify(request(method="GET"), SECRET, NOW) == b""
    assert weibo.handshake(request(method="GET", echostr="8812"), SECRET) == Answer(body="8812")
    assert weibo.handshake(request(echostr="8812"), SECRET) is None


def test_a_query_is_good_for_five_minutes() -> None:
    assert weibo.verify(request(), SECRET, NOW + 300)
    with pytest.raises(BadSignature, match="301 s too old"):
        weibo.verify(request(), SECRET, NOW + 301)


@pytest.mark.parametrize("stamp", ["", "soon", "1.5", "-1", "٣", "9" * 400])
def test_a_timestamp_is_whole_milliseconds(stamp: str) -> None:
    with pytest.raises(BadSignature, match="timestamp"):
        weibo.verify(request(stamp), SECRET, NOW)


@pytest.mark.parametrize("given", ["", "0" * 40, "é"])
def test_a_wrong_signature_is_refused(given: str) -> None:
    with pytest.raises(BadSignature, match="signature"):
        weibo.verify(request(signature=given), SECRET, NOW)


def test_a_private_message_is_told_apart_by_who_when_and_what() -> None:
    item = pushed("text", text="几点打烊")
    assert (item.type, item.action, item.reply_candidate) == ("message", "create", True)
    assert (item.account_id, item.author_id, item.conversation_id) == ("5", "71", "71")
    assert item.created_at is not None
    assert iso(item.created_at) == "2012-07-16T10:09:20Z"
    assert item.identity() == pushed("text", text="几点打烊").identity()
    assert item.identity() != pushed("text", text="几点开门").identity()
    assert pushed("text", frozenset({"71"}), text="x").own


@pytest.mark.parametrize(
    ("subtype", "what", "opens"),
    [
        ("follow", ("follow", "create", False), None),
        ("unfollow", ("follow", "delete", False), None),
        ("unsubscribe", ("follow", "delete", False), None),
        ("click", ("interaction", "create", None), "menu"),
        ("scan", ("interaction", "create", None), "scan"),
        ("dance", ("control", "none", False), None),
    ],
)
def test_an_event_is_what_its_subtype_says(
    subtype: str, what: tuple[str, str, bool | None], opens: str | None
) -> None:
    item = pushed("event", text="默认文案", data={"subtype": subtype, "key": "k"})
    assert (item.type, item.action, item.reply_candidate) == what
    assert (item.event, item.event_key, item.opens, item.text) == (subtype, "k", opens, None)


def test_a_post_that_names_us_is_answered_below_it() -> None:
    item = pushed("mention", text="@晓满 好喝", data={"subtype": "status", "key": 9001})
    assert (item.type, item.reply_candidate, item.text) == ("mention", True, "@晓满 好喝")
    assert (item.message_id, item.conversation_id, item.context) == ("9001", "9001", "status")


def test_pushes_come_in_wechat_s_xml_too() -> None:
    body = (
        b"<xml><ToUserName>5</ToUserName><FromUserName>71</FromUserName><CreateTime>1700000000"
        b"</CreateTime><MsgType>text</MsgType><Content>hi</Content></xml>"
    )
    [item] = weibo.parse(body, {}, frozenset())
    assert (item.type, item.text, item.author_id, item.account_id) == ("message", "hi", "71", "5")
    assert item.created_at is not None
    assert iso(item.created_at) == "2023-11-14T22:13:20Z"


def comment(number: int, **more: Any) -> dict[str, Any]:
    user = {"id": 71, "screen_name": "木木", "followers_count": 12, "verified": True}
    return {
        "id": number, "text": f"c{number}", "created_at": WHEN, "user": user, "status": {"id": 9},
    } | more  # fmt: skip


def listed(source: str, *entries: Any, name: str = "comments") -> list[Item]:
    body = json.dumps({name: [*entries]}).encode()
    return weibo.parse(body, {SOURCE: source}, frozenset({"5"}))


def test_a_page_of_comments_is_read_from_the_oldest_up() -> None:
    answered = comment(3, reply_comment={"id": 1})
    first, second = listed("comments", answered, comment(2), {"text": "no id"}, 7)
    assert (first.message_id, second.message_id) == ("2", "3")
    assert (first.type, first.parent_id, first.post_id) == ("comment", "9", "9")
    assert (second.type, second.parent_id) == ("reply", "1")
    assert (first.author_name, first.author_followers, first.author_verified) == ("木木", 12, True)
    assert (first.account_id, first.conversation_id, first.context) == ("5", "9", None)


def test_a_post_that_is_polled_is_the_mention_that_was_pushed() -> None:
    post = {"id": 9001, "text": "@晓满 好喝", "created_at": WHEN, "user": {"id": 71}}
    [item] = listed("statuses", post, name="statuses")
    again = pushed("mention", text="@晓满 好喝", data={"subtype": "status", "key": 9001})
    assert item.identity() == again.identity()
    assert (item.context, item.reply_candidate) == ("status", True)


def test_our_own_comments_are_not_answered() -> None:
    [item] = listed("comments", comment(2, user={"id": 5}))
    assert (item.own, item.reply_candidate) == (True, False)


@pytest.mark.parametrize("body", [b"[]", b"{}", b"<xml/>", b'{"type": 5}', b"{", b"\xff"])
def test_what_is_no_push_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        weibo.parse(body, {}, frozenset())
    for source in ("comments", "elsewhere"):
        with pytest.raises(Undecodable):
            weibo.parse(body, {SOURCE: source}, frozenset())


def fields(call: Outbound) -> dict[str, str]:
    return dict(parse_qsl(call.body.decode(), strict_parsing=True))


def test_a_private_answer_is_json_within_a_form() -> None:
    to = Address("weibo", conversation="71", author="71")
    call = weibo.compose(to, '您好 & "x"', "k", KNOWN)
    assert call.url == "http://127.0.0.1:1/2/messages/reply.json"
    sent = fields(call)
    assert json.loads(sent.pop("data")) == {"text": '您好 & "x"'}
    assert sent == {
        "access_token": "T", "type": "text", "save_sender_box": "1", "receiver_id": "71",
    }  # fmt: skip


def test_a_public_answer_goes_below_the_comment_or_the_post() -> None:
    below = Address("weibo", conversation="9", author="71", message="3", way="reply")
    call = weibo.compose(below, "谢谢", "k", KNOWN)
    assert call.url == "http://127.0.0.1:1/2/comments/reply.json"
    common = {"access_token": "T", "comment": "谢谢", "rip": "203.0.113.7"}
    assert fields(call) == common | {"cid": "3", "id": "9"}
    post = Address("weibo", conversation="9", message="9", way="reply", context="status")
    call = weibo.compose(post, "谢谢", "k", KNOWN)
    assert call.url == "http://127.0.0.1:1/2/comments/create.json"
    assert fields(call) == common | {"id": "9"}


def test_letters_are_half_as_long_as_chinese_characters() -> None:
    assert [length(text, "halves") for text in ("茶", "ab", "abc", "茶a")] == [1, 1, 2, 2]


def answer(status: int, **body: Any) -> Response:
    return Response(status, {}, json.dumps(body).encode())


def refusal(code: int | str) -> Response:
    return answer(400, request="/2", error_code=code, error="no")


@pytest.mark.parametrize(
    ("code", "kind", "again"),
    [
        (10006, "permanent", None),
        ("10014", "permission", None),
        (10023, "rate_limited", 60),
        ("20012", "too_long", None),
        (20019, "duplicate", None),
        (26403, "window_closed", None),
        ("21327", "token_invalid", None),
        (21332, "token_invalid", None),
    ],
)
def test_a_listed_refusal_is_not_sent(code: int | str, kind: Refusal, again: float | None) -> None:
    assert weibo.outcome(refusal(code)) == NotSent(kind, f"{code} no", again)


def test_what_was_posted_has_its_id() -> None:
    assert weibo.outcome(answer(200, id=12438492184)) == Sent("12438492184")
    assert weibo.outcome(answer(200, result=True)) == Sent("")


@pytest.mark.parametrize("code", [10001, "10002", 10009, 10011])
def test_a_platform_out_of_order_may_have_posted(code: int | str) -> None:
    assert weibo.outcome(refusal(code)) == Unknown(f"{code} no", passing=True)


def test_any_other_answer_proves_nothing() -> None:
    for response in (
        refusal(99999), refusal(""), refusal("9" * 50), answer(200), answer(200, result=False),
        answer(200, id=1, error_code=10001), answer(502, error_code=20012),
        Response(200, {}, b"<html>"),
    ):  # fmt: skip
        assert isinstance(weibo.outcome(response), Unknown)


def test_our_comment_is_found_below_what_it_answers() -> None:
    to = Address("weibo", conversation="9", message="3", way="reply")
    assert weibo.look_up(Address("weibo"), KNOWN) is None
    call = weibo.look_up(to, KNOWN)
    assert call is not None
    assert call.url == "http://127.0.0.1:1/2/comments/by_me.json?access_token=T&count=50"
    ours = comment(7, text="回复@木木:谢谢", reply_comment={"id": 3})
    assert weibo.looked_up(answer(200, comments=[comment(8), ours]), to, "谢谢") == "7"
    for elsewhere in ([], [ours | {"reply_comment": {"id": 4}}], [ours | {"text": "谢"}], "x"):
        found = weibo.looked_up(answer(200, comments=elsewhere), to, "谢谢")
        assert isinstance(found, Unknown)


def asked(source: str, marks: dict[str, dict[str, str]]) -> dict[str, str]:
    [call] = [poll.call for poll in weibo.poll(marks, KNOWN) if poll.source == source]
    return {name: value[0] for name, value in parse_qs(urlsplit(call.url).query).items()}


def page(marks: dict[str, str], *numbers: int) -> Page:
    found = weibo.polled("comments", answer(200, comments=[comment(n) for n in numbers]), marks)
    assert isinstance(found, Page)
    return found


def test_polling_begins_with_the_newest_page_and_goes_on_from_there() -> None:
    assert asked("comments", {})["since_id"] == "0"
    first = page({}, *range(150, 100, -1))
    assert (first.fresh, first.marks) == (True, {"since": "150"})
    assert asked("comments", {"comments": dict(first.marks)})["since_id"] == "150"
    assert page({"since": "150"}) == Page(False, {"since": "150"})
    assert page({"since": "150"}, 152, 151).marks == {"since": "152"}


def test_what_does_not_fit_into_a_page_is_asked_for_before_anything_newer() -> None:
    full = page({"since": "100"}, *range(180, 130, -1))
    assert full.marks == {"since": "100", "top": "180", "below": "130"}
    again = asked("comments", {"comments": dict(full.marks)})
    assert (again["since_id"], again["max_id"]) == ("100", "130")
    rest = page(dict(full.marks), *range(130, 100, -1))
    assert rest.marks == {"since": "180"}


def test_a_poll_that_fails_says_why() -> None:
    assert isinstance(weibo.polled("comments", refusal(21332), {}), NotSent)
    assert isinstance(weibo.polled("comments", refusal(10001), {}), Unknown)
    assert isinstance(weibo.polled("comments", answer(200, comments=5), {}), Unknown)


def test_a_token_is_checked_by_asking_whose_it_is() -> None:
    call = weibo.check(KNOWN)
    assert call is not None
    assert call.url == "http://127.0.0.1:1/2/account/get_uid.json?access_token=T"
    assert weibo.checked(answer(200, uid=5)) == "5"
    assert isinstance(weibo.checked(refusal(21332)), NotSent)
