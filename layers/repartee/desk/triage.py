"""What to do with a mention: answer it, ask a person, keep it or leave it, with every reason."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from desk.compiled import query_of
from desk.conditions import asks_for
from desk.ladder import Standing, climbs, rung_of
from desk.mention import Action, Author, Decision, Reading, Risk, Unsaid
from desk.playbook import Id, Playbook, Rule
from desk.reasons import reason
from desk.rulebook import Limit
from desk.scripts import Hearer, say
from desk.tolerance import untouchable
from desk.wire import Item

APOLOGY = "sorry"
"""Id of the script that is proposed for a complaint that no rule knows."""

MILD = 0.7
"""Confidence below which a question's negative feeling is a worried word and not an unhappy person:
will it be too sweet, how long must I wait."""

_WORDS = ("mention", "comment", "reply", "quote", "message", "post")
"""Types of item in which somebody says something."""

_CAREFUL: dict[Action, int] = {"escalate": 3, "answer": 2, "record": 1, "ignore": 0}


class _Case(NamedTuple):
    item: Item
    text: str
    reading: Reading
    rules: tuple[Rule, ...]
    playbook: Playbook
    now: datetime
    author: Author
    taken_over: bool
    mention_id: str
    conversation_id: str
    hearer: Hearer
    standings: Mapping[Id, Standing]


def decide(
    item: Item,
    text: str,
    reading: Reading,
    rules: tuple[Rule, ...],
    playbook: Playbook,
    *,
    now: datetime,
    author: Author,
    taken_over: bool,
    mention_id: str,
    conversation_id: str,
    channel: str = "",
    standings: Mapping[Id, Standing] | None = None,
    said: Sequence[str] = (),
    limits: tuple[Limit, ...] = (),
) -> Decision:
    """What to do with `item`, which says `text` and which `rules` match, highest priority first.

    `taken_over` means that one of our people is in the conversation. `standings` are where its
    rules stand, by id: one that is in none begins. `said` is what we have said there before, and
    `limits` hold for what we say. With `answer` the decision's text is what to send, with
    `escalate` what to propose, empty where there is nothing to propose.
    """
    case = _Case(
        item, text, reading, rules, playbook, now, author, taken_over, mention_id, conversation_id,
        Hearer(channel, mention_id, author.name, said, limits), standings or {},
    )  # fmt: skip
    return (
        _without_words(case)
        or _grave(case)
        or _not_for_us(case)
        or _asks_for_somebody(case)
        or _by_rule(case)
        or _by_reading(case)
    )


def _without_words(case: _Case) -> Decision | None:
    """What we wrote ourselves, and what is no utterance."""
    item = case.item
    ours = {*case.playbook.accounts.values()} & {case.author.id, item.author_id}
    if item.own or ours:
        return _kept(case, "ignore", reason("echo"))
    if item.type not in _WORDS or item.action not in ("create", "edit"):
        return _kept(case, "ignore", reason("no_utterance", f"{item.type}/{item.action}"))
    if not case.text.strip():
        action: Action = "ignore" if item.action == "edit" else "record"
        return _kept(case, action, reason("only_media" if item.media else "no_text"))
    return None


def _grave(case: _Case) -> Decision | None:
    """A severe rule, whoever and whatever it matched; or a crisis that no severe rule knows."""
    severe = [rule for rule in case.rules if rule.risk == "severe"]
    if severe:
        return _escalated(case, severe[0], reason("severe_rule", severe[0].id))
    if "crisis" not in case.reading.intents or _hush(case):
        return None
    policy = "crisis" if "crisis" in case.playbook.policies else "default"
    known = next((rule for rule in case.rules if rule.action == "escalate"), None)
    why = reason("reads_like_crisis")
    return _escalated(case, known, why, category="crisis", risk="severe", policy=policy)


def _not_for_us(case: _Case) -> Decision | None:
    if hush := _hush(case):
        return _kept(case, "ignore" if case.item.action == "edit" else "record", hush)
    return None


def _hush(case: _Case) -> str:
    """Why neither the platform nor we expect an answer, or an empty string."""
    if case.item.action == "edit":
        return reason("edited", case.item.type)
    if case.item.standby:
        return reason("standby")
    if case.author.bot or case.item.from_bot:
        return reason("from_bot")
    return ""


def _asks_for_somebody(case: _Case) -> Decision | None:
    if "spam" in case.reading.intents and case.rules and case.rules[0].action == "ignore":
        return None  # "DM me to earn": the brand and the reading agree about what it is
    wanted: tuple[tuple[Literal["person", "media"], str], ...] = (
        ("media", reason("press")),
        ("person", reason("wants_person")),
    )
    for intent, why in wanted:
        if intent in case.reading.intents:
            known = next((rule for rule in case.rules if rule.category == intent), None)
            return _escalated(case, known, why, category=intent, joins="conversation")
    return None


def _by_rule(case: _Case) -> Decision | None:
    """What the matching rules want; those in the shadow are left out, and what they would have said
    is told with it.
    """
    left, why, unsaid = case.rules, list[str](), list[Unsaid]()
    while left:
        level = [rule for rule in left if rule.priority == left[0].priority]
        # Of equals that disagree the most careful one decides; of equals that agree the first.
        rule = max(level, key=lambda each: _CAREFUL[each.action])
        decision = _by_one(case, rule, level)
        if decision.rung != "shadow":
            break
        why += decision.reasons
        unsaid += decision.unsaid
        left = tuple(other for other in left if other is not rule)
    else:
        if not why:
            return None
        decision = _by_reading(case)
    reasons = (*why, *decision.reasons)
    return decision.model_copy(update={"reasons": reasons, "unsaid": tuple(unsaid)})


def _by_one(case: _Case, rule: Rule, level: list[Rule]) -> Decision:
    matched = reason("rule", rule.id, rule.action)
    match rule.action:
        case "record" | "ignore":
            return _kept(case, rule.action, matched, rule)
        case "escalate":
            return _escalated(case, rule, matched)
        case "answer":
            return _answered(case, rule, level, matched)


def _answered(case: _Case, rule: Rule, level: list[Rule], matched: str) -> Decision:
    text = _proposal(case, rule.script, automatic=True)
    doubts = [*_doubts(case, rule, level, text)]
    if not climbs(rule):
        return _escalated(case, rule, matched, *doubts)
    standing = rung_of(rule, case.playbook, case.now, case.standings)
    known = {"rule_version": standing.version}
    if standing.rung == "shadow":
        shadow = Unsaid(rule=rule.id, version=standing.version, script=rule.script, text=text)
        return Decision(
            action="record",
            reasons=(reason("shadow", rule.id),),
            rung="shadow",
            unsaid=() if doubts else (shadow,),
        )
    if doubts:
        return _escalated(case, rule, matched, *doubts).model_copy(update=known)
    if standing.rung == "suggest":
        # A matter of its own, whatever the rule joins: only a draft can be agreed to.
        asked = _escalated(case, rule, matched, reason("suggest", rule.id), joins="mention")
        return asked.model_copy(update=known | {"rung": "suggest"})
    return Decision(
        action="answer",
        reasons=(matched,),
        rule=rule.id,
        rule_version=standing.version,
        rung="auto",
        script=rule.script,
        text=text,
        category=rule.category,
        playbook=case.playbook.version,
    )


def _doubts(case: _Case, rule: Rule, level: list[Rule], text: str) -> Iterator[str]:
    """What keeps us from answering without asking a person."""
    item, reading, playbook = case.item, case.reading, case.playbook
    if rule.risk != "routine":
        yield reason("risk", rule.risk)
    if others := sorted(other.id for other in level if other.action != rule.action):
        yield reason("rules_disagree", ", ".join(others))
    if item.reply_candidate is not True:
        yield reason("not_for_us", item.type)
    if case.taken_over:
        yield reason("taken_over")
    if reading.confidence < playbook.confidence_floor:
        yield reason("unsure", f"{reading.confidence:.2f}", f"{playbook.confidence_floor:.2f}")
    if _is_unhappy(reading) and not _is_for_the_unhappy(rule):
        yield reason("unhappy")
    if topic := untouchable(case.text, playbook):
        yield reason("touches", topic)
    stale = timedelta(minutes=playbook.stale_minutes)
    if item.created_at is not None and case.now - item.created_at > stale:
        yield reason("stale", f"{playbook.stale_minutes:g}")
    if not text:
        yield reason("no_variant", rule.script, reading.language)


def _is_unhappy(reading: Reading) -> bool:
    asks_mildly = "question" in reading.intents and reading.confidence < MILD
    return reading.sentiment == "negative" and not asks_mildly


def _is_for_the_unhappy(rule: Rule) -> bool:
    asked = query_of(rule.query)
    return asks_for(asked, "sentiment", "negative") or asks_for(asked, "intent", "complaint")


def _by_reading(case: _Case) -> Decision:
    reading = case.reading
    if reading.sentiment == "negative" and "complaint" in reading.intents:
        why = reason("unknown_complaint")
        return _escalated(case, None, why, category="complaint", script=APOLOGY)
    return _kept(case, "record", reason("no_rule"))


def _kept(case: _Case, action: Action, why: str, rule: Rule | None = None) -> Decision:
    return Decision(
        action=action,
        reasons=(why,),
        rule=rule.id if rule else "",
        category=rule.category if rule else "",
        risk=rule.risk if rule else "routine",
        playbook=case.playbook.version,
    )


def _escalated(
    case: _Case,
    rule: Rule | None,
    *reasons: str,
    category: str = "",
    risk: Risk | None = None,
    policy: str = "",
    joins: Literal["mention", "conversation", "rule"] | None = None,
    script: str = "",
) -> Decision:
    """A decision for a person, as `rule` has it; what is named here stands in for the rule's."""
    script = rule.script if rule else script
    text = _proposal(case, script, automatic=False)
    causes = {
        "mention": f"mention:{case.mention_id}",
        "conversation": f"conversation:{case.conversation_id}",
        "rule": f"rule:{rule.id if rule else category}",
    }
    return Decision(
        action="escalate",
        reasons=reasons,
        rule=rule.id if rule else "",
        script=script if text else "",
        text=text,
        category=category or (rule.category if rule else ""),
        risk=risk or (rule.risk if rule else "routine"),
        policy=policy or (rule.policy if rule else "default"),
        cause=causes[joins or (rule.joins if rule else "mention")],
        playbook=case.playbook.version,
    )


def _proposal(case: _Case, name: str, *, automatic: bool) -> str:
    """The script `name` filled in for this mention, in its language or the brand's first."""
    script = case.playbook.script(name)
    if script is None:
        return ""
    for language in (case.reading.language, *case.playbook.languages[:1]):
        if text := say(case.playbook, script, language, case.hearer, automatic=automatic):
            return text
    return ""
