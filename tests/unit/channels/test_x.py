"""X: who is told to be answered, what we send, and what X's answers prove."""

import json
from typing import Any

import pytest

from desk.channels import x
from desk.polling import SOURCE, Page
from desk.wire import (
    Address,
    BadSignature,
    Inbound,
    Item,
    NotSent,
    Refusal,
    Response,
    Sent,
    Undecodable,
    Unknown,
)

SECRET = {"platform": "x", "secret": "sesame"}
US, ANN = "31", "52"
NOBODY: frozenset[str] = frozenset()
CREDENTIALS = {"access_token": "A", "account": US, "base": "https://x.test"}


def challenge(token: str | None) -> Inbound:
    return Inbound("GET", {}, {} if token is None else {"crc_token": token}, b"")


def event(kind: str, **payload: Any) -> Item:
    post = {"id": "9", "author_id": ANN, "conversation_id": "7", "text": "tea?"} | payload
    data = {"event_uuid": "-1", "event_type": kind, "filter": {"user_id": US}, "payload": post}
    [item] = x.parse(json.dumps({"data": data}).encode(), {}, NOBODY)
    return item


def answered(status: int, body: Any, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return x.outcome(Response(status, named, json.dumps(body).encode()))


def test_a_challenge_is_answered_with_its_signature() -> None:
    assert x.verify(challenge("MTIz-4_5="), SECRET, None) == b""
    answer = x.handshake(challenge("MTIz-4_5="), SECRET)
    assert answer is not None
    assert json.loads(answer.body) == {"response_token": x.sign(b"MTIz-4_5=", "sesame")}
    assert answer.content_type == "application/json"


@pytest.mark.parametrize("token", [None, "", '{"data":{}}', "two words", "a" * 513, "é"])
def test_nobody_can_have_a_delivery_signed_by_asking_for_it(token: str | None) -> None:
    with pytest.raises(BadSignature) as refused:
        x.verify(challenge(token), SECRET, None)
    assert refused.value.status == 400


@pytest.mark.parametrize("given", [x.sign(b"{} ", "sesame"), x.sign(b"{}", "s")[7:], "sha256=", ""])
def test_a_body_needs_its_own_signature(given: str) -> None:
    request = Inbound("POST", {"x-twitter-webhooks-signature": given}, {}, b"{}")
    with pytest.raises(BadSignature):
        x.verify(request, SECRET, None)
    good = {"x-twitter-webhooks-signature": x.sign(b"{}", "sesame")}
    assert x.verify(request._replace(headers=good), SECRET, None) == b"{}"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("post.mention.create", ("mention", True)),
        ("post.reply.create", ("reply", True)),
        ("post.quote.create", ("quote", True)),
        ("post.repost.create", ("control", False)),
        ("post.create", ("post", False)),
    ],
)
def test_who_speaks_to_us_may_be_answered(kind: str, expected: tuple[str, bool]) -> None:
    item = event(kind)
    assert (item.type, item.reply_candidate) == expected
    assert (item.own, item.account_id, item.event_id) == (False, US, "-1")
    assert event(kind, author_id=US).reply_candidate is False


def test_a_reply_that_names_us_itself_has_summoned_us() -> None:
    def reply(start: int) -> str:
        named = {"mentions": [{"start": start, "end": start + 5, "id": US}]}
        return event("post.reply.create", display_text_range=[6, 20], entities=named).type

    assert reply(0) == "reply"  # X puts the name before every reply
    assert reply(9) == "mention"


def test_an_edited_post_is_an_edit_and_not_answered_again() -> None:
    item = event("post.mention.create", id="12", edit_history_tweet_ids=["9", "12"])
    assert (item.action, item.reply_candidate, item.message_id) == ("edit", False, "12")


def test_a_mention_and_a_reply_with_the_same_id_are_one() -> None:
    assert event("post.mention.create").identity() == event("post.reply.create").identity()


def test_a_direct_message_belongs_to_the_conversation_with_the_other() -> None:
    def message(sender: str, receiver: str) -> Item:
        created = {"sender_id": sender, "target": {"recipient_id": receiver}}
        created["message_data"] = {"text": "tea &amp; milk"}
        told = {"type": "message_create", "id": "5", "message_create": created}
        delivery = {"for_user_id": US, "direct_message_events": [told]}
        [item] = x.parse(json.dumps(delivery).encode(), {}, NOBODY)
        return item

    heard, said = message(ANN, US), message(US, ANN)
    assert heard.conversation_id == said.conversation_id == ANN
    assert (heard.reply_candidate, said.reply_candidate, said.own) == (True, False, True)
    assert heard.text == "tea & milk"


def test_someone_we_have_blocked_is_not_answered() -> None:
    tweet = {"id_str": "9", "text": "@us tea?", "user": {"id_str": ANN}}
    delivery = {"for_user_id": US, "user_has_blocked": True, "tweet_create_events": [tweet]}
    [item] = x.parse(json.dumps(delivery).encode(), {}, NOBODY)
    assert (item.type, item.reply_candidate) == ("mention", False)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"data": {}}', b'{"data": 1}', b"tea"])
def test_what_is_no_event_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        x.parse(body, {}, NOBODY)


def test_an_answer_goes_where_its_way_leads() -> None:
    to = Address("x", account=US, conversation="7", author=ANN, message="9", way="reply")
    reply = x.compose(to, "tea", "k", CREDENTIALS)
    assert reply.url == "https://x.test/2/tweets"
    assert json.loads(reply.body)["reply"] == {"in_reply_to_tweet_id": "9"}
    for way in ("message", "private"):
        call = x.compose(Address("x", author=ANN, way=way), "tea", "k", CREDENTIALS)
        assert call.url == "https://x.test/2/dm_conversations/with/52/messages"
    post = x.compose(Address("x", way="post"), "tea", "k", CREDENTIALS)
    assert json.loads(post.body) == {"text": "tea"}


@pytest.mark.parametrize(
    ("status", "title", "detail", "kind"),
    [
        (
            403,
            "Forbidden",
            "You are not allowed to create a Tweet with duplicate content.",
            "duplicate",
        ),
        (403, "Forbidden", "Your account is suspended", "blocked"),
        (403, "Forbidden", "Reply to this conversation is not allowed", "permission"),
        (401, "Unauthorized", "Unauthorized", "token_invalid"),
        (402, "CreditsDepleted", "no credits", "quota"),
    ],
)
def test_what_x_refuses_was_not_posted(status: int, title: str, detail: str, kind: Refusal) -> None:
    outcome = answered(status, {"title": title, "detail": detail, "type": "about:blank"})
    assert isinstance(outcome, NotSent)
    assert outcome.kind == kind


def test_what_x_takes_has_an_id() -> None:
    assert answered(201, {"data": {"id": "77", "text": "tea"}}) == Sent("77")
    assert answered(201, {"data": {"dm_conversation_id": "1-2", "dm_event_id": "78"}}) == Sent("78")
    assert isinstance(answered(201, {"data": {}}), Unknown)
    assert isinstance(answered(400, {"title": "Oddness"}), Unknown)


def test_a_limit_ends_when_x_says_by_its_own_clock() -> None:
    body = {"title": "Too Many Requests", "type": "about:blank"}
    date = "Wed, 25 Nov 2026 12:00:00 GMT"
    outcome = answered(429, body, x_rate_limit_reset="1795608090", date=date)
    assert outcome == NotSent("rate_limited", "Too Many Requests", 90.0)
    assert answered(429, body).again_after == 60.0


def test_a_refresh_token_is_good_once_and_the_next_is_kept() -> None:
    credentials = {"client_id": "c", "client_secret": "s", "refresh_token": "r1"}
    call = x.sign_in(credentials)
    assert call is not None
    assert b"refresh_token=r1" in call.body
    answer = {"access_token": "A", "expires_in": 7200, "refresh_token": "r2"}
    taken = x.signed_in(Response(200, {}, json.dumps(answer).encode()), credentials)
    assert taken is not None
    assert (taken.credentials["access_token"], taken.keep) == ("A", {"refresh_token": "r2"})
    assert x.signed_in(Response(400, {}, b"{}"), credentials) is None


def listed(*posts: dict[str, Any], **meta: Any) -> Response:
    return Response(200, {}, json.dumps({"data": list(posts), "meta": meta}).encode())


def test_what_we_said_is_found_by_what_it_answers_and_its_words() -> None:
    to = Address("x", account=US, author=ANN, message="9", way="reply")
    about = {"referenced_tweets": [{"type": "replied_to", "id": "9"}]}
    said = {"id": "77", "text": "@ann tea &amp; milk"} | about
    assert x.looked_up(listed(said), to, "tea & milk") == "77"
    assert x.looked_up(listed(said), to, "coffee") is None
    assert x.looked_up(listed(said), Address("x", message="8", way="reply"), "tea & milk") is None
    linked = {"id": "78", "text": "@ann https://t.co/a"} | about
    assert isinstance(x.looked_up(listed(linked), to, "tea.com"), Unknown)
    assert isinstance(x.looked_up(Response(500, {}, b""), to, "tea"), Unknown)


def test_mentions_are_polled_from_the_first_answer_on_and_none_is_skipped() -> None:
    reads = {"token": "B", "account": US}
    [first] = x.poll({}, reads)
    assert "since_id" not in first.call.url
    begun = x.polled(first.source, listed({"id": "5"}, newest_id="5"), {})
    assert begun == Page(False, {"since_id": "5"})
    part = x.polled(first.source, listed({"id": "9"}, newest_id="9", next_token="n"), begun.marks)
    assert isinstance(part, Page)
    [second] = x.poll({first.source: part.marks}, reads)
    assert "since_id=5" in second.call.url
    assert "pagination_token=n" in second.call.url
    last = x.polled(first.source, listed({"id": "6"}, newest_id="6"), part.marks)
    assert last == Page(True, {"since_id": "9"})


def test_a_polled_mention_is_the_one_that_a_webhook_brings() -> None:
    post = {"id": "9", "author_id": ANN, "conversation_id": "7", "text": "tea?"}
    body = json.dumps({"data": [post]}).encode()
    [item] = x.parse(body, {SOURCE: f"mentions:{US}"}, NOBODY)
    assert item.identity() == event("post.mention.create").identity()
    assert item.reply_candidate is True
