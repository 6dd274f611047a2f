"""The page on which an approver reads a matter and decides it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from desk.approval import Action
from desk.pages.form import CHOICES, MAX_REASON
from desk.pages.markup import area, attribute, document, hidden, isolated, name, plain, shorten
from desk.pages.texts import (
    PageLanguage,
    clock,
    counted,
    duration,
    has,
    number,
    say,
    window,
    zone_name,
)
from desk.pages.view import Line, Outcome, View
from desk.pages.wording import Worded, category_name, channel_name, worded
from desk.reasons import WRITTEN, parse, telling
from desk.wire import iso

SOON = 10
"""Minutes left from which the page warns."""
MAX_LINES = 20
MAX_LINE = 2_000
MAX_TALK = 5_000
"""Characters of a conversation that a page shows, the newest first: pages stay below 100 KB."""
MAX_WHY = 3
"""Reasons that stand at the top of a page; the others are below the decision."""
MAX_FACTS = 12
MAX_FACT = 200

_MOODS: Mapping[str, str] = {
    "approved": "good", "sending": "good", "sent": "good", "taken_over": "good",
    "expired": "wait", "held": "wait", "unconfirmed": "bad", "failed": "bad",
}  # fmt: skip


def render(view: View) -> str:
    """The page of a matter, with a form for as long as its reader may decide it."""
    lead = f'<p class="lead">{_say(view, f"{view.kind}.lead")}</p>\n'
    due, decision = _due(view), ""
    if view.state == "acknowledged" and not _mine(view):
        lead = due = ""
    elif view.state == "resolved" or (view.minutes_left is not None and view.minutes_left <= 0):
        decision = f'<p class="banner decide">{_say(view, "over")}</p>\n'
    else:
        decision = _form(view)
    body = (
        f'<header class="top"><p class="brand">{name(view.brand)}</p>{due}</header>\n'
        f'<main>\n{_notice(view)}<div class="intro">\n'
        f"<h1>{_say(view, f'{view.kind}.title')}</h1>\n{lead}{_why(view)}{_facts(view)}</div>\n"
        f'{_taken(view)}{_hold(view)}<div class="{"columns" if decision else "column"}">\n'
        f'<div class="column said-here">\n{_spike(view)}{_talk(view)}</div>\n'
        f"{decision}{_background(view)}</div>\n</main>\n{_footer(view)}"
    )
    return document(view.language, _title(view, f"{view.kind}.title"), body)


def closed(outcome: Outcome) -> str:
    """The page of a matter that is decided or over: what is stored about it, and by whom."""
    end = _end(outcome)
    stored = "".join(
        f'<section class="card"><h2>{_say(outcome, key)}</h2>'
        f'<p class="stored">{html}</p></section>\n'
        for key, html in (
            ("done.text", isolated(shorten(outcome.text, MAX_LINE)) if outcome.text else ""),
            ("done.reason", _given(outcome)),
        )
        if html
    )
    time = f'\n<p class="hint">{_time(outcome, outcome.at)}</p>' if outcome.at else ""
    body = (
        f'<header class="top short"><p class="brand">{name(outcome.brand)}</p></header>\n'
        f'<main class="short">\n<div class="intro {_MOODS.get(end, "calm")}" role="status">\n'
        f"<h1>{_say(outcome, f'done.{end}')}</h1>\n{_decided(outcome)}"
        f'<p class="lead">{_say(outcome, f"done.{end}.lead")}</p>{time}</div>\n'
        f'{stored}<p class="hint">{_say(outcome, "done.leave")}</p>\n</main>\n'
        f"{_footer(outcome)}"
    )
    return document(outcome.language, _title(outcome, f"done.{end}"), body)


def gone(language: PageLanguage) -> str:
    """The page for every token that is not good here: forged, cut short or another's alike."""
    body = (
        f'<main class="short">\n<div class="intro calm">\n<h1>{say(language, "gone.title")}</h1>\n'
        f"<p>{say(language, 'gone.lead')}</p></div>\n"
        f'<p class="hint">{say(language, "gone.next")}</p>\n</main>'
    )
    return document(language, say(language, "gone.title"), body)


def _say(page: View | Outcome, key: str, **values: str) -> str:
    """The text of that key as HTML, as are its values: our own texts need no escaping."""
    return say(page.language, key, channel=_channel(page), **values)


def _channel(page: View | Outcome) -> str:
    return channel_name(page.language, page.channel, name)


def _title(page: View | Outcome, key: str) -> str:
    return f"{say(page.language, key)} · {plain(page.brand, 80)}"


def _time(page: View | Outcome, moment: datetime) -> str:
    shown_as = clock(page.language, moment, page.now, page.time_zone)
    return f'<time datetime="{iso(moment.astimezone(UTC))}">{shown_as}</time>'


def _due(view: View) -> str:
    left = view.minutes_left
    if left is None or view.state == "resolved":
        return ""
    if left <= 0:
        return f'<p class="due over"><strong>{_say(view, "left.over")}</strong></p>'
    words = (
        _say(view, "left.none")
        if left < 1
        else _say(view, "left", time=duration(view.language, left))
    )
    deadline = _time(view, view.now + timedelta(minutes=left))
    return (
        f'<p class="due{" soon" if left <= SOON else ""}"><strong>{words}</strong> '
        f"<span>{_say(view, 'due', time=deadline)}</span></p>"
    )


def _notice(view: View) -> str:
    if not view.notice:
        return ""
    return f'<p class="notice" role="status">{_say(view, f"notice.{view.notice}")}</p>\n'


def _facts(view: View) -> str:
    colon = _say(view, "colon")
    facts = [
        f'<li class="{view.risk}">{_say(view, "risk")}{colon}{_say(view, f"risk.{view.risk}")}</li>'
    ]
    if view.category:
        category = category_name(view.language, view.category, name)
        facts.append(f"<li>{_say(view, 'category')}{colon}{category}</li>")
    if view.channel:
        facts.append(f"<li>{_say(view, 'channel')}{colon}{_channel(view)}</li>")
    return f'<ul class="facts">{"".join(facts)}</ul>\n'


def _taken(view: View) -> str:
    if view.state != "acknowledged" or view.taken is None:
        return ""
    key = "taken.you" if view.taken.yours else "taken.other"
    words = _say(view, key, name=name(view.taken.name), time=_time(view, view.taken.at))
    return f'<p class="banner calm">{words}</p>\n'


def _hold(view: View) -> str:
    if not view.hold:
        return ""
    [why] = worded(view.language, [view.hold], _fact)
    return f'<div class="banner"><h2>{_say(view, "hold")}</h2><p>{why.words}</p></div>\n'


def _spike(view: View) -> str:
    topic = view.topic
    if topic is None:
        return ""
    most = max(topic.people, topic.usual, 1)
    length = window(view.language, topic.window_minutes)
    rows = [
        f'<div class="{kind}"><dt>{_say(view, f"spike.{kind}", window=length)}</dt>'
        f"<dd>{number(view.language, value)}</dd>"
        '<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{100 * value / most:.1f}" height="1"></rect></svg></div>'
        for kind, value in (("now", topic.people), ("usual", topic.usual))
    ]
    times = (
        f'<p class="times">{_say(view, "spike.times", times=ratio)}</p>'
        if topic.usual > 0 and (ratio := number(view.language, topic.people / topic.usual))
        else ""
    )
    return (
        f'<section class="card" aria-labelledby="topic"><h2 id="topic">{name(topic.title)}</h2>'
        f'<p class="hint">{_say(view, "spike.unit")}</p>'
        f'<dl class="figures">{"".join(rows)}</dl>{times}</section>\n'
    )


def _talk(view: View) -> str:
    if not view.conversation and not view.joined:
        return ""
    lines = _newest(view.conversation)
    earlier = len(view.conversation) - len(lines)
    heading = "spike.examples" if view.topic else "talk"
    parts = [
        f'<section class="card" aria-labelledby="talk"><h2 id="talk">{_say(view, heading)}</h2>'
    ]
    if earlier:
        parts.append(f'<p class="hint">{counted(view.language, "earlier", earlier)}</p>')
    if lines:
        parts.append(f'<ol class="talk">{"".join(_line(view, line) for line in lines)}</ol>')
    if view.joined:
        parts.append(f'<p class="hint">{counted(view.language, "joined", view.joined)}</p>')
    return "\n".join(parts) + "</section>\n"


def _newest(conversation: Sequence[Line]) -> list[Line]:
    """As many of the newest lines as a page has room for; one always fits."""
    chosen: list[Line] = []
    room = MAX_TALK
    for line in reversed(conversation[-MAX_LINES:]):
        room -= min(len(line.text), MAX_LINE)
        if room < 0 and chosen:
            break
        chosen.append(line)
    return chosen[::-1]


def _line(view: View, line: Line) -> str:
    author = name(line.author) if line.author else _say(view, "talk.unknown")
    text = shorten(line.text, MAX_LINE)
    said = isolated(text) if text.strip() else _say(view, "talk.empty")
    cut = f'<p class="hint">{_say(view, "talk.shortened")}</p>' if text != line.text else ""
    return (
        f'<li class="line {line.who}"><p class="who">{author} {_time(view, line.at)}</p>'
        f'<p class="said">{said}</p>{cut}</li>\n'
    )


def _form(view: View) -> str:
    text = _text(view) if "approve" in CHOICES[view.kind] else ""
    choices = [
        _choice(view, action)
        for action in CHOICES[view.kind]
        if not (_mine(view) and action == "take_over")
    ]
    return (
        f'<form class="card decide" method="post" action="" autocomplete="off">\n{text}'
        f'<fieldset><legend class="heading">{_say(view, "choose")}</legend>\n'
        f"{''.join(choices)}</fieldset>\n"
        f'<div class="field reason">'
        f'<label class="heading" for="reason">{_say(view, "reason")}</label>'
        f'<input id="reason" name="reason" maxlength="{MAX_REASON}" dir="auto" '
        f'value="{attribute(view.reason)}" aria-describedby="reason-hint">'
        f'<p class="hint" id="reason-hint">{_say(view, "reason.hint")}</p></div>\n'
        f'<input type="hidden" name="seen" value="{attribute(view.seen)}">\n'
        f'<button type="submit">{_say(view, "submit")}</button>\n</form>\n'
    )


def _text(view: View) -> str:
    hints = [_say(view, "text.edit")] if view.draft else []
    if view.limit is not None:
        limit, unit = number(view.language, view.limit), _say(view, f"unit.{view.unit}")
        if view.length is None:
            hints.append(_say(view, "text.limit", limit=limit, unit=unit))
        else:
            length = number(view.language, view.length)
            hints.append(_say(view, "text.length", length=length, limit=limit, unit=unit))
    if codes := hidden(view.draft):
        hints.append(f"<strong>{_say(view, 'text.hidden', codes=', '.join(codes))}</strong>")
    return (
        f'<div class="field"><label class="heading" for="text">{_say(view, f"text.{view.kind}")}'
        '</label><textarea id="text" name="text" rows="5" dir="auto" aria-describedby="text-hint">'
        f'{area(view.draft)}</textarea><p class="hint" id="text-hint">{" ".join(hints)}</p></div>\n'
    )


def _mine(view: View) -> bool:
    return view.state == "acknowledged" and view.taken is not None and view.taken.yours


def _choice(view: View, action: Action) -> str:
    key = f"{action}.{view.kind}"
    key = key if has(view.language, key) else action
    return (
        f'<label class="choice"><input type="radio" name="action" value="{action}" required>'
        f"<span><b>{_say(view, key)}</b> "
        f"<small>{_say(view, f'{key}.hint')}</small></span></label>\n"
    )


def _why(view: View) -> str:
    """The reasons that somebody woken at night should read before anything else."""
    lines = worded(view.language, _foremost(view), _fact)
    if not lines:
        return ""
    return f'<ul class="why" aria-label="{_say(view, "why")}">{"".join(map(_reason, lines))}</ul>\n'


def _foremost(view: View) -> list[str]:
    if view.topic:
        return []
    return [text for text in _untold(view) if parse(text).code not in WRITTEN][:MAX_WHY]


def _untold(view: View) -> list[str]:
    """The reasons that the page does not say anyway: it has the hold, and a topic's figures."""
    reasons = telling(view.reasons)
    return [text for text in reasons if text != view.hold and parse(text).code != "burst"]


def _reason(line: Worded) -> str:
    detail = f" <small>{line.detail}</small>" if line.detail else ""
    return f"<li>{line.words}{detail}</li>"


def _fact(value: str) -> str:
    return isolated(shorten(value, MAX_FACT))


def _background(view: View) -> str:
    parts = []
    said = _foremost(view)
    rest = (text for text in _untold(view) if text not in said)
    if lines := worded(view.language, rest, _fact):
        reasons = "".join(map(_reason, lines[:MAX_FACTS]))
        parts.append(
            f"<details><summary>{_say(view, 'evidence')}</summary><ul>{reasons}</ul></details>"
        )
    if view.asked:
        asked = "".join(
            f"<li><span>{name(who)}</span> {_time(view, at)}</li>"
            for who, at in view.asked[-MAX_FACTS:]
        )
        parts.append(
            f'<details class="asked"><summary>{_say(view, "asked")}</summary>'
            f"<ol>{asked}</ol></details>"
        )
    return f'<section class="card more">{"".join(parts)}</section>\n' if parts else ""


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
            return isolated(shorten(words, MAX_LINE))
    [line] = worded(outcome.language, [outcome.reason], _fact)
    return f"{line.words} <small>{line.detail}</small>" if line.detail else line.words


def _of_an_answer(outcome: Outcome) -> bool:
    return outcome.kind in ("draft", "held")


def _decided(outcome: Outcome) -> str:
    if outcome.decision is None or outcome.decided_at is None:
        return ""
    closes = outcome.decision == "reject" and not _of_an_answer(outcome)
    verb = "close" if closes else outcome.decision
    who = ("now" if outcome.fresh else "you") if outcome.yours else "other"
    time = _time(outcome, outcome.decided_at)
    return f"<p>{_say(outcome, f'by.{verb}.{who}', name=name(outcome.by), time=time)}</p>\n"


def _footer(page: View | Outcome) -> str:
    return (
        f"<footer><p>{_say(page, 'private', name=name(page.approver))}</p>"
        f"<p>{_say(page, 'zone', zone=name(zone_name(page.time_zone)))}</p></footer>"
    )
