"""What an install may choose: each parameter is described, and the risky ones are off."""

from typing import Any

Template = dict[str, Any]


def test_private_addresses_are_asked_on_the_local_cloud_alone(template: Template) -> None:
    assert template["Parameters"]["PrivateFetches"]["Default"] == "off"


def test_a_parameter_is_described_or_says_all_it_can_be(template: Template) -> None:
    for name, parameter in template["Parameters"].items():
        assert "Description" in parameter or "AllowedValues" in parameter, name
        assert "Default" in parameter, name
        assert "NoEcho" not in parameter, "secrets are not parameters"


def test_only_a_second_reader_that_was_chosen_may_be_asked(template: Template) -> None:
    policies = {
        name: one
        for name, one in template["Resources"].items()
        if one["Type"] == "AWS::IAM::Policy"
    }
    granted = {}
    for name, policy in policies.items():
        [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
        assert policy["Properties"]["Roles"] == ["Ref TriageRole"], name
        granted[policy["Condition"]] = statement["Action"]
    assert granted == {
        "AsksComprehend": "comprehend:DetectSentiment",
        "AsksBedrock": "bedrock:InvokeModel",
    }
    assert template["Parameters"]["SecondReader"]["Default"] == "off"
