"""What a new playbook changes, in words."""

from pathlib import Path

import pytest

from cli.playbook_files import load
from desk.playbook.changes import changes
from tests.small_playbook import change


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("brand.yaml", "name: 茶 Tea", "name: Tea", ("changed", "name", "'茶 Tea' → 'Tea'")),
        ("brand.yaml", "[云朵杯]", "[雪杯]", ("changed", "dictionary", "+ '雪杯', − '云朵杯'")),
        ("brand.yaml", "U-own", "U2", ("changed", "account on line", "'U-own' → 'U2'")),
        ("people.yaml", "wait_minutes: 15", "wait_minutes: 20",
         ("changed", "policy default", "steps 1.wait_minutes: 15.0 → 20.0")),
        ("people.yaml", "language: zh-Hans", "language: en",
         ("changed", "approver lin", "language: 'zh-Hans' → 'en'")),
        ("rules.yaml", "risk: severe", "risk: sensitive",
         ("changed", "rule leak", "risk: 'severe' → 'sensitive'")),
        ("rules.yaml", "[杯子漏水]", "[杯子漏水, 漏水了]",
         ("changed", "rule leak", "examples.match: + '漏水了'")),
        ("scripts.yaml", '["十点到十点。", "$author 您好，十点。"]',
         '["$author 您好，十点。", "十点到十点。"]',
         ("changed", "script hours", "variants.zh-Hans: in another order, or as often")),
        ("rules.yaml", "几点开门 OR", f"{'几点开 OR ' * 20}几点开门 OR",
         ("changed", "rule hours", "query: ")),
    ],
)  # fmt: skip
def test_one_change_is_told_once(
    folder: Path, file: str, old: str, new: str, told: tuple[str, str, str]
) -> None:
    before = load(folder)
    assert changes(before, before) == ()
    change(folder, file, old, new)
    [found] = changes(before, load(folder))
    [detail] = found.details
    assert (found.kind, found.what) == told[:2]
    assert detail.startswith(told[2])
    assert len(detail) < 200


def test_what_is_new_and_gone_is_told_by_name(folder: Path) -> None:
    before = load(folder)
    change(folder, "rules.yaml", "id: leak", "id: drip")
    (folder / "limits.yaml").write_text("domains: [tea.com]\n", "utf-8")
    assert [(one.kind, one.what, one.details) for one in changes(before, load(folder))] == [
        ("gone", "rule leak", ("escalates, at priority 900",)),
        ("new", "domains", ("['tea.com']",)),
        ("new", "rule drip", ("escalates, at priority 900",)),
    ]


def test_all_of_the_first_playbook_is_new(folder: Path) -> None:
    found = changes(None, load(folder))
    assert {one.kind for one in found} == {"new"}
    assert {"rule hours", "script hours", "approver lin", "policy default"} <= {
        one.what for one in found
    }


def test_of_long_texts_only_what_differs_is_told(folder: Path) -> None:
    change(folder, "rules.yaml", "几点开门 OR", f"几点开门 OR {'水 OR ' * 30}")
    before = load(folder)
    change(folder, "rules.yaml", "几点开门 OR", "几点开门 OR 几点关门 OR")
    [found] = changes(before, load(folder))
    assert found.details == ("query: '' → '几点关门 OR '",)
