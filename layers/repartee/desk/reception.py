"""The door: which requests are let in. Standard library only, since it opens cold."""

import re
from collections.abc import Mapping

from desk.wire import MAX_BODY, Answer, Inbound

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
KEPT_HEADERS = frozenset(
    {"content-type", "msg-id", "webhook-id", "webhook-timestamp", "user-agent"}
)
KEPT_PREFIX = "ce-"
"""Of the attributes of a CloudEvent: https://github.com/cloudevents/spec, HTTP binding, 3.1"""
SECRET_PARAMETERS = frozenset({"access_token", "token"})
"""Of CloudEvents' addresses, and of Bilibili's."""

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
    wanted = (name for name in sorted(headers) if name in KEPT_HEADERS or name[:3] == KEPT_PREFIX)
    return {name: headers[name] for name in wanted}


def asked(query: Mapping[str, str]) -> dict[str, str]:
    """The query without what is a secret: a queue is no place for one."""
    return {name: value for name, value in query.items() if name not in SECRET_PARAMETERS}
