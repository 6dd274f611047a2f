"""What a platform deletes or changes is recognised as what was said: by the same id, and place."""

import json
from dataclasses import replace
from typing import Any

import pytest

from desk.channels import platform
from desk.intake import Ids, ids_of
from desk.wire import Item


def line(**event: Any) -> Any:
    known = {"timestamp": 1804478400000, "source": {"type": "user", "userId": "U1"}}
    return {"destination": "U", "events": [event | known]}


def facebook(verb: str) -> Any:
    value = {"item": "comment", "verb": verb, "comment_id": "P_1_2", "post_id": "P_1",
             "from": {"id": "7", "name": "Ann"}, "message": "hello", "created_time": 1}  # fmt: skip
    return {"object": "page", "entry": [{"id": "P", "time": 1, "changes": [
        {"field": "feed", "value": value}]}]}  # fmt: skip


def slack(**event: Any) -> Any:
    known = {"type": "message", "channel": "C", "channel_type": "im"}
    return {"type": "event_callback", "event_id": "E", "team_id": "T", "event": event | known}


def telegram(kind: str, **more: Any) -> Any:
    ann = {"id": 7, "is_bot": False, "first_name": "Ann"}
    known = {"message_id": 5, "date": 1, "chat": {"id": 9, "type": "private"}, "from": ann}
    return {"update_id": 1, kind: known | {"text": "hello"} | more}


SAID = {"user": "U", "text": "hello", "ts": "1.1"}


@pytest.mark.parametrize(
    ("name", "said", "then", "action"),
    [
        ("line", line(type="message", message={"id": "1", "type": "text", "text": "hello"}),
         line(type="unsend", unsend={"messageId": "1"}), "delete"),
        ("telegram", telegram("message"), telegram("edited_message", edit_date=2, text="bye"),
         "edit"),
        ("facebook", facebook("add"), facebook("remove"), "delete"),
        ("facebook", facebook("add"), facebook("edited"), "edit"),
        ("slack", slack(**SAID),
         slack(subtype="message_deleted", deleted_ts="1.1", ts="2.2", previous_message=SAID),
         "delete"),
        ("slack", slack(**SAID),
         slack(subtype="message_changed", ts="3.3", message=SAID | {"text": "bye"}), "edit"),
    ],
)  # fmt: skip
def test_an_end_has_the_ids_of_what_it_ends(name: str, said: Any, then: Any, action: str) -> None:
    first, second = item(name, said), item(name, then)
    assert second.action == action
    assert ids(first) == ids(replace(second, action="create"))


def item(name: str, body: Any) -> Item:
    [one] = platform(name).parse(json.dumps(body).encode(), {}, frozenset())
    return one


def ids(one: Item) -> Ids:
    return ids_of(one, "tea", "channel", b"k" * 32)
