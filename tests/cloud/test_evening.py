"""The night of a moment on the deployed stack: asked at ten, posted once everywhere, in minutes."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from cli import demo, night
from cloud import store
from tests.cloud.conftest import Desk

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(300)]


def test_from_a_hot_list_to_one_post_a_channel_though_a_sender_is_killed_and_another_cut_off(
    desk: Desk, record_property: Callable[[str, object], None]
) -> None:
    found = night.play(store.playbook(demo.BRAND), desk.stack, desk.platforms, print)
    assert night.shown(found)
    record_property("machine time, seconds", round(found.machine, 1))
    record_property("path, minutes", round(found.path.total_seconds() / 60, 1))
    assert found.killed or not Path("/proc/net/tcp").exists()
    assert found.asked == ("james",), "whoever has the night shift, and nobody who sleeps"
    assert found.room == "初雪之夜"
    assert found.posts == {"standard": 1, "line": 1, "telegram": 1, "discord": 1}
    assert found.states == {
        "standard": "sent",
        "line": "unconfirmed",
        "telegram": "sent",
        "discord": "sent",
    }, "what can be looked up is, and what cannot is a person's to look"
    assert found.machine <= 60
    assert found.path <= timedelta(minutes=15)
