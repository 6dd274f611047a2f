"""The decision by where a rule stands on its ladder."""

import pytest

from desk.ladder import RUNGS, Standing, moved, place, version_of
from desk.mention import Author, Reading, Rung
from desk.playbook import Rule
from tests.unit.test_triage import ANGRY, CALM, HOURS, LEAK, NOON, decided, playbook, rule


def at(rung: Rung, one: Rule = HOURS) -> dict[str, Standing]:
    """The rule on that rung."""
    begun = place(one, playbook(), NOON, None)
    return {one.id: begun if begun.rung == rung else moved(begun, rung, "lin", "a test", NOON)}


@pytest.mark.parametrize("reading", [CALM, ANGRY], ids=["calm", "angry"])
def test_what_a_rule_in_the_shadow_matches_goes_on_as_if_it_were_not_there(
    reading: Reading,
) -> None:
    lower = rule("chatter", action="record", script="", priority=1, category="chatter")
    for others in ((), (lower,)):
        without = decided(*others, reading=reading)
        decision = decided(HOURS, *others, reading=reading, standings=at("shadow"))
        assert decision.reasons == ("shadow:hours", *without.reasons)
        left = {"reasons": without.reasons, "unsaid": ()}
        assert decision.model_copy(update=left) == without


def test_what_would_have_been_said_from_the_shadow_is_kept() -> None:
    [unsaid] = decided(HOURS, author=Author(id="U1"), standings=at("shadow")).unsaid
    assert (unsaid.rule, unsaid.script, unsaid.text) == ("hours", "hours", "每天 10:00–22:00。")
    assert unsaid.version == version_of(HOURS, playbook())
    assert decided(HOURS, standings=at("shadow"), taken_over=True).unsaid == ()


def test_a_rule_that_is_equal_to_one_in_the_shadow_is_not_held_to_it() -> None:
    spam = rule("a-spam", action="ignore", script="")
    assert decided(spam, HOURS, standings=at("shadow")).action == "ignore"
    where = rule("where")
    decision = decided(HOURS, where, standings=at("shadow"))
    assert (decision.action, decision.rule, decision.rung) == ("answer", "where", "auto")


def test_a_rule_that_suggests_asks_a_person_with_its_answer() -> None:
    decision = decided(HOURS, author=Author(id="U1"), standings=at("suggest"))
    assert (decision.action, decision.text) == ("escalate", "每天 10:00–22:00。")
    assert decision.reasons == ("rule:hours|answer", "suggest:hours")
    assert (decision.rung, decision.rule_version) == ("suggest", version_of(HOURS, playbook()))
    joining = rule("hours", joins="rule")
    assert decided(joining, standings=at("suggest")).cause == "mention:line:m1"


@pytest.mark.parametrize("rung", ["suggest", "auto"])
def test_a_proposal_that_was_in_doubt_says_nothing_about_its_rule(rung: Rung) -> None:
    decision = decided(HOURS, taken_over=True, standings=at(rung))
    assert decision.reasons == ("rule:hours|answer", "taken_over")
    assert decision.rung is None


@pytest.mark.parametrize("rung", RUNGS)
def test_what_is_grave_or_wants_a_person_is_on_no_ladder(rung: Rung) -> None:
    allergy = rule("allergy", risk="sensitive", evidence=None)
    assert decided(allergy, standings=at(rung, allergy)).reasons[-1] == "risk:sensitive"
    person = CALM.model_copy(update={"intents": ("person",)})
    assert decided(HOURS, reading=person, standings=at(rung)).reasons == ("wants_person",)
    assert decided(LEAK, HOURS, standings=at(rung)).reasons == ("severe_rule:leak",)


def test_a_rule_that_has_not_proved_itself_begins_in_the_shadow() -> None:
    new = rule("new", evidence=None)
    assert decided(new).reasons == ("shadow:new", "no_rule")
    changed = HOURS.model_copy(update={"query": "y"})
    assert decided(changed, standings=at("suggest")).rung == "auto"  # by its own evidence
