"""The outside of the daily drill: its webhook, its inbox, and its approver's page."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from cloud import aws, http, secrets
from cloud.settings import settings
from desk.drill import BRAND, CHANNEL, closing, said, webhook
from desk.wire import Outbound, Response

WAIT_SECONDS = 2
"""For which SQS may hold a question: below the client's own time-out."""


class DrillFailed(Exception):
    """The drill has not come through; the argument says how far it came."""


def say(number: str, now: datetime) -> None:
    """Deliver the mention of that number as a platform would; raises DrillFailed unless heard."""
    secret = secrets.hook(BRAND, CHANNEL)
    if secret is None:
        raise DrillFailed("not set up: `repartee people drill` does it")
    request = webhook(number, secret, now)
    url = f"{settings().public_url}/hooks/{BRAND}/{CHANNEL}"
    answer = http.call(Outbound("POST", url, request.headers, request.body))
    if not isinstance(answer, Response) or answer.status != 200:
        raise DrillFailed("the webhook door does not take it")


def sent() -> Iterator[str]:
    """What the drill's approver has been sent and not read yet."""
    queue = settings().drills_queue
    answer = aws.sqs().receive_message(
        QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=WAIT_SECONDS
    )
    for message in answer.get("Messages", []):
        yield message["Body"]
        aws.sqs().delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


def closed(link: str, number: str) -> bool:
    """Close the matter of a link by its page; whether it was about the mention of that number.

    Raises DrillFailed where the page does not open or does not take the decision.
    """
    if not link.startswith(f"{settings().public_url}/approvals/"):
        return False
    page = http.call(Outbound("GET", link, {}, b""))
    if not isinstance(page, Response) or page.status != 200:
        raise DrillFailed("the approver's page does not open")
    shown = page.body.decode("utf-8", "replace")
    form = urlencode(closing(shown)).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = http.call(Outbound("POST", link, headers, form))
    if not isinstance(answer, Response) or answer.status != 200:
        raise DrillFailed("the approver's page takes no decision")
    return said(number) in shown
