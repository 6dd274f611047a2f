"""The words of what others sent as HTML."""

import pytest
from hypothesis import given, strategies as st

from desk.markup import plain


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>One</p><p>Two<br/>three</p>", "One\n\nTwo\nthree"),
        ("a &amp; b &lt;3 &#x8336;", "a & b <3 茶"),
        ("<style>p{}</style>x<script>alert(1)</script>", "x"),
        ('<a href="https://a.example"><span>@</span>ada</a> hi', "@ada hi"),
        ("1 < 2", "1 < 2"),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ("", ""),
    ],
)
def test_words_are_kept_and_tags_are_not(html: str, words: str) -> None:
    assert plain(html) == words


@given(
    st.text()
    | st.lists(st.sampled_from(["<", ">", "<!", "<![", "]]>", "&", "&#", "p", "/", "--"])).map(
        "".join
    )
)
def test_nothing_makes_an_error(html: str) -> None:
    assert isinstance(plain(html), str)
