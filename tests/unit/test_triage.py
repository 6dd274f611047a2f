"""The decision: each step of the ladder."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from desk.ladder import Standing, version_of
from desk.mention import Author, Decision, Reading
from desk.playbook import (
    Approver,
    Evidence,
    Examples,
    Playbook,
    Policy,
    Rule,
    Script,
    Step,
    Tolerance,
    Topic,
)
from desk.triage import decide
from desk.wire import Item

NOON = datetime(2025, 11, 4, 12, tzinfo=UTC)
CALM = Reading(language="zh-Hans", sentiment="neutral", confidence=0.9)
ANGRY = Reading(language="en", sentiment="negative", confidence=0.9, intents=("complaint",))


EVIDENCE = Evidence(matches=50, agreed=48, by="lin", on=date(2025, 11, 1), source="drafts")


def rule(name: str, **change: Any) -> Rule:
    facts: dict[str, Any] = {
        "id": name,
        "query": "x",
        "category": "question",
        "priority": 300,
        "action": "answer",
        "script": "hours",
        "evidence": EVIDENCE,
        "examples": Examples(match=("x",), leave=("y",)),
    }
    return Rule.model_validate(facts | change)


HOURS = rule("hours")
LEAK = rule("leak", action="escalate", risk="severe", policy="crisis", joins="rule", priority=900,
            category="lid", script="lid")  # fmt: skip
SCRIPTS = (
    Script(
        id="hours",
        variants={
            "zh-Hans": ("每天 10:00–22:00。", "$author 您好，十点到十点。"),
            "en": ("Ten to ten.", "Hi $author, ten to ten."),
            "uk": ("З десятої до десятої.",),
        },
    ),
    Script(id="lid", variants={"zh-Hans": ("请先不要再用。",), "en": ("Please stop using it.",)}),
    Script(id="sorry", variants={"zh-Hans": ("抱歉。",), "en": ("We are sorry.",)}),
)


def playbook(**change: Any) -> Playbook:
    steps = (Step(ask=("lin",), wait_minutes=5),)
    facts: dict[str, Any] = {
        "brand": "xiaoman",
        "version": "v1",
        "name": "晓满",
        "languages": ("zh-Hans", "en"),
        "accounts": {"line": "U-own"},
        "rules": (),
        "scripts": SCRIPTS,
        "policies": {name: Policy(steps=steps) for name in ("default", "crisis", "press")},
        "approvers": {"lin": Approver(name="林悦", language="zh-Hans")},
    }
    return Playbook.model_validate(facts | change)


def decided(
    *rules: Rule,
    text: str = "几点开门",
    reading: Reading = CALM,
    author: Author | None = None,
    taken_over: bool = False,
    book: Playbook | None = None,
    standings: dict[str, Standing] | None = None,
    **item: Any,
) -> Decision:
    facts: dict[str, Any] = {
        "type": "message",
        "action": "create",
        "reply_candidate": True,
        "created_at": NOON - timedelta(minutes=1),
    }
    return decide(
        Item(**(facts | item)),
        text,
        reading,
        rules,
        book or playbook(),
        now=NOON,
        author=author or Author(id="U1", name="小鱼"),
        taken_over=taken_over,
        mention_id="line:m1",
        conversation_id="line:c1",
        standings=standings,
    )


# What is no utterance, or not for us


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"own": True}, id="marked as our own"),
        pytest.param({"author_id": "U-own"}, id="written by our account"),
        pytest.param({"author": Author(id="U-own")}, id="our account is the author"),
    ],
)
def test_what_we_wrote_ourselves_is_an_echo(change: dict[str, Any]) -> None:
    decision = decided(LEAK, HOURS, **change)
    assert (decision.action, decision.reasons) == ("ignore", ("echo",))


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("follow", "create"),
        ("reaction", "create"),
        ("status", "delivered"),
        ("control", "none"),
        ("interaction", "create"),
        ("message", "delete"),
        ("comment", "hide"),
    ],
)
def test_what_is_no_utterance_is_ignored_by_name(kind: str, action: str) -> None:
    decision = decided(HOURS, type=kind, action=action)
    assert (decision.action, decision.reasons) == ("ignore", (f"no_utterance:{kind}/{action}",))


def test_an_edit_is_kept_and_not_answered() -> None:
    decision = decided(HOURS, action="edit")
    assert (decision.action, decision.reasons) == ("ignore", ("edited:message",))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"text": " "}, "no_text", id="nothing"),
        pytest.param({"text": "", "media": ("image",)}, "only_media", id="a picture"),
        pytest.param({"standby": True}, "standby", id="standby"),
        pytest.param({"from_bot": True}, "from_bot", id="bot"),
        pytest.param({"author": Author(id="U2", bot=True)}, "from_bot", id="bot author"),
    ],
)
def test_what_expects_no_answer_from_us_is_recorded(change: dict[str, Any], reason: str) -> None:
    decision = decided(HOURS, **change)
    assert (decision.action, decision.reasons, decision.text) == ("record", (reason,), "")


# What is grave


@pytest.mark.parametrize("change", [{}, {"from_bot": True}, {"standby": True}, {"action": "edit"}])
def test_a_severe_rule_calls_people_whoever_wrote_it(change: dict[str, Any]) -> None:
    decision = decided(HOURS, LEAK, text="盖子崩开了", **change)
    assert decision == Decision(
        action="escalate",
        reasons=("severe_rule:leak",),
        rule="leak",
        script="lid",
        text="请先不要再用。",
        category="lid",
        risk="severe",
        policy="crisis",
        cause="rule:leak",
        playbook="v1",
    )


def test_what_reads_like_a_crisis_is_severe_without_a_rule() -> None:
    crisis = CALM.model_copy(update={"intents": ("crisis",)})
    decision = decided(HOURS, reading=crisis)
    assert (decision.action, decision.risk, decision.policy) == ("escalate", "severe", "crisis")
    assert (decision.category, decision.cause, decision.rule) == ("crisis", "mention:line:m1", "")
    plain = playbook(policies={"default": playbook().policies["default"]})
    assert decided(reading=crisis, book=plain).policy == "default"
    assert decided(reading=crisis, from_bot=True).action == "record"


def test_a_crisis_keeps_the_rule_that_knows_the_matter() -> None:
    crisis = CALM.model_copy(update={"intents": ("crisis",)})
    late = rule(
        "late", action="escalate", joins="conversation", script="sorry", category="delivery"
    )
    decision = decided(late, reading=crisis)
    assert (decision.rule, decision.policy, decision.risk) == ("late", "crisis", "severe")
    assert (decision.text, decision.cause) == ("抱歉。", "conversation:line:c1")


# Who wants somebody


@pytest.mark.parametrize("intent", ["person", "media"])
def test_who_asks_for_somebody_gets_somebody(intent: str) -> None:
    reading = Reading.model_validate({"language": "en", "confidence": 0.9, "intents": (intent,)})
    decision = decided(HOURS, reading=reading)
    assert (decision.action, decision.category) == ("escalate", intent)
    assert (decision.cause, decision.policy) == ("conversation:line:c1", "default")
    known = rule("known", category=intent, action="escalate", policy="press", script="sorry")
    decision = decided(HOURS, known, reading=reading)
    assert (decision.rule, decision.policy, decision.text) == ("known", "press", "We are sorry.")


def test_spam_gets_nobody_where_the_brand_and_the_reading_agree() -> None:
    reading = CALM.model_copy(update={"intents": ("person", "spam")})
    spam = rule("spam", action="ignore", script="")
    assert decided(spam, reading=reading).action == "ignore"
    assert decided(HOURS, reading=reading).action == "escalate"
    person = CALM.model_copy(update={"intents": ("person",)})
    assert decided(spam, reading=person).action == "escalate"


# The rule that decides


def test_a_routine_question_is_answered_in_its_language() -> None:
    decision = decided(HOURS, author=Author(id="U1"))
    assert decision == Decision(
        action="answer",
        reasons=("rule:hours|answer",),
        rule="hours",
        rule_version=version_of(HOURS, playbook()),
        rung="auto",
        script="hours",
        text="每天 10:00–22:00。",
        category="question",
        playbook="v1",
    )


@pytest.mark.parametrize("action", ["record", "ignore"])
def test_a_rule_may_record_or_ignore(action: str) -> None:
    decision = decided(rule("rival", action=action, category="rival", priority=350), HOURS)
    assert (decision.action, decision.rule, decision.category) == (action, "rival", "rival")
    assert decision.reasons == (f"rule:rival|{action}",)


@pytest.mark.parametrize(
    ("joins", "cause"),
    [
        ("mention", "mention:line:m1"),
        ("conversation", "conversation:line:c1"),
        ("rule", "rule:late"),
    ],
)
def test_an_escalation_is_about_what_its_rule_joins(joins: str, cause: str) -> None:
    late = rule("late", action="escalate", joins=joins, risk="sensitive", policy="press")
    decision = decided(late)
    assert (decision.action, decision.cause) == ("escalate", cause)
    assert (decision.risk, decision.policy) == ("sensitive", "press")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"reading": CALM.model_copy(update={"confidence": 0.5})}, "unsure:0.50|0.55"),
        ({"created_at": NOON - timedelta(minutes=121)}, "stale:120"),
        ({"taken_over": True}, "taken_over"),
        ({"reply_candidate": False}, "not_for_us:message"),
        ({"reading": ANGRY}, "unhappy"),
    ],
)
def test_a_doubt_asks_a_person_and_proposes_the_answer(change: dict[str, Any], reason: str) -> None:
    decision = decided(HOURS, author=Author(id="U1"), **change)
    assert decision.action == "escalate"
    assert decision.reasons == ("rule:hours|answer", reason)
    assert decision.text in ("每天 10:00–22:00。", "Ten to ten.")
    assert (decision.cause, decision.policy) == ("mention:line:m1", "default")


POLITICS = Topic(id="politics", title="政治 · politics", words=("选举", "president"))


@pytest.mark.parametrize("kind", ["careful", "forbidden"])
@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("選舉那天幾點開門", "escalate"),
        ("Open for the President's visit?", "escalate"),
        ("Are you a vicepresident?", "answer"),
        ("几点开门", "answer"),
    ],
)
def test_what_touches_on_a_topic_of_the_brands_tolerance_asks_a_person(
    kind: str, text: str, action: str
) -> None:
    bounds = Tolerance.model_validate({kind: (POLITICS,), "allowed": ()})
    decision = decided(HOURS, text=text, book=playbook().model_copy(update={"tolerance": bounds}))
    assert decision.action == action
    assert ("touches:政治 · politics" in decision.reasons) == (action == "escalate")


def test_what_the_brand_may_join_in_on_is_answered() -> None:
    bounds = Tolerance(allowed=(POLITICS,))
    assert (
        decided(
            HOURS, text="选举那天几点开门", book=playbook().model_copy(update={"tolerance": bounds})
        ).action
        == "answer"
    )


def test_a_worried_word_in_a_question_is_no_unhappiness() -> None:
    worried = CALM.model_copy(update={"sentiment": "negative", "intents": ("question",)})
    mild = worried.model_copy(update={"confidence": 0.65})
    assert decided(HOURS, reading=mild).action == "answer"
    assert decided(HOURS, reading=worried).action == "escalate"
    assert decided(HOURS, reading=mild.model_copy(update={"intents": ()})).action == "escalate"


def test_every_doubt_is_named() -> None:
    shaky = ANGRY.model_copy(update={"confidence": 0.1})
    assert len(decided(HOURS, reading=shaky, taken_over=True).reasons) == 4


def test_a_risky_rule_never_answers_by_itself() -> None:
    decision = decided(rule("allergy", risk="sensitive"))
    assert (decision.action, decision.reasons[-1]) == ("escalate", "risk:sensitive")


@pytest.mark.parametrize("query", ["x AND sentiment:negative", "x AND intent:complaint"])
def test_a_rule_for_the_unhappy_may_answer_them(query: str) -> None:
    assert decided(rule("late", query=query), reading=ANGRY).action == "answer"


@pytest.mark.parametrize("created_at", [None, NOON - timedelta(minutes=120), NOON])
def test_what_is_not_known_to_be_old_is_answered(created_at: datetime | None) -> None:
    assert decided(HOURS, created_at=created_at).action == "answer"


def test_rules_of_one_priority_that_disagree_ask_a_person() -> None:
    spam = rule("a-spam", action="ignore", script="")
    decision = decided(spam, HOURS)
    assert (decision.action, decision.rule) == ("escalate", "hours")
    assert decision.reasons[-1] == "rules_disagree:a-spam"
    assert decision.text
    lower = rule("a-spam", action="ignore", script="", priority=299)
    assert decided(HOURS, lower).action == "answer"
    assert decided(HOURS, rule("where")).rule == "hours"


def test_a_script_that_cannot_be_filled_asks_a_person() -> None:
    named = Script(id="hours", variants={"zh-Hans": ("$author 您好。",)})
    decision = decided(HOURS, author=Author(id="U1"), book=playbook(scripts=(named,)))
    assert (decision.action, decision.text, decision.script) == ("escalate", "", "")
    assert decision.reasons[-1] == "no_variant:hours|zh-Hans"


def test_a_language_that_a_script_lacks_gets_the_first_of_the_brand() -> None:
    japanese = CALM.model_copy(update={"language": "ja"})
    assert decided(HOURS, reading=japanese, author=Author(id="U1")).text == "每天 10:00–22:00。"


# No rule


def test_a_complaint_that_no_rule_knows_goes_to_a_person_with_an_apology() -> None:
    decision = decided(reading=ANGRY)
    assert (decision.action, decision.category) == ("escalate", "complaint")
    assert (decision.script, decision.text) == ("sorry", "We are sorry.")
    assert (decision.cause, decision.policy) == ("mention:line:m1", "default")
    assert decided(reading=ANGRY, book=playbook(scripts=())).text == ""


@pytest.mark.parametrize(
    "reading", [CALM, ANGRY.model_copy(update={"intents": ()}), CALM.model_copy(
        update={"intents": ("complaint",)})]
)  # fmt: skip
def test_what_no_rule_knows_is_recorded(reading: Reading) -> None:
    decision = decided(reading=reading)
    assert (decision.action, decision.reasons) == ("record", ("no_rule",))
    assert decision.playbook == "v1"
