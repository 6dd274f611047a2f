"""Counting across runs: what dies, comes late, comes twice or side by side is counted once."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from cloud import aws as clients, counting, store
from cloud.store import table
from desk.baseline import Baseline, learn
from desk.mention import Reading
from desk.tally import WIDTH, fold
from desk.window import EVERYBODY, Count, Counts
from functions.scan.app import Unscanned
from tests.integration.test_scan import (
    control,
    crowd,
    keep,
    matters,
    ordinary_hours,
    people,
    scan as scan,
    total,
)
from tests.records import BRAND, NOON, after, mention

Queued = Callable[[str], list[str]]
pytestmark = pytest.mark.usefixtures("at")


@pytest.mark.parametrize("kept", range(1, 30, 4))
def test_a_scan_that_dies_at_any_write_loses_no_count(
    kept: int, scan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordinary_hours()
    crowd()
    written = 0
    surpass = table.surpass

    def dies(item: table.Item) -> bool:
        nonlocal written
        done = surpass(item)
        written += 1
        if written == kept:
            raise clients.TROUBLE[0]({"Error": {"Code": "Throttled"}}, "PutItem")
        return done

    with monkeypatch.context() as patch:
        patch.setattr(table, "surpass", dies)
        with pytest.raises(Unscanned):
            scan(18)
    assert control().heartbeat == NOON
    assert scan(19) == {BRAND: 1}
    assert total(store.counts(BRAND, after(-600), after(60))) == 24 + 14


def test_of_two_scans_at_once_neither_loses_what_the_other_counts(
    scan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(1, 1, "漏水")
    keep_tally = store.keep_tally

    def other_first(*what: Any) -> bool:
        monkeypatch.setattr(store, "keep_tally", keep_tally)
        keep(2, 2, "漏水")
        scan(4)
        return keep_tally(*what)

    monkeypatch.setattr(store, "keep_tally", other_first)
    scan(3)
    [counted] = store.counts(BRAND, NOON, after(10))
    assert people(counted, "漏水") == 2


def test_a_run_that_was_missed_is_made_up_for(scan: Any, queued: Queued) -> None:
    scan(0)
    for hour in range(30):
        keep(200 + hour, 60 * hour + 5)
    scan(30 * 60)
    counted = store.counts(BRAND, NOON, after(31 * 60))
    assert [people(one) for one in counted] == [1] * 30
    assert matters(queued) == []


def test_what_waited_in_a_queue_is_counted_when_it_was_said(scan: Any) -> None:
    scan(100)
    one = mention(id="line:late", said_at=after(1), heard_at=after(1), words=("漏水",))
    store.add_mention(one, b"", after(104))
    scan(105)
    [counted] = store.counts(BRAND, NOON, after(120))
    assert (counted.start, people(counted, "漏水")) == (NOON, 1)


def test_a_mention_is_read_once_and_a_minute_more(
    scan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for minute in range(30):
        keep(minute, minute + 0.5)
    read: list[str] = []

    def folds(tally: Any, mentions: Any, words: Any) -> Any:
        read.extend(one.id for one in mentions)
        return fold(tally, mentions, words)

    monkeypatch.setattr(counting, "fold", folds)
    for minute in range(1, 31):
        scan(minute)
    assert set(read) == {f"line:m{minute}" for minute in range(30)}
    assert len(read) <= 2 * 30


def test_what_is_usual_is_learned_once_an_hour_and_only_what_is_over(scan: Any) -> None:
    scan(0)
    scan(6 * 60)
    assert store.baseline(BRAND) == store.Kept()
    scan(7 * 60 + 20)
    learned = store.baseline(BRAND)
    assert datetime.fromisoformat(json.loads(learned.body)["learned"]) == after(70)
    scan(7 * 60 + 40)
    assert store.baseline(BRAND) == learned
    scan(8 * 60 + 40)
    assert store.baseline(BRAND).number > learned.number


def test_a_story_under_three_titles_is_one_cause(scan: Any, queued: Queued) -> None:
    ordinary_hours()
    titles = (("初雪", "西湖"), ("西湖", "断桥残雪"), ("断桥残雪", "湖心亭看雪"))
    told = []
    for step, (words, people_now) in enumerate(zip(titles, (12, 40, 120), strict=True)):
        for number in range(people_now):
            keep(500 + 200 * step + number, 31 * step + number / 10, *words)
        scan(14 + 31 * step)
        told += matters(queued)
    assert len(told) == 3
    assert len({matter.cause for matter in told}) == 1


@pytest.mark.parametrize(("counted", "bursts"), [(0.05, 1), (0.0, 0)])
def test_many_words_for_one_complaint_are_one_matter_once_complaints_have_been_counted(
    counted: float, bursts: int, scan: Any, queued: Queued
) -> None:
    late = "complaint:delivery"
    usual = {EVERYBODY: Count(2)} | ({late: Count(counted)} if counted else {})
    baseline = Baseline()
    for step in range(-2 * 144, -36):
        baseline = learn(baseline, Counts(start=NOON + step * WIDTH, terms=usual))
    assert store.keep_baseline(BRAND, baseline.model_dump_json(), 1)
    ordinary_hours()
    for number in range(14):
        said = Reading(words=(f"词{number}",), intents=("complaint",), aspects=("delivery",))
        keep(100 + number, 1 + number, reading=said)
    assert scan(18) == {BRAND: bursts}
    assert [one.cause for one in matters(queued)] == [f"spike:{late}"] * bursts
    assert people(store.counts(BRAND, NOON, NOON)[0], late) == 9
