"""Discord: interactions, webhook events, messages of channels that are polled, and answers.

Secret: `public_key`, the application's. Credentials: `token`, the bot's, and `base`.

What people write in a server's channels comes over the Gateway alone, a websocket that has to stay
open; nothing that is started by requests can hold one. Channels that are named in READS are polled
instead. https://docs.discord.com/developers/events/gateway
"""

import re
from collections.abc import Mapping, Set
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from desk import calls
from desk.channels import discord_events
from desk.channels.usual import (
    clear as clear,
    prepare as prepare,
    prepared as prepared,
    sign_in as sign_in,
    signed_in as signed_in,
)
from desk.polling import SOURCE, Page, Poll
from desk.rulebook import Limit, Manner, Rate, RuleBook, Window
from desk.untrusted import identifier, table, text
from desk.verification import header, values
from desk.wire import (
    Address,
    Answer,
    BadSignature,
    Credentials,
    Inbound,
    Item,
    NotSent,
    Outbound,
    Outcome,
    Refusal,
    Response,
    Secret,
    Sent,
    Undecodable,
    Unknown,
    read_json,
)

# https://docs.discord.com/developers/resources/message#create-message
_LIMITS = (Limit(2000, "characters"),)
# https://docs.discord.com/developers/topics/rate-limits#global-rate-limit; those of a channel are
# told by its answers alone.
_RATES = (Rate(50, 1.0, "channel"),)
_CHANNEL = Manner(_LIMITS, rates=_RATES)
RULES = RuleBook(
    ways={
        "reply": _CHANNEL,
        "message": Manner(
            _LIMITS,
            (
                # https://docs.discord.com/developers/interactions/receiving-and-responding
                Window(frozenset({"interaction"}), 900.0),
                # A channel's message may be answered at any time; a year stands for that.
                Window(frozenset({"message", "mention"}), 365 * 86_400.0),
            ),
            _RATES,
        ),
        "post": _CHANNEL,
    },
    acknowledge=3.0,  # https://docs.discord.com/developers/events/webhook-events
    redelivers=600.0,
    remembers=120.0,  # "the past few minutes", of a nonce: a careful guess
)
HOOKS: Mapping[str, str] = {
    "public_key": "the application's public key, on its page General Information"
}
TOKENS: Mapping[str, str] = {
    "token": "the bot's token, on the page Bot",
    "account?": "the application's id",
}
READS: Mapping[str, str] = {
    "token": "the bot's token",
    "channels": "the ids of the channels to read, parted by commas",
}

_EVERY = 30.0
_SIGNATURE = re.compile(r"[0-9a-fA-F]{128}")
_EPHEMERAL = 64
_PING, _COMMAND, _COMPONENT, _AUTOCOMPLETE, _MODAL = 1, 2, 3, 4, 5
PRESSES = {_COMMAND: "command", _COMPONENT: "component", _MODAL: "modal"}

# https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
REFUSALS: Mapping[int, Refusal] = {
    10003: "permanent",
    10004: "permanent",
    10008: "permanent",
    10013: "permanent",
    10015: "reply_token_used_or_expired",
    10062: "reply_token_used_or_expired",
    20016: "rate_limited",
    20028: "rate_limited",
    40001: "token_invalid",
    40002: "blocked",
    40060: "duplicate",
    50001: "permission",
    50006: "permanent",
    50007: "permanent",
    50008: "permanent",
    50009: "permission",
    50013: "permission",
    50014: "token_invalid",
    50027: "reply_token_used_or_expired",
    50035: "permanent",
    50083: "permanent",
    50278: "permanent",
    160002: "permission",
    160005: "permanent",
    200000: "permanent",
    200001: "permanent",
    240000: "permanent",
}


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The body, if it is signed with the application's key. Discord sets no bound to its time.

    https://docs.discord.com/developers/interactions/overview#validating-security-request-headers
    """
    known = values(secret, "public_key")
    given = header(request, "x-signature-ed25519")
    stamp = header(request, "x-signature-timestamp")
    if not _SIGNATURE.fullmatch(given):
        raise BadSignature("x-signature-ed25519 is not 64 bytes in hex")
    signed = stamp.encode("utf-8", "surrogatepass") + request.body
    if not any([_signed_by(each, bytes.fromhex(given), signed) for each in known]):
        raise BadSignature("x-signature-ed25519 does not match")
    return request.body


def handshake(request: Inbound, secret: Secret) -> Answer | None:
    """What answers a PING: of interactions a PONG, of webhook events nothing but 204."""
    asked = calls.json_object(request.body) or {}
    kind = asked.get("type")
    if isinstance(kind, bool) or "event" in asked:
        return None
    if kind == _PING:
        return _json('{"type":1}')
    return _nothing() if kind == 0 and "application_id" in asked else None


def acknowledge(request: Inbound) -> Answer:
    """204 for an event. An interaction is told to wait, so that only who asked sees the answer.

    Somebody who is still typing gets no choices.
    https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object
    """
    delivered = calls.json_object(request.body) or {}
    if "event" in delivered or "token" not in delivered:
        return _nothing()
    if delivered.get("type") == _AUTOCOMPLETE:
        return _json('{"type":8,"data":{"choices":[]}}')
    return _json(f'{{"type":5,"data":{{"flags":{_EPHEMERAL}}}}}')


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """The item of an interaction or a webhook event, or the items of a channel that was polled.

    Raises Undecodable for anything else.
    """
    delivery = read_json(body)
    if headers.get(SOURCE, "").startswith("channel:") and isinstance(delivery, list):
        return [discord_events.message(table(row), own) for row in reversed(delivery)]
    account = identifier(delivery.get("application_id")) if isinstance(delivery, dict) else None
    if account is None:
        raise Undecodable("no application_id")
    kind, event = delivery.get("type"), table(delivery.get("event"))
    if "event" in delivery:
        return [discord_events.webhook_event(event, account, own)]
    if isinstance(kind, int) and kind in PRESSES:
        return [discord_events.interaction(delivery, PRESSES[kind], account, own)]
    return [Item(type="control", action="none", account_id=account, event=f"type {kind}"[:40])]


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A message in the channel, or the answer that an interaction waits for.

    Nothing in a text can call anybody. A message's nonce keeps it from being posted twice; the
    answer to an interaction may be written as often as one likes, and stays one.
    https://docs.discord.com/developers/resources/message#create-message
    """
    if to.way not in RULES.ways:
        raise KeyError(to.way)
    fields: dict[str, Any] = {"content": text, "allowed_mentions": {"parse": []}}
    base = f"{_base(credentials)}/api/v10"
    if to.reply_token:
        path = f"{quote(to.context, safe='')}/{quote(to.reply_token, safe='')}"
        call = calls.post(f"{base}/webhooks/{path}/messages/@original", fields, {})
        return call._replace(method="PATCH")
    fields |= {"nonce": sha256(key.encode()).hexdigest()[:25], "enforce_nonce": True}
    if to.message and to.way != "post":
        fields["message_reference"] = {"message_id": to.message, "fail_if_not_exists": False}
    channel = quote(to.conversation, safe="")
    return calls.post(f"{base}/channels/{channel}/messages", fields, _bot(credentials))


def outcome(response: Response) -> Outcome:
    """What Discord's answer proves.

    https://docs.discord.com/developers/topics/opcodes-and-status-codes
    """
    answer = calls.json_object(response.body)
    if answer is None:
        return Unknown(f"HTTP {response.status} without Discord's JSON")
    if response.status == 200:
        number = identifier(answer.get("id"))
        return Sent(number) if number else Unknown("200 without an id")
    return _refused(response, answer)


def look_up(to: Address, credentials: Credentials) -> Outbound | None:
    """The channel's latest messages; None for an interaction, whose answer only one person sees.

    https://docs.discord.com/developers/resources/message#get-channel-messages
    """
    if to.reply_token or not to.conversation:
        return None
    after = f"&after={quote(to.message, safe='')}" if to.message and to.way != "post" else ""
    channel = quote(to.conversation, safe="")
    url = f"{_base(credentials)}/api/v10/channels/{channel}/messages?limit=100{after}"
    return Outbound("GET", url, _bot(credentials), b"")


def looked_up(response: Response, to: Address, text: str) -> str | Unknown | None:
    """The id of a bot's message with these words that answers the same one.

    Unknown where there may be more messages than are listed.
    """
    try:
        listed = read_json(response.body)
    except Undecodable:
        listed = None
    if response.status != 200 or not isinstance(listed, list):
        return Unknown(f"HTTP {response.status}")
    for row in map(table, listed):
        about = identifier(table(row.get("message_reference")).get("message_id"))
        same = to.way == "post" or not to.message or about in (to.message, None)
        if row.get("content") == text and same and table(row.get("author")).get("bot") is True:
            return identifier(row.get("id"))
    return Unknown("there may be more messages") if len(listed) >= 100 else None


def poll(marks: Mapping[str, Mapping[str, str]], credentials: Credentials) -> tuple[Poll, ...]:
    """What was written in each channel since the newest message that we know."""
    named = [part.strip() for part in credentials["channels"].split(",")]
    polls = []
    for channel in filter(None, named):
        source = f"channel:{channel}"
        after = marks.get(source, {}).get("after")
        query = f"limit=100&after={quote(after, safe='')}" if after else "limit=1"
        url = f"{_base(credentials)}/api/v10/channels/{quote(channel, safe='')}/messages?{query}"
        polls.append(Poll(source, Outbound("GET", url, _bot(credentials), b""), _EVERY))
    return tuple(polls)


def polled(source: str, response: Response, marks: Mapping[str, str]) -> Page | NotSent | Unknown:
    """A page of a channel. The first of all only says where to begin."""
    if response.status != 200:
        return _refused(response, calls.json_object(response.body) or {})
    try:
        listed = read_json(response.body)
    except Undecodable:
        listed = None
    if not isinstance(listed, list):
        return Unknown("200 without a list")
    numbers = [identifier(table(row).get("id")) or "" for row in listed]
    newest = max((int(each) for each in numbers if discord_events.snowflake(each)), default=0)
    before = marks.get("after")
    return Page(bool(listed) and before is not None, {"after": str(newest or before or "0")})


def check(credentials: Credentials) -> Outbound | None:
    """Which application the token is of.

    https://docs.discord.com/developers/resources/application#get-current-application
    """
    return Outbound("GET", f"{_base(credentials)}/api/v10/applications/@me", _bot(credentials), b"")


def checked(response: Response) -> str | NotSent | Unknown:
    """The application's id."""
    answer = calls.json_object(response.body) or {}
    number = identifier(answer.get("id"))
    return number if response.status == 200 and number else _refused(response, answer)


def _signed_by(key: str, signature: bytes, signed: bytes) -> bool:
    # Not above: only what is verified needs it.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, signed)
    except InvalidSignature:
        return False
    except ValueError:
        raise BadSignature("the channel's public_key is not 32 bytes in hex") from None
    return True


def _refused(response: Response, answer: dict[str, Any]) -> NotSent | Unknown:
    """What an answer other than a success proves, by its code."""
    reason, code = text(answer.get("message")) or "", answer.get("code")
    status = response.status
    if not 400 <= status < 500 or not reason:
        return Unknown(f"HTTP {status} {reason}".strip(), passing=status >= 500)
    asked = answer.get("retry_after", response.headers.get("retry-after"))
    if status == 429:  # the body's: in a shared scope the header's reset is another's
        return NotSent("rate_limited", reason, calls.wait(asked))
    if status == 401:
        return NotSent("token_invalid", reason)
    if isinstance(code, bool) or not isinstance(code, int) or code not in REFUSALS:
        return Unknown(f"HTTP {status} {reason}")
    kind = REFUSALS[code]
    if kind == "rate_limited":
        return NotSent(kind, reason, calls.wait(asked))
    if b"BASE_TYPE_MAX_LENGTH" in response.body or b"BASE_TYPE_BAD_LENGTH" in response.body:
        kind = "too_long"
    return NotSent(kind, reason)


def _nothing() -> Answer:
    return Answer(204, "", "application/json")


def _json(body: str) -> Answer:
    return Answer(200, body, "application/json")


def _bot(credentials: Credentials) -> dict[str, str]:
    return {"authorization": f"Bot {credentials['token']}"}


def _base(credentials: Credentials) -> str:
    return (credentials.get("base") or "https://discord.com").rstrip("/")
