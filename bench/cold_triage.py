"""How long `triage` takes from its start to the first mention that it has read."""

import tempfile
from pathlib import Path

from bench.example import EXAMPLE, playbook_as_stored
from bench.measuring import Comparison, Figure, fresh_process, in_turns

name = "cold-triage"
what = (
    "processor time of a new interpreter until it has read and decided one Chinese mention; "
    "floor: it imports nothing; peer: it imports jieba plainly, with no cache file, and cuts the "
    "same text once. No call to AWS is in it"
)

ROUNDS = 5
TARGET = 0.5
TEXT = "保温杯盖子漏水，客服一直不回，怎么处理？"

PLAIN = f"import jieba; jieba.lcut({TEXT!r})"

READ = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from desk import understanding
from desk.intake import ids_of
from desk.playbook import Playbook
from desk.wire import Item

playbook = Playbook.model_validate_json(Path(sys.argv[1]).read_text("utf-8"))
item = Item(type="message", action="create", reply_candidate=True, text=sys.argv[2])
ids = ids_of(item, playbook.brand, "line", b"key")
now = datetime.now(UTC)
read = understanding.read(item, playbook)
rules = understanding.matching(item, read, ids, "line", playbook)
understanding.conclude(item, read, rules, ids, "line", playbook, taken_over=False, now=now)
"""

WHOLE = f"""
import functions.triage.app
from cloud import aws
aws.dynamodb(), aws.sqs(), aws.ssm(), aws.secretsmanager()
{READ}
"""


def measure() -> list[Comparison | Figure]:
    """The function with its clients, and the reading in it."""
    with tempfile.TemporaryDirectory() as folder:
        stored = Path(folder) / "playbook.json"
        stored.write_text(playbook_as_stored(EXAMPLE), "utf-8")
        floor = fresh_process("-c", "pass")
        plain = fresh_process("-W", "ignore", "-c", PLAIN)
        rows: list[Comparison | Figure] = []
        for title, code, target in (
            ("triage with its four clients, to the first decision", WHOLE, TARGET),
            ("the reading in it: desk alone, to the first decision", READ, None),
        ):
            ours = fresh_process("-W", "ignore", "-c", code, str(stored), TEXT)
            rows.append(
                in_turns(
                    title, ours=ours, peer=plain, floor=floor, rounds=ROUNDS, net=True,
                    target=target,
                )
            )  # fmt: skip
        return rows
