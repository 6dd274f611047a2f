"""How far what somebody says is likely to be heard, from what the platform tells of them."""

from math import inf, log10
from typing import NamedTuple, TypeGuard

from desk.mention import Author

TYPICAL_FOLLOWERS = 100
"""Taken where neither followers nor earlier reposts are known: unknown is not nobody."""

_STANDING = {"followers": (1_000_000, 3), "usual_reposts": (1_000, 2)}
"""What is full marks, and how much it weighs beside the others that are known."""

_VERIFIED = 0.1
_SPREAD = 0.5
_FULL_SPREAD = {"views": 1_000_000, "reposts": 1_000, "comments": 1_000, "likes": 10_000}


class Influence(NamedTuple):
    """From 0 to 100, and what gave how many of these points, in the order of their counting."""

    score: int
    parts: tuple[tuple[str, int], ...]
    """Of each fact that is known, even where it gave no point; `typical` stands for none known."""

    @property
    def known(self) -> int | None:
        """The score where some fact stands behind it."""
        return None if [name for name, _ in self.parts] == ["typical"] else self.score


def influence(
    author: Author,
    *,
    usual_reposts: float | None = None,
    views: float | None = None,
    reposts: float | None = None,
    comments: float | None = None,
    likes: float | None = None,
) -> Influence:
    """The influence of a post by `author`, who gives followers and whether they are verified.

    `usual_reposts` is how often their posts are passed on, say the median of the last twenty; the
    others are this post's. What is None, negative or no number is unknown. More of a known fact
    never makes the score less, and the points of all parts add up to it.

    Counts are on a scale of log(1 + n): 1,000 followers are half of 1,000,000, and that is where
    "mega-influencers" begin (Campbell and Farrell, Business Horizons 63, 2020, 469-479). The rest
    is chosen by us: 1,000 reposts or comments, 10,000 likes and 1,000,000 views are full marks;
    followers weigh 3 beside 2 for usual reposts, alone each is all; being verified adds a tenth of
    what is missing to 100, and the strongest sign of this post's spread up to half of what is still
    missing. That only adds, since a post that is a second old has not spread yet.
    """
    facts = {"followers": author.followers, "usual_reposts": usual_reposts}
    known = {name: count for name, count in facts.items() if _is_count(count)}
    weights = sum(_STANDING[name][1] for name in known)
    score = 0.0
    sums: list[tuple[str, float]] = []
    for name, count in known.items():
        most, weight = _STANDING[name]
        score += _level(count, most) * weight / weights
        sums.append((name, score))
    if not known:
        score = _level(TYPICAL_FOLLOWERS, _STANDING["followers"][0])
        sums.append(("typical", score))
    if isinstance(author.verified, bool):
        score += _VERIFIED * author.verified * (1 - score)
        sums.append(("verified", score))
    spread = {"views": views, "reposts": reposts, "comments": comments, "likes": likes}
    strongest = 0.0
    for name, signs in spread.items():
        if _is_count(signs):
            strongest = max(strongest, _level(signs, _FULL_SPREAD[name]))
            sums.append((name, score + _SPREAD * strongest * (1 - score)))
    return _rounded(sums)


def _is_count(value: object) -> TypeGuard[float]:
    # A bool is an int, and NaN is in no range.
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < inf


def _level(count: float, most: int) -> float:
    return log10(1 + min(count, most)) / log10(1 + most)


def _rounded(sums: list[tuple[str, float]]) -> Influence:
    # Each part is the difference of two rounded sums, so that the parts add up to the score.
    parts = []
    before = 0
    for name, so_far in sums:
        points = round(100 * so_far)
        parts.append((name, points - before))
        before = points
    return Influence(before, tuple(parts))
