"""What a playbook names: each name once, and each thing that is named there."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches

from desk.channels import PLATFORMS
from desk.playbook import Event, Id, Playbook, Policy, Rule, Script, Topic, Watch
from desk.playbook.part import Finding, Place
from desk.triage import APOLOGY

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def references(playbook: Playbook) -> Iterator[Finding]:
    """Names that are none, come twice or lead nowhere; and what nothing leads to, as notes."""
    yield from _ids(playbook)
    yield from _channels(playbook)
    yield from _owners(playbook)
    yield from _deciders(playbook)
    yield from _unused(playbook)


def nearest(name: str, known: Collection[str]) -> str:
    """Of `known` the one that was most likely meant by `name`, or all of them, for a message."""
    if close := get_close_matches(name, known, n=1, cutoff=0.6):
        return f"{close[0]} is meant, perhaps"
    return f"there is {', '.join(known)}" if known else "there is none"


def _ids(playbook: Playbook) -> Iterator[Finding]:
    tolerance = playbook.tolerance
    kinds: dict[str, list[tuple[Place, Id]]] = {
        "rules": _numbered(("rules",), playbook.rules),
        "scripts": _numbered(("scripts",), playbook.scripts),
        "watches": _numbered(("watches",), playbook.watches),
        "events": _numbered(("events",), playbook.events),
        "topics": [
            *_numbered(("tolerance", "allowed"), tolerance.allowed),
            *_numbered(("tolerance", "careful"), tolerance.careful),
            *_numbered(("tolerance", "forbidden"), tolerance.forbidden),
        ],
        "": [
            ((section, name), name)
            for section in ("policies", "approvers", "rotas", "categories")
            for name in getattr(playbook, section)
        ],
    }
    for kind, named in kinds.items():
        times = Counter(name for _, name in named)
        before: set[Id] = set()
        for place, name in named:
            if not ID.fullmatch(name):
                yield Finding(place, f"{name!r}: an id has small letters, digits and hyphens")
            if kind and name in before:
                yield Finding(place, f"{name} names {times[name]} {kind}: one may have it")
            before.add(name)


def _numbered(
    section: Place, members: Sequence[Rule | Script | Watch | Event | Topic]
) -> list[tuple[Place, Id]]:
    return [((*section, number, "id"), one.id) for number, one in enumerate(members)]


def _channels(playbook: Playbook) -> Iterator[Finding]:
    for channel, platform in playbook.platforms.items():
        place: Place = ("platforms", channel)
        if platform not in PLATFORMS:
            yield Finding(place, f"no platform {platform}: {nearest(platform, PLATFORMS)}")
        elif channel not in playbook.accounts:
            yield Finding(place, f"no account on {channel}: {nearest(channel, playbook.accounts)}")
    for channel, account in playbook.accounts.items():
        place = ("accounts", channel)
        if not account.strip():
            yield Finding(place, f"{channel}: our account's id there is missing")
        if channel not in PLATFORMS and channel not in playbook.platforms:
            message = f"{channel} is no platform's name: platforms says which it is on"
            yield Finding(place, message, "warning")
    used: dict[Place, str] = {}
    for name in playbook.voices:
        if name != "default":
            used["voices", name] = name
    for number, script in enumerate(playbook.scripts):
        for name in script.channels:
            used["scripts", number, "channels", name] = name
    for number, rule in enumerate(playbook.rules):
        for position, name in enumerate(rule.scope.channels):
            used["rules", number, "scope", "channels", position] = name
        examples = {"match": rule.examples.match, "leave": rule.examples.leave}
        for kind, texts in examples.items():
            for position, one in enumerate(texts):
                if not isinstance(one, str) and one.channel:
                    used["rules", number, "examples", kind, position, "channel"] = one.channel
    for where, name in used.items():
        if name not in playbook.accounts:
            yield Finding(where, f"no account on {name}: {nearest(name, playbook.accounts)}")


def _owners(playbook: Playbook) -> Iterator[Finding]:
    known = (*playbook.approvers, *playbook.rotas, *playbook.policies)
    for name, category in playbook.categories.items():
        if category.owner not in known:
            message = f"no approver, rota or policy {category.owner}: "
            message += nearest(category.owner, known)
            yield Finding(("categories", name, "owner"), message)
    if not playbook.categories:
        return
    for number, rule in enumerate(playbook.rules):
        if rule.category not in playbook.categories:
            message = f"rule {rule.id}: no category {rule.category}: "
            message += nearest(rule.category, playbook.categories)
            yield Finding(("rules", number, "category"), message)


def _deciders(playbook: Playbook) -> Iterator[Finding]:
    """Where a tier asks for somebody whom a policy never reaches."""
    if playbook.tiers["severe"] == "automatic":
        message = "what is severe goes to a person: operator, lead or two_persons"
        yield Finding(("tiers", "severe"), message)
        return
    for name, policy in playbook.policies.items():
        asked = _asked(playbook, policy)
        lead = any(playbook.approvers[who].role == "lead" for who in asked)
        risks = {rule.risk for rule in playbook.rules if rule.policy == name}
        tiers = {playbook.tiers[risk] for risk in risks}
        place = ("policies", name, "steps")
        if "two_persons" in tiers and len(asked) < 2:
            yield Finding(place, f"policy {name}: two persons decide, so it has to ask two")
        elif tiers & {"lead", "two_persons"} and not lead:
            message = f"policy {name}: a lead decides, so it has to ask one whose role is lead"
            yield Finding(place, message)


def _unused(playbook: Playbook) -> Iterator[Finding]:
    said = {APOLOGY, *(rule.script for rule in playbook.rules)}
    for number, script in enumerate(playbook.scripts):
        if script.id not in said:
            yield Finding(("scripts", number, "id"), f"no rule says {script.id}", "note")
    kinds = {rule.category for rule in playbook.rules}
    for name in playbook.categories.keys() - kinds:
        yield Finding(("categories", name), f"no rule is of category {name}", "note")
    asked = {who for policy in playbook.policies.values() for who in _asked(playbook, policy)}
    for name in playbook.approvers.keys() - asked:
        yield Finding(("approvers", name), f"no policy asks {name}", "note")


def _asked(playbook: Playbook, policy: Policy) -> set[Id]:
    """Everybody whom a policy may ask, by name or by a rota."""
    names = (*policy.fallback, *(who for step in policy.steps for who in step.ask))
    rotas = (playbook.rotas[name].people for name in names if name in playbook.rotas)
    return {*names, *(who for people in rotas for who in people)} & playbook.approvers.keys()
