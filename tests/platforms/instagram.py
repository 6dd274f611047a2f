"""Instagram as it answers a professional account: replies, mentions, messages."""

from tests.platforms import messenger, meta
from tests.platforms.world import Account, Call, Heard, Request, Verdict, World

BYTE_LIMIT = 1000
COMMENT_LIMIT = 2200
EDGES = ("messages", "replies", "mentions")

ACCOUNT = Account("instagram", "17841400000000004", "pretend-instagram-token")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"token": ACCOUNT.token}


def call_of(request: Request) -> Call:
    """What the call is for."""
    return messenger.call_of(request, EDGES)


def answer(request: Request, world: World, now: float) -> Verdict:
    """What Instagram does with a call."""
    call = messenger.asked("instagram", request, world, EDGES, "user_id")
    if not isinstance(call, messenger.Asked):
        return call
    account, text = call.account, call.fields.get("message")
    if call.edge == "replies":
        return messenger.comment(call.node, text, account, world, now, COMMENT_LIMIT)
    if not call.is_home():
        return meta.not_there(account.token)
    if call.edge == "mentions":
        about = call.fields.get("comment_id") or call.fields.get("media_id")
        return messenger.comment(str(about), text, account, world, now, COMMENT_LIMIT)
    return messenger.message(call.fields, account, world, now, _too_long)


def hear(heard: Heard, world: World, now: float) -> None:
    """What a person does opens a day."""
    meta.hear("instagram", heard, world, now)


too_many, failure = meta.too_many, meta.failure


def _too_long(text: str) -> str:
    if len(text.encode()) <= BYTE_LIMIT:
        return ""
    return f"(#100) Length of param message[text] must be less than or equal to {BYTE_LIMIT}"
