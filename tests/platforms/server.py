"""The pretend platforms' HTTP server, on 127.0.0.1 alone."""

import re
import select
import socket
import struct
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Event, Thread
from typing import Any, TextIO
from urllib.parse import parse_qsl, unquote

from tests.platforms import control
from tests.platforms.misbehaviour import Plan
from tests.platforms.platforms import Platforms
from tests.platforms.world import GENEROUS, Limits, Reply, Request, Windows

MAX_BODY = 1024 * 1024
_TICK = 0.05
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@contextmanager
def pretend_platforms(
    *,
    port: int = 0,
    windows: Windows = "open",
    limits: Limits = GENEROUS,
    hold: float = 15.0,
    clock: Callable[[], float] = time.time,
    log: TextIO | None = None,
) -> Iterator[Platforms]:
    """Runs the platforms, on a free port where `port` is 0, until the block is left.

    Every connection is then closed and every thread over. Raises OSError where the port is taken,
    and RuntimeError at the end where the server itself went wrong.
    """
    server = Server(port)
    server.platforms = Platforms(
        url=f"http://127.0.0.1:{server.server_port}",
        clock=clock,
        hold=hold,
        windows=windows,
        limits=limits,
        log=log,
    )
    loop = Thread(target=server.serve_forever, kwargs={"poll_interval": _TICK}, daemon=True)
    loop.start()
    try:
        yield server.platforms
    finally:
        server.stop()
        loop.join()
    if server.platforms.faults:
        raise RuntimeError("\n".join(server.platforms.faults))


class Server(ThreadingHTTPServer):
    """Keeps book of its connections, so as to end them all when it stops."""

    daemon_threads = True
    request_queue_size = 128
    platforms: Platforms

    def __init__(self, port: int) -> None:
        """Takes the port, and answers nothing before `serve_forever`."""
        self.stopping = Event()
        self.cut: set[socket.socket] = set()
        self._open: dict[Thread, socket.socket] = {}
        super().__init__(("127.0.0.1", port), Handler)

    def server_bind(self) -> None:
        """Binds without looking our own name up, which may ask a name server."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for each connection. Those that are over are forgotten on the way."""
        self._open = {thread: it for thread, it in self._open.items() if thread.is_alive()}
        thread = Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=True
        )
        self._open[thread] = request
        thread.start()

    def shutdown_request(self, request: Any) -> None:
        """Closes a connection: with a reset where one was asked for, which a FIN would spoil."""
        if request in self.cut:
            self.cut.discard(request)
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who hangs up is none of our errors; anything else is kept for the tests."""
        if not isinstance(sys.exception(), OSError):
            self.platforms.faults.append(traceback.format_exc())

    def stop(self) -> None:
        """Takes no more connections, and ends those that are open."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        for thread, connection in self._open.items():
            with suppress(OSError):  # closed in the meantime
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()


class Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the platforms, and does to the caller what they say."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30
    server: Server

    def handle_any(self) -> None:
        """One request of any method."""
        path, _, query_text = self.path.partition("?")
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            name = name.lower()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        try:
            query = dict(parse_qsl(query_text, keep_blank_values=True, max_num_fields=50))
        except ValueError:
            return self.send_error(400, "too many parameters")
        head = Request(self.command, unquote(path), query, headers, b"")
        if self.server.platforms.cut_short(head):
            return self._cut()
        body = self._body(headers)
        if body is None:
            return None
        request = head._replace(body=body)
        if request.path.startswith(control.PREFIX):
            return self._answer(control.answer(request, self.server.platforms))
        return self._perform(self.server.platforms.handle(request))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuses what cannot be read as a request, and hangs up."""
        why = message or HTTPStatus(code).phrase
        self.server.platforms.unreadable(int(code), why)
        self.close_connection = True
        self.wfile.write(self._bytes(Reply(int(code), b'{"error":"bad request"}')))

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the audit has it all."""

    def _body(self, headers: dict[str, str]) -> bytes | None:
        """The request's body; None where it is not to be had, and then the caller knows."""
        if "transfer-encoding" in headers:
            self.send_error(411, "no content-length")
            return None
        given = headers.get("content-length", "0")
        if not re.fullmatch(r"[0-9]{1,19}", given):
            self.send_error(400, "content-length is no number")
            return None
        size = int(given)
        if size > MAX_BODY:
            self.send_error(413, f"body of {size} bytes")
            self._drain(size)
            return None
        body = self.rfile.read(size)
        if len(body) < size:
            self.close_connection = True
            self.server.platforms.unreadable(0, "the caller hung up within the body")
            return None
        return body

    def _drain(self, size: int) -> None:
        """Reads on for a while, since closing on unread bytes would take our answer with it."""
        left = min(size, 8 * MAX_BODY)
        while left > 0 and (read := self.rfile.read(min(left, 65536))):
            left -= len(read)

    def _perform(self, plan: Plan) -> None:
        if plan.deed == "answer":
            return self._answer(plan.reply)
        self.close_connection = True
        reply = self._bytes(plan.reply)
        match plan.deed:
            case "late":
                self.server.stopping.wait(plan.seconds)
                self.wfile.write(reply)
            case "truncate":
                self.wfile.write(reply[: len(reply) - len(plan.reply.body) // 2])
            case "trickle":
                self._trickle(reply, plan.seconds)
            case "hold":
                self._hold(plan.seconds)
            case "cut":
                self._cut()
        return None

    def _answer(self, reply: Reply) -> None:
        self.wfile.write(self._bytes(reply))

    def _bytes(self, reply: Reply) -> bytes:
        """Status line, headers and body in one piece, so that they leave in one packet."""
        try:
            phrase = HTTPStatus(reply.status).phrase
        except ValueError:
            phrase = "Unknown"
        lines = [
            f"HTTP/1.1 {reply.status} {phrase}",
            f"Date: {self.date_time_string()}",
            f"Content-Type: {reply.content_type}",
            f"Content-Length: {len(reply.body)}",
            *(f"{name}: {value}" for name, value in reply.headers),
            *(["Connection: close"] if self.close_connection else []),
        ]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + reply.body

    def _trickle(self, reply: bytes, seconds: float) -> None:
        for position in range(len(reply)):
            if self.server.stopping.wait(seconds):
                return
            self.wfile.write(reply[position : position + 1])

    def _hold(self, seconds: float) -> None:
        """Says nothing for so long, or until the caller hangs up, and hangs up then."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.server.stopping.is_set():
            readable, _, _ = select.select([self.connection], [], [], _TICK)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                return
            if readable:  # more of a request, which nobody will read
                self.server.stopping.wait(_TICK)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.server.cut.add(self.connection)
