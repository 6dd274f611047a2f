"""How long `receive` takes to wake up."""

from bench.measuring import Comparison, Figure, fresh_process, in_turns

name = "cold-receive"
what = (
    "processor time of a new interpreter that gets ready to receive; "
    "floor: it imports nothing; peer: it imports a typical webhook function "
    "(Powertools logger and router, pydantic, a boto3 client for SQS)"
)

ROUNDS = 9
TARGET = 0.65

READY = """
import functions.receive.app
from cloud import aws
from desk import channels
aws.sqs(), aws.ssm(), channels.platform("line")
"""
"""The first webhook makes the clients that it needs; the peer makes its own at import."""


def measure() -> list[Comparison | Figure]:
    """Import alone, and import with all that the first webhook adds."""
    nothing = fresh_process("-c", "pass")
    typical = fresh_process("-c", "import bench.typical_function")
    ours = {
        "import of receive": "import functions.receive.app",
        "the same, ready: clients of SQS and SSM, and a platform": READY,
    }
    return [
        in_turns(
            title,
            ours=fresh_process("-c", code),
            peer=typical,
            floor=nothing,
            rounds=ROUNDS,
            net=True,
            target=TARGET,
        )
        for title, code in ours.items()
    ]
