"""Facebook as it answers a Page: comments, posts, messages, private replies."""

from tests.platforms import messenger, meta
from tests.platforms.world import Account, Call, Heard, Request, Verdict, World

TEXT_LIMIT = 2000
COMMENT_LIMIT = 8000
POST_LIMIT = 63_206
EDGES = ("messages", "comments", "feed")

ACCOUNT = Account("facebook", "1000000003", "pretend-facebook-token")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"token": ACCOUNT.token}


def call_of(request: Request) -> Call:
    """What the call is for."""
    return messenger.call_of(request, EDGES)


def answer(request: Request, world: World, now: float) -> Verdict:
    """What Facebook does with a call."""
    call = messenger.asked("facebook", request, world, EDGES, "id")
    if not isinstance(call, messenger.Asked):
        return call
    account, text = call.account, call.fields.get("message")
    if call.edge == "comments":
        return messenger.comment(call.node, text, account, world, now, COMMENT_LIMIT)
    if not call.is_home():
        return meta.not_there(account.token)
    if call.edge == "feed":
        return messenger.comment(account.name, text, account, world, now, POST_LIMIT)
    return messenger.message(call.fields, account, world, now, _too_long)


def hear(heard: Heard, world: World, now: float) -> None:
    """What a person does opens a day."""
    meta.hear("facebook", heard, world, now)


too_many, failure = meta.too_many, meta.failure


def _too_long(text: str) -> str:
    if len(text) <= TEXT_LIMIT:
        return ""
    return f"(#100) Length of param message[text] must be less than or equal to {TEXT_LIMIT}"
