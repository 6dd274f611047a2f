"""Asking for what somebody else has named: feeds, and the platforms' lists of what is new.

Whoever names an address could name one inside our network. Each host is resolved once, and the
connection made to that very address if it is public: a name that resolves to another one a moment
later gains nothing. So is each redirect's. https://owasp.org/www-community/attacks/Server_Side_Request_Forgery
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urljoin, urlsplit

from cloud.http import context, cut
from cloud.settings import settings
from desk.addresses import public
from desk.reasons import reason
from desk.wire import NotSent, Outbound, Response, Unknown

TOTAL_SECONDS = 10.0
"""For all of it: names, redirects and the body."""
MAX_ANSWER = 2 * 1024 * 1024
MAX_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
ELSEWHERE = frozenset({"accept", "if-modified-since", "if-none-match", "user-agent"})
"""Headers that another host may see: none of them is a credential."""
USER_AGENT = "Repartee"

Resolver = Callable[[str, int], list[str]]


class Refused(Exception):
    """An address that is not asked; the argument says why."""


def addresses(host: str, port: int) -> list[str]:
    """The IP addresses of a host, also where it is written as a number; OSError if it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def fetch(
    outbound: Outbound, base: str = "", resolve: Resolver = addresses
) -> Response | NotSent | Unknown:
    """The answer, after three redirects at most; NotSent if nothing was asked; else Unknown.

    `base` is the address that the channel's credentials name in place of the platform's own. It may
    be a private one where the install says so (PRIVATE_FETCHES), and no redirect may.
    """
    deadline = time.monotonic() + TOTAL_SECONDS
    local = bool(base) and settings().private_fetches == "on"
    call = outbound._replace(headers={"user-agent": USER_AGENT, **outbound.headers})
    for hop in range(MAX_REDIRECTS + 1):
        try:
            private = local and hop == 0 and _origin(call.url) == _origin(base)
            answer = _ask(call, deadline, private, resolve)
        except Refused as refused:
            return NotSent("unreachable", str(refused), again_after=30)
        if not isinstance(answer, Response):
            return answer
        where = answer.headers.get("location")
        if call.method != "GET" or where is None or answer.status not in REDIRECTS:
            return answer
        try:
            call = _redirected(call, where)
        except Refused:
            return Unknown("a redirect to what is no address")
    return Unknown(f"more than {MAX_REDIRECTS} redirects")


def _redirected(call: Outbound, where: str) -> Outbound:
    try:
        url = urljoin(call.url, where)
    except ValueError:
        raise Refused("it is no address") from None
    if _origin(url) == _origin(call.url):
        return call._replace(url=url)
    kept = {name: value for name, value in call.headers.items() if name.lower() in ELSEWHERE}
    return call._replace(url=url, headers=kept)


def _origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address; raises Refused for what is none."""
    try:
        parts = urlsplit(url)
        usual = {"http": 80, "https": 443}.get(parts.scheme, 0)
        return parts.scheme, parts.hostname or "", parts.port or usual
    except ValueError:
        raise Refused("it is no address") from None


def _pinned(host: str, port: int, private: bool, resolve: Resolver, deadline: float) -> str:
    """The address to connect to. One that is not public among several spoils all of them."""
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        found = pool.submit(resolve, host, port).result(max(0.0, deadline - time.monotonic()))
    except (OSError, UnicodeError) as error:  # among them a time-out
        raise Refused(f"{host} has no address: {type(error).__name__}") from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    if not found:
        raise Refused(f"{host} has no address")
    if not private:
        for address in found:
            if not public(address):
                raise Refused(f"{host} is {address}, which is no public address")
    return found[0]


def _ask(
    call: Outbound, deadline: float, private: bool, resolve: Resolver
) -> Response | Unknown | NotSent:
    scheme, host, port = _origin(call.url)
    if scheme not in ("http", "https") or not host:
        raise Refused("only http and https are asked")
    address = _pinned(host, port, private, resolve, deadline)
    left = deadline - time.monotonic()
    if left <= 0:
        raise Refused("no time is left")
    connection = http.client.HTTPConnection(host, port)
    try:
        sock = socket.create_connection((address, port), timeout=left)
        if scheme == "https":
            # The name that was asked for, and not the address: its certificate must be right.
            sock = context().wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
            connection.default_port = 443
        limit = threading.Timer(left, cut, (sock,))
        limit.start()
        try:
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            connection.sock = sock
            parts = urlsplit(call.url)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(
                call.method, target, body=call.body or None, headers=dict(call.headers)
            )
            answer = connection.getresponse()
            body = answer.read(MAX_ANSWER + 1)
        finally:
            limit.cancel()
            sock.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Unknown(reason("no_answer", type(error).__name__))
    finally:
        connection.close()
    if len(body) > MAX_ANSWER:
        return Unknown(f"an answer of more than {MAX_ANSWER} bytes")
    return Response(
        answer.status, {name.lower(): value for name, value in answer.getheaders()}, body
    )
