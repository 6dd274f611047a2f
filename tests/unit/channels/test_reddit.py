"""Reddit: the inbox, answers by full name, and its two limits."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from desk.channels import reddit
from desk.wire import Address, NotSent, Response, Sent, Undecodable, Unknown

OWN = frozenset({"t2_me"})
CREDENTIALS = {
    "client_id": "c",
    "client_secret": "s",
    "refresh_token": "r",
    "access_token": "A",
    "user_agent": "u",
}


def thing(kind: str = "t1", **data: Any) -> dict[str, Any]:
    known = {
        "name": f"{kind}_9", "author": "ada", "author_fullname": "t2_ada", "body": "hi",
        "type": "username_mention", "created_utc": 1772359200.0, "subreddit": "tea",
        "context": "/r/tea/comments/1abc/title/9/?context=3",
    } | data  # fmt: skip
    return {"kind": kind, "data": known}


def listing(*things: Any, **data: Any) -> bytes:
    return json.dumps({"kind": "Listing", "data": {"children": things} | data}).encode()


def parsed(*things: Any) -> list[Any]:
    return reddit.parse(listing(*things), {}, OWN)


def test_a_mention_belongs_to_the_thread_that_its_link_names() -> None:
    [item] = parsed(thing())
    assert (item.type, item.conversation_id, item.post_id) == ("mention", "t3_1abc", "t3_1abc")
    assert (item.reply_candidate, item.more) == (True, {"subreddit": "tea"})


def test_letters_belong_to_the_first_of_them() -> None:
    [item] = parsed(thing("t4", context="", first_message_name="t4_1", subreddit=None))
    assert (item.type, item.conversation_id, item.more) == ("message", "t4_1", {})


@pytest.mark.parametrize("author", [None, "[deleted]", "[removed]"])
def test_whoever_is_gone_is_not_answered(author: str | None) -> None:
    [item] = parsed(thing(author=author, author_fullname=None))
    assert item.reply_candidate is False


def test_our_own_is_ours_and_a_bot_is_known_for_one() -> None:
    [ours] = parsed(thing(author_fullname="t2_me"))
    assert (ours.own, ours.reply_candidate) == (True, False)
    [bot] = parsed(thing(author="AutoModerator"))
    assert bot.from_bot


@pytest.mark.parametrize("body", [b"{}", b"[]", listing({}), b'{"data": {"children": 1}}'])
def test_what_is_no_listing_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        reddit.parse(body, {}, OWN)


def test_an_answer_names_what_it_answers_and_who_calls() -> None:
    to = Address("reddit", message="t1_9", way="reply")
    call = reddit.compose(to, "a & b", "k", CREDENTIALS)
    assert call.url == "https://oauth.reddit.com/api/comment"
    assert call.headers["user-agent"] == "u"
    assert parse_qs(call.body.decode()) == {
        "api_type": ["json"], "thing_id": ["t1_9"], "text": ["a & b"]
    }  # fmt: skip


def said(*errors: Any, things: Any = (), **more: Any) -> Response:
    told = {"errors": errors, "data": {"things": things}} | more
    return Response(200, {}, json.dumps({"json": told}).encode())


def test_a_comment_that_was_made_is_named_and_one_that_nobody_sees_is_in_doubt() -> None:
    made = reddit.outcome(said(things=[{"kind": "t1", "data": {"name": "t1_77"}}]))
    assert made == Sent("t1_77")
    assert isinstance(reddit.outcome(said()), Unknown)


@pytest.mark.parametrize(
    ("words", "seconds"),
    [("try again in 9 minutes.", 540.0), ("try again in 30 seconds.", 30.0),
     ("try again in 1 hour.", 3600.0), ("later", 60.0)],
)  # fmt: skip
def test_how_often_an_account_may_speak_is_told_in_words(words: str, seconds: float) -> None:
    refused = reddit.outcome(said(["RATELIMIT", words, "ratelimit"]))
    assert isinstance(refused, NotSent)
    assert (refused.kind, refused.again_after) == ("rate_limited", seconds)


def test_what_other_answers_prove() -> None:
    for name, kind in (("TOO_LONG", "too_long"), ("THREAD_LOCKED", "permanent"),
                       ("BANNED_FROM_SUBREDDIT", "permission")):  # fmt: skip
        refused = reddit.outcome(said([name, "no", "text"]))
        assert isinstance(refused, NotSent)
        assert refused.kind == kind
    for odd in (said(["NEW", "x"]), said([]), said("x"), Response(500, {}, b"<html>")):
        assert isinstance(reddit.outcome(odd), Unknown)
    page = Response(403, {"content-type": "text/html"}, b"<html>")
    assert reddit.outcome(page) == NotSent("permission", "HTTP 403")
    limited = Response(429, {"x-ratelimit-reset": "42.0"}, b"")
    assert reddit.outcome(limited) == NotSent("rate_limited", "HTTP 429", 42.0)


def test_the_inbox_is_fresh_where_a_thing_is_newer() -> None:
    begun = reddit.polled("inbox", Response(200, {}, listing(thing(), after="t1_9")), {})
    assert not isinstance(begun, NotSent | Unknown)
    assert (begun.fresh, begun.marks, begun.more) == (False, {"newest": "1772359200"}, None)
    later = listing(thing(created_utc=1772359300.0), after="t1_8")
    headers = {"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "33"}
    page = reddit.polled("inbox", Response(200, headers, later), begun.marks)
    assert not isinstance(page, NotSent | Unknown)
    assert (page.fresh, page.wait) == (True, 33.0)
    assert page.more is not None
    assert page.more.url.endswith("after=t1_8")
    assert isinstance(reddit.polled("inbox", Response(401, {}, b""), {}), NotSent)
