"""The one door through which anything is said in public."""

from dataclasses import replace
from typing import NamedTuple

from cloud import http, secrets, sign_in
from desk.channels import Platform, platform
from desk.health import budget
from desk.outbound import Reply
from desk.reasons import reason
from desk.wire import Address, Credentials, NotSent, Outbound, Outcome, Unknown, visible

MILLISECONDS_NEEDED = int(3 * 1000 * http.TOTAL_SECONDS)
"""Below three times the call's own limit no call is begun."""


class Answered(NamedTuple):
    """What became of a post, and the share of the platform's rate limit that is left, if told."""

    outcome: Outcome
    budget: float | None = None


class Door(NamedTuple):
    """A channel that we may post on, with what opens it."""

    platform: Platform
    credentials: Credentials


class Closed(NamedTuple):
    """A channel that we cannot post on now, and why: a person has to look."""

    reason: str


def door(brand: str, channel: str) -> Door | Closed:
    """What opens a channel. Platforms with short-lived tokens are signed in to, and stay so."""
    credentials = secrets.credentials(brand, channel)
    if credentials is None:
        return Closed(reason("no_credentials"))
    module = platform(credentials["platform"])
    try:
        return Door(module, sign_in.credentials(brand, channel, module, credentials))
    except sign_in.Refused as why:
        return Closed(str(why))


def post(through: Door, reply: Reply, tag: str = "") -> Answered:
    """Post a claimed reply, once, with what its window asks for. Never raises for what the network
    or the platform does.
    """
    module, credentials = through
    ours, theirs = credentials.get("account", ""), reply.address.account
    if ours and theirs and ours != theirs:
        return Answered(NotSent("wrong_account", "the credentials are another account's"))
    to, text = replace(reply.address, tag=tag), visible(reply.text)
    if before := module.prepare(to, text, reply.id, credentials):
        ready = _prepared(module, before, to)
        if isinstance(ready, NotSent):
            return Answered(ready)
        to = ready
    answer = http.call(module.compose(to, text, reply.id, credentials))
    if isinstance(answer, NotSent | Unknown):
        return Answered(answer)
    outcome, left = module.outcome(answer), budget(answer.headers)
    match outcome:
        case NotSent("token_invalid", why) if sign_in.refused(reply.brand, reply.channel):
            return Answered(NotSent("token_invalid", why, again_after=5.0), left)
    return Answered(outcome, left)


def found(through: Door, reply: Reply) -> str | Unknown | None:
    """The platform's id of a reply that may have been posted; None where it is certainly not there.

    Unknown where the platform does not list what we posted, or does not say it now.
    """
    module, credentials = through
    call = module.look_up(reply.address, credentials)
    if call is None:
        return Unknown("the platform does not list what we have posted")
    answer = http.call(call)
    if isinstance(answer, NotSent | Unknown):
        return Unknown(answer.reason)
    return module.looked_up(answer, reply.address, visible(reply.text))


def _prepared(module: Platform, before: Outbound, to: Address) -> Address | NotSent:
    # Preparing posts nothing, so that whatever becomes of it, nothing is out.
    answer = http.call(before)
    ready = answer if isinstance(answer, NotSent | Unknown) else module.prepared(answer, to)
    if isinstance(ready, Unknown):
        return NotSent("unreachable", ready.reason, again_after=30)
    return ready
