"""What the template tells a function about its surroundings."""

import os
from functools import cache
from typing import NamedTuple


class Settings(NamedTuple):
    """Names, which are no rights: those are in each function's policies."""

    table: str
    deliveries_queue: str
    outbound_queue: str
    escalations_queue: str
    brakes_queue: str
    topic: str
    drills_queue: str
    """Where what the daily drill's approver is sent arrives."""
    key_secret: str
    parameters: str
    """Path under which channels' parameters lie: `/repartee/<stage>`."""
    public_url: str
    """Address of the HTTP API, without a slash at its end."""
    private_fetches: str
    """`on` where a channel's `base` may be a private address, else `off`."""
    second_reader: str
    """Who else reads what we are unsure of: `comprehend`, `bedrock`, or `off`."""
    second_reader_model: str
    """Id of the model that Bedrock is asked for."""
    drafter: str
    """Who else drafts posts, for a person to decide on: `bedrock`, or `off`."""
    drafter_model: str


@cache
def settings() -> Settings:
    """The settings from the environment; KeyError names a variable that is missing."""
    return Settings(
        table=os.environ["TABLE_NAME"],
        deliveries_queue=os.environ["DELIVERIES_QUEUE_URL"],
        outbound_queue=os.environ["OUTBOUND_QUEUE_URL"],
        escalations_queue=os.environ["ESCALATIONS_QUEUE_URL"],
        brakes_queue=os.environ["BRAKES_QUEUE_URL"],
        topic=os.environ["TOPIC_ARN"],
        drills_queue=os.environ["DRILLS_QUEUE_URL"],
        key_secret=os.environ["KEY_SECRET_ID"],
        parameters=os.environ["PARAMETERS"],
        public_url=os.environ["PUBLIC_URL"],
        private_fetches=os.environ["PRIVATE_FETCHES"],
        second_reader=os.environ["SECOND_READER"],
        second_reader_model=os.environ["SECOND_READER_MODEL"],
        drafter=os.environ["DRAFTER"],
        drafter_model=os.environ["DRAFTER_MODEL"],
    )
