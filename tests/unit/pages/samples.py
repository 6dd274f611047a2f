"""Matters as approvers meet them, in each language of the pages."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from desk.escalation import Kind
from desk.mention import fingerprint
from desk.pages.texts import PageLanguage
from desk.pages.view import Asked, Line, Outcome, Person, Result, Speaker, Topic, View
from desk.pulse import Pulse

NOW = datetime(2027, 3, 8, 6, 5, tzinfo=UTC)

LANGUAGES: tuple[PageLanguage, ...] = ("zh-Hans", "zh-Hant", "en", "uk")
KINDS: tuple[Kind, ...] = get_args(Kind)
RESULTS: tuple[Result, ...] = (
    "approved", "rejected", "taken_over", "acknowledged", "resolved",
    "ready", "sending", "sent", "expired", "held", "failed", "unconfirmed",
)  # fmt: skip

WHY: dict[Kind, tuple[str, ...]] = {
    "draft": ("rule:leak|answer", "risk:sensitive", "unsure:0.30|0.55"),
    "help": ("severe_rule:leak",),
    "doubt": ("no_answer:TimeoutError",),
    "held": ("hold:brand|olena|PR-118",),
    "spike": ("burst:184|60|12.4", "chance:3e-09", "also:CL-300"),
    "opportunity": ("careful:tea",),
    "note": ("press",),
}


def _ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


_PEOPLE: dict[PageLanguage, dict[str, Any]] = {
    "zh-Hans": {
        "brand": "晨露净水",
        "approver": "陈思远",
        "channel": "weibo",
        "time_zone": "Asia/Shanghai",
        "reasons": ("negative:漏水", "complaint:漏水"),
        "asked": (Asked("林可", _ago(35)), Asked("陈思远", _ago(5))),
        "conversation": (
            Line("them", "厨房里的阿宝", "你们的滤芯换上才两天就漏水，柜子都泡坏了😡", _ago(190)),
            Line("us", "晨露净水", "您好，非常抱歉！方便告诉我们型号吗？", _ago(150)),
            Line(
                "them", "厨房里的阿宝", "CL-300。打了三次电话都没人接，你们到底管不管？", _ago(40)
            ),
        ),
        "draft": "阿宝您好，CL-300 漏水给您添麻烦了，真的很抱歉。我们已为您登记，"
        "维修师傅今天 18:00 前会与您电话联系，柜子的损失也由我们来核实赔付。",
        "topic": Topic("滤芯漏水", 184, 12.4, 60),
        "topic_word": "漏水",
    },
    "zh-Hant": {
        "brand": "晨露淨水",
        "approver": "林可欣",
        "channel": "line",
        "time_zone": "Asia/Taipei",
        "reasons": ("negative:漏水", "complaint:漏水"),
        "asked": (Asked("張雅筑", _ago(35)), Asked("林可欣", _ago(5))),
        "conversation": (
            Line("them", "小恩媽咪", "濾芯才換兩天就漏水，櫥櫃都泡壞了😡", _ago(190)),
            Line("us", "晨露淨水", "您好，非常抱歉！方便告訴我們型號嗎？", _ago(150)),
            Line("them", "小恩媽咪", "CL-300。打了三次電話都沒人接，到底有沒有人在管？", _ago(40)),
        ),
        "draft": "您好，CL-300 漏水造成您的困擾，真的很抱歉。我們已為您登記，"
        "維修人員今天 18:00 前會與您電話聯絡，櫥櫃的損失也會由我們核實賠償。",
        "topic": Topic("濾芯漏水", 184, 12.4, 60),
        "topic_word": "漏水",
    },
    "en": {
        "brand": "Morning Dew Filters",
        "approver": "Priya Nair",
        "channel": "x",
        "time_zone": "Europe/London",
        "reasons": ("negative:leaking", "complaint:leaking"),
        "asked": (Asked("Tom Ashby", _ago(35)), Asked("Priya Nair", _ago(5))),
        "conversation": (
            Line("them", "kitchen_annie", "New filter, two days old, and it leaks 😡", _ago(460)),
            Line("us", "Morning Dew Filters", "We are so sorry! Which model is it?", _ago(150)),
            Line(
                "them",
                "kitchen_annie",
                "CL-300. I have called three times and nobody answers. Does anyone care?",
                _ago(40),
            ),
        ),
        "draft": "Hello Annie, we are sorry that your CL-300 is leaking and that nobody picked up. "
        "A technician will call you before 18:00 today, and we will put right the damage to your "
        "cupboard.",
        "topic": Topic("Leaking filters", 184, 12.4, 60),
        "topic_word": "leak",
    },
    "uk": {
        "brand": "Ранкова роса",
        "approver": "Олена Ковальчук",
        "channel": "telegram",
        "time_zone": "Europe/Kyiv",
        "reasons": ("negative:протікає", "complaint:протікає"),
        "asked": (Asked("Андрій Мельник", _ago(35)), Asked("Олена Ковальчук", _ago(5))),
        "conversation": (
            Line("them", "Марічка з кухні", "Фільтру два дні, а він уже протікає 😡", _ago(560)),
            Line("us", "Ранкова роса", "Перепрошуємо! Підкажіть, будь ласка, модель?", _ago(150)),
            Line(
                "them",
                "Марічка з кухні",
                "CL-300. Тричі телефонувала, ніхто не бере слухавки. Комусь узагалі не байдуже?",
                _ago(40),
            ),
        ),
        "draft": "Вітаємо! Нам дуже шкода, що ваш CL-300 протікає. Майстер зателефонує вам "
        "сьогодні до 18:00, а збитки від пошкодження шафи ми відшкодуємо.",
        "topic": Topic("Протікання фільтрів", 184, 12.4, 60),
        "topic_word": "протікає",
    },
}


def view(kind: Kind = "draft", language: PageLanguage = "en", **change: Any) -> View:
    """An open matter of that kind; `change` replaces fields of it."""
    fields = dict(_PEOPLE[language])
    if kind != "spike":
        del fields["topic"]
    if kind in ("help", "spike", "note"):
        fields["draft"] = ""
    draft = fields["draft"]
    if kind == "spike":
        fields["conversation"] = tuple(
            line for line in fields["conversation"] if line.who == "them"
        )
    fields |= {
        "language": language,
        "kind": kind,
        "now": NOW,
        "reasons": WHY[kind] if kind == "spike" else (*WHY[kind], *fields["reasons"]),
        "risk": {"draft": "sensitive", "help": "severe", "spike": "severe"}.get(kind, "routine"),
        "category": "complaint",
        "seen": fingerprint(draft),
        "limit": 5000,
        "length": len(draft) if draft else None,
        "minutes_left": {"draft": 23.0, "help": 7.5, "spike": 325.0}.get(kind),
        "joined": 3 if kind == "help" else 0,
        "hold": WHY["held"][0] if kind == "held" else "",
        "scope": "topic:complaint",
        "others": (Person("tom", "Tom Ashby"), Person("lin", "林可")),
    }
    if kind != "spike":
        said = next(line for line in fields["conversation"] if line.who == "them")
        fields["speaker"] = Speaker(said.author, 12_400, verified=True, influence=61)
        fields["draft_language"] = language
        fields["pulse"] = Pulse(fields["topic_word"], (0, 1, 0, 2, 5, 9), 5.3, 0.8, "rising")
    del fields["topic_word"]
    return View(**fields | change)


def outcome(result: Result = "approved", language: PageLanguage = "en", **change: Any) -> Outcome:
    """What became of a draft; `change` replaces fields of it."""
    people = _PEOPLE[language]
    fields = {name: people[name] for name in ("brand", "approver", "channel", "time_zone")}
    fields |= {
        "language": language,
        "kind": "draft",
        "result": result,
        "now": NOW,
        "decision": "approve",
        "by": people["approver"],
        "yours": True,
        "decided_at": _ago(3),
        "text": people["draft"],
    }
    return Outcome(**fields | change)


def reasons_with(words: str) -> tuple[str, ...]:
    """Reasons of every make with `words` in all that is not ours."""
    return (
        words, f"also:{words}", f"negative:{words}", f"not_sent:{words}|{words}",
        f"hold:topic:{words}|{words}|{words}", f"stale:{words}", f"rule:{words}|{words}",
    )  # fmt: skip
