"""What each platform allows, case by case: written from its pages and apart from the rule books."""

from datetime import timedelta

import pytest

from desk.allowed import Speech, allowed
from desk.channels import platform
from desk.conversation import Conversation
from desk.rulebook import Opening
from desk.wire import Way
from tests.records import NOON

HOUR = 1.0
DAY = 24.0
MINUTE = 1 / 60
LINK = "https://example.org/a/very/long/address/that/counts/as/twenty-three"

Case = tuple[str, Way, Opening | None, float, str, dict[str, object], str]

# platform, way, what opened it, hours ago, text, more (person, said, summoned), what is expected
CASES: list[Case] = [
    ("bluesky", "reply", "mention", 500 * DAY, "x" * 300, {}, "ok"),
    ("bluesky", "reply", "mention", 0, "x" * 301, {}, "too_long"),
    ("bluesky", "reply", "mention", 0, "👩‍👩‍👧‍👦" * 100, {}, "ok"),
    ("bluesky", "reply", "mention", 0, "👩‍👩‍👧‍👦" * 121, {}, "too_long"),
    ("bluesky", "post", None, 0, "茶" * 300, {}, "ok"),
    ("bluesky", "post", None, 0, "e\u0301" * 300, {}, "ok"),
    ("discord", "message", "message", 0, "x" * 2000, {}, "ok"),
    ("discord", "message", "message", 0, "x" * 2001, {}, "too_long"),
    ("douyin", "message", "message", 1, "您好", {}, "ok"),
    ("douyin", "message", None, 0, "您好", {}, "window_closed"),
    ("facebook", "message", "message", 23.9, "x" * 2000, {}, "ok"),
    ("facebook", "message", "message", 23.9, "x" * 2001, {}, "too_long"),
    ("facebook", "message", "message", 24, "x", {}, "window_closed"),
    ("facebook", "message", "message", 24, "x", {"person": True}, "ok"),
    ("facebook", "message", "message", 7 * DAY, "x", {"person": True}, "window_closed"),
    ("facebook", "message", None, 0, "x", {"person": True}, "window_closed"),
    ("facebook", "private", "comment", 6.9 * DAY, "x", {}, "ok"),
    ("facebook", "private", "comment", 7 * DAY, "x", {}, "window_closed"),
    ("facebook", "private", "comment", 1, "x", {"answered": True}, "window_closed"),
    ("facebook", "reply", "comment", 400 * DAY, "x" * 8000, {}, "ok"),
    ("facebook", "reply", "comment", 0, "x" * 8001, {}, "too_long"),
    ("instagram", "message", "message", 23.9, "é" * 500, {}, "ok"),
    ("instagram", "message", "message", 23.9, "é" * 501, {}, "too_long"),
    ("instagram", "message", "message", 23.9, "茶" * 334, {}, "too_long"),
    ("instagram", "message", "message", 24, "x", {}, "window_closed"),
    ("instagram", "message", "message", 6 * DAY, "x", {"person": True}, "ok"),
    ("instagram", "private", "comment", 6.9 * DAY, "x", {}, "ok"),
    ("instagram", "private", "comment", 7.1 * DAY, "x", {}, "window_closed"),
    ("instagram", "private", "comment", 1, "x", {"answered": True}, "window_closed"),
    ("instagram", "reply", "comment", 100 * DAY, "x", {}, "ok"),
    ("line", "message", None, 0, "x" * 5000, {}, "ok"),
    ("line", "message", None, 0, "x" * 5001, {}, "too_long"),
    ("line", "message", None, 0, "🍎" * 2500, {}, "ok"),
    ("line", "message", None, 0, "🍎" * 2501, {}, "too_long"),
    ("line", "reply", "comment", 0, "x", {}, "permanent"),
    # Of an answer's 500 the name that it has to begin with takes 32 at the most.
    ("mastodon", "reply", "mention", 90 * DAY, "x" * 468, {}, "ok"),
    ("mastodon", "reply", "mention", 0, "x" * 469, {}, "too_long"),
    ("mastodon", "reply", "mention", 0, f"{'x' * 444} {LINK}", {}, "ok"),
    ("mastodon", "reply", "mention", 0, f"{'x' * 445} {LINK}", {}, "too_long"),
    ("mastodon", "reply", "mention", 0, f"@me@{'a' * 60}.example {'x' * 464}", {}, "ok"),
    ("mastodon", "post", None, 0, "x" * 500, {}, "ok"),
    ("mastodon", "post", None, 0, "x" * 501, {}, "too_long"),
    ("reddit", "reply", "comment", 30 * DAY, "x" * 10_000, {}, "ok"),
    ("reddit", "reply", "comment", 0, "x" * 10_001, {}, "too_long"),
    ("slack", "message", None, 0, "x" * 4000, {}, "ok"),
    ("slack", "message", None, 0, "x" * 40_001, {}, "too_long"),
    ("standard", "reply", "comment", 300 * DAY, "x" * 10_000, {}, "ok"),
    ("standard", "post", None, 0, "x" * 10_001, {}, "too_long"),
    ("telegram", "message", None, 0, "x" * 4096, {}, "ok"),
    ("telegram", "message", None, 0, "🍎" * 2049, {}, "too_long"),
    ("telegram", "message", None, 0, "x", {"said": [0.5 / 3600]}, "rate_limited"),
    ("telegram", "message", None, 0, "x", {"said": [1.1 / 3600]}, "ok"),
    ("threads", "reply", "comment", 30 * DAY, "x" * 500, {}, "ok"),
    ("threads", "reply", "comment", 0, "x" * 501, {}, "too_long"),
    ("threads", "reply", "comment", 0, "😀" * 125, {}, "ok"),
    ("threads", "reply", "comment", 0, "😀" * 126, {}, "too_long"),
    ("threads", "reply", "comment", 0, " ".join(f"https://a.example/{n}" for n in range(5)), {},
     "ok"),
    ("threads", "reply", "comment", 0, " ".join(f"https://a.example/{n}" for n in range(6)), {},
     "permanent"),
    ("tiktok", "message", "message", 47.9, "x" * 6000, {}, "ok"),
    ("tiktok", "message", "message", 47.9, "x" * 6001, {}, "too_long"),
    ("tiktok", "message", "message", 48, "x", {}, "window_closed"),
    ("tiktok", "message", None, 0, "x", {}, "window_closed"),
    ("viber", "message", "message", 1, "x" * 7000, {}, "ok"),
    ("viber", "message", "message", 1, "x" * 7001, {}, "too_long"),
    ("wechat", "message", "message", 47.9, "茶" * 682, {}, "ok"),
    ("wechat", "message", "message", 47.9, "茶" * 683, {}, "too_long"),
    ("wechat", "message", "message", 48, "x", {}, "window_closed"),
    ("wechat", "message", "message", 1, "x", {"said": [0.5] * 19}, "ok"),
    ("wechat", "message", "message", 1, "x", {"said": [0.5] * 20}, "window_closed"),
    ("wechat", "message", "message", 1, "x", {"said": [1.5] * 20}, "ok"),
    ("wechat", "message", "payment", 47, "x", {}, "ok"),
    ("wechat", "message", "follow", 0.9 * MINUTE, "x", {}, "ok"),
    ("wechat", "message", "follow", 1 * MINUTE, "x", {}, "window_closed"),
    ("wechat", "message", "menu", 0.5 * MINUTE, "x", {"said": [0.1 * MINUTE] * 3}, "window_closed"),
    ("wechat", "message", "scan", 0.5 * MINUTE, "x", {"said": [0.1 * MINUTE] * 2}, "ok"),
    ("wechat", "reply", "comment", 0, "x", {}, "permanent"),
    ("wecom", "message", "message", 1, "茶" * 682, {}, "ok"),
    ("wecom", "message", "message", 1, "茶" * 683, {}, "too_long"),
    ("wecom", "message", "message", 1, "x", {"said": [0.5 * MINUTE] * 30}, "rate_limited"),
    ("wecom", "message", "message", 1, "x", {"said": [0.5 * MINUTE] * 29}, "ok"),
    ("weibo", "message", "message", 47, "茶" * 299, {}, "ok"),
    ("weibo", "message", "message", 47, "茶" * 301, {}, "too_long"),
    ("weibo", "message", "message", 48, "x", {}, "window_closed"),
    ("weibo", "message", "message", 1, "x", {"said": [0.5] * 40}, "ok"),
    ("weibo", "reply", "comment", 30 * DAY, "茶" * 140, {}, "ok"),
    ("weibo", "reply", "comment", 0, "茶" * 141, {}, "too_long"),
    ("weibo", "reply", "comment", 0, "x" * 280, {}, "ok"),
    ("whatsapp", "message", "message", 23.9, "x" * 4096, {}, "ok"),
    ("whatsapp", "message", "message", 23.9, "x" * 4097, {}, "too_long"),
    ("whatsapp", "message", "message", 24, "x", {}, "window_closed"),
    ("whatsapp", "message", "message", 24, "x", {"person": True}, "window_closed"),
    ("x", "reply", "mention", 30 * DAY, "x" * 280, {"summoned": True}, "ok"),
    ("x", "reply", "mention", 0, "茶" * 140, {"summoned": True}, "ok"),
    ("x", "reply", "mention", 0, "茶" * 141, {"summoned": True}, "too_long"),
    ("x", "reply", "mention", 0, f"{'x' * 256} {LINK}", {"summoned": True}, "ok"),
    ("x", "reply", "mention", 0, f"{'x' * 257} {LINK}", {"summoned": True}, "too_long"),
    ("x", "reply", "comment", 0, "x", {}, "permission"),
    ("x", "reply", "comment", 0, "x", {"person": True}, "permission"),
    ("x", "message", None, 0, "x" * 10_000, {}, "ok"),
    ("x", "post", None, 0, "x" * 281, {}, "too_long"),
    ("youtube", "reply", "comment", 300 * DAY, "x" * 10_000, {}, "ok"),
    ("youtube", "reply", "comment", 0, "x" * 10_001, {}, "too_long"),
    ("youtube", "message", None, 0, "x", {}, "permanent"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "way", "opened", "hours", "text", "more", "expected"), CASES)
def test_the_rule_book_says_what_the_platform_says(
    name: str,
    way: Way,
    opened: Opening | None,
    hours: float,
    text: str,
    more: dict[str, object],
    expected: str,
) -> None:
    head = Conversation()
    if opened is not None:
        head = head.hears(opened, NOON - timedelta(hours=hours))
    said = more.get("said")
    for number, ago in enumerate(sorted(said, reverse=True) if isinstance(said, list) else ()):
        head = head.says(f"old{number}", f"m{number}", NOON - timedelta(hours=ago), once=False)
    if more.get("answered"):
        head = head.says("old", "mention", NOON - timedelta(hours=0.5), once=True)
    speech = Speech(
        "reply", "mention", way, text, by_person=bool(more.get("person")),
        summoned=bool(more.get("summoned")),
    )  # fmt: skip
    verdict = allowed(speech, head, platform(name).RULES, NOON)
    assert (verdict.kind or "ok") == expected, verdict
