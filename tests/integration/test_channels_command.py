"""Connecting a channel from the command line: what is asked, tried, stored and replaced."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from cli import target
from cli.commands import app
from cloud import http, store
from desk.channels import telegram
from desk.wire import NotSent, Outbound, Response
from tests.records import BRAND

pytestmark = pytest.mark.usefixtures("aws")
URL = "https://desk.example"


@pytest.fixture(autouse=True)
def install(monkeypatch: pytest.MonkeyPatch) -> None:
    here = target.Target(URL, {})
    monkeypatch.setattr(target, "choose", lambda stack, endpoint: here)


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["channels", *arguments], input=typed)


def parameter(kind: str, channel: str) -> Any:
    name = f"/repartee/test/{kind}/{BRAND}/{channel}"
    found = boto3.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
    assert found["Type"] == "SecureString"
    return json.loads(found["Value"])


def test_each_field_is_asked_for_and_stored_encrypted() -> None:
    done = run("add", "tea", "--platform", "line", typed="sesame\nT0ken\n\n")
    assert done.exit_code == 0, done.output
    assert parameter("hooks", "tea") == {"platform": "line", "secret": "sesame"}
    assert parameter("tokens", "tea") == {"platform": "line", "token": "T0ken"}
    assert f"{URL}/hooks/{BRAND}/tea" in done.stdout
    assert "T0ken" not in done.output
    assert "sesame" not in done.output


def test_a_secret_that_is_ours_to_make_is_made() -> None:
    done = run("add", "bot", "--platform", "telegram", "--no-test", typed="\n1:T\n")
    assert done.exit_code == 0, done.output
    assert len(parameter("hooks", "bot")["secret"]) >= 32


def test_a_replaced_secret_stays_good_beside_the_new_one() -> None:
    for secret in ("first", "second"):
        done = run("add", "line", "--set", f"hooks.secret={secret}", "--set", "tokens.token=T",
                   "--set", "tokens.account=U1")  # fmt: skip
        assert done.exit_code == 0, done.output
    assert parameter("hooks", "line") == {
        "platform": "line", "secret": "second", "previous_secret": "first"
    }  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "gramophone"],
        ["add", "Tea Shop", "--platform", "line"],
        ["add", "line", "--set", "secret=x"],
        ["add", "line", "--set", "hooks.secret=x", "--set", "tokens.token=x",
         "--set", "tokens.account=x", "--set", "tokens.colour=x"],
    ],
)  # fmt: skip
def test_what_makes_no_channel_is_said_and_stores_nothing(arguments: list[str]) -> None:
    before = boto3.client("ssm").describe_parameters()["Parameters"]
    done = run(*arguments)
    assert done.exit_code == 2
    assert "repartee:" in done.output
    assert boto3.client("ssm").describe_parameters()["Parameters"] == before


def test_credentials_that_the_platform_refuses_are_not_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Outbound("POST", "https://api.telegram.org/bot/getMe", {}, b"")
    monkeypatch.setattr(telegram, "check", lambda credentials: asked)
    monkeypatch.setattr(telegram, "checked", lambda response: NotSent("token_invalid", "gone"))
    monkeypatch.setattr(http, "call", lambda call: Response(401, {}, b"{}"))
    done = run("add", "refused-bot", "--platform", "telegram", typed="s\n1:T\n")
    assert done.exit_code == 2
    assert "token_invalid: gone" in done.output
    assert "Stored" not in done.output
    with pytest.raises(boto3.client("ssm").exceptions.ParameterNotFound):
        parameter("hooks", "refused-bot")
    monkeypatch.setattr(telegram, "checked", lambda response: "77")
    done = run("add", "refused-bot", "--platform", "telegram", typed="s\n1:T\n")
    assert done.exit_code == 0, done.output
    assert "account 77" in done.output


def test_all_channels_are_checked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "call", lambda call: NotSent("unreachable", "refused"))
    done = run("check", "--json")
    found = {line["channel"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert found["line"]["platform"] == "line"
    assert found["wechat"]["found"] == "unknown", "who cannot be reached has refused nothing"
    assert [name for name, line in found.items() if line["found"] == "refused"] == []
    assert done.exit_code == 0


def test_the_platforms_are_listed_with_the_longest_texts() -> None:
    done = run("platforms", "--json")
    rows = {line["platform"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert rows["wechat"] == {
        "platform": "wechat", "hears": ["webhooks"], "says": {"message": "2,048 bytes"}
    }  # fmt: skip


def test_a_token_that_ends_is_known_from_the_day_it_was_connected() -> None:
    given = {"hooks.secret": "s", "hooks.verify_token": "v", "tokens.token": "T"}
    options = [word for name, value in given.items() for word in ("--set", f"{name}={value}")]
    done = run("add", "threads", "--no-test", *options, typed="\n\n\n\n")
    assert done.exit_code == 0, done.output
    ends = dict(store.healths(BRAND))["threads"].expires_at
    assert ends is not None
    assert timedelta(days=59) < ends - datetime.now(UTC) <= timedelta(days=60)
