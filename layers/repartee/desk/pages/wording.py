"""Reasons in an approver's words."""

from collections.abc import Callable, Iterable, Sequence
from math import floor, log10
from typing import NamedTuple

from desk.grievances import aspect_of, is_grievance
from desk.pages.texts import PageLanguage, counted, duration, has, number, say, window
from desk.reasons import VALUES, WRITTEN, Reason, parse, telling

RAREST = 10**6
"""Odds beyond one in this many are all the same to a reader."""

FIGURES = frozenset(
    {
        "people",
        "tries",
        "window",
        "minutes",
        "usual",
        "confidence",
        "floor",
        "chance",
        "answers",
        "share",
    }
)
"""Values that are numbers, by their name."""

Show = Callable[[str], str]
"""Makes a value fit for where the words go: escaped for a page, on one line for a message."""


class Worded(NamedTuple):
    """A reason in words; `detail` is what is technical about it, such as a platform's message."""

    words: str
    detail: str = ""


def worded(language: PageLanguage, reasons: Iterable[str], show: Show) -> list[Worded]:
    """All of `reasons`, the most telling first. What people wrote shares a line for each code.

    What is no reason of ours, as items from before may hold, is shown as it stands.
    """
    lines: dict[Reason, list[str]] = {}
    for text in telling(reasons):
        one = parse(text)
        line = one._replace(values=()) if one.code in WRITTEN else one
        lines.setdefault(line, []).extend(one.values)
    return [_worded(language, line, values, show) for line, values in lines.items()]


def channel_name(language: PageLanguage, channel: str, show: Show) -> str:
    """What people call a channel."""
    return _known(language, "channel", channel, show)


def category_name(language: PageLanguage, category: str, show: Show) -> str:
    """What people call a category."""
    return _known(language, "category", category, show)


def _aspect(language: PageLanguage, grievance: str, show: Show) -> str:
    return _known(language, "aspect", aspect_of(grievance), show)


def _known(language: PageLanguage, name: str, value: str, show: Show) -> str:
    key = f"{name}.{value}"
    return say(language, key) if has(language, key) else show(value)


def _worded(language: PageLanguage, line: Reason, values: Sequence[str], show: Show) -> Worded:
    if line.code == "":
        return Worded(show(values[0]))
    key, names = f"reason.{line.code}", VALUES[line.code]
    if line.code in WRITTEN:
        [name] = names
        return Worded(say(language, key, **{name: say(language, "comma").join(map(show, values))}))
    given = dict(zip(names, values, strict=True))
    detail, kind = given.pop("detail", ""), given.get("kind")
    if kind is not None and not has(language, f"kind.{kind}"):
        given["kind"], detail = "other", f"{kind}: {detail}"
    words = {name: _value(language, name, value, show) for name, value in given.items()}
    return Worded(say(language, key, **words), show(detail) if detail else "")


def _value(language: PageLanguage, name: str, value: str, show: Show) -> str:
    match name:
        case "risk" | "action" | "language" | "type" | "kind" | "cap" | "aspect":
            return _known(language, name, value, show)
        case "instead":
            return " ".join(_known(language, name, one, show) for one in value.split())
        case "labels":
            labels = [_label(language, label) for label in value.split()]
            return say(language, "comma").join(labels) if all(labels) and labels else show(value)
        case "scope":
            return scope_name(language, value, show)
    if name not in FIGURES:
        return show(value)
    try:
        return _figure(language, name, float(value))
    except (ValueError, OverflowError):
        return show(value)


def _label(language: PageLanguage, label: str) -> str:
    """Words for a sentiment or an intent; an empty string for what is neither."""
    keys = (f"sentiment.{label}", f"category.{label}")
    return next((say(language, key) for key in keys if has(language, key)), "")


def scope_name(language: PageLanguage, scope: str, show: Show) -> str:
    """What a hold is about, in words."""
    match scope.partition(":"):
        case ("brand", "", ""):
            return say(language, "scope.brand")
        case ("channel", ":", channel):
            name = channel_name(language, channel, show)
            return say(language, "scope.channel", name=name)
        case ("topic", ":", topic):
            if is_grievance(topic):
                return say(language, "scope.complaint", aspect=_aspect(language, topic, show))
            known = topic.removeprefix("watch:").removeprefix("word:")
            return say(language, "scope.topic", name=category_name(language, known, show))
    return show(scope)


def _figure(language: PageLanguage, name: str, amount: float) -> str:
    match name:
        case "people" | "tries" | "answers":
            return counted(language, name, int(amount))
        case "window":
            return window(language, int(amount))
        case "minutes":
            return duration(language, amount)
        case "confidence" | "floor" | "share":
            return number(language, round(100 * amount))
        case "chance":
            odds = 10 ** floor(-log10(amount)) if amount > 0 else RAREST
            return number(language, min(odds, RAREST))
    return number(language, amount)
