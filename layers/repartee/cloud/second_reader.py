"""Asks Amazon Comprehend or a model on Bedrock how a text reads, where the install wants that."""

from collections.abc import Mapping
from typing import Any, get_args

from cloud import aws
from cloud.settings import settings
from desk.mention import Language, Sentiment
from desk.second_opinion import INSTRUCTIONS, MAX_ASKED, Opinion, labelled

# https://docs.aws.amazon.com/comprehend/latest/dg/supported-languages.html: neither Ukrainian nor
# Russian, and Cantonese only as far as it is written like the rest.
_COMPREHENDS: dict[Language, str] = {
    "zh-Hans": "zh", "zh-Hant": "zh-TW", "yue": "zh-TW", "en": "en", "ja": "ja",
}  # fmt: skip

_MAX_TOKENS = 100


class Unavailable(Exception):
    """The second reader could not be asked; the argument says why."""


def opinion(text: str, language: Language) -> Opinion | None:
    """The second reader's opinion; None where nobody is asked or the answer is of no use.

    Raises Unavailable where the reader is down, throttled or not allowed.
    """
    try:
        match settings().second_reader:
            case "comprehend":
                return _comprehend(text[:MAX_ASKED], language)
            case "bedrock":
                return _bedrock(text[:MAX_ASKED])
            case _:
                return None
    except aws.TROUBLE as trouble:
        raise Unavailable(str(trouble)) from trouble


def _comprehend(text: str, language: Language) -> Opinion | None:
    code = _COMPREHENDS.get(language)
    if code is None:
        return None
    answer = aws.comprehend().detect_sentiment(Text=_whole(text), LanguageCode=code)  # type: ignore[arg-type]
    named: dict[str, Sentiment] = {one.upper(): one for one in get_args(Sentiment)}
    sentiment = named.get(answer["Sentiment"])
    if sentiment is None:
        return None  # MIXED is no sentiment of ours
    scores: Mapping[str, Any] = answer["SentimentScore"]
    return Opinion("comprehend", sentiment, float(scores[sentiment.capitalize()]))


def _bedrock(text: str) -> Opinion | None:
    answer = aws.bedrock().converse(
        modelId=settings().second_reader_model,
        system=[{"text": INSTRUCTIONS}],
        messages=[{"role": "user", "content": [{"text": _whole(text)}]}],
        inferenceConfig={"maxTokens": _MAX_TOKENS, "temperature": 0.0},
    )
    parts = answer["output"].get("message", {}).get("content", [])
    return labelled("bedrock", "".join(part.get("text", "") for part in parts))


def _whole(text: str) -> str:
    """`text` without lone surrogates, which no request can carry."""
    return text.encode("utf-8", "replace").decode()
