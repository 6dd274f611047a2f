"""The night of a moment on the local cloud: from a hot list to one post a channel, and its times.

Everything is the deployed stack's own but two things. Collect's code runs here: the local cloud
asks of it a right on all parameters, AWS one on the path that it reads. And nobody waits for the
next run of a schedule: the run is made at once, and the longest wait for it counts as time.
"""

import json
import os
import re
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode, urlsplit
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
HANGS, CUTS = "discord", "line"
"""The channel that never answers once it has the post, and lists what it has: its sender is killed
while it waits. And the one that cuts the connection, and lists nothing."""
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
    killed: bool
    """Whether a sender was, right after the platform had the post. Where no process can be found by
    its connection, it gives up by itself."""
    settled_after: float
    """From the end of the two minutes that its claim is given until its post was looked up."""
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
    platforms.misbehave(CUTS, "reset-after-accept")
    platforms.misbehave(HANGS, "timeout-after-accept")
    titles = ["新款手机开售", "今天的晚霞"]
    with hot_list(titles) as address:
        listed = {"platform": "hotlist", "url": f"{address}/hot", "base": address, "name": "hot"}
        collecting.collect(BRAND, "hot", listed, now)
        _wait_for(lambda: _heard(now, titles[-1]), "the list was not read")
        _run(stack, "ScanFunction")
        titles.insert(0, STORY)
        say(f"In the hot list: {STORY}")
        began = time.monotonic()
        collecting.collect(BRAND, "hot", listed, now + WAITS[0])
        _wait_for(lambda: _heard(now, STORY), "the title was not read")
        _run(stack, "ScanFunction")
        link, page, who = _wait_for(lambda: _asked(inbox), "nobody was asked")
    asked_after = time.monotonic() - began
    say(f"Asked: {', '.join(who)}")
    [seen] = _SEEN.findall(page)
    began = time.monotonic()
    _page(link, {"action": "approve", "text": WORDS, "reason": "", "seen": seen})
    _wait_for(lambda: HANGS in _posted(platforms), f"it was not posted on {HANGS}")
    killed = _kill_who_waits(urlsplit(platforms.url).port or 0)
    channels = playbook.moments.channels
    _wait_for(lambda: len(_posted(platforms)) == len(channels), "it was not posted everywhere")
    posted_after = time.monotonic() - began
    say(f"Posted on {', '.join(channels)}")
    if killed:
        say(f"The sender to {HANGS} was killed; two minutes later")
        _let_its_claim_end()
    began = time.monotonic()
    if killed:
        _run(stack, "TickFunction")
    _wait_for(lambda: _states().get(HANGS) == "sent", "nobody looked it up")
    settled_after = time.monotonic() - began
    say(f"Found on {HANGS}, where it was in doubt")
    _page(link)
    [room, *_] = [one.title for one in store.rooms(BRAND)] or [""]
    return Night(
        asked_after, posted_after, killed, settled_after, who, room, _posted(platforms), _states()
    )


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
        ("a sender was killed", "yes" if night.killed else "no, it gave up by itself"),
        ("until its doubt was looked up", f"{night.settled_after:.1f} s"),
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
    accounts[HANGS] = ACCOUNTS[HANGS].name
    places = {**example.moments.places, HANGS: ROOM}
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


def _heard(since: datetime, title: str) -> bool:
    rows = store.feed(BRAND, since - timedelta(minutes=1), clock.now())
    return any(isinstance(row, Mention) and row.text == title for row in rows)


def _run(stack: local.Stack, function: str) -> None:
    client = boto3.client("lambda")
    answer = client.invoke(FunctionName=stack.outputs[function], Payload=b"{}")
    if "FunctionError" in answer:
        raise NotPlayed(json.load(answer["Payload"])["errorMessage"])


def _asked(inbox: pretending.Inbox) -> tuple[str, str, tuple[str, ...]] | None:
    """A link to the story's page, the page, and all who have one."""
    inbox.read()
    links = [(who, link) for who, text in inbox.said for link in _LINK.findall(text)]
    about = [(who, link, page) for who, link in links if STORY in (page := _page(link))]
    if not about:
        return None
    [(_, link, page), *_] = about
    return link, page, tuple(dict.fromkeys(who for who, _, _ in about))


def _page(link: str, form: dict[str, str] | None = None) -> str:
    request = Request(link, data=urlencode(form).encode() if form else None)
    with urlopen(request, timeout=30) as answer:
        body: bytes = answer.read()
    return body.decode()


def _posted(platforms: Platforms) -> dict[str, int]:
    return dict(Counter(one.platform for one in platforms.posted() if one.text == WORDS))


def _opportunities() -> list[Opportunity]:
    now = clock.now()
    return store.opportunities(BRAND, now - timedelta(days=1), now)


def _states() -> dict[str, str]:
    posts: dict[str, Reply | None] = {
        channel: store.reply(BRAND, *post_names(one.id, channel))
        for one in _opportunities()
        for channel in one.channels
    }
    return {channel: post.state for channel, post in posts.items() if post is not None}


def _let_its_claim_end() -> None:
    """What two minutes would do: nobody else moves a claim until then."""
    for one in _opportunities():
        reply = store.reply(BRAND, *post_names(one.id, HANGS))
        if reply is not None and reply.state == "sending":
            now = {"due_at": clock.now(), "lease_until": clock.now(), "token": clock.token()}
            store.move(reply, reply.model_copy(update=now))


def _kill_who_waits(port: int) -> bool:
    """Kill the process below this one that waits for an answer from `port`; False for none.

    One that waits is connected in three looks, two tenths of a second apart.
    """
    waiting = _connected(port)
    for _ in range(2):
        time.sleep(0.2)
        waiting &= _connected(port)
    for process in waiting:
        os.kill(process, signal.SIGKILL)
    return bool(waiting)


def _connected(port: int) -> set[int]:
    """The processes below this one with a connection to `port`, where /proc tells.

    https://docs.kernel.org/networking/proc_net_tcp.html
    """
    try:
        rows = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    except OSError:
        return set()
    sockets = {
        f"socket:[{row[9]}]" for row in rows if int(row[2][-4:], 16) == port and row[3] == "01"
    }
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # another's, or gone
            if any(os.readlink(one) in sockets for one in (folder / "fd").iterdir()):
                found.add(int(folder.name))
    return {process for process in found if _is_below(process)}


def _is_below(process: int) -> bool:
    while process > 1:
        try:
            stat = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
        except OSError:
            return False
        process = int(stat.rpartition(")")[2].split()[1])
        if process == os.getpid():
            return True
    return False
