"""Moments: found among what was heard, put before a person, and what came of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cloud import clock, counting, drafter, queues, secrets, store
from cloud.settings import settings
from desk import channels, moments, opportunity as desk
from desk.channels import hotlist
from desk.intake import conversation_of
from desk.mention import Mention, Reading
from desk.moments import Moment, Sighting
from desk.opportunity import Opportunity, Result
from desk.outbound import Reply
from desk.playbook import Playbook
from desk.publication import Place, place_on, post_names
from desk.understanding import ready

NEWS = ("feed", "hotlist")
"""Platforms whose mentions are titles of what is talked about elsewhere."""
EVERY = timedelta(minutes=4, seconds=30)
"""A little less than five of the scan's runs, which come a minute apart or so."""
EVERY_IN_ROOM = timedelta(0)
"""At each run, where people watch something together."""
FIRST = timedelta(hours=6)
FOLLOWED = timedelta(hours=36)


def look(brand: str, playbook: Playbook, now: datetime, every: timedelta = EVERY) -> int:
    """Where it was not done for so long, add what was heard to the stories, and put the moments
    among them before a person; how many are newly asked about.

    Some of what was heard was added before: that changes nothing.
    Safe to stop anywhere: what was found and not asked about is taken up by the next run.
    """
    places = [place_on(playbook, channel) for channel in playbook.moments.channels]
    if not places:
        return 0
    board = store.board(brand)
    if board and now - board.read_to < every:
        return 0
    since = min(board.read_to, now) - counting.OVERLAP if board else now - FIRST
    fresh = counting.heard(brand, since, clock.now())
    told = moments.told(
        board.stories if board else (), [_sighting(one) for one in fresh if one.platform in NEWS]
    )
    told = moments.with_rivals(
        told, playbook, {_name(one): one.text for one in fresh if one.platform not in NEWS}
    )
    store.keep_board(brand, board, store.Board(read_to=now, stories=tuple(told)))
    had = store.opportunities(brand, now - FOLLOWED, now)
    open_ones = [one for one in had if one.state == "found"]
    today = sum(now - one.found_at < timedelta(days=1) for one in had)
    understand = ready(playbook).understand

    def read(text: str, hint: str) -> Reading:
        return understand(text, hint).reading

    unknown = [it for it in told if not any(desk.same_story(one, it) for one in had)]
    found = [moments.judged(story, playbook, read, now) for story in unknown]
    for moment in moments.best(found, playbook, today):
        if one := _opened(brand, playbook, places, moment, now):
            open_ones.append(one)
    for one in open_ones:
        _ask(one, places, playbook, now)
    for one in had:
        _follow(one, now)
    return len(open_ones)


def _opened(
    brand: str, playbook: Playbook, places: Sequence[Place], moment: Moment, now: datetime
) -> Opportunity | None:
    """The opportunity that a moment becomes, kept; None where nothing fits, or another run has."""
    title = moment.story.title
    books = [channels.platform(place.platform).RULES for place in places]
    language = ready(playbook).understand(title, "").reading.language
    draft = desk.drafted(title, moment.topics, playbook, books, language, len(moment.story.names))
    if draft is None:
        return None
    own = draft.format.texts.get(draft.language, ())
    words = drafter.post(title, playbook.name, draft.language, own)
    draft = desk.rewritten(draft, words, playbook, books)
    one = desk.found_as(moment, draft, places, brand, clock.token(), now)
    return one if store.add_opportunity(one) is None else None


def _ask(one: Opportunity, places: Sequence[Place], playbook: Playbook, now: datetime) -> None:
    """Its post, waiting for a yes; the matter; and only then that it was asked about."""
    post = desk.post_of(one, places, playbook.moments.policy, clock.token())
    store.add_reply(post)
    matter = desk.matter_of(one, post)
    queues.send(settings().escalations_queue, [matter.model_dump_json(exclude_defaults=True)])
    asked = {"state": "asked", "asked_at": now, "token": clock.token()}
    store.follow_up(one, one.model_copy(update=asked))


def _follow(one: Opportunity, now: datetime) -> None:
    """Note what became of its posts and, within the hour, what people say to them."""
    if one.state not in ("asked", "approved", "posted"):
        return
    posts = [
        post
        for channel in one.channels
        if (post := store.reply(one.brand, *post_names(one.id, channel))) is not None
    ]
    after = desk.followed(one, posts, clock.token(), now)
    if desk.is_to_be_measured(after, now):
        results = {post.channel: _result(post, now) for post in posts if post.state == "sent"}
        after = desk.measured(after, results, clock.token())
    if after != one:
        store.follow_up(one, after)


def _result(post: Reply, now: datetime) -> Result:
    name = conversation_of(post.platform_id, post.brand, post.channel, secrets.key())
    said = store.conversation(post.brand, name)
    return desk.result_of([one for one in said if isinstance(one, Mention)], now)


def _sighting(one: Mention) -> Sighting:
    stands = hotlist.standing(one.address.context) if one.platform == "hotlist" else None
    return Sighting(
        title=one.text.partition("\n")[0],
        source=one.author.name or one.channel,
        at=one.said_at,
        rank=stands.rank if stands else None,
        name=_name(one),
        link=one.permalink,
        fingerprint=one.reading.fingerprint,
    )


def _name(one: Mention) -> str:
    return f"{one.conversation}|{one.id}"
