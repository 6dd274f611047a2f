"""Slack: the Events API, slash commands and buttons, and chat.postMessage.

Secret: `secret`, the app's signing secret. Credentials: `token`, the bot's, and `base`.
https://docs.slack.dev/apis/events-api/
"""

import hmac
import re
from collections.abc import Mapping, Set
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from desk import calls
from desk.channels import slack_events
from desk.channels.usual import (
    acknowledge as acknowledge,
    clear as clear,
    poll as poll,
    polled as polled,
    prepare as prepare,
    prepared as prepared,
    sign_in as sign_in,
    signed_in as signed_in,
)
from desk.rulebook import Limit, Manner, Rate, RuleBook
from desk.untrusted import identifier, moment, rows, table, text
from desk.verification import check_recent, header, same, seconds, values
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
    Way,
    read_json,
)

# https://docs.slack.dev/reference/methods/chat.postMessage#truncating: what Slack advises; it cuts
# off beyond 40,000. One a second in each channel: #rate_limiting there.
_WAYS: tuple[Way, ...] = ("reply", "private", "message", "post")
_MANNER = Manner((Limit(4000, "characters"),), rates=(Rate(1, 1.0, "conversation"),))
RULES = RuleBook(
    ways={way: _MANNER for way in _WAYS},
    # https://docs.slack.dev/apis/events-api/#retries: at once, after a minute, and after five more
    acknowledge=3.0,
    redelivers=360.0,
)
HOOKS: Mapping[str, str] = {"secret": "the signing secret, on the app's page Basic Information"}
TOKENS: Mapping[str, str] = {
    "token": "the bot token, xoxb-…, on the page OAuth & Permissions",
    "account?": "the workspace's id, T…",
}
READS: Mapping[str, str] = {}

FORM = "application/x-www-form-urlencoded"

# https://docs.slack.dev/reference/methods/chat.postMessage#errors
REFUSALS: Mapping[str, Refusal] = {
    "invalid_auth": "token_invalid",
    "not_authed": "token_invalid",
    "token_expired": "token_invalid",
    "token_revoked": "token_invalid",
    "account_inactive": "token_invalid",
    "not_in_channel": "permission",
    "missing_scope": "permission",
    "no_permission": "permission",
    "not_allowed_token_type": "permission",
    "access_denied": "permission",
    "ekm_access_denied": "permission",
    "org_login_required": "permission",
    "team_access_not_granted": "permission",
    "restricted_action": "permanent",
    "restricted_action_read_only_channel": "permanent",
    "restricted_action_thread_only_channel": "permanent",
    "restricted_action_non_threadable_channel": "permanent",
    "restricted_action_thread_locked": "permanent",
    "channel_not_found": "permanent",
    "is_archived": "permanent",
    "is_inactive": "permanent",
    "user_not_found": "permanent",
    "cannot_reply_to_message": "permanent",
    "messages_tab_disabled": "permanent",
    "no_text": "permanent",
    "invalid_arguments": "permanent",
    "msg_too_long": "too_long",
    "message_limit_exceeded": "quota",
    "team_added_to_org": "permanent",
}
WAITS = ("ratelimited", "rate_limited")
# Of these Slack itself says that a part of it may have been done.
PASSING = ("fatal_error", "internal_error", "service_unavailable", "request_timeout")


def sign(body: bytes, stamp: str, secret: str) -> str:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack/"""
    signed = b"v0:" + stamp.encode("utf-8", "surrogatepass") + b":" + body
    return "v0=" + hmac.digest(secret.encode(), signed, sha256).hex()


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The body, if its HMAC is right and its time within five minutes of `now`."""
    known = values(secret, "secret")
    stamp = header(request, "x-slack-request-timestamp")
    given = header(request, "x-slack-signature")
    sent_at = seconds(stamp, "x-slack-request-timestamp")
    if not any([same(given, sign(request.body, stamp, each)) for each in known]):
        raise BadSignature("x-slack-signature does not match")
    check_recent(sent_at, now, "x-slack-request-timestamp")
    return request.body


def handshake(request: Inbound, secret: Secret) -> Answer | None:
    """The challenge, when the address is saved.

    https://docs.slack.dev/reference/events/url_verification
    """
    asked = calls.json_object(request.body) or {}
    challenge = text(asked.get("challenge"))
    return Answer(200, challenge) if asked.get("type") == "url_verification" and challenge else None


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """The item of an event, a slash command or a button.

    Raises Undecodable for anything else. `own` should have the bot's user id and its bot id.
    """
    if headers.get("content-type", "").partition(";")[0].strip().lower() == FORM:
        return [slack_events.form(body, own)]
    delivery = read_json(body)
    kind = text(delivery.get("type")) if isinstance(delivery, dict) else None
    if kind is None:
        raise Undecodable("no type")
    account, number = identifier(delivery.get("team_id")), identifier(delivery.get("event_id"))
    event = table(delivery.get("event"))
    name = text(event.get("type"))
    if kind == "event_callback" and name is None:
        raise Undecodable("event_callback without an event")
    if name in ("message", "app_mention"):
        return [slack_events.message(event, name, number, account, delivery.get("api_app_id"), own)]
    if name and name in slack_events.REACTIONS:
        return [slack_events.reaction(event, name, number, account, own)]
    who, where = event.get("user"), event.get("channel")
    author = identifier(table(who).get("id")) or identifier(who)
    return [
        Item(
            type="control",
            action="none",
            own=author in own,
            event=name or kind,
            event_id=number,
            account_id=account,
            author_id=author,
            conversation_id=identifier(table(where).get("id")) or identifier(where),
            created_at=moment(delivery.get("event_time")),
        )
    ]


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A message in the thread of the one it answers; in private, in the person's own channel.

    Plain text: what a person wrote cannot become markup, a link or a call to everybody. `key` has
    no use here. https://docs.slack.dev/reference/methods/chat.postMessage
    """
    fields: dict[str, Any] = {
        "channel": to.conversation or to.author,
        "text": escaped(text),
        "mrkdwn": False,
        "unfurl_links": False,
    }
    match to.way:
        case "private":
            fields["channel"] = to.author
        case "reply":
            fields["thread_ts"] = to.context or to.message
        case "message" if to.context:
            fields["thread_ts"] = to.context
    headers = {
        "content-type": "application/json; charset=utf-8",
        "authorization": f"Bearer {credentials['token']}",
    }
    return calls.post(f"{_base(credentials)}/api/chat.postMessage", fields, headers)


def outcome(response: Response) -> Outcome:
    """What Slack's answer proves: refusals come with 200 as well.

    https://docs.slack.dev/apis/web-api/#responses
    """
    answer = calls.json_object(response.body)
    if response.status == 429:
        wait = calls.wait(response.headers.get("retry-after"))
        return NotSent("rate_limited", "HTTP 429", wait)
    if answer is None:
        return Unknown(f"HTTP {response.status} without Slack's JSON")
    number = identifier(answer.get("ts")) or identifier(answer.get("message_ts"))
    if response.status == 200 and answer.get("ok") is True:
        return Sent(number) if number else Unknown("200 without a ts")
    return _refused(response, answer)


def look_up(to: Address, credentials: Credentials) -> Outbound | None:
    """What was said in the thread or the channel; None in private, whose channel is not known.

    https://docs.slack.dev/reference/methods/conversations.replies and …/conversations.history
    """
    thread = to.context or (to.message if to.way == "reply" else "")
    if to.way == "private" or not to.conversation:
        return None
    query = {"channel": to.conversation, "limit": "200"}
    if to.message and to.way != "post":
        query["oldest"] = to.message
    call = "history"
    if thread:
        query["ts"], call = thread, "replies"
    url = f"{_base(credentials)}/api/conversations.{call}?{urlencode(query)}"
    return Outbound("GET", url, {"authorization": f"Bearer {credentials['token']}"}, b"")


def looked_up(response: Response, to: Address, text: str) -> str | Unknown | None:
    """The `ts` of a bot's message with these words; Unknown where the list has no end."""
    answer = calls.json_object(response.body) or {}
    if response.status != 200 or answer.get("ok") is not True:
        return Unknown(f"HTTP {response.status}")
    for row in map(table, rows(answer.get("messages"))):
        said = row.get("text") if "bot_id" in row else None
        if isinstance(said, str) and _plain(said) == text:
            return identifier(row.get("ts"))
    return Unknown("there are more messages") if answer.get("has_more") is True else None


def check(credentials: Credentials) -> Outbound | None:
    """Who we are: https://docs.slack.dev/reference/methods/auth.test"""
    headers = {"authorization": f"Bearer {credentials['token']}"}
    return calls.post(f"{_base(credentials)}/api/auth.test", {}, headers)


def checked(response: Response) -> str | NotSent | Unknown:
    """The workspace's id, which is what an event has for its account."""
    answer = calls.json_object(response.body) or {}
    team = identifier(answer.get("team_id"))
    if response.status == 200 and answer.get("ok") is True and team:
        return team
    return _refused(response, answer)


def escaped(said: str) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(said: str) -> str:
    """A text as it was given: Slack puts links in <…|…> and escapes three characters."""
    said = re.sub(r"<(?:https?://|mailto:)[^|>]+\|([^>]*)>", r"\1", said)
    return slack_events.unescaped(re.sub(r"<(https?://[^>]+)>", r"\1", said))


def _refused(response: Response, answer: dict[str, Any]) -> NotSent | Unknown:
    """What an answer proves that is not ok."""
    error = text(answer.get("error")) or ""
    if answer.get("ok") is False and response.status < 500:
        if error in REFUSALS:
            return NotSent(REFUSALS[error], error)
        if error in WAITS:
            return NotSent("rate_limited", error, calls.wait(response.headers.get("retry-after")))
    passing = error in PASSING or response.status >= 500
    return Unknown(f"HTTP {response.status} {error}".strip(), passing)


def _base(credentials: Credentials) -> str:
    return (credentials.get("base") or "https://slack.com").rstrip("/")
