"""Codes by a second path: few, short-lived, tried seldom, and useless without their link."""

from datetime import timedelta

import pytest

from desk.codes import CODES, LIFE, TRIES, Code, code_hash, is_good, issued, just_sent, tried
from tests.records import LINK, NOON, OTHER_LINK, after

RIGHT, WRONG = code_hash(LINK, "123456"), code_hash(LINK, "123457")


def sent(**change: object) -> Code:
    return Code(hash=RIGHT, made_at=NOON, token="t0").model_copy(update=change)


def test_a_code_is_good_for_ten_minutes_and_for_its_own_link() -> None:
    assert is_good(sent(), NOON + LIFE - timedelta(seconds=1))
    assert not is_good(sent(), NOON + LIFE)
    assert not is_good(None, NOON)
    assert code_hash(OTHER_LINK, "123456") != RIGHT
    assert "123456" not in sent().model_dump_json()


def test_the_fifth_wrong_try_is_the_last() -> None:
    code = sent()
    for number in range(TRIES):
        assert is_good(code, NOON)
        right, code = tried(code, WRONG, f"t{number}")
        assert not right
    assert not is_good(code, NOON)


def test_a_code_that_was_right_is_right_once() -> None:
    right, code = tried(sent(), RIGHT, "t1")
    assert right
    assert not is_good(code, NOON)


def test_a_link_gets_five_codes_and_no_more() -> None:
    code = issued(None, RIGHT, "t1", NOON)
    for number in range(2, CODES + 1):
        assert code is not None
        code = issued(code, RIGHT, f"t{number}", after(number))
        assert code is not None
        assert (code.sent, code.tries) == (number, 0)
    assert issued(code, RIGHT, "t9", after(9)) is None


@pytest.mark.parametrize(("seconds", "known"), [(0, True), (59, True), (60, False)])
def test_a_form_that_comes_twice_has_one_code_sent(seconds: int, known: bool) -> None:
    moment = NOON + timedelta(seconds=seconds)
    assert just_sent(sent(), moment) is known
    assert not just_sent(sent(tries=TRIES), moment)
