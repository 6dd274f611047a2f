import gc
import re
import warnings
import weakref
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from desk.language.lexicon import entries
from desk.language.normal import normal
from desk.language.words import MAX_KNOWN, MAX_LETTERS, MAX_WORDS, segmenter, words_of
from training.texts import DATA, rows

BRAND = (
    "招商银行", "茶小满", "小满", "云朵杯", "桂花龙井", "一点点", "cloud cup", "снігова груша",
    "茶π", "t恤", "3m口罩", "v50", "coca-cola",
)  # fmt: skip

ANY_NAMES = (
    "云朵杯", "7-11", "c++", "yahoo!", "(.*", "a|b", "[茶]", "at&t", "3.5寸屏", "😂茶", "茶", "x",
    "\\d+", "茶" * 50, "x" * 60, "po-русски", "l'oréal", "новая почта",
)  # fmt: skip

words_for = cache(words_of)
own = words_for(BRAND)


def words(text: str, dictionary: tuple[str, ...] = BRAND) -> tuple[str, ...]:
    cut, meaningful = words_for(dictionary)
    return meaningful(cut(normal(text)))


@cache
def jieba_with(dictionary: tuple[str, ...]) -> Any:
    """The reference: jieba with the words that every brand has, and a brand's own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # escapes in its source that Python warns of
        import jieba
    tokenizer = jieba.Tokenizer()
    # Not `initialize()`, which logs to stderr and leaves a cache file behind.
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for word in (*(word for _, word in entries("words_zh.txt")), *dictionary):
        tokenizer.add_word(word)
    return tokenizer


@pytest.mark.parametrize(
    "pieces",
    [
        "招商银行 客服 不 接电话", "招商银行 的 客服 很 好", "从小 满意 到 大", "茶小满 足够 好喝",
        "小满 的 桂花龙井 真香", "一点点 奶茶 店 排队 太久", "云朵杯 盖子 漏水", "云朵 杯子 不错",
        "结婚 的 和 尚未 结婚 的", "已经 取消 和 尚未 付款 的 订单", "研究 生命 的 起源",
        "长春市 长春 药店", "南京市 长江大桥", "乒乓球 拍卖 完 了", "他 说 的 确实 在理",
        "门把手 坏 了", "请 把 手机 放下", "这个 杯子 不 保温", "杯盖 密封性 不好",
        "客服 态度 差要 投诉", "再也不会 回购 了", "性价比 不高 不 推荐", "食物中毒 要 赔偿",
        "工信处 女干事 每月 经过 下属 科室", "三分糖 去冰 的 珍珠奶茶", "无糖 绿茶 喝 起来 不错",
        "外卖员 把 餐 洒漏 了", "异物 像 头发丝", "过敏 起 疹子 去 了 医院",
        "门市 服务员 态度恶劣", "退换货 要 运费险", "七天无理由 退货 被 拒", "微博 热搜 第一名",
        "小红书 博主 种草", "充电宝 发热 要 爆炸", "直播间 下单 没 发货", "官宣 联名款 断货",
        "保质期 过 了 还 在 卖", "买 了 iphone15 充不进 电", "打 12315 投诉",
        "涨价 50% 太 离谱", "花 了 18.5 元", "v50 请 我 吃饭", "美国会 通过 法案",
    ],
)  # fmt: skip
def test_traps_are_cut_as_jieba_cuts_them(pieces: str) -> None:
    text = pieces.replace(" ", "")
    dictionary = tuple(word for word in BRAND if re.fullmatch(r"[\u4e00-\u9fff]+", word))
    assert own.cut(text) == jieba_with(dictionary).lcut(text) == pieces.split()


@pytest.mark.skipif(not DATA.is_dir(), reason="no posts: name their folder in REPARTEE_SHARED")
def test_posts_are_cut_as_jieba_cuts_them() -> None:
    short = ("weibo_senti_100k", "waimai_10k", "smp2020_usual", "smp2020_virus")
    posts = [normal(row.text) for row in rows("sentiment", "dev") if row.source in short]
    cut = words_for(()).cut
    reference = jieba_with(())
    others = characters = 0
    for text in posts[::4]:
        text = re.sub(r"[^\u4e00-\u9fff,.!?。]+", "", text)
        others += len(boundaries(cut(text)) ^ boundaries(reference.lcut(text)))
        characters += len(text)
    assert characters > 20_000
    assert others / characters < 0.001


def boundaries(pieces: list[str]) -> set[int]:
    ends = {0}
    for piece in pieces:
        ends.add(max(ends) + len(piece))
    return ends


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("招商银行客服的态度", ("招商银行", "客服", "态度")),
        ("茶小满客服", ("茶小满", "客服")),
        ("很差要投诉", ("投诉",)),
        ("茶π漏水", ("茶π", "漏水")),
        ("買了Cloud Cup保溫杯", ("cloud cup", "保温杯")),
        ("cloud-cup漏水", ("cloud cup", "漏水")),
        ("Cloud Cup's lid", ("cloud cup", "lid")),
        ("喝Coca Cola的人", ("coca-cola",)),
        ("снігова груша протікає", ("снігова груша", "протікає")),
        ("снігова груша的味道", ("снігова груша", "味道")),
        ("T恤和3M口罩", ("t恤", "3m口罩")),
        ("一点点奶茶", ("一点点", "奶茶")),
        ("瑞幸又涨价", ("瑞幸", "涨价")),
    ],
)
def test_a_dictionary_word_stays_whole_and_leaves_its_neighbour_alone(
    text: str, expected: tuple[str, ...]
) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("text", ["cloud cups", "icloud cup", "v500", "xv50", "at恤", "coca-colas"])
def test_a_name_is_no_part_of_a_longer_word(text: str) -> None:
    assert not set(words(text)) & set(BRAND)


@pytest.mark.parametrize("name", ANY_NAMES)
def test_any_name_of_a_brand_is_found_whole(name: str) -> None:
    assert words(f"今天买了 {name} 觉得不错", ANY_NAMES) == (name, "不错")


def test_five_thousand_names_can_be_known() -> None:
    characters = [chr(0x4E00 + number * 4) for number in range(5_000)]
    pairs = zip(characters, reversed(characters), strict=True)
    names = tuple(f"{one}小{two}茶" for one, two in pairs)
    cut = words_of(names).cut
    assert [name for name in names if cut(name) != [name]] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我们的杯子是他们的", ("杯子",)),
        ("2023年12月买了3个，花了18.5", ()),
        ("[泪][微笑] 12:30", ()),
        ("The lids of my CUP don't close", ("lids", "cup", "close")),
        ("这个café的cup don't漏水", ("café", "cup", "漏水")),
        ("Xiaoman's new well-known tea... 50% off!!", ("xiaoman", "new", "well-known", "tea")),
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


def test_words_that_a_brand_no_longer_has_are_forgotten() -> None:
    for name in ("云上春山", "山上云春", "云上春山"):
        cut = words_of((name,)).cut
        assert name in cut(f"喝{name}")
        assert "山上春云" not in cut("喝山上春云")
        assert ("云上春山" in cut("喝云上春山")) == (name == "云上春山")


def test_what_is_no_longer_used_is_given_back() -> None:
    words_of(())
    gc.disable()
    try:
        dropped = weakref.ref(words_of(("云上春山",)).cut)
        assert dropped() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("差评[泪]！", ["差评", "[泪]", "!"]),
        ("it's 好吃", ["it's", " ", "好吃"]),
        ("дуже смачно, дякую", ["дуже", " ", "смачно", ",", " ", "дякую"]),
    ],
)
def test_emoticons_and_words_of_other_scripts_are_one_piece(text: str, pieces: list[str]) -> None:
    assert own.cut(normal(text)) == pieces


@given(
    st.lists(
        st.sampled_from(
            ["茶小满", "漏水", "cloud cup", "é", "'", "-", "[", "]", "a", "3m口罩", " "]
        )
        | st.text(max_size=3),
        max_size=12,
    ).map("".join)
)
@settings(max_examples=300, deadline=None)
def test_the_pieces_make_up_the_text_again(text: str) -> None:
    assert "".join(own.cut(text)) == text
    assert all(own.cut(text))


@pytest.mark.parametrize(
    "text", ["漏水\ud800了", "\udfff", "cloud cup\ud83d", "[\ud800]", "é\ud800中"]
)
def test_a_broken_character_breaks_nothing(text: str) -> None:
    assert len("".join(own.cut(text))) == len(text)
    assert own.meaningful(own.cut(text)) == own.meaningful(own.cut(text.replace("\ud800", "?")))


@pytest.mark.parametrize(
    "unit",
    ["魑魅", "的了", "茶", "a", "1.", "a-", "é", "é'", "'a", "[a", "[a]", "中é", "中[", "cloud ",
     "cloud cup ", "中\x00", "\ud800中", "😂"],
)  # fmt: skip
def test_a_hundred_thousand_characters_can_be_cut(unit: str) -> None:
    text = "中" + unit * (100_000 // len(unit))
    assert len(own.meaningful(own.cut(text))) <= MAX_WORDS


def test_a_long_text_gives_no_more_words_than_can_be_kept() -> None:
    text = " ".join(f"word{'abcdefghij'[n % 10]}x{'abcdefghij'[n // 10]}" for n in range(100))
    assert len(words(text + " more even words follow")) == MAX_WORDS
    assert words("a" * (MAX_LETTERS + 1)) == ()


def test_words_mean_the_same_after_more_than_can_be_remembered() -> None:
    _, meaningful = words_for(BRAND)
    before = meaningful(own.cut("云朵杯盖子漏水"))
    for start in range(0, 2 * MAX_KNOWN, 1_000):
        meaningful([f"tea{number}" for number in range(start, start + 1_000)])
    assert meaningful(own.cut("云朵杯盖子漏水")) == before != ()


def test_a_segmenter_gives_the_meaningful_words_at_once() -> None:
    assert segmenter(BRAND)("云朵杯盖子漏水") == words("云朵杯盖子漏水")


def test_making_a_segmenter_says_nothing_and_leaves_no_file(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    segmenter(("云上春山",))
    assert capfd.readouterr() == ("", "")
    assert not list(tmp_path.iterdir())
