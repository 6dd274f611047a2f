"""Sentences that readers fall for, and the must-pass set among them."""

from collections import Counter
from typing import Any, get_args

import pytest

from bench.language.traps import traps, wrong
from desk.language import understander
from desk.mention import Intent, Language, Sentiment, Tone

UNDERSTAND = understander(())
ALL = traps()
KEYS = {
    "text", "kind", "must", "language", "sentiment", "intents", "not_intents", "tone", "not_tone",
    "words", "not_words", "matches", "not_matches",
}  # fmt: skip


@pytest.mark.parametrize("trap", [trap for trap in ALL if trap["must"]], ids=lambda t: t["text"])
def test_what_must_be_read_right_is(trap: dict[str, Any]) -> None:
    assert [*wrong(trap, UNDERSTAND(trap["text"], ""))] == []


def test_the_traps_are_many_and_of_each_language() -> None:
    spoken = Counter(trap["language"][:2] for trap in ALL)
    assert len(ALL) >= 120
    assert spoken["zh"] + spoken["yu"] >= 30
    assert spoken["en"] >= 30
    assert spoken["uk"] >= 15
    assert len({trap["text"] for trap in ALL}) == len(ALL)
    assert sum(trap["must"] for trap in ALL) >= 0.8 * len(ALL)


def test_each_trap_says_what_is_right() -> None:
    for trap in ALL:
        assert trap.keys() <= KEYS
        assert {"text", "kind", "must", "language"} <= trap.keys()
        assert len(trap) > 4 or trap["kind"] == "languages", trap["text"]
        assert trap["language"] in get_args(Language)
        assert trap.get("sentiment", "neutral") in get_args(Sentiment)
        for name, labels in ("intents", get_args(Intent)), ("tone", get_args(Tone)):
            assert {*trap.get(name, ()), *trap.get(f"not_{name}", ())} <= {*labels}
