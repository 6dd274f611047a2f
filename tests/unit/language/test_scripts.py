"""The same text in Simplified and in Traditional characters: one reading."""

import pytest

from desk.language import understander
from training.texts import DATA, rows

POSTS = 2_000


@pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the labelled posts are not in {DATA}: set REPARTEE_SHARED"
)
@pytest.mark.parametrize("script", ["s2t", "s2tw", "s2hk"])
def test_a_post_and_its_conversion_by_opencc_read_the_same(script: str) -> None:
    opencc = pytest.importorskip("opencc")
    convert = opencc.OpenCC(script).convert
    understand = understander(())
    posts = [row.text for row in rows("sentiment", "dev") if row.language == "zh-Hans"]
    posts = posts[:: len(posts) // POSTS][:POSTS]
    differ = []
    for post in posts:
        simplified, plain = understand(post, "")
        traditional, same = understand(convert(post), "")
        if (simplified, plain) != (
            traditional.model_copy(update={"language": simplified.language}),
            same,
        ):
            differ.append(post)
    assert len(posts) == POSTS
    assert differ == []
