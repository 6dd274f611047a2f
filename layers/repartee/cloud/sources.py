"""Asking a channel's sources: signed in where the platform wants that, page by page."""

import time
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urljoin

from cloud import fetcher
from desk import collecting
from desk.channels import Platform
from desk.collecting import MAX_PAGES, Watermark
from desk.polling import Page, Poll
from desk.wire import MAX_BODY, Credentials, Delivery, NotSent, Response, Unknown

_signed_in: dict[tuple[str, str], tuple[float, Credentials]] = {}


class Trouble(NamedTuple):
    """A question without a good answer."""

    reason: str
    mute: bool
    """Whether there was no answer at all."""
    again_after: float | None = None


class Pages(NamedTuple):
    """What a source has answered: the pages that are to be read, and where to go on from."""

    page: Page
    fresh: list[Response]
    bodies: list[bytes]
    """Of all its answers, fresh or not; empty where it only said that nothing has changed."""
    platform: str


def reader(
    brand: str, channel: str, platform: Platform, credentials: Credentials
) -> Credentials | Trouble:
    """What lets us ask: with a token, where the platform's are short-lived."""
    kept = _signed_in.get((brand, channel))
    if kept is not None and time.monotonic() < kept[0]:
        return kept[1]
    call = platform.sign_in(credentials)
    if call is None:
        return credentials
    answer = fetcher.fetch(call, credentials.get("base", ""))
    if not isinstance(answer, Response):
        return Trouble(f"sign-in: {answer.reason}", mute=True)
    signed = platform.signed_in(answer, credentials)
    if signed is None:
        return Trouble(f"sign-in refused: HTTP {answer.status}", mute=False)
    _signed_in[brand, channel] = (time.monotonic() + signed.seconds / 2, signed.credentials)
    return signed.credentials


def ask(
    platform: Platform, poll: Poll, mark: Watermark, credentials: Credentials
) -> Pages | Trouble:
    """All pages that are new, five at most. A later page that fails spoils the whole answer.

    So the marks stay where they were, and nothing between is skipped.
    """
    call, fresh, bodies = poll.call, list[Response](), list[bytes]()
    page: Page | None = None
    for _ in range(MAX_PAGES):
        answer = fetcher.fetch(call, credentials.get("base", ""))
        if not isinstance(answer, Response):
            return Trouble(answer.reason, mute=True)
        if len(answer.body) > MAX_BODY:
            return Trouble(f"{len(answer.body)} bytes, more than {MAX_BODY}", mute=False)
        found = platform.polled(poll.source, answer, mark.marks)
        match found:
            case NotSent(kind, reason, again_after):
                _forget_if(kind == "token_invalid", mark)
                return Trouble(f"{kind}: {reason}", False, again_after)
            case Unknown(reason):
                return Trouble(reason, mute=False)
            case Page():
                page = page or found
                if answer.body:
                    bodies.append(answer.body)
                if found.fresh:
                    fresh.append(answer)
                if found.more is None or not found.fresh:
                    break
                more = found.more
                call = more._replace(
                    url=urljoin(call.url, more.url), headers={**call.headers, **more.headers}
                )
    assert page is not None, "the first question was answered"
    return Pages(page, fresh, bodies, credentials["platform"])


def read(
    platform: Platform,
    poll: Poll,
    mark: Watermark,
    credentials: Credentials | Trouble,
    run: datetime,
    now: datetime,
) -> tuple[Watermark, list[Delivery]]:
    """Ask a source: what is to be queued, and the watermark that is good once it is.

    Trouble in place of the credentials counts as the source's own.
    """
    got = (
        credentials if isinstance(credentials, Trouble) else ask(platform, poll, mark, credentials)
    )
    if isinstance(got, Trouble):
        after = collecting.failed(mark, poll, got.reason, got.mute, got.again_after, run)
        return after, []
    content = collecting.digest(got.bodies) if got.bodies else ""
    fresh = got.fresh if content != mark.hash else []
    made = [
        collecting.delivery(mark, got.platform, number, page, run, now)
        for number, page in enumerate(fresh)
    ]
    return collecting.answered(mark, got.page, content, run), made


def forget() -> None:
    """Sign in anew: for tests."""
    _signed_in.clear()


def _forget_if(invalid: bool, mark: Watermark) -> None:
    if invalid:
        _signed_in.pop((mark.brand, mark.channel), None)
