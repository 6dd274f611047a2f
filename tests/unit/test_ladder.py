"""The ladder: what a rule has to show before it answers by itself, and what throws it back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from desk.ladder import (
    CHANGES,
    Change,
    Standing,
    climbs,
    convinces,
    mark_of,
    marked_wrong,
    moved,
    place,
    still_automatic,
    version_of,
)
from desk.outbound import Reply
from desk.playbook import Approver, Evidence, Examples, Playbook, Policy, Rule, Scope, Script, Step
from tests import records

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(hours=24)
RULE = Rule(
    id="hours", query="hours", category="question", priority=300, action="answer", script="hours",
    examples=Examples(match=("x",), leave=("y",)),
)  # fmt: skip
EVIDENCE = Evidence(matches=50, agreed=48, by="lin", on=NOON.date(), source="drafts")
PROVEN = RULE.model_copy(update={"evidence": EVIDENCE})


def book(*rules: Rule, text: str = "Ten to ten.") -> Playbook:
    return Playbook(
        brand="xiaoman", version="1", name="Xiaoman", languages=("en",), rules=rules,
        scripts=(Script(id="hours", variants={"en": (text,)}), Script(id="other", variants={})),
        policies={"default": Policy(steps=(Step(ask=("lin",), wait_minutes=1),))},
        approvers={"lin": Approver(name="Lin")},
    )  # fmt: skip


def standing(rung: Any, **counts: int) -> Standing:
    first = Change(rung=rung, at=NOON, by="lin", why="a test")
    version = version_of(RULE, book())
    return Standing(rule="hours", version=version, rung=rung, changes=(first,), **counts)


def later(there: Standing, after: timedelta = DAY) -> Standing:
    return place(RULE, book(), NOON + after, there)


# Up


@pytest.mark.parametrize(
    ("matched", "hours", "rung"),
    [(50, 24, "suggest"), (49, 24, "shadow"), (50, 23.9, "shadow"), (0, 240, "shadow"),
     (900, 1, "shadow")],
)  # fmt: skip
def test_a_rule_listens_to_fifty_matches_and_for_a_day(
    matched: int, hours: float, rung: str
) -> None:
    assert later(standing("shadow", matched=matched), timedelta(hours=hours)).rung == rung


@pytest.mark.parametrize(
    ("agreed", "differed", "rung"),
    [(50, 0, "auto"), (48, 2, "auto"), (47, 3, "suggest"), (49, 0, "suggest"), (0, 60, "suggest"),
     (57, 3, "auto"), (94, 6, "suggest"), (0, 0, "suggest")],
)  # fmt: skip
def test_it_answers_once_people_agreed_to_nineteen_of_twenty_over_fifty(
    agreed: int, differed: int, rung: str
) -> None:
    assert later(standing("suggest", agreed=agreed, differed=differed)).rung == rung


def test_what_earned_nothing_over_two_hundred_is_counted_anew() -> None:
    then = later(standing("suggest", agreed=180, differed=20))
    assert (then.rung, then.decided, then.since) == ("suggest", 0, NOON + DAY)
    assert "180 of 200" in then.changes[-1].why


def test_every_change_says_when_by_whom_and_why() -> None:
    then = later(standing("shadow", matched=50))
    assert then.changes[-1] == Change(
        rung="suggest", at=NOON + DAY, by="ladder", why="50 matches since 2026-03-02 12:00"
    )
    then = moved(then, "auto", "yijun", "opening hours do not change", NOON + 2 * DAY)
    assert [change.by for change in then.changes] == ["lin", "ladder", "yijun"]
    for number in range(CHANGES):
        then = moved(then, "suggest", "lin", str(number), NOON + number * DAY)
    assert len(then.changes) == CHANGES


# Down


@pytest.mark.parametrize(
    ("rung", "then"), [("auto", "suggest"), ("suggest", "suggest"), ("shadow", "shadow")]
)
def test_one_wrong_answer_makes_a_rule_suggest_and_earn_it_anew(rung: str, then: str) -> None:
    before = standing(rung, agreed=49, matched=49)
    after = marked_wrong(before, "m1", "yijun", "wrong price", NOON + DAY)
    assert (after.rung, after.decided, after.matched) == (then, 0, 0)
    assert after.changes[-1].why == "wrong: wrong price"
    assert marked_wrong(after, "m1", "lin", "again", NOON + 2 * DAY) == after
    assert marked_wrong(after, "m2", "lin", "", NOON + 2 * DAY).since == NOON + 2 * DAY


# The beginning


def test_a_new_rule_begins_in_the_shadow_and_one_with_evidence_answers() -> None:
    begun = place(RULE, book(RULE), NOON, None)
    assert (begun.rung, begun.since, begun.matched) == ("shadow", NOON, 0)
    begun = place(PROVEN, book(PROVEN), NOON, None)
    assert (begun.rung, begun.evidence) == ("auto", NOON.date())
    assert begun.changes[0].by == "lin"
    assert "48 of 50 agreed to, 2026-03-02: drafts" in begun.changes[0].why


@pytest.mark.parametrize(
    ("matches", "agreed", "enough"), [(50, 48, True), (50, 47, False), (49, 49, False)]
)
def test_evidence_is_as_much_as_the_ladder_asks_for(
    matches: int, agreed: int, enough: bool
) -> None:
    given = EVIDENCE.model_copy(update={"matches": matches, "agreed": agreed})
    assert convinces(given) is enough


@pytest.mark.parametrize(
    ("on", "counts"),
    [
        pytest.param(date(2026, 2, 1), False, id="what was brought before"),
        pytest.param(date(2026, 3, 1), False, id="newer, from before the last change"),
        pytest.param(date(2026, 3, 2), True, id="of the day of the last change"),
        pytest.param(date(2026, 3, 9), True, id="of later"),
    ],
)
def test_a_changed_rule_needs_evidence_that_is_newer_than_its_other_forms(
    on: date, counts: bool
) -> None:
    other = standing("auto").model_copy(update={"version": "old", "evidence": date(2026, 2, 1)})
    given = EVIDENCE.model_copy(update={"on": on})
    changed = RULE.model_copy(update={"query": "open", "evidence": given})
    begun = place(changed, book(changed), NOON + DAY, None, [other])
    assert begun.rung == ("auto" if counts else "shadow")


def test_evidence_that_another_form_began_with_does_not_count_again_on_the_same_day() -> None:
    other = standing("auto").model_copy(update={"version": "old", "evidence": NOON.date()})
    changed = PROVEN.model_copy(update={"query": "open"})
    assert place(changed, book(changed), NOON, None, [other]).rung == "shadow"


@pytest.mark.parametrize(
    "change",
    [{"query": "open"}, {"scope": Scope(channels=("line",))}, {"script": "other"},
     {"risk": "sensitive"}, {"action": "escalate"}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_a_rule_that_answers_otherwise_is_another_form(change: dict[str, Any]) -> None:
    assert version_of(RULE.model_copy(update=change), book()) != version_of(RULE, book())


def test_a_rule_is_the_same_until_what_it_answers_or_says_changes() -> None:
    same = {"priority": 1, "category": "c", "policy": "p", "evidence": EVIDENCE}
    assert version_of(RULE.model_copy(update=same), book()) == version_of(RULE, book())
    assert version_of(RULE, book(text="Nine to nine.")) != version_of(RULE, book())


@pytest.mark.parametrize(
    "change", [{"action": "escalate"}, {"action": "record"}, {"risk": "sensitive"}]
)
def test_what_never_answers_by_itself_has_nothing_to_earn(change: dict[str, Any]) -> None:
    assert climbs(RULE)
    assert not climbs(RULE.model_copy(update=change))


def test_what_is_kept_and_cannot_be_read_stays_where_a_person_looks() -> None:
    broken = Standing(rule="hours", version="v", rung="suggest", agreed=900)
    assert later(broken, 9 * DAY) == broken


# What a decision says of a rule


def decided(state: str, **change: Any) -> Reply:
    facts = {"rung": "suggest", "rule_version": "v", "decided_by": "lin", "decided_at": NOON}
    return records.draft(**facts | {"state": state} | change)


@pytest.mark.parametrize(
    ("reply", "mark"),
    [
        pytest.param(decided("ready"), "agreed", id="approved"),
        pytest.param(decided("sent"), "agreed", id="approved and sent since"),
        pytest.param(decided("ready", by_hand=True), "edited", id="approved with other words"),
        pytest.param(decided("rejected"), "rejected", id="rejected"),
        pytest.param(decided("rejected", taken_over=True), "rejected", id="taken over"),
        pytest.param(decided("rejected", wrong=True), "wrong", id="wrong"),
        pytest.param(decided("rejected", wrong=True, rung=None), "wrong", id="wrong at all"),
        pytest.param(decided("ready", rung=None), None, id="in doubt, approved"),
        pytest.param(decided("rejected", rung="auto"), None, id="held, rejected"),
        pytest.param(decided("ready", decided_by=""), None, id="by nobody"),
        pytest.param(decided("ready", rule_version=""), None, id="from before the ladder"),
    ],
)
def test_a_decision_counts_for_the_rule_that_proposed(reply: Reply, mark: str | None) -> None:
    assert mark_of(reply) == mark


# At the claim


def answer(**change: Any) -> Reply:
    facts = {"rule": "hours", "rule_version": version_of(RULE, book()), "rung": "auto"}
    return records.reply(**facts | change)


def test_an_answer_goes_out_while_its_rule_stands_as_it_did() -> None:
    assert still_automatic(answer(), book(RULE), standing("auto")) == ""
    assert still_automatic(answer(rule_version=""), book(RULE), standing("auto")) == ""
    yes = answer(automatic=False, decided_by="lin")
    assert still_automatic(yes, book(), None) == ""


@pytest.mark.parametrize(
    ("rules", "there", "why"),
    [
        pytest.param((), "auto", "rule_gone:hours", id="gone"),
        pytest.param(
            (RULE.model_copy(update={"action": "record"}),), "auto", "rule_gone:hours", id="records"
        ),
        pytest.param(
            (RULE.model_copy(update={"query": "open"}),), "auto", "rule_changed:hours", id="changed"
        ),
        pytest.param((RULE,), "suggest", "suggest:hours", id="called wrong"),
        pytest.param((RULE,), "shadow", "suggest:hours", id="demoted"),
        pytest.param((RULE,), None, "suggest:hours", id="stands nowhere"),
    ],
)
def test_an_answer_of_a_rule_that_does_not_goes_to_a_person(
    rules: tuple[Rule, ...], there: str | None, why: str
) -> None:
    assert still_automatic(answer(), book(*rules), standing(there) if there else None) == why
