"""Conversations drawn by chance on every platform that we speak on: no call that its rules forbid.

The pretend platforms enforce windows, quotas, lengths and rates on a clock of the simulation's own.
What `allowed` lets through they must take; and it must not be so careful that nothing gets through.
"""

import os
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from desk.allowed import Speech, allowed, channel_pace
from desk.channels import Platform, platform
from desk.conversation import Conversation, Tally, times_counted
from desk.rulebook import Opening, RuleBook
from desk.wire import Address, Outbound, Outcome, Response, Sent, Way
from tests.conftest import SAMPLES
from tests.platforms import PLATFORM_NAMES, Platforms
from tests.platforms.world import STRICT, Request

CONVERSATIONS = int(os.environ.get("REPARTEE_CONVERSATIONS", "10000"))
START = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
BASE = "http://platforms"
STEPS = 6


@dataclass
class Simulation:
    """One platform, our account on it, and the people who talk to it."""

    name: str
    dice: random.Random
    now: datetime = START
    tally: Tally = field(default_factory=Tally)
    outcomes: Counter[str] = field(default_factory=Counter)
    credentials: Mapping[str, str] = field(default_factory=dict)
    signed_until: datetime = START

    def __post_init__(self) -> None:
        self.platforms = Platforms(
            url=BASE, clock=lambda: self.now.timestamp(), hold=0.0, windows="heard",
            limits=STRICT, log=None,
        )  # fmt: skip
        self.module: Platform = platform(self.name)
        self.rules: RuleBook = self.module.RULES

    def call(self, call: Outbound) -> Response:
        """What the platform answers, without a network between us."""
        address = urlsplit(call.url)
        query = dict(parse_qsl(address.query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in call.headers.items()}
        request = Request(call.method, address.path, query, headers, call.body)
        reply = self.platforms.handle(request).reply
        found = {name.lower(): value for name, value in reply.headers}
        found["date"] = format_datetime(self.now, usegmt=True)
        return Response(reply.status, found, reply.body)

    def sign_in(self) -> None:
        """A fresh token where the platform has short-lived ones."""
        if self.credentials and self.now < self.signed_until:
            return
        stored = self.platforms.credentials(self.name)
        if self.name == "standard":
            stored["url"] = f"{stored['base']}/replies"
        self.credentials, self.signed_until = stored, datetime.max.replace(tzinfo=UTC)
        if question := self.module.sign_in(stored):
            signed = self.module.signed_in(self.call(question), stored)
            assert signed is not None
            self.credentials = signed.credentials
            self.signed_until = self.now + timedelta(seconds=signed.seconds / 2)

    def converse(self, number: int) -> None:
        """One person does this and that over some days, and we try to answer now and then."""
        head, to = Conversation(), addressed(self.name, number)
        known: set[Opening] = {"message"}
        for way in self.rules.ways.values():
            for window in way.windows:
                known |= window.opened_by
        openings = sorted(known)
        heard: Opening = "message"
        for step in range(STEPS):
            self.now += timedelta(seconds=self.dice.choice([0.2, 5, 40, 90, 3_000]))
            if step == 0 or self.dice.random() < 0.3:
                heard = self.dice.choice(openings)
                message = f"{number + 1}{step}"
                self.platforms.heard(self.name, recipient(to), message=message, event=heard)
                head = head.hears(heard, self.now)
                to = replace(to, message=message)
            if self.dice.random() < 0.1:
                self.now += timedelta(hours=self.dice.choice([20, 30, 47, 49, 170]))
            head = self.speak(head, to, f"{number}-{step}", heard)

    def speak(self, head: Conversation, to: Address, name: str, heard: Opening) -> Conversation:
        """Say something, if the rules allow it."""
        way: Way = self.dice.choice(sorted(self.rules.ways))
        speech = Speech(name, to.message, way, self.text(way), by_person=self.dice.random() < 0.2,
                        summoned=heard == "mention")  # fmt: skip
        manner = self.rules.ways[way]
        verdict = allowed(speech, head, self.rules, self.now)
        pace = channel_pace(manner, self.tally, self.now)
        if verdict.kind is not None or pace is not None:
            self.outcomes[f"refused: {verdict.kind or 'rate_limited'}"] += 1
            return head
        self.sign_in()
        head = head.says(name, to.message, self.now, once=manner.once)
        self.tally = self.tally.plus(times_counted(manner), self.now)
        found = self.post(replace(to, way=way, tag=verdict.tag), speech.text, name)
        self.outcomes["sent" if isinstance(found, Sent) else f"forbidden: {way}: {found}"] += 1
        return head

    def post(self, to: Address, text: str, name: str) -> Outcome:
        """The call or the two calls that say it."""
        if before := self.module.prepare(to, text, name, self.credentials):
            ready = self.module.prepared(self.call(before), to)
            if not isinstance(ready, Address):
                return ready
            to = ready
        return self.module.outcome(self.call(self.module.compose(to, text, name, self.credentials)))

    def text(self, way: Way) -> str:
        """Words, now and then as long as may be, or longer."""
        most = self.rules.ways[way].limits[0].most
        size = self.dice.choice([5, 5, 5, 5, most // 4, most, most + 1])
        return (self.dice.choice(["x", "茶", "🍵"]) * size) + f" {self.dice.randrange(10**9)}"


def addressed(name: str, number: int) -> Address:
    """Where answers to a person go: the sample's own place, with a person of this number."""
    given = dict(SAMPLES[name]["to"])
    for part in ("conversation", "author"):
        if given.get(part):
            given[part] = f"{1_000_000 + number}"
    return Address(**given)


def recipient(to: Address) -> str:
    return to.conversation or to.author


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", PLATFORM_NAMES)
def test_nothing_that_a_platform_forbids_reaches_it(name: str) -> None:
    simulation = Simulation(name, random.Random(name))
    for number in range(CONVERSATIONS // len(PLATFORM_NAMES) + 1):
        simulation.converse(number)
    outcomes = simulation.outcomes
    assert [one for one in outcomes if one.startswith("forbidden")] == []
    assert outcomes["sent"] > sum(outcomes.values()) // 10, outcomes
    limited = any(way.windows for way in simulation.rules.ways.values())
    assert (outcomes["refused: window_closed"] > 0) == limited
    assert outcomes["refused: too_long"] > 0
