"""The template's rules for models of AWS: each may be asked where an install has chosen it."""

from typing import Any

Template = dict[str, Any]


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
