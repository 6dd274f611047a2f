"""A text as it is read: what its author said, without what platforms, websites and tricks add."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from desk.language import disguise, pinyin
from desk.language.normal import normal, rejoined
from desk.language.offsets import (
    Blank,
    Edit,
    Origins,
    Stage,
    Step,
    applied,
    blanks,
    edited,
    every_edit,
    origins,
    span,
)

MAX_PASSES = 4
"""Times that the steps are taken, before a text that still changes is made to rest."""

# Most begin with the one sign or a set of signs that they need, which `re` looks for fastest; what
# has to stand before it is looked at behind it.
_SIGNS = re.compile(r"[&<@#(]")
_LONG = re.compile(r"(.)\1\1(?<![\d\s])\1+")

_ENTITY = re.compile(
    r"&(?:amp;)*(#(?:\d{1,7}|x[0-9a-f]{1,6});|[a-z][a-z0-9]{1,30};|(?:nbsp|lt|gt|amp|quot)(?![\w=]))"
)
_TAG = re.compile(
    r"</?(?:(a|abbr|b|code|del|em|font|i|ins|mark|q|s|small|span|strong|sub|sup|u)|"
    r"article|blockquote|body|br|center|dd|div|dl|dt|h[1-6]|head|hr|html|img|li|ol|p|pre|script|"
    r"section|style|table|tbody|td|th|thead|tr|ul|video)(?:[\s/][^<>]{0,500})?>"
)
_LINK = Blank(
    "link",
    re.compile(
        r"([hwt](?:(?<=h)ttps?://|(?<![a-z0-9.]w)ww\.|(?<![a-z0-9.]t)\.cn/)"
        r"(?:(?!//@)[\w.,:;!?~/#@$&*+=%-])*(?!//@)[\w/=&%#])",
        re.ASCII,
    ),
)
_MAIL_AT = re.compile(r"@(?<=[a-z0-9._%+-]@)[a-z0-9-]{1,63}\.")
_MAIL = Blank(
    "link",
    re.compile(
        r"((?<![a-z0-9._%+-])[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4})"
    ),
)
_REPOST = Blank(
    "repost",
    re.compile(
        r"([/r回](?:(?:(?<=/)/|(?<![a-z0-9]r)t)\s?(?=@)|(?<=回)复\s?(?=@[^\s:@]{1,30}\s?:)))"
    ),
)
_REPOSTED = re.compile(r"^(?:(?:快转|转发)微博|转发|repost)[.。!]?\s?(?=//\s?@)")
_HANDLE = Blank(
    "handle",
    re.compile(
        r"@(?<![a-z0-9]@)([\w·.-]{1,24}(?=[\s:/@])|[\w·.-]{1,8}(?=[,。!?)]|$)|[a-z0-9_.-]{1,30})"
        r"(?:\s?:)?"
    ),
)
_HASHTAG = re.compile(
    r"#(?<![a-z0-9&/]#)(?!\s)(?=[^#]{0,39}[^\W\d_])(?:"
    r"([^#\s]{1,40}(?=#)(?<!\[(?:话题|超话)\])|[^#\s]{1,40}?(?=\[(?:话题|超话)\]#)|"
    r"(?=[^#]{0,39}[\u3400-\u9fff])[^#]{1,40}?(?=(?:\[(?:话题|超话)\])?(?<!\s)#))"
    r"(?:\[(?:话题|超话)\])?#|"
    r"(?=\w*[^\W\d])(\w{1,50}))"
)
_TAGGED = re.compile(r"[#＃](\w{1,50}?)(?=https?://|\b)", re.ASCII)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_EMOTICON = re.compile(r"\[[^\W\d_][\w·~!?-]{0,7}\]")
_FLAG = r"[\U0001f1e6-\U0001f1ff]"
_EMOJI = re.compile(
    r"[\u231a\u231b\u23e9-\u23f3\u2600-\u27bf\u2b1b\u2b1c\u2b50\u2b55\U0001f000-\U0001faff]"
    rf"(?:(?<={_FLAG}){_FLAG})?"
)
_HOSTILE = Blank("markup", re.compile(r"([&<>@#\[\]()/:.])"))


class Removed(NamedTuple):
    """What a step took out or changed: the span of the original, and what stands there."""

    step: Step
    start: int
    end: int
    text: str


class Cleaned(NamedTuple):
    """A text as it is read, and what was found in it, in normal form and in order."""

    text: str
    own: int
    """Length of what its author wrote himself; what he reposts comes after it."""
    source: str
    links: tuple[str, ...] = ()
    """With addresses of mail; as `removed` has them, these are as they were written."""
    handles: tuple[str, ...] = ()
    """Without the @."""
    hashtags: tuple[str, ...] = ()
    """Without hashes; their words stand in the text as well."""
    stages: tuple[Stage, ...] = ()
    """What was done to the normal form of the source; empty where nothing was."""

    @property
    def normal(self) -> str:
        """The source in normal form, before anything else was done to it."""
        return self.stages[0][0] if self.stages else self.text

    @property
    def emoticons(self) -> tuple[str, ...]:
        """Such as [泪]; these and emoji stay in the text."""
        return tuple(_EMOTICON.findall(self.text))

    @property
    def emoji(self) -> tuple[str, ...]:
        """One by one; a flag is one."""
        return tuple(_EMOJI.findall(self.text))


def cleaned(text: str) -> Cleaned:
    """`text` in normal form as sentiment, intents and words are read from it.

    HTML is decoded and its tags are gone, and so are links, @handles, the marks of reposts and
    replies, the hashes of #topics#, readings behind characters, what was put between the characters
    of a word or in place of its letters to hide it, and what exceeds three of one character in a
    row, digits excepted (as NLTK's TweetTokenizer has it). Linear in the length of `text`, and
    cleaned(cleaned(x).text).text == cleaned(x).text: where four passes do not get there, which
    takes intent, all that could begin a link, a tag and the like becomes white space.
    """
    said = normal(text)
    if not (_has_signs(said) or _LONG.search(said) or disguise.suspected(said)):
        return Cleaned(said, len(said), text)
    found = _Found([], [], [], [])
    said, own = _rested(text, said, found)
    return Cleaned(
        said,
        len(said) if own is None else own,
        text,
        tuple(found.links),
        tuple(found.handles),
        tuple(found.hashtags),
        tuple(found.stages),
    )


def removed(clean: Cleaned) -> tuple[Removed, ...]:
    """All that was taken out or changed, in the order in which it was, with offsets in the source.

    Something that was changed twice is there twice, each time with what the source has there.
    """
    found = origins(len(clean.source))
    changes = []
    for _, edits in every_edit(((clean.source, None), *clean.stages)):
        for edit in edits:
            start, end = span(found, edit.start, edit.end)
            changes.append(Removed(edit.step, start, end, clean.source[start:end]))
        found = edited(found, edits)
    return tuple(changes)


def original(clean: Cleaned, start: int, end: int) -> tuple[int, int]:
    """The span of the source that text[start:end] is from. ValueError where there is no such text.

    A part of what an edit put there is from all of what it replaced.
    """
    if not 0 <= start <= end <= len(clean.text):
        raise ValueError(f"no span of {len(clean.text)} characters: {start} to {end}")
    return span(_origins(clean.source, clean.stages), start, end)


@lru_cache(maxsize=4)
def _origins(source: str, stages: tuple[Stage, ...]) -> Origins:
    found = origins(len(source))
    for _, edits in every_edit(((source, None), *stages)):
        found = edited(found, edits)
    return found


class _Found(NamedTuple):
    """What was done to a text so far, and what was taken out of it."""

    stages: list[Stage]
    links: list[str]
    handles: list[str]
    hashtags: list[str]


def _has_signs(text: str) -> bool:
    # Without these a text has nothing for the steps up to those against disguise.
    return bool(_SIGNS.search(text) or _has_links(text))


def _has_links(text: str) -> bool:
    return "www." in text or ("/" in text and ("://" in text or "t.cn/" in text))


def _rested(source: str, text: str, found: _Found) -> tuple[str, int | None]:
    # The text that the steps no longer change, and the length of the author's own, None for all.
    own: int | None = None
    for step in range(2 * MAX_PASSES):
        if step == MAX_PASSES:
            text, own = _blanked(text, own, _HOSTILE, [], found)
            text, own = _normal(text, own, found, normal)
        before = text
        text, own, joined = _pass(source, text, own, found)
        if text == before:
            break
        text, own = _normal(text, own, found, normal if joined else rejoined)
        if not (joined or _has_signs(text) or disguise.spaced(text)):
            break
    return text, own


def _pass(source: str, text: str, own: int | None, found: _Found) -> tuple[str, int | None, bool]:
    # Also whether characters were put in, or stand together now that did not before; where they do
    # not, there is nothing new for the last three steps but what spaces, by becoming one, made.
    joined: list[Edit] = []
    if "&" in text:
        joined += (edits := _entities(text))
        text, own = _edited(text, own, edits, found)
    if "<" in text:
        tags = _TAG.finditer(text)
        joined += (edits := [Edit("markup", *tag.span(), "" if tag[1] else " ") for tag in tags])
        text, own = _edited(text, own, edits, found)
    if _has_links(text):
        text, own = _blanked(text, own, _LINK, found.links, found)
    if "@" in text:
        if _MAIL_AT.search(text):
            text, own = _blanked(text, own, _MAIL, found.links, found)
        if "//" in text or "rt" in text or "回复" in text:
            text, own = _reposts(text, own, found)
        text, own = _blanked(text, own, _HANDLE, found.handles, found)
    if "#" in text:
        text, own = _edited(text, own, _hashtags(source, text, found), found)
    if "(" in text:
        joined += (edits := [Edit("pinyin", *reading, "") for reading in pinyin.insertions(text)])
        text, own = _edited(text, own, edits, found)
    if disguise.suspected(text):
        joined += (edits := disguise.spacing(text))
        text, own = _edited(text, own, edits, found)
        joined += (edits := disguise.homoglyphs(text))
        text, own = _edited(text, own, edits, found)
    if _LONG.search(text):
        runs = _LONG.finditer(text)
        edits = [Edit("elongation", run.start() + 3, run.end(), "") for run in runs]
        text, own = _edited(text, own, edits, found)
    return text, own, bool(joined)


def _edited(text: str, own: int | None, edits: list[Edit], found: _Found) -> tuple[str, int | None]:
    if not edits:
        return text, own
    found.stages.append((text, tuple(edits)))
    return applied(text, edits), _moved(own, edits)


def _blanked(
    text: str, own: int | None, blank: Blank, names: list[str], found: _Found
) -> tuple[str, int | None]:
    # As _edited, without the edits: these are only made where somebody wants to know of them.
    pieces = blank.pattern.split(text)
    if len(pieces) == 1:
        return text, own
    found.stages.append((text, blank))
    names += pieces[1::2]
    if own and len(pieces[0]) < own:
        own = _moved(own, blanks(text, blank))
    return " ".join(pieces[::2]), own


def _normal(
    text: str, own: int | None, found: _Found, form: Callable[[str], str]
) -> tuple[str, int | None]:
    now = form(text)
    if now == text:
        return text, own
    found.stages.append((text, None))
    return now, own and min(len(form(text[:own])), len(now))


def _moved(at: int | None, edits: Iterable[Edit]) -> int | None:
    # Where a place of the text is after the edits; in the midst of one, where that begins.
    if not at:
        return at
    shift = 0
    for edit in edits:
        if edit.start >= at or edit.end > at:
            return min(at, edit.start) + shift
        shift += len(edit.text) - edit.end + edit.start
    return at + shift


def _entities(text: str) -> list[Edit]:
    found = ((entity, unescape("&" + entity[1])) for entity in _ENTITY.finditer(text))
    return [
        Edit("markup", *entity.span(), decoded) for entity, decoded in found if decoded != entity[0]
    ]


def _reposts(text: str, own: int | None, found: _Found) -> tuple[str, int | None]:
    if alone := _REPOSTED.match(text):
        found.stages.append((text, (Edit("repost", 0, alone.end(), ""),)))
        text, own = text[alone.end() :], own and max(own - alone.end(), 0)
    pieces = _REPOST.pattern.split(text)
    if len(pieces) > 1:
        found.stages.append((text, _REPOST))
        own = _before_quotes(pieces) if own is None else _moved(own, blanks(text, _REPOST))
    return " ".join(pieces[::2]), own


def _before_quotes(pieces: list[str]) -> int | None:
    # Where, each mark being a space by now, the first is that is not of a reply.
    at = 0
    for kept, mark in zip(pieces[::2], pieces[1::2], strict=False):
        at += len(kept)
        if mark[0] != "回":
            return at
        at += 1
    return None


def _hashtags(source: str, text: str, found: _Found) -> list[Edit]:
    # The words of #BestTeaEver are known by its capitals, which only the source still has.
    tags = _TAGGED.findall(source)
    humped = {tag.lower(): tag for tag in tags if _HUMP.search(tag)}
    edits = []
    for tag in _HASHTAG.finditer(text):
        start, end = tag.span(tag.lastindex or 0)
        words = text[start:end]
        found.hashtags.append(words)
        edits.append(Edit("hashtag", tag.start(), start, " "))
        if words in humped:
            humps = (start + hump.start() for hump in _HUMP.finditer(humped[words]))
            edits += [Edit("hashtag", at, at, " ") for at in humps]
        if end < tag.end():
            edits.append(Edit("hashtag", end, tag.end(), " "))
    return edits
