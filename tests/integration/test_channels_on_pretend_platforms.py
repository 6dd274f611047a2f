"""Each channel's own calls, really made, and what it takes a platform's every whim to prove."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from cloud import http
from desk.channels import platform
from desk.wire import Address, NotSent, Outbound, Outcome, Response, Sent, Unknown, Way
from tests.conftest import SAMPLES
from tests.platforms import (
    KINDS,
    PLATFORM_NAMES,
    RETRY_AFTER,
    PlatformName,
    Platforms,
    pretend_platforms,
)

OWN = ("cloudevents", "standard")
"""Endpoints of a brand's own, which promise no more than their status."""
TO = {name: Address(**sample["to"]) for name, sample in SAMPLES.items() if "to" in sample}


NAMED = f"@{TO['mastodon'].context.partition(' ')[2]} "


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

    def compose(
        self, text: str, key: str = "reply-1", **credentials: str
    ) -> Outbound | NotSent | Unknown:
        """The call that posts, once what has to come before it is done."""
        module, to = platform(self.name), TO[self.name]
        known = {**self.platforms.credentials(self.name), **credentials}
        if call := module.sign_in(known):
            answer = http.call(call)
            assert isinstance(answer, Response)
            if signed_in := module.signed_in(answer, known):
                known = {**signed_in.credentials, **credentials}
        if call := module.prepare(to, text, key, known):
            answer = http.call(call)
            ready = module.prepared(answer, to) if isinstance(answer, Response) else answer
            if not isinstance(ready, Address):
                return ready
            to = ready
        return module.compose(to, text, key, known)

    def send(self, text: str = "亲，您好 👋", key: str = "reply-1", **credentials: str) -> Outcome:
        call = self.compose(text, key, **credentials)
        answer = http.call(call) if isinstance(call, Outbound) else call
        return platform(self.name).outcome(answer) if isinstance(answer, Response) else answer


@pytest.fixture(params=PLATFORM_NAMES)
def desk(platforms: Platforms, request: pytest.FixtureRequest) -> Desk:
    return Desk(platforms, request.param)


def test_an_answer_is_posted_as_it_was_written(desk: Desk) -> None:
    outcome = desk.send("亲，您好 👋\n<b>“1 & 2”</b> \\u00e9")
    (posted,) = desk.platforms.posted()
    assert isinstance(outcome, Sent)
    # On Mastodon an answer begins with the name of whom it answers.
    said = posted.text.removeprefix(NAMED if desk.name == "mastodon" else "")
    assert said == "亲，您好 👋\n<b>“1 & 2”</b> \\u00e9"
    assert posted.platform == desk.name
    to = TO[desk.name]
    if desk.name in ("mastodon", "reddit"):  # these are told what is answered, and no place
        assert posted.in_reply_to == to.message
    else:
        assert posted.recipient == (to.author if desk.name == "x" else to.conversation)
    assert outcome.id == ("" if desk.name == "wechat" else posted.id)


TOO_LONG = {"douyin": "permanent", "tiktok": "permanent", "viber": "permanent"}
"""These say of a text that is too long only that a parameter is wrong."""


def test_the_longest_text_goes_through_and_one_more_does_not(desk: Desk) -> None:
    limit = platform(desk.name).RULES.ways[TO[desk.name].way].limits[0]
    letter = "茶" if limit.unit == "halves" else "a"
    assert isinstance(desk.send(letter * limit.most), Sent)
    # A brand's own endpoint has no limit, and WeCom cuts what is too long without a word.
    if desk.name not in (*OWN, "wecom"):
        refused = desk.send(letter * (limit.most + 1), "reply-2")
        assert isinstance(refused, NotSent)
        assert (refused.kind, refused.again_after) == (TOO_LONG.get(desk.name, "too_long"), None)
    assert len(desk.platforms.posted()) == 1


@pytest.mark.parametrize("name", ["cloudevents", "discord", "line", "mastodon", "standard"])
def test_a_call_that_is_repeated_is_posted_once(platforms: Platforms, name: PlatformName) -> None:
    desk = Desk(platforms, name)
    assert isinstance(desk.send(), Sent)
    assert isinstance(desk.send(), Sent)
    assert len(platforms.posted()) == len(platforms.repeats()) == 1


@pytest.mark.parametrize(
    "name",
    ["bluesky", "cloudevents", "discord", "douyin", "mastodon", "reddit", "standard", "telegram",
     "threads", "whatsapp"],
)  # fmt: skip
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
    if desk.name in OWN and kind in ("empty", "truncated"):
        expected = Sent  # 2xx is all that a brand's endpoint has promised
    assert isinstance(outcome, expected)
    assert len(desk.platforms.posted()) == KINDS[kind].posts
    assert "a redirect was followed" not in [it.why for it in desk.platforms.refused()]


UNTIMED = ("douyin", "tiktok", "wechat", "wecom", "weibo")
"""These have no way to say how long to wait."""


@pytest.mark.parametrize("variant", RETRY_AFTER)
def test_any_wish_for_a_wait_becomes_a_wait_in_bounds(desk: Desk, variant: str) -> None:
    desk.platforms.misbehave(desk.name, "429", retry_after=variant)
    outcome = desk.send()
    assert isinstance(outcome, NotSent)
    assert outcome.kind == "rate_limited"
    assert outcome.again_after is not None
    assert 1 <= outcome.again_after <= 6 * 3600
    if variant == "seconds" and desk.name not in UNTIMED:
        assert outcome.again_after == 7
    assert isinstance(desk.send(), Sent)
    assert len(desk.platforms.posted()) == 1


WRONG = {
    **{name: {"token": "stolen"} for name in PLATFORM_NAMES},
    "bluesky": {"access_token": "stolen"},
    "douyin": {"access_token": "x" * 64},
    "reddit": {"access_token": "stolen"},
    "telegram": {"token": "1000000001:" + "x" * 35},
    "tiktok": {"access_token": "x" * 64},
    "wechat": {"access_token": "x" * 64},
    "wecom": {"access_token": "x" * 64},
    "weibo": {"access_token": "stolen"},
    "x": {"access_token": "stolen"},
    "youtube": {"access_token": "stolen"},
}


def test_a_wrong_token_is_known_for_one(desk: Desk) -> None:
    refused = desk.send(**WRONG[desk.name])
    assert isinstance(refused, NotSent)
    assert refused.kind == "token_invalid"
    assert desk.platforms.posted() == []


SIGN_INS = {
    "douyin": ("client_key", "refresh_token"),
    "tiktok": ("client_secret", "refresh_token"),
    "wechat": ("app_id", "app_secret"),
    "wecom": ("corp_id", "app_secret"),
}
"""What fetches a token, where one is fetched: each part of it counts."""


@pytest.mark.parametrize("name", SIGN_INS)
def test_a_sign_in_that_fails_gives_no_token(platforms: Platforms, name: PlatformName) -> None:
    module, known = platform(name), platforms.credentials(name)
    for kind in ("5xx", "html", "empty", "429"):
        platforms.misbehave(name, kind, call="sign_in")
        call = module.sign_in(known)
        assert call is not None
        answer = http.call(call)
        assert isinstance(answer, Response)
        assert module.signed_in(answer, known) is None
    for field in SIGN_INS[name]:
        call = module.sign_in({**known, field: "guess"})
        assert call is not None
        answer = http.call(call)
        assert isinstance(answer, Response)
        assert module.signed_in(answer, known) is None


def test_a_closed_window_is_known_for_one(platforms: Platforms) -> None:
    platforms.heard("wechat", "o1", event="follow")
    desk = Desk(platforms, "wechat")
    outcomes = [desk.send(f"answer {number}") for number in range(4)]
    platforms.advance(60)
    outcomes.append(desk.send())
    assert [type(it) for it in outcomes] == [Sent, Sent, Sent, NotSent, NotSent]
    assert [it.kind for it in outcomes if isinstance(it, NotSent)] == ["window_closed"] * 2


@pytest.mark.parametrize("name", ["facebook", "instagram", "whatsapp"])
def test_meta_lets_us_write_for_a_day_after_a_persons_last_message(
    platforms: Platforms, name: PlatformName
) -> None:
    desk = Desk(platforms, name)
    platforms.heard(name, TO[name].conversation)
    platforms.advance(24 * 3600 - 60)
    assert isinstance(desk.send(), Sent)
    platforms.advance(120)
    outcome = desk.send()
    assert isinstance(outcome, NotSent)
    assert outcome.kind == "window_closed"
    platforms.heard(name, TO[name].conversation)
    assert isinstance(desk.send(), Sent)


@pytest.mark.parametrize("name", ["facebook", "instagram", "threads", "whatsapp"])
def test_a_token_tells_whose_it_is(platforms: Platforms, name: PlatformName) -> None:
    module, known = platform(name), platforms.credentials(name)
    answers = []
    for credentials in (known, known | {"token": "stolen"}):
        call = module.check(credentials)
        assert call is not None
        answer = http.call(call)
        assert isinstance(answer, Response)
        answers.append(module.checked(answer))
    assert answers[0] == known["account"]
    assert isinstance(answers[1], NotSent)
    assert answers[1].kind == "token_invalid"
    assert platforms.posted() == []


@pytest.mark.parametrize("name", ["facebook", "instagram"])
def test_a_comment_has_answers_in_public_and_one_in_private(
    platforms: Platforms, name: PlatformName
) -> None:
    ways: tuple[Way, ...] = ("reply", "reply", "private", "private")
    outcomes = []
    for way in ways:
        to = Address(name, message="17_5", way=way)
        call = platform(name).compose(to, "Danke!", "k", platforms.credentials(name))
        answer = http.call(call)
        assert isinstance(answer, Response)
        outcomes.append(platform(name).outcome(answer))
    assert [type(it) for it in outcomes] == [Sent, Sent, Sent, NotSent]
    assert isinstance(outcomes[3], NotSent)
    assert outcomes[3].kind == "duplicate"
    assert [it.in_reply_to for it in platforms.posted()] == ["17_5"] * 3


@pytest.mark.parametrize("name", ["facebook", "instagram"])
def test_the_tag_for_peoples_own_words_is_good_for_a_week(
    platforms: Platforms, name: PlatformName
) -> None:
    platforms.heard(name, "5512")
    platforms.advance(3 * 24 * 3600)
    kinds: list[type[Outcome]] = []
    for tag in ("HUMAN_AGENT", ""):
        to = Address(name, conversation="5512", tag=tag)
        answer = http.call(platform(name).compose(to, "Hi", "k", platforms.credentials(name)))
        assert isinstance(answer, Response)
        kinds.append(type(platform(name).outcome(answer)))
    assert kinds == [Sent, NotSent]


def test_a_container_that_is_not_published_shows_nothing(platforms: Platforms) -> None:
    desk = Desk(platforms, "threads")
    call = desk.compose("hello")
    assert isinstance(call, Outbound)
    assert platforms.posted() == []
    answer = http.call(call)
    assert isinstance(answer, Response)
    assert isinstance(platform("threads").outcome(answer), Sent)
    again = http.call(call)
    assert isinstance(again, Response)
    assert isinstance(platform("threads").outcome(again), NotSent)
    assert len(platforms.posted()) == 1


def test_a_recipient_out_of_reach_is_known_for_one(platforms: Platforms) -> None:
    platforms.recipient("telegram", "42", "blocked")
    platforms.recipient("wechat", "o1", "blocked")
    platforms.recipient("standard", "c1", "unknown")
    platforms.recipient("line", "U1", "unknown")
    platforms.recipient("discord", "4102", "blocked")
    platforms.recipient("slack", "C0SHOP", "blocked")
    platforms.recipient("viber", TO["viber"].author, "blocked")
    platforms.recipient("x", "52002", "blocked")
    platforms.recipient("wecom", "u1", "unknown")
    platforms.recipient("weibo", "u1", "blocked")
    platforms.recipient("douyin", "c1", "blocked")
    platforms.recipient("tiktok", "c1", "unknown")
    platforms.recipient("facebook", "4477", "blocked")
    platforms.recipient("instagram", "5512", "unknown")
    platforms.recipient("threads", "18077", "unknown")
    platforms.recipient("whatsapp", "34600", "blocked")
    platforms.recipient("cloudevents", "c1", "unknown")
    platforms.recipient("mastodon", TO["mastodon"].message, "unknown")
    platforms.recipient("reddit", TO["reddit"].message, "unknown")
    platforms.recipient("youtube", TO["youtube"].conversation, "unknown")
    # Bluesky takes an answer to what is gone.
    names = [name for name in PLATFORM_NAMES if name != "bluesky"]
    assert {type(Desk(platforms, name).send()) for name in names} == {NotSent}


def test_an_endpoint_that_is_gone_is_known_for_one(platforms: Platforms) -> None:
    platforms.revoke("standard", "pretend-standard")
    outcome = Desk(platforms, "standard").send()
    assert isinstance(outcome, NotSent)
    assert outcome.kind == "blocked"


def test_a_platform_that_cannot_be_reached_has_posted_nothing(desk: Desk) -> None:
    call = desk.compose("hello")
    assert isinstance(call, Outbound)
    with pretend_platforms() as closed:
        pass
    address = call.url.replace(desk.platforms.url, closed.url)
    outcome = http.call(call._replace(url=address))
    assert isinstance(outcome, NotSent)
    assert outcome.kind == "unreachable"
