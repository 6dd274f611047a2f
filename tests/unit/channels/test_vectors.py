"""Every recorded request, delivery and API answer of our platforms, where the records are there."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli import conform
from desk.channels import PLATFORMS

SHARED = Path(os.environ.get("REPARTEE_SHARED") or Path(__file__).resolve().parents[4] / "shared")
CHANNELS = (
    "bilibili", "bluesky", "cloudevents", "discord", "douyin", "facebook", "instagram", "line",
    "mastodon", "messenger", "meta", "reddit", "slack", "standard_webhooks", "telegram", "threads",
    "tiktok", "viber", "wechat_oa", "wecom", "weibo", "whatsapp", "x", "xiaohongshu", "youtube",
)  # fmt: skip
JUDGES: dict[str, tuple[Callable[[conform.Record], conform.Judged], str]] = {
    "signatures": (conform.signature, "expected"),
    "payloads": (conform.payload, "expect"),
    "errors": (conform.error, "expected"),
    "text_length": (conform.text_length, "expected"),
}


def records() -> Iterator[Any]:
    """The kind and the record, a case each; one skipped case where the folder is absent."""
    if not (SHARED / "vectors").is_dir():
        reason = pytest.mark.skip(reason=f"no recorded vectors at {SHARED}")
        yield pytest.param("signatures", {}, marks=reason, id="absent")
    for kind in JUDGES:
        for channel in CHANNELS:
            file = SHARED / "vectors" / kind / f"{channel}.json"
            for record in json.loads(file.read_bytes()) if file.is_file() else []:
                if (
                    kind != "text_length"
                    and conform.PLATFORM_OF.get(channel, channel) not in PLATFORMS
                ):
                    continue
                yield pytest.param(kind, record, id=f"{kind}-{record['id']}")


@pytest.mark.parametrize(("kind", "record"), list(records()))
def test_a_record_is_judged_as_it_expects(kind: str, record: dict[str, Any]) -> None:
    judge, expectation = JUDGES[kind]
    assert conform.differences(judge(record), record[expectation]) == []
