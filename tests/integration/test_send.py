"""The one door: what goes out goes out once, and whatever stops it or leaves a doubt is told."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, get_args

import pytest

from cloud import aws as clients, http, queues, secrets, store
from desk.escalation import Matter
from desk.outbound import MAX_TRIES, Reply, State
from desk.wire import NotSent, Outbound, Response, Unknown
from functions.send.app import LEASE, handler
from functions.triage.app import handler as triage
from tests.conftest import TOKENS
from tests.records import BRAND, NOON, TAKEN, after, batch, reply

pytestmark = pytest.mark.usefixtures("at")
Queued = Callable[[str], list[str]]
Answer = Response | NotSent | Unknown


def message(one: Reply | None = None) -> dict[str, Any]:
    return batch((one or reply()).key.model_dump_json())


def failures(answer: Any) -> int:
    return len(answer["batchItemFailures"])


def stored() -> Reply:
    found = store.reply(BRAND, "line:conversation", "line:reply")
    assert found is not None
    return found


def matters(queued: Queued) -> list[Matter]:
    return [Matter.model_validate_json(body) for body in queued("escalations")]


def delayed() -> int:
    url = clients.sqs().get_queue_url(QueueName="outbound")["QueueUrl"]
    name = "ApproximateNumberOfMessagesDelayed"
    found = clients.sqs().get_queue_attributes(QueueUrl=url, AttributeNames=[name])  # type: ignore[list-item]
    return int(found["Attributes"][name])  # type: ignore[index]


def test_an_answer_from_triage_goes_out_as_it_was_decided(
    event: Any, context: Any, made: list[Outbound], queued: Queued
) -> None:
    triage(event("triage-line"), context)
    assert failures(handler(event("send"), context)) == 0
    [call] = made
    assert call.url == "https://api.line.me/v2/bot/message/push"
    assert call.headers["authorization"] == "Bearer not-a-token"
    key = json.loads(event("send")["Records"][0]["body"])
    sent = store.reply(key["brand"], key["conversation"], key["reply"])
    assert sent is not None
    assert json.loads(call.body)["messages"] == [{"type": "text", "text": sent.text}]
    assert (sent.state, sent.platform_id, sent.sent_at) == ("sent", "4711", NOON)
    assert queued("escalations") == []


def test_a_second_message_makes_no_second_post(context: Any, made: list[Outbound]) -> None:
    store.add_reply(reply())
    for _ in range(3):
        assert failures(handler(message(), context)) == 0
    assert len(made) == 1


@pytest.mark.parametrize("state", [state for state in get_args(State) if state != "ready"])
def test_what_is_not_ready_is_left_alone(
    state: State, context: Any, made: list[Outbound], queued: Queued
) -> None:
    store.add_reply(reply(state=state))
    assert failures(handler(message(), context)) == 0
    assert made == []
    assert stored() == reply(state=state)
    assert matters(queued) == []


@pytest.mark.parametrize("change", [{"text": " "}, {"expires_at": NOON}, {"not_before": after(1)}])
def test_what_may_not_go_out_now_is_not_even_claimed(
    change: dict[str, Any], context: Any, made: list[Outbound]
) -> None:
    store.add_reply(reply(**change))
    handler(message(), context)
    assert made == []
    assert stored() == reply(**change)


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"retry-after": "90"}, 90), ({}, 60), ({"retry-after": "-1"}, 60)]
)
def test_who_is_told_to_wait_waits_and_comes_again(
    headers: dict[str, str], seconds: float, context: Any, says: Any, made: Any, queued: Queued
) -> None:
    store.add_reply(reply())
    says(Response(429, headers, b'{"message": "The API rate limit has been exceeded"}'))
    handler(message(), context)
    again = stored()
    assert (again.state, again.tries) == ("ready", 1)
    assert again.not_before == NOON + timedelta(seconds=seconds)
    assert (delayed(), queued("outbound")) == (1, [])
    handler(message(), context)
    assert len(made) == 1, "not before its time, whatever the queue brings"
    assert matters(queued) == []


def test_the_queue_delays_for_as_long_as_the_platform_asked(
    context: Any, says: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(queues, "send", lambda queue, bodies, delay=0: waits.append(delay))
    store.add_reply(reply())
    says(Response(429, {"retry-after": "90"}, b"{}"))
    handler(message(), context)
    assert waits == [90]


def test_it_goes_out_once_the_wait_is_over(
    context: Any, says: Any, made: list[Outbound], at: Callable[[datetime], None]
) -> None:
    store.add_reply(reply())
    says(Response(429, {"retry-after": "90"}, b"{}"))
    handler(message(), context)
    says(TAKEN)
    at(after(1.5))
    handler(message(), context)
    assert stored().state == "sent"
    first, second = made
    assert first == second, "the same call, under the same key of the platform's"


def test_after_five_tries_a_person_is_told(
    context: Any, says: Any, made: list[Outbound], at: Callable[[datetime], None], queued: Queued
) -> None:
    store.add_reply(reply())
    says(NotSent("unreachable", "refused", 30))
    for number in range(MAX_TRIES + 2):
        at(after(number))
        handler(message(), context)
    assert len(made) == MAX_TRIES
    assert stored().state == "failed"
    assert [matter.title for matter in matters(queued)] == ["failed"]


@pytest.mark.parametrize(
    ("answer", "state", "kind"),
    [
        pytest.param(Unknown("no_answer:TimeoutError"), "unconfirmed", "doubt", id="no answer"),
        pytest.param(Response(500, {}, b"{}"), "unconfirmed", "doubt", id="their fault"),
        pytest.param(Response(200, {}, b"<html>"), "unconfirmed", "doubt", id="200 and a page"),
        pytest.param(Response(302, {}, b""), "unconfirmed", "doubt", id="elsewhere"),
        pytest.param(Response(400, {}, b'{"message": "odd"}'), "unconfirmed", "doubt", id="odd"),
        pytest.param(Response(401, {}, b'{"message": "Authentication failed"}'), "failed", "held",
                     id="token invalid"),
        pytest.param(Response(403, {}, b'{"message": "Not available"}'), "failed", "held",
                     id="not allowed"),
        pytest.param(Response(429, {}, b'{"message": "You have reached your monthly limit."}'),
                     "failed", "held", id="quota used up"),
    ],
)  # fmt: skip
def test_what_did_not_surely_go_out_is_put_before_a_person(
    answer: Answer, state: State, kind: str, context: Any, says: Any, made: Any, queued: Queued
) -> None:
    store.add_reply(reply())
    says(answer)
    for _ in range(2):
        assert failures(handler(message(), context)) == 0
    assert len(made) == 1
    assert stored().state == state
    assert stored().reason
    [matter] = matters(queued)
    assert (matter.kind, matter.reply) == (kind, "line:reply")


def test_a_token_that_was_refused_is_read_anew(
    context: Any, says: Any, made: list[Outbound]
) -> None:
    store.add_reply(reply())
    says(Response(401, {}, b'{"message": "Authentication failed"}'))
    handler(message(), context)
    name = f"/repartee/test/tokens/{BRAND}/line"
    fresh = json.dumps(TOKENS["line"] | {"token": "fresh"})
    clients.ssm().put_parameter(Name=name, Value=fresh, Type="SecureString", Overwrite=True)
    try:
        second = reply(id="line:second", conversation="line:another")
        store.add_reply(second)
        says(TAKEN)
        handler(message(second), context)
        assert made[-1].headers["authorization"] == "Bearer fresh"
    finally:
        old = json.dumps(TOKENS["line"])
        clients.ssm().put_parameter(Name=name, Value=old, Type="SecureString", Overwrite=True)


WECHAT = {
    "channel": "wechat",
    "platform": "wechat",
    "opened_by": "message",
    "opened_at": NOON,
}


def test_a_short_lived_token_is_fetched_once_and_anew_when_it_is_refused(
    context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answers = iter(
        [
            b'{"access_token": "one", "expires_in": 7200}',
            b'{"errcode": 0, "errmsg": "ok"}',
            b'{"errcode": 40001, "errmsg": "invalid credential"}',
            b'{"access_token": "two", "expires_in": 7200}',
            b'{"errcode": 0, "errmsg": "ok"}',
        ]
    )

    def call(outbound: Outbound) -> Answer:
        asked.append(outbound.url.rpartition("/")[2])
        return Response(200, {}, next(answers))

    monkeypatch.setattr(http, "call", call)
    for number in range(2):
        store.add_reply(reply(id=f"line:{number}", author=f"line:{number}", **WECHAT))
        handler(message(reply(id=f"line:{number}")), context)
    again = store.reply(BRAND, "line:conversation", "line:1")
    assert again is not None
    assert (again.state, again.not_before) == ("ready", after(5 / 60))
    monkeypatch.setattr("cloud.clock.now", lambda: after(1))
    handler(message(reply(id="line:1")), context)
    assert asked == [
        "stable_token", "send?access_token=one", "send?access_token=one",
        "stable_token", "send?access_token=two",
    ]  # fmt: skip
    again = store.reply(BRAND, "line:conversation", "line:1")
    assert again is not None
    assert again.state == "sent"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Unknown("no_answer:TimeoutError"), "sign_in_failed:no_answer:TimeoutError"),
        (Response(200, {}, b'{"errcode": 40125}'), "sign_in_refused"),
    ],
)
def test_a_channel_that_we_cannot_sign_in_to_holds_its_answers(
    answer: Answer, reason: str, context: Any, says: Any, queued: Queued
) -> None:
    store.add_reply(reply(**WECHAT))
    says(answer)
    handler(message(), context)
    assert (stored().state, stored().reason) == ("held", reason)
    assert len(matters(queued)) == 1


def test_a_channel_without_credentials_holds_its_answers(
    context: Any, made: list[Outbound], queued: Queued
) -> None:
    store.add_reply(reply(channel="gramophone"))
    handler(message(), context)
    assert made == []
    assert (stored().state, stored().reason) == ("held", "no_credentials")
    assert len(matters(queued)) == 1


def test_no_call_is_begun_that_might_not_end(
    context: Any, made: list[Outbound], queued: Queued
) -> None:
    store.add_reply(reply())
    context.get_remaining_time_in_millis = lambda: 29_999
    handler(message(), context)
    assert made == []
    assert (stored().state, stored().reason) == ("ready", "no_time")
    assert delayed() + len(queued("outbound")) == 1


def test_nothing_is_posted_with_another_accounts_credentials(
    context: Any, made: list[Outbound], queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = TOKENS["line"] | {"account": "U-another-brand"}
    monkeypatch.setattr(secrets, "credentials", lambda brand, channel: theirs)
    store.add_reply(reply())
    handler(message(), context)
    assert made == []
    assert stored().state == "failed"
    assert stored().reason.startswith("not_sent:wrong_account|")
    assert len(matters(queued)) == 1


def test_a_text_that_the_platform_would_not_take_is_not_sent(
    context: Any, made: list[Outbound], queued: Queued
) -> None:
    store.add_reply(reply(text="茶" * 5001))
    handler(message(), context)
    assert made == []
    assert stored().reason == "not_allowed:too_long|shorten|5001 of at most 5000 utf16"
    assert len(matters(queued)) == 1


def test_who_comes_second_to_a_claim_leaves_it(
    context: Any, made: list[Outbound], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add_reply(reply())
    monkeypatch.setattr(store, "move", lambda before, after_: False)
    assert failures(handler(message(), context)) == 0
    assert made == []


def test_a_claim_lasts_twice_as_long_as_the_function_may(template: dict[str, Any]) -> None:
    timeout = template["Resources"]["Send"]["Properties"]["Timeout"]
    assert timedelta(seconds=2 * timeout) <= LEASE


@pytest.mark.parametrize("body", ["", "{}", '{"brand": "xiaoman"}', "[]"])
def test_a_message_that_names_no_answer_fails_alone(body: str, context: Any) -> None:
    assert failures(handler(batch(body), context)) == 1


def test_an_answer_that_is_not_there_yet_is_tried_again(context: Any) -> None:
    assert failures(handler(message(), context)) == 1
