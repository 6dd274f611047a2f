"""What another playbook would have made of what was heard: matched, decided, read anew."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.playbook_files import load
from desk.language import plain_of, reader, understander
from desk.mention import Decision, Mention, Reading
from desk.playbook import Playbook
from desk.rehearsal import Heard, Outcome, heard_of, rehearse
from tests.records import after, mention
from tests.small_playbook import change, written


@pytest.fixture
def old(folder: Path) -> Playbook:
    return load(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small playbook's folder."""
    return written(tmp_path)


def heard(text: str, *reasons: str, number: int = 1, **more: Any) -> Heard:
    reading = reader(())(text, "")
    decision = Decision(action="record", reasons=reasons or ("no_rule",))
    facts = {"id": f"line:{number}", "text": text, "reading": reading, "decision": decision} | more
    return heard_of(mention(**facts))


def test_the_same_playbook_changes_nothing(old: Playbook) -> None:
    found = rehearse([heard("几点开门"), heard("杯子漏水"), heard("好喝")], old, old)
    assert (found.mentions, found.read_anew) == (3, False)
    assert (found.rules, found.moved, found.anew) == ({}, (), ())


def test_what_a_rule_newly_matches_and_no_longer_is_told_with_texts(
    old: Playbook, folder: Path
) -> None:
    change(folder, "rules.yaml", "query: 漏水 AND NOT", "query: 漏 AND NOT")
    change(folder, "rules.yaml", "query: 几点开门 OR", "query: 几点开 AND NOT 今天 OR")
    texts = ["我家的漏了", "又漏了", "几点开门", "今天几点开门", "杯子漏水"]
    found = rehearse(map(heard, texts), old, load(folder), examples=1)
    assert {rule: (it.gained, it.lost) for rule, it in found.rules.items()} == {
        "leak": (2, 0), "hours": (0, 1),
    }  # fmt: skip
    assert found.rules["leak"].examples_gained == ("我家的漏了",)
    assert found.rules["hours"].examples_lost == ("今天几点开门",)
    assert found.anew == ("hours",), "its query is another, so people have not agreed to it"


def test_what_would_be_decided_otherwise_is_told(old: Playbook, folder: Path) -> None:
    change(folder, "rules.yaml", "action: answer", "action: escalate")
    found = rehearse([heard("几点开门"), heard("請問幾點開門", number=2)], old, load(folder))
    [moved] = found.moved
    assert moved.before == Outcome("answer", "hours", "hours", "", "routine")
    assert moved.after == Outcome("escalate", "hours", "hours", "default", "routine")
    assert (moved.mentions, moved.examples) == (2, ("几点开门", "請問幾點開門"))
    assert found.rules == {}, "it matches what it did"


def test_rules_count_as_having_climbed_the_ladder(old: Playbook, folder: Path) -> None:
    change(folder, "rules.yaml", "priority: 300", "priority: 301")
    assert rehearse([heard("几点开门")], old, load(folder)).moved == ()


@pytest.mark.parametrize(
    ("reasons", "more"),
    [
        (("not_for_us:message",), {}),
        (("taken_over",), {}),
        (("echo",), {}),
        (("standby",), {}),
        (("no_rule",), {"kind": "message/edit"}),
        (("no_rule",), {"said_at": after(-600)}),
        (("no_rule",), {"reading": Reading(language="zh-Hans", confidence=0.1)}),
    ],
)
def test_what_kept_us_from_answering_then_does_so_now(
    old: Playbook, folder: Path, reasons: tuple[str, ...], more: dict[str, Any]
) -> None:
    change(folder, "rules.yaml", "query: 几点开门", "query: 好喝 OR 几点开门")
    found = rehearse([heard("好喝吗", *reasons, **more)], old, load(folder))
    assert found.rules["hours"].gained == 1
    assert all(one.after.action != "answer" for one in found.moved)


def test_only_new_words_of_the_brand_have_everything_read_anew(old: Playbook, folder: Path) -> None:
    wrong = Reading(language="en")
    change(folder, "rules.yaml", "query: 漏水 AND NOT language:en", "query: 漏水")
    same = rehearse([heard("杯子漏水", reading=wrong)], old, load(folder))
    assert same.rules["leak"].gained == 1, "it is kept as English"
    change(folder, "brand.yaml", "[云朵杯]", "[云朵杯, 雪山杯]")
    anew = rehearse([heard("杯子漏水", reading=wrong)], old, load(folder))
    assert anew.read_anew
    assert anew.rules == {}, "both read it as Chinese"


@pytest.mark.parametrize(
    "text", ["杯子漏水", "See https://a.cn/x #tea# @a", "l33t 𝕔𝕦𝕡", "", "a" * 30_000]
)
def test_the_form_that_rules_see_is_the_one_of_the_reading(text: str) -> None:
    assert plain_of(text) == understander(())(text, "").plain


def test_a_mention_is_rehearsed_at_the_time_when_it_was_heard(old: Playbook) -> None:
    kept: Mention = mention(text="几点开门")
    assert heard_of(kept).now == kept.heard_at
    assert heard_of(kept).item.created_at == kept.said_at
    assert kept.heard_at - kept.said_at < timedelta(minutes=5)
