"""Asking Comprehend and Bedrock, by the shapes that their clients check."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from cloud import aws, second_reader
from cloud.settings import settings
from desk.second_opinion import INSTRUCTIONS, MAX_ASKED, MODEL_CONFIDENCE, Opinion
from tests.conftest import build_environment, forget_everything

MODEL = "amazon.nova-lite-v1:0"
SCORES = {"Positive": 0.01, "Negative": 0.91, "Neutral": 0.07, "Mixed": 0.01}


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Chooses a reader: `chosen("bedrock")`."""
    build_environment(monkeypatch.setenv)

    def choose(reader: str) -> None:
        monkeypatch.setenv("SECOND_READER", reader)
        monkeypatch.setenv("SECOND_READER_MODEL", MODEL)
        forget_everything()

    yield choose
    forget_everything()


def says(sentiment: str) -> dict[str, Any]:
    return {"Sentiment": sentiment, "SentimentScore": SCORES}


def converses(text: str) -> dict[str, Any]:
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
        "metrics": {"latencyMs": 1},
    }


def test_nobody_is_asked_unless_the_install_wants_it(chosen: Any) -> None:
    chosen("off")
    with Stubber(aws.comprehend()), Stubber(aws.bedrock()):
        assert second_reader.opinion("差", "zh-Hans") is None


@pytest.mark.parametrize(("language", "code"), [("zh-Hans", "zh"), ("yue", "zh-TW"), ("en", "en")])
def test_comprehend_gives_a_feeling_and_its_score(chosen: Any, language: Any, code: str) -> None:
    chosen("comprehend")
    with Stubber(aws.comprehend()) as stub:
        asked = {"Text": "差", "LanguageCode": code}
        stub.add_response("detect_sentiment", says("NEGATIVE"), asked)
        assert second_reader.opinion("差", language) == Opinion("comprehend", "negative", 0.91)


def test_a_mixed_feeling_is_none_of_ours(chosen: Any) -> None:
    chosen("comprehend")
    with Stubber(aws.comprehend()) as stub:
        stub.add_response("detect_sentiment", says("MIXED"))
        assert second_reader.opinion("差", "zh-Hans") is None


@pytest.mark.parametrize("language", ["uk", "ru", "other"])
def test_comprehend_is_not_asked_for_what_it_cannot_read(chosen: Any, language: Any) -> None:
    chosen("comprehend")
    with Stubber(aws.comprehend()):
        assert second_reader.opinion("погано", language) is None


def test_a_model_is_told_the_labels_and_gets_the_text_as_data(chosen: Any) -> None:
    chosen("bedrock")
    text = "\ud800" + "差" * 2 * MAX_ASKED
    asked = {
        "modelId": MODEL,
        "system": [{"text": INSTRUCTIONS}],
        "messages": [{"role": "user", "content": [{"text": "?" + "差" * (MAX_ASKED - 1)}]}],
        "inferenceConfig": {"maxTokens": 100, "temperature": 0.0},
    }
    with Stubber(aws.bedrock()) as stub:
        answer = converses('{"sentiment": "negative", "intents": ["complaint"]}')
        stub.add_response("converse", answer, asked)
        found = second_reader.opinion(text, "zh-Hans")
    assert found == Opinion("bedrock", "negative", MODEL_CONFIDENCE, ("complaint",))


@pytest.mark.parametrize("reader", ["comprehend", "bedrock"])
def test_a_reader_that_fails_says_so(chosen: Any, reader: str) -> None:
    chosen(reader)
    with Stubber(aws.comprehend()) as one, Stubber(aws.bedrock()) as other:
        one.add_client_error("detect_sentiment", "ThrottlingException")
        other.add_client_error("converse", "ThrottlingException")
        with pytest.raises(second_reader.Unavailable, match="Throttling"):
            second_reader.opinion("差", "zh-Hans")


def test_the_settings_name_the_reader(chosen: Any) -> None:
    chosen("bedrock")
    assert (settings().second_reader, settings().second_reader_model) == ("bedrock", MODEL)
