"""Runs of characters as numbers: no two runs have one, and all of a text come at once."""

from hypothesis import given, strategies as st

from desk.language.runs import SIZES, keys, keys_of

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
RUNS = st.text(CHARACTERS, min_size=1, max_size=3)


def runs_of(text: str) -> set[str]:
    return {text[at : at + size] for size in SIZES for at in range(len(text) - size + 1)}


@given(st.lists(RUNS, unique=True))
def test_no_two_runs_have_one_number(runs: list[str]) -> None:
    assert len({keys_of(run, len(run))[0] for run in runs}) == len(runs)


def test_the_largest_runs_stay_apart_and_within_64_bits() -> None:
    last = "\U0010ffff"
    runs = ["\x01", last, "\x01\x01", last * 2, "\x01\x01\x01", last * 3]
    numbers = [keys_of(run, len(run))[0] for run in runs]
    assert numbers == sorted(numbers)
    assert numbers[-1] < 1 << 64


@given(st.text(CHARACTERS))
def test_all_runs_of_a_text_come_at_once(text: str) -> None:
    assert keys(text) == {keys_of(run, len(run))[0] for run in runs_of(text)}


@given(st.lists(st.text(CHARACTERS, min_size=3, max_size=3)))
def test_many_runs_without_a_gap_are_one_after_the_other(runs: list[str]) -> None:
    assert keys_of("".join(runs), 3) == [keys_of(run, 3)[0] for run in runs]
