"""What Meta's platforms answer alike: https://developers.facebook.com/docs/graph-api"""

import re
from typing import Any

from tests.platforms.world import (
    Account,
    Heard,
    Refused,
    Reply,
    Request,
    Told,
    Window,
    World,
    bearer,
    json_reply,
    read_json,
)

VERSION = "v25.0"
DAY = 24 * 3600.0
WEEK = 7 * DAY
FOR_PEOPLE = 6 * DAY
"""By how much the tag HUMAN_AGENT lengthens a day."""
ANY_NUMBER = 1_000_000_000
OPENS = ("message", "interaction", "ad")


def path_of(request: Request, version: str = VERSION) -> list[str]:
    """The parts of a path after the version; none where the version is another."""
    first, *rest = request.path.removeprefix("/").split("/")
    return rest if first == version else []


def whose(platform: str, request: Request, world: World) -> Account | Refused:
    """Who calls."""
    token = bearer(request.headers)
    account = world.account(platform, token)
    if account is None:
        return refused(190, "Invalid OAuth access token - Cannot parse access token", token)
    return account


def fields_of(request: Request) -> dict[str, Any]:
    """The parameters of a POST; ValueError for what is no JSON object."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    fields = read_json(request.body) if kind == "application/json" else None
    if not isinstance(fields, dict):
        raise ValueError("no JSON object")
    return fields


def whoami(account: Account, name: str = "id") -> Told:
    """The answer to a question about oneself."""
    return Told(json_reply(200, {name: account.name}))


def hear(platform: str, heard: Heard, world: World, now: float) -> None:
    """What a person does opens a day, and an advertisement that brought them a week."""
    world.recipients.pop((platform, heard.recipient), None)
    if heard.event in OPENS:
        life = WEEK if heard.event == "ad" else DAY
        windows = world.open_windows.setdefault(_key(platform, heard.recipient), [])
        windows[:] = [it for it in windows if it.until + FOR_PEOPLE > now]
        windows.append(Window(now + life, ANY_NUMBER))


def closed(platform: str, recipient: str, world: World, now: float, tag: str = "") -> bool:
    """Whether the person has said too little of late."""
    windows = world.open_windows.get(_key(platform, recipient))
    if windows is None:
        return world.windows != "open"
    longer = FOR_PEOPLE if tag == "HUMAN_AGENT" else 0.0
    return all(now >= window.until + longer for window in windows)


def busy(account: Account, world: World, now: float) -> Refused | None:
    """The refusal of an account that calls too often."""
    wait = world.wait(now, ((account.platform, account.name), world.limits.meta_rate))
    return None if wait is None else Refused(too_many(""), "rate limit", account.token)


def too_many(retry_after: str) -> Reply:
    """The limit of an application. Meta names no time; the header is there for clients to face."""
    headers = (("Retry-After", retry_after),) if retry_after else ()
    error = _error(4, "(#4) Application request limit reached", 0) | {"is_transient": True}
    return json_reply(400, {"error": error}, *headers)


def failure(status: int) -> Reply:
    """Meta out of order, or answering with an error that is on nobody's list."""
    if status < 500:
        return json_reply(status, {"error": _error(99_999, "Failed", 0)})
    error = _error(2, "An unexpected error has occurred. Please retry your request later.", 0)
    return json_reply(status, {"error": error | {"is_transient": True}})


def refused(
    code: int, message: str, token: str, subcode: int = 0, status: int = 400, details: str = ""
) -> Refused:
    """An error of the Graph API."""
    error = _error(code, message, subcode)
    if details:
        error["error_data"] = {"messaging_product": "whatsapp", "details": details}
    return Refused(json_reply(status, {"error": error}), f"{code}: {message}", token)


def not_there(token: str) -> Refused:
    """The answer about an object that nobody knows."""
    return refused(100, "Unsupported post request. Object does not exist", token, 33)


def readable(number: Any) -> bool:
    """Whether that can be the id of anything."""
    return isinstance(number, str) and bool(re.fullmatch(r"[\w.=-]{1,200}", number))


def _error(code: int, message: str, subcode: int) -> dict[str, Any]:
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Apretend"}
    return error | ({"error_subcode": subcode} if subcode else {})


def _key(platform: str, recipient: str) -> str:
    return f"{platform} {recipient}"
