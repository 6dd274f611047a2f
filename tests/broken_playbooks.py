"""Sixty and more ways to break the example brand's playbook, and what each is told."""

from pathlib import Path
from shutil import copytree
from typing import NamedTuple

from tests.conftest import ROOT

EXAMPLE = ROOT / "playbooks/xiaoman"


class Broken(NamedTuple):
    """A change to one file: `old` becomes `new`, or where `old` is empty `new` is all it says."""

    what: str
    file: str
    old: str
    new: str | bytes
    below: int | None
    """On which line the problem is, counted from the first that was changed; None for no line."""
    problem: str
    """How the one problem begins."""


def told(change: Broken) -> str:
    """How the one problem is told, with its file and its line."""
    if change.below is None:
        return f"{change.file}: {change.problem}"
    above = ""
    if change.old:
        above = (EXAMPLE / change.file).read_text("utf-8").partition(change.old)[0]
    return f"{change.file}:{above.count(chr(10)) + 1 + change.below}: {change.problem}"


def broken_copy(change: Broken, folder: Path) -> Path:
    """The example brand's folder below `folder`, with that change."""
    made = folder / "xiaoman"
    copytree(EXAMPLE, made)
    path = made / change.file
    if change.old:
        text = path.read_text("utf-8")
        assert change.old in text, change.what
        path.write_text(text.replace(change.old, str(change.new), 1), "utf-8")
    else:
        content = change.new
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return made


_BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
_EVENT = """\
events:
  - id: launch
    watch: snow-pear
    begins: 2027-03-01T20:00+08:00
    ends: 2027-03-01T20:30+08:00
    curve: [4, 9, 6]
    title: 雪梨白茶上新
"""
_RULE = """\
rules:
  - id: extra
    category: question
    priority: 299
    action: answer
    script: hours
    query: 月饼
    examples: {match: [有月饼吗], leave: [今天好冷]}
"""


def _rule(old: str, new: str, line: int, problem: str, what: str) -> Broken:
    """One more rule, with that change, in a file of its own."""
    assert old in _RULE, what
    return Broken(what, "x.yaml", "", _RULE.replace(old, new), line - 1, problem)


def _event(old: str, new: str, line: int, problem: str, what: str) -> Broken:
    """An event, with that change, in a file of its own."""
    assert old in _EVENT, what
    return Broken(what, "x.yaml", "", _EVENT.replace(old, new), line - 1, problem)


BROKEN = (
    # --------------------------------------------------------- files that are none
    Broken("a binary", "x.yaml", "", b"\x89PNG\r\n\x1a\n\x00", None, "not UTF-8 at byte 0"),
    Broken("UTF-16", "x.yaml", "", "name: x".encode("utf-16"), None, "not UTF-8 at byte 0"),
    Broken("GBK", "x.yaml", "", "names: [晓满]".encode("gbk"), None, "not UTF-8 at byte 8"),
    Broken("an empty file", "x.yaml", "", "", 0, "a file of a playbook begins with"),
    Broken("only remarks", "x.yaml", "", "# later\n", 0, "a file of a playbook begins"),
    Broken("a bare list", "x.yaml", "", "- a\n- b\n", 0, "a file of a playbook begins"),
    Broken("a bare text", "x.yaml", "", "hello\n", 0, "a file of a playbook begins"),
    Broken("JSON of a number", "x.yaml", "", "42", 0, "a file of a playbook begins"),
    Broken("too large", "x.yaml", "", b"#" * 10_000_000, None, "is larger than 1024 KB"),
    Broken("another ending", "x.yml", "", "names: [x]\n", None, "is not read: files end in .yaml"),
    Broken("a control character", "x.yaml", "", "a: b\n\x00", 1, "U+0000 is no character"),
    Broken("an alias bomb", "x.yaml", "", _BOMB, 1, "not YAML: * begins an alias: quote"),
    Broken("a deep nest", "x.yaml", "", "a: " + "[" * 5_000, 0, "nested too deeply"),
    Broken("a tab", "x.yaml", "", "names:\n\t- x\n", 1, "not YAML: found character '\\t'"),
    Broken("two documents", "x.yaml", "", "names: [x]\n---\nnames: [y]\n",
           1, "not YAML: but found another document: one file holds one"),
    Broken("half a file", "x.yaml", "", 'names:\n  - "x\n  - y\n',
           3, "not YAML: found unexpected end of stream: a quote or a bracket is not closed"),
    Broken("no bracket at the end", "x.yaml", "", "names: [x, y\n", 1, "not YAML: expected"),
    Broken("a stray colon", "x.yaml", "", "names: a: b\n",
           0, "not YAML: mapping values are not allowed here: put quotes around"),
    Broken("an object of Python's", "x.yaml", "", "names: !!python/name:os.system\n",
           0, "! begins a type of YAML's own: quote it"),
    Broken("a list for a name", "x.yaml", "", "[a, b]: c\n", 0, "a list or a mapping is no"),
    Broken("half an emoji", "x.yaml", "", 'names: ["\\ud83c"]\n', 0, "half a character"),
    # -------------------------------------------------- what comes twice or is unknown
    Broken("a key twice", "brand.yaml", "stale_minutes: 120",
           "stale_minutes: 120\nstale_minutes: 9", 1, "stale_minutes comes twice, first on line "),
    Broken("a section twice", "x.yaml", "", "stale_minutes: 3\n",
           0, "stale_minutes comes twice, first in brand.yaml, line "),
    Broken("an approver twice", "x.yaml", "", "approvers: {lin: {name: Lin}}\n",
           0, "approvers: lin comes twice, first in people.yaml, line "),
    _rule("id: extra", "id: ask-hours", 2, "ask-hours names 2 rules: one may have it",
          "a rule twice"),
    Broken("a topic twice", "limits.yaml", "id: politics", "id: celebrities",
           0, "celebrities names 2 topics: one may have it"),
    Broken("a section that is none", "x.yaml", "", "brnad: x\n", 0, "brnad is not known here"),
    Broken("what is near", "x.yaml", "", "dictionery: [x]\n",
           0, "dictionery is not known here; one of name, "),
    _rule("priority: 299", "priority: 299\n    prio: 3", 5, "prio is not known here",
          "a key of none"),
    _rule("category: question", "category: questoin", 3,
          "rule extra: no category questoin: question is meant, perhaps", "no such category"),
    Broken("the version", "x.yaml", "", "version: 7\n", 0, "version is not written here"),
    Broken("an owner who is not there", "categories.yaml", "owner: olena", "owner: olenna",
           0, "no approver, rota or policy olenna: olena is meant, perhaps"),
    Broken("a policy that is not there", "watches.yaml", "policy: crisis", "policy: crises",
           0, "watch lid-leak: no policy crises"),
    Broken("an approver who is not there", "people.yaml", "{ask: [desk]", "{ask: [dusk]",
           -1, "policy default: no approver dusk"),
    Broken("no default policy", "people.yaml", "  default:\n", "  usual:\n",
           -1, "policies: one must be called default"),
    Broken("a channel that is not there", "voices.yaml", "  wechat:", "  wechta:",
           0, "no account on wechta: wechat is meant, perhaps"),
    Broken("a platform that is not there", "x.yaml", "", "platforms: {line: lime}\n",
           0, "no platform lime: line is meant, perhaps"),
    # --------------------------------------------------------------- the wrong shape
    Broken("a list for names", "x.yaml", "", "categories: [question]\n",
           0, "categories comes twice, first in categories.yaml, line "),
    Broken("names for a list", "x.yaml", "", "names: {晓满: 1}\n",
           0, "names comes twice, first in brand.yaml, line "),
    Broken("names for a list of rules", "x.yaml", "", "watches: {lid: 漏水}\n",
           0, "watches comes twice, first in watches.yaml, line "),
    Broken("a text for a list", "limits.yaml", "domains: [xiaoman.example]", "domains: x.example",
           0, "domains: a list belongs here"),
    Broken("nothing for a list", "limits.yaml", "domains: [xiaoman.example]", "domains:",
           0, "domains: a list belongs here"),
    Broken("a list for a mapping", "limits.yaml", "  wait_seconds: 0\n  burst_seconds: 120",
           "  - 0", -1, "pace: names belong here"),
    Broken("a word for a number", "limits.yaml", "author: 5", "author: five",
           0, "author: should be a valid integer"),
    Broken("a number out of range", "limits.yaml", "author: 5", "author: 0",
           0, "author: should be greater than or equal to 1, and is 0"),
    Broken("no end", "brand.yaml", "stale_minutes: 120", "stale_minutes: inf",
           0, "stale_minutes: should be a finite number"),
    Broken("a tier that is none", "limits.yaml", "severe: lead", "severe: boss",
           0, "'boss' will not do: should be 'automatic', 'operator', 'lead'"),
    Broken("a risk that is none", "limits.yaml", "severe: lead", "grave: lead",
           0, "'grave' will not do: should be 'routine'"),
    _rule("    examples: {match: [有月饼吗], leave: [今天好冷]}\n", "", 2, "examples is missing",
          "no examples"),
    _rule("leave: [今天好冷]", "leave: []", 8, "leave: at least one belongs here", "no leave"),
    _rule("match: [有月饼吗]", "match: [12]", 8, "match: should be a valid string, and is 12",
          "a number for a text"),
    _rule("match: [有月饼吗]", "match: [{txt: 有月饼吗}]", 8,
          "txt is not known here; one of text, channel, language, author, influence is: text",
          "a typo"),
    # ------------------------------------------------------------------ what rules say
    _rule("query: 月饼", "query: /(月|饼/", 7,
          "rule extra: query, column 2: not an expression of RE2", "no expression"),
    _rule("query: 月饼", r"query: /月(a{1,1000}){1,1000}/", 7,
          "rule extra: query, column 5: not an expression of RE2", "an expression too large"),
    _rule("query: 月饼", "query: 月饼 AND", 7, "rule extra: query, column", "half a query"),
    _rule("query: 月饼", f"query: {'月饼 OR ' * 2_000}月饼", 7, "rule extra: query, column",
          "a query too long"),
    _rule("match: [有月饼吗]", "match: [有粽子吗]", 8, "rule extra does not match '有粽子吗'",
          "an example that fails"),
    _rule("script: hours", "script: hour", 6, "rule extra: no script hour", "no such script"),
    _rule("priority: 299", "priority: 299\n    risk: severe", 6, "rule extra: what is severe goes",
          "severe and answered"),
    _rule("priority: 299", "priority: 299\n    scope: {channels: [lime]}", 5,
          "no account on lime: line is meant, perhaps", "a scope elsewhere"),
    _rule("priority: 299", "priority: 299\n    scope: {influence_from: 60, influence_to: 9}", 5,
          "rule extra: from 60 to 9 is no range", "a scope of nothing"),
    _rule("query: 月饼", "scope: {authors: [verified]}\n    query: 月饼", 9,
          "rule extra does not match '有月饼吗', read as zh-Hans, neutral, question, as it is",
          "an example beyond its scope"),
    _rule("priority: 299", "priority: 299\n    evidence: {matches: 49, agreed: 49, by: Lin, "
          "on: 2026-11-01, source: pilot}", 5, "rule extra: 49 matches prove nothing", "too few"),
    _rule("priority: 299", "priority: 299\n    evidence: {matches: 100, agreed: 94, by: Lin, "
          "on: 2026-11-01, source: pilot}", 5, "rule extra: 94% agreed: 95% are", "too little"),
    Broken("a conflict", "a.yaml", "", _RULE.replace("299", "305").replace("hours", "where")
           .replace("月饼", "几点开门").replace("有几点开门吗", "你们几点开门"),
           7, "'你们几点开门': ask-hours answers with hours, extra answers with where, both"),
    # ---------------------------------------------------------------- what scripts say
    Broken("a blank that is none", "scripts.yaml", "$author 您好，这里是",
           "$user 您好，这里是", 0, "script hello: no $user: there is $author and $brand"),
    Broken("a price in dollars", "scripts.yaml", "Hello, we're here.", "Hello, from $5.",
           0, "script hello: a $ begins $author or $brand"),
    Broken("a forbidden word", "scripts.yaml", "您好呀，我在的。", "您好呀，我們是國家級的。",
           0, "script hello: says 国家级, which is among the forbidden words"),
    Broken("a link elsewhere", "scripts.yaml", "Hello, we're here.", "Hello, see bit.ly/tea.",
           0, "script hello: links to bit.ly, which is not among the domains"),
    Broken("too long for a channel", "x.yaml", "",
           "scripts:\n  - id: long\n    variants: {zh-Hans: [" + "长" * 1000 + "]}\n",
           2, "script long: "),
    Broken("a domain that is none", "limits.yaml", "[xiaoman.example]", "[https://xiaoman.example/]",
           0, "'https://xiaoman.example/' is no domain: write it as in example.com"),
    Broken("a word that is none", "limits.yaml", "[选举, 总统", '[选举, "\\u200b", 总统',
           0, "'\\u200b' has nothing that can be seen"),
    Broken("allowed and forbidden", "limits.yaml", "[选举, 总统", "[选举, 露营, 总统",
           0, "露营 is among the words of what is allowed, too"),
    # ------------------------------------------------------------------- moments to join in
    Broken("a topic that is none", "moments.yaml", "topics: [outings]", "topics: [outing]",
           0, "format take-it-along: no allowed topic outing"),
    Broken("a post with another blank", "moments.yaml", "$topic。云朵杯", "$place。云朵杯",
           0, "format warm-hands: no $place: there is $topic and $brand"),
    Broken("a post with a forbidden word", "moments.yaml", "$topic。云朵杯", "$topic。最佳云朵杯",
           0, "format warm-hands: says 最佳, which is among the forbidden words"),
    Broken("moments of no policy", "moments.yaml", "policy: default", "policy: night",
           0, "no policy night: there is default"),
    Broken("a channel without posts", "moments.yaml", "[standard, line, telegram]",
           "[standard, wechat]", 0, "nothing can be published on wechat"),
    Broken("a channel that is none", "moments.yaml", "[standard, line, telegram]",
           "[standard, x]", 0, "no account on x: there is"),
    # ------------------------------------------------------------ times, days and people
    Broken("a time zone that is none", "people.yaml", "Europe/Kyiv", "Europe/Kyyiv",
           0, "'Europe/Kyyiv' is no time zone of the IANA database: Europe/Kyiv is"),
    Broken("the brand's time zone", "hours.yaml", "Asia/Shanghai", "GMT+8:00",
           0, "'GMT+8:00' is no time zone of the IANA database: one is such as"),
    Broken("no span", "hours.yaml", "mon: [09:00-21:00]", "mon: [9-21]",
           0, "mon: a span of hours is written as in 09:00-18:30, and here is '9-21'"),
    Broken("a span that ends first", "hours.yaml", "mon: [09:00-21:00]", "mon: [21:00-09:00]",
           0, "21:00-09:00 ends before it begins"),
    Broken("spans that overlap", "hours.yaml", "10:00-13:00, 14:00-", "10:00-13:00, 12:00-",
           0, "12:00-18:00 begins before the span in front of it ends"),
    Broken("a holiday that ends first", "hours.yaml", "until: 2027-02-06", "until: 2027-02-03",
           0, "除夕、春节 · Spring Festival ends on 2027-02-03, before it begins"),
    Broken("holidays that overlap", "hours.yaml", "until: 2027-02-06", "until: 2027-02-07",
           1, "春节假期 · Spring Festival, 2027-02-07, is also 除夕"),
    Broken("no day", "hours.yaml", "on: 2027-06-09", "on: 2027-06-31",
           0, "on: a day is written as in 2027-02-06, and here is '2027-06-31'"),
    Broken("never open", "hours.yaml", "mon: [09:00-21:00]", "mun: [09:00-21:00]",
           0, "'mun' will not do: should be 'mon'"),
    Broken("a rota that asks a rota", "people.yaml", "people: [james]", "people: [desk]",
           -4, "rota desk: no approver desk"),
    Broken("a swap that ends first", "people.yaml", "end: \"2026-12-26 23:00\"",
           "end: \"2026-12-20 23:00\"", 0, "swaps: end 2026-12-20 23:00:00 is not after start"),
    Broken("a rota like an approver", "x.yaml", "",
           "rotas: {lin: {time_zone: UTC, shifts: [{people: [james], since: 2026-11-02}]}}\n",
           0, "rota lin: an approver has that name"),
    Broken("a shift that is misspelt", "people.yaml", "turn_days: 7", "turn_day: 7",
           0, "turn_day is not known here; one of people, since, until, turn_days, week"),
    Broken("severe by itself", "limits.yaml", "severe: lead", "severe: automatic",
           0, "what is severe goes to a person"),
    # ------------------------------------------------------------------- planned events
    _event("watch: snow-pear", "watch: snow-peer", 3,
           "event launch: no watch snow-peer: snow-pear is meant, perhaps", "no such watch"),
    _event("    watch: snow-pear\n", "", 2, "event launch: a watch stands for it, or words",
           "an event of nothing"),
    _event("watch: snow-pear", 'words: ["\\u200b"]', 3, "'\\u200b' has nothing that can be seen",
           "an event of no words"),
    _event("curve: [4, 9, 6]", "words: [上新]", 6, "event launch: the watch snow-pear has",
           "an event of both"),
    _event("id: launch\n    watch: snow-pear", "id: snow-pear\n    words: [上新]", 2,
           "event snow-pear: a watch is called snow-pear", "an event like a watch"),
    _event("id: launch", "id: anniversary", 2, "anniversary names 2 events: one may have it",
           "an event twice"),
    _event("ends: 2027-03-01T20:30+08:00", "ends: 2027-03-01T19:30+08:00", 5,
           "event launch: ends 2027-03-01 19:30, before it begins", "an event that ends first"),
    _event("ends: 2027-03-01T20:30+08:00", "ends: 2027-03-05T20:30+08:00", 5,
           "event launch: lasts more than 3 days", "an event of a week"),
    _event("begins: 2027-03-01T20:00+08:00", "begins: 2027-03-01T20:00", 4,
           "begins: a time has its zone, as in 2026-11-10T20:00+08:00", "a time without a zone"),
    _event("begins: 2027-03-01T20:00+08:00", "begins: 2027-02-31", 4,
           "begins: a time is written as in 2026-11-10T20:00+08:00", "a time that is none"),
    _event("curve: [4, 9, 6]", "curve: [4, -9, 6]", 6, "curve: should be greater than or equal",
           "less than nobody"),
    _event("curve: [4, 9, 6]", "curve: [4, 9, 6]\n    last_year: 2026-03-01T20:00+08:00", 6,
           "event launch: last_year says where its curve comes from", "two last years"),
    _event("curve: [4, 9, 6]", "last_year: 2027-03-02T20:00+08:00", 6,
           "event launch: last_year is not before it begins", "a last year to come"),
    _event("curve: [4, 9, 6]", "curve: [4, 9, 6]\n    open_room: true", 7,
           "open_room is not known here", "an event's misspelt key"),
    Broken("two events at once", "x.yaml", "", _EVENT + _EVENT.partition("\n")[2]
           .replace("launch", "second").replace("20:30", "20:10"),
           9, "event second: launch is on then, too: a watch has one at a time"),
)  # fmt: skip
