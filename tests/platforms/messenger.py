"""Private messages and comments, as Facebook and Instagram alike take them.

https://developers.facebook.com/docs/messenger-platform/reference/send-api
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.platforms import meta
from tests.platforms.world import (
    Accepted,
    Account,
    Call,
    Post,
    Refused,
    Reply,
    Request,
    Told,
    World,
    json_reply,
)


class Asked(NamedTuple):
    """A call that is to say something: by whom, what, and where."""

    account: Account
    fields: dict[str, Any]
    node: str
    edge: str

    def is_home(self) -> bool:
        """Whether it is addressed to the account itself."""
        return self.node in ("me", self.account.name)


def call_of(request: Request, edges: tuple[str, ...]) -> Call:
    """What the call is for."""
    path = meta.path_of(request)
    return "send" if request.method == "POST" and path[1:] and path[1] in edges else "other"


def asked(
    platform: str, request: Request, world: World, edges: tuple[str, ...], identity: str
) -> Asked | Refused | Told:
    """A call to say something below `edges`, or the answer to any other."""
    caller = meta.whose(platform, request, world)
    if isinstance(caller, Refused):
        return caller
    path = meta.path_of(request)
    if request.method == "GET" and path == ["me"]:
        return meta.whoami(caller, identity)
    if call_of(request, edges) != "send":
        return meta.not_there(caller.token)
    try:
        fields = meta.fields_of(request)
    except ValueError as error:
        return meta.refused(100, f"(#100) {error}", caller.token)
    return Asked(caller, fields, path[0], path[1])


def message(
    fields: dict[str, Any],
    account: Account,
    world: World,
    now: float,
    too_long: Callable[[str], str],
) -> Accepted | Refused:
    """What the Send API does; `too_long` gives the complaint about a text, or nothing."""
    platform, token = account.platform, account.token
    to = fields.get("recipient")
    words = fields.get("message")
    text = words.get("text") if isinstance(words, dict) else None
    if not isinstance(text, str) or not text.strip():
        return meta.refused(100, "(#100) Message cannot be empty, must provide text", token)
    if complaint := too_long(text):
        return meta.refused(100, complaint, token)
    match to:
        case {"id": str(person)} if meta.readable(person):
            about = ""
        case {"comment_id": str(about)} | {"post_id": str(about)} if meta.readable(about):
            person = about
        case _:
            return meta.refused(100, "(#100) Param recipient must be non-empty.", token)
    state = world.state_of(platform, person)
    if state == "unknown":
        return meta.refused(100, "(#100) No matching user found", token, 2_018_001)
    if state == "blocked":
        return meta.refused(551, "(#551) This person isn't available right now.", token, 1_545_041)
    tag = ""
    if fields.get("messaging_type") == "MESSAGE_TAG":
        tag = str(fields.get("tag"))
    if not about and meta.closed(platform, person, world, now, tag):
        message = "(#10) This message is sent outside of allowed window."
        return meta.refused(10, message, token, 2_018_278)
    once = (platform, account.name, f"private reply to {about}")
    if about and once in world.accepted:
        return meta.refused(10_900, "(#10900) Activity already replied to", token)
    if busy := meta.busy(account, world, now):
        return busy
    number = f"m_{world.next_id()}"
    reply = json_reply(200, {"recipient_id": person, "message_id": number})
    if about:
        world.accepted[once] = (now, reply)
    return Accepted(reply, Post(account.name, token, person, text, number, in_reply_to=about))


def comment(
    below: str, text: Any, account: Account, world: World, now: float, most: int
) -> Accepted | Refused:
    """A comment below something; a Page's own post is below the Page."""
    token = account.token
    if not meta.readable(below) or world.state_of(account.platform, below) == "unknown":
        return meta.not_there(token)
    if not isinstance(text, str) or not text.strip():
        return meta.refused(100, "(#100) The parameter message is required", token)
    if len(text) > most:
        complaint = f"(#100) Param message must be at most {most} characters long"
        return meta.refused(100, complaint, token)
    if busy := meta.busy(account, world, now):
        return busy
    number = f"{below}_{world.next_id()}"
    reply: Reply = json_reply(200, {"id": number})
    return Accepted(reply, Post(account.name, token, below, text, number, in_reply_to=below))
