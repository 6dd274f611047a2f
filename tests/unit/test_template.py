"""The template's rules: who may do what, what fails where, and who hears of it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from cloud.outside import MILLISECONDS_NEEDED
from cloud.settings import settings

TWO_WEEKS = 14 * 24 * 3600
ROUTES = {
    "ANY /hooks/{brand}/{channel}",
    "GET /approvals/{token}",
    "POST /approvals/{token}",
    "GET /brake/{token}",
    "POST /brake/{token}",
}
"""All that anybody on the internet can reach."""

Template = dict[str, Any]


def resources(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def functions(template: Template) -> dict[str, dict[str, Any]]:
    everywhere = template["Globals"]["Function"]
    found = resources(template, "AWS::Serverless::Function")
    return {name: everywhere | properties for name, properties in found.items()}


def events(template: Template, kind: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for name, function in functions(template).items():
        for event in function.get("Events", {}).values():
            if event["Type"] == kind:
                yield name, function, event["Properties"]


def named(reference: str) -> str:
    """The resource that a !Ref or a !GetAtt means."""
    return reference.removeprefix("Ref ").removeprefix("GetAtt ").partition(".")[0]


def statements(template: Template) -> Iterator[tuple[str, list[str], list[str]]]:
    """Function, actions and resources of each statement that grants something."""
    for name, function in functions(template).items():
        for policy in function["Policies"]:
            for statement in policy["Statement"]:
                assert statement["Effect"] == "Allow"
                actions, wanted = statement["Action"], statement["Resource"]
                yield (
                    name,
                    [actions] if isinstance(actions, str) else actions,
                    [wanted] if isinstance(wanted, str) else wanted,
                )


def may(template: Template, action: str, resource: str = "") -> set[str]:
    """The functions that are granted `action`, on a resource whose name has `resource` in it."""
    return {
        name
        for name, actions, wanted in statements(template)
        if any(one.startswith(action) for one in actions) and any(resource in one for one in wanted)
    }


def values(whole: Any) -> Iterator[Any]:
    yield whole
    parts = whole.values() if isinstance(whole, dict) else whole if isinstance(whole, list) else ()
    for part in parts:
        yield from values(part)


def keys(whole: Any) -> set[str]:
    return {key for part in values(whole) if isinstance(part, dict) for key in part}


# ------------------------------------------------------------------------ queues


def test_a_batch_fails_by_its_messages_and_only_so_many_run_at_once(template: Template) -> None:
    found = list(events(template, "SQS"))
    assert len(found) == 5
    for name, function, mapping in found:
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
        assert 2 <= mapping["ScalingConfig"]["MaximumConcurrency"] <= 50, name
        # Reserved concurrency throttles a mapping, and throttled messages end as dead letters.
        assert "ReservedConcurrentExecutions" not in function, name


def test_what_cannot_be_handled_is_kept_two_weeks_after_five_tries(template: Template) -> None:
    queues = resources(template, "AWS::SQS::Queue")
    for name, function, mapping in events(template, "SQS"):
        queue = queues[named(mapping["Queue"])]
        assert queue["VisibilityTimeout"] >= 6 * function["Timeout"], name
        assert queue["MessageRetentionPeriod"] == TWO_WEEKS
        assert queue["RedrivePolicy"]["maxReceiveCount"] >= 5
        dead = queues[named(queue["RedrivePolicy"]["deadLetterTargetArn"])]
        assert dead["MessageRetentionPeriod"] == TWO_WEEKS
        assert "RedrivePolicy" not in dead


def test_queues_are_encrypted(template: Template) -> None:
    for name, queue in resources(template, "AWS::SQS::Queue").items():
        assert queue["SqsManagedSseEnabled"] is True, name


def test_a_post_that_hangs_holds_up_no_other(template: Template) -> None:
    [sending] = [mapping for name, _, mapping in events(template, "SQS") if name == "Send"]
    assert sending["BatchSize"] == 1
    assert functions(template)["Send"]["Timeout"] * 1000 >= 2 * MILLISECONDS_NEEDED - 1


def test_a_schedule_that_cannot_start_leaves_a_trace_and_no_retry(template: Template) -> None:
    found = list(events(template, "Schedule"))
    assert {name: event["Schedule"] for name, _, event in found} == {
        "Tick": "rate(1 minute)",
        "Scan": "rate(1 minute)",
        "Collect": "rate(5 minutes)",
        "Auditor": "rate(1 minute)",
        "Rollcall": "rate(1 hour)",
        "Drill": "rate(1 day)",
    }
    for name, function, event in found:
        assert event["RetryPolicy"]["MaximumRetryAttempts"] == 0
        assert event["DeadLetterConfig"]["Arn"] == "GetAtt MissedSchedules.Arn"
        count, unit = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", event["Schedule"]).groups()  # type: ignore[union-attr]
        seconds = int(count) * {"minute": 60, "hour": 3600, "day": 86400}[unit]
        assert function["Timeout"] < seconds, name


def test_nothing_goes_through_asynchronous_destinations(template: Template) -> None:
    assert not keys(template) & {
        "EventInvokeConfig", "DestinationConfig", "OnFailure", "OnSuccess", "DeadLetterQueue"
    }  # fmt: skip


# ------------------------------------------------------------------------ rights


def test_each_function_has_a_role_of_its_own_and_no_policy_of_others(template: Template) -> None:
    for name, function in functions(template).items():
        assert not {"Role", "PermissionsBoundary", "AssumeRolePolicyDocument"} & set(function), name
        assert all(set(policy) == {"Statement"} for policy in function["Policies"]), name
    assert not resources(template, "AWS::IAM::Role")
    assert not resources(template, "AWS::IAM::ManagedPolicy")
    assert "ManagedPolicyArns" not in keys(template)


def test_no_right_is_wider_than_a_name(template: Template) -> None:
    for name, actions, wanted in statements(template):
        assert not [action for action in actions if "*" in action], name
        if actions == ["sns:GetSubscriptionAttributes"]:
            continue  # it has no resources of its own
        for resource in wanted:
            if "*" in resource:
                path = r"(hooks|hooks/drill|tokens|reads|bots)"
                assert re.fullmatch(
                    rf"Sub arn:\S+:parameter/repartee/\$\{{Stage\}}/{path}/\*", resource
                ), f"{name}: {resource}"


def test_only_send_can_read_what_lets_us_post(template: Template) -> None:
    assert may(template, "ssm:", "/tokens/") == {"Send"}
    assert may(template, "ssm:", "/hooks/*") == {"Receive", "Triage"}
    assert may(template, "ssm:", "/hooks/") == {"Receive", "Triage", "Drill"}
    assert may(template, "ssm:GetParameter", "/bots/") == {"Notify", "Rollcall"}
    assert may(template, "secretsmanager:") == {"Triage", "Scan", "Brake"}


def test_only_collect_can_read_what_lets_us_read_and_it_can_read_nothing_else(
    template: Template,
) -> None:
    assert may(template, "ssm:", "/reads") == {"Collect"}
    wanted = [one for name, actions, found in statements(template) if name == "Collect"
              for one in found if any(action.startswith("ssm:") for action in actions)]  # fmt: skip
    assert all("/reads" in one for one in wanted)
    assert not may(template, "sns:") & {"Collect"}


def test_the_webhook_door_can_queue_and_nothing_else(template: Template) -> None:
    granted = [action for name, actions, _ in statements(template) if name == "Receive"
               for action in actions]  # fmt: skip
    assert sorted(granted) == ["sqs:SendMessage", "ssm:GetParameter"]
    assert may(template, "sqs:", "Deliveries") == {"Receive", "Collect"}


def test_each_queue_is_filled_by_those_whose_arrow_points_to_it(template: Template) -> None:
    assert may(template, "sqs:", "Outbound") == {"Triage", "Send", "Decide", "Tick"}
    assert may(template, "sqs:", "Escalations") == {"Triage", "Send", "Tick", "Scan", "Brake"}
    assert may(template, "sqs:", "Brakes") == {"Brake"}
    assert may(template, "sns:Publish") == {"Escalate", "Tick", "Decide", "Brake"}
    assert may(template, "sns:") == {"Escalate", "Tick", "Decide", "Brake", "Rollcall"}
    assert may(template, "sqs:", "Notices") == set(), "the topic alone fills it"


def test_nobody_can_delete_or_scan_and_few_update_the_brake_in_place(template: Template) -> None:
    # So no role can take away or change what is on record: its rows are put where there are none.
    granted = {action for _, actions, _ in statements(template) for action in actions}
    assert {action for action in granted if action.startswith("dynamodb:")} == {
        "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query"
    }  # fmt: skip
    assert may(template, "dynamodb:UpdateItem") == {"Scan", "Brake", "Triage", "Decide", "Tick"}
    others = [(name, *one["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"])
              for name, function in functions(template).items() if name not in ("Scan", "Brake")
              for policy in function["Policies"] for one in policy["Statement"]
              if "dynamodb:UpdateItem" in one["Action"]]  # fmt: skip
    brake = {"holds", "heartbeat"}
    assert [one for one in others if brake & {*one}] == [("Decide", "pk", "sk", "holds")]


def test_nothing_is_open_to_everybody(template: Template) -> None:
    principals = [part["Principal"] for part in values(template)
                  if isinstance(part, dict) and "Principal" in part]  # fmt: skip
    assert principals
    for principal in principals:
        text = principal if isinstance(principal, str) else principal["Service"]
        assert re.fullmatch(r"(apigateway|events|sns|sms-voice)\.amazonaws\.com", text)
    for name, permission in resources(template, "AWS::Lambda::Permission").items():
        assert "SourceArn" in permission, name
    kinds = "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"
    for policy in [one for kind in kinds for one in resources(template, kind).values()]:
        assert all("Condition" in one for one in policy["PolicyDocument"]["Statement"])


def test_the_public_routes_are_these_five(template: Template) -> None:
    routes = resources(template, "AWS::ApiGatewayV2::Route")
    public = {one["RouteKey"] for one in routes.values() if one["AuthorizationType"] == "NONE"}
    assert public == ROUTES
    assert not list(events(template, "HttpApi"))
    assert not list(events(template, "Api"))
    assert "FunctionUrlConfig" not in keys(template)


# ------------------------------------------------------------------- data and logs


def test_the_table_is_encrypted_can_be_restored_and_forgets(template: Template) -> None:
    table = template["Resources"]["Table"]
    properties = table["Properties"]
    assert properties["SSESpecification"]["SSEEnabled"] is True
    assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    for name in ("Table", "KeySecret"):
        kept = template["Resources"][name]
        assert kept["DeletionPolicy"] == "RetainExceptOnCreate"
        assert kept["UpdateReplacePolicy"] == "Retain"


def test_messages_to_approvers_are_encrypted_at_rest(template: Template) -> None:
    topics = resources_or_empty(template, "AWS::SNS::Topic")
    assert topics["Approvers"]["KmsMasterKeyId"]


def resources_or_empty(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource.get("Properties", {})
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def test_every_log_ends_after_some_days(template: Template) -> None:
    groups = resources(template, "AWS::Logs::LogGroup")
    for name, group in groups.items():
        assert group["RetentionInDays"], name
    for name, function in functions(template).items():
        assert named(function["LoggingConfig"]["LogGroup"]) in groups, name
    allowed = template["Parameters"]["LogDays"]["AllowedValues"]
    assert max(allowed) <= 90


def test_the_path_of_an_approval_is_in_no_log(template: Template) -> None:
    [stage] = resources(template, "AWS::ApiGatewayV2::Stage").values()
    form = stage["AccessLogSettings"]["Format"]
    assert "$context.routeKey" in form
    assert not re.search(r"\$context\.(path|identity|authorizer)", form)


def test_functions_are_told_the_names_that_they_read(
    template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = set(template["Globals"]["Function"]["Environment"]["Variables"])
    for name in told:
        monkeypatch.setenv(name, name)
    settings.cache_clear()
    read = set(settings())
    settings.cache_clear()
    assert read == {name for name in told if not name.startswith(("POWERTOOLS_", "PYDANTIC_"))}
    for name, function in functions(template).items():
        assert function["Environment"] == template["Globals"]["Function"]["Environment"], name


# ------------------------------------------------------------------------- alarms


def alarms(template: Template, metric: str) -> dict[str, dict[str, Any]]:
    """The alarms on a metric, by the resource that they watch."""
    found = {}
    for alarm in resources(template, "AWS::CloudWatch::Alarm").values():
        if alarm["MetricName"] == metric:
            [*dimensions] = alarm.get("Dimensions", [])
            found[named(dimensions[0]["Value"]) if dimensions else ""] = alarm
    return found


def test_every_alarm_is_heard_by_somebody(template: Template) -> None:
    for name, alarm in resources(template, "AWS::CloudWatch::Alarm").items():
        assert alarm["AlarmActions"] == ["Ref Alarms"], name
        assert alarm["AlarmDescription"], name
        assert alarm["TreatMissingData"] in ("breaching", "notBreaching"), name


def test_what_waits_too_long_and_what_is_dead_raises_an_alarm(template: Template) -> None:
    age = alarms(template, "ApproximateAgeOfOldestMessage")
    dead = alarms(template, "ApproximateNumberOfMessagesVisible")
    queues = resources(template, "AWS::SQS::Queue")
    for name, _, mapping in events(template, "SQS"):
        queue = named(mapping["Queue"])
        assert age[queue]["Threshold"] <= 300, name
        letters = named(queues[queue]["RedrivePolicy"]["deadLetterTargetArn"])
        assert (dead[letters]["Threshold"], dead[letters]["EvaluationPeriods"]) == (1, 1), name
    assert dead["MissedSchedules"]["Threshold"] == 1


def test_a_function_that_fails_raises_an_alarm(template: Template) -> None:
    assert set(alarms(template, "Errors")) == set(functions(template))
    assert {"5xx", "4xx"} <= {
        alarm["MetricName"] for alarm in resources(template, "AWS::CloudWatch::Alarm").values()
    }


def test_a_schedule_that_stops_raises_an_alarm_by_its_silence(template: Template) -> None:
    for name, alarm in alarms(template, "Invocations").items():
        assert alarm["TreatMissingData"] == "breaching", name
        assert alarm["ComparisonOperator"] == "LessThanThreshold", name
    assert set(alarms(template, "Invocations")) == {"Tick", "Scan", "Collect", "Rollcall"}


def test_what_must_be_heard_is_counted_from_the_log_and_alarms(
    template: Template,
) -> None:
    assert measured_events(template) == {
        "Unanswered": "unanswered",
        "ChannelTrouble": "channel_trouble",
        "SourceFlagged": "source flagged",
        "OnTime": "on time",
        "Late": "late",
        "Unreached": "unreached",
        "DrillDone": "drill done",
        "SmsRefused": "sms refused",
    }


def measured_events(template: Template) -> dict[str, str]:
    """The log events that raise an alarm, by the metric that counts them."""
    found = {}
    for measured in resources(template, "AWS::Logs::MetricFilter").values():
        [metric] = measured["MetricTransformations"]
        name = metric["MetricName"]
        assert alarms(template, name)[""]["Namespace"] == metric["MetricNamespace"]
        found[name] = re.fullmatch(r'\{ \$\.message = "([\w ]+)" \}', measured["FilterPattern"])[1]  # type: ignore[index]
    return found


# ------------------------------------------------------------------------- the rest


def test_the_gateway_waits_longer_than_its_functions_and_is_throttled(template: Template) -> None:
    for integration in resources(template, "AWS::ApiGatewayV2::Integration").values():
        name = named(integration["IntegrationUri"])
        assert integration["TimeoutInMillis"] > 1000 * functions(template)[name]["Timeout"], name
        assert integration["PayloadFormatVersion"] == "2.0"
    [stage] = resources(template, "AWS::ApiGatewayV2::Stage").values()
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] <= 1000


def test_each_functions_description_reads_as_an_arrow(template: Template) -> None:
    for name, function in functions(template).items():
        assert re.fullmatch(r"\S.* → \S.*", function["Description"]), name
