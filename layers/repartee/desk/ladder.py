"""The ladder: a new rule first listens, then proposes its answers, and then gives them by itself.

    shadow ── 50 matches, and 24 h ──▶ suggest ── 50 decided, 95 % agreed ──▶ auto
                                          ▲                                    │
                                          ╰──────────── one "wrong" ───────────╯

In the `shadow` a mention goes on as if the rule were not there, and what would have been said is
kept with it. With `suggest` the answer is put before a person. Each form of a rule climbs by
itself: what people agreed with was this query with these words, and not what it was changed to.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from desk.mention import Rung, fingerprint
from desk.outbound import Reply
from desk.playbook import Evidence, Id, Playbook, Rule
from desk.reasons import reason

RUNGS: tuple[Rung, ...] = ("shadow", "suggest", "auto")

MATCHES = 50
LISTENS = timedelta(hours=24)
"""A new rule says nothing before both have passed: fifty matches may come in one stormy hour, and a
day may bring none.
"""

DECIDED = 50
AGREED_PERCENT = 95
"""A plain share of what was decided, and not the lower end of an interval: that would ask for 73
answers in a row, and nobody could count along. One "wrong" ends it in any case.
"""

WINDOW = 200
"""Of so many that were decided without earning the next rung, none counts any longer: a rule is not
held to what it was months ago, nor carried by it.
"""

CHANGES = 20
"""Changes of a standing that are remembered, and "wrong" marks."""

Mark = Literal["agreed", "edited", "rejected", "wrong"]


class Change(BaseModel, frozen=True):
    """A move to a rung, or the beginning on it."""

    rung: Rung
    at: AwareDatetime
    by: str
    """A person, or `ladder` where the counts did it."""
    why: str


class Standing(BaseModel, frozen=True):
    """Where one form of a rule stands, and what has counted since it came there."""

    rule: Id
    version: str
    """Fingerprint of the form."""
    rung: Rung
    changes: tuple[Change, ...] = ()
    """Oldest first; none where what is kept cannot be read."""
    evidence: date | None = None
    """Of the evidence that it began with."""
    wrong: tuple[str, ...] = ()
    """Mentions whose answer was called so: a mark counts once."""
    matched: int = Field(default=0, exclude=True)
    """In the shadow; nothing counts them later."""
    agreed: int = Field(default=0, exclude=True)
    differed: int = Field(default=0, exclude=True)
    """Edited or rejected."""

    @property
    def since(self) -> datetime | None:
        """When it came to its rung, or was last counted anew there."""
        return self.changes[-1].at if self.changes else None

    @property
    def decided(self) -> int:
        """Suggestions that people have decided on."""
        return self.agreed + self.differed


def climbs(rule: Rule) -> bool:
    """Whether a rule has to earn its answers: nothing but what is routine goes out by itself."""
    return rule.action == "answer" and rule.risk == "routine"


def version_of(rule: Rule, playbook: Playbook) -> str:
    """Fingerprint of what a rule answers where, and with which words: a change makes it a new one.

    Its priority, category, policy and examples are not in it.
    """
    script = playbook.script(rule.script)
    form = rule.model_dump(mode="json", include={"query", "scope", "action", "risk", "script"})
    form["words"] = script.model_dump(mode="json") if script else None
    return fingerprint(json.dumps(form, sort_keys=True, ensure_ascii=False))[:16]


def place(
    rule: Rule, playbook: Playbook, now: datetime, there: Standing | None,
    others: Iterable[Standing] = (),
) -> Standing:  # fmt: skip
    """Where the rule stands at `now`: `there`, a rung up where that is due, or its beginning.

    `others` are the standings of its other forms, by which evidence is judged.
    """
    if there is None:
        return _begun(rule, version_of(rule, playbook), now, others)
    since = there.since
    if since is None:
        return there
    if there.rung == "shadow" and there.matched >= MATCHES and now >= since + LISTENS:
        why = f"{there.matched} matches since {since:%Y-%m-%d %H:%M}"
        return moved(there, "suggest", "ladder", why, now)
    if there.rung == "suggest" and there.decided >= DECIDED:
        why = f"{there.agreed} of {there.decided} suggestions agreed to"
        if there.agreed * 100 >= there.decided * AGREED_PERCENT:
            return moved(there, "auto", "ladder", why, now)
        if there.decided >= WINDOW:
            return moved(there, "suggest", "ladder", f"{why}: counted anew", now)
    return there


def _begun(rule: Rule, version: str, now: datetime, others: Iterable[Standing]) -> Standing:
    evidence = rule.evidence
    if evidence is not None and convinces(evidence, others):
        counts = f"{evidence.agreed} of {evidence.matches} agreed to"
        why = f"{counts}, {evidence.on}: {evidence.source}"
        first = Change(rung="auto", at=now, by=evidence.by, why=why)
        return Standing(
            rule=rule.id, version=version, rung="auto", changes=(first,), evidence=evidence.on
        )
    first = Change(rung="shadow", at=now, by="ladder", why="new, or changed")
    return Standing(rule=rule.id, version=version, rung="shadow", changes=(first,))


def convinces(evidence: Evidence, others: Iterable[Standing] = ()) -> bool:
    """Whether evidence lets a form of a rule begin automatic: as much as the ladder asks for, and
    newer than all that is known of its `others`.

    What was gathered for a form before this one says nothing about this one. So it is dated on or
    after the day on which anything last changed about the others, and after what they began with.
    """
    others = tuple(others)
    enough = evidence.matches >= DECIDED
    agreed = evidence.agreed * 100 >= evidence.matches * AGREED_PERCENT
    since = (other.since.date() for other in others if other.since is not None)
    before = (other.evidence for other in others if other.evidence is not None)
    newer = all(evidence.on >= day for day in since) and all(evidence.on > day for day in before)
    return enough and agreed and newer


def moved(standing: Standing, to: Rung, by: str, why: str, now: datetime) -> Standing:
    """The standing on another rung, where all counting begins anew."""
    changes = (*standing.changes, Change(rung=to, at=now, by=by, why=why))[-CHANGES:]
    counts = {"matched": 0, "agreed": 0, "differed": 0}
    return standing.model_copy(update={"rung": to, "changes": changes, **counts})


def marked_wrong(standing: Standing, mention: str, by: str, why: str, now: datetime) -> Standing:
    """The standing once somebody has called its answer to `mention` wrong: it suggests at the most,
    and counts anew. The same mark again changes nothing.
    """
    if mention in standing.wrong:
        return standing
    to: Rung = "shadow" if standing.rung == "shadow" else "suggest"
    then = moved(standing, to, by, f"wrong: {why}" if why else "wrong", now)
    return then.model_copy(update={"wrong": (*then.wrong, mention)[-CHANGES:]})


def mark_of(reply: Reply) -> Mark | None:
    """How a decided reply counts for the rule that proposed it; None where it does not.

    Counted are suggestions that the desk would have sent but for the ladder: to a proposal that it
    had a doubt about, a yes says little. A "wrong" counts whatever it was said about.
    """
    if not reply.decided_by or not reply.rule_version:
        return None
    if reply.state == "rejected":
        if reply.wrong:
            return "wrong"
        return "rejected" if reply.rung == "suggest" else None
    if reply.rung != "suggest" or reply.state in ("pending", "expired"):
        return None
    return "edited" if reply.by_hand else "agreed"


def still_automatic(reply: Reply, playbook: Playbook, standing: Standing | None) -> str:
    """Why an automatic reply may no longer go out by itself, or an empty string.

    `standing` is that of the form that made it. The rule may be gone since, changed, or called
    wrong; a reply that is older than the ladder goes by the form that is in force.
    """
    if not reply.automatic:
        return ""
    rule = next((rule for rule in playbook.rules if rule.id == reply.rule), None)
    if rule is None or not climbs(rule):
        return reason("rule_gone", reply.rule)
    if reply.rule_version and reply.rule_version != version_of(rule, playbook):
        return reason("rule_changed", reply.rule)
    return "" if standing is not None and standing.rung == "auto" else reason("suggest", reply.rule)


def rung_of(
    rule: Rule, playbook: Playbook, now: datetime, standings: Mapping[Id, Standing]
) -> Standing:
    """Where a rule stands by the standings of the forms in force; what is in none begins."""
    there = standings.get(rule.id)
    same = there is not None and there.version == version_of(rule, playbook)
    return place(rule, playbook, now, there if same else None)
