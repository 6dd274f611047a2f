"""One matcher for all rules of a brand: what a mention contains decides which are looked at."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set as AbstractSet

from ahocorasick_rs import AhoCorasick, Implementation

from desk.compiled import learn, query_of
from desk.conditions import (
    VALUES,
    Both,
    Either,
    Field,
    Near,
    Never,
    Query,
    Subject,
    Term,
    Wildcard,
    matches,
    nears,
    stands,
)
from desk.mention import Author
from desk.patterns import expression, folded
from desk.playbook import AuthorKind, Playbook, Rule, Scope

Matcher = Callable[[Subject], tuple[Rule, ...]]

_FACTS = ("channel", "language", "sentiment", "intent", "tone", "aspect")
"""Fields that every mention answers with few values, so that they can be looked up."""

_COMMON = 1.0
"""What a fact counts as in `_cost`: more than most words."""

_BORDERED, _FACT = "\udc00", "\udc01"
"""What a key begins with that is more than a literal: lone surrogates, which no literal has."""

_Present = AbstractSet[str]
"""The keys of what a mention has: literals, literals with their borders, facts."""

_Check = Callable[[_Present, Subject], bool]


def matcher(playbook: Playbook) -> Matcher:
    """A function that finds the rules of `playbook` that match a subject.

    They come with the highest priority first, then by id. A rule's scope is looked at where its
    query holds. Raises QueryError for a rule whose query cannot be read: a playbook that was loaded
    has none.
    """
    order = sorted(playbook.rules, key=lambda rule: (-rule.priority, rule.id))
    learn(playbook.compiled)
    find = finder([query_of(rule.query) for rule in order])

    scopes = [rule.scope if rule.scope != Scope() else None for rule in order]

    def matching(about: Subject) -> tuple[Rule, ...]:
        return tuple(
            order[number]
            for number in find(about)
            if (scope := scopes[number]) is None or in_scope(scope, about)
        )

    return matching


def in_scope(scope: Scope, about: Subject) -> bool:
    """Whether a mention is in `scope`. An influence that is not known is in no range but all."""
    if scope.channels and about.channel not in map(folded, scope.channels):
        return False
    if scope.languages and about.reading.language not in scope.languages:
        return False
    if scope.authors and author_kind(about.author) not in scope.authors:
        return False
    if (scope.influence_from, scope.influence_to) == (0, 100):
        return True
    known = about.influence
    return known is not None and scope.influence_from <= known <= scope.influence_to


def author_kind(author: Author | None) -> AuthorKind:
    """What a scope calls `author`; who is not known is a person."""
    if author is not None and author.bot:
        return "bot"
    return "verified" if author is not None and author.verified else "person"


def finder(queries: Sequence[Query]) -> Callable[[Subject], list[int]]:
    """A function that finds the numbers of the queries that hold for a subject, in their order.

    The answers are those of `matches`, for each query. All literals of all queries are found in one
    pass (Aho and Corasick, 1975). A query is looked at where the mention has one of its rarest set
    of words, and evaluated where it has one of the next as well, on what was found. Those that
    need no word and no fact, such as a NOT alone or an expression, are always evaluated.
    """
    leaves = [{_key(leaf): leaf for leaf in _leaves(query)} for query in queries]
    used = Counter(key for some in leaves for key in some)
    costs = {key: _cost(key, rules) for key, rules in used.items()}
    anchored: dict[str, list[tuple[int, frozenset[str]]]] = {}
    always: list[int] = []
    for number, query in enumerate(queries):
        needs = _needs(query, costs)
        for key in needs[0] if needs else ():
            anchored.setdefault(key, []).append((number, needs[:2][-1]))
        if not needs:
            always.append(number)
    checks = [_check(query) for query in queries]

    texts: set[str] = set()
    bordered: dict[str, list[tuple[str, Term]]] = {}
    facts: dict[str, dict[str, str]] = {}
    for key, leaf in {key: leaf for some in leaves for key, leaf in some.items()}.items():
        match leaf:
            case Field(name, value):
                facts.setdefault(name, {})[value] = key
            case Term(text):
                texts.add(text)
                if key != text:
                    bordered.setdefault(text, []).append((key, leaf))
    asked = [(VALUES[name], known) for name, known in facts.items()]
    # Positions are not asked for: they cost more than looking again for the few words with borders.
    # RE2's sets of expressions are no use here: out of memory they answer that nothing matches.
    automaton = AhoCorasick(
        sorted(texts), store_patterns=True, implementation=Implementation.ContiguousNFA
    )
    scan = automaton.find_matches_as_strings
    bordered_texts = bordered.keys()
    # Most words that a mention has anchor queries whose other words it lacks: one look tells.
    wanted = {key: frozenset.union(*[need for _, need in some]) for key, some in anchored.items()}

    def find(about: Subject) -> list[int]:
        present = set(scan(about.text, True))
        if bordered:
            for text in bordered_texts & present:
                for key, term in bordered[text]:
                    if stands(term, about.text):
                        present.add(key)
        for values, known in asked:
            for value in values(about):
                if value in known:
                    present.add(known[value])
        candidates = [*always]
        lacks = present.isdisjoint
        for key in present:
            if key in wanted and not lacks(wanted[key]):
                candidates += [number for number, need in anchored[key] if not lacks(need)]
        if not candidates:
            return []
        return [number for number in sorted({*candidates}) if checks[number](present, about)]

    return find


def _leaves(query: Query) -> Iterator[Term | Field]:
    """Everything in `query` whose key can be looked up."""
    waiting = [query]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Both | Either):
            waiting += one.parts
        elif isinstance(one, Never):
            waiting.append(one.part)
        elif isinstance(one, Near):
            yield from one.left + one.right
        elif isinstance(one, Wildcard):
            yield Term(one.literal, begins=False, ends=False)
        elif isinstance(one, Term) or (isinstance(one, Field) and one.name in _FACTS):
            yield one


def _key(query: Query) -> str:
    """What of a mention tells whether `query` holds, where one thing does; else empty."""
    if isinstance(query, Term):
        if query.begins or query.ends:
            return f"{_BORDERED}{query.begins:d}{query.ends:d}{query.text}"
        return query.text
    if isinstance(query, Field) and query.name in _FACTS:
        return f"{_FACT}{query.name}:{query.value}"
    return ""


def _needs(query: Query, costs: Mapping[str, float]) -> list[frozenset[str]]:
    """Sets of keys, of each of which a mention has one whenever `query` holds; the rarest first."""
    if isinstance(query, Both):
        needs = [need for part in query.parts for need in _needs(part, costs)]
        return sorted(needs, key=lambda need: sum(map(costs.__getitem__, need)))
    if isinstance(query, Either):
        every = [_needs(part, costs) for part in query.parts]
        return [frozenset().union(*(needs[0] for needs in every))] if all(every) else []
    if isinstance(query, Near):
        return [frozenset(map(_key, query.left)), frozenset(map(_key, query.right))]
    if isinstance(query, Wildcard):
        return [frozenset((query.literal,))]
    return [frozenset((key,))] if (key := _key(query)) else []


def _cost(key: str, rules: int) -> float:
    """A guess at how often mentions have `key`, which so many rules name.

    Long words are rare, and a word that many rules name is one that mentions have. A Chinese
    character says as much as two Latin letters, which is what the mean of characters and bytes of
    UTF-8 makes of it.
    """
    if key[0] == _FACT:
        return _COMMON
    text = key[3:] if key[0] == _BORDERED else key
    return rules / (1 << min((len(text) + len(text.encode())) // 2, 12))


def _check(query: Query) -> _Check:
    """A function that says whether `query` holds, given what was found."""
    if key := _key(query):
        return lambda present, _: key in present
    match query:
        case Both(parts):
            return _every(parts)
        case Either(parts):
            return _some(parts)
        case Never(part):
            check = _check(part)
            return lambda present, about: not check(present, about)
        case Near():
            left, right = (frozenset(map(_key, side)) for side in (query.left, query.right))
            return lambda present, about: (
                not (left.isdisjoint(present) or right.isdisjoint(present))
                and nears(query, about.text)
            )
        case Wildcard(pattern, literal):
            found = expression(pattern).search
            return lambda present, about: literal in present and found(about.text) is not None
    return lambda _, about: matches(query, about)


def _every(parts: tuple[Query, ...]) -> _Check:
    needed, rest = _split(parts)
    never: frozenset[str] = frozenset()
    groups: list[frozenset[str]] = []
    others: list[_Check] = []
    for part in rest:
        if isinstance(part, Never) and (keys := _ored(part.part)):
            never |= keys
        elif keys := _ored(part):
            groups.append(keys)
        else:
            others.append(_check(part))

    def check(present: _Present, about: Subject) -> bool:
        if not (needed <= present and never.isdisjoint(present)):
            return False
        for group in groups:
            if group.isdisjoint(present):
                return False
        for other in others:  # noqa: SIM110 - all() makes a generator, which costs more than this
            if not other(present, about):
                return False
        return True

    return check


def _some(parts: tuple[Query, ...]) -> _Check:
    enough, rest = _split(parts)
    others = [_check(part) for part in rest]

    def check(present: _Present, about: Subject) -> bool:
        if not enough.isdisjoint(present):
            return True
        for other in others:  # noqa: SIM110
            if other(present, about):
                return True
        return False

    return check


def _ored(query: Query) -> frozenset[str]:
    """The keys of a query that holds where one of them is there; none for another query."""
    keys, rest = _split(query.parts if isinstance(query, Either) else (query,))
    return frozenset() if rest else keys


def _split(parts: tuple[Query, ...]) -> tuple[frozenset[str], list[Query]]:
    """The keys of those parts that one key decides, and the others."""
    keys = [_key(part) for part in parts]
    rest = [part for part, key in zip(parts, keys, strict=True) if not key]
    return frozenset(filter(None, keys)), rest
