"""What a hold is about: the brand, a channel, or a topic under a name that people know.

brand
channel:<name>
topic:<id>                a category or a rule, and a watch of that id too
topic:watch:<id>          a watch: whatever has one of its words
topic:complaint:<aspect>  whatever complains of that, such as `delivery`
topic:word:<word>         whatever has that word, simplified and in lower case
"""

from collections.abc import Collection

from desk.grievances import COMPLAINT, aspect_of, is_grievance
from desk.playbook import Playbook

OF_THE_DESK = ("complaint", "crisis", "media", "person")
"""Categories that triage gives where no rule does."""
MAX_WORD = 40


class UnknownScope(ValueError):
    """No such scope; the argument says what there is."""


def covers(scope: str, channel: str, topics: Collection[str]) -> bool:
    """Whether a hold of `scope` is about something that would be said on `channel` about `topics`.

    Topics are those of a reply: its category, its rule, and `watch:`, `word:` and `complaint:` with
    a name. A word is found inside of longer ones: to stop too much is the safe mistake.
    """
    kind, _, name = scope.partition(":")
    if kind == "channel":
        return name == channel
    if kind != "topic" or not name:
        return scope == "brand"
    if not name.startswith("word:"):
        return name in topics or f"watch:{name}" in topics
    said = [topic.removeprefix("word:") for topic in topics if topic.startswith("word:")]
    parts = name.removeprefix("word:").split()
    return bool(parts) and all(any(part in word for word in said) for part in parts)


def of_topic(topic: str) -> str:
    """The scope of a topic as `desk.trends` names it: a watch, all complaints of one thing, however
    grave, or else a word.
    """
    if is_grievance(topic):
        return f"topic:{COMPLAINT}{aspect_of(topic)}"
    return f"topic:{topic}" if topic.startswith("watch:") else f"topic:word:{topic}"


def resolved(text: str, playbook: Playbook) -> str:
    """The scope that `text` means; raises UnknownScope where the playbook has no such name.

    The id of a watch may stand without `watch:`. A word has to be in the form that topics have.
    """
    kind, _, name = text.partition(":")
    what, _, word = name.partition(":")
    if text == "brand":
        return text
    if kind == "topic" and what == "word":
        if word.strip() and len(word) <= MAX_WORD and "|" not in word:
            return text
        raise UnknownScope(f"a word of 1 to {MAX_WORD} characters, without |, is wanted")
    watches = {watch.id for watch in playbook.watched}
    plain = {*categories(playbook), *(rule.id for rule in playbook.rules)}
    if kind == "topic":
        if is_grievance(name):
            return of_topic(name)
        if name in plain or (what == "watch" and word in watches):
            return text
        if name in watches:
            return f"topic:watch:{name}"
        raise UnknownScope(
            f"no topic {name!r}; there are the watches {_listed(watches)}, the categories "
            f"{_listed(categories(playbook))}, the rules' ids, complaint:ASPECT and word:WORD"
        )
    if kind == "channel":
        if name in playbook.accounts:
            return text
        raise UnknownScope(f"no channel {name!r}; there are {_listed(playbook.accounts)}")
    raise UnknownScope(f"no such scope: {text!r}; it is brand, channel:NAME or topic:NAME")


def categories(playbook: Playbook) -> tuple[str, ...]:
    """All categories that a mention of this brand can have, sorted."""
    ruled = {rule.category for rule in playbook.rules}
    return tuple(sorted({*OF_THE_DESK, *playbook.categories, *ruled}))


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "none"
