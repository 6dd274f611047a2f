"""The order of effects, broken in one place at a time: the runs must notice every one of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import pytest

from cloud import aws, clock, deciding, leave, matters, outside, queues, store
from cloud.settings import settings
from cloud.store import table
from desk import approval, briefing, control, escalation, outbound
from desk.approval import Form
from desk.channels import standard
from desk.control import Control
from desk.escalation import Escalation, Matter
from desk.mention import Mention, fingerprint
from desk.outbound import NEEDS_A_PERSON, Key, Reply, Sweep
from desk.pages.view import View
from desk.playbook import Playbook
from desk.wire import NotSent, Outcome, Response, Unknown
from functions.decide import app as decide
from functions.escalate import app as escalate
from functions.send import app as send
from tests.conftest import BRAND
from tests.faults.actors import hold_and_send, interleaved, says, sweeps, take, until
from tests.faults.exploration import Exploration
from tests.faults.scenarios import EDITED, SCENARIOS, START
from tests.faults.schedules import Schedules
from tests.faults.world import World

Break = Callable[[pytest.MonkeyPatch], None]


class Variant(NamedTuple):
    """A broken order, the scenario whose faults show it, and what is then seen."""

    change: Break
    scenario: str
    seen: str


# ---------------------------------------------------------------- ingest


def skips_what_was_seen_before(patch: pytest.MonkeyPatch) -> None:
    kept, add, carry_out = [False], store.add_mention, deciding.carry_out

    def noted(new: Mention, *more: Any) -> Mention | None:
        there = add(new, *more)
        kept[0] = there is not None
        return there

    def unless_seen(*what: Any) -> list[queues.Message]:
        return [] if kept[0] else carry_out(*what)

    patch.setattr(store, "add_mention", noted)
    patch.setattr(deciding, "carry_out", unless_seen)


def queues_before_it_stores(patch: pytest.MonkeyPatch) -> None:
    add = store.add_reply

    def late(new: Reply) -> Reply | None:
        queues.send(settings().outbound_queue, [new.key.model_dump_json()])
        return add(new)

    patch.setattr(store, "add_reply", late)


# ---------------------------------------------------------------- publish


def posts_before_it_claims(patch: pytest.MonkeyPatch) -> None:
    def process(record: Any) -> None:
        key = Key.model_validate_json(record.body)
        reply = store.reply(key.brand, key.conversation, key.reply)
        door = outside.door(BRAND, "standard")
        if reply is None or reply.state != "ready" or isinstance(door, outside.Closed):
            return
        claimed = outbound.moved(reply, "sending", clock.token(), clock.now(), "claimed")
        asked = leave.to_say(reply, store.playbook(BRAND), door.platform.RULES, clock.now())
        if asked.ruling.to != "sending":
            return
        outcome = outside.post(door, reply).outcome
        if store.move(reply, claimed):
            send.finish(claimed, outbound.after(claimed, outcome, clock.token(), clock.now()))

    patch.setattr(send, "process", process)


def moves_without_a_condition(patch: pytest.MonkeyPatch) -> None:
    def replace(item: table.Item, state: str, token: str) -> bool:
        table.put(item)
        return True

    patch.setattr(table, "replace", replace)


def forgets_its_own_writes(patch: pytest.MonkeyPatch) -> None:
    there = table._there
    patch.setattr(table, "_there", lambda *which: there(*which) | {"token": "somebody else's"})


def takes_any_write_to_that_state_for_its_own(patch: pytest.MonkeyPatch) -> None:
    there = table._there

    def like_ours(error: Any, item: table.Item) -> table.Item:
        found = there(error, item)
        return found | {"token": item.get("token", "")}

    patch.setattr(table, "_there", like_ours)


def refusals_prove_that_nothing_was_posted(patch: pytest.MonkeyPatch) -> None:
    def outcome(response: Response) -> Outcome:
        if 400 <= response.status < 500:
            return NotSent("permanent", f"HTTP {response.status}")
        return real(response)

    real = standard.outcome
    patch.setattr(standard, "outcome", outcome)


def tries_doubts_again(patch: pytest.MonkeyPatch) -> None:
    after = outbound.after

    def again(reply: Reply, outcome: Outcome, token: str, now: datetime) -> Reply:
        if isinstance(outcome, Unknown):
            outcome = NotSent("unreachable", outcome.reason, again_after=1)
        return after(reply, outcome, token, now)

    patch.setattr(outbound, "after", again)


def sweeps_claims_back(patch: pytest.MonkeyPatch) -> None:
    overdue = outbound.overdue

    def back(reply: Reply, token: str, now: datetime) -> Sweep:
        sweep = overdue(reply, token, now)
        if reply.state != "sending" or sweep.then is None:
            return sweep
        return Sweep(sweep.then.model_copy(update={"state": "ready"}), "outbound", "again")

    patch.setattr(outbound, "overdue", back)


def records_doubts_without_a_deadline(patch: pytest.MonkeyPatch) -> None:
    moved = outbound.moved

    def silent(reply: Reply, to: Any, *rest: Any, **change: Any) -> Reply:
        after = moved(reply, to, *rest, **change)
        return after.model_copy(update={"due_at": None}) if to in NEEDS_A_PERSON else after

    patch.setattr(outbound, "moved", silent)


# ---------------------------------------------------------------- stop


def a_missing_control_item_means_go(patch: pytest.MonkeyPatch) -> None:
    stop = control.stop
    nothing = Control(brand=BRAND, heartbeat=START)
    patch.setattr(outbound, "stop", lambda found, *rest: stop(found or nothing, *rest))


def a_failed_look_at_the_holds_means_go(patch: pytest.MonkeyPatch) -> None:
    read = store.control

    def swallowed(brand: str) -> Control | None:
        try:
            return read(brand)
        except aws.TROUBLE:
            return Control(brand=brand, heartbeat=START)

    patch.setattr(store, "control", swallowed)


# ---------------------------------------------------------------- approve and escalate


def a_get_decides(patch: pytest.MonkeyPatch) -> None:
    def show(case: Any, *rest: Any, **more: Any) -> Any:
        if not rest and not more and case.reply is not None and case.reply.state == "pending":
            form = Form("approve", case.reply.text, "", case.reply.fingerprint)
            return decide.decide(case, form, "")
        return real(case, *rest, **more)

    real = decide.show
    patch.setattr(decide, "show", show)


def links_are_never_spent(patch: pytest.MonkeyPatch) -> None:
    for module in approval, briefing:
        patch.setattr(module, "spent", lambda *which: False)


def a_form_that_comes_again_counts_in_a_doubt(patch: pytest.MonkeyPatch) -> None:
    links_are_never_spent(patch)
    patch.setattr(Reply, "fingerprint", property(lambda reply: fingerprint(reply.text)))


def the_page_of_a_doubt_does_not_say_so(patch: pytest.MonkeyPatch) -> None:
    links_are_never_spent(patch)
    view_of = briefing.view_of

    def silent(case: briefing.Case, *rest: Any, **more: Any) -> View:
        return replace(view_of(case, *rest, **more), kind=case.escalation.matter.kind)

    patch.setattr(briefing, "view_of", silent)


def a_link_decides_on_what_took_its_matters_place(patch: pytest.MonkeyPatch) -> None:
    for module in approval, briefing:
        patch.setattr(module, "outdated", lambda *which: False)


def asks_about_what_was_settled(patch: pytest.MonkeyPatch) -> None:
    def settled(before: Escalation, *rest: Any) -> Escalation:
        return real(before, *rest).model_copy(update={"due_at": before.due_at})

    def next_move(before: Escalation, *rest: Any) -> Any:
        move = due(before.model_copy(update={"state": "open"}), *rest)
        return move and move._replace(then=move.then.model_copy(update={"state": before.state}))

    real, due = escalation.settled, escalation.next_move
    patch.setattr(approval, "settled", settled)
    patch.setattr(escalation, "next_move", next_move)


def what_comes_again_opens_anew(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(escalate, "put_in", put_in_as_if_new)


def put_in_as_if_new(matter: Matter, name: str, playbook: Playbook) -> Escalation | None:
    """Joins what is open, without a second look; opens what is not, whatever opened it before."""
    new = escalation.opened(matter, name, playbook.policies, clock.token())
    there = store.add_escalation(new)
    if there is None:
        return new
    joined = escalation.joined(there, matter, clock.token())
    return joined if store.advance(there, joined) else store.escalation(matter.brand, name)


def looks_for_no_answer_written_by_hand(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(escalation, "ABOUT_REPLIES", escalation.ABOUT_REPLIES - {"help"})


def notes_a_matter_before_it_is_put_in(patch: pytest.MonkeyPatch) -> None:
    put_in = escalate.put_in

    def after(matter: Matter, name: str, playbook: Playbook) -> Escalation:
        store.join(matter.brand, name, matter.event, clock.now())
        return put_in(matter, name, playbook)

    patch.setattr(escalate, "put_in", after)


BY_FAULTS = {
    change.__name__: Variant(change, scenario, seen)
    for change, scenario, seen in (
        (skips_what_was_seen_before, "answer", "nothing answers"),
        (queues_before_it_stores, "answer", "LookupError"),
        (posts_before_it_claims, "answer", "2 posts"),
        (forgets_its_own_writes, "answer", "an answer that was lost"),
        (refusals_prove_that_nothing_was_posted, "answer", "in our books it is failed"),
        (tries_doubts_again, "answer", "2 posts"),
        (sweeps_claims_back, "stopped", "2 posts"),
        (records_doubts_without_a_deadline, "doubt", "put before nobody"),
        (a_missing_control_item_means_go, "lost control", "posted under a hold"),
        (a_failed_look_at_the_holds_means_go, "held", "posted under a hold"),
        (a_get_decides, "edited", "a GET changed something"),
        (a_form_that_comes_again_counts_in_a_doubt, "approved in doubt", "2 posts"),
        (the_page_of_a_doubt_does_not_say_so, "approved in doubt", "2 posts"),
        (a_link_decides_on_what_took_its_matters_place, "overtaken", "another matter"),
        (asks_about_what_was_settled, "rejected", "was asked anew"),
        (what_comes_again_opens_anew, "rejected", "was asked anew"),
        (looks_for_no_answer_written_by_hand, "written", "people are still asked"),
        (notes_a_matter_before_it_is_put_in, "written", "put before nobody"),
    )
}


@pytest.mark.parametrize("name", BY_FAULTS)
def test_one_fault_shows_what_is_broken(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    variant = BY_FAULTS[name]
    variant.change(monkeypatch)
    found = Exploration(world, enough=1)
    found.explore(SCENARIOS[variant.scenario], faults=1)
    world.notes.append(f"{name}: {found}, then {found.breaches[0].what if found.breaches else '-'}")
    assert any(variant.seen in breach.what for breach in found.breaches), found.breaches


# ---------------------------------------------------------------- two at once


def looks_at_the_holds_before_it_claims(patch: pytest.MonkeyPatch) -> None:
    read, door = store.control, outside.door
    seen: list[Control | None] = []

    def early(brand: str, channel: str) -> Any:
        seen[:] = [read(brand)]
        return door(brand, channel)

    patch.setattr(outside, "door", early)
    patch.setattr(store, "control", lambda brand: seen[0])


def test_a_look_at_the_holds_before_the_claim_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks_at_the_holds_before_it_claims(monkeypatch)
    _, late = hold_and_send(world)
    assert any(steps[-3:] != ["look", "hold", "POST"] for steps in late)


def two_senders(world: World) -> Schedules:
    sender = take(world, until(world, "answer", "send"))
    return interleaved(world, "send twice", sender, sender)


def decision_and_expiry(world: World) -> Schedules:
    until(world, "edited", "decide", times=2)
    [reply] = world.stored().replies
    actor = says(world, "ann", "approve", EDITED)
    world.now = (reply.expires_at - START).total_seconds() - 1
    return interleaved(world, "approve × expire", actor, sweeps(world))


def two_decisions(world: World) -> Schedules:
    until(world, "edited", "decide", times=2)
    actors = says(world, "ann", "approve", EDITED), says(world, "ben", "reject")
    return interleaved(world, "approve × reject", *actors)


def one_joins_what_another_ends(world: World) -> Schedules:
    joining = take(world, until(world, "joined", "escalate", times=2))
    return interleaved(world, "join × end", joining, says(world, "ann", "reject"))


def the_page_says_what_was_wished(patch: pytest.MonkeyPatch) -> None:
    carry_out = matters.carry_out
    patch.setattr(matters, "carry_out", lambda *decision: carry_out(*decision) or True)


def expires_what_was_decided_meanwhile(patch: pytest.MonkeyPatch) -> None:
    move = store.move

    def careless(before: Reply, after: Reply) -> bool:
        if after.state != "expired":
            return move(before, after)
        there = store.reply(before.brand, before.conversation, before.id)
        return there is not None and move(there, after)

    patch.setattr(store, "move", careless)


def reports_what_has_passed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(escalation, "REPORTS", frozenset())


BY_ORDERS: dict[str, tuple[Break, Callable[[World], Schedules], str]] = {
    change.__name__: (change, run, seen)
    for change, run, seen in (
        (takes_any_write_to_that_state_for_its_own, two_senders, "2 posts"),
        (moves_without_a_condition, two_senders, "2 posts"),
        (expires_what_was_decided_meanwhile, decision_and_expiry, "counts, and it does not"),
        (reports_what_has_passed, decision_and_expiry, "people are still asked"),
        (the_page_says_what_was_wished, two_decisions, "counts, and it does not"),
        (what_comes_again_opens_anew, one_joins_what_another_ends, "came after the end"),
    )
}


@pytest.mark.parametrize("name", BY_ORDERS)
def test_an_order_shows_what_is_broken(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    change, run, seen = BY_ORDERS[name]
    change(monkeypatch)
    found = run(world)
    assert any(seen in what for what, _ in found.wrong)
