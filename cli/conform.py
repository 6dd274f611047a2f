"""Conformance: judges recorded webhooks and API answers as the product would, a JSON line each."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from desk import sealed
from desk.channels import PLATFORMS, platform, wechat
from desk.verification import values
from desk.wire import (
    Answer,
    BadSignature,
    Inbound,
    NotSent,
    Response,
    Secret,
    Sent,
    Undecodable,
    Unknown,
)

PLATFORM_OF = {"standard_webhooks": "standard", "wechat_oa": "wechat"}
ONE_EVENT = ("standard", "telegram")
"""Platforms whose delivery is one event, so that the event's id is the delivery's."""

UNSUPPORTED = "channel not supported"

Record = Mapping[str, Any]
Judged = dict[str, Any]

app = typer.Typer(
    help="Judge recorded deliveries and answers of the platforms: a JSON line for each on stdout, "
    "totals and differences on stderr. Exit code 1 if a record expects something else, 2 if a file "
    "or a record cannot be read.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="JSON files, each a list of records.")
]


class Unreadable(Exception):
    """A file that has no records; the argument says why."""


@app.command()
def signatures(files: Files) -> None:
    """Verify recorded requests, and answer handshakes.

    A record has `id`, `channel`, `secret` (text, or an object for WeChat), `now` (seconds, or null
    where the clock must not count) and `request` with method, headers, query and body or body_b64;
    it may have `allow_list`, the origins that may send.
    A request of `plaintext` and `random16` is encrypted instead. `expected` is compared if given.
    """
    _run(files, signature, "expected")


@app.command()
def payloads(files: Files) -> None:
    """Parse recorded deliveries into the items that they report.

    A record has `id`, `channel`, `body_json` or `body_text`, and may have `headers` and
    `own_account`, the ids that are ours. Of `expect` only the keys that are there are compared.
    """
    _run(files, payload, "expect")


@app.command()
def errors(files: Files) -> None:
    """Say what recorded API answers prove about the message that was sent.

    A record has `id`, `channel` and `response` with status, headers and body_json or body_text.
    `class` is the error class, `outcome` what follows for the message: sent, not_sent or unknown.
    """
    _run(files, error, "expected")


def signature(record: Record) -> Judged:
    """Whether the record's request is genuine, why not, and how it would be answered."""
    name = _platform(record)
    if name is None:
        return _unsupported(record, "valid")
    request, secret = _part(record, "request"), _secret(record, name)
    if name == "wechat" and "plaintext" in request:
        return _sealed(record, request, secret)
    inbound = _inbound(request)
    safe = "encoding_aes_key" in secret and inbound.method != "GET"
    now = record.get("now")
    judged: Judged = {"id": record["id"]}
    try:
        clear = platform(name).verify(inbound, secret, None if now is None else float(now))
    except BadSignature as refused:
        judged |= {"valid": False, "reason": str(refused)}
        judged["response"] = {"status": refused.status, "body": ""}
        if safe:
            judged["plaintext"] = _opened(wechat.ciphertext(inbound.body), secret)
        return judged
    answer = platform(name).handshake(inbound, secret)
    if answer is None and inbound.method == "POST":
        answer = platform(name).acknowledge(inbound)
    judged |= {"valid": True, "reason": None}
    judged["response"] = _shown(answer) if answer else None
    if safe:
        judged["plaintext"] = clear.decode("utf-8", "replace")
    return judged


def payload(record: Record) -> Judged:
    """What the record's delivery reports; items empty, with the reason, if it cannot be read."""
    name = _platform(record)
    if name is None:
        return _unsupported(record, "items")
    headers = _headers(record.get("headers") or {})
    judged: Judged = {"id": record["id"]}
    try:
        items = platform(name).parse(_body(record), headers, _own(record))
    except Undecodable as refused:
        return judged | {"items": [], "reason": str(refused)}
    judged["items"] = [item.facts() for item in items]
    events = {item.event_id for item in items if item.event_id}
    if name in ONE_EVENT and len(events) == 1:
        judged["delivery_event_id"] = events.pop()
    return judged


def error(record: Record) -> Judged:
    """The error class of the record's answer, and what it proves.

    A passing fault of the platform's is `retryable` as an answer, and `unknown` as an outcome:
    the same call might post a second time.
    """
    name = _platform(record)
    if name is None:
        return _unsupported(record, "class")
    given = _part(record, "response")
    body = _body(given) if "body_json" in given or "body_text" in given else b""
    response = Response(int(given["status"]), _headers(given.get("headers") or {}), body)
    judged: Judged = {"id": record["id"], "class": "ok", "retry_after_s": None, "reason": None}
    match platform(name).outcome(response):
        case Sent(again=again):
            judged |= {"class": "duplicate" if again else "ok", "outcome": "sent"}
        case NotSent(kind, reason, again_after):
            judged |= {"class": kind, "outcome": "not_sent", "reason": reason}
            if kind == "rate_limited":
                judged["retry_after_s"] = again_after
        case Unknown(reason, passing):
            later = passing or response.status >= 500
            name = "retryable" if later else "unknown_outcome"
            judged |= {"class": name, "outcome": "unknown", "reason": reason}
    return judged


def differences(judged: Judged, expected: Record) -> list[str]:
    """Where a judgement is not what a record expects, in words; empty if it agrees."""
    found = []
    for name in ("valid", "plaintext", "encrypt", "msg_signature", "class", "retry_after_s"):
        if name in expected:
            found += _difference(name, expected[name], judged.get(name))
    response = expected.get("response") or {}
    for name in response.keys() & {"status", "body"}:
        shown = judged.get("response") or {}
        found += _difference(f"response {name}", response[name], shown.get(name))
    if "delivery_event_id" in expected:
        name = "delivery_event_id"
        found += _difference(name, expected[name], judged.get(name))
    items = judged.get("items") or []
    if "item_count" in expected:
        found += _difference("item_count", expected["item_count"], len(items))
    wanted = expected.get("items") or []
    for number, (want, item) in enumerate(zip(wanted, items, strict=False)):
        for name, value in want.items():
            found += _difference(f"item {number} {name}", value, item.get(name))
    return found


def _run(files: list[Path], judge: Callable[[Record], Judged], expectation: str) -> None:
    counts = dict.fromkeys(("records", "agree", "differ", "skipped", "unreadable"), 0)
    for file in files:
        try:
            records = _records(file)
        except Unreadable as unreadable:
            counts["unreadable"] += 1
            typer.echo(f"{file}: {unreadable}", err=True)
            continue
        for number, record in enumerate(records, 1):
            counts["records"] += 1
            try:
                judged = judge(record)
                found = differences(judged, record.get(expectation) or {})
            except (KeyError, TypeError, ValueError, AttributeError) as malformed:
                counts["unreadable"] += 1
                typer.echo(f"{file}: record {number}: {malformed!r}", err=True)
                continue
            typer.echo(json.dumps(judged))
            if str(judged.get("reason")).startswith(UNSUPPORTED):
                counts["skipped"] += 1
            elif expectation in record:
                counts["differ" if found else "agree"] += 1
                for line in found:
                    typer.echo(f"{record['id']}: {line}", err=True)
    typer.echo(", ".join(f"{count} {what}" for what, count in counts.items()), err=True)
    if counts["unreadable"]:
        raise typer.Exit(2)
    if counts["differ"]:
        raise typer.Exit(1)


def _records(file: Path) -> list[Record]:
    try:
        records = json.loads(file.read_bytes())
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be opened") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}") from error
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise Unreadable("not a list of records")
    return records


def _platform(record: Record) -> str | None:
    channel = str(record["channel"])
    name = PLATFORM_OF.get(channel, channel)
    return name if name in PLATFORMS else None


def _unsupported(record: Record, verdict: str) -> Judged:
    return {"id": record["id"], verdict: None, "reason": f"{UNSUPPORTED}: {record['channel']}"}


def _part(record: Record, name: str) -> Record:
    part = record.get(name)
    if not isinstance(part, dict):
        raise ValueError(f"no object {name}")
    return part


def _secret(record: Record, name: str) -> Secret:
    """The secret with our names for its fields; of a list the second is the previous one."""
    given = record.get("secret")
    field = "token" if name in ("wechat", "cloudevents") else "secret"
    origins = ",".join(map(str, record.get("allow_list") or []))
    more = {"origins": origins} if origins else {}
    if isinstance(given, dict):
        return more | {key: str(value) for key, value in given.items() if value is not None}
    listed = given if isinstance(given, list) else [given]
    named = zip((field, f"previous_{field}"), listed, strict=False)
    return more | {key: str(value) for key, value in named if value is not None}


def _inbound(request: Record) -> Inbound:
    query = {str(name): str(value) for name, value in (request.get("query") or {}).items()}
    if "body_b64" in request:
        body = base64.b64decode(request["body_b64"], validate=True)
    else:
        body = str(request.get("body") or "").encode("utf-8", "surrogatepass")
    return Inbound(
        str(request["method"]).upper(), _headers(request.get("headers") or {}), query, body
    )


def _headers(given: Record) -> dict[str, str]:
    """Names in lower case; what comes twice is joined by a comma, as API Gateway does."""
    headers: dict[str, str] = {}
    for name, value in given.items():
        parts = [str(part) for part in (value if isinstance(value, list) else [value])]
        before = [headers[name.lower()]] if name.lower() in headers else []
        headers[name.lower()] = ",".join(before + parts)
    return headers


def _body(given: Record) -> bytes:
    if "body_text" in given:
        return str(given["body_text"]).encode("utf-8", "surrogatepass")
    return json.dumps(given["body_json"]).encode()


def _own(record: Record) -> frozenset[str]:
    own = record.get("own_account") or []
    if isinstance(own, dict):
        own = list(own.values())
    return frozenset(str(each) for each in (own if isinstance(own, list) else [own]))


def _sealed(record: Record, request: Record, secret: Secret) -> Judged:
    """The ciphertext of a text, and its signature if the request has a time to sign."""
    judged: Judged = {"id": record["id"], "valid": True, "reason": None}
    try:
        cipher = sealed.encrypt(request["plaintext"], request["random16"].encode(), secret)
        judged["encrypt"] = cipher
        if "timestamp" in request and "nonce" in request:
            token = values(secret, "token")[0]
            stamp, nonce = str(request["timestamp"]), str(request["nonce"])
            judged["msg_signature"] = sealed.sign(token, stamp, nonce, cipher)
    except BadSignature as refused:
        judged |= {"valid": False, "reason": str(refused)}
    return judged


def _shown(answer: Answer) -> Judged:
    shown: Judged = {"status": answer.status, "body": answer.body}
    return shown | ({"headers": dict(answer.headers)} if answer.headers else {})


def _opened(cipher: str, secret: Secret) -> str | None:
    """What a ciphertext says, whoever sent it; None if the key does not open it."""
    try:
        clear, _ = sealed.decrypt(cipher, secret["encoding_aes_key"])
    except BadSignature:
        return None
    return clear.decode("utf-8", "replace")


def _difference(name: str, expected: Any, actual: Any) -> list[str]:
    if isinstance(actual, tuple):
        actual = list(actual)
    if expected == actual or (name.endswith("_at") and _same_time(expected, actual)):
        return []
    return [f"{name} is {actual!r}, expected {expected!r}"]


def _same_time(one: Any, other: Any) -> bool:
    """Whether two ISO times are the same to the millisecond, which is all that we show."""
    try:
        apart = datetime.fromisoformat(one) - datetime.fromisoformat(other)
    except (TypeError, ValueError):
        return False
    return abs(apart.total_seconds()) < 0.001
