"""What others have named is asked only where it is public, whatever it turns out to be."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cloud import fetcher
from cloud.settings import settings
from desk.wire import NotSent, Outbound, Response, Unknown

pytestmark = pytest.mark.usefixtures("aws")
PUBLIC = "93.184.216.34"
SEEN: list[tuple[str, dict[str, str]]] = []


class Site(BaseHTTPRequestHandler):
    """A site with redirects, and what comes without end."""

    def do_GET(self) -> None:
        SEEN.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("location", self.path.removeprefix("/to?"))
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * (fetcher.MAX_ANSWER + 9) if self.path == "/large" else b"hello")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    SEEN.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An install that may ask private addresses."""
    monkeypatch.setenv("PRIVATE_FETCHES", "on")
    settings.cache_clear()
    yield
    settings.cache_clear()


def get(url: str, **headers: str) -> Outbound:
    return Outbound("GET", url, headers, b"")


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001",
     "2130706433", "0177.0.0.1", "127.1", "0.0.0.0", "10.0.0.1", "[64:ff9b::7f00:1]"],
)  # fmt: skip
def test_no_spelling_of_a_private_address_is_asked(host: str, site: str) -> None:
    port = site.rpartition(":")[2]
    refused = fetcher.fetch(get(f"http://{host}:{port}/"))
    assert isinstance(refused, NotSent)
    assert SEEN == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.org/", "gopher://x/", "http://", "//x", "",
            "http://example.org:99999/", "http://[::1"]
)  # fmt: skip
def test_only_http_and_https_are_asked(url: str) -> None:
    assert isinstance(fetcher.fetch(get(url)), NotSent)


def test_a_name_is_resolved_once_and_one_private_address_spoils_it(site: str) -> None:
    answers = [[PUBLIC, "127.0.0.1"], ["127.0.0.1"]]
    port = site.rpartition(":")[2]
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers.pop(0)

    refused = fetcher.fetch(get(f"http://evil.example:{port}/"), resolve=rebinding)
    assert isinstance(refused, NotSent)
    assert "127.0.0.1" in refused.reason
    assert (asked, SEEN) == (["evil.example"], [])


def test_the_address_that_was_judged_is_the_one_that_is_asked(site: str, local: None) -> None:
    port, asked = int(site.rpartition(":")[2]), list[str]()

    def once(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else [PUBLIC]

    base = f"http://news.example:{port}"
    answer = fetcher.fetch(get(f"{base}/a?b=c"), base, resolve=once)
    assert isinstance(answer, Response)
    assert answer.body == b"hello"
    assert asked == ["news.example"]
    [(path, headers)] = SEEN
    assert (path, headers["host"]) == ("/a?b=c", f"news.example:{port}")


def test_a_redirect_to_a_private_address_is_not_followed(site: str, local: None) -> None:
    for where in ("http://169.254.169.254/latest", f"{site}/secret", "http://localhost:1/"):
        SEEN.clear()
        refused = fetcher.fetch(get(f"{site}/to?{where}"), base=site)
        assert isinstance(refused, NotSent), where
        assert len(SEEN) == 1
    for where in ("http://[::1", "http://a:99999999/", "file:///etc/passwd"):
        assert isinstance(fetcher.fetch(get(f"{site}/to?{where}"), base=site), NotSent | Unknown), (
            where
        )


def test_no_credential_goes_to_another_host() -> None:
    call = get("https://a.example/x", authorization="Bearer t", accept="*/*", cookie="c")
    kept = fetcher._redirected(call, "https://b.example/y").headers
    assert kept == {"accept": "*/*"}
    assert fetcher._redirected(call, "http://a.example/y").headers == {"accept": "*/*"}
    assert fetcher._redirected(call, "/y").headers == call.headers


def test_three_redirects_are_followed_and_no_fourth(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cloud.fetcher.public", lambda address: True)
    url = f"{site}/end"
    for count in range(1, 5):
        url = f"{site}/to?{url}"
        answer = fetcher.fetch(get(url))
        assert isinstance(answer, Response if count <= 3 else Unknown), count


def test_a_base_is_private_only_where_the_install_says_so(site: str) -> None:
    assert isinstance(fetcher.fetch(get(f"{site}/"), base=site), NotSent)


def test_another_address_than_the_base_is_not_private_even_there(site: str, local: None) -> None:
    assert isinstance(fetcher.fetch(get(f"{site}/"), base="http://127.0.0.1:1"), NotSent)
    assert isinstance(fetcher.fetch(get(f"{site}/"), base=site), Response)


def test_what_is_too_large_is_no_answer(site: str, local: None) -> None:
    answer = fetcher.fetch(get(f"{site}/large"), base=site)
    assert isinstance(answer, Unknown)
    assert "more than" in answer.reason


def test_a_host_without_an_address_is_not_asked() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError("no such host")

    assert isinstance(fetcher.fetch(get("https://no.example/"), resolve=nowhere), NotSent)
