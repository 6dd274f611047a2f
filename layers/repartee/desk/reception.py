"""The door: which requests are let in. Standard library only, since it opens cold."""

import re
from collections.abc import Mapping

from desk.wire import MAX_BODY, Answer, Inbound

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
KEPT_HEADERS = frozenset(
    {"content-type", "msg-id", "webhook-id", "webhook-timestamp", "user-agent"}
)

REFUSED = Answer(401, "refused")
UNKNOWN = Answer(404, "refused")
"""The same words as for a bad signature: who guesses learns little."""
TOO_LARGE = Answer(413, "too large")
COMPRESSED = Answer(415, "content-encoding is not accepted")
NO_DELIVERY = Answer(405, "deliveries are posted")
LATER = Answer(503, "try again")


def refusal(request: Inbound) -> Answer | None:
    """What turns a request away before anything is computed, or None to go on."""
    if len(request.body) > MAX_BODY:
        return TOO_LARGE
    if request.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        return COMPRESSED
    return None


def well_named(*names: str) -> bool:
    """Whether each is a name that a brand or a channel can have."""
    return all(NAME.fullmatch(name) for name in names)


def kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that a delivery needs later. The others hold signatures and secrets."""
    return {name: headers[name] for name in sorted(KEPT_HEADERS & headers.keys())}
