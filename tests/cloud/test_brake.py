"""The brake on the deployed stack: by its page and by text message."""

import json
import re
import time
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from cli.commands import app
from cloud import aws, brakes, store
from desk.brake import Phone
from desk.control import Hold
from events.make import SMS
from tests.cloud.conftest import Desk
from tests.cloud.test_commands import run
from tests.cloud.test_one_matter import BRAND, fetch, wait_for

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(900)]


def holds() -> dict[str, Hold]:
    """What is held, by scope."""
    control = store.control(BRAND)
    assert control is not None
    return {one.scope: one for one in control.holds}


def test_the_page_stops_and_releases_in_the_name_of_its_owner(desk: Desk) -> None:
    made = CliRunner().invoke(app, ["hold", "link", "--for", "james", "--endpoint",
                                    desk.stack.endpoint])  # fmt: skip
    assert made.exit_code == 0, made.output
    [link] = re.findall(r"http\S+/brake/\S+", made.output)
    status, page = fetch(link)
    assert status == 200
    assert "Nothing is stopped" in page
    assert fetch(link, {"reason": "as a scanner sends it"})[0] == 400
    assert holds() == {}

    assert fetch(link, {"choice": "stop topic:watch:lid-leak"})[0] == 200
    assert holds()["topic:watch:lid-leak"].by == "james"
    _, page = fetch(link)
    [choice] = re.findall(r'value="(release [^"]+)"', page)
    assert fetch(link, {"choice": choice})[0] == 400
    assert fetch(link, {"choice": choice, "reason": "It was a drill"})[0] == 200
    assert holds() == {}

    [known] = run(desk, "hold", "links", "--json")
    run(desk, "hold", "revoke", known["hash"][:12])
    assert fetch(link)[0] == 404


def test_a_text_message_stops_and_a_strangers_does_not(desk: Desk) -> None:
    number = brakes.number_of(SMS["originationNumber"])
    store.keep_phone(Phone(number=number, brand=BRAND, approver="james", made_at=datetime.now(UTC)))
    topic = desk.stack.outputs["InboundSmsTopic"]
    stranger = SMS | {"originationNumber": "+15550100", "inboundMessageId": "a-stranger"}
    for message in stranger, SMS, SMS:
        aws.sns().publish(TopicArn=topic, Message=json.dumps(message))
    wait_for(holds)
    try:
        [held] = holds().values()
        assert (held.scope, held.by) == ("brand", "james")
    finally:
        store.release(BRAND, "brand", "a test", "over", datetime.now(UTC))
    time.sleep(3)
    assert holds() == {}, "the message that came twice was done once"
