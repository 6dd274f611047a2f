"""Makes the events of this folder, signed with the tests' secrets: `python -m events.make`."""

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from cli.signing import Post, webhook
from desk.channels import platform
from desk.escalation import Matter, name_of
from desk.intake import Ids, ids_of
from desk.mention import fingerprint
from desk.outbound import Key, reply_id
from desk.reception import asked, kept
from desk.rechecking import Recheck
from desk.wire import Delivery, Inbound, iso, stamp
from tests.conftest import HOOKS, SAMPLES
from tests.records import BRAKE, BRAND, LINK, NOON

FOLDER = Path(__file__).parent
KEY = b"k" * 64
"""The install's secret in tests."""
PROPOSED = "很抱歉让您遇到这种情况。请先不要再用这只杯子，把订单号私信给我们，马上为您处理。"
FORM = "application/x-www-form-urlencoded"

SMS = {
    "originationNumber": "+8613800138000",
    "destinationNumber": "+8610690000000",
    "messageKeyword": "KEYWORD_8610690000000",
    "messageBody": "HALT xiaoman",
    "inboundMessageId": "6d8a1e0c-7c15-4d0b-9d3e-2f6a1b7c8d9e",
}
"""As AWS hands on a text message that came in."""

POSTS = {
    name: Post(**sample["post"], said_at=NOON)
    for name, sample in SAMPLES.items()
    if "hook" in sample
}
"""What somebody wrote on each platform that has webhooks, at the moment when it comes in."""


def post(name: str) -> Inbound:
    """The platform's genuine request that brings its post."""
    return webhook(name, POSTS[name], HOOKS[name], NOON.timestamp(), "41", "n0nce")


def handshake() -> Inbound:
    """WeChat asks whether the address is ours."""
    query = {**post("wechat").query, "echostr": "5836487463218967"}
    del query["msg_signature"], query["encrypt_type"]
    return Inbound("GET", {}, query, b"")


def http(request: Inbound, **path: str) -> dict[str, Any]:
    """A request as an HTTP API hands it on, payload 2.0: forms in base64, JSON and XML as text."""
    form = request.headers.get("content-type") == FORM
    body = base64.b64encode(request.body) if form else request.body
    return {
        "pathParameters": path,
        "rawQueryString": urlencode(request.query),
        "headers": dict(request.headers),
        "requestContext": {"http": {"method": request.method}},
        "body": body.decode(),
        "isBase64Encoded": form,
    }


def sqs(body: str) -> dict[str, Any]:
    """A batch of one message, as a queue's mapping hands it on."""
    return {"Records": [{"messageId": "00000000-0000-0000-0000-000000000001", "body": body}]}


def delivery(name: str) -> Delivery:
    """What `receive` puts on the queue for the platform's request."""
    request = post(name)
    return Delivery(
        id=f"{name}-1".rjust(32, "0"),
        brand=BRAND,
        channel=name,
        received_at=stamp(NOON),
        headers=kept(request.headers),
        query=asked(request.query),
        body=request.body,
    )


def ids(name: str) -> Ids:
    """The ids of the platform's post."""
    [item] = platform(name).parse(post(name).body, post(name).headers, frozenset())
    return ids_of(item, BRAND, name, KEY)


def answer() -> Key:
    """What `triage` queues for LINE's question."""
    name = reply_id("line", ids("line").mention, "hours")
    return Key(brand=BRAND, conversation=ids("line").conversation, reply=name)


def lid() -> Matter:
    """What `triage` queues for the lid."""
    about = ids("standard")
    return Matter(
        brand=BRAND, kind="help", cause="rule:lid-defect", policy="crisis", risk="severe",
        category="lid", channel="standard", conversation=about.conversation,
        mention=about.mention, event=about.mention, reasons=("severe_rule:lid-defect",), at=NOON,
    )  # fmt: skip


def notice() -> str:
    """What SNS puts on the queue for bots: Lin is told of the lid."""
    attributes = {"to": f"{BRAND}/lin", "approver": "lin", "escalation": name_of(lid().cause)}
    text = f"晓满：有人需要真人处理\n\n打开查看并决定：\nhttps://desk.example/approvals/{LINK}"
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": "00000000-0000-0000-0000-000000000002",
            "Message": text,
            "Timestamp": iso(NOON),
            "MessageAttributes": {
                name: {"Type": "String", "Value": value} for name, value in attributes.items()
            },
        },
        ensure_ascii=False,
    )


def events() -> dict[str, dict[str, Any]]:
    """All of them, by the names of their files."""
    yes = {"action": "approve", "text": PROPOSED, "reason": "", "seen": fingerprint(PROPOSED)}
    stop = Inbound("POST", {"content-type": FORM}, {}, urlencode({"choice": "stop brand"}).encode())
    released = Recheck(brand=BRAND, scope="brand", by="lin", reason="all is well", at=NOON)
    decision = Inbound("POST", {"content-type": FORM}, {}, urlencode(yes).encode())
    return {
        **{f"receive-{name}": http(post(name), brand=BRAND, channel=name) for name in POSTS},
        "receive-wechat-handshake": http(handshake(), brand=BRAND, channel="wechat"),
        **{f"triage-{name}": sqs(delivery(name).to_json()) for name in POSTS},
        "send": sqs(answer().model_dump_json()),
        "escalate": sqs(lid().model_dump_json(exclude_defaults=True)),
        "decide-page": http(Inbound("GET", {"accept-language": "zh-CN"}, {}, b""), token=LINK),
        "decide-approve": http(decision, token=LINK),
        "brake-page": http(Inbound("GET", {"accept-language": "zh-CN"}, {}, b""), token=BRAKE),
        "brake-stop": http(stop, token=BRAKE),
        "brake-sms": sqs(json.dumps(SMS)),
        "brake-recheck": sqs(released.model_dump_json()),
        "tick": {},
        "notify": sqs(notice()),
        "auditor": {},
        "rollcall": {},
        "drill": {},
        "scan": {"time": iso(NOON)},
        "collect": {"time": iso(NOON)},
    }


def main() -> None:
    """Write them."""
    for name, event in events().items():
        text = json.dumps(event, ensure_ascii=False, indent=2) + "\n"
        (FOLDER / f"{name}.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
