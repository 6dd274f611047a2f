"""Opportunities, and the stories that they are looked for among."""

from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel

from cloud.store import table
from desk.opportunity import Opportunity
from desk.story import Story
from desk.wire import stamp

RETENTION = timedelta(days=400)
"""More than a year: last year's are what this year's planned events are measured by."""


class Board(BaseModel, frozen=True):
    """The stories that are told now, and up to when mentions have been added to them."""

    read_to: AwareDatetime
    stories: tuple[Story, ...] = ()


def board(brand: str) -> Board | None:
    """The brand's stories; None where none were ever kept."""
    item = table.get(f"{brand}#T", "STORIES")
    return Board.model_validate_json(item["body"]) if item else None


def keep_board(brand: str, before: Board | None, after: Board) -> bool:
    """Keep the stories; False if another run has kept them since `before` was read."""
    was = before.model_dump_json() if before else ""
    item = {"pk": f"{brand}#T", "sk": "STORIES", "body": after.model_dump_json()}
    return table.swap(item, was)


def add_opportunity(new: Opportunity) -> Opportunity | None:
    """Keep an opportunity; None if it is new, else the one of its name."""
    there = table.add(_item(new))
    if there is None or there.get("token") == new.token:
        return None
    return Opportunity.model_validate_json(there["body"])


def follow_up(before: Opportunity, after: Opportunity) -> bool:
    """Replace an opportunity; False if somebody else has changed it meanwhile."""
    return table.replace(_item(after), before.state, before.token)


def opportunities(brand: str, since: datetime, until: datetime) -> list[Opportunity]:
    """Those that were found from `since` to `until`, oldest first."""
    between = (stamp(since), stamp(until) + "~")
    found = table.query(f"{brand}#O", between=between)
    return [Opportunity.model_validate_json(item["body"]) for item in found]


def _item(one: Opportunity) -> table.Item:
    return {
        "pk": f"{one.brand}#O",
        "sk": f"{stamp(one.first_seen)}#{one.id}",
        "state": one.state,
        "token": one.token,
        "body": one.model_dump_json(exclude_defaults=True),
        "ttl": int((one.found_at + RETENTION).timestamp()),
    }
