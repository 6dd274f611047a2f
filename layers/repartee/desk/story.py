"""A story, as it is kept. Apart from `moments`, whose language tables few may load."""

from pydantic import AwareDatetime, BaseModel


class Story(BaseModel, frozen=True):
    """One thing that is talked about, under all the titles that it has; the first one names it."""

    titles: tuple[str, ...]
    first_seen: AwareDatetime
    last_seen: AwareDatetime
    best_rank: int | None = None
    sources: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """The mentions that it was seen in, as `conversation|mention`."""
    links: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    """Mentions in which somebody names a rival with it."""

    @property
    def title(self) -> str:
        """What it is called."""
        return self.titles[0]
