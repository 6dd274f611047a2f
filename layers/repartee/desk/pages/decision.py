"""The form with which a matter is decided: nothing in it is chosen beforehand."""

from desk.approval import ENDING, Action
from desk.pages.form import CHOICES, MAX_CODE, MAX_REASON
from desk.pages.markup import area, attribute, hidden, name, option
from desk.pages.parts import said, time
from desk.pages.texts import has, number
from desk.pages.view import View
from desk.pages.wording import category_name
from desk.reasons import parse
from desk.wire import Unit

HINTED: frozenset[Unit] = frozenset({"utf16", "bytes"})
"""Units of which no text has fewer than a browser counts: its own limit may be the platform's."""
MAX_NAMES = 20


def form(view: View) -> str:
    """The form with what this reader may do now."""
    choices = [action for action in CHOICES[view.kind] if _is_offered(view, action)]
    if not choices:
        return _standing(view)
    text = _text(view) if "approve" in choices else ""
    return (
        f'{_standing(view)}<form class="card decide" method="post" action="" autocomplete="off">\n'
        f'{text}<fieldset><legend class="heading">{said(view, "choose")}</legend>\n'
        f"{''.join(_choice(view, action) for action in choices)}</fieldset>\n"
        f"{_to(view) if 'hand_on' in choices else ''}"
        f"{_wrong(view) if _may_be_wrong(view, choices) else ''}"
        f'<div class="field reason">'
        f'<label class="heading" for="reason">{said(view, "reason")}</label>'
        f'<input id="reason" name="reason" maxlength="{MAX_REASON}" dir="auto" '
        f'value="{attribute(view.reason)}" aria-describedby="reason-hint">'
        f'<p class="hint" id="reason-hint">{said(view, "reason.hint")}</p></div>\n{_code(view)}'
        f'<input type="hidden" name="seen" value="{attribute(view.seen)}">\n'
        f'<button type="submit">{said(view, "submit")}</button>\n</form>\n'
    )


def is_mine(view: View) -> bool:
    """Whether the reader has taken it over."""
    return view.state == "acknowledged" and view.taken is not None and view.taken.yours


def _is_offered(view: View, action: Action) -> bool:
    if action in ENDING and not view.may_decide:
        return False
    match action:
        case "approve":
            return view.first_yes is None or not view.first_yes.yours
        case "take_over":
            return not is_mine(view)
        case "hand_on":
            return bool(view.others)
        case "hold_topic":
            return bool(view.scope) and parse(view.hold).code != "hold"
        case _:
            return True


def _standing(view: View) -> str:
    """What the reader should know of their say before they use it."""
    lines = []
    if not view.may_decide:
        risk = said(view, f"risk.{view.risk}")
        names = said(view, "comma").join(map(name, view.deciders[:MAX_NAMES]))
        lines.append(said(view, "not_yours", risk=risk))
        lines.append(said(view, "not_yours.who", names=names) if names else "")
    if view.two_persons:
        lines.append(said(view, "two_persons"))
    if view.first_yes is not None:
        key = "first_yes.you" if view.first_yes.yours else "first_yes.other"
        at = time(view, view.first_yes.at)
        lines.append(said(view, key, name=name(view.first_yes.name), time=at))
    if view.needs_code and view.may_decide and not view.code:
        lines.append(said(view, "code.needed"))
    told = "".join(f"<p>{line}</p>" for line in lines if line)
    return f'<div class="banner calm standing">{told}</div>\n' if told else ""


def _text(view: View) -> str:
    hints = [said(view, "text.edit")] if view.draft else []
    most = ""
    if view.limit is not None:
        limit, unit = number(view.language, view.limit), said(view, f"unit.{view.unit}")
        if view.length is None:
            hints.append(said(view, "text.limit", limit=limit, unit=unit))
        else:
            length = number(view.language, view.length)
            hints.append(said(view, "text.length", length=length, limit=limit, unit=unit))
        if view.unit in HINTED and (view.length or 0) <= view.limit:
            most = f' maxlength="{view.limit}"'
    if codes := hidden(view.draft):
        hints.append(f"<strong>{said(view, 'text.hidden', codes=', '.join(codes))}</strong>")
    language = f' lang="{attribute(view.draft_language)}"' if view.draft_language else ""
    return (
        f'<div class="field"><label class="heading" for="text">{said(view, f"text.{view.kind}")}'
        f'</label><textarea id="text" name="text" rows="5" dir="auto"{language}{most} '
        f'aria-describedby="text-hint">{area(view.draft)}</textarea>'
        f'<p class="hint" id="text-hint">{" ".join(hints)}</p></div>\n'
    )


def _choice(view: View, action: Action) -> str:
    key = f"{action}.{view.kind}"
    key = key if has(view.language, key) else action
    topic = category_name(view.language, view.category, name)
    topic = name(view.topic.title) if view.topic else topic
    return (
        f'<label class="choice"><input type="radio" name="action" value="{action}" required>'
        f"<span><b>{said(view, key, topic=topic)}</b> "
        f"<small>{said(view, f'{key}.hint', topic=topic)}</small></span></label>\n"
    )


def _to(view: View) -> str:
    names = "".join(
        f'<option value="{attribute(one.id)}">{option(one.name)}</option>' for one in view.others
    )
    return (
        f'<div class="field to"><label class="heading" for="to">{said(view, "hand_on.to")}</label>'
        f'<select id="to" name="to"><option value="">{said(view, "hand_on.none")}</option>{names}'
        "</select></div>\n"
    )


def _may_be_wrong(view: View, choices: list[Action]) -> bool:
    return "reject" in choices and view.kind in ("draft", "held") and bool(view.draft)


def _wrong(view: View) -> str:
    return (
        '<label class="choice wrong"><input type="checkbox" name="wrong" value="yes">'
        f"<span><b>{said(view, 'wrong')}</b> <small>{said(view, 'wrong.hint')}</small></span>"
        "</label>\n"
    )


def _code(view: View) -> str:
    if not view.code:
        return ""
    return (
        f'<div class="field code"><label class="heading" for="code">{said(view, "code")}</label>'
        f'<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" '
        f'maxlength="{MAX_CODE}" aria-describedby="code-hint">'
        f'<p class="hint" id="code-hint">{said(view, "code.hint")}</p></div>\n'
    )
