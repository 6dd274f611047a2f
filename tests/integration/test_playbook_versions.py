"""Which version of a playbook is in force: applied, refused, raced for, rolled back, exported."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import playbook_export, target
from cli.commands import app
from cli.playbook_files import load, version_of
from cloud import store
from cloud.store import playbooks, table
from desk.playbook import Playbook
from desk.playbook.packed import packed
from tests.broken_playbooks import BROKEN, EXAMPLE, broken_copy
from tests.records import BRAND, NOON, after
from tests.small_playbook import change, written

pytestmark = pytest.mark.usefixtures("aws")
TEA = "tea"


@pytest.fixture(autouse=True)
def install(monkeypatch: pytest.MonkeyPatch) -> None:
    here = target.Target("https://desk.example", {})
    monkeypatch.setattr(target, "choose", lambda stack, endpoint: here)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small brand's folder."""
    return written(tmp_path)


def run(*arguments: Any) -> Result:
    return CliRunner().invoke(app, ["playbook", *map(str, arguments)])


def applied(folder: Path, reason: str = "Spring", by: str = "Lin") -> str:
    done = run("apply", folder, "--reason", reason, "--by", by)
    assert done.exit_code == 0, done.output
    return load(folder).version


def current(brand: str = TEA) -> str:
    playbooks.forget()
    return store.playbook(brand).version


def test_the_first_version_makes_the_brand(folder: Path) -> None:
    version = applied(folder)
    assert current() == version
    assert store.brands() == sorted([TEA, BRAND])
    assert store.control(TEA) is not None
    [move] = store.playbook_log(TEA)
    assert (move.version, move.before, move.by, move.reason) == (version, "", "Lin", "Spring")


def test_apply_shows_what_changes_and_keeps_what_was(folder: Path) -> None:
    first = applied(folder)
    change(folder, "rules.yaml", "priority: 300", "priority: 310")
    done = run("apply", folder, "--reason", "Hours first", "--by", "Wei")
    assert "~ rule hours changed\n    priority: 300 → 310\n" in done.stderr
    second = load(folder).version
    assert current() == second
    assert store.playbook_version(TEA, first) is not None
    assert [(one.version, one.by) for one in store.playbook_log(TEA)] == [
        (first, "Lin"), (second, "Wei"),
    ]  # fmt: skip


def test_what_answers_in_a_new_playbook_listens_from_then_on(folder: Path) -> None:
    applied(folder)
    [before] = store.standings(TEA)
    change(folder, "scripts.yaml", "$author 您好，十点。", "$author 您好，十一点。")
    assert run("apply", folder, "--reason", "Later").exit_code == 0
    assert {(one.rule, one.rung) for one in store.standings(TEA)} == {(before.rule, "shadow")}
    assert len(store.standings(TEA)) == 2


def test_the_same_content_twice_is_no_change(folder: Path, everything: Any) -> None:
    applied(folder)
    before = everything()
    assert "nothing changes" in run("apply", folder, "--reason", "Again").stderr
    assert everything() == before


def test_no_broken_playbook_ever_becomes_current(tmp_path: Path, everything: Any) -> None:
    before = everything()
    for number, one in enumerate(BROKEN):
        done = run("apply", broken_copy(one, tmp_path / str(number)), "--reason", "Trying")
        assert done.exit_code == 2, one.what
    assert everything() == before


def test_a_reason_is_asked_for(folder: Path) -> None:
    assert "--reason" in run("apply", folder).output
    applied(folder)
    assert "--reason" in run("rollback", "--brand", TEA).output


def test_of_two_who_apply_at_once_one_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = applied(folder)
    change(folder, "brand.yaml", "dictionary: [云朵杯]", "dictionary: [雪杯]")
    theirs = load(folder)
    keep = store.keep_version

    def and_somebody_else(*arguments: Any) -> bool:
        keep(theirs, "Yijun", NOON)
        move = store.Move(version=theirs.version, before=first, by="Yijun", reason="x", at=after(1))
        assert store.make_current(theirs, move)
        return keep(*arguments)

    change(folder, "brand.yaml", "dictionary: [雪杯]", "dictionary: [山杯]")
    monkeypatch.setattr(store, "keep_version", and_somebody_else)
    done = run("apply", folder, "--reason", "Mine")
    assert done.exit_code == 2
    assert f"Yijun has made {theirs.version} current" in done.stderr.replace("\n", " ")
    assert current() == theirs.version
    assert [one.by for one in store.playbook_log(TEA)][-1] == "Yijun"


def test_a_move_whose_answer_was_lost_is_done(
    playbook: Playbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = store.Move(version="v2", before=playbook.version, by="Lin", reason="x", at=NOON)
    update = table.update

    def lost(*arguments: Any, **more: Any) -> bool:
        update(*arguments, **more)
        return update(*arguments, **more)

    monkeypatch.setattr(table, "update", lost)
    assert store.make_current(playbook, move)
    assert store.current_move(BRAND) == move
    assert not store.make_current(playbook, move.model_copy(update={"by": "Wei"}))


def test_a_move_that_was_not_noted_is_noted_before_it_is_replaced(
    playbook: Playbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = store.Move(version="v2", before=playbook.version, by="Lin", reason="x", at=NOON)
    with monkeypatch.context() as patch:
        patch.setattr(playbooks, "_note", lambda brand, move: None)
        assert store.make_current(playbook, first)
    assert store.playbook_log(BRAND) == [first]
    second = store.Move(version="v3", before="v2", by="Wei", reason="y", at=after(1))
    assert store.make_current(playbook, second)
    assert store.playbook_log(BRAND) == [first, second]


def test_a_version_is_never_written_over(playbook: Playbook) -> None:
    other = playbook.model_copy(update={"name": "Other"})
    with pytest.raises(store.OtherContent):
        store.keep_version(other, "Lin", NOON)
    assert store.playbook_version(BRAND, playbook.version) == playbook
    assert not store.keep_version(playbook, "Lin", NOON)
    renewed = playbook.model_copy(update={"compiled": ""})
    assert not store.keep_version(renewed, "Lin", NOON)
    assert store.playbook_version(BRAND, playbook.version) == renewed


@pytest.mark.parametrize("body", [b"", b"\x78\x9c", "{", "{}", "half"])
def test_half_a_version_is_none_and_the_last_whole_one_stays_in_force(
    playbook: Playbook, body: bytes | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.playbook(BRAND) == playbook, "warm"
    half = packed(playbook)[:5000] if body == "half" else body
    table.put({"pk": f"{BRAND}#B", "sk": "PLAYBOOK#v2", "body": half})
    table.put({"pk": f"{BRAND}#B", "sk": "PLAYBOOK", "version": "v2"})
    monkeypatch.setattr(playbooks, "LIFE", 0.0)
    monkeypatch.setitem(playbooks._kept, BRAND, (0.0, playbook))
    assert store.playbook(BRAND) == playbook
    playbooks.forget()
    with pytest.raises(store.NoPlaybook, match="v2"):
        store.playbook(BRAND)
    assert store.keep_version(playbook.model_copy(update={"version": "v2"}), "Lin", NOON) is False
    assert store.playbook(BRAND).version == "v2", "what is not whole is mended"


def test_a_playbook_that_was_kept_as_text_is_read(playbook: Playbook) -> None:
    body = playbook.model_dump_json(exclude_defaults=True)
    table.put({"pk": f"{BRAND}#B", "sk": f"PLAYBOOK#{playbook.version}", "body": body})
    assert store.playbook(BRAND) == playbook


def test_rolling_back_names_who_and_why_and_can_be_undone(folder: Path) -> None:
    first = applied(folder)
    change(folder, "rules.yaml", "priority: 300", "priority: 310")
    second = applied(folder)
    done = run("rollback", "--reason", "Too eager", "--by", "Olena", "--brand", TEA)
    assert done.exit_code == 0, done.output
    assert "priority: 310 → 300" in done.stderr
    assert current() == first
    assert run("rollback", "--reason", "No", "--brand", TEA).exit_code == 0
    assert current() == second
    assert run("rollback", "--reason", "No", "--brand", TEA, second).exit_code == 2
    assert run("rollback", "--reason", "No", "--brand", TEA, "nothing").exit_code == 2
    assert current() == second
    [*_, before, last] = store.playbook_log(TEA)
    assert (before.version, before.by, before.reason) == (first, "Olena", "Too eager")
    assert (last.version, last.before) == (second, first)


def test_the_first_version_has_none_before_it(folder: Path) -> None:
    applied(folder)
    done = run("rollback", "--reason", "No", "--brand", TEA)
    assert done.exit_code == 2
    assert "has no version before" in done.stderr


def test_versions_are_listed_with_those_that_never_were_current(
    folder: Path, playbook: Playbook
) -> None:
    first = applied(folder)
    spare = load(folder).model_copy(update={"version": "spare"})
    store.keep_version(spare, "Wei", NOON)
    facts = json.loads(run("versions", "--brand", TEA, "--json").stdout)
    assert facts["current"] == first
    assert [one["version"] for one in facts["log"]] == [first]
    assert [one["name"] for one in facts["never_current"]] == ["spare"]
    shown = run("versions", "--brand", TEA).stdout
    assert "current" in shown
    assert "never current" in shown
    assert "set-up" in run("versions").stdout, "an install of before there was a log"
    move = store.Move(version="v2", before=playbook.version, by="Lin", reason="x", at=NOON)
    assert store.make_current(playbook, move)
    facts = json.loads(run("versions", "--json").stdout)
    assert facts["never_current"] == [], "what an install was set up with was current"


def test_a_diff_is_in_words_and_tells_programs(folder: Path) -> None:
    new = run("diff", folder, "--exit-code")
    assert new.exit_code == 1, "all of it is new"
    assert "+ rule hours new\n    answers with hours, at priority 300\n" in new.stdout
    first = applied(folder)
    assert run("diff", folder, "--exit-code").exit_code == 0
    change(folder, "scripts.yaml", "Ten to ten.", "Ten to nine.")
    second = applied(folder)
    facts = json.loads(run("diff", second, first, "--brand", TEA, "--json").stdout)
    assert (facts["from"], facts["to"]) == (first, second)
    [one] = facts["changes"]
    assert (one["kind"], one["what"]) == ("changed", "script hours")
    assert one["details"] == ["variants.en: + 'Ten to nine.', − 'Ten to ten.'"]
    assert run("diff", "nothing", "--brand", TEA).exit_code == 2


@pytest.mark.parametrize("brand", [BRAND, TEA])
def test_what_is_exported_is_the_same_playbook(folder: Path, tmp_path: Path, brand: str) -> None:
    version = applied(EXAMPLE if brand == BRAND else folder)
    done = run("export", "--to", tmp_path / "out", "--brand", brand)
    assert done.exit_code == 0, done.output
    made = tmp_path / "out" / brand
    assert load(made) == store.playbook(brand)
    assert load(made).version == version
    assert run("export", "--to", tmp_path / "out", "--brand", brand).exit_code == 2
    facts = json.loads(run("export", version, "--brand", brand, "--json").stdout)
    assert facts["version"] == version
    assert facts["rules"] == playbook_export.content(load(made))["rules"]


def test_a_version_of_before_is_exported_by_the_name_that_it_has_now(tmp_path: Path) -> None:
    old = load(EXAMPLE).model_copy(update={"version": "before"})
    store.keep_playbook(old)
    done = run("export", "--to", tmp_path)
    assert done.exit_code == 0
    assert f"is called {version_of(old)} now" in done.stderr


def test_texts_that_yaml_would_take_for_something_else_survive(tmp_path: Path) -> None:
    odd = (
        "no", "12:30", "2027-02-06", "1e5", "0x10", "~", "null", "- a", "a: b", "#x", "*x", "!x",
        "'x", '"x', "%x", "@x", "`x", "a\nb", " a ", "🍵", "a\u2028b", "\x07a", "007", "1_0", "=",
    )  # fmt: skip
    small = load(EXAMPLE).model_copy(update={"brand": "odd", "dictionary": odd})
    playbook_export.write(small, tmp_path / "odd")
    assert load(tmp_path / "odd").dictionary == odd


def test_a_brand_without_a_playbook_is_told() -> None:
    for command in ("export", "rollback"):
        done = run(
            command, "--brand", "nobody", *(("--reason", "x") if command != "export" else ())
        )
        assert done.exit_code == 2
        assert "has no playbook here" in done.stderr
