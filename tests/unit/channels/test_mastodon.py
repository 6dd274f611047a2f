"""Mastodon: notifications, an administrator's webhooks, answers as visible as their occasion."""

import json
from typing import Any

import pytest

from desk.channels import mastodon
from desk.wire import Address, NotSent, Response, Sent, Undecodable, Unknown

OWN = frozenset({"11"})
CREDENTIALS = {"instance": "https://social.example", "token": "T"}


def status(**more: Any) -> dict[str, Any]:
    return {
        "id": "500", "created_at": "2026-03-01T10:00:00.000Z", "visibility": "public",
        "content": "<p>Hello <a href='x'>@shop</a></p><p>a &amp; b<br>c</p>", "language": "en",
        "account": {"id": "71", "acct": "ada@far.example", "bot": False, "followers_count": 3},
        "mentions": [{"id": "11"}], "url": "https://social.example/@ada/500",
    } | more  # fmt: skip


def notification(kind: str = "mention", number: str = "9", **more: Any) -> dict[str, Any]:
    who = {"id": "71", "acct": "ada@far.example"}
    told = {"id": number, "type": kind, "created_at": "2026-03-01T10:00:01Z", "account": who}
    return told | ({"status": status(**more)} if kind not in ("follow",) else {})


def parsed(value: Any) -> list[Any]:
    return mastodon.parse(json.dumps(value).encode(), {}, OWN)


def test_a_list_of_notifications_is_heard_in_its_order() -> None:
    [mention, liked, followed, other] = parsed(
        [notification(), notification("favourite"), notification("follow"), notification("poll")]
    )
    assert (mention.type, mention.text) == ("mention", "Hello @shop\n\na & b\nc")
    assert (mention.author_name, mention.conversation_id) == ("ada@far.example", "71")
    assert mention.reply_candidate
    assert [it.type for it in (liked, followed, other)] == ["reaction", "follow", "control"]
    assert not any(it.reply_candidate for it in (liked, followed, other))


def test_a_servers_public_talk_is_a_mention_where_it_names_us() -> None:
    def webhook(**more: Any) -> Any:
        [item] = parsed({"event": "status.created", "object": status(**more)})
        return item

    assert (webhook().type, webhook().reply_candidate) == ("mention", True)
    told = webhook(mentions=[])
    assert (told.type, told.reply_candidate) == ("post", None)
    assert webhook(mentions=[], in_reply_to_account_id="11").type == "mention"
    ours = webhook(account={"id": "11", "acct": "shop"})
    assert (ours.own, ours.reply_candidate) == (True, False)
    assert webhook(account={"id": "71", "acct": "b", "bot": True}).reply_candidate is False


def test_what_is_streamed_is_json_within_json() -> None:
    told = {"stream": ["user"], "event": "notification", "payload": json.dumps(notification())}
    [item] = parsed(told)
    assert (item.type, item.more) == ("mention", {"notification_id": "9"})
    [gone] = parsed({"stream": ["user"], "event": "delete", "payload": "500"})
    assert (gone.action, gone.message_id) == ("delete", "500")


@pytest.mark.parametrize("value", [{}, [{}], 5, {"type": "mention"}, {"event": "status.created"}])
def test_what_is_neither_is_undecodable(value: Any) -> None:
    with pytest.raises(Undecodable):
        parsed(value)


@pytest.mark.parametrize("visibility", mastodon.VISIBILITIES)
def test_an_answer_is_as_visible_as_what_it_answers(visibility: str) -> None:
    [item] = parsed([notification(visibility=visibility)])
    to = Address("mastodon", message="500", way="reply", context=item.context)
    said = json.loads(mastodon.compose(to, "Hi", "k", CREDENTIALS).body)
    assert said == {
        "status": "@ada@far.example Hi", "in_reply_to_id": "500", "visibility": visibility
    }  # fmt: skip


@pytest.mark.parametrize("context", ["", " ada", "loud ada", "{}"])
def test_where_that_is_not_known_nobody_else_sees_it(context: str) -> None:
    to = Address("mastodon", message="500", way="reply", context=context)
    assert json.loads(mastodon.compose(to, "Hi", "k", CREDENTIALS).body)["visibility"] == "direct"


def test_a_name_that_is_there_is_not_put_twice_and_a_key_stays_the_same() -> None:
    to = Address("mastodon", message="500", way="reply", context="public ada@far.example")
    call = mastodon.compose(to, "Hi @Ada@far.example", "k", CREDENTIALS)
    assert json.loads(call.body)["status"] == "Hi @Ada@far.example"
    again = mastodon.compose(to, "Hi @Ada@far.example", "k", CREDENTIALS)
    other = mastodon.compose(to, "Hi", "k2", CREDENTIALS)
    assert call.headers["idempotency-key"] == again.headers["idempotency-key"]
    assert call.headers["idempotency-key"] != other.headers["idempotency-key"]


def answer(status: int, error: str, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, named, json.dumps({"error": error}).encode())


def test_what_answers_prove() -> None:
    assert mastodon.outcome(Response(200, {}, b'{"id": "501"}')) == Sent("501")
    for code, words, kind in (
        (403, "This action is not allowed", "permission"), (404, "Record not found", "permanent"),
        (403, "Your login is currently disabled", "blocked"),
        (422, "Validation failed: Text character limit of 500 exceeded", "too_long"),
    ):  # fmt: skip
        refused = mastodon.outcome(answer(code, words))
        assert isinstance(refused, NotSent)
        assert refused.kind == kind
    for response in (answer(503, "x"), answer(418, "x"), Response(200, {}, b"<p>")):
        assert isinstance(mastodon.outcome(response), Unknown)


def test_a_limit_ends_by_the_servers_own_clock() -> None:
    date = "Sun, 01 Mar 2026 10:00:00 GMT"
    waits = answer(429, "Too many requests", x_ratelimit_reset="2026-03-01T10:04:10.5Z", date=date)
    assert mastodon.outcome(waits) == NotSent("rate_limited", "Too many requests", 250.5)
    assert mastodon.outcome(answer(429, "x")) == NotSent("rate_limited", "x", 60.0)


def test_notifications_are_asked_for_from_the_latest_that_we_have() -> None:
    [poll] = mastodon.poll({}, CREDENTIALS)
    assert "limit=1" in poll.call.url
    begun = mastodon.polled("notifications", answer_list("99", "100"), {})
    assert not isinstance(begun, NotSent | Unknown)
    assert (begun.fresh, begun.marks) == (False, {"newest": "100"})
    [poll] = mastodon.poll({"notifications": begun.marks}, CREDENTIALS)
    assert "min_id=100" in poll.call.url
    later = mastodon.polled("notifications", answer_list("101"), begun.marks)
    none = mastodon.polled("notifications", answer_list(), begun.marks)
    assert not isinstance(later, NotSent | Unknown)
    assert not isinstance(none, NotSent | Unknown)
    assert (later.fresh, later.marks) == (True, {"newest": "101"})
    assert (none.fresh, none.marks) == (False, {"newest": "100"})


def answer_list(*numbers: str) -> Response:
    listed = [notification(number=number) for number in numbers]
    return Response(200, {}, json.dumps(listed).encode())
