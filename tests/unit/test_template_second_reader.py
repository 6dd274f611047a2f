"""The template's rules for a second reader: it may be asked where an install has chosen one."""

from typing import Any

Template = dict[str, Any]


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
