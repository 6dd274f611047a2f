"""What an approver sends back: one decision from a closed set, never a guess at one."""

from collections.abc import Mapping
from typing import Literal
from urllib.parse import parse_qs

from desk.approval import ACTIONS, Action, Form
from desk.escalation import Kind
from desk.pages.markup import one_line_end
from desk.wire import visible

Notice = Literal[
    "", "choose", "unreadable", "text_changed", "too_long", "not_our_words", "empty",
    "nothing_to_send", "not_yours", "yes_already", "needs_lead", "choose_whom", "asked_enough",
    "no_topic", "overtaken", "code_wrong", "no_more_codes",
    "code_sent", "first_yes", "handed_on", "topic_held",
]  # fmt: skip
"""What the page that is shown again says first: what was refused, or what was done short of an end.
"""

DONE: frozenset[Notice] = frozenset({"code_sent", "first_yes", "handed_on", "topic_held"})
"""Notices of something that was done; with any other nothing was changed."""

CHOICES: Mapping[Kind, tuple[Action, ...]] = {
    "draft": ("approve", "reject", "take_over", "hand_on", "hold_topic"),
    "help": ("approve", "take_over", "reject", "hand_on", "hold_topic"),
    "doubt": ("approve", "reject", "take_over", "hand_on", "hold_topic"),
    "held": ("approve", "reject", "take_over", "hand_on", "hold_topic"),
    "spike": ("take_over", "reject", "hand_on", "hold_topic"),
    "opportunity": ("approve", "reject", "take_over", "hand_on", "hold_topic"),
    "note": ("take_over", "reject", "hand_on", "hold_topic"),
}
"""What may be decided for each kind of matter, in the order in which it is offered."""

MAX_BODY = 64 * 1024
MAX_FIELDS = 20
MAX_TEXT = 20_000
MAX_REASON = 500
MAX_NAME = 64
MAX_CODE = 12


class BadForm(Exception):
    """No decision: the argument says why, `notice` is what the page tells the approver."""

    def __init__(self, reason: str, notice: Notice = "unreadable") -> None:
        super().__init__(reason)
        self.notice = notice


def parse_form(body: bytes) -> Form:
    """The decision in a form post (application/x-www-form-urlencoded in UTF-8).

    Line ends become \\n and control characters are dropped. Raises BadForm as `fields_of` does, for
    what is longer than the caps above, and for an action that is missing or none of ours. Whether
    the action fits the matter is for the caller: see CHOICES.
    """
    given = fields_of(body)
    text = visible(one_line_end(given.get("text", "")))
    if len(text) > MAX_TEXT:
        raise BadForm(f"text of {len(text)} characters, more than {MAX_TEXT}", "too_long")
    to = given.get("to", "")
    if len(to) > MAX_NAME:
        raise BadForm(f"name of {len(to)} characters, more than {MAX_NAME}")
    return Form(
        _action(given),
        text,
        reason_of(given),
        _seen(given),
        to,
        _is_marked(given, "wrong"),
        _code(given),
    )


def fields_of(body: bytes) -> Mapping[str, str]:
    """The fields of a form post; raises BadForm for a body past the caps above, for what cannot be
    decoded, and for a field that comes twice.
    """
    if len(body) > MAX_BODY:
        raise BadForm(f"body of {len(body)} bytes, more than {MAX_BODY}", "too_long")
    try:
        fields = parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except UnicodeDecodeError as error:
        raise BadForm(f"not UTF-8: {error.reason}") from None
    except ValueError as error:
        raise BadForm(f"not a form: {error}") from None
    for name, values in fields.items():
        if len(values) != 1:
            raise BadForm(f"{len(values)} values for a field: {visible(name)[:20]}")
    return {name: values[0] for name, values in fields.items()}


def reason_of(given: Mapping[str, str]) -> str:
    """The reason on one line; raises BadForm where it is too long."""
    reason = " ".join(visible(given.get("reason", "")).split())
    if len(reason) > MAX_REASON:
        raise BadForm(f"reason of {len(reason)} characters, more than {MAX_REASON}", "too_long")
    return reason


def _action(given: Mapping[str, str]) -> Action:
    wanted = given.get("action")
    if wanted is None:
        raise BadForm("no action", "choose")
    for action in ACTIONS:
        if wanted == action:
            return action
    raise BadForm("unknown action", "choose")


def _seen(given: Mapping[str, str]) -> str:
    seen = given.get("seen", "")
    if seen and (len(seen) != 64 or set(seen) - set("0123456789abcdef")):
        raise BadForm("seen is no fingerprint")
    return seen


def _is_marked(given: Mapping[str, str], name: str) -> bool:
    value = given.get(name, "")
    if value not in ("", "yes"):
        raise BadForm(f"{name} is neither marked nor not")
    return value == "yes"


def _code(given: Mapping[str, str]) -> str:
    """The digits, also where somebody has put spaces between them."""
    code = "".join(given.get("code", "").split())
    if len(code) > MAX_CODE or (code and not (code.isascii() and code.isdigit())):
        raise BadForm("code is no digits", "code_wrong")
    return code
