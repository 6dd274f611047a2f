"""Opening hours: whether a brand's people are there at a moment, and when they next will be.

Times are those of a clock on the wall. One that comes twice when clocks go back opens at its first
and closes at its second; one that is left out when they go forward counts as an hour later.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from desk.playbook.limits import Hours, Span, Weekday
from desk.zones import known

LONGEST = 400
"""Days that are looked ahead: a year, and what a leap year and a holiday add to it."""

_WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def is_open(hours: Hours, now: datetime) -> bool:
    """Whether there are people at `now`. Without a zone that is known there are none."""
    zone = known(hours.time_zone)
    if zone is None:
        return False
    today = now.astimezone(zone).date()
    return any(first <= now < last for first, last in _opened(hours, today, zone))


def next_opening(hours: Hours, now: datetime) -> datetime | None:
    """When they are there next, in UTC; `now` where they are, None where none comes in a year."""
    zone = known(hours.time_zone)
    if zone is None:
        return None
    today = now.astimezone(zone).date()
    for ahead in range(LONGEST):
        spans = sorted(_opened(hours, today + timedelta(days=ahead), zone))
        for first, last in spans:
            if now < last:
                return max(first, now).astimezone(UTC)
    return None


def _opened(hours: Hours, day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    # The spans of a day in that zone, as moments. A holiday's own hours take the weekday's place.
    spans = hours.week.get(_WEEK[day.weekday()], ())
    for holiday in hours.holidays:
        if holiday.on <= day <= (holiday.until or holiday.on):
            spans = holiday.open
            break
    for span in spans:
        first, last = _clocks(span)
        opens = datetime.combine(day, first, zone)
        if last is None:
            closes = datetime.combine(day + timedelta(days=1), time(), zone)
        else:
            closes = datetime.combine(day, last, zone)
        # Python compares two times of one zone by the wall: only UTC is right.
        first_at = opens.astimezone(UTC)
        last_at = max(closes.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        if first_at < last_at:
            yield first_at, last_at


def _clocks(span: Span) -> tuple[time, time | None]:
    first, _, last = span.partition("-")
    return time.fromisoformat(first), None if last == "24:00" else time.fromisoformat(last)
