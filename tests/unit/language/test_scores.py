"""Floors under the scores on posts that others labelled; `bench/language.py` has all figures."""

import pytest

from bench.language import DATA, identification, majority, rows, sentiment
from desk.language import reader

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the labelled posts are not in {DATA}: set REPARTEE_SHARED"
)

EVERY = 6
"""A sixth of the dev split: enough for the floors, and quick."""


def test_languages_are_told_apart() -> None:
    scores = identification(reader(()), rows("lid.dev")[::EVERY])
    assert scores["all"][1] >= 0.95
    assert scores["posts only, no interface texts"][1] >= 0.965


def test_feelings_are_read_better_than_by_guessing() -> None:
    found = rows("sentiment.dev")[::EVERY]
    scores = sentiment(reader(()), found)
    for source, floor in {
        "online_shopping_10_cats": 0.845,
        "waimai_10k": 0.78,
        "weibo_senti_100k": 0.825,
        "smp2020_virus": 0.6,
        "tweeteval_sentiment": 0.56,
    }.items():
        guess = majority([row.label for row in found if row.source == source])
        assert scores[source].f1 >= floor > guess.f1 + 0.25
