"""Why something is as it is: a closed set of codes with values. Words for them are in the pages.

A reason is `code`, `code:value` or `code:value|value`, so that logs and items hold ids and codes,
and each approver reads it in their own language.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

Code = Literal[
    "severe_rule", "reads_like_crisis", "press", "wants_person", "unknown_complaint", "burst",
    "hold", "crisis_hold", "no_control", "detector_unheard", "detector_silent", "detector_ahead",
    "crisis_seen", "severe_seen", "released", "still_held", "ended_held", "mention_gone",
    "no_answer", "unclear", "sender_stopped", "gave_up", "not_sent", "not_allowed", "undecided",
    "unsent_in_time", "no_credentials", "sign_in_refused", "sign_in_failed",
    "gone", "changed", "forbidden_word", "foreign_link", "to_ourselves", "merged", "just_answered",
    "said_before", "capped", "closed", "perhaps_a_person", "unreadable",
    "risk", "taken_over", "rule", "unhappy", "rules_disagree", "not_for_us", "stale", "unsure",
    "touches",
    "second", "no_variant", "also", "chance", "moment", "fits", "parts", "careful", "rivals",
    "by_model", "planned", "room", "room_open", "last_year",
    "complain_of", "loud_parts", "unhappy_parts", "new_parts", "rival_parts", "planned_parts",
    "rule_gone", "rule_changed", "suggest", "shadow",
    "no_rule", "no_text", "only_media", "edited", "from_bot", "standby", "echo", "no_utterance",
    "claimed", "posted", "found", "no_time", "approved", "rejected", "rejected_for",
    "wrong", "wrong_for",
    "crisis", "complaint", "media", "person", "spam", "negative", "not", "positive", "question",
    "praise", "suggestion", "purchase",
    "anger", "fear", "grief", "irony", "humour",
]  # fmt: skip

VALUES: Mapping[Code, tuple[str, ...]] = {
    # What is grave, and who wants somebody.
    "severe_rule": ("rule",),
    "reads_like_crisis": (),
    "press": (),
    "wants_person": (),
    "unknown_complaint": (),
    "burst": ("people", "window", "usual"),
    # What stops automation.
    "hold": ("scope", "by", "why"),
    "crisis_hold": ("scope", "by", "why"),
    "no_control": (),
    "detector_unheard": (),
    "detector_silent": ("minutes",),
    "detector_ahead": (),
    # What a crisis was known by, and what a release has left.
    "crisis_seen": ("people", "share"),
    "severe_seen": ("people",),
    "released": ("scope", "by", "why"),
    "still_held": ("answers",),
    "ended_held": ("answers",),
    "mention_gone": (),
    # What became of an answer on its way.
    "no_answer": ("detail",),
    "unclear": ("detail",),
    "sender_stopped": (),
    "gave_up": ("kind", "tries", "detail"),
    "not_sent": ("kind", "detail"),
    "not_allowed": ("kind", "instead", "detail"),
    "undecided": (),
    "unsent_in_time": (),
    "no_credentials": (),
    "sign_in_refused": (),
    "sign_in_failed": ("detail",),
    # What stands against an answer at the door.
    "gone": (),
    "changed": (),
    "forbidden_word": ("term",),
    "foreign_link": ("host",),
    "to_ourselves": (),
    "merged": ("mention",),
    "just_answered": ("mention",),
    "said_before": ("minutes",),
    "capped": ("cap", "most"),
    "closed": (),
    "perhaps_a_person": (),
    "unreadable": (),
    # The rule that decided, and what keeps us from answering by it.
    "risk": ("risk",),
    "taken_over": (),
    "rule": ("rule", "action"),
    "unhappy": (),
    "rules_disagree": ("rules",),
    "not_for_us": ("type",),
    "stale": ("minutes",),
    "unsure": ("confidence", "floor"),
    "touches": ("topic",),
    "second": ("reader", "labels"),
    "no_variant": ("script", "language"),
    "also": ("topic",),
    "chance": ("chance",),
    # A moment that suits the brand.
    "moment": ("score", "sources", "rank"),
    "fits": ("words",),
    "parts": ("relevance", "size", "hook", "mood", "freshness", "saturation", "danger"),
    "careful": ("topics",),
    "rivals": ("posts",),
    "by_model": (),
    "planned": ("by", "at"),
    "room": ("title", "by"),
    "room_open": ("by", "why", "people"),
    "last_year": ("people", "minutes"),
    # What those complain of who each say it in other words.
    "complain_of": ("aspect",),
    # What a warning's score is made of, in decades of improbability.
    "loud_parts": ("accounts", "copies"),
    "unhappy_parts": ("unhappy", "influence", "velocity"),
    "new_parts": ("accounts", "novelty"),
    "rival_parts": ("accounts", "voices"),
    "planned_parts": ("accounts", "last_year"),
    # Where the rule stands on its ladder.
    "rule_gone": ("rule",),
    "rule_changed": ("rule",),
    "suggest": ("rule",),
    "shadow": ("rule",),
    # What nobody need be asked about.
    "no_rule": (),
    "no_text": (),
    "only_media": (),
    "edited": ("detail",),
    "from_bot": (),
    "standby": (),
    "echo": (),
    "no_utterance": ("detail",),
    # An answer's ordinary way.
    "claimed": (),
    "posted": (),
    "found": (),
    "no_time": (),
    "approved": ("by",),
    "rejected": (),
    "rejected_for": ("why",),
    "wrong": (),
    "wrong_for": ("why",),
    # What a reading went by, as `desk.language` names it.
    "crisis": ("word",),
    "complaint": ("word",),
    "media": ("word",),
    "person": ("word",),
    "spam": ("word",),
    "negative": ("word",),
    "not": ("word",),
    "positive": ("word",),
    "question": ("word",),
    "praise": ("word",),
    "suggestion": ("word",),
    "purchase": ("word",),
    "anger": ("word",),
    "fear": ("word",),
    "grief": ("word",),
    "irony": ("word",),
    "humour": ("word",),
}
"""The names of each code's values, the most telling code first.

`detail` is technical, such as a platform's own message: it is shown apart, and on pages alone.
"""

WRITTEN = frozenset(code for code, names in VALUES.items() if {"word", "topic"} & {*names})
"""Codes that hold words of those who wrote to us: for the approver's page, and for no message."""

EVIDENCE = frozenset(code for code, names in VALUES.items() if names == ("word",))

_CODES: Mapping[str, Code] = {code: code for code in VALUES}
_RANK: Mapping[str, int] = {code: number for number, code in enumerate(VALUES)}


class Reason(NamedTuple):
    """A reason taken apart. What is none of ours has the code "" and its text as the one value."""

    code: Code | Literal[""]
    values: tuple[str, ...]


def reason(code: Code, *values: object) -> str:
    """`code` with its values as text; ValueError where there are more or fewer than it has.

    Only the last value keeps a `|`: in the others it becomes `/`.
    """
    if len(values) != len(VALUES[code]):
        raise ValueError(f"{code} has {len(VALUES[code])} values, not {len(values)}")
    if not values:
        return code
    *others, last = map(str, values)
    return f"{code}:{'|'.join([*(other.replace('|', '/') for other in others), last])}"


def parse(text: str) -> Reason:
    """The code and the values of a reason. Items at rest may be older and hold plain words."""
    head, colon, rest = text.partition(":")
    code = _CODES.get(head)
    if code is None:
        return Reason("", (text,))
    count = len(VALUES[code])
    values = tuple(rest.split("|", max(0, count - 1))) if colon else ()
    return Reason(code, values) if len(values) == count else Reason("", (text,))


def telling(reasons: Iterable[str]) -> list[str]:
    """`reasons` with the most telling first, each once; what is none of ours comes last."""
    return sorted(dict.fromkeys(reasons), key=lambda text: _RANK.get(parse(text).code, len(_RANK)))
