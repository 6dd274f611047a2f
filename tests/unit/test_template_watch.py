"""The template's rules for whoever watches the desk itself: auditor and drill."""

import json
from typing import Any

from desk import drill
from desk.drill import TO
from desk.reach import Subscription, hears
from tests.unit.test_template import alarms, resources

Template = dict[str, Any]


def test_the_silence_of_the_auditor_is_an_alarm_within_fifteen_minutes(template: Template) -> None:
    silent = alarms(template, "OnTime")[""]
    assert (silent["TreatMissingData"], silent["Threshold"]) == ("breaching", 1)
    assert silent["ComparisonOperator"] == "LessThanThreshold"
    # It may have spoken just before; and the last period has to end before it is judged.
    assert silent["Period"] * (silent["EvaluationPeriods"] + 1) <= 15 * 60
    spoken = resources(template, "AWS::Logs::MetricFilter")["OnTimeFilter"]
    assert "DefaultValue" not in spoken["MetricTransformations"][0], "silence is no data"


def test_a_drill_that_does_not_come_is_missed_within_a_day_and_some_hours(
    template: Template,
) -> None:
    missed = alarms(template, "DrillDone")[""]
    assert missed["TreatMissingData"] == "breaching"
    hours = missed["Period"] * missed["EvaluationPeriods"] / 3600
    assert 24 < hours <= 30
    assert missed["Period"] * missed["EvaluationPeriods"] <= 7 * 86400, (
        "more AWS does not look back"
    )


def test_the_drills_approver_hears_what_is_sent_to_it_and_nothing_else(
    template: Template,
) -> None:
    subscription = resources(template, "AWS::SNS::Subscription")["DrillsSubscription"]
    assert subscription["FilterPolicy"] == {"to": [TO]}
    assert hears(
        Subscription("arn", "sqs", "queue", True, json.dumps(subscription["FilterPolicy"])),
        drill.BRAND, drill.APPROVER,
    )  # fmt: skip
