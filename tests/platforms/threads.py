"""Threads as it answers a profile: a container first, then its publishing.

https://developers.facebook.com/documentation/threads
"""

import re
import unicodedata
from typing import Any

from tests.platforms import meta
from tests.platforms.world import (
    Accepted,
    Account,
    Call,
    Container,
    Heard,
    Pace,
    Post,
    Refused,
    Request,
    Told,
    Verdict,
    World,
    json_reply,
)

VERSION = "v1.0"
TEXT_LIMIT = 500
LINK_LIMIT = 5

ACCOUNT = Account("threads", "26400000000005", "pretend-threads-token")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"token": ACCOUNT.token}


def call_of(request: Request) -> Call:
    """What the call is for: a container alone is seen by nobody."""
    published = meta.path_of(request, VERSION)[1:] == ["threads_publish"]
    return "send" if published and request.method == "POST" else "other"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What Threads does with a call."""
    account = meta.whose("threads", request, world)
    if isinstance(account, Refused):
        return account
    path = meta.path_of(request, VERSION)
    if not path or path[0] not in ("me", account.name):
        return meta.not_there(account.token)
    if request.method == "GET" and len(path) == 1:
        return meta.whoami(account)
    try:
        fields = meta.fields_of(request)
    except ValueError as error:
        return meta.refused(100, f"(#100) {error}", account.token)
    match path[1:]:
        case ["threads"]:
            return _contain(fields, account, world, now)
        case ["threads_publish"]:
            return _publish(fields, account, world, now)
    return meta.not_there(account.token)


def hear(heard: Heard, world: World, now: float) -> None:
    """What a person does opens a day."""
    meta.hear("threads", heard, world, now)


too_many, failure = meta.too_many, meta.failure


def _contain(fields: dict[str, Any], account: Account, world: World, now: float) -> Verdict:
    token, text, about = account.token, fields.get("text"), fields.get("reply_to_id", "")
    if fields.get("media_type") != "TEXT" or not isinstance(text, str) or not text.strip():
        return meta.refused(100, "Param text is required for TEXT posts", token)
    if _length(text) > TEXT_LIMIT:
        complaint = f"Param text must be at most {TEXT_LIMIT} characters long."
        return meta.refused(100, complaint, token)
    if len({*re.findall(r"https?://\S+", text)}) > LINK_LIMIT:
        return meta.refused(100, "THREADS_API__LINK_LIMIT_EXCEEDED", token)
    if about and (not meta.readable(about) or world.state_of("threads", about) == "unknown"):
        return meta.refused(100, "The parameter reply_to_id is not a thread", token, 33)
    number = str(world.next_id())
    world.containers[number] = Container(account.name, text, about, now + meta.DAY)
    return Told(json_reply(200, {"id": number}))


def _publish(fields: dict[str, Any], account: Account, world: World, now: float) -> Verdict:
    token, asked = account.token, str(fields.get("creation_id"))
    container = world.containers.get(asked)
    if container is None or container.account != account.name or container.until <= now:
        return meta.refused(24, "The requested resource does not exist", token, 4_279_009)
    limits = world.limits
    daily = None if limits.threads_daily is None else Pace(limits.threads_daily, meta.DAY)
    if world.wait(now, (("threads", account.name, "day"), daily)):
        return meta.refused(9, "Reached the max number of replies in 24 h", token, 2_207_042)
    if busy := meta.busy(account, world, now):
        return busy
    del world.containers[asked]
    number = str(world.next_id())
    about = container.answered
    post = Post(account.name, token, about, container.text, number, in_reply_to=about)
    return Accepted(json_reply(200, {"id": number}), post)


def _length(text: str) -> int:
    """An emoji counts as its bytes."""
    return sum(len(c.encode()) if unicodedata.category(c) == "So" else 1 for c in text)
