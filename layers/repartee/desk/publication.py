"""Publications of our own: a text that waits for a yes, and then goes out on several channels."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from desk.escalation import Matter
from desk.outbound import Copy, Reply, reply_id
from desk.playbook import Playbook
from desk.reasons import reason
from desk.wire import Address, stamp

CATEGORY = "moment"
DECIDED_WITHIN = timedelta(hours=12)
"""How long a text of ours may wait for a yes where it has no time of its own."""


class Place(NamedTuple):
    """A channel on which we publish."""

    channel: str
    platform: str
    account: str
    room: str = ""
    """The chat, page or room there, where a platform has several."""


def place_on(playbook: Playbook, channel: str) -> Place:
    """Where publications on a channel go."""
    account, room = playbook.accounts.get(channel, ""), playbook.moments.places.get(channel, "")
    return Place(channel, playbook.platform_of(channel), account, room)


def post_names(name: str, channel: str) -> tuple[str, str]:
    """Conversation and id of the publication `name` on a channel, as the table has them."""
    return f"{channel}:post-{name}", reply_id(channel, name, "post")


def publication(
    name: str,
    text: str,
    places: Sequence[Place],
    *,
    brand: str,
    policy: str,
    token: str,
    now: datetime,
    expires_at: datetime,
    script: str = "",
    planned_at: datetime | None = None,
) -> Reply:
    """`text`, waiting for a yes, on the first of `places`, with its copies on the others.

    What a brand says of its own accord is sensitive: an operator at least decides on it.
    """
    first, *others = [_copy(name, place) for place in places]
    return Reply(
        brand=brand,
        mention="",
        text=text,
        state="pending",
        token=token,
        automatic=False,
        category=CATEGORY,
        risk="sensitive",
        policy=policy,
        script=script,
        made_at=now,
        expires_at=expires_at,
        due_at=expires_at,
        planned_at=planned_at,
        copies=tuple(others),
        **dict(first),
    )


def planned(
    text: str,
    places: Sequence[Place],
    *,
    brand: str,
    policy: str,
    by: str,
    at: datetime | None,
    token: str,
    now: datetime,
) -> tuple[Reply, Matter]:
    """A text that a person plans, for `at` or at once, and the matter that asks for the yes.

    Who plans it does not decide on it: that is somebody on duty. It may be decided on until an hour
    after its time.
    """
    name = f"{stamp(now)}-{token}"
    until = now + DECIDED_WITHIN if at is None else max(now, at) + timedelta(hours=1)
    post = publication(
        name, text, places, brand=brand, policy=policy, token=token, now=now, expires_at=until,
        planned_at=at,
    )  # fmt: skip
    return post, Matter(
        brand=brand,
        kind="opportunity",
        cause=f"post:{name}",
        policy=policy,
        risk=post.risk,
        category=CATEGORY,
        channel=post.channel,
        conversation=post.conversation,
        reply=post.id,
        event=name,
        title=text[:80],
        reasons=(reason("planned", by, stamp(at) if at else "–"),),
        at=now,
    )


def _copy(name: str, place: Place) -> Copy:
    conversation, own = post_names(name, place.channel)
    return Copy(
        id=own,
        channel=place.channel,
        platform=place.platform,
        conversation=conversation,
        address=Address(
            platform=place.platform, account=place.account, conversation=place.room, way="post"
        ),
    )
