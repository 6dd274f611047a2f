"""Saying something through an approver's bot."""

from cloud import clock, http
from desk.notify import Bot, medium
from desk.wire import NotSent, Unknown


class NotTold(Exception):
    """The bot did not surely take a text; the argument says why."""


def tell(bot: Bot, text: str) -> None:
    """Have `bot` say `text`, in one call; raises NotTold unless it was taken."""
    module = medium(bot["medium"])
    answer = http.call(module.compose(bot, text, clock.now()))
    if isinstance(answer, NotSent | Unknown):
        raise NotTold(answer.reason)
    if why := module.refusal(answer):
        raise NotTold(why)
