"""What the pages of a matter have in common: names, times, what is at their top and their foot."""

from datetime import UTC, datetime

from desk.pages.markup import isolated, name, plain, shorten
from desk.pages.texts import clock, say, zone_name
from desk.pages.view import Outcome, View
from desk.pages.wording import channel_name, worded
from desk.wire import iso

MAX_FACT = 200


def said(page: View | Outcome, key: str, **values: str) -> str:
    """The text of that key as HTML, as are its values: our own texts need no escaping."""
    return say(page.language, key, channel=channel(page), **values)


def channel(page: View | Outcome) -> str:
    """What people call the matter's channel, as HTML."""
    return channel_name(page.language, page.channel, name)


def title(page: View | Outcome, key: str) -> str:
    """The document's title as plain text: the words of that key, and the brand."""
    return f"{say(page.language, key)} · {plain(page.brand, 80)}"


def time(page: View | Outcome, moment: datetime) -> str:
    """A moment as HTML, in the reader's own time zone."""
    shown_as = clock(page.language, moment, page.now, page.time_zone)
    return f'<time datetime="{iso(moment.astimezone(UTC))}">{shown_as}</time>'


def fact(value: str) -> str:
    """A value of a reason as HTML, cut to a line or two."""
    return isolated(shorten(value, MAX_FACT))


def hold(page: View | Outcome) -> str:
    """What stops automation for the matter, where something does."""
    if not page.hold:
        return ""
    [why] = worded(page.language, [page.hold], fact)
    return f'<div class="banner"><h2>{said(page, "hold")}</h2><p>{why.words}</p></div>\n'


def footer(page: View | Outcome) -> str:
    """Whose page it is, and which zone its times are in."""
    return (
        f"<footer><p>{said(page, 'private', name=name(page.approver))}</p>"
        f"<p>{said(page, 'zone', zone=name(zone_name(page.time_zone)))}</p></footer>"
    )
