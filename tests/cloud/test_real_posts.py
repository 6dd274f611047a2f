"""Real posts through the webhooks of the deployed stack, and an account that closes to the unit."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cli import replay
from cli.account import Books
from cli.dead_letters import QUEUES
from cloud import store
from tests.cloud.conftest import Desk

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(600)]


def test_two_thousand_real_posts_are_each_accounted_for_and_none_is_answered_twice(
    desk: Desk, real_posts: Callable[[Path], int], tmp_path: Path
) -> None:
    posts = tmp_path / "posts.jsonl"
    assert real_posts(posts) >= 2_000
    brand = "xiaoman"
    posted_before = len(desk.platforms.posted())
    run, started = replay.run_started()
    rows = list(replay.read_posts(posts, run, started, store.playbook(brand).accounts))
    planned = replay.plan(rows, rate=100, duplicates=0.1, malformed=0.01, seed=5)
    books = Books(brand, started, [desk.stack.outputs[dead] for dead, _ in QUEUES.values()])

    result = replay.run(planned, desk.api, brand, books, lambda *_: None)

    account = result.account
    kinds = result.facts()["by_kind"]
    assert account.closes, result.facts()
    assert result.refused == 0
    assert account.received == len(planned)
    assert account.lost == []
    assert account.ends["dead"] == 0
    assert account.ends["duplicate"] == kinds["again"]
    assert account.ends["quarantined"] == kinds["malformed"]
    assert len(desk.platforms.posted()) - posted_before == account.ends["answered"]
