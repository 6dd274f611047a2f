"""The brake, broken in one place at a time: the runs beside this must notice every one of them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from cloud import brakes, clock, outside, queues, store
from cloud.settings import settings
from cloud.store import table
from desk import outbound
from desk.brake import Sms
from desk.control import Control, Hold, stop
from desk.outbound import Reply
from desk.wire import stamp
from tests.conftest import BRAND
from tests.faults import braking
from tests.faults.braking import hold, stop_and_send
from tests.faults.world import World

Break = Callable[[pytest.MonkeyPatch], None]


def keeps_the_brake_in_a_warm_function(patch: pytest.MonkeyPatch) -> None:
    read = store.control
    known: list[Control] = []

    def warm(brand: str) -> Control | None:
        found = known[0] if known else read(brand)
        if not known and found is not None and not found.holds:
            known.append(found)  # it has sent something before the stop
        return found

    patch.setattr(store, "control", warm)


def looks_before_it_claims(patch: pytest.MonkeyPatch) -> None:
    read, door = store.control, outside.door
    seen: list[Control | None] = []

    def early(*which: str) -> Any:
        seen[:] = [read(BRAND)]
        return door(*which)

    patch.setattr(outside, "door", early)
    patch.setattr(store, "control", lambda brand: seen[0])


def knows_no_topics(patch: pytest.MonkeyPatch) -> None:
    def stopped(reply: Reply, control: Control | None, now: datetime) -> str:
        return stop(control, reply.channel, (reply.category, reply.rule), None, now)

    patch.setattr(outbound, "stopped", stopped)


def a_crisis_takes_a_persons_place(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(store, "begin_crisis", store.hold)


def releases_whatever_holds_the_scope(patch: pytest.MonkeyPatch) -> None:
    release = store.release
    patch.setattr(store, "release", lambda *which: release(*which[:5]))


def looks_and_then_releases(patch: pytest.MonkeyPatch) -> None:
    def release(brand: str, scope: str, by: str, why: str, now: datetime, seen: Hold) -> bool:
        found = store.control(brand)
        return found is not None and seen in found.holds and plain(brand, scope, by, why, now)

    plain = store.release
    patch.setattr(store, "release", release)


def a_release_lets_go_what_is_still_right(patch: pytest.MonkeyPatch) -> None:
    ended = brakes._ended

    def flushed(reply: Reply, by: str, stale_minutes: float) -> bool:
        if ended(reply, by, stale_minutes):
            return True
        ready = outbound.moved(reply, "ready", clock.token(), clock.now(), "released")
        if store.move(reply, ready):
            queues.send(settings().outbound_queue, [reply.key.model_dump_json()])
        return False

    patch.setattr(brakes, "_ended", flushed)


def ends_what_was_decided_meanwhile(patch: pytest.MonkeyPatch) -> None:
    move = store.move

    def careless(before: Reply, after: Reply) -> bool:
        if after.state != "rejected":
            return move(before, after)
        there = store.reply(before.brand, before.conversation, before.id)
        return there is not None and move(there, after)

    patch.setattr(store, "move", careless)


def notes_a_text_message_before_it_stops(patch: pytest.MonkeyPatch) -> None:
    def obey(sms: Sms) -> dict[str, str] | None:
        if store.is_sms_noted(BRAND, sms.id):
            return {}
        store.note_sms(BRAND, sms.id, clock.now())
        store.hold(BRAND, hold(by="ann"))
        return {BRAND: "brand"}

    patch.setattr(brakes, "obey", obey)


def confirms_a_text_message_and_stops_once(patch: pytest.MonkeyPatch) -> None:
    """Gives up after the first trouble, as an asynchronous call without a queue would."""
    obey = brakes.obey

    def once(sms: Sms) -> dict[str, str] | None:
        if store.is_sms_noted(BRAND, f"tried-{sms.id}"):
            return {}
        store.note_sms(BRAND, f"tried-{sms.id}", clock.now())
        return obey(sms)

    patch.setattr(brakes, "obey", once)


def a_heartbeat_makes_a_control_item(patch: pytest.MonkeyPatch) -> None:
    def beat(brand: str, now: datetime) -> bool:
        return store.create_control(brand, now) or beats(brand, now)

    beats = store.beat
    patch.setattr(store, "beat", beat)


def a_deployment_makes_it_anew(patch: pytest.MonkeyPatch) -> None:
    def create(brand: str, now: datetime) -> bool:
        key = {"pk": f"{brand}#B", "sk": "CONTROL"}
        table.put(key | {"holds": {}, "heartbeat": stamp(now)})
        return True

    patch.setattr(store, "create_control", create)


def stops(world: World) -> list[str]:
    """Posts whose sender looked after the stop, or not at all."""
    return stop_and_send(world, lambda: store.hold(BRAND, hold())).late


def gaps(world: World) -> list[str]:
    """What a sender does between its last look and a post that comes after the stop."""
    found = stop_and_send(world, lambda: store.hold(BRAND, hold())).gaps
    return [" ".join(steps) for steps in found if steps != ["GetItem"]]


def orders(run: Callable[[World], Any]) -> Callable[[World], list[str]]:
    """What is wrong after any order."""
    return lambda world: [what for what, _ in run(world).wrong]


BROKEN: dict[str, tuple[Break, Callable[[World], list[str]]]] = {
    change.__name__: (change, run)
    for change, run in (
        (keeps_the_brake_in_a_warm_function, stops),
        (looks_before_it_claims, gaps),
        (knows_no_topics, braking.held_by_word),
        (a_crisis_takes_a_persons_place, orders(braking.crisis_and_hold)),
        (releases_whatever_holds_the_scope, orders(braking.release_and_hold)),
        (looks_and_then_releases, orders(braking.release_and_hold)),
        (a_release_lets_go_what_is_still_right, braking.released_with_right_answers),
        (ends_what_was_decided_meanwhile, orders(braking.recheck_and_approve)),
        (notes_a_text_message_before_it_stops, braking.text_message),
        (confirms_a_text_message_and_stops_once, braking.text_message),
        (a_heartbeat_makes_a_control_item, braking.lost_and_beaten),
        (a_deployment_makes_it_anew, braking.deployed_again),
    )
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_brake_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    change, run = BROKEN[name]
    change(monkeypatch)
    found = run(world)
    world.notes.append(f"{name}: {found[0] if found else '-'}")
    assert found
