"""HTML from untrusted words: everything escaped, and nothing in it hidden from the reader."""

import re
from base64 import b64encode
from hashlib import sha256
from html import escape

from desk.pages.style import STYLE
from desk.wire import visible, without_surrogates

_STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()

_EMOJI = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_JOINING_SCRIPTS = "\u0600-\u0dff"
_MARKS = (
    "[\u0300-\u036f\u0483-\u0489\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f]"
)
_FLAG_TAGS = "|".join(
    "".join(chr(0xE0000 + ord(letter)) for letter in region)
    for region in ("gbeng", "gbsct", "gbwls")
)
_HIDDEN = re.compile(
    # Invisible, and meant to be: joined emoji, the flags of England, Scotland and Wales, and the
    # joiners of Arabic and Indic writing.
    f"(?P<meant>\U0001f3f4(?:{_FLAG_TAGS})\U000e007f"
    f"|(?<=[{_EMOJI}])\u200d(?=[{_EMOJI}])"
    f"|(?<=[{_JOINING_SCRIPTS}])[\u200c\u200d](?=[{_JOINING_SCRIPTS}]))"
    # More combining marks than any writing puts on one letter.
    f"|(?P<few>{_MARKS}{{4}})(?P<many>{_MARKS}+)"
    # Soft hyphen, fillers, zero widths, bidirectional controls, variation selectors, tags.
    "|(?P<hidden>[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+)"
)
_BADGES = 12
"""A text shows this many of its hidden places; the rest is dropped, so that a page stays small."""


def headers() -> dict[str, str]:
    """The headers that every page goes out with.

    The policy lets one style through, by its hash, and a form post to where the page came from.
    """
    policy = {
        "default-src": "'none'",
        "style-src": f"'sha256-{_STYLE_HASH}'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex",
        "strict-transport-security": "max-age=31536000",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    }


def document(language: str, title: str, body: str) -> str:
    """A complete page. `title` is plain text, `body` is HTML."""
    return (
        f'<!doctype html>\n<html lang="{attribute(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="format-detection" content="telephone=no, address=no, email=no, date=no">\n'
        f"<title>{escape(plain(title, 200))}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def attribute(value: str) -> str:
    """`value` for use between double quotes."""
    return escape(without_surrogates(visible(value)), quote=True)


def area(text: str) -> str:
    """`text` for use in a textarea, unchanged but for control characters and line ends.

    The line break in front is the one that browsers drop.
    """
    return "\n" + escape(without_surrogates(visible(one_line_end(text))), quote=True)


def plain(text: str, limit: int) -> str:
    """`text` on one line, without anything hidden, at most `limit` characters; not escaped."""
    seen = _HIDDEN.sub(lambda found: found["meant"] or found["few"] or "", _clean(text))
    return shorten(" ".join(seen.split()), limit)


def shorten(text: str, limit: int) -> str:
    """`text`, or where it is longer, as much of it as fits `limit` characters with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def isolated(text: str) -> str:
    """`text` as HTML that runs in its own direction, with its hidden characters named."""
    return f'<bdi dir="auto">{shown(text)}</bdi>'


def name(text: str) -> str:
    """A person's or thing's name as HTML: one line, at most 80 characters, isolated."""
    return f'<bdi dir="auto">{option(text)}</bdi>'


def option(text: str) -> str:
    """A name where HTML allows no elements: one line, at most 80 characters."""
    return escape(plain(text, 80))


def shown(text: str) -> str:
    """`text` as HTML, each run of hidden characters replaced by its code, such as U+202E."""
    text = _clean(text)
    parts = []
    badges = end = 0
    for found in _HIDDEN.finditer(text):
        if found["meant"]:
            continue
        parts.append(escape(text[end : found.start()] + (found["few"] or "")))
        if badges < _BADGES:
            parts.append(f'<span class="hidden">{_code(found)}</span>')
        badges += 1
        end = found.end()
    return "".join(parts) + escape(text[end:])


def hidden(text: str) -> tuple[str, ...]:
    """The codes of what a reader of `text` would not see, in order, each once."""
    found = (match for match in _HIDDEN.finditer(_clean(text)) if not match["meant"])
    return tuple(dict.fromkeys(_code(match) for match in found))[:_BADGES]


def one_line_end(text: str) -> str:
    r"""`text` with every line end as \n."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _clean(text: str) -> str:
    unified = one_line_end(text).replace("\u2028", "\n").replace("\u2029", "\n")
    return without_surrogates(visible(unified))  # type: ignore[no-any-return]


def _code(found: re.Match[str]) -> str:
    run = found["many"] or found["hidden"]
    more = f" +{len(run) - 1}" if len(run) > 1 else ""
    return f"U+{ord(run[0]):04X}{more}"
