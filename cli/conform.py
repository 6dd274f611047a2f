"""Conformance: judges recorded webhooks and API answers as the product would, a JSON line each."""

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.differences import differences as differences
from desk import lengths, sealed
from desk.channels import PLATFORMS, platform
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
    Unit,
    Unknown,
)

SECRET_FIELD = {"discord": "public_key"}
"""What a record's secret is, where that is neither `secret` nor `token`."""
UNSIGNED = ("bilibili",)
"""Their secret is in the address, which no record has: they are judged as if they came there."""

PLATFORM_OF = {
    "messenger": "facebook",
    "meta": "facebook",
    "standard_webhooks": "standard",
    "wechat_oa": "wechat",
}
ONE_EVENT = ("slack", "standard", "telegram", "x")
"""Platforms whose delivery is one event, so that the event's id is the delivery's."""

UNITS: tuple[tuple[str, Unit], ...] = (
    ("mastodon", "toots"),
    ("weighted", "weighted"),
    ("emoji counts as its utf-8 bytes", "emoji_bytes"),
    ("grapheme", "graphemes"),
    ("utf-16", "utf16"),
    ("bytes", "bytes"),
    ("half", "halves"),
    ("character", "characters"),
)
"""By what a rule of lengths is known for what it counts: the first of these words in it."""

ENDS = ("records", "agree", "differ", "skipped", "unreadable")
UNSUPPORTED = "channel not supported"

REPLY = (
    "<xml>\n<Encrypt><![CDATA[{}]]></Encrypt>\n<MsgSignature><![CDATA[{}]]></MsgSignature>\n"
    "<TimeStamp>{}</TimeStamp>\n<Nonce><![CDATA[{}]]></Nonce>\n</xml>"
)
"""A passive reply in the form of WeChat's own sample code."""

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

    A record has `id`, `channel`, `secret` (text, or an object for WeChat and WeCom), `now`
    (seconds, or null where the clock must not count) and `request` with method, headers, query and
    body or body_b64. A request of `plaintext` and `random16` is encrypted instead. `expected` is
    compared if given.
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


@app.command("lengths")
def text_lengths(files: Files) -> None:
    """Count recorded texts as the platforms do.

    A record has `id`, `channel`, `text` and `rule`, in words: what is counted, and `max` so many.
    """
    _run(files, text_length, "expected")


def signature(record: Record) -> Judged:
    """Whether the record's request is genuine, why not, and how it would be answered."""
    name = _platform(record)
    if name is None:
        return _unsupported(record, "valid")
    request, secret = _part(record, "request"), _secret(record, name)
    if "plaintext" in request:
        return _sealed(record, request, secret)
    inbound = _inbound(request)
    if name in UNSIGNED and not secret:
        secret = {"token": "here"}
        inbound = inbound._replace(query={**inbound.query, "token": "here"})
    cipher = _cipher(name, inbound) if "encoding_aes_key" in secret else ""
    now = record.get("now")
    judged: Judged = {"id": record["id"]}
    try:
        clear = platform(name).verify(inbound, secret, None if now is None else float(now))
    except BadSignature as refused:
        judged |= {"valid": False, "reason": str(refused)}
        judged["response"] = {"status": refused.status, "body": ""}
        return judged | _opened(cipher, secret)
    answer = platform(name).handshake(inbound, secret)
    if answer is None and inbound.method == "POST":
        answer = platform(name).acknowledge(inbound)
    judged |= {"valid": True, "reason": None}
    judged["response"] = _shown(answer) if answer else None
    if cipher:
        judged |= _opened(cipher, secret) | {"plaintext": clear.decode("utf-8", "replace")}
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


def text_length(record: Record) -> Judged:
    """How long the record's text is, and whether that is within the rule's limits.

    Where graphemes are counted, so are the bytes of UTF-8: Bluesky limits both.
    """
    said = f"{record['channel']}: {record['rule']}".lower()
    text, unit = str(record["text"]), next((unit for part, unit in UNITS if part in said), None)
    if unit is None:
        return {"id": record["id"], "length": None, "reason": f"{UNSUPPORTED}: no unit in the rule"}
    length = lengths.length(text, unit)
    judged: Judged = {"id": record["id"], "unit": unit, "length": length}
    counted = [length]
    if unit == "graphemes":
        counted.append(lengths.length(text, "bytes"))
        judged |= {"graphemes": length, "utf8_bytes": counted[1]}
    limits = [int(number) for number in re.findall(r"(?:max|at most|^\w+:) (\d+)", said)]
    within = all(some <= most for some, most in zip(counted, limits, strict=False))
    if unit == "weighted":
        within = within and lengths.bearable(text)
    return judged | {"valid": length > 0 and within}


def _run(files: list[Path], judge: Callable[[Record], Judged], expectation: str) -> None:
    counts: Counter[str] = Counter()
    channels: dict[str, Counter[str]] = {}
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
                end = _judged(record, judge, expectation)
            except (KeyError, TypeError, ValueError, AttributeError) as malformed:
                counts["unreadable"] += 1
                typer.echo(f"{file}: record {number}: {malformed!r}", err=True)
                continue
            counts.update(end)
            channels.setdefault(str(record["channel"]), Counter()).update(("records", *end))
    for channel in sorted(channels):
        typer.echo(f"{channel}: {_figures(channels[channel], ENDS[:-1])}", err=True)
    typer.echo(_figures(counts, ENDS), err=True)
    if counts["unreadable"]:
        raise typer.Exit(2)
    if counts["differ"]:
        raise typer.Exit(1)


def _judged(record: Record, judge: Callable[[Record], Judged], expectation: str) -> tuple[str, ...]:
    """Prints what a record comes to, and how it differs; gives what it counts as, if anything."""
    judged = judge(record)
    found = differences(judged, record.get(expectation) or {})
    typer.echo(json.dumps(judged))
    if str(judged.get("reason")).startswith(UNSUPPORTED):
        return ("skipped",)
    if expectation not in record:
        return ()
    for line in found:
        typer.echo(f"{record['id']}: {line}", err=True)
    return ("differ" if found else "agree",)


def _figures(counts: Counter[str], ends: tuple[str, ...]) -> str:
    return ", ".join(f"{counts[what]} {what}" for what in ends)


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
    """The secret with our names for its fields; of a list the second is the previous one.

    A record may have none, or an `allow_list` of origins in its place.
    """
    given, origins = record.get("secret"), record.get("allow_list")
    if isinstance(origins, list) and given is None:
        return {"origins": ",".join(map(str, origins))}
    hooks = {field.removesuffix("?") for field in platform(name).HOOKS}
    field = SECRET_FIELD.get(name, "token" if "token" in hooks else "secret")
    if record.get("scheme") == "hub-verify-token":
        field = "verify_token"
    if isinstance(given, dict):
        return {key: str(value) for key, value in given.items() if value is not None}
    listed = given if isinstance(given, list) else [given]
    named = zip((field, f"previous_{field}"), listed, strict=False)
    return {key: str(value) for key, value in named if value is not None}


def _inbound(request: Record) -> Inbound:
    query = {str(name): str(value) for name, value in (request.get("query") or {}).items()}
    if "body_b64" in request:
        body = base64.b64decode(request["body_b64"], validate=True)
    else:
        body = str(request.get("body") or "").encode("utf-8", "surrogatepass")
    return Inbound(
        str(request["method"]).upper(), _headers(request.get("headers") or {}), query, body
    )


def _shown(answer: Answer) -> Judged:
    """An answer as it is printed; its headers only where it has some."""
    shown: Judged = {"status": answer.status, "body": answer.body}
    return shown | {"headers": dict(answer.headers)} if answer.headers else shown


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
            judged["reply_xml"] = REPLY.format(cipher, judged["msg_signature"], stamp, nonce)
    except BadSignature as refused:
        judged |= {"valid": False, "reason": str(refused)}
    return judged


def _cipher(name: str, inbound: Inbound) -> str:
    """What is encrypted in a request: WeCom's handshakes are as well."""
    if inbound.method != "GET":
        return sealed.ciphertext(inbound.body)
    return inbound.query.get("echostr", "").replace(" ", "+") if name == "wecom" else ""


def _opened(cipher: str, secret: Secret) -> Judged:
    """What a ciphertext says and whom it is for; nothing if there is none or it stays shut."""
    if not cipher:
        return {}
    try:
        clear, receiver = sealed.decrypt(cipher, secret["encoding_aes_key"])
    except BadSignature:
        return {"plaintext": None}
    return {"plaintext": clear.decode("utf-8", "replace"), "receive_id_inside": receiver}
