"""Who is on duty, and who would be reached: a playbook's calendar at a moment.

All of it is worked out anew for the moment in question, so that a swap, a day off or the end of
summer time needs nothing done when it comes.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple, get_args

from desk.mention import Risk
from desk.playbook import Approver, Days, Id, Playbook, Rota, Shift
from desk.playbook.people import WEEK
from desk.zones import bounds, day_bounds, moment, zone

RISKS: tuple[Risk, ...] = get_args(Risk)
_DAY = timedelta(days=1)


class Gap(NamedTuple):
    """A time, from `start` to before `end`, in which a step of a policy would reach nobody."""

    policy: Id
    risk: Risk
    step: int
    """Counted from 1; 0 where no step of the policy reaches anybody, so that only its fallback is
    left, with an alarm."""
    start: datetime
    end: datetime
    time_zone: str
    """The clock to tell it by: of the rota that is asked, or of the first approver."""


class Turn(NamedTuple):
    """A time, from `start` to before `end`, and who is on duty in it."""

    start: datetime
    end: datetime
    people: tuple[Id, ...]


def on_duty(rota: Rota, now: datetime) -> tuple[Id, ...]:
    """Who is on duty by `rota`, each once, in the order of its shifts; nobody in a gap of it."""
    where = zone(rota.time_zone)
    people = [who for shift in rota.shifts for who in _working(shift, rota, now, where)]
    for swap in rota.swaps:
        if moment(swap.start, where) <= now < moment(swap.end, where):
            one, other = swap.between
            people = [{one: other, other: one}.get(who, who) for who in people]
    for override in rota.overrides:
        if moment(override.start, where) <= now < moment(override.end, where):
            if not override.instead_of:
                people = [*override.ask]
            elif override.instead_of in people:
                place = people.index(override.instead_of)
                people[place : place + 1] = override.ask
    return tuple(dict.fromkeys(people))


def named(names: Iterable[Id], playbook: Playbook, now: datetime) -> tuple[Id, ...]:
    """The approvers that names of approvers and rotas stand for now. An unknown name is kept: they
    may have left, and whoever has their telephone now had better hear of it."""
    people: list[Id] = []
    for name in names:
        rota = playbook.rotas.get(name)
        people += [name] if rota is None else on_duty(rota, now)
    return tuple(dict.fromkeys(people))


def reached(names: Iterable[Id], playbook: Playbook, risk: Risk, now: datetime) -> tuple[Id, ...]:
    """Whom a step that asks `names` reaches: nobody who is away, or in quiet hours for `risk`."""
    return tuple(
        who
        for who in named(names, playbook, now)
        if (one := playbook.approvers.get(who)) is None
        or not (is_away(one, now) or is_quiet(one, risk, now))
    )


def fallback(names: Iterable[Id], playbook: Playbook, now: datetime) -> tuple[Id, ...]:
    """Whom a fallback of `names` asks: never nobody, and quiet hours do not count.

    Where all of them are away, or a rota has nobody, the leads who are there; else every approver.
    """
    everybody = playbook.approvers
    leads = [who for who, one in everybody.items() if one.role == "lead"]
    for choice in named(names, playbook, now), leads, everybody:
        there = [who for who in choice if who not in everybody or not is_away(everybody[who], now)]
        if there:
            return tuple(there)
    return tuple(everybody)


def is_away(approver: Approver, now: datetime) -> bool:
    """Whether it is one of the days on which they are away, by their own clock."""
    where = zone(approver.time_zone)
    return any(begin <= now < end for begin, end in _days(approver.away, where))


def is_quiet(approver: Approver, risk: Risk, now: datetime) -> bool:
    """Whether they have quiet hours, by their own clock, from which `risk` does not wake them."""
    if not approver.quiet or RISKS.index(risk) >= RISKS.index(approver.wake_for):
        return False
    where = zone(approver.time_zone)
    return any(
        begin <= now < end
        for day in _around(now, where)
        for begin, end in (bounds(span, day, where) for span in approver.quiet)
    )


def turns(rota: Rota, start: datetime, end: datetime) -> list[Turn]:
    """Who is on duty from `start` to before `end`, gaps included; neighbours differ."""
    where = zone(rota.time_zone)
    found: list[Turn] = []
    for first, last in _pieces(_changes_of_rota(rota, start, end, where), start, end):
        people = on_duty(rota, first)
        if found and found[-1].people == people:
            found[-1] = found[-1]._replace(end=last)
        else:
            found.append(Turn(first, last, people))
    return found


def gaps(playbook: Playbook, start: datetime, end: datetime) -> list[Gap]:
    """Every time from `start` to before `end` in which a step would reach nobody.

    One entry for each policy, risk and step, and one with step 0 where no step of the policy does.
    """
    found: list[Gap] = []
    pieces = list(_pieces(changes(playbook, start, end), start, end))
    for name, policy in playbook.policies.items():
        clock = _clock(policy.steps[0].ask, playbook)
        for risk in RISKS:
            silent: dict[int, list[tuple[datetime, datetime]]] = {}
            for first, last in pieces:
                empty = [
                    number
                    for number, step in enumerate(policy.steps, 1)
                    if not reached(step.ask, playbook, risk, first)
                ]
                whole = [0] if len(empty) == len(policy.steps) else []
                for number in (*whole, *empty):
                    _extend(silent.setdefault(number, []), first, last)
            for number, times in sorted(silent.items()):
                ask = policy.steps[number - 1].ask if number else ()
                told_by = _clock(ask, playbook) if number else clock
                found += [Gap(name, risk, number, *times_, told_by) for times_ in times]
    return found


def askable(playbook: Playbook, start: datetime, end: datetime) -> set[Id]:
    """Everybody whom some policy could ask from `start` to before `end`, fallbacks included."""
    people: set[Id] = set()
    for first, _ in _pieces(changes(playbook, start, end), start, end):
        for policy in playbook.policies.values():
            for step in policy.steps:
                people |= {*reached(step.ask, playbook, "severe", first)}
            people |= {*fallback(policy.fallback or policy.steps[-1].ask, playbook, first)}
    return people


def changes(playbook: Playbook, start: datetime, end: datetime) -> Iterator[datetime]:
    """The moments, about `start` to `end`, at which who is reached may change."""
    for rota in playbook.rotas.values():
        yield from _changes_of_rota(rota, start, end, zone(rota.time_zone))
    for approver in playbook.approvers.values():
        where = zone(approver.time_zone)
        for begin, over in _days(approver.away, where):
            yield from (begin, over)
        for day in _each_day(start, end, where):
            for span in approver.quiet:
                yield from bounds(span, day, where)


def _working(shift: Shift, rota: Rota, now: datetime, where: tzinfo) -> Iterator[Id]:
    for day in _around(now, where):
        if _is_worked(shift, rota, day):
            for begin, end in (bounds(span, day, where) for span in shift.hours):
                if begin <= now < end:
                    turn = (day - shift.since).days // shift.turn_days
                    yield shift.people[turn % len(shift.people)]


def _is_worked(shift: Shift, rota: Rota, day: date) -> bool:
    """Whether the shift begins on that day."""
    if day < shift.since or (shift.until is not None and day > shift.until):
        return False
    if WEEK[day.weekday()] not in shift.week:
        return False
    return shift.holidays == "work" or not any(
        one.on <= day <= (one.until or one.on) for one in rota.holidays
    )


def _changes_of_rota(
    rota: Rota, start: datetime, end: datetime, where: tzinfo
) -> Iterator[datetime]:
    for day in _each_day(start, end, where):
        for shift in rota.shifts:
            if _is_worked(shift, rota, day):
                for span in shift.hours:
                    yield from bounds(span, day, where)
    for swap in rota.swaps:
        yield from (moment(swap.start, where), moment(swap.end, where))
    for override in rota.overrides:
        yield from (moment(override.start, where), moment(override.end, where))


def _pieces(
    moments: Iterable[datetime], start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The time from `start` to `end`, cut at those of `moments` that lie in it."""
    cuts = sorted({start, end, *(one for one in moments if start < one < end)})
    yield from pairwise(cuts)


def _extend(times: list[tuple[datetime, datetime]], start: datetime, end: datetime) -> None:
    if times and times[-1][1] == start:
        times[-1] = (times[-1][0], end)
    else:
        times.append((start, end))


def _around(now: datetime, where: tzinfo) -> tuple[date, date]:
    """The days on which what runs now may have begun there."""
    today = now.astimezone(where).date()
    return today - _DAY, today


def _each_day(start: datetime, end: datetime, where: tzinfo) -> Iterator[date]:
    day, last = start.astimezone(where).date() - _DAY, end.astimezone(where).date()
    while day <= last:
        yield day
        day += _DAY


def _days(days: Iterable[Days], where: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    for one in days:
        yield day_bounds(one.on, one.until or one.on, where)


def _clock(names: Iterable[Id], playbook: Playbook) -> str:
    for name in names:
        if (rota := playbook.rotas.get(name)) is not None:
            return rota.time_zone
        if (one := playbook.approvers.get(name)) is not None:
            return one.time_zone
    return "UTC"
