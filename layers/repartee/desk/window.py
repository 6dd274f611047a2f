"""What was counted in a window of time. Apart from `trends`, whose language tables few may load."""

from pydantic import AwareDatetime, BaseModel


class Window(BaseModel, frozen=True):
    """What was counted in the ten minutes from `start`: distinct authors, in all and by topic."""

    start: AwareDatetime
    authors: int
    topics: dict[str, int]
