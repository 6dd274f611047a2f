"""What Meta's platforms share: signatures, the handshake, and what errors prove."""

import hmac
import json
from hashlib import sha1
from typing import Any

import pytest

from desk.channels import facebook, instagram, meta, threads, whatsapp
from desk.wire import BadSignature, Inbound, NotSent, Refusal, Response, Unknown

SECRET = {"secret": "sesame", "verify_token": "open"}
BODY = b'{"object":"page","entry":[{"id":"1","message":"\\u00e4 \\ud83d\\ude00"}]}'
PLATFORMS = (facebook, instagram, threads, whatsapp)


def post(**headers: str) -> Inbound:
    return Inbound("POST", {name.replace("_", "-"): it for name, it in headers.items()}, {}, BODY)


def asked(**query: str) -> Inbound:
    return Inbound("GET", {}, {f"hub.{name}": value for name, value in query.items()}, b"")


def old(secret: str) -> str:
    return f"sha1={hmac.digest(secret.encode(), BODY, sha1).hex()}"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_raw_bytes_are_what_is_signed(platform: Any) -> None:
    request = post(x_hub_signature_256=meta.sign(BODY, "sesame"))
    assert platform.verify(request, SECRET, None) == BODY
    again = json.dumps(json.loads(BODY), ensure_ascii=False).encode()
    with pytest.raises(BadSignature):
        platform.verify(request._replace(body=again), SECRET, None)


def test_both_secrets_are_good_while_one_is_replaced() -> None:
    both = {"secret": "new", "previous_secret": "sesame"}
    assert meta.verify(post(x_hub_signature_256=meta.sign(BODY, "sesame")), both, None)
    assert meta.verify(post(x_hub_signature_256=meta.sign(BODY, "new")), both, None)


def test_the_old_signature_counts_only_where_the_new_one_is_missing() -> None:
    assert meta.verify(post(x_hub_signature=old("sesame")), SECRET, None) == BODY
    with pytest.raises(BadSignature, match="sha256="):
        meta.verify(post(x_hub_signature=old("sesame"), x_hub_signature_256=""), SECRET, None)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x_hub_signature_256": ""},
        {"x_hub_signature_256": "sha256="},
        {"x_hub_signature_256": meta.sign(BODY, "sesame").removeprefix("sha256=")},
        {"x_hub_signature_256": meta.sign(BODY, "sesame").upper()},
        {"x_hub_signature_256": meta.sign(BODY, "guess")},
        {"x_hub_signature_256": "sha256=é\ud800"},
        {"x_hub_signature": old("guess")},
        {"x_hub_signature": meta.sign(BODY, "sesame")},
    ],
)
def test_any_other_signature_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature) as refused:
        meta.verify(post(**headers), SECRET, None)
    assert refused.value.status == 401


def test_who_knows_the_verify_token_gets_the_challenge_back_as_text() -> None:
    request = asked(mode="subscribe", verify_token="open", challenge="1158201444")
    assert meta.verify(request, SECRET, None) == b""
    answer = meta.handshake(request, SECRET)
    assert answer is not None
    assert (answer.status, answer.body) == (200, "1158201444")
    assert answer.content_type.startswith("text/plain")
    assert meta.handshake(post(), SECRET) is None


@pytest.mark.parametrize(
    "query",
    [
        {"mode": "subscribe", "verify_token": "wrong", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "", "challenge": "1"},
        {"mode": "subscribe", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "open"},
        {"mode": "unsubscribe", "verify_token": "open", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "open", "challenge": "<script>"},
        {"mode": "subscribe", "verify_token": "open", "challenge": "a" * 513},
    ],
)
def test_any_other_question_about_the_address_is_forbidden(query: dict[str, str]) -> None:
    with pytest.raises(BadSignature) as refused:
        meta.verify(asked(**query), SECRET, None)
    assert refused.value.status == 403


def test_a_channel_without_a_verify_token_answers_no_question() -> None:
    request = asked(mode="subscribe", verify_token="None", challenge="1")
    with pytest.raises(BadSignature, match="no verify_token"):
        meta.verify(request, {"secret": "sesame"}, None)


def error(code: Any, status: int = 400, **more: Any) -> Response:
    body = {"error": {"message": "said", "type": "OAuthException", "code": code} | more}
    return Response(status, {}, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (error(190, error_subcode=463), "token_invalid"),
        (error(190, 401), "token_invalid"),
        (error(200, 403), "permission"),
        (error(10), "permission"),
        (error(10, error_subcode=2018278), "window_closed"),
        (error(10, message="(#10) This message is sent outside of allowed window."),
         "window_closed"),
        (error(100, error_subcode=33), "permanent"),
        (error(100, message="(#100) Length of param message[text] must be less than 2000"),
         "too_long"),
        (error(100, message="Param text must be at most 500 characters long."), "too_long"),
        (error(551, error_subcode=1545041), "permanent"),
        (error(368), "blocked"),
        (error(506), "duplicate"),
        (error(10900), "duplicate"),
        (error(100, error_subcode=2534025), "duplicate"),
        (error(100, error_subcode=2534014), "permanent"),
        (error(10, error_subcode=2534022), "window_closed"),
        (error(9, error_subcode=2207042), "quota"),
        (error(1, is_transient=False), "permanent"),
    ],
)  # fmt: skip
def test_a_listed_error_is_not_sent_and_not_tried_again(response: Response, kind: Refusal) -> None:
    for platform in PLATFORMS:
        found = platform.outcome(response)
        assert isinstance(found, NotSent)
        assert (found.kind, found.again_after) == (kind, None)


@pytest.mark.parametrize(
    ("usage", "seconds"),
    [
        ('{"1":[{"WAIT":7}]}', 420),
        ('{"1":[{"WAIT":99999}]}', 21600),
        ('{"1":[{"WAIT":"x"}],"2":3}', 60),
        ("no JSON", 60),
        ("", 60),
    ],
)
def test_a_limit_passes_when_the_header_says_so(usage: str, seconds: float) -> None:
    usage = usage.replace("WAIT", "estimated_time_to_regain_access")
    headers = {"x-app-usage": '{"call_count":100}', "x-business-use-case-usage": usage}
    for code in (4, 17, 32, 613, 80007):
        found = meta.refusal(error(code)._replace(headers=headers))
        assert isinstance(found, NotSent)
        assert (found.kind, found.again_after) == ("rate_limited", seconds)


@pytest.mark.parametrize(
    ("response", "passing"),
    [
        (error(1), True),
        (error(2, is_transient=True), True),
        (error(2, 500), True),
        (error(1, 500, is_transient=False), True),
        (error(1, error_subcode=1357046), False),
        (error(99999), False),
        (error("190"), False),
        (error(True), False),
        (error(190, 500), False),
        (error(190, 200), False),
        (Response(429, {}, b"busy"), False),
        (Response(400, {}, b'{"error": "no"}'), False),
        (Response(200, {}, b"<html>"), False),
        (Response(200, {}, b"{}"), False),
        (Response(503, {}, b""), False),
    ],
)
def test_any_other_answer_proves_nothing(response: Response, passing: bool) -> None:
    for platform in PLATFORMS:
        found = platform.outcome(response)
        assert isinstance(found, Unknown)
        assert found.passing is passing


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        (1449135003, "2015-12-03T09:30:03+00:00"),
        ("1449135003", "2015-12-03T09:30:03+00:00"),
        (1457764197627, "2016-03-12T06:29:57.627000+00:00"),
        ("2021-09-08T06:34:04+0000", "2021-09-08T06:34:04+00:00"),
    ],
)
def test_a_time_is_read_in_each_of_metas_forms(value: Any, iso: str) -> None:
    at = meta.when(value)
    assert at is not None
    assert at.isoformat() == iso


@pytest.mark.parametrize(
    "value", [None, True, 0, -5, "", "soon", [], "2021-09-08T06:34:04", 10**30]
)
def test_anything_else_is_no_time(value: Any) -> None:
    assert meta.when(value) is None


def test_a_call_proves_that_we_know_the_app_secret_where_it_is_given() -> None:
    known = {"token": "T", "base": "http://127.0.0.1:1/", "app_secret": "sesame"}
    call = meta.call(known, "https://graph.facebook.com", ("a/b", "feed"), {"message": "x"})
    assert call.url == "http://127.0.0.1:1/v25.0/a%2Fb/feed"
    assert call.headers["authorization"] == "Bearer T"
    assert json.loads(call.body)["appsecret_proof"] == (
        "030b3cf9cd2d9eb8ecb56558a400e246347e4e7277902e9b58993fff3e767e56"
    )
    assert "T" not in call.url.removeprefix("http")


def test_what_we_said_is_found_or_certainly_not_there_or_nobody_knows() -> None:
    def ours(row: dict[str, Any]) -> bool:
        return row.get("from") == "us"

    said = {"id": "1", "message": "So sorry,  Ann.", "from": "us"}
    other = {"id": "2", "text": "Hello", "from": "us"}
    assert meta.our_own({"data": [other, said]}, "So sorry, Ann. ", ours) == "1"
    assert meta.our_own({"data": [other]}, "So sorry, Ann.", ours) is None
    assert meta.our_own({"data": []}, "So sorry, Ann.", ours) is None
    doubtful: tuple[Any, ...] = (
        {"data": [other], "paging": {"next": "https://graph.facebook.com/next"}},
        {"data": [said | {"from": "them"}]},
        {"data": [said | {"id": None}]},
        {"error": {}},
        None,
    )
    for page in doubtful:
        assert isinstance(meta.our_own(page, "So sorry, Ann.", ours), Unknown)
