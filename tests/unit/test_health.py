"""What is wrong with a channel, and how often it is said."""

from datetime import timedelta

import pytest

from desk.health import Health, Trouble, budget, news, troubles
from desk.wire import NotSent, Outcome, Sent, Unknown
from tests.records import NOON, after


def causes(health: Health, minutes: float = 0.0) -> list[str]:
    return [one.cause for one in troubles(health, after(minutes))]


def test_a_refusal_that_lasts_is_told_with_the_platforms_words() -> None:
    health = Health().answers(NotSent("token_invalid", "190 expired"), None, NOON)
    [trouble] = troubles(health, after(5))
    assert trouble == Trouble(
        "refused", f"token_invalid since {NOON:%Y-%m-%d %H:%M} UTC: 190 expired"
    )
    assert health.answers(NotSent("token_invalid", "again"), None, after(1)) is health
    assert causes(health.answers(Sent("1"), None, after(2))) == []


@pytest.mark.parametrize(
    "outcome",
    [Unknown("no answer"), NotSent("too_long", "x"), NotSent("rate_limited", "x", 5.0), Sent("1")],
)
def test_what_lies_with_one_text_says_nothing_about_a_channel(outcome: Outcome) -> None:
    health = Health()
    assert health.answers(outcome, None, NOON) is health


def test_a_channel_that_was_heard_once_and_then_no_more_is_silent() -> None:
    assert causes(Health(), 99_999) == [], "what was never heard may have nothing to say"
    health = Health().hears(NOON)
    assert causes(health, 24 * 60) == []
    assert causes(health, 24 * 60 + 1) == ["silent"]
    assert causes(health.hears(after(1_000)), 24 * 60 + 1) == []
    assert health.hears(after(9)) is health
    assert health.hears(after(10)).heard_at == after(10)


def test_a_token_that_ends_within_a_week_is_told_in_time() -> None:
    health = Health(expires_at=NOON + timedelta(days=7))
    assert causes(health) == []
    assert causes(health, 1) == ["expires"]


def test_a_cause_is_told_once_until_it_is_gone_and_back() -> None:
    health = Health().answers(NotSent("blocked", "policy"), 0.05, NOON)
    new, health = news(health, NOON)
    assert [one.cause for one in new] == ["refused", "budget"]
    for minutes in (5, 10):
        new, health = news(health, after(minutes))
        assert new == []
    health = health.answers(Sent("1"), None, after(15))
    new, health = news(health, after(15))
    assert (new, health.told) == ([], ("budget",))
    health = health.answers(NotSent("blocked", "again"), None, after(20))
    new, _ = news(health, after(20))
    assert [one.cause for one in new] == ["refused"]


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        ({}, None),
        ({"x-rate-limit-limit": "900", "x-rate-limit-remaining": "90"}, 0.1),
        ({"ratelimit-limit": "3000", "ratelimit-remaining": "0"}, 0.0),
        ({"x-ratelimit-limit": "300", "x-ratelimit-remaining": "600"}, 1.0),
        ({"x-app-usage": '{"call_count":28,"total_time":25,"total_cputime":40}'}, 0.6),
        ({"x-business-use-case-usage": '{"17":[{"type":"pages","call_count":95}]}'}, 0.05),
        ({"x-app-usage": '{"call_count":100}', "ratelimit-limit": "2", "ratelimit-remaining": "1"},
         0.0),
        ({"x-rate-limit-limit": "0", "x-rate-limit-remaining": "0"}, None),
        ({"x-rate-limit-limit": "x", "x-rate-limit-remaining": "-1"}, None),
        ({"x-app-usage": "{"}, None),
        ({"x-app-usage": "[1]"}, None),
        ({"x-app-usage": '{"call_count":true,"a":[1,"b",{"total_time":"9"}]}'}, None),
    ],
)  # fmt: skip
def test_what_is_left_of_a_rate_limit_is_read_from_the_headers(
    headers: dict[str, str], left: float | None
) -> None:
    found = budget(headers)
    assert found == (left if left is None else pytest.approx(left))


def test_a_new_token_ends_the_trouble_and_has_a_life_of_its_own() -> None:
    health = Health().answers(NotSent("token_invalid", "190 expired"), None, NOON)
    renewed = health.renewed(after(10), 60 * 86_400.0)
    assert renewed.expires_at == after(10) + timedelta(days=60)
    assert causes(renewed, 20) == []
    assert causes(renewed, 24 * 60 * 53 + 11) == ["expires"]
    assert renewed.renewed(after(20), 0.0).expires_at is None
