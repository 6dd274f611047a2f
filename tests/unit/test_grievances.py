"""What people complain of in many words: counted as one thing, told once, and stopped by it."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from desk.baseline import KNOWN, Baseline, counted_since, learn, past_of
from desk.crowd import KEPT, counts_of
from desk.detectors import Finding
from desk.grievances import GRIEVANCES, aspect_of, grievances_of, is_grievance
from desk.mention import Intent, Mention, Reading
from desk.odds import usual
from desk.outbound import topics_of
from desk.playbook import Playbook
from desk.scopes import UnknownScope, covers, of_topic, resolved
from desk.tally import MOST_TERM_BYTES, WIDTH, Tally, fold
from desk.trends import Told, bursts, grouped, matter_of, stories
from desk.window import EVERYBODY, Count, Counts
from tests.records import NOON, after, mention
from tests.unit.test_detectors import counted, found, ordinary, usual_weeks
from tests.unit.test_tally import post, spoken

LATE = "complaint:delivery"
NOW = after(30)
KNOWING = usual_weeks(**{LATE: 0.1, "crisis:delivery": 0.01})
ASPECTS = ("delivery",)


def crowd(
    people: int, *shared: str, minute: float = 21, intents: tuple[Intent, ...] = ("complaint",)
) -> list[Mention]:
    """So many who complain of delivery, each in words of their own beside those `shared`."""
    return [
        post(
            f"{minute}-{n}-{shared}", f"词{minute}-{n}", *shared, text="",
            said_at=after(minute), heard_at=after(minute), intents=intents, aspects=ASPECTS,
        )
        for n in range(people)
    ]  # fmt: skip


def complaining(people: int) -> list[Mention]:
    """Six hours in which so many complain in each ten minutes."""
    return [*ordinary(), *(one for at in range(-355, 0, 10) for one in crowd(people, minute=at))]


def leads(some: Iterable[Finding]) -> set[str]:
    return {one.topic.lead for one in some}


@pytest.mark.parametrize(
    ("intents", "terms"),
    [
        (("complaint",), ["complaint:taste", "complaint:price"]),
        (("crisis",), ["complaint:taste", "complaint:price", "crisis:taste", "crisis:price"]),
        (("question", "praise"), []),
        ((), []),
    ],
)
def test_what_is_complained_of_is_counted_and_what_is_spoken_of_is_not(
    intents: tuple[Intent, ...], terms: list[str]
) -> None:
    assert grievances_of(Reading(intents=intents, aspects=("taste", "price"))) == terms
    assert all(is_grievance(term) for term in terms)
    assert {aspect_of(term) for term in terms} <= {"taste", "price"}


def test_who_floods_us_with_words_still_complains() -> None:
    long = post("lin", *(f"词{n:030}" for n in range(90)), intents=("crisis",), aspects=ASPECTS)
    kept = spoken(fold(Tally(start=NOON), [long], {}), "lin")
    assert {LATE, "crisis:delivery"} < kept.keys()
    assert sum(len(term.encode()) for term in kept) <= MOST_TERM_BYTES


def test_a_grievance_of_one_is_counted_beside_a_thousand_words_of_two() -> None:
    said = [tuple(f"词{n}x{m}" for m in range(20)) for n in range(80)]
    words = [post(f"{who}{n}", *some) for n, some in enumerate(said) for who in "ab"]
    counts = counts_of(fold(Tally(start=NOON), [*words, *crowd(1)], {}))
    assert len(counts.terms) == KEPT
    assert counts.terms[LATE] == Count(1, 0, 0)


def test_thirty_people_with_thirty_words_for_one_thing_are_a_crowd() -> None:
    [one] = found([*ordinary(), *crowd(14)], KNOWING)
    assert (one.kind, one.topic.lead, one.people) == ("volume", LATE, 14)
    assert one.usual < 1
    assert found([*ordinary(), *crowd(14, intents=("question",))], KNOWING) == []


def test_as_many_as_complain_on_any_day_are_no_news() -> None:
    assert found([*complaining(4), *crowd(14)], usual_weeks(**{LATE: 4.0})) == []


def test_what_reads_like_a_crisis_is_rarer_and_needs_fewer() -> None:
    busy = usual_weeks(**{LATE: 1.0, "crisis:delivery": 0.02})
    grave = crowd(8, intents=("crisis",))
    assert leads(found([*complaining(1), *grave], busy)) == {"crisis:delivery"}
    assert found([*complaining(1), *crowd(8)], busy) == []


def test_where_people_share_words_these_are_told_and_not_the_grievance() -> None:
    some = found([*ordinary(), *crowd(14, "快递")], KNOWING)
    assert leads(some) == {"快递"}
    assert some[0].topic.grievances == (LATE,)


def test_a_watch_keeps_its_lead_over_what_its_people_complain_of() -> None:
    assert leads(found([*ordinary(), *(
        one.model_copy(update={"text": "漏水"}) for one in crowd(14)
    )], KNOWING)) == {"watch:leak"}  # fmt: skip


def test_weeks_that_were_learned_before_grievances_were_counted_say_nothing_of_them() -> None:
    older = usual_weeks()
    assert found([*ordinary(), *crowd(30)], older) == []

    def learned(hours: int) -> Baseline:
        baseline = older
        for step in range(-36, -36 + 6 * hours):
            baseline = learn(baseline, counted(NOON + step * WIDTH, 12, **{LATE: 1.0}))
        return baseline

    assert counted_since(learned(6), LATE) == NOON - 36 * WIDTH
    day = learned(24)
    assert usual(*past_of(day, LATE, NOON + timedelta(hours=18), 3)) == pytest.approx(3, rel=0.1)
    # A word that is as old as the weeks is still held against all of them.
    assert counted_since(day, "茶") == day.since


def test_a_grievance_is_remembered_however_seldom_it_is() -> None:
    terms = {f"词{n}": Count(9) for n in range(KNOWN + 50)} | {LATE: Count(0.5)}
    baseline = learn(Baseline(), Counts(start=NOON, terms={EVERYBODY: Count(20)} | terms))
    assert len(baseline.known) == KNOWN
    assert LATE in baseline.known


def test_a_story_of_many_words_has_a_name_that_people_understand(playbook: Playbook) -> None:
    heard = [*crowd(7), *crowd(3, "包裹", minute=22), *crowd(2, "丢件", minute=23)]
    groups, _ = grouped(found([*ordinary(), *heard], KNOWING), (), NOW)
    [burst] = bursts(groups, heard, {})
    assert burst.topic == LATE
    assert len(burst.mentions) == 12
    matter = matter_of(burst, playbook, NOW)
    assert matter.title == "包裹 · 丢件"
    assert matter.cause == f"spike:{LATE}"
    assert "complain_of:delivery" in matter.reasons
    assert not any(one.startswith("also:c") for one in matter.reasons)
    assert burst._replace(also=("watch:lid-leak", "丢件")).title == "丢件"
    assert burst._replace(also=()).title == "delivery"


def test_words_and_grievance_of_the_same_people_are_one_story_whichever_came_first() -> None:
    alone = found([*ordinary(), *crowd(14)], KNOWING)
    worded = found([*ordinary(), *crowd(14, "快递")], KNOWING)
    _, first = grouped(alone, (), NOW)
    assert list(grouped(worded, first, NOW)[0]) == [LATE]
    _, first = grouped(worded, (), NOW)
    assert list(grouped(alone, first, NOW)[0]) == ["快递"]
    other = Told(topic="门店", terms=("门店",), at=NOW, grievances=("complaint:store",))
    assert list(grouped(alone, (other,), NOW)[0]) == [LATE]


def test_what_was_told_before_grievances_were_kept_reads_on() -> None:
    [old] = stories.validate_json(f'[{{"topic":"漏水","terms":["漏水"],"at":"{NOW.isoformat()}"}}]')
    assert old.grievances == ()


def test_a_crisis_of_many_words_stops_answers_to_all_who_complain_of_it(playbook: Playbook) -> None:
    scope = of_topic("crisis:delivery")
    assert scope == of_topic(LATE) == f"topic:{LATE}"
    assert resolved("topic:crisis:delivery", playbook) == resolved(scope, playbook) == scope
    late = mention(reading=Reading(intents=("complaint",), aspects=ASPECTS, words=("包裹",)))
    assert topics_of(late) == (LATE, "word:包裹")
    assert covers(scope, "line", topics_of(late))
    assert not covers(scope, "line", ("complaint:store", "word:delivery"))
    with pytest.raises(UnknownScope):
        resolved("topic:complaint:weather", playbook)


def test_there_is_a_term_for_each_aspect_and_each_kind() -> None:
    assert len(GRIEVANCES) == 22
