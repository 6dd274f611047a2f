"""What is talked about elsewhere and suits the brand: found once, asked about once, followed up."""

from collections.abc import Callable
from typing import Any

import pytest

from cloud import clock, moments, queues, secrets, store
from desk import opportunity as desk
from desk.escalation import Matter
from desk.intake import conversation_of
from desk.mention import Mention, Reading
from desk.opportunity import Opportunity
from desk.outbound import Reply, moved
from desk.playbook import Playbook
from desk.publication import post_names
from desk.wire import Address
from tests.records import BRAND, NOON, after, mention

pytestmark = pytest.mark.usefixtures("at")


def news(title: str, minute: float, source: str = "weibo", rank: int = 3) -> Mention:
    return mention(
        id=f"hot:{source}-{title}-{rank}",
        channel="hot",
        platform="hotlist",
        conversation=f"hot:{title}",
        author=source,
        address=Address("hotlist", context=f"rank={rank}"),
        text=title,
        action="record",
        permalink=f"https://lists.example/{rank}",
        said_at=after(minute),
        heard_at=after(minute),
    )


@pytest.fixture
def look(
    playbook: Playbook, queued: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[[float, list[Mention]], list[Matter]]:
    """Looks so many minutes after noon; the matters that it put before somebody."""
    for channel in playbook.moments.channels:
        assert channel in playbook.accounts

    def look(minute: float, heard: list[Mention]) -> list[Matter]:
        monkeypatch.setattr(clock, "now", lambda: after(minute))
        for one in heard:
            store.add_mention(one, b"")
        moments.look(BRAND, playbook, after(minute))
        return [Matter.model_validate_json(body) for body in queued("escalations")]

    return look


def had() -> list[Opportunity]:
    return store.opportunities(BRAND, after(-2000), after(2000))


def posts(one: Opportunity) -> list[Reply]:
    found = [store.reply(BRAND, *post_names(one.id, channel)) for channel in one.channels]
    return [post for post in found if post is not None]


def test_a_story_that_suits_is_put_before_a_person_once_with_a_post(look: Any) -> None:
    first = news("初雪落在西湖边", -5)
    [matter] = look(0, [first])
    assert (matter.kind, matter.title) == ("opportunity", "初雪落在西湖边")
    assert matter.examples == (f"{first.conversation}|{first.id}",)
    [one] = had()
    assert (one.state, one.asked_at, one.links) == ("asked", NOON, (first.permalink,))
    [post] = posts(one)
    assert (post.state, post.address.way, post.automatic) == ("pending", "post", False)
    assert "初雪落在西湖边" in post.text
    assert [copy.channel for copy in post.copies] == list(one.channels[1:])
    other_titles = [news("初雪落在西湖邊", 2, "zhihu"), news("西湖边初雪落", 3, "baidu")]
    assert look(5, [first, *other_titles]) == []
    assert len(had()) == 1


def test_what_is_forbidden_or_foreign_is_never_asked_about(look: Any) -> None:
    heard = [news("初雪夜连环追尾多人死亡", -5), news("新款手机开售", -5), news("总统发表讲话", -4)]
    assert look(0, heard) == []
    assert had() == []


def test_a_day_has_no_more_than_its_number(look: Any, playbook: Playbook) -> None:
    titles = [
        "初雪落在西湖边",
        "露营季来了带什么",
        "围炉煮茶的冬天",
        "国际茶日喝什么",
        "桂花季到了杭州",
    ]
    asked = [look(minute, [news(title, minute - 1) for title in titles]) for minute in (0, 5, 10)]
    assert [len(one) for one in asked] == [playbook.moments.per_day, 0, 0]


@pytest.mark.parametrize("stop", ["add_reply", "queue", "follow_up"])
def test_who_stops_half_way_is_taken_up_by_the_next_run(
    stop: str, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = [news("初雪落在西湖边", -5)]

    def fails(*_: object, **__: object) -> None:
        raise queues.NotQueued

    with monkeypatch.context() as patch:
        where, name = (queues, "send") if stop == "queue" else (store, stop)
        patch.setattr(where, name, fails)
        with pytest.raises(queues.NotQueued):
            look(0, heard)
    matters = look(5, heard)
    assert {one.event for one in matters} == {had()[0].id}
    assert [one.state for one in had()] == ["asked"]
    assert len(posts(had()[0])) == 1


def test_what_came_of_a_post_is_taken_within_the_hour(
    look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(0, [news("初雪落在西湖边", -5)])
    [one] = had()
    [post] = posts(one)
    ready = moved(
        post, "ready", "t1", after(2), "approved:lin", decided_at=after(2), decided_by="lin"
    )
    sending = moved(ready, "sending", "t2", after(3), "claimed", claimed_at=after(3))
    sent = moved(sending, "sent", "t3", after(3), "posted", sent_at=after(3), platform_id="p-77")
    for before, later in ((post, ready), (ready, sending), (sending, sent)):
        assert store.move(before, later)
    look(5, [])
    [one] = had()
    assert (one.state, one.decided_at, one.posted_at) == ("posted", after(2), after(3))
    assert desk.clocks(one) == (5, 7, 8)
    place = conversation_of("p-77", BRAND, post.channel, secrets.key())
    for number, feeling in enumerate(["positive", "positive", "negative"]):
        answer = mention(
            id=f"{post.channel}:a{number}", channel=post.channel, conversation=place,
            author=f"{post.channel}:who{number % 2}",
            reading=Reading(sentiment=feeling, confidence=0.9),
        )  # fmt: skip
        store.add_mention(answer, b"")
    look(30, [])
    assert had()[0].state == "posted"
    look(60, [])
    [one] = had()
    result = one.results[post.channel]
    assert (one.state, result.answers, result.people) == ("measured", 3, 2)
    assert (result.positive, result.negative) == (2, 1)


def test_what_is_rejected_or_too_late_is_over(look: Any) -> None:
    look(0, [news("初雪落在西湖边", -5)])
    [post] = posts(had()[0])
    no = moved(post, "rejected", "t1", after(1), "rejected", decided_at=after(1), decided_by="lin")
    assert store.move(post, no)
    look(5, [])
    assert had()[0].state == "over"


def test_without_channels_nothing_is_looked_for(playbook: Playbook, at: Any) -> None:
    silent = playbook.model_copy(
        update={"moments": playbook.moments.model_copy(update={"channels": ()})}
    )
    assert moments.look(BRAND, silent, NOON) == 0
    assert store.board(BRAND) is None


def test_two_runs_at_once_find_it_once(
    look: Any, playbook: Playbook, queued: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = [news("初雪落在西湖边", -5)]
    kept = store.add_opportunity

    def other_first(new: Opportunity) -> Opportunity | None:
        monkeypatch.setattr(store, "add_opportunity", kept)
        moments.look(BRAND, playbook, NOON)
        return kept(new)

    monkeypatch.setattr(store, "add_opportunity", other_first)
    assert len(look(0, heard)) == 1
    assert len(had()) == 1
