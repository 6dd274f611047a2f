"""The approval page in a real browser: on a phone, under its own policy, decided by a finger."""

import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from desk.approval import Form
from desk.mention import fingerprint
from desk.pages.approval import render
from desk.pages.form import BadForm, parse_form
from desk.pages.markup import headers
from desk.pages.outcome import closed, gone
from desk.pages.style import DARK, LIGHT
from desk.pages.view import Line, Taken
from tests.browser.chromium import BINARY, Page, browser
from tests.unit.pages.samples import KINDS, LANGUAGES, NOW, outcome, view

pytestmark = pytest.mark.skipif(
    BINARY is None or shutil.which("bash") is None, reason="needs chromium and bash"
)

PREFIX = "/stage/approvals/"
PHONE = (360, 800)
DESK = (1280, 900)
DRAFT = "\n你好 <b>阿宝</b>,\n\n  «18:00» — “обіцяємо” & 👩‍👩‍👧\n</textarea>\n"

LONG = "W" * 300
HOSTILE = view(
    draft=LONG,
    brand=LONG,
    approver=LONG,
    channel=LONG,
    category=LONG,
    hold=LONG,
    reasons=(LONG,),
    conversation=(
        Line("them", LONG, "\u202e" * 9 + LONG + "https://evil.example/" + "e\u0301" * 300, NOW),
        Line("us", "مرحبا" * 40, "مرحبا بالعالم " * 20 + "漏水" * 200, NOW - timedelta(days=99)),
    ),
)
PAGES = {
    **{f"{kind}-{code}": render(view(kind, code)) for kind in KINDS for code in LANGUAGES},
    **{f"closed-{code}": closed(outcome("sent", code, at=NOW)) for code in LANGUAGES},
    **{f"gone-{code}": gone(code) for code in LANGUAGES},
    "hostile": render(HOSTILE),
    **{
        f"grave-{code}": render(
            view(
                "held",
                code,
                needs_code=True,
                code=True,
                notice="code_sent",
                two_persons=True,
                first_yes=Taken("Tom Ashby", NOW, yours=False),
                minutes_left=4,
            )
        )
        for code in LANGUAGES
    },
    **{
        f"not-yours-{code}": render(view("help", code, may_decide=False, deciders=("Tom Ashby",)))
        for code in LANGUAGES
    },
    "taken": render(view(state="acknowledged", taken=Taken("Tom Ashby", NOW, yours=False))),
    "exact": render(view(draft=DRAFT, seen=fingerprint(DRAFT))),
    "foreign": render(view()).replace(
        "</main>", '<script>document.title = "run"</script><p style="color:red">x</p></main>'
    ),
}


class Site(ThreadingHTTPServer):
    """Serves the pages as the desk does, and keeps what is posted."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.posts: list[tuple[str, bytes]] = []
        self.base = f"http://127.0.0.1:{self.server_port}{PREFIX}"


class Visit(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self._answer(PAGES.get(self.path.removeprefix(PREFIX)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.posts.append((self.path, body))
        self._answer(closed(outcome("approved")))

    def _answer(self, page: str | None) -> None:
        body = (page or gone("en")).encode()
        self.send_response(200 if page else 404)
        for name, value in headers().items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: tests are quiet."""


@pytest.fixture(scope="module")
def started() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield site
    site.shutdown()
    thread.join()
    site.server_close()


@pytest.fixture
def site(started: Site) -> Site:
    started.posts.clear()
    return started


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("profile")) as page:
        yield page


def test_every_page_fits_a_phone_and_its_policy_blocks_nothing_of_it(
    site: Site, page: Page
) -> None:
    for name in PAGES.keys() - {"foreign"}:
        page.open(site.base + name, *PHONE)
        assert page.run("innerWidth") == 360, name
        assert page.run("document.documentElement.scrollWidth") <= 360, name
        assert page.log == [], name
        assert page.run("getComputedStyle(document.body).backgroundColor") == _rgb(LIGHT["paper"])
    assert site.posts == []


def test_a_script_or_a_style_that_is_not_ours_is_blocked(site: Site, page: Page) -> None:
    page.open(site.base + "foreign", *PHONE)
    assert page.run("document.title") == "May we post this answer? · Morning Dew Filters"
    assert len([line for line in page.log if "Content Security Policy" in line]) == 2


def test_everything_a_thumb_must_hit_is_large_enough(site: Site, page: Page) -> None:
    for code in LANGUAGES:
        page.open(f"{site.base}draft-{code}", *PHONE)
        page.click(".choice:has([value=reject])")
        targets = page.run(
            "[...document.querySelectorAll('.choice,textarea,select,button,summary,#reason')]"
            ".filter(e => e.offsetParent)"
            ".map(e => [e.className || e.localName, Math.min(e.offsetHeight, e.offsetWidth)])"
        )
        assert len(targets) == 11
        assert [name for name, size in targets if size < 44] == []


def test_a_reason_is_asked_for_only_where_it_is_of_use(site: Site, page: Page) -> None:
    page.open(site.base + "draft-uk", *PHONE)
    shown = "document.querySelector('#reason').offsetHeight > 0"
    seen = [page.run(shown)]
    for action in ("reject", "approve", "hand_on", "take_over", "hold_topic"):
        page.click(f"[value={action}]")
        seen.append(page.run(shown))
    assert seen == [False, True, False, True, False, True]


def test_whom_to_hand_on_to_and_what_was_wrong_are_asked_where_they_matter(
    site: Site, page: Page
) -> None:
    page.open(site.base + "draft-en", *PHONE)
    shown = "['#to', '[name=wrong]'].map(s => document.querySelector(s).offsetHeight > 0)"
    seen = [page.run(shown)]
    for action in ("hand_on", "reject", "approve"):
        page.click(f"[value={action}]")
        seen.append(page.run(shown))
    assert seen == [[False, False], [True, False], [False, True], [False, False]]


def test_the_keyboard_alone_decides(site: Site, page: Page) -> None:
    """Tab goes to the text, then to the choices; an arrow chooses; Enter sends."""
    page.open(site.base + "draft-en", *PHONE)
    page.press("Tab", "Tab")
    assert page.run("document.activeElement.name") == "action"
    page.press(" ")
    page.press("Tab")
    assert page.run("document.activeElement.type") == "submit"
    page.press("Enter", loads=True)
    [(_, body)] = site.posts
    assert parse_form(body).action == "approve"


def test_an_approval_arrives_with_the_very_text_that_was_shown(site: Site, page: Page) -> None:
    page.open(site.base + "exact", *PHONE)
    page.click(".choice:has([value=approve])")
    page.click("button", loads=True)
    [(path, body)] = site.posts
    assert path == PREFIX + "exact"
    assert parse_form(body) == Form("approve", DRAFT, "", fingerprint(DRAFT))
    assert page.run("document.querySelector('h1').textContent") == "Approved"


def test_a_button_pressed_without_a_choice_sends_nothing(site: Site, page: Page) -> None:
    page.open(site.base + "draft-en", *PHONE)
    page.click("button")
    assert page.run("document.querySelector('form').checkValidity()") is False
    assert page.run("document.querySelectorAll('input:checked').length") == 0
    assert page.run("document.querySelector('select').value") == ""
    assert site.posts == []


def test_a_scanner_that_submits_the_form_decides_nothing(site: Site, page: Page) -> None:
    page.open(site.base + "draft-en", *PHONE)
    page.load("Runtime.evaluate", expression="document.querySelector('form').submit()")
    [(_, body)] = site.posts
    with pytest.raises(BadForm, match="no action"):
        parse_form(body)


def test_on_a_large_screen_the_decision_stands_beside_the_conversation(
    site: Site, page: Page
) -> None:
    place = "(e => e.getBoundingClientRect().toJSON())(document.querySelector('{}'))"
    for code in LANGUAGES:
        page.open(f"{site.base}draft-{code}", *DESK)
        talk, form = (page.run(place.format(what)) for what in ("section.card", "form"))
        assert talk["right"] < form["left"]
        assert talk["top"] == form["top"]
        assert page.run("document.documentElement.scrollWidth") <= 1280


def test_the_page_is_dark_where_the_phone_is(site: Site, page: Page) -> None:
    page.open(site.base + "draft-en", *PHONE, dark=True)
    assert page.run("getComputedStyle(document.body).backgroundColor") == _rgb(DARK["paper"])


def test_each_language_is_set_in_its_own_script(site: Site, page: Page) -> None:
    for code, font in (("zh-Hans", "PingFang SC"), ("zh-Hant", "PingFang TC")):
        page.open(f"{site.base}draft-{code}", *PHONE)
        assert font in page.run("getComputedStyle(document.querySelector('textarea')).fontFamily")


def _rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"
