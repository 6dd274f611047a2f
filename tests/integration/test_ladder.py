"""A rule on its ladder, through the real functions: what counts, once, and what throws it back."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import target
from cli.commands import app
from cloud import store
from cloud.store import table
from desk.escalation import Matter
from desk.ladder import Standing, moved, version_of
from desk.mention import Mention, Rung
from desk.outbound import Key, Reply
from desk.playbook import Playbook, Rule
from desk.wire import Delivery, Outbound, stamp
from functions.send.app import handler as send
from functions.triage.app import handler as triage
from tests import records
from tests.records import BRAND, NOON, draft

pytestmark = pytest.mark.usefixtures("at")
Queued = Callable[[str], list[str]]
At = Callable[[datetime], None]
DAY = timedelta(hours=24)


@pytest.fixture
def rule(playbook: Playbook) -> Rule:
    """One of the example brand's that begin in the shadow."""
    return next(rule for rule in playbook.rules if rule.id == "ask-bulk")


@pytest.fixture
def put(playbook: Playbook, rule: Rule) -> Callable[[Rung], Standing]:
    """Puts the rule on a rung, at noon."""

    def put(rung: Rung) -> Standing:
        before = store.settle_standings(playbook, [rule], NOON)[rule.id]
        after = moved(before, rung, "lin", "a test", NOON)
        assert store.move_standing(BRAND, before, after)
        return after

    return put


@pytest.fixture
def stands(playbook: Playbook, rule: Rule) -> Callable[[], Standing]:
    """Where the rule stands now."""

    def stands() -> Standing:
        found = store.standing(BRAND, rule.id, version_of(rule, playbook))
        assert found is not None
        return found

    return stands


@pytest.fixture
def hears(context: Any) -> Callable[..., Mention]:
    """Has somebody ask for a bulk order, and gives what was kept of it."""

    def hears(
        number: int = 1,
        text: str = "Do you take corporate orders?",
        talk: str = "",
        when: datetime = NOON,
    ) -> Mention:
        data = {
            "id": f"p-{number}", "text": text, "conversation": talk or f"t-{number}",
            "account": "xiaoman-official", "author": {"id": f"r-{number}", "name": "Ann"},
            "created_at": stamp(when),
        }  # fmt: skip
        body = json.dumps({"type": "mention.created", "data": data}).encode()
        name = f"d-{number}"
        delivery = Delivery(name, BRAND, "standard", stamp(when), {"webhook-id": name}, {}, body)
        assert triage(records.batch(delivery.to_json()), context)["batchItemFailures"] == []
        rows = store.feed(BRAND, when - DAY, when + DAY)
        return next(row for row in rows if isinstance(row, Mention) and row.delivery == f"{name}:0")

    return hears


def test_what_a_new_rule_would_say_is_kept_and_nobody_hears_it(
    hears: Any, stands: Any, queued: Queued
) -> None:
    one = hears()
    assert (one.decision.action, one.decision.reasons[0]) == ("record", "shadow:ask-bulk")
    assert "20 pieces" in one.decision.unsaid[0].text
    assert (stands().rung, stands().matched) == ("shadow", 1)
    assert not queued("outbound")
    assert not queued("escalations")


def test_a_mention_counts_once_however_often_it_is_delivered(hears: Any, stands: Any) -> None:
    for _ in range(3):
        hears(1)
    hears(2)
    assert stands().matched == 2


def test_ten_at_once_lose_no_match_and_fail_no_mention(
    put: Any, hears: Any, stands: Any, rule: Rule
) -> None:
    put("shadow")
    one = hears(0)
    many = [one.model_copy(update={"id": f"standard:{number}"}) for number in range(40)]
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(store.count_matches, many + many))
    assert stands().matched == 41


def test_fifty_matches_and_a_day_make_it_suggest(
    put: Any, hears: Any, stands: Any, at: At, queued: Queued
) -> None:
    put("shadow")
    one = hears(0)
    for number in range(60):
        store.count_matches(one.model_copy(update={"id": f"standard:{number}"}))
    assert stands().matched == 50  # no more are needed, and none are kept
    hears(1, when=NOON + DAY - timedelta(minutes=1))
    assert stands().rung == "shadow"
    at(NOON + DAY)
    one = hears(2, when=NOON + DAY)
    assert (one.decision.action, one.decision.reasons[-1]) == ("escalate", "suggest:ask-bulk")
    matter = Matter.model_validate_json(queued("escalations")[-1])
    reply = store.reply(BRAND, one.conversation, matter.reply)
    assert reply is not None
    assert (reply.state, reply.rung, reply.automatic) == ("pending", "suggest", False)


def test_what_cannot_be_read_is_put_before_a_person(put: Any, hears: Any, stands: Any) -> None:
    there = put("auto")
    key = {"pk": f"{BRAND}#B", "sk": f"LADDER#{there.rule}#{there.version}"}
    table.put(key | {"body": "{", "rung": "auto"})
    assert stands().rung == "suggest"
    assert hears().decision.action == "escalate"


@pytest.mark.parametrize(
    ("form", "agreed", "differed"),
    [
        ({}, 1, 0),
        ({"text": "改过的话"}, 0, 1),
        ({"action": "reject"}, 0, 1),
        ({"action": "take_over"}, 0, 1),
    ],
)
def test_a_decision_on_a_suggestion_counts_once(
    form: dict[str, str],
    agreed: int,
    differed: int,
    put: Any,
    a_draft: None,
    decide: Any,
    stands: Any,
) -> None:
    there = put("suggest")
    suggested = {"rule": there.rule, "rule_version": there.version, "rung": "suggest"}
    assert store.move(draft(), draft(token="t0", **suggested))
    for _ in range(2):
        decide(**form)
    assert (stands().agreed, stands().differed) == (agreed, differed)
    [reply] = [
        one for one in store.conversation(BRAND, "line:conversation") if isinstance(one, Reply)
    ]
    store.count_decision(reply)
    assert (stands().agreed, stands().differed) == (agreed, differed)


def test_a_decision_from_before_the_rung_says_nothing_of_it(put: Any, stands: Any) -> None:
    there = put("suggest")
    facts = {"rule": there.rule, "rule_version": there.version, "rung": "suggest"}
    facts |= {"state": "rejected", "decided_by": "lin"}
    store.count_decision(draft(decided_at=NOON - timedelta(seconds=1), **facts))
    assert stands().decided == 0
    store.count_decision(draft(decided_at=NOON, **facts))
    assert stands().decided == 1


def test_a_wrong_answer_stops_what_its_rule_has_made_and_not_sent(
    put: Any, hears: Any, stands: Any, queued: Queued, context: Any, made: list[Outbound]
) -> None:
    there = put("auto")
    assert hears().decision.action == "answer"
    [message] = queued("outbound")
    for _ in range(2):
        store.mark_wrong(
            BRAND, there.rule, there.version, "line:m", by="lin", why="price", now=NOON
        )
    assert (stands().rung, [change.by for change in stands().changes][-1]) == ("suggest", "lin")
    assert len(stands().wrong) == 1
    send(records.batch(message), context)
    key = Key.model_validate_json(message)
    reply = store.reply(key.brand, key.conversation, key.reply)
    assert reply is not None
    assert (reply.state, reply.reason, made) == ("held", "suggest:ask-bulk", [])
    assert Matter.model_validate_json(queued("escalations")[0]).reply == reply.id


def test_who_asks_for_a_person_gets_no_machine_until_somebody_hands_it_back(
    put: Any, hears: Any, run: Any
) -> None:
    put("auto")
    first = hears(1, "I want to speak to a human, please", talk="t")
    assert first.decision.reasons == ("wants_person",)
    asked = hears(2, talk="t")
    assert (asked.decision.action, asked.decision.reasons[-1]) == ("escalate", "taken_over")
    assert hears(3, talk="elsewhere").decision.action == "answer"
    released = ["conversations", "release", first.conversation, "--by", "lin", "--reason", "done"]
    assert CliRunner().invoke(app, released).exit_code == 0
    assert "by lin: done" in store.hold_log(BRAND)[-1][1]
    assert CliRunner().invoke(app, released).exit_code == 2
    assert hears(4, talk="t").decision.action == "answer"


def test_one_conversation_gets_each_sentence_once_while_another_is_left(
    put: Any, hears: Any
) -> None:
    put("auto")
    texts = [hears(number, talk="t").decision.text for number in range(2)]
    assert len({*texts}) == 2


# From the command line


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    here = target.Target("https://desk.example", {})
    monkeypatch.setattr(target, "choose", lambda stack, endpoint: here)
    return lambda *arguments: CliRunner().invoke(app, ["rules", *arguments])


def test_the_list_shows_every_rule_that_has_to_earn_its_answers(run: Any, put: Any) -> None:
    put("suggest")
    rows = {row["rule"]: row for row in json.loads(run("list", "--json").stdout)}
    assert "lid-defect" not in rows
    assert rows["ask-bulk"]["rung"] == "suggest"
    assert (rows["ask-bulk"]["last"]["by"], rows["ask-bulk"]["met"]) == ("lin", True)
    assert (rows["ask-price"]["rung"], rows["ask-price"]["met"]) == ("auto", False)
    shown = run("list").stdout
    assert "ask-bulk" in shown
    assert "0 of 50" in shown


def test_a_person_moves_a_rule_by_name_and_reason(run: Any, put: Any, stands: Any) -> None:
    put("shadow")
    assert run("promote", "ask-bulk", "--reason", "read them all", "--by", "yijun").exit_code == 0
    assert (stands().rung, stands().changes[-1].by) == ("suggest", "yijun")
    assert run("promote", "ask-bulk", "--to", "auto", "--reason", "so be it").exit_code == 0
    again = run("promote", "ask-bulk", "--reason", "once more")
    assert (again.exit_code, "auto already" in again.stderr) == (2, True)
    assert run("demote", "ask-bulk", "--to", "shadow", "--reason", "wrong month").exit_code == 0
    shown = run("show", "ask-bulk").stdout
    assert "wrong month" in shown
    assert "0 of 50 matches" in shown


def test_all_rules_of_a_brand_that_was_here_before_are_promoted_at_once(
    run: Any, stands: Any
) -> None:
    done = run("promote", "--all", "--reason", "they answered before the ladder", "--by", "lin")
    assert done.exit_code == 0
    assert "ask-bulk: shadow → auto" in done.stderr
    assert "ask-hours" not in done.stderr
    assert stands().rung == "auto"
    assert {row["rung"] for row in json.loads(run("list", "--json").stdout)} == {"auto"}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("promote", "--reason", "x"), "name one rule, or --all"),
        (("promote", "lid-defect", "--reason", "x"), "nothing to earn"),
        (("promote", "none", "--reason", "x"), "no rule"),
        (("promote", "ask-bulk", "--reason", " "), "a reason is needed"),
        (("promote", "ask-bulk", "--to", "up", "--reason", "x"), "no such rung"),
        (("demote", "ask-bulk", "--reason", "x"), "shadow already"),
        (("wrong", "ask-bulk", "--mention", "m", "--reason", "x"), "no mention"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    arguments: tuple[str, ...], why: str, run: Any
) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert why in " ".join(done.stderr.split())
    assert all(one.rule == "ask-hours" for one in store.standings(BRAND))


def test_an_answer_that_was_given_can_be_called_wrong(
    run: Any, put: Any, hears: Any, stands: Any, at: At
) -> None:
    now = datetime.now(NOON.tzinfo)
    at(now)
    put("auto")
    one = hears(when=now)
    other = run("wrong", "ask-price", "--mention", one.id, "--reason", "x")
    assert "was decided by ask-bulk" in " ".join(other.stderr.split())
    assert run("wrong", "ask-bulk", "--mention", one.id, "--reason", "no such price").exit_code == 0
    assert (stands().rung, stands().wrong) == ("suggest", (one.id,))
