"""One complaint, all the way: webhook, triage, approver, page, platform; and what may go wrong."""

import re
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from cli import replay
from cli.signing import Post
from cloud import secrets, store
from desk.control import Hold
from desk.inbox import Inbox
from tests.cloud.conftest import Desk

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(300)]

BRAND = "xiaoman"
LINK = re.compile(r"https?://\S+/approvals/\S+")


def wait_for(what: Callable[[], object], seconds: float = 60) -> None:
    """Until `what` is true; the queues between the functions take their time."""
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends, "it has not happened"
        time.sleep(0.2)


def say(desk: Desk, channel: str, text: str) -> str:
    """Somebody new writes to us; returns who. No storm is on: people are told of it at once."""
    for one in store.playbook(BRAND).approvers:
        store.inbox(BRAND, one, lambda _: Inbox())
    run, now = replay.run_started()
    account = store.playbook(BRAND).accounts[channel]
    post = Post(str(run), text, f"guest-{run}", "阿明", account, f"guest-{run}", now)
    hook = secrets.hook(BRAND, channel)
    assert hook is not None
    planned = replay.Planned(0, channel, post, "first")
    with closing(replay.Sender(desk.api, BRAND)) as sender:
        made = sender.make(planned, hook)
    assert made.status == 200
    return post.author


def posted_to(desk: Desk, who: str) -> list[str]:
    """What has been posted to somebody."""
    return [one.text for one in desk.platforms.posted() if one.recipient == who]


def fetch(address: str, fields: dict[str, str] | None = None, method: str = "") -> tuple[int, str]:
    """Status and body of a GET, or of a form's POST."""
    body = urlencode(fields).encode() if fields is not None else None
    request = Request(address, data=body, method=method or ("POST" if body else "GET"))
    try:
        with urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_complaint_is_answered_once_an_approver_says_yes(desk: Desk) -> None:
    who = say(desk, "line", "八号桌等了两个小时奶茶才送到，打开还是洒的，太失望了，我要投诉")
    found: list[tuple[str, str]] = []

    def asked() -> bool:
        """Whether somebody was asked about this, among what else people are told."""
        desk.inbox.read()
        links = [link for text in desk.inbox.last.values() for link in LINK.findall(text)]
        found[:] = [(link, fetch(link)[1]) for link in links]
        return any("八号桌" in page for _, page in found)

    wait_for(asked)
    link, page = next(one for one in found if "八号桌" in one[1])
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert seen is not None
    for method in "GET", "HEAD", "OPTIONS":
        fetch(link, method=method)
    assert fetch(link, {"text": "好的", "seen": seen[1]})[0] == 400
    assert posted_to(desk, who) == []

    answer = "非常抱歉让您久等了，我们马上为您补送一杯。"
    form = {"action": "approve", "text": answer, "seen": seen[1]}
    assert fetch(link, form)[0] == 200
    assert fetch(link, form)[0] == 200
    wait_for(lambda: posted_to(desk, who))
    assert posted_to(desk, who) == [answer]


def test_after_a_stop_nothing_is_posted_and_what_waited_is_put_before_a_person(desk: Desk) -> None:
    now = datetime.now(UTC)
    assert store.hold(BRAND, Hold(scope="brand", by="a test", reason="to see", at=now))
    try:
        who = say(desk, "line", "请问你们几点开门？")
        wait_for(lambda: list(store.waiting(BRAND, "held")))
        assert posted_to(desk, who) == []
        [held] = store.waiting(BRAND, "held")
        assert "a test" in held.reason
        wait_for(lambda: any(one.matter.reply == held.id for one in store.open_escalations(BRAND)))
    finally:
        assert store.release(BRAND, "brand", "a test", "seen", datetime.now(UTC))


def test_a_platform_that_answers_nothing_leaves_a_doubt_for_a_person_and_no_second_post(
    desk: Desk,
) -> None:
    desk.platforms.misbehave("line", "reset-after-accept")
    who = say(desk, "line", "请问你们几点开门？")
    wait_for(lambda: list(store.waiting(BRAND, "unconfirmed")))
    assert len(posted_to(desk, who)) == 1
    [doubt] = store.waiting(BRAND, "unconfirmed")
    wait_for(lambda: any(one.matter.reply == doubt.id for one in store.open_escalations(BRAND)))


def test_forged_links_are_all_answered_alike(desk: Desk) -> None:
    pages = {fetch(f"{desk.api}/approvals/{token}") for token in ("a" * 43, "b" * 43, "x", "%00")}
    assert len(pages) == 1
    assert pages.pop()[0] == 404


def test_a_wrong_signature_is_refused_and_leaves_no_trace(desk: Desk) -> None:
    address = f"{desk.api}/hooks/{BRAND}/line"
    bad = Request(address, data=b'{"events": []}', headers={"x-line-signature": "nonsense"})
    with pytest.raises(HTTPError) as refused:
        urlopen(bad, timeout=30)
    refused.value.close()
    assert refused.value.code == 401
