"""Model files: what is written in them is what a text is read by."""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, strategies as st

from desk.language import han, model
from desk.language.cleaning import cleaned
from desk.language.model import Model, load, logits, rows_of, weight
from desk.language.words import words_of
from language_tables import contents
from training.packing import packed

HEAD: Mapping[str, Any] = {
    "lanes": ["bad", "good"],
    "scales": [0.5, 0.25],
    "biases": [1.0, -1.0],
    "notes": {"t": 2},
    "runs": [0, 0, 0],
    "words": 0,
}
FEATURES = ["差", "差评", "差评!", "很好"]
STEPS = [(4, -4), (127, -127), (0, 1), (-2, 100)]
"""By feature: its weight in each lane, in steps of the lane's scale."""

Steps = Sequence[tuple[int, ...]]
Made = Callable[[list[str], Steps], Model]


def made_of(features: list[str], steps: Steps) -> bytes:
    lines = "".join(f"{feature}\n" for feature in features)
    head = json.dumps({**HEAD, "others": len(features)})
    rows = bytes(row[lane] + 128 for lane in (0, 1) for row in steps)
    return zlib.compress(f"{head}\n{lines}".encode() + rows)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    def make(features: list[str], steps: Steps) -> Model:
        load.cache_clear()
        monkeypatch.setattr(model, "contents", lambda name: made_of(features, steps))
        return load("made")

    yield make
    load.cache_clear()


def test_every_class_adds_up_by_itself(made: Made) -> None:
    read = made(FEATURES, STEPS)
    assert (read.lanes, read.notes) == (("bad", "good"), {"t": 2})
    assert logits(read, {"差", "差评", "nothing"}) == (1 + 0.5 * 131, -1 - 0.25 * 131)
    assert logits(read, {"差", "差评"}, norm=2.0) == (1 + 0.5 * 131 / 2, -1 - 0.25 * 131 / 2)
    assert logits(read, set()) == (1.0, -1.0)


def test_the_weight_of_a_word_can_be_asked_for(made: Made) -> None:
    read = made(["nice", " nice ", " bad "], [(1, 1), (-2, 100), (4, -4)])
    [(word, row)] = rows_of(read, ["good", "nice"])
    assert word == "nice"
    assert [weight(read, row, lane) for lane in (0, 1)] == [-1.0, 25.0]


@given(st.lists(st.tuples(st.integers(-127, 127), st.integers(-127, 127)), max_size=2_000))
def test_no_class_spills_over_into_the_next(steps: list[tuple[int, int]]) -> None:
    features = sorted(f"f{number}" for number in range(len(steps)))
    with pytest.MonkeyPatch.context() as patch:
        load.cache_clear()
        patch.setattr(model, "contents", lambda name: made_of(features, steps))
        read = load("made")
    load.cache_clear()
    bad, good = sum(one for one, _ in steps), sum(other for _, other in steps)
    for _ in ("from the table", "from the packed rows"):
        assert logits(read, set(features)) == (1 + 0.5 * bad, -1 + 0.25 * good)


def test_the_order_of_asking_changes_no_weight(made: Made) -> None:
    whole, part = made(FEATURES, STEPS), made(FEATURES, STEPS)
    logits(part, {"差", "很好"})
    logits(part, {"差评!"})
    assert logits(part, set(FEATURES)) == logits(whole, set(FEATURES))


def test_what_training_packs_is_what_reading_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    features = [*"\x02杯漏", "漏水", "水\x03", "\x02漏水", "杯子漏", "\x1f漏水", "\x1e0", "\x1d@"]
    rows = {feature: bytes([at, 255 - at]) for at, feature in enumerate(features, 1)}
    file = packed(HEAD, rows, han.is_run)
    monkeypatch.setattr(model, "contents", lambda name: file)
    load.cache_clear()
    read = load("made")
    load.cache_clear()
    assert (len(read.runs), len(read.words), len(read.others)) == (7, 1, 2)
    made = han.features("杯子漏水", ["杯子", "漏水"], marks=["\x1d@"])
    steps = [sum(rows[one][lane] - 128 for one in made if one in rows) for lane in (0, 1)]
    norm = len(made) ** 0.5
    assert {*rows} <= made | {"\x02漏水"}
    assert han.scores(read, "杯子漏水", ["杯子", "漏水"], marks=["\x1d@"]) == (
        (1 + steps[0] * 0.5 / norm, -1 + steps[1] * 0.25 / norm),
        norm,
    )


def test_a_model_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        load("klingon")


def plainly() -> dict[str, bytes]:
    """The Chinese model's rows by feature, read from its file without any of the code for it."""
    head, _, rest = zlib.decompress(contents("han.model")).partition(b"\n")
    facts = json.loads(head)
    count = sum(facts["runs"]) + facts["words"] + facts["others"]
    width = len(facts["lanes"])
    split = len(rest) - count * width
    text = rest[:split].decode()
    features = []
    for size, some in enumerate(facts["runs"], 1):
        features += [text[at : at + size] for at in range(0, size * some, size)]
        text = text[size * some :]
    lines = text.split("\n")[:-1]
    features += [f"\x1f{word}" for word in lines[: facts["words"]]] + lines[facts["words"] :]
    return {feature: rest[split + at :: count] for at, feature in enumerate(features)}


HAN = load("han")
PLAINLY = plainly()
CUT = words_of(()).cut


@given(st.text(st.sampled_from("今天的杯子漏水了不好喝客服退款 ab1!😀【】"), max_size=80))
def test_numbers_for_runs_of_characters_change_no_score(text: str) -> None:
    plain = cleaned(text).text
    pieces = CUT(plain)
    made = han.features(plain, pieces, marks=["\x1d@"])
    rows = [PLAINLY[feature] for feature in made if feature in PLAINLY]
    norm = len(made) ** 0.5
    expected = tuple(
        bias + sum(row[lane] - 128 for row in rows) * scale / norm
        for lane, (bias, scale) in enumerate(zip(HAN.biases, HAN.scales, strict=True))
    )
    assert han.scores(HAN, plain, pieces, marks=["\x1d@"]) == (expected, norm)


def test_every_word_of_the_chinese_model_is_found_with_its_weights() -> None:
    rows = {feature[1:]: row for feature, row in PLAINLY.items() if feature[0] == "\x1f"}
    found = rows_of(HAN, ["不在模型里的词", *rows])
    assert [word for word, _ in found] == [*rows]
    for lane in (0, 7, len(HAN.lanes) - 1):
        assert [weight(HAN, row, lane) for _, row in found] == [
            (row[lane] - 128) * HAN.scales[lane] for row in rows.values()
        ]
