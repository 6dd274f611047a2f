import gzip
import json
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from desk.language import cleaning
from desk.language.cleaning import Cleaned, cleaned, original, removed
from desk.language.normal import normal
from desk.language.offsets import applied, every_edit
from desk.language.pinyin import insertions
from language_tables import lines
from tests.conftest import SHARED

NOISE = SHARED / "data/noise"
POSTS = SHARED / "data/sentiment.dev.jsonl.gz"
INSERTED = 382
"""In the two documents together, as their owner counted."""

MARKED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"

_PARTS = (
    "( [ ] # @ // //@ &amp; &lt; &# &gt; amp; <b> </b> <br b> < > RT@ rt 回复 @a: www. t.cn/ "
    "http:// https :// a 0 o о а e s 微 信 退 款 好 - * . (shí) 实 時 \u0301 \u200d \ufe0f 😭 🏽 "
    "[泪] ａ ＠ ＃ ； ： : \ud800 İ Σ ﬁ 獃 著 呆 覆 \u1100 \u1161 \u11a8 ! !!!! 1 11 话题] V "
    "转发微博 ; Best"
)
PIECES = (*_PARTS.split(" "), " ", "\n", "\u3000")
HOSTILE = st.lists(
    st.one_of(st.sampled_from(PIECES), st.characters(codec=None, exclude_categories=())),
    max_size=40,
).map("".join)


def texts(clean: Cleaned) -> list[tuple[str, str]]:
    return [(one.step, one.text) for one in removed(clean)]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("實(shí)時(shí)營(yíng)銷", "实时营销"),
        ("实(shí)时(shi)很慢(CRM)", "实时(shi)很慢(crm)"),
        ("长（cháng）短", "长短"),
        ("他(hǎo)", "他(hǎo)"),
        ("tea &amp; milk&nbsp;&#39;ok&#39;", "tea & milk 'ok'"),
        ("&amp;amp;lt;3 &AMP;lt;b&AMP;gt;好&lt;/b&gt;", "<3 好"),
        ("好<br/>喝 <b>真</b>的 <3 <好>", "好 喝 真的 <3 <好>"),
        ("#BestTeahttp://t.cn/a ＃OatMilk", "best tea oat milk"),
        ("AT&T a&b &unknown; &amp", "at&t a&b &unknown; &"),
        ("看 https://t.cn/A6x?b=1好喝", "看 好喝"),
        ("(www.example.com/a). 好 t.cn/A6x, ok", "( ). 好 , ok"),
        ("写信到 Tea.Club@example.com 吧", "写信到 吧"),
        ("@茶小满 杯子漏了", "杯子漏了"),
        ("好喝@张三", "好喝"),
        ("@xiaoman_tea杯子漏了", "杯子漏了"),
        ("＠茶小满：漏水", "漏水"),
        ("@茶小满你们的云朵杯买了三天就漏水了怎么办", "@茶小满你们的云朵杯买了三天就漏水了怎么办"),
        ("#云朵杯漏水#太差了", "云朵杯漏水 太差了"),
        ("#奶茶[话题]##茶 小满# 好喝", "奶茶 茶 小满 好喝"),
        ("#WorstTeaEver ok C# #1 issue #2", "worst tea ever ok c# #1 issue #2"),
        ("太差[泪][泪]", "太差[泪][泪]"),
        ("👨‍👩‍👧 👍🏽 ❤️ 1️⃣", "👨👩👧 👍 ❤ 1"),
        ("回复@张三:不好喝//@李四: 真的？//@王五：假的", "不好喝 真的? 假的"),
        ("转发微博//@a:好喝", "好喝"),
        ("RT @bob: great cup", "great cup"),
        ("真的//假的", "真的//假的"),
        ("好好好好好 sooooo good!!!!! 哈哈哈", "好好好 sooo good!!! 哈哈哈"),
        ("11111 10000000 6666", "11111 10000000 6666"),
        ("加 V 信，微 信 退-款 给个差*评吧", "加v信,微信退款 给个差评吧"),
        ("退 款 退 款", "退款退款"),
        ("今天 天气 不错 我 很好", "今天 天气 不错 我 很好"),
        ("稍微 信任 糖+茶+奶 一、二、三 他*的", "稍微 信任 糖+茶+奶 一、二、三 他*的"),
        ("pаypal раypal", "paypal paypal"),
        ("пiдтримка сьогоднi", "підтримка сьогодні"),
        ("wifiшка µm βeta", "wifiшка μm βeta"),
        ("s0rry g00d a0f3 h2o0 b00", "sorry good a0f3 h2o0 b00"),
    ],
)
def test_what_is_read_is_what_somebody_said(written: str, said: str) -> None:
    assert cleaned(written).text == said


def test_what_was_found_on_the_way_is_listed() -> None:
    clean = cleaned("#云朵杯# 漏了[泪]😭😭 @茶小满 @Tea_Club: http://t.cn/A6x a@b.cc #TeaTime 🇺🇦")
    assert clean.hashtags == ("云朵杯", "teatime")
    assert clean.handles == ("茶小满", "tea_club")
    assert clean.links == ("http://t.cn/a6x", "a@b.cc")
    assert clean.emoticons == ("[泪]",)
    assert clean.emoji == ("😭", "😭", "🇺🇦")
    assert ("link", "http://t.cn/A6x") in texts(clean)
    assert clean.normal == normal(clean.source) != clean.text


@pytest.mark.parametrize(
    ("written", "own"),
    [
        ("漏水了", "漏水了"),
        ("不好喝//@李四: 真的//@王五:假的", "不好喝"),
        ("看 http://t.cn/A6x//@某:好", "看"),
        ("太&amp;太差  真的 // @某:好", "太&太差 真的"),
        ("回复@张三:不好喝", "不好喝"),
        ("//@李四: 真的", ""),
        ("转发微博//@李四: 真的", ""),
        ("so true RT @bob: great", "so true"),
        ("RT @bob: great", ""),
    ],
)
def test_own_words_are_told_from_what_is_reposted(written: str, own: str) -> None:
    clean = cleaned(written)
    assert clean.text[: clean.own] == own


def test_everything_taken_out_is_named_with_its_place() -> None:
    source = "ＯＫ，實(shí)時(shí)&amp;好好好好好  http://t.cn/A6x\u200b退-款 пiд"
    clean = cleaned(source)
    assert clean.text == "ok,实时&好好好 退款 під"
    found = texts(clean)
    for change in (
        ("compatible", "Ｏ"), ("compatible", "，"), ("simplified", "實"), ("invisible", "\u200b"),
        ("pinyin", "(shí)"), ("markup", "&amp;"), ("elongation", "好好"), ("space", "  "),
        ("link", "http://t.cn/A6x"), ("spacing", "-"), ("homoglyph", "i"), ("case", "A"),
    ):  # fmt: skip
        assert change in found, change
    assert all(source[one.start : one.end] == one.text for one in removed(clean))


def test_a_span_is_mapped_back_to_what_was_written() -> None:
    source = "看這裡 http://t.cn/x 等等…退-款(shí)實(shí)時"
    clean = cleaned(source)

    def written(words: str) -> str:
        at = clean.text.index(words)
        start, end = original(clean, at, at + len(words))
        return source[start:end]

    assert written("这里") == "這裡"
    assert written("退款") == "退-款"
    assert written("实时") == "實(shí)時"
    assert written(".") == "…"
    assert original(clean, 0, 0) == (0, 0)
    for start, end in ((-1, 0), (1, 0), (0, len(clean.text) + 1)):
        with pytest.raises(ValueError, match="no span"):
            original(clean, start, end)


@given(HOSTILE)
def test_cleaning_again_changes_nothing(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once.text).text == once.text
    assert normal(once.text) == once.text
    assert 0 <= once.own <= len(once.text)


@given(HOSTILE)
def test_every_character_of_the_original_is_accounted_for(text: str) -> None:
    clean = cleaned(text)
    spans = [original(clean, at, at + 1) for at in range(len(clean.text))]
    assert all(0 <= start <= end <= len(text) for start, end in spans)
    for one, other in pairwise(spans):
        assert one[0] <= other[0]
        assert one[1] <= other[1]
    if spans:
        assert original(clean, 0, len(clean.text)) == (spans[0][0], spans[-1][1])
    covered = {at for start, end in spans for at in range(start, end)}
    for gone in removed(clean):
        assert text[gone.start : gone.end] == gone.text
        covered.update(range(gone.start, gone.end))
    assert covered == {*range(len(text))}


@given(HOSTILE)
def test_what_was_done_leads_from_the_original_to_what_is_read(text: str) -> None:
    clean = cleaned(text)
    now = text
    for before, edits in every_edit(((text, None), *clean.stages)):
        assert now == before
        now = applied(before, edits)
    assert now == clean.text


def test_handles_in_a_row_that_come_off_one_by_one_cost_nothing_else() -> None:
    assert cleaned("好[泪] @一_a@bb@丙丙000@丁丁@o戊戊o").text == "好[泪]"


def test_what_makes_more_of_itself_is_stopped() -> None:
    text = "<b" * 50 + ">" * 50 + "&am" * 20 + "p;" * 20
    assert cleaning.MAX_PASSES < 20
    once = cleaned(text).text
    assert cleaned(once).text == once


@pytest.fixture(scope="module")
def noise() -> list[str]:
    """The documents into which a website put readings."""
    if not NOISE.is_dir():
        pytest.skip(f"no noisy documents in {NOISE}")
    return [path.read_text("utf-8") for path in sorted(NOISE.glob("*.txt"))]


def test_all_readings_that_a_website_put_in_are_found_and_nothing_else(noise: list[str]) -> None:
    count = 0
    for text in noise:
        by_shape = re.compile(rf"\([a-z]{{0,3}}[{MARKED}][a-z]{{0,3}}\)")  # knows no readings
        found = insertions(text)
        count += len(found)
        edges = [0, *(edge for span in found for edge in span), len(text)]
        kept = "".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))
        assert kept == by_shape.sub("", text)
        assert kept.count("(") == text.count("(") - len(found) > 0
        clean = cleaned(text)
        assert sum(one.step == "pinyin" for one in removed(clean)) == len(found)
        assert not by_shape.search(clean.text)
    assert count == INSERTED


@pytest.fixture(scope="module")
def posts() -> list[str]:
    """Two thousand posts in simplified characters."""
    if not POSTS.is_file():
        pytest.skip(f"no posts in {POSTS}")

    def found() -> Iterator[str]:
        with gzip.open(POSTS, "rt", encoding="utf-8") as rows:
            for row in map(json.loads, rows):
                if row["lang"] == "zh-Hans":
                    yield row["text"]

    return [text for text, _ in zip(found(), range(2_000), strict=False)]


def test_a_post_in_traditional_characters_is_read_as_the_same(posts: list[str]) -> None:
    """Every Traditional form of each character in turn, so that no choice between them matters."""
    traditional, simplified, *_ = lines("characters.txt")
    forms: dict[str, list[str]] = {}
    for one, other in zip(traditional, simplified, strict=True):
        forms.setdefault(other, []).append(one)
    for turn in range(max(map(len, forms.values()))):
        table = {ord(c): found[turn % len(found)] for c, found in forms.items()}
        for text in posts[turn::10] if turn > 1 else posts:
            assert cleaned(text.translate(table)).text == cleaned(text).text


def test_what_follows_a_chinese_handle_without_a_break_is_kept() -> None:
    assert "漏水" in cleaned("@茶小满你们的云朵杯买了三天就漏水了怎么办").text
