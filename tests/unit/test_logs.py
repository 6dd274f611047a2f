"""Lines of the log: short where all went its way, whole where it did not."""

import json
from datetime import UTC, datetime

import pytest

from cloud.logs import STATIC, line

CONTEXT = dict.fromkeys(STATIC, "static") | {"function_request_id": "r-1"}


def test_a_routine_line_says_what_was_done_and_leaves_out_what_is_static_or_empty() -> None:
    log = {"level": "INFO", "message": "record", "mention": "line:m", "rule": "", "recorded": False}
    assert json.loads(line(log | CONTEXT)) == {
        "level": "INFO", "message": "record", "mention": "line:m", "recorded": False,
        "function_request_id": "r-1",
    }  # fmt: skip


@pytest.mark.parametrize("level", ["WARNING", "ERROR"])
def test_a_line_about_trouble_has_all_that_is_known(level: str) -> None:
    log = {"level": level, "message": "not queued", "rule": ""} | CONTEXT
    assert json.loads(line(log)) == log


def test_what_is_no_json_is_written_as_text() -> None:
    noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert json.loads(line({"level": "INFO", "due": noon}))["due"] == str(noon)
