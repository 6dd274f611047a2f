"""Approvers' inboxes: what each was sent lately, and what waits for their digest."""

from collections.abc import Callable

from cloud.store import table
from cloud.store.mentions import TRIES, Contended
from cloud.store.replies import due_keys
from desk.inbox import Inbox


def inbox(brand: str, approver: str, change: Callable[[Inbox], Inbox] | None = None) -> Inbox:
    """An approver's inbox, after `change` where there is one.

    `change` is asked again where somebody else was faster; raises Contended where that happens time
    after time. Nothing is written where nothing changes.
    """
    pk = f"{brand}#I#{approver}"
    for _ in range(TRIES):
        item = table.get(pk, "HEAD")
        before = Inbox.model_validate_json(item["body"]) if item else Inbox()
        after = change(before) if change is not None else before
        if after == before:
            return before
        new = {"pk": pk, "sk": "HEAD", "body": after.model_dump_json(exclude_defaults=True)}
        if table.swap(new | due_keys(pk, after.due_at), item["body"] if item else ""):
            return after
    raise Contended(pk)
