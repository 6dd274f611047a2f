"""The page on which an approver reads a matter and decides it."""

from collections.abc import Sequence
from datetime import timedelta

from desk.pages.decision import form, is_mine
from desk.pages.form import DONE
from desk.pages.markup import attribute, document, isolated, name, shorten
from desk.pages.parts import fact, footer, hold, said, time, title
from desk.pages.texts import counted, duration, number, window
from desk.pages.view import Line, View
from desk.pages.wording import Worded, category_name, channel_name, worded
from desk.reasons import WRITTEN, parse, telling

SOON = 10
"""Minutes left from which the page warns."""
MAX_LINES = 20
MAX_LINE = 2_000
MAX_TALK = 5_000
"""Characters of a conversation that a page shows, the newest first: pages stay below 100 KB."""
MAX_WHY = 3
"""Reasons that stand at the top of a page; the others are below the decision."""
MAX_FACTS = 12


def render(view: View) -> str:
    """The page of a matter, with a form for as long as its reader may decide it."""
    lead = f'<p class="lead">{said(view, f"{view.kind}.lead")}</p>\n'
    due, decision = _due(view), ""
    if view.state == "acknowledged" and not is_mine(view):
        lead = due = ""
    elif view.state == "resolved" or (view.minutes_left is not None and view.minutes_left <= 0):
        decision = f'<p class="banner">{said(view, "over")}</p>\n'
    else:
        decision = form(view)
    if not view.may_decide:
        lead = ""
    if decision:
        decision = f'<div class="column say">\n{decision}</div>\n'
    body = (
        f'<header class="top"><p class="brand">{name(view.brand)}</p>{due}</header>\n'
        f'<main>\n{_notice(view)}<div class="intro">\n'
        f"<h1>{said(view, f'{view.kind}.title')}</h1>\n{lead}{_why(view)}{_facts(view)}"
        f"{_pulse(view)}</div>\n"
        f'{_taken(view)}{hold(view)}<div class="{"columns" if decision else "column"}">\n'
        f'<div class="column said-here">\n{_spike(view)}{_talk(view)}</div>\n'
        f"{decision}{_background(view)}</div>\n</main>\n{footer(view)}"
    )
    return document(view.language, title(view, f"{view.kind}.title"), body)


def _due(view: View) -> str:
    left = view.minutes_left
    if left is None or view.state == "resolved":
        return ""
    if left <= 0:
        return f'<p class="due over"><strong>{said(view, "left.over")}</strong></p>'
    words = (
        said(view, "left.none")
        if left < 1
        else said(view, "left", time=duration(view.language, left))
    )
    deadline = time(view, view.now + timedelta(minutes=left))
    return (
        f'<p class="due{" soon" if left <= SOON else ""}"><strong>{words}</strong> '
        f"<span>{said(view, 'due', time=deadline)}</span></p>"
    )


def _notice(view: View) -> str:
    if not view.notice:
        return ""
    kind = "notice good" if view.notice in DONE else "notice"
    return f'<p class="{kind}" role="status">{said(view, f"notice.{view.notice}")}</p>\n'


def _facts(view: View) -> str:
    colon = said(view, "colon")
    facts = [
        f'<li class="{view.risk}">{said(view, "risk")}{colon}{said(view, f"risk.{view.risk}")}</li>'
    ]
    if view.category:
        category = category_name(view.language, view.category, name)
        facts.append(f"<li>{said(view, 'category')}{colon}{category}</li>")
    if view.channel:
        names = [channel_name(view.language, one, name) for one in (view.channel, *view.copies)]
        facts.append(f"<li>{said(view, 'channel')}{colon}{said(view, 'comma').join(names)}</li>")
    facts += _speaker(view)
    return f'<ul class="facts">{"".join(facts)}</ul>\n'


def _speaker(view: View) -> list[str]:
    """How far who said it is heard."""
    who, colon = view.speaker, said(view, "colon")
    if who is None:
        return []
    facts = []
    if who.followers is not None:
        facts.append(f"{said(view, 'followers')}{colon}{number(view.language, who.followers)}")
    if who.verified:
        facts.append(said(view, "verified"))
    if who.influence is not None:
        score = said(view, "influence.of", n=str(who.influence))
        facts.append(f"{said(view, 'influence')}{colon}{score}")
    return [f"<li>{one}</li>" for one in facts]


def _pulse(view: View) -> str:
    """How loud the topic is and how that moves: in words, and as a line of bars."""
    pulse = view.pulse
    if pulse is None:
        return ""
    now, moves = number(view.language, pulse.now), said(view, f"pulse.{pulse.moves}")
    about = name(view.topic.title if view.topic else pulse.topic)
    if pulse.usual is None:
        words = said(view, "pulse.new", topic=about, now=now, moves=moves)
    else:
        usual = number(view.language, pulse.usual)
        words = said(view, "pulse.line", topic=about, now=now, usual=usual, moves=moves)
    most, wide = max(pulse.drawn), len(pulse.drawn)
    bars = "".join(
        f'<rect x="{x}" y="{1 - count / most:.2f}" width=".8" height="{count / most:.2f}"></rect>'
        for x, count in enumerate(pulse.drawn)
        if count
    )
    return (
        f'<div class="pulse"><p>{words}</p><svg viewBox="0 0 {wide} 1" preserveAspectRatio="none" '
        f'aria-hidden="true">{bars}</svg></div>\n'
    )


def _taken(view: View) -> str:
    if view.state != "acknowledged" or view.taken is None:
        return ""
    key = "taken.you" if view.taken.yours else "taken.other"
    words = said(view, key, name=name(view.taken.name), time=time(view, view.taken.at))
    return f'<p class="banner calm">{words}</p>\n'


def _spike(view: View) -> str:
    topic = view.topic
    if topic is None:
        return ""
    most = max(topic.people, topic.usual, 1)
    length = window(view.language, topic.window_minutes)
    rows = [
        f'<div class="{kind}"><dt>{said(view, f"spike.{kind}", window=length)}</dt>'
        f"<dd>{number(view.language, value)}</dd>"
        '<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{100 * value / most:.1f}" height="1"></rect></svg></div>'
        for kind, value in (("now", topic.people), ("usual", topic.usual))
    ]
    times = (
        f'<p class="times">{said(view, "spike.times", times=ratio)}</p>'
        if topic.usual > 0 and (ratio := number(view.language, topic.people / topic.usual))
        else ""
    )
    return (
        f'<section class="card" aria-labelledby="topic"><h2 id="topic">{name(topic.title)}</h2>'
        f'<p class="hint">{said(view, "spike.unit")}</p>'
        f'<dl class="figures">{"".join(rows)}</dl>{times}</section>\n'
    )


def _talk(view: View) -> str:
    if not view.conversation and not view.joined:
        return ""
    lines = _newest(view.conversation)
    earlier = len(view.conversation) - len(lines)
    heading = {"spike": "spike.examples", "opportunity": "opportunity.seen"}.get(view.kind, "talk")
    parts = [
        f'<section class="card" aria-labelledby="talk"><h2 id="talk">{said(view, heading)}</h2>'
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
    author = name(line.author) if line.author else said(view, "talk.unknown")
    text = shorten(line.text, MAX_LINE)
    words = isolated(text) if text.strip() else said(view, "talk.empty")
    language = f' lang="{attribute(line.language)}"' if line.language else ""
    cut = f'<p class="hint">{said(view, "talk.shortened")}</p>' if text != line.text else ""
    return (
        f'<li class="line {line.who}">'
        f'<p class="who">{author} {time(view, line.at)}{_link(view, line)}</p>'
        f'<p class="said"{language}>{words}</p>{cut}</li>\n'
    )


def _link(view: View, line: Line) -> str:
    """Where a line stands, for a moment alone: there people have to see what they would join."""
    if view.kind != "opportunity" or not line.link.startswith(("https://", "http://")):
        return ""
    return f' <a href="{attribute(line.link)}" rel="noreferrer">{said(view, "talk.link")}</a>'


def _why(view: View) -> str:
    """The reasons that somebody woken at night should read before anything else."""
    lines = worded(view.language, _foremost(view), fact)
    if not lines:
        return ""
    return f'<ul class="why" aria-label="{said(view, "why")}">{"".join(map(_reason, lines))}</ul>\n'


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


def _background(view: View) -> str:
    parts = []
    foremost = _foremost(view)
    rest = (text for text in _untold(view) if text not in foremost)
    if lines := worded(view.language, rest, fact):
        reasons = "".join(map(_reason, lines[:MAX_FACTS]))
        parts.append(
            f"<details><summary>{said(view, 'evidence')}</summary><ul>{reasons}</ul></details>"
        )
    if view.asked:
        asked = "".join(
            f"<li><span>{name(who)}</span> {time(view, at)}</li>"
            for who, at in view.asked[-MAX_FACTS:]
        )
        parts.append(
            f'<details class="asked"><summary>{said(view, "asked")}</summary>'
            f"<ol>{asked}</ol></details>"
        )
    return f'<section class="card more">{"".join(parts)}</section>\n' if parts else ""
