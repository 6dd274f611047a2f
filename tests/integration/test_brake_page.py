"""The page of the brake: one person's link, one choice, and nothing by accident."""

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from cloud import aws as clients, store
from cloud.store import playbooks
from desk.approval import token_hash
from desk.brake import Link
from desk.control import Hold
from desk.playbook import Playbook
from functions.brake.app import handler
from tests.records import BRAKE, BRAND, LINK, NOON, after, hold

pytestmark = pytest.mark.usefixtures("at")
Ask = Callable[..., dict[str, Any]]


def keep(**change: Any) -> None:
    fields = {"hash": token_hash(BRAKE), "brand": BRAND, "approver": "lin", "made_at": NOON}
    store.keep_link(Link.model_validate(fields | {"expires_at": after(60 * 24)} | change))


@pytest.fixture
def ask(context: Any) -> Ask:
    """Makes a request of Lin's page, unless another token is given."""
    keep()

    def ask(method: str = "GET", body: str | bytes = "", token: str = BRAKE, **more: str) -> Any:
        raw = body if isinstance(body, bytes) else body.encode()
        return handler({
            "pathParameters": {"token": token},
            "rawQueryString": "",
            "headers": {name.replace("_", "-"): value for name, value in more.items()},
            "requestContext": {"http": {"method": method}},
            "body": b64encode(raw).decode(),
            "isBase64Encoded": True,
        }, context)  # fmt: skip

    return ask


@pytest.fixture
def press(ask: Ask) -> Ask:
    """Sends the page's form."""

    def press(choice: str, reason: str = "", **more: str) -> Any:
        return ask("POST", urlencode({"choice": choice, "reason": reason}), **more)

    return press


def holds() -> dict[str, Hold]:
    found = store.control(BRAND)
    assert found is not None
    return {one.scope: one for one in found.holds}


def choices(page: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'name="choice" value="([^"]*)"', page)]


def test_the_page_shows_that_nothing_is_stopped_and_what_can_be(ask: Ask) -> None:
    answer = ask()
    assert answer["statusCode"] == 200
    assert "目前没有停止任何内容" in answer["body"]
    offered = choices(answer["body"])
    assert {"stop brand", "stop channel:line", "stop topic:watch:lid-leak"} <= {*offered}
    assert not re.search(r"<input[^>]*checked", answer["body"])
    assert "<script" not in answer["body"]
    policy = answer["headers"]["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert answer["headers"]["referrer-policy"] == "no-referrer"
    assert answer["headers"]["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "choice", ["brand", "channel:line", "topic:watch:lid-leak", "topic:crisis"]
)
def test_one_press_stops_what_was_chosen_in_the_approvers_name(press: Ask, choice: str) -> None:
    answer = press(f"stop {choice}")
    assert answer["statusCode"] == 200
    assert 'role="status"' in answer["body"]
    [(scope, found)] = holds().items()
    assert (scope, found.by, found.kind, found.at) == (choice, "lin", "hold", NOON)
    assert found.reason


def test_a_reason_that_was_given_is_kept_and_shown_harmless(press: Ask, ask: Ask) -> None:
    press("stop brand", "<b>wrong</b> price")
    assert holds()["brand"].reason == "<b>wrong</b> price"
    assert "&lt;b&gt;wrong" in ask()["body"]
    assert "<b>wrong" not in ask()["body"]


def test_what_was_shown_is_released_with_a_name_and_a_reason(
    press: Ask, ask: Ask, queued: Callable[[str], list[str]]
) -> None:
    store.hold(BRAND, hold(scope="topic:watch:lid-leak", kind="crisis"))
    store.hold(BRAND, hold())
    [release] = [one for one in choices(ask()["body"]) if "release" in one and "lid-leak" in one]
    assert press(release)["statusCode"] == 400
    assert "topic:watch:lid-leak" in holds()
    assert press(release, "the statement is out")["statusCode"] == 200
    assert [*holds()] == ["brand"]
    assert store.hold_log(BRAND)[-1][1] == "off topic:watch:lid-leak by lin: the statement is out"


def test_a_form_that_comes_again_releases_no_later_hold(press: Ask, ask: Ask) -> None:
    store.hold(BRAND, hold())
    [release] = [one for one in choices(ask()["body"]) if one.startswith("release")]
    press(release, "over")
    store.hold(BRAND, hold(at=after(-1), reason="again"))
    answer = press(release, "over")
    assert holds()["brand"].reason == "again"
    assert "期间有人改动过" in answer["body"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_changes_nothing(
    ask: Ask, everything: Callable[[], list[str]], method: str
) -> None:
    store.hold(BRAND, hold())
    before = everything()
    for agent in "Outlook Safe Links", "WhatsApp/2", "curl/8":
        ask(method, urlencode({"choice": "stop brand"}), user_agent=agent)
    assert everything() == before


@pytest.mark.parametrize(
    "body",
    [
        "", "reason=x", "choice=", "choice=stop", "choice=stop+", "choice=go+brand", "choice=brand",
        "choice=stop+topic:nothing", "choice=stop+channel:nothing", "choice=stop+everything",
        "choice=release+brand", "choice=release", "choice=release++", "choice=release+x+brand",
        "choice=stop+brand&choice=stop+brand", "action=approve", "%ff%ff", "choice=stop+brand%00",
        "choice=stop+brand&reason=" + "x" * 501, b"\xff\xfe", b"x" * 70_000,
    ],
)  # fmt: skip
def test_a_form_without_a_choice_of_the_page_changes_nothing(
    ask: Ask, everything: Callable[[], list[str]], body: str | bytes
) -> None:
    store.hold(BRAND, hold())
    before = everything()
    assert ask("POST", body)["statusCode"] == 400
    assert everything() == before


def test_a_form_sent_blindly_as_it_stands_changes_nothing(
    ask: Ask, everything: Callable[[], list[str]]
) -> None:
    """A scanner that submits forms sends the fields that have values, and no radio is chosen."""
    store.hold(BRAND, hold())
    before = everything()
    assert ask("POST", "reason=")["statusCode"] == 400
    assert everything() == before


FORGED = {
    "another secret": f"{BRAND}.{LINK[::-1]}",
    "cut short": BRAKE[:-1],
    "too long": f"{BRAKE}a",
    "re-padded": f"{BRAKE}=",
    "another brand's": f"other.{LINK}",
    "no brand": LINK,
    "nothing": "",
    "half a character": f"{BRAND}.\ud800{LINK[1:]}",
    "a key": f"{BRAND}#B.{LINK}",
    "huge": "a" * 9000,
}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_forged_links_are_answered_alike_and_open_nothing(ask: Ask, method: str) -> None:
    answers = [ask(method, "choice=stop+brand", token) for token in FORGED.values()]
    assert {answer["statusCode"] for answer in answers} == {404}
    assert len({answer["body"] for answer in answers}) == 1
    assert holds() == {}


@pytest.mark.parametrize(
    "change",
    [{"expires_at": NOON}, {"revoked_at": NOON - timedelta(days=1)}, {"approver": "gone"}],
    ids=["over", "revoked", "no approver any more"],
)
def test_a_link_that_is_over_opens_nothing(press: Ask, change: dict[str, Any]) -> None:
    keep(**change)
    assert press("stop brand")["statusCode"] == 404
    assert holds() == {}


def test_a_brand_whose_playbook_is_gone_can_be_stopped_all_the_same(press: Ask) -> None:
    key = {"pk": {"S": f"{BRAND}#B"}, "sk": {"S": "PLAYBOOK"}}
    clients.dynamodb().delete_item(TableName="repartee", Key=key)
    playbooks.forget()
    assert press("stop brand")["statusCode"] == 200
    assert "brand" in holds()


def test_a_lost_control_item_is_said_and_nothing_is_offered(press: Ask, ask: Ask) -> None:
    key = {"pk": {"S": f"{BRAND}#B"}, "sk": {"S": "CONTROL"}}
    clients.dynamodb().delete_item(TableName="repartee", Key=key)
    assert "停止记录缺失" in press("stop brand")["body"]
    assert choices(ask()["body"]) == []
    assert store.control(BRAND) is None


def test_a_table_that_cannot_be_reached_is_a_503_and_no_page(
    press: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*which: Any) -> None:
        raise clients.TROUBLE[0]({"Error": {"Code": "Throttled"}}, "UpdateItem")

    monkeypatch.setattr(store, "hold", down)
    assert press("stop brand")["statusCode"] == 503


@pytest.mark.parametrize(
    ("who", "words"),
    [("lin", "急停"), ("yijun", "停止整個品牌"), ("olena", "Гальмо"), ("james", "The brake")],
)
def test_each_approver_reads_it_in_their_own_language(
    ask: Ask, playbook: Playbook, who: str, words: str
) -> None:
    keep(approver=who)
    assert words in ask()["body"]
