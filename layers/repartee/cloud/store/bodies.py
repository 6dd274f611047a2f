"""Bodies of what is written most, packed: mentions, answers, counts, matters, and raw deliveries.

DynamoDB charges by the kilobyte begun. Of a mention's JSON more than half is names of fields, and
ids that its keys have already: as a dictionary for zlib, both cost next to nothing, and what a list
repeats costs little. What older code has written is text, and is read as it stands.
https://www.rfc-editor.org/rfc/rfc1950#section-2.2
"""

import zlib
from typing import Any

DICTIONARIES = {
    1: """\
{"steps":[{"ask":["","wait_minutes":],"expires_minutes":720.0,"fallback":[""],"taken":1,"asked_at":["20"],"told":[[""]],"joined":1,"\
settled_by":"","settled_at":"","outcome":"approved:","acknowledged","resolved","open","opened_at":"","matter":{"brand":"","kind":"\
draft","help","held","doubt","spike","event":"","title":"","at":"20","count":,"usual":,"window_minutes":10,"examples":[""]}{"\
taken_over_by":"","taken_over_at":"","taken_over_until":"","unsure_until":"","heard":{"message":"20","comment":"20"},"said":["20"],"\
said_by":[""],"answered":[""],"asked":[{"mention":"","conversation":"","said_at":"20","person":true}],"automatic":[{"reply":"","\
mention":"","conversation":"","author":"","script":"","said_at":"20","at":"20"}]}{"taken_over":true,"\
wrong":true,"first_yes_by":"","first_yes_at":"","decided_from":"","by_hand":true,"original":"","copies":[{"\
planned_at":"","opens_at":"","permalink":"https://www.","language_hint":"","followers":,"verified":true,"bot":true,"influence":,\
"unsaid":[{"rule":"","version":"","script":"","text":""}],"watches":[""],"tone":["anger","grief","humour","irony","fear"],"way":"\
reply","private","post","context":"","tag":"","quarantine","ignore","record","escalate","answer","severe","sensitive","crisis","\
media","suggestion","purchase","other","spam","price","delivery","packaging","safety","quantity","app","promotion","shadow","\
suggest","pending","ready","sending","held","failed","unconfirmed","rejected","expired","comment/create","mention/create","\
reply/create","zh-Hant","yue","ru","ja","policy":"default","cause":"conversation:mention:topic:","risk":"sensitive","reasons":["\
no_rule","unknown_complaint","unsure","wants_person","doubtful","decided_at":"","decided_by":"","not_before":"","due_at":"","\
state":"sent","token":"","automatic":false,"category":"complaint","made_at":"","expires_at":"","claimed_at":"","lease_until":"","\
sent_at":"","platform_id":"","tries":1,"reason":"posted","opened_by":"message","opened_at":"","author":"","said":"","counted_at":"\
","topics":["watch:","word:"]}{"id":"","brand":"","channel":"","platform":"","conversation":"","mention":"","kind":"\
message/create","author":{"id":"","name":""},"address":{"platform":"","account":"","conversation":"","author":"","message":"","\
reply_token":"","way":"message"},"text":"","said_at":"20","heard_at":"20","delivery":"","opens":"message","reading":{"language":"\
zh-Hans","en","uk","sentiment":"negative","positive","confidence":0.9,"intents":["complaint","praise","person","question"],"\
aspects":["product","taste","service","store"],"fingerprint":"","words":["","reasons":["negative:","positive:","praise:","\
complaint:","question:"]},"decision":{"action":"answer","reasons":["rule:|answer"],"rule":"","script":"","text":"","category":"\
question","playbook":"","rule_version":"","rung":"auto"}}""",
}
"""By their number, which is a packed body's first byte. What is packed with one needs it for as
long as it is kept: none is ever changed, and a better one gets a number of its own.
"""
LATEST = 1

Body = str | bytes
"""As an item has it: who replaces an item says what was read there."""


def packed(body: str, item: dict[str, Any]) -> bytes:
    """`body` as an item with these keys keeps it."""
    return bytes((LATEST,)) + _deflated(body.encode(), _known(LATEST, item))


def body_of(item: dict[str, Any]) -> str:
    """The body that an item keeps, packed or, of old, as text; ValueError where it is neither."""
    kept = item["body"]
    if isinstance(kept, str):
        return kept
    try:
        return _inflated(kept[1:], _known(kept[0], item)).decode()
    except (IndexError, KeyError, zlib.error) as error:
        raise ValueError(f"body of {item['pk']}, {item['sk']}: {error!r}") from None


def packed_raw(raw: bytes, body: str) -> bytes:
    """A delivery's bytes as they are kept beside the body that was made of them."""
    return _deflated(raw, body.encode())


def raw_of(item: dict[str, Any]) -> bytes:
    """The delivery's bytes that an item keeps beside its body, of whatever age."""
    return _inflated(item["raw"], body_of(item).encode())


def _known(number: int, item: dict[str, Any]) -> bytes:
    return f"{DICTIONARIES[number]}{item['pk']}{item['sk']}".encode()


def _deflated(content: bytes, known: bytes) -> bytes:
    squeezer = zlib.compressobj(level=9, zdict=known)
    return squeezer.compress(content) + squeezer.flush()


def _inflated(content: bytes, known: bytes) -> bytes:
    # What was packed without a dictionary is read as well: it does not ask for one.
    reader = zlib.decompressobj(zdict=known)
    whole = reader.decompress(content)
    if not reader.eof:
        raise zlib.error("cut short")
    return whole
