"""Hot lists: what a platform or a site ranks as talked about most, as JSON. Heard only.

Credentials to read: `url`; `name`, what the list is called; `items`, `title`, `link`, `heat`,
`rank` and `time`, the paths at which a list has them, as `data.realtime`; `every` and `changes`, as
for feeds. Paths that are not named are looked for under the names that lists commonly use.

A title is one publication in each of three bands (the first three, up to ten, the others): one that
rises or falls into another comes again, and one that stays is known. What a list counts as heat is
the list's own measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from desk import calls
from desk.channels.feed import polled as polled
from desk.channels.usual import (
    acknowledge as acknowledge,
    check as check,
    checked as checked,
    clear as clear,
    handshake as handshake,
    look_up as look_up,
    looked_up as looked_up,
    prepare as prepare,
    prepared as prepared,
    sign_in as sign_in,
    signed_in as signed_in,
)
from desk.polling import SOURCE, Poll
from desk.rulebook import RuleBook
from desk.untrusted import identifier, instant, link, moment, table, text
from desk.wire import (
    Address,
    BadSignature,
    Credentials,
    Inbound,
    Item,
    Outbound,
    Outcome,
    Response,
    Secret,
    Undecodable,
    Unknown,
    read_json,
)

RULES = RuleBook(ways={}, acknowledge=0.0)
HOOKS: Mapping[str, str] = {}
TOKENS: Mapping[str, str] = {}
READS: Mapping[str, str] = {
    "url": "the list's address, https://…",
    "name?": "what the list is called",
    "items?": "path of its rows, such as data.realtime",
    "title?": "path of a row's title",
    "link?": "path of a row's address",
    "heat?": "path of a row's measure of how hot it is",
    "rank?": "path of a row's place, from 1, if not that in the list",
    "time?": "path of the list's own time",
    "every?": "seconds between two questions, if not 300",
    "changes?": "seconds within which the list changes, if that is known",
}
USUAL: Mapping[str, tuple[str, ...]] = {
    "items": ("items", "data", "data.realtime", "data.list", "data.items", "list", "result"),
    "title": ("title", "word", "name", "keyword", "query", "note"),
    "link": ("url", "link", "mobileUrl", "href"),
    "heat": ("hot", "heat", "num", "hotValue", "score", "views", "extra.info"),
    "rank": ("rank", "position", "index"),
    "time": ("updatedTime", "updateTime", "time", "timestamp", "update_time"),
}
"""Where lists have things: NewsNow, DailyHot and Weibo's own among them."""

MAX_ROWS = 200
MAX_TITLE = 300
BANDS = (3, 10)
"""Last places of the first two bands."""

_HEAT = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000, "k": 1000, "m": 10**6}


class Standing(NamedTuple):
    """Where a title stood when it was seen there."""

    rank: int
    heat: float | None


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """Never: a list has no webhooks, and whoever posts here is not the list."""
    raise BadSignature("a hot list has no webhooks")


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """A post for each row that has a title, the first first; Undecodable for what is no list."""
    mapping = dict(parse_qsl(headers.get(SOURCE, "")))
    told = read_json(body)
    found = _first(told, mapping.get("items"), "items") if isinstance(told, dict) else told
    if not isinstance(found, list):
        raise Undecodable("no list of rows")
    at = _time(_first(told, mapping.get("time"), "time"))
    name = mapping.get("name", "")
    items = []
    for place, row in enumerate(map(table, found[:MAX_ROWS]), 1):
        title = text(_first(row, mapping.get("title"), "title"))
        if title is None or not title.strip():
            continue
        given = _first(row, mapping.get("rank"), "rank") if "rank" in mapping else place
        rank = given if isinstance(given, int) and 0 < given <= MAX_ROWS else place
        heat = _heat(_first(row, mapping.get("heat"), "heat"))
        items.append(_item(title.strip()[:MAX_TITLE], name, row, mapping, Standing(rank, heat), at))
    return items


def standing(context: str) -> Standing | None:
    """What `parse` noted of a title's standing in a mention's context; None where it did not."""
    noted = dict(parse_qsl(context))
    try:
        return Standing(int(noted["rank"]), float(noted["heat"]) if "heat" in noted else None)
    except (KeyError, ValueError):
        return None


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """KeyError, always: RULES has no way of speaking."""
    RULES.ways[to.way]
    raise KeyError(to.way)


def outcome(response: Response) -> Outcome:
    """Unknown, as nothing can have been posted."""
    return Unknown("nothing is posted to a hot list")


def poll(marks: Mapping[str, Mapping[str, str]], credentials: Credentials) -> tuple[Poll, ...]:
    """The list. Its paths go with what it answers, as the name of the source."""
    mapping = {key: credentials[key] for key in (*USUAL, "name") if credentials.get(key)}
    call = calls.get(credentials["url"], {"accept": "application/json"})
    changes = calls.seconds(credentials.get("changes"))
    every = calls.interval(credentials)
    return (Poll(urlencode(mapping) or "list", call, every, changes=changes),)


def _item(
    title: str,
    name: str,
    row: dict[str, Any],
    mapping: Mapping[str, str],
    stands: Standing,
    at: datetime | None,
) -> Item:
    band = sum(stands.rank > last for last in BANDS)
    known = sha256(f"{name}|{title}|{band}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    noted = {"rank": str(stands.rank)}
    if stands.heat is not None:
        noted["heat"] = f"{stands.heat:.0f}"
    return Item(
        type="post",
        action="create",
        text=title,
        message_id=known,
        author_id=name or None,
        author_name=name or None,
        conversation_id=sha256(title.encode("utf-8", "surrogatepass")).hexdigest()[:32],
        created_at=at,
        permalink=link(_first(row, mapping.get("link"), "link")),
        context=urlencode(noted),
    )


def _first(told: Any, path: str | None, what: str) -> Any:
    """What stands at `path`, or at the first usual one that leads anywhere; None where none does.

    A usual path to rows leads to an array: `data` is one here, and has one in it there.
    """
    for one in (path,) if path else USUAL[what]:
        value = told
        for step in one.split("."):
            value = table(value).get(step)
        if value is not None and (path or what != "items" or isinstance(value, list)):
            return value
    return None


def _time(value: Any) -> datetime | None:
    """A list's own time: ISO 8601, or a count of seconds or of milliseconds."""
    if isinstance(value, str) and not value.isdigit():
        return instant(value)
    number = identifier(value) or ""
    return moment(number, 1000 if len(number) > 11 else 1)


def _heat(value: Any) -> float | None:
    """A number, also as `1,234`, `56.7万` or `3.2k`; None for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if 0 <= value < 1e15 else None
    words = (text(value) or "").strip().casefold().replace(",", "")[:20]
    times = _HEAT.get(words[-1:], 1)
    digits = words.rstrip("".join(_HEAT)) if times > 1 else words
    try:
        number = float(digits)
    except ValueError:
        return None
    return number * times if 0 <= number < 1e12 else None
