"""Each channel's own calls, really made, and what it takes a platform's every whim to prove."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from cloud import http
from desk.channels import platform
from desk.wire import Address, NotSent, Outbound, Outcome, Response, Sent, Unknown
from tests.conftest import SAMPLES
from tests.platforms import (
    KINDS,
    PLATFORM_NAMES,
    RETRY_AFTER,
    PlatformName,
    Platforms,
    pretend_platforms,
)

TO = {name: Address(**sample["to"]) for name, sample in SAMPLES.items() if "to" in sample}


@pytest.fixture(scope="module")
def server() -> Iterator[Platforms]:
    with pretend_platforms(hold=0.1) as platforms:
        yield platforms


@pytest.fixture
def platforms(server: Platforms) -> Platforms:
    server.reset()
    return server


@dataclass(frozen=True)
class Desk:
    """A channel of ours on the platform of that name."""

    platforms: Platforms
    name: PlatformName

    def compose(self, text: str, key: str = "reply-1", **credentials: str) -> Outbound:
        module = platform(self.name)
        known = {**self.platforms.credentials(self.name), **credentials}
        if call := module.sign_in(known):
            answer = http.call(call)
            assert isinstance(answer, Response)
            if signed_in := module.signed_in(answer, known):
                known = {**signed_in.credentials, **credentials}
        return module.compose(TO[self.name], text, key, known)

    def send(self, text: str = "亲，您好 👋", key: str = "reply-1", **credentials: str) -> Outcome:
        answer = http.call(self.compose(text, key, **credentials))
        return platform(self.name).outcome(answer) if isinstance(answer, Response) else answer


@pytest.fixture(params=PLATFORM_NAMES)
def desk(platforms: Platforms, request: pytest.FixtureRequest) -> Desk:
    return Desk(platforms, request.param)


def test_an_answer_is_posted_as_it_was_written(desk: Desk) -> None:
    outcome = desk.send("亲，您好 👋\n<b>“1 & 2”</b> \\u00e9")
    (posted,) = desk.platforms.posted()
    assert isinstance(outcome, Sent)
    assert posted.text == "亲，您好 👋\n<b>“1 & 2”</b> \\u00e9"
    assert posted.platform == desk.name
    assert posted.recipient == (TO["x"].author if desk.name == "x" else TO[desk.name].conversation)
    assert outcome.id == ("" if desk.name == "wechat" else posted.id)


def test_the_longest_text_goes_through_and_one_more_does_not(desk: Desk) -> None:
    limit = platform(desk.name).RULES.ways["message"].limits[0].most
    assert isinstance(desk.send("a" * limit), Sent)
    if desk.name != "standard":  # a brand's own endpoint has no limit
        refused = desk.send("a" * (limit + 1), "reply-2")
        assert isinstance(refused, NotSent)
        kind = (
            "permanent" if desk.name == "viber" else "too_long"
        )  # which says no more than badData
        assert (refused.kind, refused.again_after) == (kind, None)
    assert len(desk.platforms.posted()) == 1


@pytest.mark.parametrize("name", ["discord", "line", "standard"])
def test_a_call_that_is_repeated_is_posted_once(platforms: Platforms, name: PlatformName) -> None:
    desk = Desk(platforms, name)
    assert isinstance(desk.send(), Sent)
    assert isinstance(desk.send(), Sent)
    assert len(platforms.posted()) == len(platforms.repeats()) == 1


@pytest.mark.parametrize("name", ["discord", "standard", "telegram"])
def test_an_answer_says_what_it_answers(platforms: Platforms, name: PlatformName) -> None:
    Desk(platforms, name).send()
    assert [it.in_reply_to for it in platforms.posted()] == [TO[name].message]


EXPECTED: dict[str, type[Outcome]] = {
    "429": NotSent,
    "5xx": Unknown,
    "timeout": Unknown,
    "reset": Unknown,
    "redirect": Unknown,
    "answer": Unknown,
    "400-after-accept": Unknown,
    "timeout-after-accept": Unknown,
    "reset-after-accept": Unknown,
    "html": Unknown,
    "empty": Unknown,
    "truncated": Unknown,
    "slow": Sent,
    "trickle": Sent,
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_outcome_is_what_the_answer_proves(desk: Desk, kind: str) -> None:
    told: dict[str, Any] = {"slow": {"seconds": 0}, "trickle": {"seconds": 0}}.get(kind, {})
    if kind == "answer":
        told = {"status": 418, "body": '{"ok": true}'}
    desk.platforms.misbehave(desk.name, kind, **told)
    outcome = desk.send()
    expected = EXPECTED[kind]
    if desk.name == "standard" and kind in ("empty", "truncated"):
        expected = Sent  # 2xx is all that a brand's endpoint has promised
    assert isinstance(outcome, expected)
    assert len(desk.platforms.posted()) == KINDS[kind].posts
    assert "a redirect was followed" not in [it.why for it in desk.platforms.refused()]


@pytest.mark.parametrize("variant", RETRY_AFTER)
def test_any_wish_for_a_wait_becomes_a_wait_in_bounds(desk: Desk, variant: str) -> None:
    desk.platforms.misbehave(desk.name, "429", retry_after=variant)
    outcome = desk.send()
    assert isinstance(outcome, NotSent)
    assert outcome.kind == "rate_limited"
    assert outcome.again_after is not None
    assert 1 <= outcome.again_after <= 6 * 3600
    if variant == "seconds" and desk.name != "wechat":
        assert outcome.again_after == 7
    assert isinstance(desk.send(), Sent)
    assert len(desk.platforms.posted()) == 1


WRONG = {
    "discord": {"token": "stolen"},
    "line": {"token": "stolen"},
    "slack": {"token": "stolen"},
    "standard": {"token": "stolen"},
    "telegram": {"token": "1000000001:" + "x" * 35},
    "viber": {"token": "stolen"},
    "wechat": {"access_token": "x" * 64},
    "x": {"access_token": "stolen"},
}


def test_a_wrong_token_is_known_for_one(desk: Desk) -> None:
    refused = desk.send(**WRONG[desk.name])
    assert isinstance(refused, NotSent)
    assert refused.kind == "token_invalid"
    assert desk.platforms.posted() == []


def test_a_sign_in_that_fails_gives_no_token(platforms: Platforms) -> None:
    wechat = platform("wechat")
    known = platforms.credentials("wechat")
    for kind in ("5xx", "html", "empty", "429"):
        platforms.misbehave("wechat", kind, call="sign_in")
        call = wechat.sign_in(known)
        assert call is not None
        answer = http.call(call)
        assert isinstance(answer, Response)
        assert wechat.signed_in(answer, known) is None
    for wrong in ({"app_id": "wxother"}, {"app_secret": "guess"}):
        call = wechat.sign_in({**known, **wrong})
        assert call is not None
        answer = http.call(call)
        assert isinstance(answer, Response)
        assert wechat.signed_in(answer, known) is None


def test_a_closed_window_is_known_for_one(platforms: Platforms) -> None:
    platforms.heard("wechat", "o1", event="follow")
    desk = Desk(platforms, "wechat")
    outcomes = [desk.send(f"answer {number}") for number in range(4)]
    platforms.advance(60)
    outcomes.append(desk.send())
    assert [type(it) for it in outcomes] == [Sent, Sent, Sent, NotSent, NotSent]
    assert [it.kind for it in outcomes if isinstance(it, NotSent)] == ["window_closed"] * 2


def test_a_recipient_out_of_reach_is_known_for_one(platforms: Platforms) -> None:
    platforms.recipient("telegram", "42", "blocked")
    platforms.recipient("wechat", "o1", "blocked")
    platforms.recipient("standard", "c1", "unknown")
    platforms.recipient("line", "U1", "unknown")
    platforms.recipient("discord", "4102", "blocked")
    platforms.recipient("slack", "C0SHOP", "blocked")
    platforms.recipient("viber", TO["viber"].author, "blocked")
    platforms.recipient("x", "52002", "blocked")
    assert {type(Desk(platforms, name).send()) for name in PLATFORM_NAMES} == {NotSent}


def test_an_endpoint_that_is_gone_is_known_for_one(platforms: Platforms) -> None:
    platforms.revoke("standard", "pretend-standard")
    outcome = Desk(platforms, "standard").send()
    assert isinstance(outcome, NotSent)
    assert outcome.kind == "blocked"


def test_a_platform_that_cannot_be_reached_has_posted_nothing(desk: Desk) -> None:
    call = desk.compose("hello")
    with pretend_platforms() as closed:
        pass
    address = call.url.replace(desk.platforms.url, closed.url)
    outcome = http.call(call._replace(url=address))
    assert isinstance(outcome, NotSent)
    assert outcome.kind == "unreachable"
