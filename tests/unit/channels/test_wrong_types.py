"""Each value of a full delivery, one at a time, replaced by each kind of wrong value."""

import json
from typing import Any

from desk import channels
from desk.polling import SOURCE
from desk.wire import Undecodable

WRONG_TOO = {
    "x": {
        "data": {
            "event_uuid": "1", "event_type": "post.reply.create", "filter": {"user_id": "3"},
            "payload": {
                "id": "9", "author_id": "4", "conversation_id": "8", "text": "@shop hi",
                "created_at": "2026-03-01T08:30:00Z", "display_text_range": [0, 8],
                "edit_history_tweet_ids": ["9"], "attachments": {"media_keys": ["m"]},
                "entities": {"mentions": [{"start": 0, "id": "3"}]},
                "referenced_tweets": [{"type": "replied_to", "id": "8"}],
            },
            "includes": {"users": [{"data": {"id": "4", "public_metrics": {"followers_count": 1}}}]}
        },
    },
    "slack": {
        "type": "event_callback", "team_id": "T", "event_id": "E", "event_time": 1,
        "event": {
            "type": "message", "subtype": "message_changed", "channel": "C", "event_ts": "2.000001",
            "message": {
                "ts": "1.000001", "user": "U", "text": "a", "bot_profile": {"name": "b"},
                "files": [{"id": "F"}], "edited": {"ts": "2.000001"},
            },
            "previous_message": {"text": "b"},
        },
    },
    "discord": {
        "type": 5, "id": "1", "application_id": "2", "channel_id": "3", "token": "t",
        "member": {"user": {"id": "4", "username": "ann"}}, "locale": "en",
        "data": {"custom_id": "f", "components": [{"components": [{"value": "hi"}]}]},
    },
    "viber": {
        "event": "message", "timestamp": 1, "message_token": 5,
        "sender": {"id": "a", "name": "Ann", "language": "uk"},
        "message": {"type": "url", "media": "https://example.org", "tracking_data": "t"},
    },
}  # fmt: skip
"""More of what has its values replaced, one at a time."""


def test_a_wrong_type_anywhere_in_a_good_message_does_not_make_an_error() -> None:
    """Each value of a full delivery replaced by each kind of wrong value, one at a time."""
    wrong: list[Any] = [None, True, -1, 10**30, 1.5, "", "x", [], [1], {}, {"x": 1}]
    sender = {"id": 71, "is_bot": False, "username": "ann"}
    chat = {"id": 71, "type": "supergroup", "username": "shop"}
    update = {
        "update_id": 1,
        "message": {
            "message_id": 5, "from": sender, "sender_chat": chat, "chat": chat, "date": 1,
            "edit_date": 2, "photo": [{"file_id": "f"}], "caption": "c",
            "reply_to_message": {"message_id": 4}, "business_connection_id": "b",
        },
    }  # fmt: skip
    line_event = {
        "type": "message", "mode": "active", "timestamp": 1, "webhookEventId": "e",
        "source": {"type": "user", "userId": "u"}, "deliveryContext": {"isRedelivery": False},
        "message": {"id": "1", "type": "location", "title": "t"}, "replyToken": "r",
    }  # fmt: skip
    event = {
        "type": "mention.created", "timestamp": "2026-03-01T08:30:00Z",
        "data": {"id": "1", "text": "t", "author": {"id": "a"}, "created_at": "x"},
    }  # fmt: skip
    feed = {
        "item": "comment",
        "verb": "add",
        "comment_id": "1_2",
        "post_id": "1",
        "parent_id": "1",
        "from": {"id": "a", "name": "n"},
        "message": "m",
        "created_time": 1,
    }
    talk = {"sender": {"id": "a"}, "recipient": {"id": "b"}, "timestamp": 1,
            "message": {"mid": "m", "text": "t", "attachments": [{"type": "image"}],
                        "reply_to": {"mid": "n"}, "quick_reply": {"payload": "p"},
                        "referral": {"source": "ADS"}}}  # fmt: skip
    page = {
        "object": "page",
        "entry": [
            {
                "id": "b",
                "time": 1,
                "changes": [{"field": "feed", "value": feed}],
                "messaging": [talk],
            }
        ],
    }
    media = {"id": "1", "from": {"id": "a", "username": "n"}, "text": "t", "media": {"id": "2"}}
    account = {
        "object": "instagram",
        "entry": [{"id": "b", "time": 1, "field": "comments", "value": media, "standby": [talk]}],
    }
    reply = {"id": "1", "username": "n", "text": "t", "media_type": "IMAGE", "timestamp": "x",
             "replied_to": {"id": "2"}, "root_post": {"id": "2", "owner_id": "b", "username": "o"},
             "permalink": "https://www.threads.net/@n/post/1"}  # fmt: skip
    number = {
        "metadata": {"phone_number_id": "b", "display_phone_number": "1"},
        "contacts": [{"profile": {"name": "n"}, "wa_id": "a", "user_id": "US.1"}],
        "messages": [
            {"id": "1", "from": "a", "timestamp": "1", "type": "edit", "context": {"id": "2"},
             "edit": {"original_message_id": "3",
                      "message": {"type": "image", "image": {"caption": "c"}}}}],
        "statuses": [{"id": "1", "status": "failed", "errors": [{"code": 1}]}],
    }  # fmt: skip
    direct = {
        "event": "im_receive_msg", "from_user_id": "a", "to_user_id": "b", "user_openid": "b",
        "create_time": 1, "log_id": "l",
        "content": {
            "server_message_id": "1", "message_id": "1", "conversation_short_id": "c",
            "conversation_id": "c", "create_time": 1, "timestamp": 1, "message_type": "text",
            "type": "text", "text": {"body": "t"}, "from": "n", "from_user": {"id": "a"},
            "to_user": {"id": "b"}, "user_infos": [{"open_id": "a", "nick_name": "n"}],
        },
    }  # fmt: skip
    commented = {
        "event": "comment.update", "user_openid": "b", "create_time": 1,
        "content": {
            "comment_id": 1, "video_id": 2, "parent_comment_id": 0, "comment_type": "comment",
            "comment_action": "insert", "timestamp": 1, "unique_identifier": "a", "text": "t",
        },
    }  # fmt: skip
    bot = {
        "msgid": "1", "aibotid": "b", "chatid": "c", "chattype": "group", "create_time": 1,
        "from": {"userid": "a"}, "msgtype": "mixed",
        "mixed": {"msg_item": [{"msgtype": "text", "text": {"content": "t"}}]},
    }  # fmt: skip
    pushed = {
        "type": "event", "receiver_id": 1, "sender_id": 2, "text": "t",
        "created_at": "Mon Jul 16 18:09:20 +0800 2012", "data": {"subtype": "menu", "key": "k"},
    }  # fmt: skip
    listed = {
        "comments": [{
            "id": 1, "text": "t", "created_at": "Mon Jul 16 18:09:20 +0800 2012",
            "user": {"id": 2, "screen_name": "n", "followers_count": 3, "verified": True},
            "status": {"id": 4}, "reply_comment": {"id": 5},
        }],
    }  # fmt: skip
    news = {
        "event": "authorize", "timestamp": "2021-01-01 12:01:01", "MsgType": "event",
        "content": {"openid": "o", "client_id": "c"}, "MsgId": 1, "CreateTime": 1, "Event": "e",
    }  # fmt: skip
    deliveries = {
        "bilibili": news,
        "douyin": direct,
        "tiktok": direct,
        "tiktok comment": commented,
        "wecom": bot,
        "weibo": pushed,
        "weibo polled": listed,
        "xiaohongshu": news,
        "facebook": page,
        "instagram": account,
        "threads": {"target_id": "b", "values": {"field": "replies", "value": reply}},
        "whatsapp": {
            "object": "whatsapp_business_account",
            "entry": [{"id": "w", "changes": [{"field": "messages", "value": number}]}],
        },
        "telegram": update,
        "line": {"destination": "U", "events": [line_event, line_event]},
        "standard": event,
    } | WRONG_TOO
    tried = 0
    for name, delivery in deliveries.items():
        for path in paths(delivery):
            for value in wrong:
                tried += 1
                body = json.dumps(replaced(delivery, path, value)).encode()
                try:
                    source = {SOURCE: "comments"} if name.endswith("polled") else {}
                    module = channels.platform(name.partition(" ")[0])
                    module.parse(body, {"webhook-id": "m"} | source, frozenset())
                except Undecodable:
                    continue
    assert tried > 500


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to each value inside a JSON value, its own included."""
    match value:
        case dict():
            inner = list(value.items())
        case list():
            inner = list(enumerate(value))
        case _:
            inner = []
    return [here, *(path for key, part in inner for path in paths(part, (*here, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A JSON value with the one at `path` replaced."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy
