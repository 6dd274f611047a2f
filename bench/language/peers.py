"""Others to compare with: what is to be had off the shelf, and plain models of the same texts."""

import re
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from training.texts import DATA

Answer = tuple[str, float]
"""A label, and how sure of it, 0 to 1."""

Says = Callable[[str], Answer]

SEED = 7


def snownlp(band: float = 0.25) -> Says:
    """SnowNLP's feeling of a Chinese text; within `band` of the middle it is neutral."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from snownlp import SnowNLP

    def says(text: str) -> Answer:
        good = SnowNLP(text).sentiments if text.strip() else 0.5
        return _banded(good, band)

    return says


def vader() -> Says:
    """VADER's feeling of an English text, by the thresholds that its authors name."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    scores = SentimentIntensityAnalyzer().polarity_scores

    def says(text: str) -> Answer:
        compound = scores(text)["compound"]
        label = "positive" if compound >= 0.05 else "negative" if compound <= -0.05 else "neutral"
        return label, (1 + abs(compound)) / 2

    return says


def tone_dictionary() -> Says:
    """The sum of the Ukrainian tone dictionary's weights of the words of a text."""
    rows = (DATA / "lexicon" / "tone-dict-uk.tsv").read_text("utf-8").splitlines()
    weights = {word: float(weight) for word, weight in (row.split("\t")[:2] for row in rows)}

    def says(text: str) -> Answer:
        total = sum(weights.get(word, 0) for word in re.findall(r"[\w'’-]+", text.lower()))
        label = "positive" if total > 0 else "negative" if total < 0 else "neutral"
        return label, 0.5

    return says


def character_regression(texts: Sequence[str], labels: Sequence[str]) -> Callable[..., Any]:
    """Logistic regression on TF-IDF of 1 to 4 characters, learnt from `texts`: a list of answers.

    The plain model that every other one has to beat; it knows the source that it is asked about.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    grams = TfidfVectorizer(
        analyzer="char", ngram_range=(1, 4), min_df=2, max_features=200_000, sublinear_tf=True
    )
    model = LogisticRegression(C=4, class_weight="balanced", max_iter=300, random_state=SEED)
    model.fit(grams.fit_transform(texts), labels)

    def says(asked: Sequence[str]) -> list[Answer]:
        shares = model.predict_proba(grams.transform(asked))
        return [(model.classes_[row.argmax()], float(row.max())) for row in shares]

    return says


@cache
def lingua() -> Callable[[str], str]:
    """Lingua among five languages; which script a Chinese text is in it does not tell."""
    from lingua import Language, LanguageDetectorBuilder

    codes = {
        Language.CHINESE: "zh", Language.ENGLISH: "en", Language.UKRAINIAN: "uk",
        Language.RUSSIAN: "ru", Language.JAPANESE: "ja",
    }  # fmt: skip
    detector = LanguageDetectorBuilder.from_languages(*codes).build()
    return lambda text: codes.get(detector.detect_language_of(text), "")


@cache
def langid() -> Callable[[str], str]:
    """py3langid among five languages; which script a Chinese text is in it does not tell."""
    import py3langid

    py3langid.set_languages(["zh", "en", "uk", "ru", "ja"])
    return lambda text: str(py3langid.classify(text)[0])


def _banded(good: float, band: float) -> Answer:
    if abs(good - 0.5) < band:
        return "neutral", 1 - abs(good - 0.5)
    return ("positive", good) if good > 0.5 else ("negative", 1 - good)
