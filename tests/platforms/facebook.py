"""Facebook as it answers a Page: comments, posts, messages, private replies."""

from tests.platforms import messenger, meta
from tests.platforms.world import Account, Call, Heard, Refused, Request, Verdict, World

TEXT_LIMIT = 2000
COMMENT_LIMIT = 8000
POST_LIMIT = 63_206

ACCOUNT = Account("facebook", "1000000003", "pretend-facebook-token")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"token": ACCOUNT.token}


def call_of(request: Request) -> Call:
    """What the call is for."""
    match meta.path_of(request):
        case [_, "messages" | "comments" | "feed"] if request.method == "POST":
            return "send"
    return "other"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What Facebook does with a call."""
    account = meta.whose("facebook", request, world)
    if isinstance(account, Refused):
        return account
    path = meta.path_of(request)
    if request.method == "GET" and path == ["me"]:
        return meta.whoami(account)
    if call_of(request) != "send":
        return meta.not_there(account.token)
    try:
        fields = meta.fields_of(request)
    except ValueError as error:
        return meta.refused(100, f"(#100) {error}", account.token)
    text, (node, edge) = fields.get("message"), path
    if edge == "comments":
        return messenger.comment(node, text, account, world, now, COMMENT_LIMIT)
    if node not in ("me", account.name):
        return meta.not_there(account.token)
    if edge == "feed":
        return messenger.comment(account.name, text, account, world, now, POST_LIMIT)
    return messenger.message(fields, account, world, now, _too_long)


def hear(heard: Heard, world: World, now: float) -> None:
    """What a person does opens a day."""
    meta.hear("facebook", heard, world, now)


too_many, failure = meta.too_many, meta.failure


def _too_long(text: str) -> str:
    if len(text) <= TEXT_LIMIT:
        return ""
    return f"(#100) Length of param message[text] must be less than or equal to {TEXT_LIMIT}"
