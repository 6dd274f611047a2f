"""Model files: what is written in them is what a text is read by."""

import json
import zlib
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given, strategies as st

from desk.language import model
from desk.language.model import Model, load, logits, weight

HEAD = {"lanes": ["bad", "good"], "scales": [0.5, 0.25], "biases": [1.0, -1.0], "notes": {"t": 2}}
FEATURES = ["差", "差评", "差评!", "很好"]
STEPS = [(4, -4), (127, -127), (0, 1), (-2, 100)]
"""By feature: its weight in each lane, in steps of the lane's scale."""

Steps = Sequence[tuple[int, ...]]
Made = Callable[[list[str], Steps], Model]


def contents(features: list[str], steps: Steps) -> bytes:
    lines = "".join(f"{feature}\n" for feature in features)
    head = json.dumps(HEAD | {"count": len(features)})
    rows = bytes(step + 128 for row in steps for step in row)
    return zlib.compress(f"{head}\n{lines}".encode() + rows)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    def make(features: list[str], steps: Steps) -> Model:
        load.cache_clear()
        monkeypatch.setattr(model, "contents", lambda name: contents(features, steps))
        return load("made")

    yield make
    load.cache_clear()


def test_every_class_adds_up_by_itself(made: Made) -> None:
    read = made(FEATURES, STEPS)
    assert (read.lanes, read.notes) == (("bad", "good"), {"t": 2})
    assert logits(read, {"差", "差评", "nothing"}) == (1 + 0.5 * 131, -1 - 0.25 * 131)
    assert logits(read, {"差", "差评"}, norm=2.0) == (1 + 0.5 * 131 / 2, -1 - 0.25 * 131 / 2)
    assert logits(read, set()) == (1.0, -1.0)


def test_the_weight_of_a_feature_can_be_asked_for(made: Made) -> None:
    read = made(FEATURES, STEPS)
    assert [weight(read, "很好", lane) for lane in (0, 1)] == [-1.0, 25.0]
    assert weight(read, "nothing", 0) == 0.0


@given(st.lists(st.tuples(st.integers(-127, 127), st.integers(-127, 127)), max_size=2_000))
def test_no_class_spills_over_into_the_next(steps: list[tuple[int, int]]) -> None:
    features = sorted(f"f{number}" for number in range(len(steps)))
    with pytest.MonkeyPatch.context() as patch:
        load.cache_clear()
        patch.setattr(model, "contents", lambda name: contents(features, steps))
        read = load("made")
    load.cache_clear()
    bad, good = sum(one for one, _ in steps), sum(other for _, other in steps)
    assert logits(read, set(features)) == (1 + 0.5 * bad, -1 + 0.25 * good)


def test_a_model_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        load("klingon")
