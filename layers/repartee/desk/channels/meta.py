"""What Facebook, Instagram, Threads and WhatsApp share: signatures, the Graph API, conversations.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started
"""

import hmac
import re
from collections.abc import Callable, Mapping, Set
from datetime import datetime
from hashlib import sha1, sha256
from typing import Any
from urllib.parse import quote, urlencode

from desk import calls
from desk.untrusted import count, identifier, instant, moment, rows, table, text
from desk.verification import parameter, same, values
from desk.wire import (
    Answer,
    BadSignature,
    Credentials,
    Inbound,
    Item,
    NotSent,
    Outbound,
    Outcome,
    Refusal,
    Response,
    Secret,
    Sent,
    Undecodable,
    Unknown,
    read_json,
)

VERSION = "v25.0"
"""https://developers.facebook.com/docs/graph-api/changelog/versions"""
HOOKS: Mapping[str, str] = {
    "secret": "the app secret, on the app's page Settings > Basic",
    "verify_token": "the verify token beside the webhook's URL: long, random, yours to make",
}
TOKENS: Mapping[str, str] = {
    "app_secret?": "the app secret again, where the app requires proof of it with every call",
}
DAY = 24 * 3600.0
# https://developers.facebook.com/docs/graph-api/webhooks/getting-started: tried again for 36 h.
REDELIVERS = 36 * 3600.0
# Meta gives no figure; of what others have measured, the shortest.
ACKNOWLEDGE = 5.0
MILLISECONDS = 100_000_000_000
"""A time from here up is in milliseconds: in seconds it would be the year 5138."""

# https://developers.facebook.com/docs/graph-api/guides/error-handling and
# https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes
CODES: Mapping[int, Refusal] = {
    **dict.fromkeys((4, 9, 17, 32, 341, 613, *range(80_000, 80_015)), "rate_limited"),
    **dict.fromkeys((102, 190), "token_invalid"),
    **dict.fromkeys((3, 10, *range(200, 300)), "permission"),
    **dict.fromkeys((24, 33, 100, 551, 803, 2500, 10_903, 1_609_005), "permanent"),
    368: "blocked",
    506: "duplicate",
    10_900: "duplicate",  # the comment has its private reply
}
SUBCODES: Mapping[int, Refusal] = {
    **dict.fromkeys((2_018_278, 2_018_065, 2_534_022), "window_closed"),
    1_545_041: "permanent",  # the person takes no messages
    2_207_042: "quota",
    2_207_050: "blocked",
    2_207_051: "blocked",
    2_534_014: "permanent",  # there is no such person any more
    2_534_025: "duplicate",  # as 10900, on Instagram
}
PASSING = frozenset({1, 2})
SENT_AFTER_ALL = 1_357_046
"""Subcode of an error that comes although the message went out."""
NOT_READY, MADE_READY = 4_279_009, 30.0
"""Subcode of a Threads container that cannot be published yet, and seconds until one can:
https://developers.facebook.com/documentation/threads/retrieve-and-manage-replies/create-replies
"""
CHALLENGE = re.compile(r"[\w.~-]{1,512}", re.ASCII)
LONG = ("characters long", "length of param", "characters or fewer", "too long")


def sign(body: bytes, secret: str) -> str:
    """The signature that Meta puts on a delivery."""
    return f"sha256={hmac.digest(secret.encode(), body, sha256).hex()}"


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The body, if its HMAC is right; Meta signs no time. A question about the address is genuine
    if it knows the verify token: https://developers.facebook.com/docs/graph-api/webhooks

    Of both signatures the stronger counts; old subscriptions have the one with SHA-1 alone.
    """
    if request.method == "GET" and "hub.mode" in request.query:
        return _asked(request, secret)
    for name, prefix, algorithm in (
        ("x-hub-signature-256", "sha256=", sha256),
        ("x-hub-signature", "sha1=", sha1),
    ):
        if name not in request.headers:
            continue
        given = request.headers[name]
        if not given.startswith(prefix):
            raise BadSignature(f"{name} does not begin with {prefix}")
        digests = [
            hmac.digest(each.encode(), request.body, algorithm).hex()
            for each in values(secret, "secret")
        ]
        if any([same(given.removeprefix(prefix), digest) for digest in digests]):
            return request.body
        raise BadSignature(f"{name} does not match")
    raise BadSignature("x-hub-signature-256 is missing")


def handshake(request: Inbound, secret: Secret) -> Answer | None:
    """The challenge as it came; None for a delivery."""
    if request.method != "GET" or "hub.mode" not in request.query:
        return None
    return Answer(200, request.query["hub.challenge"])


def entries(body: bytes, objects: Set[str]) -> list[tuple[dict[str, Any], str]]:
    """Each entry of a delivery, and where it is about something else than `objects`, what.

    Raises Undecodable if there are none, or if none can be read.
    """
    delivery = table(read_json(body))
    found = delivery.get("entry")
    if not isinstance(found, list):
        raise Undecodable("no list of entries")
    if found and not any(isinstance(entry, dict) for entry in found):
        raise Undecodable("no entry is an object")
    about = text(delivery.get("object")) or ""
    return [(table(entry), "" if about in objects | {""} else about) for entry in found]


def nothing(account: str | None, event: str | None, at: datetime | None = None) -> Item:
    """What asks for nothing."""
    return Item(type="control", action="none", account_id=account, event=event, created_at=at)


def when(value: Any) -> datetime | None:
    """A time in any of Meta's forms: seconds, milliseconds, the digits of either, ISO 8601."""
    digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20
    number = int(value) if digits else value
    if isinstance(number, int | float) and not isinstance(number, bool):
        return moment(number, per_second=1000 if number >= MILLISECONDS else 1)
    return instant(value)


def call(
    credentials: Credentials,
    host: str,
    path: tuple[str, ...],
    fields: dict[str, Any],
    version: str = VERSION,
) -> Outbound:
    """A POST to a Graph API. The token goes in a header, so that no log of addresses has it."""
    address = _address(credentials, host, version, path)
    return calls.post(address, fields | _proof(credentials), _bearer(credentials))


def question(
    credentials: Credentials,
    host: str,
    path: tuple[str, ...],
    fields: dict[str, str],
    version: str = VERSION,
) -> Outbound:
    """A GET of the same kind."""
    address = _address(credentials, host, version, path)
    query = urlencode(fields | _proof(credentials), errors="replace")
    return Outbound("GET", f"{address}?{query}", _bearer(credentials), b"")


def answered(response: Response) -> dict[str, Any] | None:
    """The JSON object of a success that is one; None for anything else."""
    found = calls.json_object(response.body) if response.status == 200 else None
    return None if found is None or "error" in found else found


def refusal(
    response: Response, codes: Mapping[int, Refusal] = CODES, passing: Set[int] = PASSING
) -> NotSent | Unknown:
    """What an error of the Graph API proves, by its code. What is not listed proves nothing."""
    error = table((calls.json_object(response.body) or {}).get("error"))
    code, subcode = error.get("code"), error.get("error_subcode")
    if not isinstance(code, int) or isinstance(code, bool):
        return Unknown(f"HTTP {response.status} without an error of the Graph API")
    details = text(table(error.get("error_data")).get("details"))
    parts = (text(error.get("message")), details, text(error.get("error_user_msg")))
    reason = f"{code}: " + "; ".join(part for part in parts if part)
    said = reason.lower()
    refused = 400 <= response.status < 500 and subcode != SENT_AFTER_ALL
    final = refused and error.get("is_transient") is False
    if code in passing and not final:
        return Unknown(reason, passing=subcode != SENT_AFTER_ALL)
    if not refused:
        return Unknown(reason)
    kind = SUBCODES.get(subcode) if isinstance(subcode, int) else None
    kind = kind or ("rate_limited" if response.status == 429 else codes.get(code))
    if code in passing:
        kind = "permanent"  # it says itself that it will not pass
    if kind is None:
        return Unknown(reason)
    if kind == "permission" and "outside of allowed window" in said:
        kind = "window_closed"
    if kind == "permanent" and any(words in said for words in LONG):
        kind = "too_long"
    again_after = MADE_READY if subcode == NOT_READY else None
    if kind == "rate_limited":
        again_after = _pause(response.headers)
    return NotSent(kind, reason, again_after)


def our_own(page: Any, words: str, ours: Callable[[dict[str, Any]], bool]) -> str | Unknown | None:
    """The id of the row that says `words` and is ours; None only where it is certainly not there.

    Blanks are left out of account: Meta trims them.
    """
    listed = table(page).get("data")
    if not isinstance(listed, list):
        return Unknown("no list in the answer")
    for row in map(table, listed):
        said = text(row.get("message")) or text(row.get("text")) or ""
        if said.split() == words.split():
            number = identifier(row.get("id"))
            return number if number and ours(row) else Unknown("the same words, by another")
    if text(table(table(page).get("paging")).get("next")):
        return Unknown("there is more than one page")
    return None


def outcome(response: Response) -> Outcome:
    """What the Graph API's answer proves: the id of what was posted, or an error."""
    found = answered(response)
    if found is None:
        return refusal(response)
    number = identifier(found.get("message_id")) or identifier(found.get("id"))
    return Sent(number) if number else Unknown("HTTP 200 without an id")


def checked(response: Response) -> str | NotSent | Unknown:
    """The `id` in the answer to a question about ourselves."""
    if found := answered(response):
        return identifier(found.get("id")) or Unknown("no id in the answer")
    return refusal(response)


def _asked(request: Inbound, secret: Secret) -> bytes:
    try:
        given = parameter(request, "hub.verify_token")
        known = any([same(given, each) for each in values(secret, "verify_token")])
    except BadSignature as missing:
        raise BadSignature(str(missing), 403) from None
    if not known:
        raise BadSignature("hub.verify_token does not match", 403)
    if request.query["hub.mode"] != "subscribe":
        raise BadSignature("hub.mode is not subscribe", 403)
    # It is shown again: nothing that a browser could take for a page.
    if not CHALLENGE.fullmatch(request.query.get("hub.challenge", "")):
        raise BadSignature("hub.challenge is missing, or no plain word", 403)
    return request.body


def _address(credentials: Credentials, host: str, version: str, path: tuple[str, ...]) -> str:
    base = (credentials.get("base") or host).rstrip("/")
    return "/".join([base, version, *(quote(part, safe="") for part in path)])


def _bearer(credentials: Credentials) -> dict[str, str]:
    return {"authorization": f"Bearer {credentials['token']}"}


def _proof(credentials: Credentials) -> dict[str, str]:
    """https://developers.facebook.com/docs/graph-api/guides/secure-requests"""
    secret = credentials.get("app_secret")
    if not secret:
        return {}
    proof = hmac.digest(secret.encode(), credentials["token"].encode(), sha256).hex()
    return {"appsecret_proof": proof}


def _pause(headers: Mapping[str, str]) -> float:
    """Seconds until calls are taken again; the header has minutes, by account.

    https://developers.facebook.com/docs/graph-api/overview/rate-limiting
    """
    usage = calls.json_object(
        headers.get("x-business-use-case-usage", "").encode("utf-8", "replace")
    )
    minutes = [
        count(table(one).get("estimated_time_to_regain_access")) or 0
        for account in (usage or {}).values()
        for one in rows(account)
    ]
    if any(minutes):
        return calls.wait(max(minutes) * 60)
    return calls.wait(headers.get("retry-after"))
