"""Times of the day in time zones: what a clock on a wall shows, as a moment.

The rules of the zones come from zoneinfo: from the machine, or from `tzdata`, which is in the layer
of dependencies because Lambda has none.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY = timedelta(days=1)


def known(name: str) -> ZoneInfo | None:
    """The zone of that name, or None where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone(name: str) -> tzinfo:
    """The zone of that name; UTC where there is none: a wrong hour is better than no answer."""
    return known(name) or UTC


def moment(wall: datetime, where: tzinfo) -> datetime:
    """When clocks there show `wall`, in UTC.

    Of a time that comes twice in autumn it is the first; one that is left out in spring is taken as
    if the clock had not been put forward. So what ends at a time ends where the next begins.
    """
    return wall.replace(tzinfo=where, fold=0).astimezone(UTC)


def bounds(span: str, day: date, where: tzinfo) -> tuple[datetime, datetime]:
    """The moments between which `span`, such as 09:00-18:30, runs on `day` there, in UTC.

    One whose end is not after its beginning runs into the next day: 22:00-06:00, or 09:00-09:00.
    """
    first, _, last = span.partition("-")
    begins = datetime.combine(day, _time(first))
    ends = datetime.combine(day, _time(last)) if last != "24:00" else _midnight(day + DAY)
    if ends <= begins:
        ends += DAY
    return moment(begins, where), moment(ends, where)


def day_bounds(first: date, last: date, where: tzinfo) -> tuple[datetime, datetime]:
    """The moments at which `first` begins there and `last` ends, in UTC."""
    return moment(_midnight(first), where), moment(_midnight(last + DAY), where)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _time(clock: str) -> time:
    return time.fromisoformat(clock)
