"""Feeds: RSS, Atom and JSON Feed, heard only. Nothing can be said there.

Credentials to read: `url`; `every`, the seconds between two questions; `changes`, the seconds
within which the feed changes, if that is known: one that has not for twice as long is reported.

An item without a date is as old as its first sighting. One that is changed later counts as known.
https://www.rssboard.org/rss-specification, https://www.rfc-editor.org/rfc/rfc4287,
https://www.jsonfeed.org/version/1.1/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from desk import calls
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
from desk.markup import plain
from desk.polling import Page, Poll
from desk.rulebook import RuleBook
from desk.untrusted import EPOCH, identifier, instant, link, rows, table, text
from desk.wire import (
    MAX_BODY,
    Address,
    BadSignature,
    Credentials,
    Inbound,
    Item,
    NotSent,
    Outbound,
    Outcome,
    Response,
    Secret,
    Undecodable,
    Unknown,
    read_json,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_T = TypeVar("_T")

RULES = RuleBook(ways={}, acknowledge=0.0)
HOOKS: Mapping[str, str] = {}
TOKENS: Mapping[str, str] = {}
READS: Mapping[str, str] = {
    "url": "the feed's address, https://…",
    "every?": "seconds between two questions, if not 300",
    "changes?": "seconds within which the feed changes, if that is known",
}
ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5"
MARKS = {"etag": "if-none-match", "last-modified": "if-modified-since"}
"""What an answer brings, and under which name it is given back: RFC 9110, 13.1."""


# The first that is there counts: RSS modules and Atom use the same few names.
WORDS = ("encoded", "content", "description", "summary")
DATES = ("published", "pubdate", "date", "issued", "updated")
ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """Never: a feed has no webhooks, and whoever posts here is not the feed."""
    raise BadSignature("a feed has no webhooks")


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """A post for each item of a feed; raises Undecodable for what is no feed."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"<":
        return _from_json(body)
    from desk.xml import tree

    root = tree(body, MAX_BODY)
    entries = [part for part in root.iter() if _name(part) in ("item", "entry")]
    if not entries and _name(root) not in ("rss", "rdf", "feed"):
        raise Undecodable("neither RSS nor Atom")
    return [item for item in map(_from_xml, entries) if item]


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """KeyError, always: RULES has no way of speaking."""
    RULES.ways[to.way]
    raise KeyError(to.way)


def outcome(response: Response) -> Outcome:
    """Unknown, as nothing can have been posted."""
    return Unknown("nothing is posted to a feed")


def poll(marks: Mapping[str, Mapping[str, str]], credentials: Credentials) -> tuple[Poll, ...]:
    """The feed, if it has changed: https://www.rfc-editor.org/rfc/rfc9110#section-13"""
    known = marks.get("feed", {})
    headers = {name: known[mark] for mark, name in MARKS.items() if known.get(mark)}
    call = calls.get(credentials["url"], {"accept": ACCEPT, **headers})
    changes = calls.seconds(credentials.get("changes"))
    return (Poll("feed", call, calls.interval(credentials), changes=changes),)


def polled(source: str, response: Response, marks: Mapping[str, str]) -> Page | NotSent | Unknown:
    """What a feed answers: 200 with all that it has, or 304 where nothing has changed."""
    match response.status:
        case 304:
            return Page(False, marks)
        case 200:
            kept = {mark: response.headers[mark] for mark in MARKS if response.headers.get(mark)}
            return Page(True, kept)
        case 429 | 503:
            seconds = calls.wait(response.headers.get("retry-after"))
            return NotSent("rate_limited", f"HTTP {response.status}", seconds)
        case 401 | 403:
            return NotSent("permission", f"HTTP {response.status}")
        case 404 | 410:
            return NotSent("permanent", f"HTTP {response.status}")
    return Unknown(f"HTTP {response.status}", passing=response.status >= 500)


def _from_json(body: bytes) -> list[Item]:
    told = read_json(body)
    if not isinstance(told, dict) or not isinstance(told.get("items"), list):
        raise Undecodable("no list of items")
    items = []
    for one in map(table, told["items"]):
        who = [table(each) for each in (*rows(one.get("authors")), one.get("author"))]
        words = text(one.get("content_text")) or plain(text(one.get("content_html")) or "")
        items.append(
            _item(
                identifier(one.get("id")),
                text(one.get("title")),
                words or text(one.get("summary")),
                link(one.get("url")) or link(one.get("external_url")),
                _first(text(each.get("name")) for each in who),
                instant(one.get("date_published")),
                text(one.get("language")) or text(told.get("language")),
            )
        )
    return [item for item in items if item]


def _from_xml(entry: Element) -> Item | None:
    """The item of an entry, its elements' names compared without their namespaces."""
    found: dict[str, Element] = {}
    where = None
    for part in entry:
        name = _name(part)
        if name == "link":
            target = link((part.get("href") or part.text or "").strip())
            if part.get("rel", "alternate") == "alternate" and target:
                where = where or target
            continue
        found.setdefault(name, part)
    words = _first(_words(found.get(name)) for name in WORDS)
    who = found.get("author", found.get("creator"))
    names = [] if who is None else [*(part.text for part in who if _name(part) == "name"), who.text]
    dates = [found[name].text for name in DATES if name in found]
    numbers = [found[name].text for name in ("guid", "id") if name in found]
    return _item(
        _first(text((part or "").strip()) for part in [*numbers, entry.get(ABOUT)]),
        _words(found.get("title")),
        words,
        where,
        _first(text((part or "").strip()) for part in names),
        _first(_moment((date or "").strip()) for date in dates),
        entry.get(LANG),
    )


def _item(
    number: str | None,
    title: str | None,
    words: str | None,
    where: str | None,
    author: str | None,
    at: datetime | None,
    language: str | None,
) -> Item | None:
    """None for what has no words. What has no id is known by its address, or by what it says."""
    shown = text("\n\n".join(dict.fromkeys(part for part in (title, words) if part)))
    if shown is None:
        return None
    known = number or where or sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()
    return Item(
        type="post",
        action="create",
        text=shown,
        message_id=known,
        author_id=author,
        author_name=author,
        conversation_id=known,
        created_at=at,
        permalink=where,
        lang=language,
    )


def _first(values: Iterable[_T | None]) -> _T | None:
    return next((value for value in values if value is not None), None)


def _name(part: Element) -> str:
    return part.tag.rpartition("}")[2].lower() if isinstance(part.tag, str) else ""


def _words(part: Element | None) -> str | None:
    """The text of an element, of HTML or XHTML its words."""
    if part is None:
        return None
    inner = "".join(part.itertext())
    return text(plain(inner)) if part.get("type", "html") != "xhtml" else text(inner.strip())


def _moment(date: str) -> datetime | None:
    """RFC 3339 as in Atom, or RFC 822 as in RSS; None for anything else."""
    if when := instant(date):
        return when
    try:
        when = parsedate_to_datetime(date)
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return when if when > EPOCH else None
