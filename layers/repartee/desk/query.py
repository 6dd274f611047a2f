"""The query language of rules: words, "phrases" and field:value, joined by AND, OR, NOT and ( )."""

from functools import lru_cache
from typing import NamedTuple, cast, get_args

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken

from desk.language.normal import normal
from desk.mention import Intent, Language, Reading, Sentiment

MAX_LENGTH = 4_000
MAX_NESTING = 50

_GRAMMAR = r"""
?start: either
?either: both (_OR both)*          -> either
?both: condition (_AND condition)* -> both
?condition: _NOT atom              -> never
          | atom
?atom: WORD                        -> term
     | PHRASE                      -> phrase
     | FIELD                       -> field
     | _OPEN either _CLOSE

_AND.2: /AND(?![^\s()（）"“”「」])/
_OR.2:  /OR(?![^\s()（）"“”「」])/
_NOT.2: /NOT(?![^\s()（）"“”「」])/
FIELD.3: /[A-Za-z_]+[:：](?:"[^"]*"|[^\s()（）"“”「」]*)/
PHRASE: /"[^"]*"|“[^”]*”|「[^」]*」/
WORD:   /[^\s()（）"“”「」:：]+/
_OPEN:  /[(（]/
_CLOSE: /[)）]/
%ignore /\s+/
"""

_FIELDS: dict[str, tuple[str, ...]] = {
    "channel": (),
    "language": (*get_args(Language), "zh"),
    "sentiment": get_args(Sentiment),
    "intent": get_args(Intent),
}
"""What each field may be asked for; a channel's name is the brand's own choice."""

_OPERAND = "a word, a phrase or field:value"

_UNSPACED = (
    ("\u0e00", "\u0eff"), ("\u1000", "\u109f"), ("\u1100", "\u11ff"), ("\u1780", "\u17ff"),
    ("\u3040", "\u31ff"), ("\u3400", "\u9fff"), ("\uac00", "\ud7af"), ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)  # fmt: skip
"""Scripts that put no spaces between words, or join endings to them: Thai to Han and Hangul."""

_SAME = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "`": "'", "ё": "е", "“": '"', "”": '"'})


class QueryError(ValueError):
    """A query that cannot be read: `column`, counted from 1, and what would be right there."""

    def __init__(self, column: int, message: str) -> None:
        super().__init__(f"column {column}: {message}")
        self.column = column
        self.message = message


class Term(NamedTuple):
    """A word or phrase in its normal form, and whether a word must begin or end where it does."""

    text: str
    begins: bool
    ends: bool


class Field(NamedTuple):
    """Something that the reading or the channel must say."""

    name: str
    value: str


class Never(NamedTuple):
    """NOT."""

    part: "Query"


class Both(NamedTuple):
    """AND: every part."""

    parts: tuple["Query", ...]


class Either(NamedTuple):
    """OR: at least one part."""

    parts: tuple["Query", ...]


Query = Term | Field | Never | Both | Either


class Subject(NamedTuple):
    """What queries are asked about: a text in its normal form, its reading, its channel."""

    text: str
    reading: Reading
    channel: str


def subject(text: str, reading: Reading, channel: str) -> Subject:
    """The mention `text` as queries see it."""
    return Subject(_folded(text), reading, channel.lower())


@lru_cache(maxsize=4096)
def parse(text: str) -> Query:
    """The query that `text` spells out.

    Words match in any case, width and script (Traditional or Simplified): Chinese ones anywhere,
    others as whole words, or from their beginning where they end in `*`. Raises QueryError.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(MAX_LENGTH + 1, f"a query has at most {MAX_LENGTH} characters")
    if not text.strip():
        raise QueryError(1, "the query is empty: a word, a phrase or field:value is expected")
    try:
        _check_nesting(text)
        return cast(Query, _PARSER.parse(text))
    except UnexpectedCharacters as error:
        raise _stray(error, text) from None
    except UnexpectedToken as error:
        raise _misplaced(error.token, text) from None


def matches(query: Query, about: Subject) -> bool:
    """Whether `query` is true of `about`."""
    match query:
        case Term():
            return query.text in about.text and _stands_alone(query, about.text)
        case Field():
            return _says(query, about)
        case Never(part):
            return not matches(part, about)
        case Both(parts):
            return all(matches(part, about) for part in parts)
        case Either(parts):
            return any(matches(part, about) for part in parts)


def asks_for(query: Query, name: str, value: str) -> bool:
    """Whether `query` names that field and value, other than to exclude it."""
    match query:
        case Both(parts) | Either(parts):
            return any(asks_for(part, name, value) for part in parts)
    return query == Field(name, value)


class _SyntaxTree(Transformer[Token, Query]):
    """Our nodes in place of lark's, made while it parses: nothing here recurses."""

    def either(self, parts: list[Query]) -> Query:
        return Either(tuple(parts)) if len(parts) > 1 else parts[0]

    def both(self, parts: list[Query]) -> Query:
        return Both(tuple(parts)) if len(parts) > 1 else parts[0]

    def never(self, parts: list[Query]) -> Query:
        return Never(parts[0])

    def term(self, tokens: list[Token]) -> Query:
        return _term(tokens[0], tokens[0])

    def phrase(self, tokens: list[Token]) -> Query:
        return _term(tokens[0], tokens[0][1:-1])

    def field(self, tokens: list[Token]) -> Query:
        return _field(tokens[0])


_PARSER = Lark(_GRAMMAR, parser="lalr", lexer="basic", transformer=_SyntaxTree())


def _column(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _term(token: Token, written: str) -> Term:
    stem = written.removesuffix("*")
    if "*" in stem:
        raise QueryError(_column(token) + written.index("*"), "* can only end a word, as in leak*")
    text = _folded(stem)
    if not text:
        raise QueryError(_column(token), "a word or phrase needs something that can be seen")
    return Term(text, _spaced(text[0]), _spaced(text[-1]) and stem == written)


def _field(token: Token) -> Field:
    name, _, value = str(token).replace("：", ":", 1).partition(":")
    name, value = name.lower(), value.strip('"').strip().lower()
    if name not in _FIELDS:
        known = ", ".join(f"{field}:" for field in _FIELDS)
        message = f"no field {name}: it is one of {known}; a text with a colon goes in quotes"
        raise QueryError(_column(token), message)
    after = _column(token) + len(name) + 1
    if not value:
        raise QueryError(after, f"{name}: needs a value")
    spellings = {allowed.lower(): allowed for allowed in _FIELDS[name]}
    if spellings and value not in spellings:
        raise QueryError(after, f"{name} is one of {', '.join(_FIELDS[name])}")
    return Field(name, spellings.get(value, value))


def _check_nesting(text: str) -> None:
    depth = 0
    for token in _PARSER.lex(text):
        depth += {"_OPEN": 1, "_CLOSE": -1}.get(token.type, 0)
        if depth > MAX_NESTING:
            raise QueryError(_column(token), f"parentheses nest at most {MAX_NESTING} deep")


def _stray(error: UnexpectedCharacters, text: str) -> QueryError:
    at = error.pos_in_stream or 0
    if text[at] in ":：":
        return QueryError(at + 1, "a text with a colon goes in quotes")
    return QueryError(at + 1, f"the quote {text[at]} has no partner")


def _misplaced(token: Token, text: str) -> QueryError:
    column = len(text.rstrip()) + 1 if token.type == "$END" else _column(token)
    before = [past.type for past in _PARSER.lex(text) if _column(past) < column]
    joins = before[-1:] in (["WORD"], ["PHRASE"], ["FIELD"], ["_CLOSE"])
    if token.type == "$END":
        return QueryError(column, f"the query ends where {')' if joins else _OPERAND} is expected")
    if token.type == "_CLOSE" and joins:
        return QueryError(column, f"{token} closes nothing")
    if not joins:
        return QueryError(column, f"{token} cannot stand here: {_OPERAND} is expected")
    if token.type == "WORD" and token.upper() in ("AND", "OR", "NOT"):
        hint = f"write {token.upper()} in capitals to join, or quotes around a phrase"
    else:
        hint = "put AND or OR before it, or quotes around a phrase"
    return QueryError(column, f"{token} follows another word: {hint}")


def _folded(text: str) -> str:
    return normal(text).translate(_SAME)


def _spaced(c: str) -> bool:
    return c.isalnum() and not any(first <= c <= last for first, last in _UNSPACED)


def _stands_alone(term: Term, text: str) -> bool:
    if not term.begins and not term.ends:
        return True
    at = text.find(term.text)
    while at >= 0:
        end = at + len(term.text)
        begins = not term.begins or at == 0 or not _spaced(text[at - 1])
        if begins and (not term.ends or end == len(text) or not _spaced(text[end])):
            return True
        at = text.find(term.text, at + 1)
    return False


def _says(field: Field, about: Subject) -> bool:
    match field.name:
        case "channel":
            return about.channel == field.value
        case "language":
            language = about.reading.language
            return language == field.value or (
                field.value == "zh" and language in ("zh-Hans", "zh-Hant", "yue")
            )
        case "sentiment":
            return about.reading.sentiment == field.value
        case _:
            return field.value in about.reading.intents
