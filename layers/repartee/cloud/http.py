"""Making the call that a platform's module composed: once, with no second try of any kind."""

import http.client
import socket
import ssl
import time
from functools import cache
from urllib.parse import urlsplit

from desk.wire import NotSent, Outbound, Response, Unknown

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
MAX_ANSWER = 64 * 1024


def call(outbound: Outbound) -> Response | NotSent | Unknown:
    """The platform's answer; NotSent if no byte of the request left; Unknown for every other end.

    A new connection each time: a reset on one that was used before would prove nothing. Redirects
    are answers like any other. Never raises for what the network does.
    """
    address = urlsplit(outbound.url)
    host, port = address.hostname or "", address.port
    if address.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=CONNECT_SECONDS, context=_context()
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
    ends = time.monotonic() + TOTAL_SECONDS
    try:
        try:
            connection.connect()
        except (OSError, http.client.HTTPException) as error:
            return NotSent("unreachable", type(error).__name__, again_after=30)
        sock = connection.sock
        if sock is None:
            return NotSent("unreachable", "no connection", again_after=30)
        try:
            sock.settimeout(ends - time.monotonic())
            target = address.path or "/"
            if address.query:
                target = f"{target}?{address.query}"
            connection.request(
                outbound.method, target, body=outbound.body, headers=dict(outbound.headers)
            )
            answer = connection.getresponse()
            return Response(
                answer.status,
                {name.lower(): value for name, value in answer.getheaders()},
                _read(answer, sock, ends),
            )
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Unknown(f"no answer: {type(error).__name__}")
    finally:
        connection.close()


def _read(answer: http.client.HTTPResponse, sock: socket.socket, ends: float) -> bytes:
    """The body, as far as the clock and the cap allow: a platform that drips must not hold us."""
    body = b""
    while len(body) < MAX_ANSWER:
        left = ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if sock.fileno() != -1:
            sock.settimeout(left)
        part = answer.read1(16 * 1024)
        if not part:
            break
        body += part
    return body


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()
