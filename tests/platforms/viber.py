"""Viber as it answers send_message: https://developers.viber.com/docs/api/rest-bot-api/"""

from tests.platforms.world import (
    Accepted,
    Account,
    Call,
    Heard,
    Post,
    Refused,
    Reply,
    Request,
    Verdict,
    World,
    json_reply,
    read_json,
)

TEXT_LIMIT = 7000
_CALL = "/pa/send_message"

ACCOUNT = Account("viber", "", "pretend-viber-token")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"token": ACCOUNT.token, "name": "Desk"}


def call_of(request: Request) -> Call:
    """What the call is for."""
    return "send" if request.path == _CALL else "other"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What Viber does with a call: whatever it refuses comes with 200 as well."""
    token = request.headers.get("x-viber-auth-token", "")
    if call_of(request) != "send":
        return _refused(1, "invalidUrl", token)
    account = world.account("viber", token)
    if account is None:
        return _refused(2, "invalidAuthToken", token)
    try:
        fields = read_json(request.body)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return _refused(3, "badData", token)
    receiver, text = fields.get("receiver"), fields.get("text")
    if not isinstance(receiver, str) or not isinstance(text, str) or not fields.get("sender"):
        return _refused(4, "missingData", token)
    if world.state_of("viber", receiver) == "unknown":
        return _refused(5, "receiverNotRegistered", token)
    if world.state_of("viber", receiver) == "blocked":
        return _refused(6, "receiverNotSubscribed", token)
    if not text.strip() or len(text) > TEXT_LIMIT:
        return _refused(3, "badData", token)
    number = 5_741_311_803_000_000_000 + world.next_id()
    reply = json_reply(200, {"status": 0, "status_message": "ok", "message_token": number})
    return Accepted(reply, Post(account.name, token, receiver, text, str(number)))


def hear(heard: Heard, world: World, now: float) -> None:
    """Whoever writes to the bot has not left it."""
    world.recipients.pop(("viber", heard.recipient), None)


def too_many(retry_after: str) -> Reply:
    """Viber beyond what a silent person is sent; the header is there for clients to face."""
    headers = (("Retry-After", retry_after),) if retry_after else ()
    return json_reply(200, {"status": 12, "status_message": "tooManyRequests"}, *headers)


def failure(status: int) -> Reply:
    """Viber out of order, or answering with an error that is on nobody's list."""
    return json_reply(status, {"status": 99, "status_message": "generalError"})


def _refused(status: int, message: str, token: str) -> Refused:
    return Refused(json_reply(200, {"status": status, "status_message": message}), message, token)
