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


def test_only_a_model_that_was_chosen_may_be_asked(template: Template) -> None:
    policies = {
        name: one
        for name, one in template["Resources"].items()
        if one["Type"] == "AWS::IAM::Policy"
    }
    granted = {}
    for policy in policies.values():
        [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
        [role] = policy["Properties"]["Roles"]
        granted[policy["Condition"]] = (role, statement["Action"])
    assert granted == {
        "AsksComprehend": ("Ref TriageRole", "comprehend:DetectSentiment"),
        "AsksBedrock": ("Ref TriageRole", "bedrock:InvokeModel"),
        "DraftsByBedrock": ("Ref ScanRole", "bedrock:InvokeModel"),
    }
    assert template["Parameters"]["Drafter"]["Default"] == "off"
    assert template["Parameters"]["SecondReader"]["Default"] == "off"
