"""Who hears the approvers' topic: its subscriptions, with the filters that say whose each is."""

from cloud import aws
from cloud.settings import settings
from desk.reach import Subscription

PENDING = "PendingConfirmation"


def every() -> list[Subscription]:
    """All subscriptions of the topic. Of one that is not confirmed SNS does not say whose it is."""
    client = aws.sns()
    found = []
    pages = client.get_paginator("list_subscriptions_by_topic")
    for page in pages.paginate(TopicArn=settings().topic):
        for one in page["Subscriptions"]:
            arn, confirmed = one["SubscriptionArn"], one["SubscriptionArn"] != PENDING
            more = {}
            if confirmed:
                try:
                    more = client.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
                except client.exceptions.NotFoundException:
                    continue  # it has vanished since it was listed
            confirmed = confirmed and more.get("PendingConfirmation") != "true"
            found.append(
                Subscription(
                    arn, one["Protocol"], one["Endpoint"], confirmed, more.get("FilterPolicy", ""),
                    more.get("ConfirmationWasAuthenticated") == "true",
                )
            )  # fmt: skip
    return found
