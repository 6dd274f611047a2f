"""What `repartee people` says: gaps in words, and what is wrong with subscriptions."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from typer.testing import CliRunner

from cli.commands import app
from cli.people import gap_lines
from cli.reaching import doubts
from desk.duty import RISKS, Gap
from desk.reach import Subscription, policy_for
from tests.conftest import ROOT

START = datetime(2026, 12, 5, 14, tzinfo=UTC)
XIAOMAN = ROOT / "playbooks/xiaoman"


def gap(step: int, risk: str, hours: float = 8) -> Gap:
    return Gap("default", risk, step, START, START + timedelta(hours=hours), "Asia/Shanghai")  # type: ignore[arg-type]


def test_a_gap_is_told_once_for_all_its_risks_by_the_clock_of_its_rota() -> None:
    found = [gap(1, risk) for risk in RISKS[:2]] + [gap(0, "severe", 0.5)]
    assert gap_lines(found) == [
        "2026-12-05 22:00 - 22:30 Asia/Shanghai: no step of default reaches anybody: only its "
        "fallback is left (severe)",
        "2026-12-05 22:00 - 2026-12-06 06:00 Asia/Shanghai: step 1 of default reaches nobody "
        "(routine, sensitive)",
    ]


def test_the_example_brand_has_somebody_at_every_hour_of_a_year() -> None:
    command = ["people", "duty", str(XIAOMAN), "--from", "2026-12-01", "--days", "366"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0
    assert "In these 366 days every step reaches somebody." in result.stdout


def test_a_calendar_with_a_hole_in_it_is_named_and_ends_with_status_1(tmp_path: Path) -> None:
    folder = tmp_path / "xiaoman"
    folder.mkdir()
    for path in XIAOMAN.glob("*.yaml"):
        text = path.read_text("utf-8").replace('hours: ["23:00-08:00"]', 'hours: ["23:00-06:00"]')
        text = text.replace("{ask: [james], wait_minutes: 30}", "{ask: [desk], wait_minutes: 30}")
        text = text.replace(
            "{ask: [yijun, desk], wait_minutes: 15}", "{ask: [desk], wait_minutes: 9}"
        )
        (folder / path.name).write_text(text, "utf-8")
    command = ["people", "duty", str(folder), "--from", "2026-12-01", "--days", "1", "--json"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 1
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    holes = [row for row in rows if row.get("policy") == "default" and row["step"] == 0]
    assert {(row["start"][:16], row["end"][:16]) for row in holes} == {
        ("2026-12-01 22:00", "2026-12-02 00:00")
    }
    assert [row["risk"] for row in holes] == list(RISKS)


def test_what_is_wrong_with_a_subscription_is_said_without_its_address() -> None:
    policy = policy_for(["tea/lin"])
    known = [
        Subscription("arn", "email", "lin@example.com", True, policy, True),
        Subscription("PendingConfirmation", "email", "wei@example.com", False),
        Subscription("arn", "email", "yijun@example.com", True, policy, False),
        Subscription("arn", "sms", "+8613800138000", True),
    ]
    lines = doubts(known)
    assert lines == [
        "email we…@example.com: not confirmed yet",
        "sms …000: without a filter, so that it gets everybody's links",
        "email yi…@example.com: can be unsubscribed by a link in a message",
    ]
    assert doubts(known[:1]) == []
