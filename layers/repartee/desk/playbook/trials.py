"""Trying a playbook on its own examples: does each rule do as it says, and do rules agree?"""

from collections.abc import Callable, Iterator, Sequence

from desk.conditions import Subject, matches, subject
from desk.language import Understood
from desk.mention import Author
from desk.playbook import Example, Playbook, Rule
from desk.playbook.part import Finding, Place
from desk.query import parse
from desk.rules import in_scope, matcher

Understand = Callable[[str, str], Understood]


def trials(playbook: Playbook, understand: Understand) -> Iterator[Finding]:
    """Examples that a rule treats otherwise than it says, and rules that disagree about one.

    An example is tried on each of the brand's channels, unless it names its own: it is matched
    where one of them is. Queries have to be valid.
    """
    match = matcher(playbook)
    disagreeing: set[frozenset[str]] = set()
    for number, rule in enumerate(playbook.rules):
        query = parse(rule.query)
        for kind, texts in (("match", rule.examples.match), ("leave", rule.examples.leave)):
            for position, written in enumerate(texts):
                example = Example(text=written) if isinstance(written, str) else written
                place: Place = ("rules", number, "examples", kind, position)
                understood = understand(example.text, example.language)
                abouts = _subjects(example, understood, playbook)
                fit = [about for about in abouts if matches(query, about)]
                hits = any(in_scope(rule.scope, about) for about in fit)
                if hits != (kind == "match"):
                    does = "does" if hits else "does not"
                    beyond = ", as it is outside of its scope" if fit and not hits else ""
                    message = f"rule {rule.id} {does} match {example.text!r}, {_read(understood)}"
                    yield Finding(place, message + beyond)
                for about in abouts:
                    yield from _conflicts(match(about), example.text, place, disagreeing)


def _subjects(example: Example, understood: Understood, playbook: Playbook) -> list[Subject]:
    verified, bot = example.author == "verified", example.author == "bot"
    author = Author(id="", verified=verified or None, bot=bot or None)
    channels = (example.channel,) if example.channel else ("", *playbook.accounts)
    return [
        subject(
            example.text,
            understood.reading,
            channel,
            plain=understood.plain,
            author=author,
            influence=example.influence,
        )
        for channel in channels
    ]


def _read(understood: Understood) -> str:
    reading = understood.reading
    wants = "+".join(reading.intents) or "nothing"
    return f"read as {reading.language}, {reading.sentiment}, {wants}"


def _conflicts(
    rules: Sequence[Rule], text: str, place: Place, known: set[frozenset[str]]
) -> Iterator[Finding]:
    """Of `rules` that match `text`, what the first one and another would do otherwise.

    Rules of one priority that both would decide may not disagree. Of several priorities the highest
    decides, which is worth knowing where the other would say something. Each pair is told once, as
    `known` has those that were told.
    """
    for other in rules[1:]:
        first = rules[0]
        pair = frozenset((first.id, other.id))
        if (first.action, first.script) == (other.action, other.script) or pair in known:
            continue
        known.add(pair)
        both = f"{text!r}: {first.id} {does(first)}, {other.id} {does(other)}"
        if first.priority == other.priority:
            message = f"{both}, both at priority {first.priority}: give one of them a higher one"
            yield Finding(place, message)
        elif first.script and other.script:
            message = f"{both}; {first.id} decides, by {first.priority} to {other.priority}"
            yield Finding(place, message, "note")


def does(rule: Rule) -> str:
    """What a rule does, in words: answers with hours."""
    verb = {"answer": "answers", "escalate": "escalates", "record": "records", "ignore": "ignores"}
    script = f" with {rule.script}" if rule.script else ""
    return f"{verb[rule.action]}{script}"
