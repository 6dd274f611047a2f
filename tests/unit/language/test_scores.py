"""The benchmark's figures, and floors under the scores on posts that others labelled."""

import pytest

from bench.language.languages import accuracies
from bench.language.scores import ece, f1, kappa, majority, score
from bench.language.sentiment import bared, read_all, scored
from desk.language import reader
from desk.language.identify import language
from training.texts import DATA, Row, rows

shared = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the labelled posts are not in {DATA}: set REPARTEE_SHARED"
)

EVERY = 6
"""A sixth of the dev split: enough for the floors, and quick."""


def test_f1_counts_what_is_missed_and_what_is_made_up() -> None:
    pairs = [("a", "a"), ("a", "b"), ("b", "a"), ("b", "b"), ("b", "b")]
    assert f1(pairs, "a") == 0.5
    assert f1(pairs, "b") == pytest.approx(2 / 3)
    assert f1(pairs, "c") == 0


def test_macro_f1_is_over_the_classes_that_there_are() -> None:
    found = score(["a", "a", "b"], ["a", "a", "c"], [1.0, 1.0, 1.0])
    assert (found.texts, found.f1) == (3, 0.5)
    assert found.accuracy == pytest.approx(2 / 3)
    assert majority(["a", "a", "b"]).accuracy == pytest.approx(2 / 3)


def test_calibration_is_how_far_confidence_and_accuracy_lie_apart() -> None:
    assert ece([True, True, False, False], [0.5] * 4) == 0
    assert ece([True, True], [0.75, 0.75]) == 0.25
    assert ece([True, False], [1.0, 0.0]) == 0
    assert ece([True, False], [0.95, 0.55]) == pytest.approx(0.3)


def test_agreement_by_chance_is_none() -> None:
    assert kappa(["a", "b", "a", "b"], ["a", "b", "a", "b"]) == 1
    assert kappa(["a", "b", "a", "b"], ["a", "a", "b", "b"]) == 0
    assert kappa(["a", "a"], ["a", "a"]) == 1


def test_labels_made_from_emoticons_are_also_measured_without_them() -> None:
    row = Row("1", "[泪]走了😭", "zh-Hans", "negative", "weibo_senti_100k")
    assert [(one.text, one.source) for one in bared([row])] == [("走了", "weibo_senti_100k, bare")]
    assert bared([row._replace(text="[泪][泪]"), row._replace(source="hotel")]) == []


@shared
def test_languages_are_told_apart() -> None:
    found = accuracies(language, rows("lid", "dev")[::EVERY])
    assert found["all"][1] >= 0.975
    assert found["Ukrainian and Russian"][1] >= 0.97


@shared
def test_feelings_are_read_better_than_by_guessing() -> None:
    found = rows("sentiment", "dev")[::EVERY]
    readings = read_all(reader(()), found)
    for source, floor in {
        "online_shopping_10_cats": 0.9,
        "waimai_10k": 0.82,
        "weibo_senti_100k": 0.93,
        "smp2020_virus": 0.7,
        "tweeteval_sentiment": 0.58,
    }.items():
        guess = majority([row.label for row, _ in readings[source]])
        assert scored(readings[source]).f1 >= floor > guess.f1 + 0.25
