import os
import subprocess
import sys

import pytest
from hypothesis import given, strategies as st

from desk.language.cleaning import cleaned
from desk.language.fingerprint import fingerprint, near
from tests.conftest import ROOT

TOLD = (
    "今天买的云朵杯漏水了,客服一直不回复,说好的退款也没有到,真的很失望!以后再也不会买你们家的东西了"
)
FIXED = {
    TOLD: "26ffafdee2ad3a69",
    "the cup i bought last week started leaking and nobody at support answers": "37ea4fc8352fba7c",
    "дуже погана якість, чашка протікає вже на третій день": "7e360f80148e486b",
}


def of(text: str) -> str:
    clean = cleaned(text)
    return fingerprint(clean.text[: clean.own]) or fingerprint(clean.text)


@pytest.mark.parametrize(
    "copy",
    [
        TOLD,
        TOLD + "[怒][怒]😭😭😭！！！",
        TOLD.replace("客服", "店家"),
        "今天買的雲朵杯漏水了，客服一直不回覆，說好的退款也沒有到，真的很失望！以後再也不會買你們家的東西了",
        "【扩散】" + TOLD + " 求转发 http://t.cn/A6x @某人",
        "转发微博//@某人:" + TOLD,
        "RT @someone: " + TOLD,
        TOLD.replace(",", " ") + " 订单号 20240511 13800000000",
        TOLD.replace("漏水", "漏 水"),
    ],
)
def test_a_copy_a_light_edit_and_a_repost_are_near(copy: str) -> None:
    assert near(of(TOLD), of(copy))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            TOLD,
            "今天去静安寺的门店喝了桂花乌龙,排队一小时也值得,店员特别耐心,环境也好,下次还想带朋友来",
        ),
        (TOLD, "the cup i bought last week started leaking and nobody at support answers"),
        ("这家店的草莓奶盖真的好喝到哭", "这家店的燕麦拿铁有一股酸味,差评"),
        (
            "great oat latte, friendly staff, will be back",
            "the parcel never arrived and you kept my money",
        ),
    ],
)
def test_different_texts_are_not_near(one: str, other: str) -> None:
    assert not near(of(one), of(other))


@pytest.mark.parametrize(
    "text",
    ["", "好喝", "[泪][泪][泪]", "😭😭😭😭😭😭😭", "13800000000", "!?!?!?!?", "漏水了!!! 123 4"],
)
def test_hardly_any_text_has_no_fingerprint_and_is_near_nothing(text: str) -> None:
    assert of(text) == ""
    assert not near(of(text), of(text))


def test_digits_punctuation_and_emoticons_do_not_count() -> None:
    assert of("订单12345还没有到,退款![怒]") == of("订单98765还没有到…退款 😡😡")


def test_a_fingerprint_is_the_same_in_every_process_and_version() -> None:
    assert {text: fingerprint(text) for text in FIXED} == FIXED
    code = (
        "import sys; from desk.language.fingerprint import fingerprint; "
        f"sys.stdout.write(fingerprint({TOLD!r}))"
    )
    paths = os.pathsep.join(str(ROOT / room) for room in ("layers/repartee", "layers/language"))
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": paths, "PYTHONHASHSEED": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert found.stdout == FIXED[TOLD]


def test_of_a_long_text_the_beginning_counts() -> None:
    report = "".join(f"{TOLD}{number:b}".translate({48: "零", 49: "壹"}) for number in range(60))
    other = "".join(
        f"排队{number:b}小时也值得".translate({48: "甲", 49: "乙"}) for number in range(300)
    )
    assert near(of(report), of("转发微博//@某人:" + report + other))
    assert not near(of(report), of(other + report))


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_text_has_a_fingerprint_of_64_bits_or_none(text: str) -> None:
    found = fingerprint(text)
    assert found == "" or (len(found) == 16 and int(found, 16) >= 0)
    assert near(found, found) is bool(found)
