"""The page of a matter that is decided or over, and the one for a link that is no good."""

from collections.abc import Mapping

from desk.pages.markup import document, isolated, name, shorten
from desk.pages.parts import fact, footer, hold, said, time, title
from desk.pages.texts import PageLanguage, say
from desk.pages.view import Outcome
from desk.pages.wording import worded
from desk.reasons import parse

MAX_TEXT = 2_000

_MOODS: Mapping[str, str] = {
    "approved": "good", "sending": "good", "sent": "good", "taken_over": "good",
    "expired": "wait", "held": "wait", "unconfirmed": "bad", "failed": "bad",
}  # fmt: skip


def closed(outcome: Outcome) -> str:
    """The page of a matter that is decided or over: what is stored about it, and by whom."""
    end = _end(outcome)
    stored = "".join(
        f'<section class="card"><h2>{said(outcome, key)}</h2>'
        f'<p class="stored">{html}</p></section>\n'
        for key, html in (
            ("done.text", isolated(shorten(outcome.text, MAX_TEXT)) if outcome.text else ""),
            ("done.reason", _given(outcome)),
        )
        if html
    )
    sent = f'\n<p class="hint">{time(outcome, outcome.at)}</p>' if outcome.at else ""
    body = (
        f'<header class="top short"><p class="brand">{name(outcome.brand)}</p></header>\n'
        f'<main class="short">\n<div class="intro {_MOODS.get(end, "calm")}" role="status">\n'
        f"<h1>{said(outcome, f'done.{end}')}</h1>\n{_decided(outcome)}"
        f'<p class="lead">{said(outcome, f"done.{end}.lead")}</p>{sent}</div>\n'
        f'{hold(outcome)}{stored}<p class="hint">{said(outcome, "done.leave")}</p>\n</main>\n'
        f"{footer(outcome)}"
    )
    return document(outcome.language, title(outcome, f"done.{end}"), body)


def gone(language: PageLanguage) -> str:
    """The page for every token that is not good here: forged, cut short or another's alike."""
    body = (
        f'<main class="short">\n<div class="intro calm">\n<h1>{say(language, "gone.title")}</h1>\n'
        f"<p>{say(language, 'gone.lead')}</p></div>\n"
        f'<p class="hint">{say(language, "gone.next")}</p>\n</main>'
    )
    return document(language, say(language, "gone.title"), body)


def _end(outcome: Outcome) -> str:
    """Key of the words for a result. To reject what is no answer of ours is to close a matter."""
    match outcome.result:
        case "ready":
            return "approved"
        case "acknowledged":
            return "taken_over"
        case "resolved":
            return "closed"
        case "rejected" if not _of_an_answer(outcome):
            return "closed"
    return outcome.result


def _given(outcome: Outcome) -> str:
    """Why it came to that, as HTML: of a rejection only what the approver wrote about it."""
    match parse(outcome.reason):
        case ("", ("",)) | ("rejected" | "taken_over", ()):
            return ""
        case ("rejected_for", (words,)):
            return isolated(shorten(words, MAX_TEXT))
    [line] = worded(outcome.language, [outcome.reason], fact)
    return f"{line.words} <small>{line.detail}</small>" if line.detail else line.words


def _of_an_answer(outcome: Outcome) -> bool:
    return outcome.kind in ("draft", "held")


def _decided(outcome: Outcome) -> str:
    if outcome.decision is None or outcome.decided_at is None:
        return ""
    closes = outcome.decision == "reject" and not _of_an_answer(outcome)
    verb = "close" if closes else outcome.decision
    who = ("now" if outcome.fresh else "you") if outcome.yours else "other"
    at = time(outcome, outcome.decided_at)
    return f"<p>{said(outcome, f'by.{verb}.{who}', name=name(outcome.by), time=at)}</p>\n"
