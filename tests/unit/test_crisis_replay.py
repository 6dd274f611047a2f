"""The example's evening against its own alarm: what a crisis stops, and what it leaves alone."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import dropwhile
from typing import NamedTuple

import pytest

from desk import crisis, trends, understanding
from desk.baseline import Baseline
from desk.control import Control
from desk.crowd import counts_of
from desk.detectors import findings
from desk.intake import ids_of, mention_of
from desk.mention import Mention
from desk.outbound import ANSWER_LIFE, drafted, stopped
from desk.playbook import Playbook
from desk.tally import WIDTH, Tally, by_window, fold, start_of
from desk.topics import RECENT
from desk.wire import Delivery, Item, stamp
from tests.conftest import ROOT
from tests.records import BRAND, NOON

EVERY = timedelta(minutes=5)
TOPIC = "topic:watch:lid-leak"


class Said(NamedTuple):
    """An answer that the desk would give, and what the brake says to it at that moment."""

    mention: Mention
    why: str


def heard(playbook: Playbook, shift: float, again: int) -> Iterator[Mention]:
    """The evening as triage keeps it; `again` tells apart the days on which it is played."""
    path = ROOT / "playbooks" / BRAND / "evening.jsonl"
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        at = NOON + timedelta(seconds=row["at"] + shift)
        item = Item(
            type="message", action="create", reply_candidate=True, own=False,
            author_id=f"{row['author']}-{again}", conversation_id=f"{row['author']}-{again}",
            message_id=f"{row['id']}-{again}", text=row["text"], created_at=at,
        )  # fmt: skip
        delivery = Delivery(row["id"], BRAND, row["channel"], stamp(at), {}, {}, b"")
        ids = ids_of(item, BRAND, row["channel"], b"k")
        read = understanding.read(item, playbook)
        rules = understanding.matching(item, read, ids, row["channel"], playbook)
        decision = understanding.conclude(
            item, read, rules, ids, row["channel"], playbook, taken_over=False, now=at
        )
        yield mention_of(item, ids, delivery, 0, "standard", read.reading, decision)


class Evening(NamedTuple):
    """What the desk would have said, and the holds at the end of it."""

    said: list[Said]
    control: Control


@pytest.fixture(scope="module")
def evening(playbook: Playbook) -> Evening:
    """Three evenings: one for the past and one as the background, both without the lids, and the
    real one. A scan every five minutes; to every mention of lids there would be an answer, too.
    """
    past, background = (
        [one for one in heard(playbook, shift, again) if "lid-leak" not in one.decision.watches]
        for shift, again in ((-3 * 3600.0, 0), (0.0, 1))
    )
    everybody = sorted([*past, *background, *heard(playbook, 0, 2)], key=lambda one: one.said_at)
    due = everybody[0].said_at
    control, said, so_far = Control(brand=BRAND, heartbeat=due), list[Said](), list[Mention]()
    for one in everybody:
        while due <= one.said_at:
            control = scanned(control, so_far, playbook, due)
            due += EVERY
        so_far.append(one)
        if one.decision.action == "answer" or "lid-leak" in one.decision.watches:
            reply = drafted(one, one.decision.text, "ready", "t", one.said_at, ANSWER_LIFE)
            said.append(Said(one, stopped(reply, control, one.said_at)))
    return Evening(said, control)


def scanned(control: Control, so_far: list[Mention], playbook: Playbook, now: datetime) -> Control:
    """The control item after a scan of what was heard so far."""
    words = trends.counted_words(playbook)
    starts = [start_of(now) - back * WIDTH for back in range(35, -1, -1)]
    by_start = dict(by_window(so_far))
    tallies = [fold(Tally(start=one), by_start.get(one, ()), words) for one in starts]
    counts = [*dropwhile(lambda one: not one.terms, map(counts_of, tallies))]
    found = findings(tallies[-RECENT:], counts, Baseline(), trends.own_names(playbook))
    groups, _ = trends.grouped(found, (), now)
    lately = [one for one in so_far if one.said_at >= starts[-RECENT]]
    holds = {hold.scope: hold for hold in control.holds}
    for burst in trends.bursts(groups, lately, words):
        weight = crisis.weighed(burst.mentions)
        if crisis.crosses(weight, crisis.limits_of(burst.topic, playbook)):
            new = crisis.hold_of(burst, weight, playbook, now)
            holds.setdefault(new.scope, new)
    return Control(brand=BRAND, holds=tuple(holds.values()), heartbeat=now)


def test_the_lids_stop_their_topic_within_minutes(evening: Evening) -> None:
    first = evening.control.holds[0]
    leaks = [one.mention.said_at for one in evening.said if on_lids(one)]
    assert (first.scope, first.kind) == (TOPIC, "crisis")
    assert sum(said <= first.at for said in leaks) <= 10
    assert first.at - leaks[1] < timedelta(minutes=10)


def test_from_then_on_no_script_is_said_about_lids(evening: Evening) -> None:
    begun = evening.control.holds[0].at
    about = [one for one in evening.said if on_lids(one) and one.mention.said_at > begun]
    assert len(about) > 40
    assert [one.mention.text for one in about if not one.why.startswith("crisis_hold:")] == []


def test_what_has_nothing_to_do_with_them_is_answered_as_before(evening: Evening) -> None:
    others = [one for one in evening.said if not on_lids(one)]
    stopped_too = [one for one in others if one.why]
    assert len(others) > 300
    assert len(stopped_too) <= len(others) / 100


def on_lids(one: Said) -> bool:
    return "lid-leak" in one.mention.decision.watches
