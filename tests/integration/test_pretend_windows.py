"""The pretend WeCom, Weibo, Douyin and TikTok keep the rules that are theirs alone."""

from collections.abc import Iterator

import pytest

from cloud import http
from desk.channels import platform
from desk.wire import Address, NotSent, Outcome, Response, Sent, Unknown
from tests.platforms import ACCOUNTS, Limits, Pace, PlatformName, Platforms, pretend_platforms


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    with pretend_platforms(windows="heard", clock=lambda: 1_750_000_000.0) as server:
        yield server


def known(platforms: Platforms, name: PlatformName) -> dict[str, str]:
    """The default account's credentials, signed in."""
    module, credentials = platform(name), platforms.credentials(name)
    call = module.sign_in(credentials)
    if call is None:
        return credentials
    answer = http.call(call)
    assert isinstance(answer, Response)
    signed_in = module.signed_in(answer, credentials)
    assert signed_in is not None
    return dict(signed_in.credentials)


def say(platforms: Platforms, to: Address, text: str, **credentials: str) -> Outcome:
    module = platform(to.platform)
    call = module.compose(to, text, "k", known(platforms, to.platform) | credentials)
    answer = http.call(call)
    assert isinstance(answer, Response)
    return module.outcome(answer)


def kinds(outcomes: list[Outcome]) -> list[str]:
    return [it.kind if isinstance(it, NotSent) else type(it).__name__ for it in outcomes]


def private(name: PlatformName, author: str = "u1") -> Address:
    return Address(name, conversation="c1", author=author, message="m1")


def below(name: PlatformName) -> Address:
    account = ACCOUNTS[name].name
    return Address(name, account, conversation="v1", author="u1", message="k1", way="reply")


def test_wecom_drops_what_is_too_much_for_one_person_and_says_nothing() -> None:
    limits = Limits(wecom_person=Pace(2, 60))
    with pretend_platforms(limits=limits, clock=lambda: 1_750_000_000.0) as platforms:
        said = [say(platforms, private("wecom"), f"答 {number}") for number in range(3)]
        assert kinds(said) == ["Sent"] * 3
        assert [it.text for it in platforms.posted("wecom")] == ["答 0", "答 1"]
        assert kinds([say(platforms, private("wecom", "u2"), "答")]) == ["Sent"]


def test_wecom_cuts_what_is_too_long_at_a_whole_character(platforms: Platforms) -> None:
    assert isinstance(say(platforms, private("wecom"), "茶" * 683), Sent)
    [posted] = platforms.posted("wecom")
    assert posted.text == "茶" * 682


def test_wecom_gives_the_same_token_while_it_lives(platforms: Platforms) -> None:
    first = known(platforms, "wecom")["access_token"]
    assert known(platforms, "wecom")["access_token"] == first
    platforms.advance(7200)
    assert known(platforms, "wecom")["access_token"] != first
    late = say(platforms, private("wecom"), "x", access_token=first)
    assert kinds([late]) == ["token_invalid"]


@pytest.mark.parametrize(
    ("name", "event", "answers", "hours"),
    [("weibo", "mention", 1, 48), ("douyin", "message", 6, 24), ("tiktok", "message", 7, 48)],
)
def test_a_window_is_for_so_many_answers_and_so_many_hours(
    platforms: Platforms, name: PlatformName, event: str, answers: int, hours: int
) -> None:
    where = "u1" if name == "weibo" else "c1"
    assert isinstance(say(platforms, private(name), "too early"), NotSent)
    platforms.heard(name, where, event=event)
    said = [say(platforms, private(name), f"答 {number}") for number in range(answers)]
    assert kinds(said) == ["Sent"] * answers
    if name != "tiktok":  # it does not count
        assert isinstance(say(platforms, private(name), "one too many"), NotSent)
    platforms.heard(name, where, event=event)
    platforms.advance(hours * 3600)
    assert isinstance(say(platforms, private(name), "too late"), NotSent)
    assert len(platforms.posted()) == answers


def test_weibo_knows_a_closed_window_and_has_none_in_public(platforms: Platforms) -> None:
    assert kinds([say(platforms, private("weibo"), "x")]) == ["window_closed"]
    platforms.heard("weibo", "v1", message="k1")
    assert isinstance(say(platforms, below("weibo"), "谢谢"), Sent)
    [posted] = platforms.posted("weibo")
    assert (posted.in_reply_to, posted.text) == ("k1", "谢谢")


def test_weibo_takes_no_comment_without_an_address_and_none_twice(platforms: Platforms) -> None:
    platforms.heard("weibo", "v1", message="k1")
    assert kinds([say(platforms, below("weibo"), "谢谢", rip="")]) == ["permanent"]
    said = [say(platforms, below("weibo"), text) for text in ("谢谢", "谢谢", "茶" * 141)]
    assert kinds(said) == ["Sent", "duplicate", "too_long"]


@pytest.mark.parametrize("name", ["douyin", "tiktok", "weibo"])
def test_a_comment_that_was_posted_is_found_again(platforms: Platforms, name: PlatformName) -> None:
    platforms.heard(name, "v1", message="k1")
    module, credentials = platform(name), known(platforms, name)
    posted = say(platforms, below(name), "谢谢")
    assert isinstance(posted, Sent)
    call = module.look_up(below(name), credentials)
    assert call is not None
    answer = http.call(call)
    assert isinstance(answer, Response)
    assert module.looked_up(answer, below(name), "谢谢") == posted.id
    assert isinstance(module.looked_up(answer, below(name), "再见"), Unknown)
    assert module.look_up(private(name), credentials) is None


CHECKED = {"wecom": "", "weibo": "7000000002", "douyin": "pretend-open-id", "tiktok": ""}
"""Whose a token is, where the platform says it."""


@pytest.mark.parametrize("name", CHECKED)
def test_a_good_token_is_told_from_a_bad_one(platforms: Platforms, name: PlatformName) -> None:
    module, credentials = platform(name), known(platforms, name)
    found = []
    for token in (credentials["access_token"], "stolen"):
        call = module.check(credentials | {"access_token": token})
        assert call is not None
        answer = http.call(call)
        assert isinstance(answer, Response)
        found.append(module.checked(answer))
    assert found[0] == CHECKED[name]
    assert isinstance(found[1], NotSent)
    assert found[1].kind == "token_invalid"


@pytest.mark.parametrize("name", ["douyin", "tiktok"])
def test_an_answer_below_a_comment_names_the_comment(
    platforms: Platforms, name: PlatformName
) -> None:
    assert isinstance(say(platforms, below(name), "too early"), NotSent)
    platforms.heard(name, "v1", message="k1")
    assert isinstance(say(platforms, below(name), "谢谢"), Sent)
    assert isinstance(say(platforms, below(name), "x" * 151), NotSent)
    [posted] = platforms.posted(name)
    assert (posted.recipient, posted.in_reply_to, posted.text) == ("v1", "k1", "谢谢")


@pytest.mark.parametrize(
    ("name", "limits", "kind"),
    [
        ("weibo", Limits(weibo_hourly=Pace(1, 3600)), "rate_limited"),
        ("douyin", Limits(douyin_daily=Pace(1, 24 * 3600)), "quota"),
        ("tiktok", Limits(tiktok_rate=Pace(1, 1)), "rate_limited"),
    ],
)
def test_a_limit_is_said_in_the_platform_s_own_words(
    name: PlatformName, limits: Limits, kind: str
) -> None:
    with pretend_platforms(limits=limits, clock=lambda: 1_750_000_000.0) as platforms:
        said = [say(platforms, private(name), f"答 {number}") for number in range(2)]
        assert kinds(said) == ["Sent", kind]


@pytest.mark.parametrize(("name", "life"), [("douyin", 15 * 24), ("tiktok", 24)])
def test_a_token_that_is_over_is_known_for_one(
    platforms: Platforms, name: PlatformName, life: int
) -> None:
    token = known(platforms, name)["access_token"]
    platforms.advance(life * 3600)
    platforms.heard(name, "c1")
    assert kinds([say(platforms, private(name), "x", access_token=token)]) == ["token_invalid"]
    assert isinstance(say(platforms, private(name), "x"), Sent)
