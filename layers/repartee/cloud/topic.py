"""Publishing to approvers: one topic, one message an approver, filtered by who they are."""

from cloud import aws
from cloud.settings import settings

MAX_SUBJECT = 99


def publish(approver: str, subject: str, text: str) -> None:
    """Send `text` to the subscriptions whose filter policy names `approver`.

    SNS wants a subject of one line of ASCII: what that cannot hold is left out.
    """
    line = " ".join(subject.encode("ascii", "ignore").decode().split())[:MAX_SUBJECT]
    aws.sns().publish(
        TopicArn=settings().topic,
        Message=text,
        **({"Subject": line} if line else {}),
        MessageAttributes={"approver": {"DataType": "String", "StringValue": approver}},
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
