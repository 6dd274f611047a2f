"""All that can be wrong with a playbook beyond its shape."""

from collections.abc import Iterator
from datetime import date

from desk.conditions import QueryError
from desk.ladder import AGREED_PERCENT, DECIDED, convinces
from desk.playbook import Playbook, Rule
from desk.playbook.dates import dates
from desk.playbook.events import events
from desk.playbook.joining import joining
from desk.playbook.part import Finding, Place
from desk.playbook.references import references
from desk.playbook.sayings import sayings
from desk.query import parse


def findings(playbook: Playbook, today: date) -> Iterator[Finding]:
    """What is wrong or worth knowing, seen from `today`, but for how rules do on their examples."""
    if not playbook.languages:
        yield Finding(("languages",), "languages needs at least one, the preferred one first")
    yield from references(playbook)
    yield from sayings(playbook)
    yield from joining(playbook)
    yield from dates(playbook, today)
    yield from events(playbook, today)
    yield from _caps(playbook)
    for number, rule in enumerate(playbook.rules):
        for place, message in _rule(rule, today):
            yield Finding(("rules", number, *place), f"rule {rule.id}: {message}")


def _rule(rule: Rule, today: date) -> Iterator[tuple[Place, str]]:
    if rule.risk == "severe" and rule.action != "escalate":
        yield ("action",), "what is severe goes to a person, so action is escalate"
    try:
        parse(rule.query)
    except QueryError as error:
        yield ("query",), f"query, {error}"
    scope, evidence = rule.scope, rule.evidence
    if scope.influence_from > scope.influence_to:
        low, high = scope.influence_from, scope.influence_to
        yield ("scope", "influence_from"), f"from {low} to {high} is no range: the smaller is from"
    if evidence is None:
        return
    if rule.action != "answer":
        yield ("evidence",), "evidence is for action answer: leave it out"
    elif evidence.agreed > evidence.matches:
        message = f"{evidence.agreed} of {evidence.matches} cannot have been agreed to"
        yield ("evidence", "agreed"), message
    elif evidence.matches < DECIDED:
        message = f"{evidence.matches} matches prove nothing: {DECIDED} are needed"
        yield ("evidence", "matches"), message
    elif not convinces(evidence):
        share = evidence.agreed / evidence.matches
        yield ("evidence", "agreed"), f"{share:.0%} agreed: {AGREED_PERCENT}% are needed"
    elif evidence.on > today:
        yield ("evidence", "on"), f"{evidence.on} is yet to come: write when it was gathered"


def _caps(playbook: Playbook) -> Iterator[Finding]:
    """Caps that never hold, since a smaller one does so first."""
    caps = playbook.caps
    if caps.rule > caps.brand:
        message = f"rule {caps.rule} never holds, as brand {caps.brand} does so first"
        yield Finding(("caps", "rule"), message, "warning")
