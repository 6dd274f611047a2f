"""Publishing to approvers: one topic, one message an approver, filtered by who they are."""

import json

from cloud import aws
from cloud.settings import settings

MAX_SUBJECT = 99


def publish(
    brand: str, approver: str, subject: str, text: str, short: str = "", escalation: str = ""
) -> None:
    """Send `text` to the subscriptions whose filter policy names `brand/approver` as `to`.

    A telephone gets `short`, where there is one. Of an `escalation` a bot is told only while it is
    open. SNS wants a subject of one line of ASCII: what that cannot hold is left out.
    """
    line = " ".join(subject.encode("ascii", "ignore").decode().split())[:MAX_SUBJECT]
    attributes = {
        "to": f"{brand}/{approver}",
        "approver": approver,  # of one brand alone; filters from before `to` go by it
        "escalation": escalation,
        "AWS.SNS.SMS.SMSType": "Transactional",
    }
    aws.sns().publish(
        TopicArn=settings().topic,
        Message=json.dumps({"default": text, "sms": short or text}, ensure_ascii=False),
        MessageStructure="json",
        **({"Subject": line} if line else {}),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value}
            for name, value in attributes.items()
            if value
        },
    )


def publish_code(approver: str, text: str) -> None:
    """Send `text` to the subscriptions whose filter policy names `approver` for codes.

    It is another attribute than that of the links, so that nobody gets both by one path.
    """
    aws.sns().publish(
        TopicArn=settings().topic,
        Message=text,
        MessageAttributes={"code_for": {"DataType": "String", "StringValue": approver}},
    )
