"""The night of a moment on the local cloud: from a hot list to one post a channel, and its times.

Everything is the deployed stack's own but two things. Collect's code runs here: the local cloud
asks of it a right on all parameters, AWS one on the path that it reads. And nobody waits for the
next run of a schedule: the run is made at once, and the longest wait for it counts as time.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import boto3
from rich.table import Table

from cli import console, local, pretending
from cloud import clock, settings, store
from desk.mention import Mention
from desk.opportunity import Opportunity
from desk.outbound import Reply
from desk.playbook import Approver, Event, Playbook, Policy, Rota, Step
from desk.publication import post_names
from functions.collect import app as collecting
from tests.platforms import ACCOUNTS, Platforms
from tests.platforms.lists import hot_list

BRAND = "night"
STORY = "上海外滩迎来今年初雪"
WORDS = f"{STORY}。店里的灯还亮着，热茶也是。"
"""What the approver makes of the draft."""
ROOM = "4711"
"""The channel on Discord that posts go to."""
LISTS, HANGS = "discord", "line"
"""The channel that cuts the connection once it has the post, and lists what it has; and the one
that never answers, and lists nothing."""
WAITS = (timedelta(minutes=5), timedelta(minutes=1))
"""The longest until collect asks, and until scan looks: each minute, as a room is open."""
THINKS = timedelta(minutes=3)
"""How long the approver looks at it: that is played, not waited."""
PATIENCE = 100.0
"""Seconds, after which what has not happened will not."""

Found = TypeVar("Found")

_LINK = re.compile(r"https?://\S+/approvals/\S+")
_SEEN = re.compile(r'name="seen" value="([0-9a-f]{64})"')


class NotPlayed(local.LocalCloudError):
    """Something has not come about in time."""


class Night(NamedTuple):
    """What came of it. Seconds are the machine's own."""

    asked_after: float
    """From the run that read the list to the message with a link."""
    posted_after: float
    """From the yes to the last of the posts."""
    settled_after: float
    """From there until the doubt that could be looked up was."""
    asked: tuple[str, ...]
    """Who was asked about it."""
    room: str
    """What the war room is for that had opened by itself."""
    posts: dict[str, int]
    """By channel, as the platforms count them."""
    states: dict[str, str]
    """By channel, as the desk has them in the end."""

    @property
    def machine(self) -> float:
        """Seconds that the desk itself took from the list to the posts."""
        return self.asked_after + self.posted_after

    @property
    def path(self) -> timedelta:
        """From the title's place in the list to its posts, waits and thinking included."""
        return sum(WAITS, THINKS) + timedelta(seconds=self.machine)


def play(example: Playbook, stack: local.Stack, platforms: Platforms, say: local.Say) -> Night:
    """Play it for a brand of its own, in a zone whose clocks show ten at night."""
    settings.settings.cache_clear()
    collecting.logger.setLevel("CRITICAL")
    now = datetime.now(UTC)
    playbook = at_ten_at_night(example, now)
    pretending.connect(playbook, platforms)
    inbox = pretending.subscribe(playbook, "night-approvers")
    platforms.misbehave(LISTS, "reset-after-accept")
    platforms.misbehave(HANGS, "timeout-after-accept")
    titles = ["新款手机开售", "今天的晚霞"]
    with hot_list(titles) as address:
        listed = {"platform": "hotlist", "url": f"{address}/hot", "base": address, "name": "hot"}
        titles.insert(0, STORY)
        say(f"In the hot list: {STORY}")
        began = time.monotonic()
        collecting.collect(BRAND, "hot", listed, now)
        _wait_for(lambda: _heard(now), "the title was not read")
        _scan(stack)
        link, page, who = _wait_for(lambda: _asked(inbox), "nobody was asked")
    asked_after = time.monotonic() - began
    say(f"Asked: {', '.join(who)}")
    [seen] = _SEEN.findall(page)
    began = time.monotonic()
    _page(link, {"action": "approve", "text": WORDS, "reason": "", "seen": seen})
    channels = playbook.moments.channels
    _wait_for(lambda: len(_posted(platforms)) == len(channels), "it was not posted everywhere")
    posted_after = time.monotonic() - began
    say(f"Posted on {', '.join(channels)}; two of them answer nothing")
    began = time.monotonic()
    _wait_for(lambda: _states().get(LISTS) == "sent", "nobody looked it up")
    settled_after = time.monotonic() - began
    say(f"Found on {LISTS}, where it was in doubt")
    _page(link)
    [room, *_] = [one.title for one in store.rooms(BRAND)] or [""]
    return Night(asked_after, posted_after, settled_after, who, room, _posted(platforms), _states())


def shown(night: Night) -> bool:
    """Print its figures; True if it is as was promised."""
    path = f"{night.path.total_seconds() / 60:.1f} min"
    table = Table(title="The night in figures", show_header=False, title_justify="left")
    for name, value in (
        ("asked", ", ".join(night.asked)),
        ("the war room", night.room),
        ("from the list to the link", f"{night.asked_after:.1f} s"),
        ("from the yes to the last post", f"{night.posted_after:.1f} s"),
        ("machine time", f"{night.machine:.1f} s"),
        ("the whole path, waits and thinking included", path),
        ("until the doubt was looked up", f"{night.settled_after:.1f} s"),
        *((f"  posts on {channel}", f"{number}, {night.states[channel]}")
          for channel, number in night.posts.items()),
    ):  # fmt: skip
        table.add_row(name, console.plain(value))
    console.out.print(table)
    return {*night.posts.values()} == {1} and night.path <= timedelta(minutes=15)


def at_ten_at_night(example: Playbook, now: datetime) -> Playbook:
    """The example's playbook for a brand whose evening has just begun, with a night shift.

    An event is on, for which a room opens by itself.
    """
    ahead = (22 - now.hour + 12) % 24 - 12
    zone = f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
    shifts = [
        {"people": ["lin", "wei"], "since": date(2026, 1, 1), "hours": ["08:00-22:00"]},
        {"people": ["james"], "since": date(2026, 1, 1), "hours": ["22:00-08:00"]},
    ]
    ten = now.replace(minute=0, second=0, microsecond=0)
    event = Event(id="first-snow", title="初雪之夜", words=("初雪之夜",), begins=ten,
                  ends=ten + timedelta(hours=2), opens_room=True)  # fmt: skip
    accounts = {name: example.accounts[name] for name in ("standard", "line", "telegram")}
    accounts[LISTS] = ACCOUNTS[LISTS].name
    places = {**example.moments.places, LISTS: ROOM}
    moments = example.moments.model_copy(update={"channels": (*accounts,), "places": places})
    policies = {
        **example.policies,
        "default": Policy(steps=(Step(ask=("desk",), wait_minutes=15),)),
    }
    here = {"time_zone": zone, "quiet": (), "away": ()}
    people: dict[str, Approver] = {
        who: one.model_copy(update=here) for who, one in example.approvers.items()
    }
    return example.model_copy(update={
        "brand": BRAND, "version": f"night-{now:%H%M%S}", "accounts": accounts,
        "moments": moments, "events": (event,), "policies": policies, "approvers": people,
        "rotas": {"desk": Rota.model_validate({"time_zone": zone, "shifts": shifts})},
    })  # fmt: skip


def _wait_for(what: Callable[[], Found | None], why: str) -> Found:
    ends = time.monotonic() + PATIENCE
    while not (found := what()):
        if time.monotonic() > ends:
            raise NotPlayed(why)
        time.sleep(0.2)
    return found


def _heard(since: datetime) -> bool:
    rows = store.feed(BRAND, since - timedelta(minutes=1), clock.now())
    return any(isinstance(row, Mention) and row.text == STORY for row in rows)


def _scan(stack: local.Stack) -> None:
    client = boto3.client("lambda")
    answer = client.invoke(FunctionName=stack.outputs["ScanFunction"], Payload=b"{}")
    if "FunctionError" in answer:
        raise NotPlayed(json.load(answer["Payload"])["errorMessage"])


def _asked(inbox: pretending.Inbox) -> tuple[str, str, tuple[str, ...]] | None:
    """A link to the story's page, the page, and all who have one."""
    inbox.read()
    pages = {
        who: (link, _page(link)) for who, text in inbox.last.items() for link in _LINK.findall(text)
    }
    about = {who: one for who, one in pages.items() if STORY in one[1]}
    return (*next(iter(about.values())), (*about,)) if about else None


def _page(link: str, form: dict[str, str] | None = None) -> str:
    request = Request(link, data=urlencode(form).encode() if form else None)
    with urlopen(request, timeout=30) as answer:
        body: bytes = answer.read()
    return body.decode()


def _posted(platforms: Platforms) -> dict[str, int]:
    return dict(Counter(one.platform for one in platforms.posted() if one.text == WORDS))


def _states() -> dict[str, str]:
    now = clock.now()
    found: list[Opportunity] = store.opportunities(BRAND, now - timedelta(days=1), now)
    posts: dict[str, Reply | None] = {
        channel: store.reply(BRAND, *post_names(one.id, channel))
        for one in found
        for channel in one.channels
    }
    return {channel: post.state for channel, post in posts.items() if post is not None}
