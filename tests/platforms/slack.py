"""Slack as it answers chat.postMessage: https://docs.slack.dev/reference/methods/chat.postMessage"""

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
    bearer,
    json_reply,
    read_json,
)

TEXT_LIMIT = 4000
_CALL = "/api/chat.postMessage"

ACCOUNT = Account("slack", "T0PRETEND", "xoxb-pretend-slack-token")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"token": ACCOUNT.token}


def call_of(request: Request) -> Call:
    """What the call is for."""
    return "send" if request.path == _CALL else "other"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What Slack does with a call: whatever it refuses comes with 200 as well."""
    token = bearer(request.headers)
    if call_of(request) != "send":
        return _refused("unknown_method", token)
    account = world.account("slack", token)
    if account is None:
        return _refused("invalid_auth" if token else "not_authed", token)
    try:
        fields = read_json(request.body)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return _refused("json_not_object", token)
    channel, text = fields.get("channel"), fields.get("text")
    if not isinstance(channel, str) or world.state_of("slack", channel) == "unknown":
        return _refused("channel_not_found", token)
    if world.state_of("slack", channel) == "blocked":
        return _refused("not_in_channel", token)
    if not isinstance(text, str) or not text.strip():
        return _refused("no_text", token)
    said = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    if len(said) > TEXT_LIMIT:
        return _refused("msg_too_long", token)
    number, about = f"{int(now)}.{world.next_id():06}", str(fields.get("thread_ts") or "")
    reply = json_reply(
        200, {"ok": True, "channel": channel, "ts": number, "message": {"text": text}}
    )
    return Accepted(reply, Post(account.name, token, channel, said, number, in_reply_to=about))


def hear(heard: Heard, world: World, now: float) -> None:
    """Whoever writes in a channel shows that there is one."""
    world.recipients.pop(("slack", heard.recipient), None)


def too_many(retry_after: str) -> Reply:
    """Slack at its rate limit."""
    headers = (("Retry-After", retry_after),) if retry_after else ()
    return json_reply(429, {"ok": False, "error": "ratelimited"}, *headers)


def failure(status: int) -> Reply:
    """Slack out of order, or answering with an error that is on nobody's list."""
    error = "internal_error" if status >= 500 else "oddness"
    return json_reply(status, {"ok": False, "error": error})


def _refused(error: str, token: str) -> Refused:
    return Refused(json_reply(200, {"ok": False, "error": error}), error, token)
