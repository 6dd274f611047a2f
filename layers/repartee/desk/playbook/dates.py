"""Opening hours, holidays and time zones: whether they make sense, and for how long they reach."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from zoneinfo import available_timezones

from desk.playbook import Holiday, Hours, Playbook
from desk.playbook.part import Finding, Place
from desk.playbook.references import nearest

AHEAD = timedelta(days=60)
"""A calendar whose last holiday is nearer than this is about to end."""


def dates(playbook: Playbook, today: date) -> Iterator[Finding]:
    """What is wrong with times and days, seen from `today`."""
    zones: dict[Place, str] = {
        ("approvers", name, "time_zone"): approver.time_zone
        for name, approver in playbook.approvers.items()
    }
    for name, rota in playbook.rotas.items():
        zones["rotas", name, "time_zone"] = rota.time_zone
    if playbook.hours:
        zones["hours", "time_zone"] = playbook.hours.time_zone
    known = available_timezones()
    for place, zone in zones.items():
        if zone not in known:
            cities = [name for name in known if "/" in name]
            message = f"{zone!r} is no time zone of the IANA database: {_zone_like(zone, cities)}"
            yield Finding(place, message)
    if playbook.hours:
        yield from _hours(playbook.hours, today)


def _zone_like(zone: str, cities: list[str]) -> str:
    close = nearest(zone, cities)
    return close if "perhaps" in close else "one is such as Asia/Shanghai or Europe/Kyiv"


def _hours(hours: Hours, today: date) -> Iterator[Finding]:
    if not any(hours.week.values()):
        yield Finding(
            ("hours", "week"), "no weekday is open: without hours, people are always there"
        )
    for day, spans in hours.week.items():
        yield from _spans(("hours", "week", day), spans)
    for number, holiday in enumerate(hours.holidays):
        place: Place = ("hours", "holidays", number)
        yield from _spans((*place, "open"), holiday.open)
        if holiday.until is not None and holiday.until < holiday.on:
            message = f"{holiday.name} ends on {holiday.until}, before it begins on {holiday.on}"
            yield Finding((*place, "until"), message)
        elif _last(holiday) < today:
            message = f"{holiday.name} is over since {_last(holiday)}: write the next one, or none"
            yield Finding(place, message, "note")
        for other in hours.holidays[:number]:
            if holiday.on <= _last(other) and other.on <= _last(holiday):
                message = (
                    f"{holiday.name}, {holiday.on}, is also {other.name}: a day is one of them"
                )
                yield Finding((*place, "on"), message)
    if hours.holidays and max(map(_last, hours.holidays)) < today + AHEAD:
        last = max(map(_last, hours.holidays))
        message = f"the calendar ends on {last}: write the holidays that come after it"
        yield Finding(("hours", "holidays"), message, "warning")


def _spans(place: Place, spans: Sequence[str]) -> Iterator[Finding]:
    """What is wrong with the spans of one day; as texts of the same form their order is time's."""
    ends = ""
    for number, span in enumerate(spans):
        begin, _, end = span.partition("-")
        if end <= begin:
            message = f"{span} ends before it begins: what goes on after midnight is the next day's"
            yield Finding((*place, number), message)
        elif begin < ends:
            message = f"{span} begins before the span in front of it ends: write them in order"
            yield Finding((*place, number), message)
        ends = max(ends, end)


def _last(holiday: Holiday) -> date:
    return holiday.until if holiday.until is not None else holiday.on
