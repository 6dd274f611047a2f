"""A year of asking people: three time zones, summer time, holidays, and a topic that fails.

The real functions, on a clock of its own, from a seed. `REPARTEE_ESCALATIONS` names another number.
"""

import heapq
import os
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from desk.duty import RISKS, Gap, gaps
from desk.escalation import (
    PINGS,
    Escalation,
    Matter,
    joined,
    name_of,
    next_move,
    opened,
    settled,
)
from desk.lateness import is_escalation_late as late
from desk.playbook import (
    Approver,
    Days,
    Override,
    Playbook,
    Policy,
    Rota,
    Shift,
    Step,
    Swap,
)

ESCALATIONS = int(os.environ.get("REPARTEE_ESCALATIONS", "10000"))
START = datetime(2027, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
MINUTE = timedelta(minutes=1)
SHANGHAI, KYIV, NEW_YORK = "Asia/Shanghai", "Europe/Kyiv", "America/New_York"


def approver(name: str, where: str, quiet: str, *away: Days, **more: Any) -> Approver:
    return Approver(name=name, time_zone=where, quiet=(quiet,), away=away, **more)


def days(first: str, last: str) -> Days:
    return Days(on=date.fromisoformat(first), until=date.fromisoformat(last))


def book(policies: dict[str, Policy], **more: Any) -> Playbook:
    fields = {"brand": "tea", "version": "1", "name": "Tea", "languages": ("en",), "rules": (),
              "scripts": ()}  # fmt: skip
    return Playbook.model_validate(fields | {"policies": policies} | more)


PLAYBOOK = book(
    {
        "default": Policy(
            steps=(
                Step(ask=("desk",), wait_minutes=10),
                Step(ask=("desk", "leads"), wait_minutes=10),
                Step(ask=("leads",), wait_minutes=15),
            ),
            fallback=("head",),
        ),
        "crisis": Policy(
            steps=(Step(ask=("leads", "desk"), wait_minutes=5), Step(ask=("head",), wait_minutes=5))
        ),
    },
    approvers={
        "lin": approver("Lin", SHANGHAI, "22:00-08:00", days("2027-02-05", "2027-02-12")),
        "wei": approver("Wei", SHANGHAI, "23:30-07:00", days("2027-10-01", "2027-10-07")),
        "olena": approver("Olena", KYIV, "22:00-07:00", days("2027-01-07", "2027-01-07")),
        "petro": approver("Petro", KYIV, "21:30-06:30", wake_for="sensitive"),
        "james": approver("James", NEW_YORK, "22:00-06:00", days("2027-11-25", "2027-11-26")),
        "head": approver("Head", NEW_YORK, "20:00-09:00", days("2027-07-01", "2027-07-20")),
    },
    rotas={
        "desk": Rota(
            time_zone=SHANGHAI,
            shifts=(
                Shift(people=("lin", "wei"), since="2026-12-28", hours=("08:00-18:00",)),
                Shift(people=("olena", "petro"), since="2026-12-28", hours=("15:00-01:30",)),
                Shift(people=("james",), since="2026-12-28", hours=("01:30-09:00",),
                      holidays="off"),
            ),
            holidays=(days("2027-05-01", "2027-05-05"),),
            swaps=(Swap(between=("lin", "wei"), start="2027-03-01 12:00", end="2027-03-09 12:00"),),
            overrides=(Override(ask=("wei",), instead_of="lin", start="2027-08-02 00:00",
                                end="2027-08-16 00:00"),),
        ),
        "leads": Rota(
            time_zone=KYIV,
            shifts=(Shift(people=("olena", "james", "wei"), since="2026-12-28", turn_days=1,
                          hours=("09:00-09:00",)),),
        ),
    },
)  # fmt: skip


@dataclass
class Year:
    """What happens to so many escalations, minute by minute, and what was seen of it."""

    count: int
    dice: random.Random
    playbook: Playbook = PLAYBOOK
    now: dict[str, Escalation] = field(default_factory=dict)
    pings: Counter[tuple[str, str]] = field(default_factory=Counter)
    alarmed: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    _events: list[tuple[datetime, int, str, str]] = field(default_factory=list)
    _number: int = 0

    def run(self) -> None:
        """All of it, until nothing is due any more."""
        # SNS is away now and then: an hour each, some thirty times in the year.
        self.outages = sorted(START + self.dice.random() * YEAR for _ in range(30))
        for number in range(self.count):
            matter = Matter(
                brand="tea", kind="help", cause=f"mention:{number}", event=f"m-{number}",
                policy=self.dice.choice(("default", "default", "crisis")),
                risk=self.dice.choice(RISKS), at=START + self.dice.random() * YEAR,
            )  # fmt: skip
            name = name_of(matter.cause)
            self.now[name] = opened(matter, name, self.playbook.policies, "t")
            self._at(matter.at, "move", name)
        while self._events:
            moment, _, what, name = heapq.heappop(self._events)
            kind, _, who = what.partition(" ")
            if kind == "move":
                self._move(name, moment)
            else:
                self._acknowledge(name, who, moment)

    def _at(self, moment: datetime, what: str, name: str) -> None:
        self._number += 1
        heapq.heappush(self._events, (moment, self._number, what, name))

    def _sweep(self, moment: datetime) -> datetime:
        """When the minute's run comes to what is due at `moment`."""
        whole = moment.replace(second=0, microsecond=0)
        return whole if whole == moment else whole + MINUTE

    def _move(self, name: str, moment: datetime) -> None:
        one = self.now[name]
        move = next_move(one, self.playbook, f"t{self._number}", moment)
        if move is None:
            return
        assert one.due_at is not None
        if any(begin <= moment < begin + timedelta(hours=1) for begin in self.outages):
            # The publishing fails, so nothing is recorded, and the next minute tries again.
            self.seen["failed"] += 1
            self.tried = moment
            self._at(self._sweep(moment + timedelta(seconds=1)), "move", name)
            return
        if moment - one.due_at > MINUTE and not self._was_away(one.due_at, moment):
            self.wrong.append(f"{name}: due {one.due_at}, moved {moment}")
        if one.state != "open":
            self.wrong.append(f"{name}: asked although {one.state}")
        if move.alarm:
            self.alarmed.add(name)
        self.now[name] = move.then
        for who in move.ask:
            self._ping(name, who, moment, move.alarm)
        if move.then.due_at is not None:
            self._at(self._sweep(move.then.due_at), "move", name)

    def _was_away(self, due: datetime, moment: datetime) -> bool:
        return any(due < begin + timedelta(hours=1) + MINUTE and moment > begin
                   for begin in self.outages)  # fmt: skip

    def _ping(self, name: str, who: str, moment: datetime, alarm: bool) -> None:
        one = self.now[name]
        self.pings[name, who] += 1
        self.seen["pings"] += 1
        if self.pings[name, who] > PINGS:
            self.wrong.append(f"{name}: {who} asked {self.pings[name, who]} times")
        person = self.playbook.approvers[who]
        if not alarm and not is_there(person, one.risk, moment):
            self.wrong.append(f"{name}: {who} asked at {moment}, {one.risk}")
        fate = self.dice.random()
        if fate < 0.10:  # unsubscribed, or filtered away
            self.seen["lost"] += 1
            return
        wait = timedelta(seconds=self.dice.expovariate(1 / 5))
        if fate < 0.25:
            self.seen["delayed"] += 1
            wait += self.dice.random() * timedelta(minutes=40)
        if self.dice.random() < 0.45:
            self._at(moment + wait + self.dice.random() * timedelta(minutes=20), f"yes {who}", name)

    def _acknowledge(self, name: str, who: str, moment: datetime) -> None:
        one = self.now[name]
        if one.state == "open":
            self.now[name] = settled(one, "acknowledged", who, "", f"t{self._number}", moment)


def is_there(person: Approver, risk: str, moment: datetime) -> bool:
    """Whether they may be asked, by what their own clock shows: worked out apart from the desk."""
    local = moment.astimezone(ZoneInfo(person.time_zone))
    if any(one.on <= local.date() <= (one.until or one.on) for one in person.away):
        return False
    if RISKS.index(risk) >= RISKS.index(person.wake_for):
        return True
    for span in person.quiet:
        begin, end = (time.fromisoformat(part) for part in span.split("-"))
        inside = begin <= local.time() or local.time() < end
        if inside if end <= begin else begin <= local.time() < end:
            return False
    return True


@pytest.mark.timeout(600)
def test_a_year_of_escalations_leaves_nobody_unasked_and_nobody_disturbed() -> None:
    year = Year(ESCALATIONS, random.Random(2027))
    year.run()
    assert not year.wrong, year.wrong[:5]
    ends = Counter(one.state for one in year.now.values())
    given_up = [name for name, one in year.now.items() if one.state == "open"]
    assert ends["acknowledged"] + len(given_up) == ESCALATIONS
    assert set(given_up) <= year.alarmed
    assert all(year.now[name].due_at is None for name in given_up)
    # Everything that can go wrong did: a year in which nothing failed would prove nothing.
    assert min(year.seen["failed"], year.seen["lost"], year.seen["delayed"]) > ESCALATIONS / 100
    assert given_up
    assert ends["acknowledged"] > ESCALATIONS / 2


def test_a_signal_that_comes_23696_times_is_one_incident_and_three_messages_a_person() -> None:
    pings: Counter[str] = Counter()
    times = sorted(random.Random(5).random() * 24 * 3600 for _ in range(23_696))
    one: Escalation | None = None
    names = set()
    for number, seconds in enumerate(times):
        now = START + timedelta(seconds=seconds)
        matter = Matter(brand="tea", kind="spike", cause="rule:lid", event=f"e{number}", at=now)
        names.add(name_of(matter.cause))
        if one is None:
            one = opened(matter, name_of(matter.cause), PLAYBOOK.policies, "t")
        else:
            one = joined(one, matter, "t")
        while move := next_move(one, PLAYBOOK, "t", now):
            pings.update(move.ask)
            one = move.then
    assert one is not None
    assert (len(names), one.joined) == (1, 23_696)
    assert pings
    assert max(pings.values()) <= 3


# ---------------------------------------------------------------- the auditor


def test_every_stall_is_found_within_five_minutes_and_nothing_else_is() -> None:
    """A stall: the minute's run has lost an escalation, at a step drawn by chance."""
    dice = random.Random(11)
    for number in range(500):
        one = opened(
            Matter(brand="tea", kind="help", cause=f"c{number}", at=START),
            "e", PLAYBOOK.policies, "t",
        )  # fmt: skip
        now, stalls_at = START, dice.randrange(4)
        while one.due_at is not None and one.taken < stalls_at:
            assert not late(one, now)
            now = max(now, one.due_at)
            move = next_move(one, PLAYBOOK, "t", now)
            assert move is not None
            one = move.then
        if dice.random() < 0.3 and one.taken < len(one.steps):
            one = one.model_copy(update={"due_at": None})  # and its deadline with it
        due = one.due_at or now
        found = next(minute for minute in range(99) if late(one, due + minute * MINUTE))
        assert found <= 5


# ---------------------------------------------------------------- the linter

FULL = Shift(people=("ann", "ben"), since="2026-11-01", turn_days=2)


def expected(trial: int, dice: random.Random, where: str) -> tuple[Playbook, list[Gap]]:
    """A calendar that leaves nothing out but what is drawn, and what that is."""
    zone = ZoneInfo(where)
    first = date(2027, 1, 1) + timedelta(days=dice.randrange(3, 330))
    day = first + timedelta(days=dice.randrange(2, 27))

    def at(when: date, clock: str) -> datetime:
        return datetime.combine(when, time.fromisoformat(clock), zone).astimezone(UTC)

    rota = Rota(time_zone=where, shifts=(FULL,))
    people = {who: Approver(name=who, time_zone=where) for who in ("ann", "ben", "cat")}
    risks = RISKS
    begin, end = at(day, "00:00"), at(day + timedelta(days=1), "00:00")
    clock = f"{dice.randrange(4, 12):02}:{dice.randrange(60):02}"
    other = f"{dice.randrange(12, 23):02}:{dice.randrange(60):02}"
    match trial % 6:
        case 0:  # nobody stands in
            gone = Override(ask=("cat",), start=f"{day} {clock}", end=f"{day} {other}")
            people["cat"] = Approver(name="c", time_zone=where, away=(Days(on=day),))
            rota = rota.model_copy(update={"overrides": (gone,)})
            begin, end = at(day, clock), at(day, other)
        case 1:  # both are away
            for who in "ann", "ben":
                people[who] = Approver(name=who, time_zone=where, away=(Days(on=day),))
        case 2:  # a holiday
            off = FULL.model_copy(update={"holidays": "off"})
            rota = Rota(time_zone=where, shifts=(off,), holidays=(Days(on=day),))
        case 3:  # the shift ends, another begins late
            ends = FULL.model_copy(update={"until": day - timedelta(days=1)})
            late_ = Shift(people=("cat",), since=day, until=day, hours=(f"{clock}-24:00",))
            rota = Rota(time_zone=where, shifts=(ends, late_, Shift(people=("cat",),
                        since=day + timedelta(days=1))))  # fmt: skip
            end = at(day, clock)
        case 4:  # whoever stands in sleeps
            gone = Override(ask=("cat",), start=f"{day} 00:00", end=f"{day} 23:59")
            people["cat"] = Approver(name="c", time_zone=where, quiet=(f"{clock}-{other}",))
            rota = rota.model_copy(update={"overrides": (gone,)})
            begin, end, risks = at(day, clock), at(day, other), RISKS[:2]
        case _:  # a rota of nights with a hole
            hole = Shift(people=("ann",), since=day, until=day, hours=(f"00:00-{clock}",
                         f"{other}-24:00"))  # fmt: skip
            before = FULL.model_copy(update={"until": day - timedelta(days=1)})
            after = Shift(people=("ben",), since=day + timedelta(days=1))
            rota = Rota(time_zone=where, shifts=(before, hole, after))
            begin, end = at(day, clock), at(day, other)
    steps = (Step(ask=("desk",), wait_minutes=5),)
    playbook = book({"default": Policy(steps=steps)}, approvers=people, rotas={"desk": rota})
    found = [Gap("default", risk, step, begin, end, where) for risk in risks for step in (0, 1)]
    return playbook, found


@pytest.mark.parametrize("where", [SHANGHAI, KYIV, NEW_YORK, "Europe/London"])
def test_every_gap_that_is_put_into_a_calendar_is_named_to_the_minute(where: str) -> None:
    dice = random.Random(where)
    for trial in range(60):
        playbook, wanted = expected(trial, dice, where)
        start = min(one.start for one in wanted) - timedelta(days=dice.randrange(2, 15))
        assert gaps(playbook, start, start + timedelta(days=30)) == wanted, trial
