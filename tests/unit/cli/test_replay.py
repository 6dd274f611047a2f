"""Posts from a file: which requests they become, when, and what is said of a line that is none."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cli.account import Account
from cli.replay import (
    BadPosts,
    Made,
    Planned,
    Result,
    Row,
    ending_at,
    plan,
    read_posts,
    request_for,
)
from desk import channels
from desk.channels import PLATFORMS
from desk.wire import Undecodable
from tests.conftest import HOOKS, ROOT
from tests.records import NOON, after


def posts(tmp_path: Path, *lines: str, run: int = 100) -> list[Row]:
    path = tmp_path / "posts.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return list(read_posts(path, run, NOON, {"line": "U-shop"}))


def rows(tmp_path: Path, number: int, **at: Any) -> list[Row]:
    return posts(tmp_path, *['{"text": "茶"}'] * number)


def test_a_text_is_all_that_a_post_needs(tmp_path: Path) -> None:
    [first, second] = posts(tmp_path, '{"text": "茶"}', "", '{"text": 5}')
    assert (first.post.text, first.post.id, first.at) == ("茶", "101", None)
    assert (second.post.text, second.post.id) == ("5", "103")
    assert first.post.said_at == NOON
    assert first.channel in PLATFORMS
    assert first.post.author != second.post.author


def test_a_post_says_who_and_where_and_when(tmp_path: Path) -> None:
    [row] = posts(
        tmp_path,
        '{"text": "茶", "channel": "line", "author": "a", "name": "木", "lang": "uk", "at": 90,'
        ' "conversation": "c", "followers": 7}',
    )
    post = row.post
    assert (row.channel, row.at, post.said_at) == ("line", 90, after(1.5))
    assert (post.author, post.author_name, post.conversation) == ("a", "木", "c")
    assert (post.account, post.language, post.followers) == ("U-shop", "uk", 7)


def test_another_run_makes_other_ids_of_the_same_file(tmp_path: Path) -> None:
    first = {row.post.id for row in posts(tmp_path, *['{"text": "茶"}'] * 9, run=100_000)}
    again = {row.post.id for row in posts(tmp_path, *['{"text": "茶"}'] * 9, run=200_000)}
    assert len(first) == len(again) == 9
    assert not first & again


@pytest.mark.parametrize(
    "line",
    ["no json", "[]", '"text"', "5", "null", "{}", '{"name": "x"}', '{"text": "x"',
     '{"text": "x", "at": "soon"}', '{"text": "x", "at": []}', '{"text": "x", "at": 1e999}'],
)  # fmt: skip
def test_a_line_that_is_no_post_is_named(line: str, tmp_path: Path) -> None:
    with pytest.raises(BadPosts, match=r"posts\.jsonl, line 3"):
        posts(tmp_path, '{"text": "茶"}', "", line)


def test_a_line_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b'{"text": "a"}\n{"text": "\xff"}\n')
    with pytest.raises(BadPosts, match="line 2"):
        list(read_posts(path, 0, NOON, {}))


def test_the_example_evening_can_be_read() -> None:
    found = list(read_posts(ROOT / "playbooks/xiaoman/evening.jsonl", 0, NOON, {}))
    assert len(found) > 100
    assert {row.channel for row in found} <= set(PLATFORMS)
    assert all(row.at is not None for row in found)


def test_a_plan_follows_from_its_seed(tmp_path: Path) -> None:
    some = rows(tmp_path, 200)
    first = plan(some, 50, 0.1, 0.1, seed=1)
    assert plan(some, 50, 0.1, 0.1, seed=1) == first
    assert plan(some, 50, 0.1, 0.1, seed=2) != first


def test_posts_come_at_the_rate_that_was_asked_for(tmp_path: Path) -> None:
    planned = plan(rows(tmp_path, 100), 20, 0, 0, seed=1)
    assert [one.at for one in planned] == [number / 20 for number in range(100)]
    assert {one.kind for one in planned} == {"first"}


def test_or_at_their_own_times_so_many_fold(tmp_path: Path) -> None:
    timed = posts(tmp_path, *[f'{{"text": "茶", "at": {at}}}' for at in (60, 0, 600)])
    assert [one.at for one in plan(timed, 50, 0, 0, seed=1, speed=60)] == [0, 1, 10]
    assert [one.at for one in plan(timed, 50, 0, 0, seed=1)] == [0, 0.02, 0.04]


def test_a_share_comes_twice_later_and_a_share_comes_broken(tmp_path: Path) -> None:
    planned = plan(rows(tmp_path, 1000), 100, 0.1, 0.05, seed=7)
    kinds = Counter(one.kind for one in planned)
    assert 60 < kinds["again"] < 140
    assert 25 < kinds["malformed"] < 80
    assert kinds["first"] + kinds["malformed"] == 1000
    began = {one.post.id: one.at for one in planned if one.kind == "first"}
    for one in planned:
        if one.kind == "again":
            assert 0 <= one.at - began[one.post.id] <= 5
    assert [one.at for one in planned] == sorted(one.at for one in planned)


@pytest.mark.parametrize("name", HOOKS)
def test_what_comes_broken_is_genuine_and_brings_no_mention(name: str, tmp_path: Path) -> None:
    platform, secret, now = channels.platform(name), HOOKS[name], NOON.timestamp()
    for row in rows(tmp_path, 12):
        request = request_for(Planned(0, name, row.post, "malformed"), secret, now, "n")
        clear = platform.verify(request, secret, now)
        with pytest.raises(Undecodable):
            platform.parse(clear, request.headers, frozenset())


@pytest.mark.parametrize("name", HOOKS)
def test_what_comes_again_is_the_same_mention_in_another_delivery(
    name: str, tmp_path: Path
) -> None:
    platform, secret, now = channels.platform(name), HOOKS[name], NOON.timestamp()
    [row] = rows(tmp_path, 1)
    seen = set()
    for kind, nonce in (("first", "n1"), ("again", "n2")):
        planned = Planned(0, name, row.post, kind)  # type: ignore[arg-type]
        request = request_for(planned, secret, now, nonce)
        clear = platform.verify(request, secret, now)
        [item] = platform.parse(clear, request.headers, frozenset())
        seen.add(item.identity())
    assert len(seen) == 1


def test_posts_can_be_moved_so_that_the_last_is_said_now(tmp_path: Path) -> None:
    timed = posts(tmp_path, '{"text": "a", "at": 0}', '{"text": "b", "at": 600}', '{"text": "c"}')
    said = [row.post.said_at for row in ending_at(timed, after(60))]
    assert said == [after(50), after(60), after(50)]
    assert ending_at([], NOON) == []


def test_the_figures_of_a_replay_are_json(tmp_path: Path) -> None:
    [row] = rows(tmp_path, 1)
    planned = Planned(0, "line", row.post, "first")
    made = [Made(planned, 200, f"d{number}", number / 1000) for number in range(1, 101)]
    facts = Result(made, Account(100, Counter(answered=100)), 0, 50.04, 25.0, 4.0).facts()
    assert (facts["requests"], facts["refused"], facts["closes"]) == (100, 0, True)
    assert (facts["answer_ms_median"], facts["answer_ms_p99"]) == (51.0, 100.0)
    assert facts["webhooks_per_second"] == 50.0
    assert facts["by_kind"] == {"first": 100}
    assert Result([], Account(), 0, 0, 0, 0).facts()["answer_ms_median"] == 0
