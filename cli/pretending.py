"""Making a stack ready to be played with: pretend channels, and an inbox for all approvers."""

import json
import os
from collections import Counter
from dataclasses import dataclass, field

from cli import local, reaching, seeding, signing
from cloud import aws
from desk.playbook import Playbook
from desk.reach import policy_for
from tests.platforms import Platforms


@dataclass
class Inbox:
    """What approvers were sent: a queue that is subscribed to the topic."""

    url: str
    asked: Counter[str] = field(default_factory=Counter)
    last: dict[str, str] = field(default_factory=dict)
    said: list[tuple[str, str]] = field(default_factory=list)
    """All of it: to whom, and what."""
    spike: str = ""
    """The last message about a topic that is unusually loud."""

    def read(self) -> None:
        """Take what has come."""
        while True:
            answer = aws.sqs().receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
            messages = answer.get("Messages", [])
            if not messages:
                return
            for message in messages:
                body = json.loads(message["Body"])
                who = body["MessageAttributes"]["approver"]["Value"]
                self.asked[who] += 1
                self.last[who] = body["Message"]
                self.said.append((who, body["Message"]))
                if body.get("Subject", "").startswith("Repartee: spike"):
                    self.spike = body["Message"]
                aws.sqs().delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])


def prepare(playbook: Playbook, platforms: Platforms, say: local.Say) -> Inbox:
    """Give the stack its brand: playbook, channels, somebody to ask, and the drill."""
    say(f"Loading the brand {playbook.name}, playbook {playbook.version}")
    connect(playbook, platforms)
    reaching.set_up_drill()
    return subscribe(playbook, "demo-approvers")


def connect(playbook: Playbook, platforms: Platforms) -> None:
    """Apply the playbook, and give its channels fresh secrets on the pretend platforms."""
    seeding.apply(playbook)
    for channel, account in playbook.accounts.items():
        known = platforms.credentials(channel)
        token = {**known, "account": account}
        if channel == "standard":
            token["url"] = f"{known['base']}/replies"
        platforms.grant(
            channel,
            account,
            token.get("token") or token["app_id"],
            token.get("app_secret", ""),
        )
        seeding.put_channel(playbook.brand, channel, signing.new_hook(channel), token)


def subscribe(playbook: Playbook, name: str) -> Inbox:
    """A queue of that name that hears what all approvers of a brand are sent."""
    queue = aws.sqs().create_queue(QueueName=name)["QueueUrl"]
    wanted = aws.sqs().get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn = wanted["Attributes"]["QueueArn"]
    topic = os.environ["TOPIC_ARN"]
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    aws.sqs().set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    everybody = policy_for([f"{playbook.brand}/{who}" for who in playbook.approvers])
    wanted_by = {"FilterPolicy": everybody}
    aws.sns().subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=wanted_by)
    return Inbox(queue)
