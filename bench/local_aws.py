"""A server that answers SendMessage and GetParameter like AWS, in a process of its own."""

import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any


@contextmanager
def local_aws(parameter: str) -> Iterator[str]:
    """The address of a server that takes any message and knows one parameter's value.

    In its own process, so that its work is not counted as ours.
    """
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there, parameter))
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


def _serve(told: Connection, parameter: str) -> None:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            target = self.headers.get("x-amz-target", "")
            answer = json.dumps(_answer(target, body, parameter)).encode()
            self.send_response(200)
            self.send_header("content-type", "application/x-amz-json-1.0")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.send(server.server_address[1])
    server.serve_forever()


def _answer(target: str, body: bytes, parameter: str) -> dict[str, Any]:
    if target.endswith(".GetParameter"):
        return {"Parameter": {"Name": "any", "Type": "SecureString", "Value": parameter}}
    text = json.loads(body)["MessageBody"].encode()
    return {"MessageId": "m", "MD5OfMessageBody": md5(text, usedforsecurity=False).hexdigest()}
