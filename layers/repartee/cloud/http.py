"""Making the call that a platform's module composed: once, with no second try of any kind."""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from functools import cache
from urllib.parse import urlsplit

from desk.reasons import reason
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
            host, port, timeout=CONNECT_SECONDS, context=context()
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
    try:
        try:
            connection.connect()
        except (OSError, http.client.HTTPException) as error:
            return NotSent("unreachable", type(error).__name__, again_after=30)
        sock = connection.sock
        # A time-out is for each read: a platform that drips its answer would hold us for hours.
        sock.settimeout(TOTAL_SECONDS)
        limit = threading.Timer(TOTAL_SECONDS, cut, (sock,))
        limit.start()
        try:
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
                answer.read(MAX_ANSWER),
            )
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Unknown(reason("no_answer", type(error).__name__))
        finally:
            limit.cancel()
    finally:
        connection.close()


def cut(sock: socket.socket) -> None:
    """End a connection under whoever reads from it."""
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


@cache
def context() -> ssl.SSLContext:
    return ssl.create_default_context()
