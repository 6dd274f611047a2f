"""What is wrong with a playbook although each piece of it has its shape."""

from datetime import date
from pathlib import Path

from typer.testing import CliRunner

from cli.playbook import app
from cli.playbook_export import write
from cli.playbook_files import check, load
from desk.playbook.changes import changes
from desk.playbook.packed import packed, unpacked
from tests.small_playbook import change, problems

TODAY = date(2026, 11, 25)


def test_an_example_may_say_where_and_by_whom(folder: Path) -> None:
    scope = "{channels: [line], languages: [zh-Hant], authors: [verified], influence_from: 50}"
    change(folder, "rules.yaml", "    query: 几点", f"    scope: {scope}\n    query: 几点")
    said = "text: 請問幾點開門, channel: line, author: verified, influence: 50"
    change(folder, "rules.yaml", '[幾點開門, "What time do you open?"]', f"[{{{said}}}]")
    leave = said.replace("50", "49")
    change(folder, "rules.yaml", "leave: [今天好冷]", f"leave: [几点开门, {{{leave}}}]")
    assert [one.id for one in load(folder).rules] == ["hours", "leak"]
    change(folder, "rules.yaml", f"leave: [几点开门, {{{leave}}}]", f"leave: [{{{said}}}]")
    [problem] = problems(folder)
    assert problem.startswith(
        "rules.yaml:11: rule hours does match '請問幾點開門', read as zh-Hant"
    )


RIVAL = """\
rules:
  - id: rival
    query: 几点
    category: question
    priority: 300
    action: escalate
    script: hours
    examples: {match: [几点走], leave: [走]}
"""


def test_rules_that_would_decide_one_example_otherwise_are_told_once(folder: Path) -> None:
    (folder / "rules-b.yaml").write_text(RIVAL, "utf-8")
    both = "'幾點開門': hours answers with hours, rival escalates with hours"
    assert problems(folder) == [
        f"rules.yaml:9: {both}, both at priority 300: give one of them a higher one"
    ]
    change(folder, "rules-b.yaml", "action: escalate", "action: answer")
    assert check(folder, TODAY).notes == ()
    change(folder, "rules-b.yaml", "action: answer", "action: escalate")
    change(folder, "rules-b.yaml", "priority: 300", "priority: 200")
    [note] = check(folder, TODAY).notes
    assert str(note) == f"rules.yaml:9: {both}; hours decides, by 300 to 200"
    shown = CliRunner().invoke(app, ["check", str(folder), "--notes"])
    assert shown.stderr == f"{note} (a note)\n"
    assert CliRunner().invoke(app, ["check", str(folder)]).stderr == ""


def test_rules_that_hold_in_other_places_do_not_disagree(folder: Path) -> None:
    change(folder, "brand.yaml", "{line: U-own}", "{line: U-own, wechat: gh_own}")
    change(
        folder, "rules.yaml", "    query: 几点", "    scope: {channels: [line]}\n    query: 几点"
    )
    rival = RIVAL.replace("query:", "scope: {channels: [wechat]}\n    query:")
    (folder / "rules-b.yaml").write_text(rival, "utf-8")
    assert check(folder, TODAY).notes == ()


HOURS = """\
hours:
  time_zone: Asia/Shanghai
  week: {mon: [09:00-12:00, 13:00-24:00]}
  holidays:
    - {on: 2026-10-01, until: 2026-10-07, name: 国庆节}
    - {on: 2027-01-01, name: 元旦}
"""


def test_a_calendar_that_ends_soon_is_a_warning(folder: Path) -> None:
    (folder / "hours.yaml").write_text(HOURS, "utf-8")
    assert check(folder, date(2026, 10, 7)).warnings == ()
    later = check(folder, date(2026, 11, 25))
    assert [str(one) for one in later.warnings] == [
        "hours.yaml:4: the calendar ends on 2027-01-01: write the holidays that come after it"
    ]
    assert [str(one) for one in later.notes] == [
        "hours.yaml:5: 国庆节 is over since 2026-10-07: write the next one, or none"
    ]
    assert later.playbook.hours is not None


def test_what_nothing_leads_to_is_a_note(folder: Path) -> None:
    change(folder, "scripts.yaml", "scripts:\n", f"scripts:\n  - id: spare\n{SPARE}")
    change(folder, "people.yaml", "policies:", "  bo: {name: Bo}\npolicies:")
    assert [str(one) for one in check(folder, TODAY).notes] == [
        "people.yaml:3: no policy asks bo",
        "scripts.yaml:2: no rule says spare",
        "scripts.yaml:3: script spare is not written in en",
    ]


SPARE = "    variants: {zh-Hans: [您好]}\n"


def test_who_decides_has_to_be_asked(folder: Path) -> None:
    change(folder, "people.yaml", "language: zh-Hans}", "language: zh-Hans, role: operator}")
    (folder / "tiers.yaml").write_text("tiers: {severe: lead}\n", "utf-8")
    lead = "people.yaml:5: policy default: a lead decides, so it has to ask one whose role is lead"
    assert problems(folder) == [lead]
    change(folder, "tiers.yaml", "lead", "two_persons")
    assert problems(folder) == [
        "people.yaml:5: policy default: two persons decide, so it has to ask two"
    ]
    change(folder, "tiers.yaml", "two_persons", "operator")
    assert load(folder).tiers == {"routine": "automatic", "sensitive": "operator",
                                  "severe": "operator"}  # fmt: skip


def test_a_script_of_a_channel_is_held_to_that_channel(folder: Path) -> None:
    change(folder, "brand.yaml", "{line: U-own}", "{line: U-own, x-uk: '1'}\nplatforms: {x-uk: x}")
    long = "很" * 130
    change(folder, "scripts.yaml", "$author 您好，十点。", f"$author {long}")
    [problem] = problems(folder)
    assert problem.startswith("scripts.yaml:4: script hours: 321 of at most 280 weighted on x-uk")
    own = "    channels: {x-uk: {zh-Hans: [十点。]}}\n    variants:"
    change(folder, "scripts.yaml", "    variants:", own)
    assert load(folder).scripts[0].channels["x-uk"] == {"zh-Hans": ("十点。",)}
    label = "voices: {default: {label: {en: Automatic, zh-Hans: " + "长" * 140 + "}}}\n"
    (folder / "voices.yaml").write_text(label, "utf-8")
    [problem] = problems(folder)
    assert problem.startswith("scripts.yaml:3: script hours: 287 of at most 280 weighted on x-uk")


def test_links_lead_to_our_domains_alone(folder: Path) -> None:
    change(folder, "scripts.yaml", "Ten to ten.", "See https://shop.tea.com/hours.")
    assert load(folder).domains == (), "without any they may lead anywhere"
    change(folder, "brand.yaml", "dictionary:", "domains: [a.com]\ndictionary:")
    [problem] = problems(folder)
    assert problem.startswith("scripts.yaml:5: script hours: links to shop.tea.com, which is not")
    change(folder, "brand.yaml", "a.com", "tea.com")
    assert load(folder).domains == ("tea.com",)


EVENT = """\
watches: [{id: cup, title: Cups, words: [杯]}]
events:
  - id: launch
    title: A launch
    watch: cup
    begins: 2026-12-19T20:05+08:00
    ends: 2026-12-19T20:35+08:00
    curve: [4, 9, 6]
"""


def test_what_is_good_to_know_about_an_event_is_a_note(folder: Path) -> None:
    def notes(today: date = TODAY) -> list[str]:
        return [str(one) for one in check(folder, today).notes]

    (folder / "events.yaml").write_text(EVENT, "utf-8")
    assert notes() == notes(date(2026, 12, 19)) == []
    over = "events.yaml:3: event launch is over since 2026-12-19: write the next one, or none"
    assert notes(date(2026, 12, 20)) == [over]
    change(folder, "events.yaml", "[4, 9, 6]", "[4, 9]")
    assert notes() == [
        "events.yaml:8: event launch has 3 times ten minutes, and last year's curve 2"
    ]
    change(folder, "events.yaml", "    curve: [4, 9]\n", "")
    assert notes() == [
        "events.yaml:3: event launch has no last year: it is taken for a day like any other"
    ]


def test_an_event_keeps_its_zone_through_a_version_and_back(folder: Path, tmp_path: Path) -> None:
    before = load(folder)
    (folder / "events.yaml").write_text(EVENT, "utf-8")
    made = load(folder)
    new = [(one.kind, one.what) for one in changes(before, made)]
    assert new == [("new", "watch cup"), ("new", "event launch")]
    write(unpacked(packed(made)), tmp_path / "again" / "tea")
    assert load(tmp_path / "again" / "tea") == made
    assert "2026-12-19T20:05:00+08:00" in (tmp_path / "again/tea/events.yaml").read_text("utf-8")
