"""The conformance command: a line for each record, totals, and an exit code that can be trusted."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import conform
from desk import sealed
from desk.channels import line

KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
SAFE = {"token": "t", "encoding_aes_key": KEY, "receive_id": "wxshop"}


def run(tmp_path: Path, command: str, records: Any) -> Result:
    file = tmp_path / "records.json"
    file.write_text(records if isinstance(records, str) else json.dumps(records))
    return CliRunner().invoke(conform.app, [command, str(file)])


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def line_request(body: str, signature: str) -> dict[str, Any]:
    headers = {"X-Line-Signature": signature}
    return {"method": "POST", "headers": headers, "query": {}, "body": body}


def test_signatures_are_judged_and_compared_with_what_is_expected(tmp_path: Path) -> None:
    good = line_request("é", line.sign("é".encode(), "s"))
    common = {"channel": "line", "secret": "s", "now": None}
    result = run(
        tmp_path,
        "signatures",
        [
            common | {"id": "a", "request": good, "expected": {"valid": True}},
            common | {"id": "b", "request": good | {"body": "e"}, "expected": {"valid": False}},
            common | {"id": "c", "request": good},
            {"id": "d", "channel": "icq", "request": good, "expected": {"valid": True}},
        ],
    )
    assert result.exit_code == 0
    assert [(each["id"], each["valid"]) for each in lines(result)] == [
        ("a", True),
        ("b", False),
        ("c", True),
        ("d", None),
    ]
    assert lines(result)[1]["reason"] == "x-line-signature does not match"
    assert lines(result)[3]["reason"] == "channel not supported: icq"
    assert "4 records, 2 agree, 0 differ, 1 skipped, 0 unreadable" in result.stderr


def test_one_disagreement_is_named_and_fails_the_run(tmp_path: Path) -> None:
    request = line_request("x", "wrong")
    record = {"id": "a", "channel": "line", "secret": "s", "request": request}
    result = run(tmp_path, "signatures", [record | {"expected": {"valid": True}}])
    assert result.exit_code == 1
    assert "a: valid is False, expected True" in result.stderr


def test_a_signature_header_that_comes_twice_is_refused() -> None:
    good = line.sign(b"x", "s")
    request = line_request("x", good)
    record = {"id": "a", "channel": "line", "secret": "s", "request": request}
    assert conform.signature(record)["valid"] is True
    request["headers"]["x-line-signature"] = "other"
    assert conform.signature(record)["valid"] is False
    request["headers"] = {"X-Line-Signature": [good, "other"]}
    assert conform.signature(record)["valid"] is False


def test_a_body_in_base64_is_taken_byte_by_byte_and_two_secrets_are_a_rotation() -> None:
    request = line_request("", line.sign(b"\xff", "old"))
    request["body_b64"] = base64.b64encode(b"\xff").decode()
    record = {"id": "a", "channel": "line", "secret": ["new", "old"], "request": request}
    assert conform.signature(record)["valid"] is True
    assert conform.signature(record | {"secret": None})["reason"] == "the channel has no secret"


def test_a_handshake_is_answered() -> None:
    query = {"timestamp": "1700000000", "nonce": "n", "echostr": "411"}
    query["signature"] = sealed.sign("t", "1700000000", "n")
    request = {"method": "get", "headers": {}, "query": query, "body": ""}
    record = {"id": "a", "channel": "wechat_oa", "secret": "t", "request": request}
    judged = conform.signature(record | {"now": 1_700_000_100})
    assert judged["response"] == {"status": 200, "body": "411"}
    judged = conform.signature(record | {"now": 1_700_001_000})
    assert (judged["valid"], judged["response"]) == (False, {"status": 401, "body": ""})


def test_wechat_ciphertexts_are_made_signed_and_opened() -> None:
    request = {"plaintext": "<xml/>", "random16": "r" * 16, "timestamp": 1, "nonce": "n"}
    record = {"id": "a", "channel": "wechat_oa", "secret": SAFE, "request": request}
    made = conform.signature(record)
    assert made["encrypt"] == sealed.encrypt("<xml/>", b"r" * 16, SAFE)
    assert made["msg_signature"] == sealed.sign("t", "1", "n", made["encrypt"])
    query = {"timestamp": "1", "nonce": "n", "msg_signature": made["msg_signature"]}
    body = f"<xml><Encrypt>{made['encrypt']}</Encrypt></xml>"
    opened = record | {"request": {"method": "POST", "headers": {}, "query": query, "body": body}}
    judged = conform.signature(opened)
    assert (judged["valid"], judged["plaintext"]) == (True, "<xml/>")
    judged = conform.signature(opened | {"secret": SAFE | {"receive_id": "wxother"}})
    assert (judged["valid"], judged["plaintext"]) == (False, "<xml/>")
    keyless = conform.signature(record | {"secret": {"token": "t"}})
    assert keyless["valid"] is False


def test_a_passive_reply_is_written_out_and_whom_it_is_for_is_told() -> None:
    request = {"plaintext": "<xml/>", "random16": "r" * 16, "timestamp": 1, "nonce": "n"}
    record = {"id": "a", "channel": "wecom", "secret": SAFE, "request": request}
    made = conform.signature(record)
    assert made["reply_xml"] == (
        f"<xml>\n<Encrypt><![CDATA[{made['encrypt']}]]></Encrypt>\n<MsgSignature><![CDATA["
        f"{made['msg_signature']}]]></MsgSignature>\n<TimeStamp>1</TimeStamp>\n"
        "<Nonce><![CDATA[n]]></Nonce>\n</xml>"
    )
    query = {"timestamp": "1", "nonce": "n", "msg_signature": made["msg_signature"]}
    asked = {"method": "GET", "query": query | {"echostr": made["encrypt"]}}
    judged = conform.signature(record | {"request": asked})
    assert (judged["plaintext"], judged["receive_id_inside"]) == ("<xml/>", SAFE["receive_id"])
    other = {"plaintext": "<xml/>", "receive_id_inside": "wxother"}
    [difference] = conform.differences(judged, other)
    assert difference.startswith("receive_id_inside is ")


def test_a_platform_that_signs_nothing_is_judged_at_its_own_address() -> None:
    body = json.dumps({"event": "verify_webhooks", "content": {"data": 5}})
    request = {"method": "POST", "headers": {}, "query": {}, "body": body}
    record = {"id": "a", "channel": "bilibili", "secret": None, "request": request}
    judged = conform.signature(record)
    assert judged["valid"] is True
    assert conform.differences(judged, {"response": {"json": {"data": 5}}}) == []
    assert conform.differences(judged, {"response": {"json": {"data": "5"}}})


def update(**more: Any) -> dict[str, Any]:
    message = {"message_id": 5, "chat": {"id": 7}, "from": {"id": 7}, "text": "hi"}
    return {"update_id": 9, "message": message | more}


def test_payloads_are_parsed_and_only_what_is_expected_is_compared(tmp_path: Path) -> None:
    common = {"channel": "telegram", "body_json": update()}
    expect = {
        "item_count": 1,
        "items": [{"type": "message", "own": True, "reply_candidate": False}],
        "delivery_event_id": "9",
    }
    result = run(
        tmp_path,
        "payloads",
        [
            common | {"id": "a", "own_account": {"bot_user_id": 7}, "expect": expect},
            common | {"id": "b", "own_account": "7", "expect": expect},
            common | {"id": "c", "own_account": ["7"], "expect": expect},
            common | {"id": "d", "expect": expect},
            {"id": "e", "channel": "line", "body_text": "not JSON", "expect": {"item_count": 0}},
            {"id": "f", "channel": "icq", "body_json": {}, "expect": {"item_count": 1}},
        ],
    )
    assert result.exit_code == 1
    judged = {each["id"]: each for each in lines(result)}
    assert judged["a"]["items"][0]["text"] == "hi"
    assert judged["a"]["delivery_event_id"] == "9"
    assert judged["e"] == {"id": "e", "items": [], "reason": judged["e"]["reason"]}
    assert judged["f"]["items"] is None
    assert "d: item 0 own is False, expected True" in result.stderr
    assert "d: item 0 reply_candidate is True, expected False" in result.stderr
    assert "6 records, 4 agree, 1 differ, 1 skipped" in result.stderr


def test_a_missing_item_is_a_difference_and_an_unknown_key_too() -> None:
    record = {"id": "a", "channel": "telegram", "body_json": update(date=1_700_000_000)}
    judged = conform.payload(record)
    assert conform.differences(judged, {"item_count": 2}) == ["item_count is 1, expected 2"]
    assert conform.differences(judged, {"items": [{"recipient_id": "7"}]})
    precise = "2023-11-14T22:13:20.0004+00:00"
    assert conform.differences(judged, {"items": [{"created_at": precise}]}) == []
    other = "2023-11-14T22:13:21Z"
    assert conform.differences(judged, {"items": [{"created_at": other}]})


@pytest.mark.parametrize(
    ("channel", "status", "body", "kind", "outcome"),
    [
        ("line", 409, {"message": "accepted"}, "duplicate", "sent"),
        ("line", 503, {}, "retryable", "unknown"),
        ("telegram", 200, {"ok": True, "result": {"message_id": 1}}, "ok", "sent"),
        ("telegram", 418, {}, "unknown_outcome", "unknown"),
        ("wechat_oa", 200, {"errcode": -1}, "retryable", "unknown"),
        ("wechat_oa", 200, {"errcode": 45015}, "window_closed", "not_sent"),
        ("standard_webhooks", 410, None, "blocked", "not_sent"),
    ],
)
def test_errors_are_put_in_their_class(
    channel: str, status: int, body: Any, kind: str, outcome: str
) -> None:
    response = {"status": status, "headers": {}} | ({"body_json": body} if body else {})
    if body == {}:
        response["body_text"] = "{}"
    judged = conform.error({"id": "a", "channel": channel, "response": response})
    assert (judged["class"], judged["outcome"]) == (kind, outcome)


def test_the_time_to_wait_is_told(tmp_path: Path) -> None:
    body = {"ok": False, "error_code": 429, "parameters": {"retry_after": 42}}
    record = {"id": "a", "channel": "telegram", "response": {"status": 429, "body_json": body}}
    expected = {"class": "rate_limited", "retry_after_s": 42}
    result = run(tmp_path, "errors", [record | {"expected": expected}])
    assert result.exit_code == 0
    assert lines(result)[0]["retry_after_s"] == 42


@pytest.mark.parametrize("text", ["", "{}", "[1]", "[[]]", "\udcff", "[" * 100_000])
def test_a_file_without_records_is_told_and_fails_the_run(tmp_path: Path, text: str) -> None:
    file = tmp_path / "records.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    result = CliRunner().invoke(conform.app, ["payloads", str(file), str(tmp_path / "none.json")])
    assert result.exit_code == 2
    assert result.stderr.count("records.json: ") == 1
    assert "none.json: No such file" in result.stderr


def test_a_record_that_cannot_be_read_does_not_cost_the_others(tmp_path: Path) -> None:
    good = {"id": "b", "channel": "telegram", "body_json": update()}
    bad = [{"id": "a", "channel": "telegram"}, {"channel": "telegram"}, {"id": "c"}]
    result = run(tmp_path, "payloads", [*bad, good])
    assert result.exit_code == 2
    assert [each["id"] for each in lines(result)] == ["b"]
    assert "record 1: KeyError('body_json')" in result.stderr
    assert "4 records" in result.stderr
    assert "3 unreadable" in result.stderr


def test_texts_are_counted_by_their_rule(tmp_path: Path) -> None:
    rules = {
        "x": "twitter-text v3 weighted, max 280",
        "bluesky": "graphemes, max 300, and UTF-8 bytes, max 3000",
        "line": "UTF-16 code units, max 5000",
        "threads": "500; characters, but each emoji counts as its UTF-8 bytes",
        "icq": "by weight of the paper",
    }
    records: list[dict[str, Any]] = [
        {"id": channel, "channel": channel, "rule": rule, "text": "茶🍵"}
        for channel, rule in rules.items()
    ]
    records[0]["expected"] = {"length": 4, "valid": True}
    records[1]["expected"] = {"graphemes": 2, "utf8_bytes": 7}
    result = run(tmp_path, "lengths", records)
    assert result.exit_code == 0
    assert [(it["length"], it.get("valid")) for it in lines(result)] == [
        (4, True),
        (2, True),
        (3, True),
        (5, True),
        (None, None),
    ]
    assert "x: 1 records, 1 agree, 0 differ, 0 skipped\n" in result.stderr
    assert "5 records, 2 agree, 0 differ, 1 skipped, 0 unreadable" in result.stderr
    long = {"id": "l", "channel": "x", "rule": rules["x"], "text": "茶" * 141}
    assert conform.text_length(long)["valid"] is False
    assert conform.text_length(long | {"text": "tea\ufeff"})["valid"] is False
    long |= {"rule": rules["threads"], "channel": "threads", "text": "a" * 501}
    assert conform.text_length(long)["valid"] is False
    assert conform.text_length(long | {"text": "a" * 500})["valid"] is True


@pytest.mark.parametrize(
    ("expected", "agrees"),
    [
        ({"status_any_of": [200, 204]}, True),
        ({"status_any_of": [204]}, False),
        ({"json": {"type": 1}}, True),
        ({"json": {"type": True}}, False),
        ({"json": {"type": 1, "more": 2}}, False),
        ({"headers": {"Allow-Origin_any_of": ["shop.example", "*"]}}, True),
        ({"headers": {"allow-rate_any_of": ["*", "positive integer"]}}, True),
        ({"headers": {"allow-origin": "*"}}, False),
        ({"headers": {"x-other_any_of": ["*", "positive integer"]}}, False),
    ],
)
def test_an_answer_is_compared_by_what_a_record_expects_of_it(
    expected: dict[str, Any], agrees: bool
) -> None:
    headers = {"Allow-Origin": "shop.example", "allow-rate": "120"}
    judged = {"response": {"status": 200, "body": '{"type": 1}', "headers": headers}}
    assert (conform.differences(judged, {"response": expected}) == []) is agrees


def test_a_record_without_a_secret_is_judged_without_one() -> None:
    request = line_request("x", line.sign(b"x", "s"))
    record = {"id": "a", "channel": "line", "secret": None, "request": request}
    assert conform.signature(record)["reason"] == "the channel has no secret"
    assert conform.signature(record | {"allow_list": ["shop.example"]})["valid"] is False
