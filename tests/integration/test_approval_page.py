"""The approval page: whoever looks changes nothing, and a token opens its own matter alone."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from cloud import aws as clients, clock, store
from functions.decide.app import handler
from tests.records import (
    BRAND,
    LINK,
    OTHER_LINK,
    approval,
    draft,
    escalation,
    hold,
    matter,
    mention,
)
from tests.unit.pages.reading import Reader, area_value

pytestmark = pytest.mark.usefixtures("a_draft")
Everything = Callable[[], list[str]]
Queued = Callable[[str], list[str]]

AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) MicroMessenger/8.0.50 NetType/WIFI",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "GoogleImageProxy", "Google-Safety", "Googlebot/2.1 ggpht.com GoogleImageProxy",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0)",
    "Mozilla/5.0 (Windows NT 10.0) SkypeUriPreview Preview/0.5",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) MSIE SafeLinks", "BingPreview/1.0b",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "Slack-ImgProxy",
    "WhatsApp/2.24.10", "TelegramBot (like TwitterBot)", "Twitterbot/1.0",
    "facebookexternalhit/1.1", "LinkedInBot/1.0", "Discordbot/2.0", "Line/14.9.0",
    "Viber/22.3", "Proofpoint URL Defense", "Mimecast-URL-Protect", "Barracuda Sentinel (EE)",
    "Symantec-Email-Link-Scan", "Cisco-IronPort", "TrendMicro-ERS", "curl/8.7.1",
    "python-requests/2.32", "Wget/1.24", "HeadlessChrome/126.0", "",
    "Mozilla/5.0 (compatible; MSAL 1.0) Microsoft Defender SafeLinks", "SkypeUriPreview",
    "Microsoft-Teams-Link-Preview/1.0", "Applebot/0.1", "iMessage/1.0 LinkPresentation",
    "facebookcatalog/1.0", "Mozilla/5.0 (compatible; YandexBot/3.0)", "Baiduspider/2.0",
    "Sogou web spider/4.0", "DingTalkBot-LinkService/1.0", "WeCom-LinkPreview/4.1",
    "Lark-UrlPreview/1.0 (Feishu)", "QQ-URLManager/1.0", "MQQBrowser/6.2 QQDownload",
    "Zoombot/1.0 (link preview)", "Mattermost-Bot/1.1", "Rocket.Chat/6 OEmbed",
    "Signal-Android/7 link-preview", "KAKAOTALK 10.4.2 (scrap)", "Yahoo Link Preview",
    "ZscalerSandbox/1.0", "FireEye-ETP/2.1", "SophosEmailScan/1.0", "urlscan.io/1.0",
    "VirusTotalCloud/1.0", "Fortinet-FortiMail/7.4", "Google-AMPHTML",
)  # fmt: skip
"""Those that open a link before its owner does, and some that are its owner."""


def test_the_page_shows_what_was_said_and_what_is_proposed(event: Any, context: Any) -> None:
    answer = handler(event("decide-page"), context)
    assert answer["statusCode"] == 200
    for text in (mention().text, draft().text, mention().author.name):
        assert text in answer["body"]
    assert f'value="{draft().fingerprint}"' in answer["body"]
    assert not re.search(r"<input[^>]*\schecked", answer["body"])


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "get", "post", ""])
def test_only_a_post_can_decide(
    method: str, ask: Any, queued: Queued, everything: Everything
) -> None:
    yes = urlencode({"action": "approve", "text": draft().text, "seen": draft().fingerprint})
    before = everything()
    ask(method, LINK, yes)
    assert everything() == before
    assert queued("outbound") == []


def test_no_link_scanner_changes_anything(ask: Any, queued: Queued, everything: Everything) -> None:
    assert len({*AGENTS}) >= 50
    before = everything()
    for agent in AGENTS:
        for method in ("GET", "HEAD", "OPTIONS"):
            answer = ask(method, user_agent=agent, purpose="prefetch", x_moz="prefetch")
            assert answer["statusCode"] == 200
    assert everything() == before
    assert queued("outbound") == []


def blind_forms(page: str) -> list[dict[str, str]]:
    """What is sent by scanners that run a page and submit its form without reading it."""
    reader = Reader(page)
    fields = {
        str(found["name"]): found.get("value") or ""
        for tag, found in reader.elements
        if tag in ("input", "textarea", "select") and found.get("name")
        and found.get("type") not in ("radio", "checkbox")
    }  # fmt: skip
    fields["text"] = area_value(page)
    buttons = [
        {str(found["name"]): found.get("value") or ""} if found.get("name") else {}
        for found in reader.all("button")
    ]
    assert len(buttons) == 1
    everything: dict[str, str] = {}
    for button in buttons:
        everything |= button
    typed = {name: "test@example.com" for name in fields if name not in ("seen", "code")}
    marked = {
        str(found["name"]): found.get("value") or "on"
        for found in reader.all("input")
        if found.get("type") == "checkbox"
    }
    return [
        fields,
        fields | buttons[0],
        fields | everything,
        fields | typed,
        fields | typed | marked,
        fields | {"action": ""},
        {name: "" for name in fields},
    ]


def test_a_scanner_that_submits_the_form_blindly_changes_nothing(
    ask: Any, queued: Queued, everything: Everything
) -> None:
    before = everything()
    for agent in AGENTS:
        for form in blind_forms(ask(user_agent=agent)["body"]):
            answer = ask("POST", LINK, urlencode(form), user_agent=agent)
            assert answer["statusCode"] == 400
    assert everything() == before
    assert queued("outbound") == []


def test_every_page_goes_out_with_headers_that_keep_it_private(ask: Any, decide: Any) -> None:
    pages = [ask(), ask(token="forged"), decide("none"), decide("reject"), ask()]
    assert [page["statusCode"] for page in pages] == [200, 404, 400, 200, 200]
    for page in pages:
        headers = page["headers"]
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert "<script" not in page["body"]
        assert len(page["body"].encode()) < 100_000
        assert not re.search(r"\s(style|on\w+)=", page["body"])


def test_a_hold_is_on_the_page(ask: Any) -> None:
    store.hold(BRAND, hold(reason="杯盖批次"))
    assert "杯盖批次" in ask()["body"]


def forgeries() -> list[str | None]:
    return [
        LINK[:-1], LINK[1:], LINK + "=", LINK + "==", LINK + " ", " " + LINK, LINK.upper(),
        LINK.swapcase(), LINK + LINK, LINK.replace("-", "_"), LINK + "\x00", LINK + "%00",
        approval().hash, f"T#{approval().hash}", "", "x", "../" + LINK, "晓满" * 20, "\ud800",
        "a" * 100_000, escalation().id, clock.link_token(), None,
    ]  # fmt: skip


def test_every_token_but_the_right_one_is_told_the_same(
    ask: Any, decide: Any, everything: Everything
) -> None:
    before = everything()
    answers = [ask(token=token) for token in forgeries()]
    answers += [ask("POST", token, "action=approve") for token in forgeries()]
    assert {answer["statusCode"] for answer in answers} == {404}
    assert len({json.dumps(answer, sort_keys=True) for answer in answers}) == 1
    assert everything() == before


def near() -> list[str]:
    """Tokens that differ from a good one in one place, or are read backwards, or joined."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
    places = range(len(LINK))
    found = {LINK[:place] + letter + LINK[place + 1 :] for place in places for letter in letters}
    found |= {LINK[:place] + LINK[place + 1 :] for place in places}
    found |= {LINK[:one] + letter + LINK[one:] for one in (*places, 43) for letter in letters}
    found |= {token[::-1] for token in found}
    found |= {token + OTHER_LINK for token in [*found][:200]}
    return sorted(found - {LINK, OTHER_LINK})


def test_ten_thousand_guesses_near_a_token_open_nothing_and_are_all_answered_alike(
    ask: Any, everything: Everything
) -> None:
    tokens = near()
    assert len(tokens) > 10_000
    before = everything()
    yes = urlencode({"action": "approve", "text": draft().text, "seen": draft().fingerprint})
    answers = {
        json.dumps(ask("POST" if number % 2 else "GET", token, yes if number % 2 else ""))
        for number, token in enumerate(tokens)
    }
    [only] = answers
    assert json.loads(only)["statusCode"] == 404
    assert everything() == before


def test_a_link_decides_its_own_matter_and_no_other(decide: Any, queued: Queued) -> None:
    other = draft(id="line:other", text=draft().text)
    store.add_reply(other)
    about = matter(reply="line:other", cause="mention:other", event="other")
    store.add_escalation(escalation(matter=about))
    decide()
    assert store.reply(BRAND, "line:conversation", "line:other") == other
    assert len(queued("outbound")) == 1


def test_a_link_whose_matter_is_gone_is_no_link(ask: Any) -> None:
    clients.dynamodb().delete_item(
        TableName="repartee",
        Key={"pk": {"S": f"{BRAND}#E#{escalation().id}"}, "sk": {"S": "HEAD"}},
    )
    assert ask()["statusCode"] == 404


def test_nothing_of_a_token_but_its_hash_is_kept(decide: Any, everything: Everything) -> None:
    decide()
    assert LINK not in "".join(everything())


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("zh-TW,zh;q=0.9", "zh-Hant"), ("uk", "uk"), ("fr", "en"), ("", "en")],
)
def test_who_has_no_link_reads_it_in_their_own_language(
    accepted: str, language: str, ask: Any
) -> None:
    assert f'lang="{language}"' in ask(token="forged", accept_language=accepted)["body"]
