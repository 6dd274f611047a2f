"""How many parts an SMS has, by the tables of GSM 03.38."""

import pytest

from desk.notify.sms import parts, shortest

LINK = "https://desk.example/approvals/" + "k" * 43


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # two each
        ("€" * 81, 2),
        ("茶" * 70, 1),
        ("茶" * 71, 2),
        ("茶" * 134, 2),
        ("茶" * 135, 3),
        ("a" * 69 + "茶", 1),
        ("a" * 70 + "茶", 2),
        ("😀" * 35, 1),  # two units each
        ("😀" * 36, 2),
        ("ї" * 70, 1),
        ("`", 1),  # not in the alphabet
        ("`" + "a" * 70, 2),
        ("Ünlü çay ñandú Ç", 1),
    ],
)
def test_a_text_is_counted_as_a_network_counts_it(text: str, count: int) -> None:
    assert parts(text) == count


def test_the_longest_words_that_fit_are_taken_and_the_link_is_never_cut() -> None:
    assert shortest(("茶" * 80, "茶" * 20), LINK) == "茶" * 20 + "\n" + LINK
    assert shortest(("茶" * 80,), LINK) == LINK
    assert shortest(("x",), LINK * 9) == LINK * 9
