"""The pretend platforms keep each platform's rules, in its own words."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.platforms import ACCOUNTS, Answered, Limits, Pace, Platforms, pretend_platforms
from tests.platforms.client import call, custom_send, event, message, push

KEY = str(uuid.UUID(int=7))
TELEGRAM_TOKEN = ACCOUNTS["telegram"].token


@pytest.fixture(scope="module")
def server() -> Iterator[Platforms]:
    with pretend_platforms(clock=lambda: 1_750_000_000.0) as platforms:
        yield platforms


@pytest.fixture
def platforms(server: Platforms) -> Platforms:
    server.reset()
    return server


# LINE


def test_line_posts_a_push_and_names_the_message(platforms: Platforms) -> None:
    answer = push(platforms, "你好 🍎", KEY)
    (sent,) = answer.json()["sentMessages"]
    (posted,) = platforms.posted("line")
    assert answer.status == 200
    assert sent["quoteToken"]
    assert (posted.id, posted.text) == (sent["id"], "你好 🍎")
    assert (posted.recipient, posted.account, posted.key) == ("U1", "pretend-line", KEY)


def test_line_carries_out_a_retry_key_once(platforms: Platforms) -> None:
    first, again = push(platforms, key=KEY), push(platforms, key=KEY)
    assert again.status == 409
    assert again.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert again.json()["sentMessages"] == first.json()["sentMessages"]
    assert len(platforms.posted()) == 1
    assert [it.key for it in platforms.repeats()] == [KEY]


def test_line_forgets_a_retry_key_after_a_day(platforms: Platforms) -> None:
    push(platforms, key=KEY)
    platforms.advance(24 * 3600)
    assert push(platforms, key=KEY).status == 200
    assert len(platforms.posted()) == 2


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"type": "text", "text": "a"}] * 6}, "messages"),
        ({"messages": [{"type": "text", "text": " "}]}, "messages[0].text"),
        ({"messages": [{"type": "text", "text": "🍎" * 2500 + "a"}]}, "messages[0].text"),
        ({"messages": [{"type": "smoke"}]}, "messages[0].type"),
    ],
)
def test_line_says_what_is_wrong_with_a_body(
    platforms: Platforms, body: dict[str, Any], wrong: str
) -> None:
    answer = push(platforms, **body)
    assert answer.status == 400
    assert answer.json()["message"] == "The request body has 1 error(s)"
    assert [detail["property"] for detail in answer.json()["details"]] == [wrong]
    assert platforms.posted() == []


def test_line_takes_five_messages_and_5000_utf16_units(platforms: Platforms) -> None:
    assert push(platforms, "🍎" * 2500).status == 200
    assert push(platforms, messages=[{"type": "text", "text": "a"}] * 5).status == 200


def test_line_refuses_what_it_cannot_address_or_read(platforms: Platforms) -> None:
    platforms.recipient("line", "U2", "unknown")
    assert push(platforms, token="stolen").status == 401
    assert push(platforms, key="no-uuid").status == 400
    assert "'to'" in push(platforms, to="").json()["message"]
    assert push(platforms, to="U2").json() == {"message": "Failed to send messages"}
    assert push(platforms, path="multicast").status == 404
    headers = {"Authorization": "Bearer pretend-line-token", "Content-Type": "text/plain"}
    url = f"{platforms.bases['line']}/v2/bot/message/push"
    assert call("POST", url, b"{}", headers).status == 415
    headers["Content-Type"] = "application/json; charset=utf-8"
    assert call("POST", url, b"[" * 100_000, headers).status == 400
    assert call("GET", url, b"", headers).status == 405
    assert [it.status for it in platforms.refused()] == [401, 400, 400, 400, 404, 415, 400, 405]
    assert platforms.posted() == []


def test_line_takes_a_reply_token_once(platforms: Platforms) -> None:
    platforms.heard("line", "U1", reply_token="r1")
    assert push(platforms, path="reply", replyToken="r1").status == 200
    again = push(platforms, path="reply", replyToken="r1")
    assert (again.status, again.json()) == (400, {"message": "Invalid reply token"})
    assert [(it.recipient, it.in_reply_to) for it in platforms.posted()] == [("U1", "r1")]


def test_line_lets_a_reply_token_go_after_a_minute(platforms: Platforms) -> None:
    platforms.heard("line", "U1", reply_token="r1")
    platforms.advance(61)
    assert push(platforms, path="reply", replyToken="r1").status == 400
    assert push(platforms, path="reply", replyToken="0" * 32).status == 400


def test_line_refuses_a_retry_key_on_a_reply(platforms: Platforms) -> None:
    assert push(platforms, key=KEY, path="reply", replyToken="r1").status == 400
    assert platforms.posted() == []


def test_line_has_a_monthly_quota_for_pushes_and_a_rate() -> None:
    limits = Limits(line_monthly=1, line_rate=Pace(2, 1))
    with pretend_platforms(limits=limits, clock=lambda: 0.0) as platforms:
        assert push(platforms).status == 200
        assert "monthly limit" in push(platforms).json()["message"]
        assert "rate limit" in push(platforms, path="reply", replyToken="r1").json()["message"]
        platforms.advance(1)
        assert push(platforms, path="reply", replyToken="r1").status == 200


# Telegram


def test_telegram_posts_and_returns_the_message(platforms: Platforms) -> None:
    answer = message(platforms, reply_parameters={"message_id": 5}).json()
    (posted,) = platforms.posted("telegram")
    assert answer["ok"] is True
    assert answer["result"]["chat"] == {"id": 42, "type": "private", "first_name": "Person"}
    assert answer["result"]["reply_to_message"]["message_id"] == 5
    assert str(answer["result"]["message_id"]) == posted.id
    assert (posted.recipient, posted.in_reply_to, posted.text) == ("42", "5", "hello")


def test_telegram_takes_a_form_too(platforms: Platforms) -> None:
    url = f"{platforms.bases['telegram']}/bot{TELEGRAM_TOKEN}/sendMessage"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    form = b"chat_id=@desk_news&text=hello&reply_parameters=%7B%22message_id%22%3A5%7D"
    assert call("POST", url, form, headers).json()["result"]["chat"]["username"] == "desk_news"
    assert [it.in_reply_to for it in platforms.posted()] == ["5"]


@pytest.mark.parametrize(
    ("fields", "status", "description"),
    [
        ({"text": " \n"}, 400, "Bad Request: message text is empty"),
        ({"text": "🍎" * 2048 + "a"}, 400, "Bad Request: message is too long"),
        ({"chat_id": ""}, 400, "Bad Request: chat_id is empty"),
        ({"chat_id": "nobody"}, 400, "Bad Request: chat not found"),
        ({"chat_id": -7}, 400, "Bad Request: chat not found"),
        ({"chat_id": 8}, 403, "Forbidden: bot was blocked by the user"),
        (
            {"chat_id": 9, "reply_parameters": {"message_id": 2}},
            400,
            "Bad Request: message to be replied not found",
        ),
        (
            {"reply_parameters": {"message_id": "x"}},
            400,
            "Bad Request: message_id is invalid in reply_parameters",
        ),
    ],
)
def test_telegram_describes_a_refusal(
    platforms: Platforms, fields: dict[str, Any], status: int, description: str
) -> None:
    platforms.recipient("telegram", "-7", "unknown")
    platforms.recipient("telegram", "8", "blocked")
    platforms.heard("telegram", "9", message="1")
    answer = message(platforms, **fields)
    assert answer.status == status
    assert answer.json() == {"ok": False, "error_code": status, "description": description}
    assert platforms.posted() == []


def test_telegram_posts_without_the_quoted_message_if_allowed(platforms: Platforms) -> None:
    platforms.heard("telegram", "42", message="1")
    quoted = {"message_id": 2, "allow_sending_without_reply": True}
    assert "reply_to_message" not in message(platforms, reply_parameters=quoted).json()["result"]
    assert [it.in_reply_to for it in platforms.posted()] == [""]


def test_telegram_tells_a_wrong_token_from_one_that_cannot_be(platforms: Platforms) -> None:
    assert message(platforms, token="1000000001:" + "x" * 35).status == 401
    assert message(platforms, token="nonsense").json()["description"] == "Not Found"
    url = f"{platforms.bases['telegram']}/bot{TELEGRAM_TOKEN}/deleteEverything"
    assert call("POST", url, {}).status == 404
    assert call("POST", url.replace("deleteEverything", "sendMessage"), b"[1").status == 400
    assert platforms.posted() == []


def test_telegram_has_a_flood_limit_for_a_chat() -> None:
    with pretend_platforms(limits=Limits(telegram_chat=Pace(1, 3)), clock=lambda: 0.0) as platforms:
        assert message(platforms).status == 200
        flooded = message(platforms)
        assert (flooded.status, flooded.json()["parameters"]) == (429, {"retry_after": 3})
        assert message(platforms, chat_id=43).status == 200
        platforms.advance(3)
        assert message(platforms).status == 200


# Windows of which nothing was heard


def test_who_was_never_heard_cannot_be_answered_if_told_so() -> None:
    with pretend_platforms(windows="heard") as platforms:
        assert custom_send(platforms) == 45015
        assert push(platforms, path="reply", replyToken="r1").status == 400
        assert message(platforms, reply_parameters={"message_id": 5}).status == 400
        platforms.heard("wechat", "o1")
        platforms.heard("line", "U1", reply_token="r1")
        platforms.heard("telegram", "42", message="5")
        assert custom_send(platforms) == 0
        assert push(platforms, path="reply", replyToken="r1").status == 200
        assert message(platforms, reply_parameters={"message_id": 5}).status == 200


# The standard endpoint


def test_the_standard_endpoint_answers_an_id_the_same_each_time(platforms: Platforms) -> None:
    first, again = event(platforms, in_reply_to="m1"), event(platforms, in_reply_to="m1")
    assert (first.status, first.body) == (again.status, again.body) == (200, first.body)
    (posted,) = platforms.posted("standard")
    assert posted.id == first.json()["id"]
    assert (posted.recipient, posted.in_reply_to, posted.key) == ("c1", "m1", "msg_1")
    assert len(platforms.repeats()) == 1


def test_the_standard_endpoint_refuses_what_it_must(platforms: Platforms) -> None:
    assert event(platforms, token="stolen").status == 401
    assert event(platforms, key="").status == 400
    assert event(platforms, text="").status == 400
    assert call("GET", platforms.bases["standard"]).status == 405
    platforms.revoke("standard", "pretend-standard")
    assert event(platforms).status == 410
    platforms.grant("standard", "pretend-standard", "pretend-standard-token")
    assert event(platforms).status == 200
    assert [it.status for it in platforms.refused()] == [401, 400, 400, 405, 410]


# Accounts and the audit


def test_an_account_posts_from_its_grant_to_its_revocation(platforms: Platforms) -> None:
    platforms.grant("line", "another", "another-token")
    assert push(platforms, token="another-token").status == 200
    platforms.revoke("line", "another")
    assert push(platforms, token="another-token").status == 401
    assert [it.account for it in platforms.posted()] == ["another"]


def test_the_audit_counts_the_answers_to_each_mention(platforms: Platforms) -> None:
    event(platforms, key="a", in_reply_to="m1")
    event(platforms, key="b", in_reply_to="m2")
    push(platforms, "hello", KEY)
    push(platforms, "hello", KEY)
    assert platforms.answered_twice() == {}
    event(platforms, key="c", in_reply_to="m1")
    push(platforms, "hello")
    assert platforms.answered_twice() == {
        Answered("standard", "c1", "m1"): 2,
        Answered("line", "U1", "hello"): 2,
    }
    assert platforms.counts() == {"posted": 5, "refused": 0, "repeats": 1, "received": 6}


def test_a_raw_request_is_kept_with_its_outcome(platforms: Platforms) -> None:
    push(platforms, "hello", token="stolen")
    (received,) = platforms.received("line")
    assert received.request.headers["authorization"] == "Bearer stolen"
    assert received.request.path == "/v2/bot/message/push"
    assert json.loads(received.request.body)["to"] == "U1"
    assert received.outcome.startswith("refused: Authentication failed.")


def test_a_reset_forgets_what_happened_and_not_who_may_post(platforms: Platforms) -> None:
    platforms.grant("line", "another", "another-token")
    platforms.misbehave("line", "5xx")
    push(platforms, key=KEY)
    platforms.reset()
    assert (platforms.posted(), platforms.refused(), platforms.received()) == ([], [], [])
    assert push(platforms, key=KEY, token="another-token").status == 200
