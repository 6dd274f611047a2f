"""What became of every delivery, to the unit, by the desk's own table and queues."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cloud import aws, clock, store
from cloud.store import Again, Unread
from desk.escalation import name_of
from desk.mention import Mention
from desk.outbound import NEEDS_A_PERSON, Reply, reply_id
from desk.reasons import parse

Kind = Literal[
    "answered", "escalated", "rejected", "recorded", "duplicate", "ignored", "quarantined", "dead",
    "open",
]  # fmt: skip
ENDS: tuple[Kind, ...] = (
    "answered", "escalated", "rejected", "recorded", "duplicate", "ignored", "quarantined", "dead",
)  # fmt: skip


@dataclass(frozen=True)
class End:
    """Where one delivery ended, and why."""

    kind: Kind
    reason: str
    mention: str = ""


@dataclass
class Account:
    """The books of a set of deliveries. They close when nothing is open and nothing is lost."""

    received: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)

    @property
    def open(self) -> int:
        """Deliveries that are still under way."""
        return self.ends["open"]

    @property
    def closes(self) -> bool:
        """Whether what was received equals the sum of what it became, with nothing under way."""
        ended = sum(count for kind, count in self.ends.items() if kind != "open")
        return not self.open and not self.lost and ended == self.received

    def facts(self) -> dict[str, object]:
        """The books as JSON values."""
        return {
            "received": self.received,
            **{kind: self.ends[kind] for kind in ENDS},
            "ignored_because": dict(self.ignored),
            "open": self.open,
            "lost": len(self.lost),
            "closes": self.closes,
        }


class Books:
    """Follows a set of deliveries to their ends. What has ended is not looked up again."""

    def __init__(self, brand: str, since: datetime, dead_queues: Iterable[str] = ()) -> None:
        self.brand = brand
        self.since = since
        self.dead_queues = tuple(dead_queues)
        self._ends: dict[str, End] = {}
        self._dead: set[str] = set()

    def ends(self, deliveries: Iterable[str]) -> Mapping[str, End]:
        """Where each of `deliveries` is now; one that nobody knows is missing."""
        wanted = set(deliveries)
        if any(self._unknown(delivery) for delivery in wanted):
            for row in store.feed(self.brand, self.since, clock.now()):
                delivery = row.delivery.partition(":")[0]
                if delivery in wanted and self._unknown(delivery):
                    self._ends[delivery] = self._end(row)
            for delivery in self._in_dead_letters():
                self._ends.setdefault(delivery, End("dead", "in the dead-letter queue"))
        return {one: self._ends[one] for one in wanted if one in self._ends}

    def close(self, deliveries: Iterable[str]) -> Account:
        """The account of `deliveries` as it stands now."""
        wanted = list(deliveries)
        ends = self.ends(wanted)
        account = Account(received=len(wanted))
        for delivery in wanted:
            end = ends.get(delivery)
            if end is None:
                account.lost.append(delivery)
                continue
            account.ends[end.kind] += 1
            if end.kind == "ignored":
                account.ignored[parse(end.reason).code or end.reason] += 1
        return account

    def _unknown(self, delivery: str) -> bool:
        end = self._ends.get(delivery)
        return end is None or end.kind not in ENDS

    def _end(self, row: Mention | Again | Unread) -> End:
        match row:
            case Again():
                return End("duplicate", f"again: {row.mention}", row.mention)
            case Unread(kind="empty"):
                return End("ignored", row.reason)
            case Unread():
                return End("quarantined", row.reason)
            case Mention():
                return self._end_of(row)

    def _end_of(self, mention: Mention) -> End:
        decision = mention.decision
        why = decision.reasons[-1] if decision.reasons else ""
        match decision.action:
            case "record":
                return End("recorded", why, mention.id)
            case "ignore":
                return End("ignored", why, mention.id)
            case "quarantine":
                return End("quarantined", why, mention.id)
            case "escalate":
                there = store.has_joined(self.brand, name_of(decision.cause), mention.id)
                return End("escalated" if there else "open", why, mention.id)
            case "answer":
                return self._end_of_answer(mention)

    def _end_of_answer(self, mention: Mention) -> End:
        name = reply_id(mention.channel, mention.id, mention.decision.script)
        reply = store.reply(self.brand, mention.conversation, name)
        if reply is None:
            return End("open", "no reply yet", mention.id)
        if reply.state == "sent":
            return End("answered", reply.reason, mention.id)
        if reply.state in NEEDS_A_PERSON and reply.due_at is None:
            # Nothing is due on it any more: it has been put before somebody.
            return End("escalated", f"{reply.state}: {reply.reason}", mention.id)
        if reply.state == "rejected":
            # By a person, who had been asked, or else at the door.
            return End("escalated" if reply.decided_by else "rejected", reply.reason, mention.id)
        return End("open", _where(reply), mention.id)

    def _in_dead_letters(self) -> set[str]:
        for url in self.dead_queues:
            answer = aws.sqs().receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=1
            )
            for message in answer.get("Messages", []):
                try:
                    self._dead.add(json.loads(message["Body"])["id"])
                except (ValueError, KeyError, TypeError):
                    continue
        return self._dead


def _where(reply: Reply) -> str:
    return f"{reply.state}: {reply.reason}"
