"""What the pages of a matter have in common: names, times, what is at their top and their foot."""

from datetime import UTC, datetime

from desk.pages.markup import isolated, name, plain, shorten
from desk.pages.texts import clock, say, zone_name
from desk.pages.view import Outcome, View
from desk.pages.wording import channel_name
from desk.wire import iso

MAX_FACT = 200


def said(page: View | Outcome, key: str, **values: str) -> str:
    """The text of that key as HTML, as are its values: our own texts need no escaping."""
    return say(page.language, key, channel=channel(page), **values)


def channel(page: View | Outcome) -> str:
    return channel_name(page.language, page.channel, name)


def title(page: View | Outcome, key: str) -> str:
    return f"{say(page.language, key)} · {plain(page.brand, 80)}"


def time(page: View | Outcome, moment: datetime) -> str:
    shown_as = clock(page.language, moment, page.now, page.time_zone)
    return f'<time datetime="{iso(moment.astimezone(UTC))}">{shown_as}</time>'


def fact(value: str) -> str:
    return isolated(shorten(value, MAX_FACT))


def footer(page: View | Outcome) -> str:
    return (
        f"<footer><p>{said(page, 'private', name=name(page.approver))}</p>"
        f"<p>{said(page, 'zone', zone=name(zone_name(page.time_zone)))}</p></footer>"
    )
