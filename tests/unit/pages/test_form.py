"""What comes back from an approver: exactly one decision, or none."""

from urllib.parse import quote_from_bytes, urlencode

import pytest
from hypothesis import given, strategies as st

from desk.approval import Form
from desk.mention import fingerprint
from desk.pages.form import MAX_BODY, BadForm, parse_form


def body(**fields: str) -> bytes:
    return urlencode(fields).encode()


def test_a_decision_is_read_as_it_was_sent() -> None:
    seen = fingerprint("你好\nсвіт 👋")
    sent = body(action="approve", text="你好\r\nсвіт 👋", reason="", seen=seen)
    form = parse_form(sent)
    assert form == Form("approve", "你好\nсвіт 👋", "", seen)
    assert fingerprint(form.text) == form.seen


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=200))
def test_a_text_that_nobody_touched_keeps_its_fingerprint(text: str) -> None:
    as_browsers_send_it = text.replace("\n", "\r\n")
    assert parse_form(body(action="approve", text=as_browsers_send_it)).text == text


def test_a_form_that_a_scanner_submits_untouched_is_no_decision() -> None:
    with pytest.raises(BadForm, match="no action") as refused:
        parse_form(body(text="Hello", reason="", seen=fingerprint("Hello")))
    assert refused.value.notice == "choose"


@pytest.mark.parametrize(
    "action",
    ["", "Approve", "approve ", "approve\0", "approved", "yes", "true", "接受", "reject,approve"],
)
def test_an_unknown_action_is_never_a_yes(action: str) -> None:
    with pytest.raises(BadForm, match="unknown action"):
        parse_form(body(action=action, text="Hello"))


@pytest.mark.parametrize(
    "sent",
    [
        b"action=approve&action=approve",
        b"action=reject&action=approve",
        b"action=approve&text=a&text=b",
        b"action=approve&seen=&seen=",
    ],
)
def test_a_field_that_comes_twice_is_refused(sent: bytes) -> None:
    with pytest.raises(BadForm, match="2 values"):
        parse_form(sent)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"action",
        b"action=approve&text",
        b"{}",
        b'{"action": "approve"}',
        b"action=approve&text=%ff",
        b"action=approve&text=%ED%A0%80",
        b"action=approve&text=\xff",
        b"action=approve&seen=abc",
        b"action=approve&seen=" + b"A" * 64,
        b"&".join(b"f%d=1" % number for number in range(20)) + b"&action=approve",
        b"action=approve&text=" + b"a" * 20_001,
        b"action=approve&reason=" + b"a" * 501,
        b"action=approve&text=" + b"a" * MAX_BODY,
    ],
)
def test_what_is_no_form_of_ours_is_refused(sent: bytes) -> None:
    with pytest.raises(BadForm):
        parse_form(sent)


def test_too_much_text_is_called_too_long() -> None:
    with pytest.raises(BadForm) as refused:
        parse_form(b"action=approve&text=" + b"a" * 20_001)
    assert refused.value.notice == "too_long"


def test_control_characters_are_dropped_and_line_ends_are_one() -> None:
    form = parse_form(
        body(action="reject", text="a\0b\x1b[0m\tc\r\nd\re\n", reason=" no\r\n way\x07 ")
    )
    assert form.text == "ab[0m\tc\nd\ne\n"
    assert form.reason == "no way"


@given(
    st.binary(max_size=80) | st.text(max_size=40).map(lambda text: text.encode(errors="replace"))
)
def test_any_bytes_are_a_decision_or_a_refusal(raw: bytes) -> None:
    for sent in (raw, b"action=approve&text=" + raw, b"action=" + quote_from_bytes(raw).encode()):
        try:
            form = parse_form(sent)
        except BadForm:
            continue
        assert b"action=" + form.action.encode() in sent
