"""Where each form of a rule stands on its ladder, and what has counted for it there.

Matches and decisions are members of sets in the standing's item, put there without reading it: ten
triages at once lose none, whatever comes twice counts once, and nobody has to try again. A move to
another rung is conditional on the one that was seen, and begins with empty sets.
"""

from collections.abc import Iterable
from datetime import datetime

from cloud.store import table
from cloud.store.mentions import Contended
from desk.ladder import MATCHES, Standing, climbs, mark_of, marked_wrong, place, version_of
from desk.mention import Mention, fingerprint
from desk.outbound import Reply
from desk.playbook import Playbook, Rule
from desk.reasons import parse
from desk.wire import stamp

TRIES = 5


def standing(brand: str, rule: str, version: str) -> Standing | None:
    """Where that form of a rule stands; None where it was never seen.

    What cannot be read is on the rung where a person looks at each answer.
    """
    item = table.get(f"{brand}#B", _key(rule, version))
    return _standing(item, rule, version) if item else None


def standings(brand: str, rule: str = "") -> list[Standing]:
    """The standings of all forms of a rule or, without one, of all rules."""
    rows = table.query(f"{brand}#B", begins=f"LADDER#{rule}#" if rule else "LADDER#")
    return [_standing(row, *row["sk"].split("#")[1:]) for row in rows]


def settle(playbook: Playbook, rules: Iterable[Rule], now: datetime) -> dict[str, Standing]:
    """Where those of `rules` that have to earn their answers stand, by id.

    What is due on one is carried out here: it begins, or goes up a rung. Of several who see that
    at once one does it, and the others go by what is then stored.
    """
    found = {}
    for rule in filter(climbs, rules):
        version = version_of(rule, playbook)
        there = standing(playbook.brand, rule.id, version)
        others = standings(playbook.brand, rule.id) if there is None else ()
        then = place(rule, playbook, now, there, others)
        if then != there and not move(playbook.brand, there, then):
            then = standing(playbook.brand, rule.id, version) or then
        found[rule.id] = then
    return found


def move(brand: str, before: Standing | None, after: Standing) -> bool:
    """Replace `before`, or nothing, by `after`, counts and all; False if it was moved meanwhile.

    What could not be read is replaced whatever it is: only people do that, by name.
    """
    values = {":body": after.model_dump_json(), ":rung": after.rung, ":since": _since(after)}
    condition = "attribute_not_exists(pk)"
    if before is not None and before.since is None:
        condition = "attribute_exists(pk)"
    elif before is not None:
        condition = "rung = :before AND since = :then"
        values |= {":before": before.rung, ":then": _since(before)}
    return table.update(
        f"{brand}#B",
        _key(after.rule, after.version),
        "SET body = :body, rung = :rung, since = :since REMOVE matched, agreed, differed",
        condition,
        ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
    )


def count_matches(mention: Mention) -> None:
    """Count a kept mention for each rule that would have answered it from the shadow; once."""
    for one in mention.decision.unsaid:
        table.add_to(
            f"{mention.brand}#B",
            _key(one.rule, one.version),
            "matched",
            _short(mention.id),
            "rung = :shadow AND (attribute_not_exists(matched) OR size(matched) < :most)",
            shadow="shadow",
            most=MATCHES,
        )


def count_decision(reply: Reply) -> None:
    """Count what a person decided on a proposal for the rule that made it; once, however often."""
    mark = mark_of(reply)
    if mark is None or reply.decided_at is None:
        return
    if mark == "wrong":
        mark_wrong(
            reply.brand,
            reply.rule,
            reply.rule_version,
            reply.mention,
            by=reply.decided_by,
            why=next(iter(parse(reply.reason).values), ""),
            now=reply.decided_at,
        )
        return
    table.add_to(
        f"{reply.brand}#B",
        _key(reply.rule, reply.rule_version),
        "agreed" if mark == "agreed" else "differed",
        _short(reply.id),
        "rung = :suggest AND since <= :at"
        " AND NOT contains(agreed, :one) AND NOT contains(differed, :one)",
        suggest="suggest",
        at=stamp(reply.decided_at),
        one=_short(reply.id),
    )


def mark_wrong(
    brand: str, rule: str, version: str, mention: str, *, by: str, why: str, now: datetime
) -> Standing | None:
    """Note that the answer to `mention` of that form of a rule was wrong: from now on it suggests.

    The standing afterwards; None where that form was never seen. Raises Contended where others
    move it time after time.
    """
    for _ in range(TRIES):
        there = standing(brand, rule, version)
        if there is None:
            return None
        then = marked_wrong(there, mention, by, why, now)
        if then == there or move(brand, there, then):
            return then
    raise Contended(rule)


def _standing(item: table.Item, rule: str, version: str) -> Standing:
    try:
        found = Standing.model_validate_json(item["body"])
    except (KeyError, ValueError):
        return Standing(rule=rule, version=version, rung="suggest")
    if found.rung != item.get("rung"):
        return Standing(rule=rule, version=version, rung="suggest")
    counts = {name: len(item.get(name, ())) for name in ("matched", "agreed", "differed")}
    return found.model_copy(update=counts)


def _key(rule: str, version: str) -> str:
    return f"LADDER#{rule}#{version}"


def _since(standing: Standing) -> str:
    return stamp(standing.since) if standing.since else ""


def _short(name: str) -> str:
    return fingerprint(name)[:12]
