"""Which rules of a playbook match a mention."""

from collections.abc import Callable

from desk.mention import Reading
from desk.playbook import Playbook, Rule
from desk.query import matches, parse, subject

Matcher = Callable[[str, Reading, str], tuple[Rule, ...]]


def matcher(playbook: Playbook) -> Matcher:
    """A function of a text, its reading and its channel that finds the rules matching it.

    They come with the highest priority first, then by id. Raises QueryError for a rule whose query
    cannot be read: a playbook that was loaded has none.
    """
    order = sorted(playbook.rules, key=lambda rule: (-rule.priority, rule.id))
    compiled = [(rule, parse(rule.query)) for rule in order]

    def matching(text: str, reading: Reading, channel: str) -> tuple[Rule, ...]:
        about = subject(text, reading, channel)
        return tuple(rule for rule, query in compiled if matches(query, about))

    return matching
