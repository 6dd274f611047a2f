"""Whether an approver can be reached: subscriptions, their filters, bots."""

import json

import pytest

from desk.reach import (
    Subscription,
    hears,
    hears_everybody,
    named_in,
    policy_for,
    unreached,
)


def mail(policy: object = None, **change: object) -> Subscription:
    text = "" if policy is None else json.dumps(policy)
    one = Subscription("arn:1", "email", "lin@example.com", True, text, True)
    return one._replace(**change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "heard"),
    [
        (mail({"to": ["tea/lin"]}), True),
        (mail({"to": ["tea/lin", "cups/l"]}), True),
        (mail({"approver": ["lin"]}), True),
        (mail({"approver": ["lin"], "to": ["tea/lin"]}), True),
        (mail({"to": ["cups/lin"]}), False),
        (mail({"approver": ["wei"]}), False),
        (mail({"approver": ["lin"], "colour": ["red"]}), False),
        (mail({"to": "tea/lin"}), False),
        (mail({}), False),
        (mail([]), False),
        (mail(), True),
        (mail({"to": ["tea/lin"]}, confirmed=False), False),
        (mail(filter="{not json"), False),
        (mail(protocol="sqs"), False),
        (mail({"to": ["tea/lin"]}, protocol="sqs"), True),
    ],
)
def test_a_message_comes_through_where_the_filter_names_its_approver(
    one: Subscription, heard: bool
) -> None:
    assert hears(one, "tea", "lin") is heard


def test_who_has_neither_a_subscription_nor_a_bot_is_not_reached() -> None:
    known = [mail({"to": ["tea/lin"]}), mail({"to": ["tea/wei"]}, confirmed=False)]
    people = {"lin", "wei", "olena"}
    assert unreached("tea", people, known, {("tea", "olena")}) == {"wei"}
    assert unreached("cups", people, known, {("tea", "olena")}) == people
    assert unreached("tea", set(), [], []) == set()


def test_a_subscription_without_a_filter_gets_everybodys_links() -> None:
    assert hears_everybody(mail())
    assert not hears_everybody(mail({"to": ["tea/lin"]}))
    assert not hears_everybody(mail(protocol="sqs"))
    assert not hears_everybody(mail(confirmed=False))


def test_a_filter_names_whom_it_was_made_for() -> None:
    assert named_in(policy_for({"tea/lin", "cups/l"}), "tea") == {"tea/lin", "cups/l"}
    assert named_in('{"approver": ["wei"]}', "tea") == {"tea/wei"}
    assert named_in("", "tea") == named_in("[1]", "tea") == set()
