"""On every platform that we hear and speak on: a signed webhook, or a page that was asked for,
becomes a mention, and its answer stands on the pretend platform, below what it answers.
"""

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from cli.signing import Post, webhook
from cloud import clock, secrets, store
from desk.channels import platform
from desk.mention import Mention
from desk.polling import PLATFORM, SOURCE
from desk.wire import Delivery, stamp
from functions.receive.app import handler as receive
from functions.send.app import handler as send
from functions.triage.app import handler as triage
from tests.conftest import HOOKS, SAMPLES
from tests.platforms import PLATFORM_NAMES, Platforms, pretend_platforms
from tests.records import BRAND, NOON, batch

pytestmark = pytest.mark.usefixtures("at")
QUESTION = "请问你们几点开门？"
NO_PARENT = frozenset(
    ("line", "slack", "viber", "wechat", "wecom", "weibo", "tiktok", "facebook", "instagram", "x")
)
"""Whose private messages have a place and no parent; the place is compared for all."""
IDS = {"slack": {"id": f"{NOON.timestamp():.0f}.000200"}}
"""Slack's ids are times."""
ASKED = ("discord", "mastodon", "youtube")
"""Their webhooks bring commands, an administrator's view and videos: what people write is asked."""
PUSHED = [name for name in PLATFORM_NAMES if name in HOOKS and name not in ASKED]
WHEN = "2027-03-08T04:00:00.000Z"
PAGES: dict[str, tuple[str, Any]] = {
    "bluesky": (
        "notifications",
        {"notifications": [{
            "uri": "at://did:plc:ada/app.bsky.feed.post/3kb", "cid": "bafyb", "reason": "mention",
            "author": {"did": "did:plc:ada", "handle": "ada.example"}, "indexedAt": WHEN,
            "record": {"text": QUESTION, "createdAt": WHEN, "langs": ["zh"]},
        }]},
    ),
    "discord": (
        "channel:4102",
        [{"id": "1297", "channel_id": "4102", "type": 0, "content": QUESTION, "timestamp": WHEN,
          "author": {"id": "8801", "username": "ada"}}],
    ),
    "mastodon": (
        "notifications",
        [{"id": "9", "type": "mention", "created_at": WHEN,
          "account": {"id": "8841", "acct": "ada@example.org", "followers_count": 3, "bot": False},
          "status": {"id": "115204", "content": f"<p>{QUESTION}</p>", "visibility": "public",
                     "created_at": WHEN, "mentions": [],
                     "account": {"id": "8841", "acct": "ada@example.org"}}}],
    ),
    "reddit": (
        "inbox",
        {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": {
            "name": "t1_9x2", "id": "9x2", "parent_id": "t3_9x1", "author": "ada",
            "author_fullname": "t2_9a", "body": QUESTION, "subreddit": "tea", "was_comment": True,
            "type": "username_mention", "context": "/r/tea/comments/9x1/_/9x2/",
            "created_utc": NOON.timestamp(),
        }}]}},
    ),
    "youtube": (
        "comments",
        {"kind": "youtube#commentThreadListResponse", "items": [{
            "kind": "youtube#commentThread", "id": "UgxThread", "snippet": {
                "videoId": "v1", "canReply": True, "totalReplyCount": 0, "topLevelComment": {
                    "kind": "youtube#comment", "id": "UgxThread", "snippet": {
                        "textOriginal": QUESTION, "authorDisplayName": "Ada",
                        "authorChannelId": {"value": "UCada"}, "videoId": "v1",
                        "publishedAt": WHEN, "updatedAt": WHEN,
                    },
                },
            },
        }]},
    ),
}  # fmt: skip
"""What we are told when we ask, by the source's name; invented."""


@pytest.fixture(scope="module")
def server() -> Iterator[Platforms]:
    with pretend_platforms(hold=0.1, clock=NOON.timestamp) as platforms:
        yield platforms


@pytest.fixture
def platforms(server: Platforms, monkeypatch: pytest.MonkeyPatch) -> Platforms:
    """The platforms, with what lets us post on each in place of what is stored."""

    def credentials(brand: str, channel: str) -> dict[str, str]:
        known = server.credentials(channel)
        return known | {"account": "", "url": f"{known['base']}/replies"}

    server.reset()
    monkeypatch.setattr(secrets, "credentials", credentials)
    return server


def heard() -> Mention:
    """The one mention that there is."""
    [found] = [one for one in store.feed(BRAND, NOON, clock.now()) if isinstance(one, Mention)]
    return found


def answered(platforms: Platforms, name: str, queued: Any, context: Any) -> None:
    """What was decided goes out, and stands where it belongs."""
    mention = heard()
    assert (mention.platform, mention.text.endswith(QUESTION)) == (name, True), mention
    assert mention.decision.action == "answer", mention.decision
    [message] = queued("outbound")
    send(batch(message), context)
    [posted] = platforms.posted(name)
    address = mention.address
    assert posted.text.endswith(mention.decision.text)
    places = {address.conversation, address.author, address.message, ""}
    assert posted.recipient in places
    if name not in NO_PARENT or address.way == "reply":
        assert posted.in_reply_to == address.message
    [reply] = [one for one in store.conversation(BRAND, mention.conversation)
               if not isinstance(one, Mention)]  # fmt: skip
    assert reply.state == "sent"


@pytest.mark.parametrize("name", PUSHED)
def test_a_signed_webhook_is_answered_below_what_it_brings(
    name: str, platforms: Platforms, queued: Any, context: Any
) -> None:
    account = platforms.credentials(name)["account"]
    change = {"text": QUESTION, "language": "", "account": account, **IDS.get(name, {})}
    post = Post(**{**SAMPLES[name]["post"], **change}, said_at=NOON)
    request = webhook(name, post, HOOKS[name], NOON.timestamp(), "41", "n0nce")
    event = {
        "pathParameters": {"brand": BRAND, "channel": name},
        "rawQueryString": urlencode(request.query),
        "headers": dict(request.headers),
        "requestContext": {"http": {"method": request.method}},
        "body": base64.b64encode(request.body).decode(),
        "isBase64Encoded": True,
    }
    assert receive(event, context)["statusCode"] in (200, 204)
    [delivery] = queued("deliveries")
    triage(batch(delivery), context)
    answered(platforms, name, queued, context)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_was_asked_for_is_answered_below_what_it_brings(
    name: str, platforms: Platforms, queued: Any, context: Any
) -> None:
    source, page = PAGES[name]
    delivery = Delivery(
        id="d1", brand=BRAND, channel=name, received_at=stamp(NOON),
        headers={SOURCE: source, PLATFORM: name}, query={}, body=json.dumps(page).encode(),
    )  # fmt: skip
    triage(batch(delivery.to_json()), context)
    answered(platforms, name, queued, context)


def test_every_platform_that_can_be_answered_is_tried() -> None:
    speaking = {name for name in SAMPLES if platform(name).RULES.ways}
    assert {*PUSHED, *PAGES} == speaking
