"""The query language of rules, in the style of Lucene: words, "phrases", fields, AND, OR, NOT."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, Literal, cast

from lark import Lark, Token, Transformer, UnexpectedToken
from lark.lexer import Lexer

from desk import fields
from desk.conditions import (
    Both,
    Either,
    Expression,
    Near,
    Never,
    Query,
    QueryError,
    Term,
    Wildcard,
)
from desk.patterns import (
    ANY,
    RUN,
    compiles,
    expression,
    folded,
    folded_expression,
    marked,
    pieces,
    spaced,
    within,
)

MAX_LENGTH = 4_000
MAX_NESTING = 50
MAX_TERM = 200
"""Characters of one word or phrase."""

MAX_DISTANCE = 100
"""Of NEAR, in words."""

_GRAMMAR = """
?start: either
?either: both (_OR both)*          -> either
?both: condition (_AND condition)* -> both
?condition: _NOT near              -> never
          | near
?near: atom
     | atom NEAR atom              -> near
?atom: WORD                        -> word
     | PHRASE                      -> phrase
     | EXPRESSION                  -> expression
     | FIELD                       -> field
     | _OPEN either _CLOSE
%declare _AND _OR _NOT NEAR WORD PHRASE EXPRESSION FIELD _OPEN _CLOSE
"""

_PHRASE = r'["＂](?:[^"＂\\]|\\.)*["＂] | “(?:[^”\\]|\\.)*” | 「(?:[^」\\]|\\.)*」'
_TOKEN = re.compile(
    rf"""
      (?P<SPACE>\s+)
    | (?P<_OPEN>[(（])
    | (?P<_CLOSE>[)）])
    | (?P<PHRASE>{_PHRASE})
    | (?P<EXPRESSION>/(?:[^/\\]|\\.)+/)
    | (?P<SIGN>(?<![^\s(（])[-+－＋](?=[^\s)）+＋－-]))
    | (?P<FIELD>[A-Za-z_]+[:：]
        (?: {_PHRASE}
          | [(（](?:[^()（）"＂“”「」] | {_PHRASE})*[)）]
          | \[[^\]]*\]
          | [^\s()（）"＂“”「」]* ))
    | (?P<WORD>(?:[^\s()（）"＂“”「」:：\\/] | \\. | (?<=[^\s(（])/)+)
    | (?P<STRAY>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = {"AND": "_AND", "OR": "_OR", "NOT": "_NOT"}
_NEAR = re.compile(r"(?:NEAR|ＮＥＡＲ)(?:[/／](.*))?", re.DOTALL)
_ENDS_OPERAND = ("WORD", "PHRASE", "EXPRESSION", "FIELD", "_CLOSE")
_OPERAND = "a word, a phrase or field:value"


@lru_cache(maxsize=4096)
def parse(text: str) -> Query:
    """The query that `text` spells out; docs/queries.md describes the language.

    Words match in any case, width and script (Traditional or Simplified): Chinese ones anywhere,
    others as whole words. Raises QueryError.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(MAX_LENGTH + 1, f"a query has at most {MAX_LENGTH} characters")
    if not text.strip():
        raise QueryError(1, "the query is empty: a word, a phrase or field:value is expected")
    try:
        return cast(Query, _parser().parse(text))
    except UnexpectedToken as error:
        raise _misplaced(error.token, text) from None


class _Tokens(Lexer):
    """Our tokens for lark's parser, in one pass of one pattern."""

    def __init__(self, _: Any) -> None:
        pass

    def lex(self, data: Any, *_: Any) -> Iterator[Token]:
        return _tokens(data)


class _SyntaxTree(Transformer[Token, Query]):
    """Our nodes in place of lark's, made while it parses: nothing here recurses."""

    def either(self, parts: list[Query]) -> Query:
        return Either(tuple(parts)) if len(parts) > 1 else parts[0]

    def both(self, parts: list[Query]) -> Query:
        return Both(tuple(parts)) if len(parts) > 1 else parts[0]

    def never(self, parts: list[Query]) -> Query:
        return Never(parts[0])

    def near(self, parts: list[Any]) -> Query:
        left, operator, right = parts
        distance = _distance(operator)
        return Near(_alternatives(left, operator), _alternatives(right, operator), distance)

    def word(self, tokens: list[Token]) -> Query:
        return _term(_column(tokens[0]), tokens[0], quoted=False)

    def phrase(self, tokens: list[Token]) -> Query:
        return _term(_column(tokens[0]), tokens[0][1:-1], quoted=True)

    def expression(self, tokens: list[Token]) -> Query:
        return _expression(tokens[0])

    def field(self, tokens: list[Token]) -> Query:
        return fields.condition(str(tokens[0]), _column(tokens[0]))


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer=_Tokens, transformer=_SyntaxTree())


def _tokens(text: str) -> Iterator[Token]:
    """The tokens of a query: a sign before a word becomes the operators that it stands for."""
    before = ""
    levels: list[dict[Literal["or", "sign"], int]] = [{}]
    for found in _TOKEN.finditer(text):
        kind, value, at = cast(str, found.lastgroup), found.group(), found.start()
        match kind:
            case "SPACE":
                continue
            case "STRAY":
                raise _stray(value, at)
            case "SIGN":
                if before in _ENDS_OPERAND:
                    levels[-1]["sign"] = at
                    yield Token("_AND", value, at)
                before = "SIGN"
                if value in "-－":
                    yield Token("_NOT", value, at)
                continue
            case "_OPEN":
                levels.append({})
                if len(levels) > MAX_NESTING + 1:
                    raise QueryError(at + 1, f"parentheses nest at most {MAX_NESTING} deep")
            case "_CLOSE" if len(levels) > 1:
                _check_signs(levels.pop())
            case "WORD" if value[0] in "AONＡＯＮ":
                kind = _OPERATORS.get(folded(value).upper() if value[0] > "z" else value, kind)
                if _NEAR.fullmatch(value):
                    kind = "NEAR"
                elif kind == "_OR":
                    levels[-1]["or"] = at
        before = kind
        yield Token(kind, value, at)
    _check_signs(levels[-1])


def _check_signs(level: dict[Literal["or", "sign"], int]) -> None:
    if len(level) == 2:
        message = "beside OR, + and - can be read in two ways: put parentheses, or write AND"
        raise QueryError(level["sign"] + 1, message)


def _column(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _distance(operator: Token) -> int:
    found = cast(re.Match[str], _NEAR.fullmatch(operator))
    number = found[1] or ""
    if not (number.isdecimal() and len(number) <= 3 and int(number) <= MAX_DISTANCE):
        message = f"NEAR takes a number of words from 0 to {MAX_DISTANCE}, as in a NEAR/5 b"
        raise QueryError(_column(operator), message)
    return int(number)


def _alternatives(query: Query, operator: Token) -> tuple[Term, ...]:
    match query:
        case Term():
            return (query,)
        case Either(parts):
            return tuple(term for part in parts for term in _alternatives(part, operator))
    message = "NEAR joins words, phrases, or several of them in (a OR b); * only begins or ends one"
    raise QueryError(_column(operator), message)


def _term(column: int, written: str, *, quoted: bool) -> Term | Wildcard:
    text = folded(marked(written, quoted=quoted))
    core = text.strip(RUN)
    if not core.strip(RUN + ANY + " "):
        raise QueryError(column, "a word or phrase needs something that can be seen")
    if len(core) > MAX_TERM:
        raise QueryError(column, f"a word or phrase has at most {MAX_TERM} characters")
    begins, ends = not text.startswith(RUN), not text.endswith(RUN)
    if RUN not in core and ANY not in core:
        return Term(core, begins and spaced(core[0]), ends and spaced(core[-1]))
    parts = pieces(core)
    literal = [part for part in parts if part not in (RUN, ANY)]
    begins, ends = begins and spaced(literal[0][0]), ends and spaced(literal[-1][-1])
    pattern = within(parts, begins=begins, ends=ends)
    if not compiles(pattern):
        raise QueryError(column, "too many * and ? in one word or phrase")
    return Wildcard(pattern, max(literal, key=lambda part: len(part.encode())))


def _expression(token: Token) -> Expression:
    written = token[1:-1]
    after = _column(token) + 1
    if r"\Q" in written:
        raise QueryError(after + written.index(r"\Q"), r"no \Q: put a \ before each sign instead")
    pattern = folded_expression(written)
    try:
        expression(pattern)
    except ValueError as error:
        _, _, where = str(error).partition(": ")
        at = max(written.find(where), 0)
        raise QueryError(after + at, f"not an expression of RE2: {error}") from None
    return Expression(pattern)


def _stray(value: str, at: int) -> QueryError:
    match value:
        case ":" | "：":
            return QueryError(at + 1, "a text with a colon goes in quotes")
        case "/":
            return QueryError(at + 1, "an expression ends with /, as in /漏.{0,3}水/")
        case "\\":
            return QueryError(at + 1, "a \\ stands before the character that it takes literally")
    return QueryError(at + 1, f"the quote {value} has no partner")


def _misplaced(token: Token, text: str) -> QueryError:
    column = len(text.rstrip()) + 1 if token.type == "$END" else _column(token)
    before = [past.type for past in _tokens(text) if _column(past) < column]
    joins = before[-1:] and before[-1] in _ENDS_OPERAND
    if token.type == "$END":
        return QueryError(column, f"the query ends where {')' if joins else _OPERAND} is expected")
    if token.type == "_CLOSE" and joins:
        return QueryError(column, f"{token} closes nothing")
    if not joins:
        return QueryError(column, f"{token} cannot stand here: {_OPERAND} is expected")
    if token.type == "NEAR":
        return QueryError(column, "NEAR joins two: for a third, (a NEAR/5 b) AND (b NEAR/5 c)")
    if token.type == "WORD" and token.upper() in _OPERATORS:
        hint = f"write {token.upper()} in capitals to join, or quotes around a phrase"
    elif token.type == "WORD" and token[0] in "~^":
        hint = f"for words near each other write a NEAR/5 b; {token[0]} alone goes in quotes"
    else:
        hint = "put AND or OR before it, or quotes around a phrase"
    return QueryError(column, f"{token} follows another word: {hint}")
