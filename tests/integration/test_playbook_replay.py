"""Trying a changed playbook on what a desk has heard: it reads, tells, and changes nothing."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import target
from cli.commands import app
from cloud import store
from desk.language import reader
from desk.mention import Decision
from tests.broken_playbooks import EXAMPLE
from tests.records import BRAND, mention

pytestmark = pytest.mark.usefixtures("aws")
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def install(monkeypatch: pytest.MonkeyPatch) -> None:
    here = target.Target("https://desk.example", {})
    monkeypatch.setattr(target, "choose", lambda stack, endpoint: here)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example brand's folder, where coupons are a matter for people."""
    made = tmp_path / BRAND
    copytree(EXAMPLE, made)
    path = made / "rules-questions.yaml"
    text = path.read_text("utf-8")
    old = "  - id: ask-coupon\n"
    assert old in text
    path.write_text(text.replace(old, f"{old}    risk: sensitive\n"), "utf-8")
    return made


def run(*arguments: Any) -> Result:
    return CliRunner().invoke(app, ["playbook", "replay", *map(str, arguments)])


def keep(number: int, text: str, age: timedelta) -> None:
    at = NOW - age
    kept = mention(
        id=f"line:{number}", conversation=f"line:c{number}", text=text, said_at=at, heard_at=at,
        delivery=f"d{number}:0", reading=reader(())(text, ""),
        decision=Decision(action="record", reasons=("no_rule",)),
    )  # fmt: skip
    store.add_mention(kept, b"")
    if number == 1:
        store.again(kept, "d9:0", at)


def test_it_is_tried_on_the_mentions_of_the_last_days(folder: Path, everything: Any) -> None:
    keep(1, "优惠券在哪里看", timedelta(hours=3))
    keep(2, "优惠券怎么领", timedelta(days=2))
    keep(3, "今天喝了茶", timedelta(days=2))
    keep(4, "优惠券呢", timedelta(days=9))
    before = everything()
    done = run(folder, "--json")
    assert done.exit_code == 0, done.output
    assert everything() == before, "it only reads"
    facts = json.loads(done.stdout)
    assert (facts["mentions"], facts["read_anew"]) == (3, False)
    assert facts["from"] == store.playbook(BRAND).version != facts["to"]
    [moved] = facts["decisions"]
    assert (moved["before"]["action"], moved["after"]["action"]) == ("answer", "escalate")
    assert moved["mentions"] == 2
    shown = run(folder, "--days", "1").stdout
    assert shown.startswith("1 mentions\n1 answered with coupon by ask-coupon → asked with coupon")
    assert "      优惠券在哪里看\n" in shown


def test_it_is_tried_on_a_file_against_a_folder(folder: Path, tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    rows = [{"id": "1", "text": "优惠券在哪里看"}, {"id": "2", "text": "好喝", "followers": "many"}]
    posts.write_text("".join(json.dumps(row) + "\n" for row in rows) + "no\n", "utf-8")
    done = run(folder, "--file", posts, "--against", EXAMPLE)
    assert done.exit_code == 1
    assert "post 2: followers is no whole number" in done.stderr
    assert "line 3: " in done.stderr
    assert done.stdout.startswith("1 mentions\n1 answered with coupon by ask-coupon")


def test_nothing_to_tell_is_told(tmp_path: Path) -> None:
    made = copytree(EXAMPLE, tmp_path / BRAND)
    assert run(made).stdout == "0 mentions\nnothing would be otherwise\n"


def test_a_playbook_that_does_not_exist_is_told(folder: Path) -> None:
    assert run(folder, "--against", "nothing").exit_code == 2
    (folder / "x.yaml").write_text("names: x: y\n", "utf-8")
    assert run(folder).exit_code == 2
