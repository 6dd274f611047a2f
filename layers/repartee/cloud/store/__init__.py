"""Everything we keep: one table, and one function for each way we read or write it.

    what                       pk                    sk                 also
    conversation head          <brand>#C#<conv>      HEAD
    mention                    same                  M#<mention>        kind, raw; feed
    second delivery of it      same                  M#<mention>#D#..   kind; feed
    what became of a mention   same                  F#<mention>
    reply                      same                  R#<reply>          state, token; due, queue
    who writes to us           <brand>#A#<channel>#<author>  HEAD
    delivery without mention   <brand>#D#<delivery>  UNREAD, RAW#<n>    kind, raw; feed
    escalation                 <brand>#E#<id>        HEAD               state, token; due, queue
    what joined it, its log    same                  J#<what>, LOG#..
    what people did about it   same                  ACT#<time>#<token>  ACT#..#LATE: in vain
    approver's link            T#<hash of token>     APPROVAL
    approver's inbox           <brand>#I#<approver>  HEAD               due
    code that was sent for it  same                  CODE                state, token
    control                    <brand>#B             CONTROL            holds, heartbeat
    how far a source is read   same                  CHANNEL#<channel>#<source>   token
    who held and released      same                  HOLD#<time>#<scope>   released
    links to the brake         same                  LINK#<hash of token>
    telephones that stop it    same                  PHONE#<number, hashed>
    text messages done         same                  SMS#<message>
    who held and released      same                  HOLD#<time>
    playbook versions, current same                  PLAYBOOK#<version>, PLAYBOOK   version
    who made which current     same                  PLAYBOOKLOG#<time>#<version>
    playbook versions, current same                  PLAYBOOK#<version>, PLAYBOOK
    a rule's standing          same                  LADDER#<rule>#<version>   rung, since; counts
    who spoke in ten minutes   <brand>#T             P#<time>           number
    what that comes to         same                  N#<time>           number
    how far it is counted      same                  COUNTED            number
    what is usual, was told    same                  USUAL, TOLD        number
    what an event came to      same                  CURVE#<time>#<watch>
    texts sent on a channel    same                  TALLY#<channel>
    automatic answers an hour  same                  HOURLY
    a channel's health         same                  CHANNEL#<channel>
    who renews its token       same                  LEASE#<channel>
    stories, opportunities     <brand>#T, <brand>#O     STORIES, <time>#<id>   state, token
    war rooms                  <brand>#W            <time>#<id>        token
    brands                     BRANDS                <brand>

    index   pk                        sk                       holds
    feed    <brand>#<hour>            <time>#<id>              all that was heard, by arrival
    queue   <brand>#<what>            <urgency>#<time>         what waits for a person
    due     due#<shard>               <time>                   what has a deadline

An item is its keys, what an index or a condition reads, and the model as JSON in `body`, which is
packed where there are many of it: `bodies.py` says how. A field that is added to a model needs a
default, because older bodies lack it. Whatever was read before it is written is written under the
condition that nobody has written it since.
"""

from cloud.store.authors import correspondent, note_correspondent, swap_correspondent
from cloud.store.bodies import Body
from cloud.store.channels import health, healths, hourly, lease, tally
from cloud.store.controls import (
    beat,
    begin_crisis,
    control,
    create_control,
    hold,
    hold_log,
    log_hand_back,
    release,
    released_since,
)
from cloud.store.escalations import (
    acts_of,
    add_approval,
    add_escalation,
    advance,
    approval,
    code,
    escalation,
    has_joined,
    join,
    keep_act,
    keep_code,
    log,
    log_of,
    note_late,
    open_escalations,
)
from cloud.store.inboxes import inbox
from cloud.store.keys import (
    is_sms_noted,
    keep_link,
    keep_phone,
    link,
    links,
    note_sms,
    phone,
    phones,
)
from cloud.store.ladder import (
    count_decision,
    count_matches,
    mark_wrong,
    move as move_standing,
    settle as settle_standings,
    standing,
    standings,
)
from cloud.store.mentions import (
    Again,
    Contended,
    Unread,
    add_mention,
    again,
    conversation,
    fate,
    feed,
    hand_back,
    hand_over,
    head,
    head_and_body,
    hear,
    keep_fate,
    keep_unread,
    latest,
    mention,
    note,
    raw,
    swap_head,
    take_over,
)
from cloud.store.opportunities import (
    Board,
    add_opportunity,
    board,
    follow_up,
    keep_board,
    opportunities,
)
from cloud.store.playbooks import (
    Move,
    NoPlaybook,
    OtherContent,
    Version,
    brands,
    current_move,
    keep_playbook,
    keep_version,
    list_brand,
    make_current,
    own_accounts,
    playbook,
    playbook_log,
    playbook_version,
    playbook_versions,
)
from cloud.store.replies import add_reply, due, move, replies, reply, said, waiting, waiting_after
from cloud.store.rooms import add_room, change_room, rooms
from cloud.store.watermarks import keep_watermark, watermarks
from cloud.store.windows import (
    Counted,
    Kept,
    baseline,
    counted,
    counts,
    curve,
    keep_baseline,
    keep_counted,
    keep_counts,
    keep_curve,
    keep_tally,
    keep_told,
    tally_of,
    told,
)

__all__ = [
    "Again",
    "Board",
    "Body",
    "Contended",
    "Counted",
    "Kept",
    "Move",
    "NoPlaybook",
    "OtherContent",
    "Unread",
    "Version",
    "acts_of",
    "add_approval",
    "add_escalation",
    "add_mention",
    "add_opportunity",
    "add_reply",
    "add_room",
    "advance",
    "again",
    "approval",
    "baseline",
    "beat",
    "begin_crisis",
    "board",
    "brands",
    "change_room",
    "code",
    "control",
    "conversation",
    "correspondent",
    "count_decision",
    "count_matches",
    "counted",
    "counts",
    "create_control",
    "current_move",
    "curve",
    "due",
    "escalation",
    "fate",
    "feed",
    "follow_up",
    "hand_back",
    "hand_over",
    "has_joined",
    "head",
    "head_and_body",
    "health",
    "healths",
    "hear",
    "hold",
    "hold_log",
    "hourly",
    "inbox",
    "is_sms_noted",
    "join",
    "keep_act",
    "keep_baseline",
    "keep_board",
    "keep_code",
    "keep_counted",
    "keep_counts",
    "keep_curve",
    "keep_fate",
    "keep_link",
    "keep_phone",
    "keep_playbook",
    "keep_tally",
    "keep_told",
    "keep_unread",
    "keep_version",
    "keep_watermark",
    "latest",
    "lease",
    "link",
    "links",
    "list_brand",
    "log",
    "log_hand_back",
    "log_of",
    "make_current",
    "mark_wrong",
    "mention",
    "move",
    "move_standing",
    "note",
    "note_correspondent",
    "note_late",
    "note_sms",
    "open_escalations",
    "opportunities",
    "own_accounts",
    "phone",
    "phones",
    "playbook",
    "playbook_log",
    "playbook_version",
    "playbook_versions",
    "raw",
    "release",
    "released_since",
    "replies",
    "reply",
    "rooms",
    "said",
    "settle_standings",
    "standing",
    "standings",
    "swap_correspondent",
    "swap_head",
    "take_over",
    "tally",
    "tally_of",
    "told",
    "waiting",
    "waiting_after",
    "watermarks",
]
