"""`repartee match`: which rules match which texts, with no AWS anywhere."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from cli import console, jsonl, lined_yaml
from cli.playbook_files import PlaybookError, Problem, load
from desk.conditions import Query, QueryError, Subject, asked, subject
from desk.mention import Author, Reading
from desk.playbook import Scope
from desk.query import parse
from desk.rules import finder, in_scope
from desk.wire import Undecodable

READ = {"language", "sentiment", "intent", "tone", "aspect"}
"""Fields whose values come from reading the text."""


_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "followers": ((int,), "whole number"),
    "influence": ((int, float), "number"),
    "verified": ((bool,), "true or false"),
    "links": ((list,), "list of texts"),
    "hashtags": ((list,), "list of texts"),
}
"""What a line may tell besides texts."""


class Rules(NamedTuple):
    """Rules in the order in which they are named, and the words that a brand wants kept whole."""

    queries: dict[str, Query]
    dictionary: tuple[str, ...] = ()
    scopes: dict[str, Scope] = {}  # noqa: RUF012


def match(
    rules: Annotated[
        Path,
        typer.Argument(
            help="A playbook's folder; a YAML file of rules, of which `id` and `query` count; or a "
            "text file with one `id: query` a line, where # begins a comment."
        ),
    ],
    file: Annotated[
        str,
        typer.Argument(
            help="JSONL; each line an object with `id` and `text`, and what else is known: "
            "`channel`, `language`, `author`, `author_id`, `followers`, `verified`, `links`, "
            "`hashtags`, `influence`. - is stdin."
        ),
    ] = "-",
) -> None:
    """Find the rules that match each text.

    Prints a JSON line with `id` and `rules` for each: in a playbook the highest priority comes
    first, otherwise rules keep the order of their file. Texts are read for feeling and intents only
    where a rule asks. A line that cannot be read is named on stderr; the rest goes on, and the
    command ends with status 1. Rules that cannot be read end it at once, with status 2.
    """
    try:
        loaded = rules_of(rules)
    except PlaybookError as error:
        problems = "; ".join(map(str, error.problems))
        console.fail(f"no valid rules in {console.plain(str(rules))}: {console.plain(problems)}")
    except OSError as error:
        console.fail(f"{console.plain(str(rules))}: {error.strerror}")
    if jsonl.answer_each(file, "matching", _answer(loaded)):
        raise typer.Exit(1)


def rules_of(path: Path) -> Rules:
    """The rules in a playbook's folder, a YAML file, or a text of lines `id: query`.

    Raises PlaybookError with everything that is wrong, and OSError.
    """
    if path.is_dir():
        playbook = load(path)
        order = sorted(playbook.rules, key=lambda rule: (-rule.priority, rule.id))
        queries = {rule.id: parse(rule.query) for rule in order}
        return Rules(queries, playbook.dictionary, {rule.id: rule.scope for rule in order})
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlaybookError([Problem(path.name, 0, f"not UTF-8 at byte {error.start}")]) from None
    problems: list[Problem] = []
    written = _from_yaml if path.suffix in (".yaml", ".yml") else _from_lines
    rows = [*written(text, path.name, problems)]
    times = Counter(name for _, name, _ in rows)
    queries = {}
    for line, name, query in rows:
        if times[name] > 1:
            problems.append(Problem(path.name, line, f"{name} names {times[name]} rules"))
        try:
            queries[name] = parse(query)
        except QueryError as error:
            problems.append(Problem(path.name, line, f"rule {name}: query, {error}"))
    if not rows and not problems:
        problems.append(Problem(path.name, 0, "holds no rule"))
    if problems:
        raise PlaybookError(problems)
    return Rules(queries)


def _from_yaml(text: str, file: str, problems: list[Problem]) -> Iterator[tuple[int, str, str]]:
    content = lined_yaml.read(text)
    problems += [Problem(file, *fault) for fault in content.faults]
    rules = content.value.get("rules") if isinstance(content.value, dict) else None
    if not isinstance(rules, list):
        if not content.faults:
            problems.append(Problem(file, 1, "a file of rules begins with rules:"))
        return
    for number, rule in enumerate(rules):
        line = content.lines.get(("rules", number), 0)
        match rule:
            case {"id": str(name), "query": str(query)}:
                yield content.lines.get(("rules", number, "query"), line), name, query
            case _:
                problems.append(Problem(file, line, "a rule has an id and a query"))


def _from_lines(text: str, file: str, problems: list[Problem]) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        name, colon, query = line.partition(":")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if colon and name.strip():
            yield number, name.strip(), query
        else:
            problems.append(Problem(file, number, "not id: query"))


def _answer(rules: Rules) -> Callable[[dict[str, Any]], dict[str, Any]]:
    scopes = {name: rules.scopes.get(name, Scope()) for name in rules.queries}
    names = [*scopes]
    find = finder([*rules.queries.values()])
    read: Callable[[str, str], Reading] = _unread
    spoken = any(scope.languages for scope in scopes.values())
    if spoken or any(asked(query) & READ for query in rules.queries.values()):
        from desk.language import reader  # its dictionary takes long to load

        read = reader(rules.dictionary)

    def answer(row: dict[str, Any]) -> dict[str, Any]:
        about = _subject(row, read)
        found = [names[number] for number in find(about)]
        return {"id": row["id"], "rules": [it for it in found if in_scope(scopes[it], about)]}

    return answer


def _unread(text: str, hint: str) -> Reading:
    return Reading()


def _subject(row: dict[str, Any], read: Callable[[str, str], Reading]) -> Subject:
    jsonl.check_texts(row, "channel", "language", "author", "author_id")
    known = {name: row[name] for name in _KINDS if row.get(name) is not None}
    for name, value in known.items():
        types, kind = _KINDS[name]
        texts = not isinstance(value, list) or all(isinstance(one, str) for one in value)
        if type(value) not in types or not texts:
            raise Undecodable(f"{name} is no {kind}")
    author = Author(
        id=row.get("author_id", ""),
        name=row.get("author", ""),
        followers=known.get("followers"),
        verified=known.get("verified"),
    )
    return subject(
        row["text"],
        read(row["text"], row.get("language", "")),
        row.get("channel", ""),
        author=author,
        influence=known.get("influence"),
        links=tuple(known.get("links", ())),
        hashtags=tuple(known.get("hashtags", ())),
    )
