"""The page on which an approver stops automation, or lets it go on: one form, nothing chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from desk.control import Hold
from desk.mention import fingerprint
from desk.pages.form import MAX_REASON, BadForm, fields_of, reason_of
from desk.pages.markup import attribute, document, isolated, name, plain, shorten
from desk.pages.texts import PageLanguage, clock, say, zone_name
from desk.pages.wording import scope_name
from desk.playbook import Playbook
from desk.scopes import categories
from desk.wire import iso

MAX_HOLDS = 50
MAX_WHY = 300

Notice = Literal["", "stopped", "released", "again", "why", "changed"]
"""What became of the form that was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that the page shows."""

    language: PageLanguage
    approver: str
    brand: str
    time_zone: str
    now: datetime
    holds: Sequence[Hold] | None
    """What is held; None where the record of it is missing."""
    channels: Sequence[str]
    topics: Mapping[str, str]
    """Scopes that can be stopped, by their titles; empty for one that the wording knows."""
    names: Mapping[str, str]
    """Names of approvers, by their ids."""
    notice: Notice = ""
    about: str = ""
    """The scope that the notice is about."""


class Order(NamedTuple):
    """What the form asks for."""

    does: Literal["stop", "release"]
    scope: str
    seen: str
    """Of a release, the hold that was shown."""
    reason: str


def topics_of(playbook: Playbook) -> dict[str, str]:
    """The topics that the page offers, watches first: scope → title."""
    watches = {f"topic:watch:{one.id}": one.title for one in playbook.watched}
    named = {
        f"topic:{one}": playbook.categories[one].title if one in playbook.categories else ""
        for one in categories(playbook)
    }
    return watches | named


def offered(playbook: Playbook | None) -> set[str]:
    """All scopes that the page offers to stop."""
    if playbook is None:
        return {"brand"}
    return {"brand", *(f"channel:{one}" for one in playbook.accounts), *topics_of(playbook)}


def mark(hold: Hold) -> str:
    """Names this very hold in a form: what was shown is what is released."""
    return fingerprint(hold.model_dump_json())


def parse_order(body: bytes) -> Order:
    """What a form post asks for; raises BadForm for whatever is not one choice of the page."""
    given = fields_of(body)
    does, _, scope = given.get("choice", "").partition(" ")
    reason = reason_of(given)
    match does:
        case "stop" if scope:
            return Order("stop", scope, "", reason)
        case "release":
            seen, _, scope = scope.partition(" ")
            if seen and scope:
                return Order("release", scope, seen, reason)
    raise BadForm("no choice", "choose")


def render(view: View) -> str:
    """The page: what is stopped, and the form."""
    notice = ""
    if view.notice:
        about = _scope(view, view.about) if view.about else ""
        words = say(view.language, f"brake.{view.notice}", scope=about)
        notice = f'<p class="notice" role="status">{words}</p>\n'
    body = (
        f'<header class="top short"><p class="brand">{name(view.brand)}</p></header>\n'
        f'<main class="short">\n{notice}<div class="intro">\n'
        f'<h1>{_say(view, "brake.title")}</h1>\n<p class="lead">{_say(view, "brake.lead")}</p>'
        f"</div>\n{_now(view)}{_form(view)}</main>\n"
        f"<footer><p>{_say(view, 'private', name=name(view.approver))}</p>"
        f"<p>{_say(view, 'zone', zone=name(zone_name(view.time_zone)))}</p></footer>"
    )
    return document(view.language, f"{_say(view, 'brake.title')} · {plain(view.brand, 80)}", body)


def told(language: PageLanguage, brand: str, scope: str, title: str) -> tuple[str, str]:
    """Subject and text of the message that confirms a stop by text message."""
    what = plain(title, 80) or scope_name(language, scope, lambda value: plain(value, 80))
    return "Repartee: stopped", say(language, "message.brake", brand=plain(brand, 80), scope=what)


def _say(view: View, key: str, **values: str) -> str:
    return say(view.language, key, **values)


def _scope(view: View, scope: str) -> str:
    title = view.topics.get(scope, "")
    return name(title) if title else scope_name(view.language, scope, name)


def _now(view: View) -> str:
    if view.holds is None:
        return f'<div class="banner"><p>{_say(view, "brake.lost")}</p></div>\n'
    if not view.holds:
        return f'<p class="banner calm">{_say(view, "brake.nothing")}</p>\n'
    rows = "".join(
        f'<li><p><b>{_scope(view, hold.scope)}</b></p><p class="hint">{_by(view, hold)}</p>'
        f"<p>{isolated(shorten(hold.reason, MAX_WHY))}</p></li>\n"
        for hold in view.holds[:MAX_HOLDS]
    )
    heading = f'<h2 id="now">{_say(view, "brake.now")}</h2>'
    stops = f'<ul class="stops">{rows}</ul>'
    return f'<section class="card" aria-labelledby="now">{heading}{stops}</section>\n'


def _by(view: View, hold: Hold) -> str:
    key = "brake.crisis" if hold.kind == "crisis" else "brake.by"
    shown = clock(view.language, hold.at, view.now, view.time_zone)
    time = f'<time datetime="{iso(hold.at.astimezone(UTC))}">{shown}</time>'
    return _say(view, key, by=name(view.names.get(hold.by, hold.by)), time=time)


def _form(view: View) -> str:
    if view.holds is None:
        return ""
    brand, hint = _say(view, "brake.stop.brand"), _say(view, "brake.stop.brand.hint")
    held = {hold.scope for hold in view.holds if hold.kind == "hold"}
    parts = [] if "brand" in held else [_choice("stop brand", brand, hint)]
    channels = [f"channel:{one}" for one in view.channels]
    for key, scopes in ("channels", channels), ("topics", [*view.topics]):
        choices = "".join(
            _choice(f"stop {one}", _scope(view, one)) for one in scopes if one not in held
        )
        if choices:
            summary = _say(view, f"brake.{key}")
            parts.append(f"<details><summary>{summary}</summary>{choices}</details>\n")
    for hold in view.holds[:MAX_HOLDS]:
        words = _say(view, "brake.release", scope=_scope(view, hold.scope))
        hint = _say(view, "brake.release.hint")
        parts.append(_choice(f"release {mark(hold)} {hold.scope}", words, hint))
    return (
        '<form class="card decide" method="post" action="" autocomplete="off">\n'
        f'<fieldset><legend class="heading">{_say(view, "brake.choose")}</legend>\n'
        f"{''.join(parts)}</fieldset>\n"
        f'<div class="field"><label class="heading" for="reason">{_say(view, "brake.reason")}'
        f'</label><input class="line-of-text" id="reason" name="reason" maxlength="{MAX_REASON}" '
        'dir="auto" aria-describedby="reason-hint">'
        f'<p class="hint" id="reason-hint">{_say(view, "brake.reason.hint")}</p></div>\n'
        f'<button type="submit">{_say(view, "brake.submit")}</button>\n</form>\n'
    )


def _choice(value: str, words: str, hint: str = "") -> str:
    more = f" <small>{hint}</small>" if hint else ""
    return (
        f'<label class="choice"><input type="radio" name="choice" value="{attribute(value)}" '
        f"required><span><b>{words}</b>{more}</span></label>\n"
    )
