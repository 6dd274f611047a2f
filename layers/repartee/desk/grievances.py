"""What people complain of, as terms: many words for one thing are one term.

`complaint:` and an aspect, and `crisis:` and the aspect as well where it reads like a crisis.
"""

from typing import get_args

from desk.mention import Aspect, Reading

COMPLAINT, CRISIS = "complaint:", "crisis:"

GRIEVANCES = frozenset(f"{kind}{one}" for kind in (COMPLAINT, CRISIS) for one in get_args(Aspect))


def grievances_of(reading: Reading) -> list[str]:
    """What somebody complains of; nothing where that is no aspect, or it is no complaint."""
    grave = "crisis" in reading.intents
    if not grave and "complaint" not in reading.intents:
        return []
    kinds = (COMPLAINT, CRISIS) if grave else (COMPLAINT,)
    return [f"{kind}{aspect}" for kind in kinds for aspect in reading.aspects]


def is_grievance(term: str) -> bool:
    """Whether a term stands for what people complain of, in whatever words."""
    return term in GRIEVANCES


def aspect_of(grievance: str) -> str:
    """The aspect that it is about."""
    return grievance.partition(":")[2]
