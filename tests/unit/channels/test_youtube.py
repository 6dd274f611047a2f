"""YouTube: consent to a hub, comments as they are listed, replies below a thread's first one."""

import json
from typing import Any

import pytest

from desk.channels import youtube
from desk.wire import (
    Address,
    BadSignature,
    Inbound,
    NotSent,
    Response,
    Sent,
    Undecodable,
    Unknown,
)

SECRET = {"secret": "s", "account": "UCshop"}
TOPIC = "https://www.youtube.com/xml/feeds/videos.xml?channel_id="
NOBODY: frozenset[str] = frozenset()


def consent(**query: str) -> Inbound:
    asked = {"hub.mode": "subscribe", "hub.challenge": "c1", "hub.topic": f"{TOPIC}UCshop"}
    return Inbound("GET", {}, asked | {f"hub.{name}": value for name, value in query.items()}, b"")


def comment(number: str, author: str, **more: Any) -> dict[str, Any]:
    said = {
        "textDisplay": "a &lt;3<br>b",
        "authorChannelId": {"value": author},
        "publishedAt": "2026-03-01T10:00:00Z",
        "updatedAt": "2026-03-01T10:00:00Z",
    }
    return {"kind": "youtube#comment", "id": number, "snippet": said | more}


def threads(*comments: dict[str, Any], can_reply: bool = True) -> bytes:
    first, *others = comments
    thread = {"channelId": "UCshop", "videoId": "v1", "topLevelComment": first}
    row = {"id": "T", "snippet": thread | {"canReply": can_reply}, "replies": {"comments": others}}
    return json.dumps({"items": [row]}).encode()


def test_a_hub_gets_its_challenge_back() -> None:
    assert youtube.verify(consent(), SECRET, None) == b""
    answer = youtube.handshake(consent(), SECRET)
    assert answer is not None
    assert (answer.status, answer.body) == (200, "c1")


@pytest.mark.parametrize(
    "query",
    [{"mode": "unsubscribe"}, {"topic": f"{TOPIC}UCother"}, {"challenge": ""}, {"mode": "denied"},
     {"topic": "https://evil.example/feeds/videos.xml?channel_id=UCshop"},
     {"topic": "https://[::1/feeds/videos.xml?channel_id=UCshop"},
     {"topic": f"{TOPIC}UCshop&channel_id=x"}],
)  # fmt: skip
def test_what_we_have_not_asked_for_gets_404(query: dict[str, str]) -> None:
    with pytest.raises(BadSignature) as refused:
        youtube.verify(consent(**query), SECRET, None)
    assert refused.value.status == 404


@pytest.mark.parametrize("algorithm", youtube.ALGORITHMS)
def test_a_hub_may_sign_with_each_algorithm_of_websub(algorithm: str) -> None:
    signed = {"x-hub-signature": youtube.sign(b"x", "s", algorithm)}
    assert youtube.verify(Inbound("POST", signed, {}, b"x"), SECRET, None) == b"x"
    old = {"secret": "new", "previous_secret": "s"}
    assert youtube.verify(Inbound("POST", signed, {}, b"x"), old, None) == b"x"


@pytest.mark.parametrize("given", [None, "", "sha1=", "md5=00", "sha1", "00"])
def test_a_hub_hears_200_for_what_is_ignored(given: str | None) -> None:
    headers = {} if given is None else {"x-hub-signature": given}
    with pytest.raises(BadSignature) as refused:
        youtube.verify(Inbound("POST", headers, {}, b"x"), SECRET, None)
    assert refused.value.status == 200


def test_replies_hang_from_the_first_comment() -> None:
    body = threads(comment("T", "UCa"), comment("T.1", "UCb", parentId="T"))
    first, reply = youtube.parse(body, {}, NOBODY)
    assert (first.text, first.parent_id, first.post_id) == ("a <3\nb", None, "v1")
    assert (reply.parent_id, reply.post_id, reply.account_id) == ("T", "v1", "UCshop")
    assert first.conversation_id == reply.conversation_id == reply.context == "T"
    assert reply.reply_candidate


def test_our_own_what_was_edited_and_what_is_closed_is_not_answered() -> None:
    ours, edited = comment("1", "UCshop"), comment("2", "UCa", updatedAt="2026-03-01T11:00:00Z")
    [own] = youtube.parse(threads(ours), {}, NOBODY)
    assert (own.own, own.reply_candidate) == (True, False)
    [changed] = youtube.parse(threads(edited), {}, NOBODY)
    assert (changed.action, changed.reply_candidate) == ("edit", False)
    [closed] = youtube.parse(threads(comment("3", "UCa"), can_reply=False), {}, NOBODY)
    assert (closed.own, closed.reply_candidate) == (False, False)


@pytest.mark.parametrize("body", [b"<x/>", b"<feed/>", b'{"items": [{}]}', b"[]", b'{"items": 1}'])
def test_what_is_neither_videos_nor_comments_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        youtube.parse(body, {}, NOBODY)


def test_an_answer_hangs_from_the_thread_and_no_other_way_is_known() -> None:
    to = Address("youtube", message="T.1", context="T", way="reply")
    call = youtube.compose(to, "hi", "k", {"access_token": "A"})
    assert call.url == "https://www.googleapis.com/youtube/v3/comments?part=snippet"
    assert json.loads(call.body) == {"snippet": {"parentId": "T", "textOriginal": "hi"}}
    with pytest.raises(KeyError):
        youtube.compose(Address("youtube", way="message"), "hi", "k", {"access_token": "A"})


def error(status: int, reason: str) -> Response:
    told = {"error": {"code": status, "message": "m", "errors": [{"reason": reason}]}}
    return Response(status, {}, json.dumps(told).encode())


def test_what_answers_prove() -> None:
    assert youtube.outcome(Response(200, {}, b'{"id": "T.9"}')) == Sent("T.9")
    for status, reason, kind in (
        (400, "commentTextTooLong", "too_long"), (401, "authError", "token_invalid"),
        (403, "quotaExceeded", "quota"), (403, "forbidden", "permission"),
        (403, "rateLimitExceeded", "rate_limited"), (404, "parentCommentNotFound", "permanent"),
    ):  # fmt: skip
        refused = youtube.outcome(error(status, reason))
        assert isinstance(refused, NotSent)
        assert refused.kind == kind
    for status, reason in ((403, "new"), (500, "quotaExceeded"), (200, "forbidden")):
        assert isinstance(youtube.outcome(error(status, reason)), Unknown)
    assert youtube.outcome(error(400, "processingFailure")) == Unknown("m", passing=True)


def test_the_first_answer_marks_the_start_and_later_ones_are_fresh_where_newer() -> None:
    [poll] = youtube.poll({}, {"key": "K", "account": "UCshop"})
    assert "allThreadsRelatedToChannelId=UCshop" in poll.call.url
    assert "K" not in poll.call.url
    marks: dict[str, str] = {}
    seen = []
    for at in ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z", "2026-03-01T10:05:00Z"):
        page = youtube.polled(
            "comments", Response(200, {}, threads(comment("1", "UCa", updatedAt=at))), marks
        )
        assert not isinstance(page, NotSent | Unknown)
        marks = dict(page.marks)
        seen.append(page.fresh)
    assert seen == [False, False, True]
    assert isinstance(youtube.polled("comments", error(403, "quotaExceeded"), {}), NotSent)
