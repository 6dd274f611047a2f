"""Feeds of all kinds, heard as publications."""

import json
from datetime import UTC, datetime

import pytest

from desk.channels import feed
from desk.wire import Address, NotSent, Response, Undecodable, Unknown

NOBODY: frozenset[str] = frozenset()
RSS = b"""<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>T</title><item>
<title>Tea &amp; cups</title><link> https://e.example/1 </link><guid>g1</guid>
<description>short</description>
<content:encoded>&lt;p&gt;Long&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;</content:encoded>
<pubDate>Sun, 01 Mar 2026 11:00:00 +0100</pubDate>
<dc:creator>Ann</dc:creator></item>
<item><title>No id</title></item><item/></channel></rss>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/"><channel/>
<item rdf:about="https://e.example/2"><title>Two</title></item></rdf:RDF>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry xml:lang="uk"><id>u:1</id>
<title>Hi</title>
<link rel="self" href="https://e.example/x"/><link href="https://e.example/3"/>
<author><name>Bo</name></author><updated>2026-03-01T10:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One &lt;b</p></div></content>
</entry></feed>"""
TEN = datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_rss_is_heard() -> None:
    first, second = feed.parse(RSS, {}, NOBODY)
    assert (first.message_id, first.text) == ("g1", "Tea & cups\n\nLong")
    assert (first.permalink, first.author_name) == ("https://e.example/1", "Ann")
    assert (first.type, first.reply_candidate, first.created_at) == ("post", False, TEN)
    assert (second.text, second.created_at) == ("No id", None)
    assert second.message_id == feed.parse(RSS, {}, NOBODY)[1].message_id


def test_rss_1_and_atom_are_heard() -> None:
    [item] = feed.parse(RDF, {}, NOBODY)
    assert (item.message_id, item.text) == ("https://e.example/2", "Two")
    [item] = feed.parse(ATOM, {}, NOBODY)
    assert (item.message_id, item.permalink) == ("u:1", "https://e.example/3")
    assert (item.text, item.author_name, item.lang) == ("Hi\n\nOne <b", "Bo", "uk")
    assert item.created_at == TEN


def test_json_feed_is_heard() -> None:
    one = {"id": 4, "content_html": "<p>x</p>", "date_published": "2026-03-01T10:00:00Z"}
    [item] = feed.parse(
        json.dumps({"items": [one | {"authors": [{"name": "Q"}]}]}).encode(), {}, NOBODY
    )
    assert (item.message_id, item.text, item.author_name) == ("4", "x", "Q")
    assert item.created_at == TEN


def test_a_feed_with_nothing_in_it_reports_nothing() -> None:
    assert feed.parse(b'<rss version="2.0"><channel/></rss>', {}, NOBODY) == []
    assert feed.parse(b'{"items": []}', {}, NOBODY) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body/></html>", b"[]", b"{}", b"<rss", b"\xff",
     b'<!DOCTYPE x [<!ENTITY a "b">]><rss><item><title>&a;</title></item></rss>'],
)  # fmt: skip
def test_what_is_no_feed_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        feed.parse(body, {}, NOBODY)


def test_only_a_link_that_a_browser_may_open_is_kept() -> None:
    body = b"<rss><item><title>x</title><link>javascript:alert(1)</link></item></rss>"
    [item] = feed.parse(body, {}, NOBODY)
    assert item.permalink is None


def test_what_has_not_changed_is_asked_for_as_such() -> None:
    credentials = {"url": "https://e.example/f", "every": "900", "changes": "3600"}
    page = feed.polled("feed", Response(200, {"etag": "W/1", "last-modified": "d"}, RSS), {})
    assert not isinstance(page, NotSent | Unknown)
    [poll] = feed.poll({"feed": page.marks}, credentials)
    assert (poll.every, poll.changes) == (900.0, 3600.0)
    assert poll.call.headers["if-none-match"] == "W/1"
    assert poll.call.headers["if-modified-since"] == "d"
    same = feed.polled("feed", Response(304, {}, b""), page.marks)
    assert not isinstance(same, NotSent | Unknown)
    assert (same.fresh, same.marks) == (False, page.marks)


def test_what_a_feed_answers_else_is_trouble() -> None:
    busy = feed.polled("feed", Response(503, {"retry-after": "120"}, b""), {})
    assert busy == NotSent("rate_limited", "HTTP 503", 120.0)
    assert isinstance(feed.polled("feed", Response(404, {}, b""), {}), NotSent)
    assert isinstance(feed.polled("feed", Response(500, {}, b""), {}), Unknown)


def test_nothing_is_said_to_a_feed() -> None:
    with pytest.raises(KeyError):
        feed.compose(Address("feed"), "x", "k", {})
