"""How long a text is on each platform: links, emoji and scripts count as the platform says."""

import pytest

from desk.lengths import bearable, length
from desk.links import links

FAMILY = "👩\u200d👩\u200d👦"


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("tea for two", 11),
        ("чай", 3),
        ("喝茶", 4),
        ("e\u0301", 1),  # composed first
        ("🍵", 2),
        (FAMILY, 2),
        ("👍🏾", 2),
        ("🇺🇦", 2),
        ("7\ufe0f\u20e3", 2),
        ("7", 1),
        ("©", 1),
        ("©\ufe0f", 2),
        ("https://tea.example.com/a/very/long/path?with=a&query=too", 23),
        ("see tea.co.uk now", 4 + 23 + 4),
        ("tea.notadomain", 14),
        ("me@tea.com", 10),
        ("a" * 64 + ".com", 68),  # DNS has no such label
        ("https://茶.com", 23),
        ("茶.com", 23 + 2 - 23 + 4),  # without a scheme only Latin letters make a domain
    ],
)
def test_x_weighs_links_emoji_and_scripts(text: str, weight: int) -> None:
    assert length(text, "weighted") == weight


@pytest.mark.parametrize(("text", "fits"), [("tea", True), ("", False), ("tea\ufeff", False)])
def test_some_characters_no_post_on_x_may_have(text: str, fits: bool) -> None:
    assert bearable(text) is fits


def test_a_link_ends_where_its_sentence_goes_on() -> None:
    text = "(see https://tea.com/a_(b), or tea.com/menu?x=1.) http://t.co/Ab1é"
    found = [text[link.start : link.end] for link in links(text)]
    assert found == ["https://tea.com/a_(b)", "tea.com/menu?x=1", "http://t.co/Ab1"]
    assert [text[link.start : link.end] for link in links(text, bare=False)] == [found[0], found[2]]


def test_a_hostile_text_is_counted_all_the_same() -> None:
    assert length("a-" * 3_000 + ".", "weighted") == 6_001
    assert length("_a." * 300, "weighted") == 900


@pytest.mark.parametrize(
    ("text", "count"),
    [("tea", 3), (FAMILY + "!", 2), ("e\u0301", 1), ("\r\n", 1), ("क्षि", 1), ("🇺🇦🇺🇦", 2)],
)
def test_graphemes_are_what_a_reader_takes_for_one(text: str, count: int) -> None:
    assert length(text, "graphemes") == count


def test_an_emoji_on_threads_counts_its_bytes() -> None:
    assert length("茶 7", "emoji_bytes") == 3
    assert length("茶🍵", "emoji_bytes") == 1 + 4
    assert length(FAMILY, "emoji_bytes") == len(FAMILY.encode())


def test_a_link_and_a_remote_name_have_their_own_price_on_mastodon() -> None:
    assert length("@ann@tea.example hi", "toots") == len("@ann hi")
    assert length("https://tea.com/" + "x" * 90, "toots") == 23
    assert length("tea.com", "toots") == 7
    assert length("ann@tea.example", "toots") == 15
    assert length("🍵" + FAMILY, "toots") == 2
