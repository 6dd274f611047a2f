"""What bots answer: JSON with a number, 0 where the text was taken."""

import json

from desk.wire import Response


def errcode(answer: Response, code: str, words: str, taken: str = "") -> str:
    """Why a text was not taken, by the fields `code` and `words`; empty where it was.

    With `taken`, that field is true where it was. An answer that is not of this form is a refusal.
    """
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return f"HTTP {answer.status}"
    well = said.get(taken) is True if taken else said.get(code) == 0
    if answer.status == 200 and well:
        return ""
    return f"HTTP {answer.status} {said.get(code, '')} {str(said.get(words, ''))[:80]}".rstrip()
