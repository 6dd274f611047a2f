"""The deployed stack on the local cloud, with the example brand and the pretend platforms."""

import gzip
import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli import demo, local, playbook_files, pretending
from cli.pretending import Inbox
from tests.conftest import ROOT, SHARED, forget_everything
from tests.platforms import Platforms, pretend_platforms

SOURCES = {
    "waimai_10k": 400,
    "online_shopping_10_cats": 400,
    "weibo_senti_100k": 400,
    "hotel_chnsenticorp": 200,
    "tweeteval_sentiment": 400,
    "ptt_stock": 100,
    "brighter_eng": 200,
}
"""How many posts of each source the real replay uses."""


@dataclass(frozen=True)
class Desk:
    """Everything that the tests on the deployed stack work with."""

    stack: local.Stack
    platforms: Platforms
    inbox: Inbox
    environment: dict[str, str]

    @property
    def api(self) -> str:
        """Address of the HTTP API."""
        return self.stack.outputs["Endpoint"]


@pytest.fixture(scope="session")
def deployed() -> Iterator[Desk]:
    """The stack, built and deployed once by the real SAM CLI, with IAM enforced."""
    playbook = playbook_files.load(ROOT / "playbooks" / demo.BRAND)
    said: list[str] = []
    folder = local.STATE / "test-cloud"
    with (
        local.local_cloud(local.free_port(), folder, said.append) as address,
        pretend_platforms() as platforms,
    ):
        stack = local.deploy(address, said.append)
        environment = stack.environment()
        # Only while it is made ready: this lives until all tests are over, those on moto included.
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("AWS_")]:
                patch.delenv(name)
            for name, value in environment.items():
                patch.setenv(name, value)
            forget_everything()
            inbox = pretending.prepare(playbook, platforms, said.append)
        forget_everything()
        yield Desk(stack, platforms, inbox, environment)


@pytest.fixture
def desk(deployed: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The deployed desk, reachable for our own code; the platforms behave."""
    for name, value in deployed.environment.items():
        monkeypatch.setenv(name, value)
    forget_everything()
    deployed.platforms.behave()
    yield deployed
    forget_everything()


@pytest.fixture(scope="session")
def real_posts() -> Callable[[Path], int]:
    """Writes some two thousand real posts, Chinese and English, to a file; returns their number."""
    source = SHARED / "data" / "sentiment.train.jsonl.gz"
    if not source.exists():
        pytest.skip(f"no real posts here: {source} is absent")

    def write(path: Path) -> int:
        by_source: dict[str, list[dict[str, Any]]] = {name: [] for name in SOURCES}
        with gzip.open(source, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["source"] in by_source:
                    by_source[row["source"]].append(row)
        dice = random.Random(2026)
        chosen = [
            row
            for name, wanted in SOURCES.items()
            for row in dice.sample(by_source[name], min(wanted, len(by_source[name])))
        ]
        dice.shuffle(chosen)
        with path.open("w", encoding="utf-8") as out:
            for row in chosen:
                text = {"text": row["text"], "lang": row["lang"]}
                out.write(json.dumps(text, ensure_ascii=False) + "\n")
        return len(chosen)

    return write
