"""What is in the table, read around the store's own functions: they are under test."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from cloud.store.bodies import body_of
from desk.approval import Approval
from desk.audit import Act
from desk.conversation import Conversation, Hourly
from desk.escalation import Escalation
from desk.ladder import Standing
from desk.mention import Mention
from desk.outbound import Reply, reply_id

Items = Mapping[Any, Mapping[Any, Any]]
"""Partition key → sort key → item, as moto has them."""


class Stored(NamedTuple):
    """The records of one brand."""

    mentions: tuple[Mention, ...]
    again: tuple[str, ...]
    """Deliveries in which a mention came once more."""
    unread: tuple[str, ...]
    """Deliveries that carried no mention."""
    replies: tuple[Reply, ...]
    escalations: dict[str, Escalation]
    joined: dict[tuple[str, str], datetime]
    """Escalation and event of all that has joined one → when it did."""
    links: dict[str, str]
    """Hash of a link's token → escalation."""
    acts: tuple[Act, ...]
    """What people did, but for what came too late."""
    taken: dict[str, str]
    """Conversations that a person answers → who."""
    automatic: tuple[str, ...]
    """Replies that count as automatic, once for each conversation in which they do."""
    in_the_hour: int
    """Automatic answers of the last hour."""
    standings: dict[tuple[str, str], Standing]
    """Where the forms of rules stand: by rule and form."""
    counted: dict[tuple[str, str], dict[str, int]]
    """What counts for each there: matched, agreed, differed."""
    stopped: bool
    """Whether something is held, or the control item is gone."""

    def about(self, link: str) -> str:
        """What a link decides on now: a mention or, where it is about none, an event."""
        matter = self.escalations[self.links[link]].matter
        return matter.mention or matter.event

    def reply_of(self, escalation: Escalation) -> Reply | None:
        """The reply that a page of this escalation is about."""
        matter = escalation.matter
        name = matter.reply or reply_id(matter.channel, matter.mention, "by hand")
        return next((one for one in self.replies if one.id == name), None)


def read(items: Items) -> Stored:
    """The records in the table."""
    rows = list(_rows(items))
    names = {(pk, sk) for pk, sk, _ in rows}
    heads = {
        pk.split("#C#")[1]: Conversation.model_validate_json(body_of(row))
        for pk, sk, row in rows
        if "#C#" in pk and sk == "HEAD"
    }
    hours = [
        Hourly.model_validate_json(body_of(row)).brand for _, sk, row in rows if sk == "HOURLY"
    ]
    kinds = {kind: [row for _, _, row in rows if row.get("kind") == kind] for kind in _KINDS}
    return Stored(
        mentions=tuple(Mention.model_validate_json(body_of(row)) for row in kinds["mention"]),
        again=tuple(json.loads(row["body"])["delivery"] for row in kinds["again"]),
        unread=tuple(
            json.loads(row["body"])["delivery"] for row in kinds["quarantined"] + kinds["empty"]
        ),
        replies=tuple(
            Reply.model_validate_json(body_of(row)) for _, sk, row in rows if sk.startswith("R#")
        ),
        escalations={
            pk.split("#E#")[1]: Escalation.model_validate_json(body_of(row))
            for pk, sk, row in rows
            if "#E#" in pk and sk == "HEAD"
        },
        joined={
            (pk.split("#E#")[1], sk.removeprefix("J#")): datetime.fromisoformat(row["body"])
            for pk, sk, row in rows
            if sk.startswith("J#")
        },
        links={
            pk.removeprefix("T#"): Approval.model_validate_json(row["body"]).escalation
            for pk, sk, row in rows
            if sk == "APPROVAL"
        },
        acts=tuple(
            Act.model_validate_json(row["body"])
            for pk, sk, row in rows
            if sk.startswith("ACT#") and row["body"] and (pk, f"{sk}#LATE") not in names
        ),
        taken={name: head.taken_over_by for name, head in heads.items()},
        automatic=tuple(one.reply for head in heads.values() for one in head.automatic),
        in_the_hour=sum(sum(slices.values()) for one in hours for slices in one.counts.values()),
        standings={
            _form(sk): Standing.model_validate_json(row["body"])
            for _, sk, row in rows
            if sk.startswith("LADDER#")
        },
        counted={
            _form(sk): {name: len(row.get(name, ())) for name in ("matched", "agreed", "differed")}
            for _, sk, row in rows
            if sk.startswith("LADDER#")
        },
        stopped=not any(sk == "CONTROL" and not row["holds"] for _, sk, row in rows),
    )


def next_due(items: Items, kind: str) -> datetime | None:
    """The earliest deadline of what has `kind` in its key."""
    stamps = [
        row.attrs["due_sk"].value
        for pk, part in items.items()
        for row in part.values()
        if "due_sk" in row.attrs and kind in pk.value
    ]
    return datetime.fromisoformat(min(stamps)) if stamps else None


_KINDS = "mention", "again", "quarantined", "empty"


def _form(sk: str) -> tuple[str, str]:
    _, rule, version = sk.split("#")
    return rule, version


def _rows(items: Items) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for pk, part in items.items():
        for sk, row in part.items():
            yield pk.value, sk.value, {name: kept.value for name, kept in row.attrs.items()}
