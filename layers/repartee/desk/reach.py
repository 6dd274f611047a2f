"""Whether an approver can be reached: by the topic's subscriptions, or a bot of theirs."""

import json
from collections.abc import Collection
from typing import NamedTuple

QUEUES = ("sqs", "lambda")
"""What no person reads, unless its filter names one."""


class Subscription(NamedTuple):
    """One subscription of the approvers' topic."""

    arn: str
    """`PendingConfirmation` where it is not confirmed."""
    protocol: str
    endpoint: str
    confirmed: bool
    filter: str = ""
    """Its filter policy, as JSON; empty where it hears everything."""
    guarded: bool = False
    """Whether only its owner's account can unsubscribe it, and no link in a message."""


def hears(one: Subscription, brand: str, who: str) -> bool:
    """Whether what is sent to `who` of `brand` comes through. With a filter that names neither `to`
    nor `approver`, nothing of ours does.
    """
    if not one.confirmed:
        return False
    if not one.filter:
        return one.protocol not in QUEUES
    wanted = _policy(one.filter)
    known = {"to": f"{brand}/{who}", "approver": who}
    return bool(wanted) and all(known.get(name) in values for name, values in wanted.items())


def hears_everybody(one: Subscription) -> bool:
    """Whether it gets everybody's links: a person's should not."""
    return one.confirmed and not one.filter and one.protocol not in QUEUES


def unreached(
    brand: str,
    wanted: Collection[str],
    subscriptions: Collection[Subscription],
    bots: Collection[tuple[str, str]],
) -> set[str]:
    """Of the approvers `wanted` of `brand`, those whom no message reaches."""
    return {
        who
        for who in wanted
        if (brand, who) not in bots and not any(hears(one, brand, who) for one in subscriptions)
    }


def policy_for(names: Collection[str]) -> str:
    """The filter policy of somebody who is `names`, each as `brand/approver`."""
    return json.dumps({"to": sorted(names)})


def named_in(policy: str, brand: str) -> set[str]:
    """Whom a filter policy lets through, as `brand/approver`; an older filter is of `brand`."""
    named = _policy(policy)
    old = {f"{brand}/{one}" for one in named.get("approver", [])}
    return old | {one for one in named.get("to", []) if isinstance(one, str)}


def _policy(text: str) -> dict[str, list[object]]:
    """The lists of a filter policy; what is none of ours, and lets through we do not know whom, as
    an empty list."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(value, dict):
        return {}
    return {name: one if isinstance(one, list) else [] for name, one in value.items()}
