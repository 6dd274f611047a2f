from functools import cache
from pathlib import Path

import pytest

from desk.language.normal import normal, prose
from desk.language.words import MAX_WORDS, _dictionary, segmenter

BRAND = ("招商银行", "茶小满", "一点点", "cloud cup", "снігова груша", "茶π")


segmenter_of = cache(segmenter)


def words(text: str, dictionary: tuple[str, ...] = BRAND) -> tuple[str, ...]:
    return segmenter_of(dictionary)(prose(normal(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("招商银行客服", ("招商银行", "客服")),
        ("招商银行客服的态度", ("招商银行", "客服", "态度")),
        ("茶小满客服", ("茶小满", "客服")),
        ("茶小满足够好喝", ("茶小满", "足够", "好喝")),
        ("很差要投诉", ("投诉",)),
        ("茶π漏水", ("茶π", "漏水")),
        ("買了Cloud Cup保溫杯", ("cloud cup", "保温杯")),
        ("снігова груша протікає", ("снігова груша", "протікає")),
        ("一点点奶茶", ("一点点", "奶茶")),
        ("瑞幸又涨价", ("瑞幸", "涨价")),
    ],
)
def test_a_dictionary_word_stays_whole_and_leaves_its_neighbour_alone(
    text: str, expected: tuple[str, ...]
) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我们的杯子是他们的", ("杯子",)),
        ("2023年12月买了3个，花了18.5", ()),
        ("[泪][微笑]@张三 https://example.com/a", ()),
        ("The lids of my CUP don't close", ("lids", "cup", "close")),
        ("漏水漏水漏水", ("漏水",)),
        ("茶", ()),
        ("", ()),
    ],
)
def test_only_words_with_a_meaning_remain(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("保溫杯的蓋子關不緊，漏水", "保温杯的盖子关不紧，漏水"),
        ("這家門市的服務員態度惡劣", "这家门市的服务员态度恶劣"),
        ("珍珠奶茶太甜，想買無糖綠茶", "珍珠奶茶太甜，想买无糖绿茶"),
    ],
)
def test_traditional_text_gives_the_same_words(traditional: str, simplified: str) -> None:
    assert words(traditional) == words(simplified) != ()


def test_brands_do_not_learn_words_from_one_another() -> None:
    assert words("云上春山好喝", ("云上春山",)) == ("云上春山", "好喝")
    assert "云上春山" not in words("云上春山好喝", ())


def test_a_long_text_gives_no_more_words_than_can_be_kept() -> None:
    text = " ".join(f"word{'abcdefghij'[n % 10]}x{'abcdefghij'[n // 10]}" for n in range(100))
    assert len(words(text + " more even words follow")) == MAX_WORDS


def test_making_a_segmenter_says_nothing_and_leaves_no_file(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    _dictionary.cache_clear()
    segmenter(("云上春山",))
    assert capfd.readouterr() == ("", "")
    assert not list(tmp_path.iterdir())
