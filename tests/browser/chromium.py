"""A headless Chromium, spoken to over a pipe: --remote-debugging-pipe needs no further package.

https://chromedevtools.github.io/devtools-protocol/
"""

import json
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BINARY = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe",
)  # fmt: skip
PATIENCE = 60.0
"""Seconds after which a browser that does not answer counts as broken."""


class Page:
    """One tab. `log` holds what the browser has complained about since the last `open`."""

    def __init__(self, read: int, write: int) -> None:
        self.log: list[str] = []
        self._read, self._write = read, write
        self._number = 0
        self._buffer = b""
        self._loaded = False
        self._session = ""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Log", "Runtime", "Network"):
            self._call(f"{domain}.enable")

    def open(self, url: str, width: int, height: int, *, dark: bool = False) -> None:
        """Load `url` in a window of that size in CSS pixels, as a phone below 600."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", features=[scheme])
        self.log.clear()
        self.load("Page.navigate", url=url)

    def load(self, method: str, **parameters: Any) -> None:
        """Do what `method` does and wait for the page that it loads."""
        self._loaded = False
        self._call(method, **parameters)
        while not self._loaded:
            self._receive()

    def run(self, script: str) -> Any:
        """The JSON value of a JavaScript expression in the page."""
        answer = self._call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def click(self, selector: str, *, loads: bool = False) -> None:
        """Click the middle of the first element that matches, and wait for the page it loads."""
        where = self.run(
            f"(e => (e.scrollIntoView({{block: 'center'}}), e.getBoundingClientRect().toJSON()))"
            f"(document.querySelector({json.dumps(selector)}))"
        )
        at = {"x": where["x"] + where["width"] / 2, "y": where["y"] + where["height"] / 2}
        press: dict[str, Any] = {"button": "left", "clickCount": 1, **at}
        self._call("Input.dispatchMouseEvent", type="mousePressed", **press)
        release = self.load if loads else self._call
        release("Input.dispatchMouseEvent", type="mouseReleased", **press)

    def press(self, *keys: str, loads: bool = False) -> None:
        """Press these keys one after the other, and wait for the page that the last one loads."""
        for number, key in enumerate(keys, 1):
            text = {"Enter": "\r", " ": " "}.get(key, "")
            code = {"Tab": 9, "Enter": 13, " ": 32}[key]
            what: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": code}
            down = "keyDown" if text else "rawKeyDown"
            act = self.load if loads and number == len(keys) else self._call
            act("Input.dispatchKeyEvent", type=down, text=text, **what)
            if act == self._call:
                self._call("Input.dispatchKeyEvent", type="keyUp", **what)

    def write(self, selector: str, text: str) -> None:
        """Put `text` in the place of all that is in a field, as if it were typed or pasted."""
        self.click(selector)
        self.run(f"document.querySelector({json.dumps(selector)}).select()")
        self._call("Input.insertText", text=text)

    def picture(self) -> str:
        """The whole page as a PNG in base64."""
        size = self._call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        answer = self._call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        return str(answer["data"])

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        number = self._number
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == number:
                assert "error" not in answer, (method, answer["error"])
                result: dict[str, Any] = answer["result"]
                return result

    def _receive(self) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(0, deadline - time.monotonic()))
            chunk = os.read(self._read, 1 << 16) if ready else b""
            assert chunk, "the browser does not answer"
            self._buffer += chunk
        raw, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(raw)
        match message:
            case {"method": "Page.loadEventFired"}:
                self._loaded = True
            case {"method": "Log.entryAdded", "params": {"entry": entry}}:
                self.log.append(f"{entry['source']}: {entry['text']} {entry.get('url', '')}")
            case {"method": "Runtime.exceptionThrown", "params": {"exceptionDetails": details}}:
                self.log.append(f"exception: {details['text']}")
        return message


@contextmanager
def browser(profile: Path) -> Iterator[Page]:
    """A page of a new Chromium with its profile in the empty folder `profile`; ended afterwards."""
    assert BINARY is not None
    to_browser, write = os.pipe()
    read, from_browser = os.pipe()
    # Chromium reads from descriptor 3 and writes to 4; only bash can move any numbers there.
    redirect = f'exec "$@" 3<&{to_browser} 4>&{from_browser}'
    command = ["bash", "-c", redirect, "bash", BINARY, *FLAGS, f"--user-data-dir={profile}"]
    process = subprocess.Popen(
        command,
        pass_fds=(to_browser, from_browser),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(to_browser)
    os.close(from_browser)
    try:
        yield Page(read, write)
    finally:
        os.close(write)
        os.close(read)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
