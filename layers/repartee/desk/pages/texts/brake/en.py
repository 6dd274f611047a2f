"""The brake, and what comes of it, in English."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "brake.title": "The brake",
    "brake.lead": "Stop at once what is posted by itself. Nothing is lost: what would have been "
    "said waits.",
    "brake.now": "Stopped now",
    "brake.nothing": "Nothing is stopped.",
    "brake.lost": "The record of holds is missing. Nothing is posted in any case: call your "
    "engineers.",
    "brake.by": "$by, $time",
    "brake.crisis": "because of a crisis: $by, $time",
    "brake.choose": "What do you want to do?",
    "brake.stop.brand": "Stop the whole brand",
    "brake.stop.brand.hint": "Nothing at all is posted on any channel.",
    "brake.channels": "Stop one channel",
    "brake.topics": "Stop one topic",
    "brake.release": "Let it go on: $scope",
    "brake.release.hint": "What was stopped is not posted by itself. Each answer waits for a yes.",
    "brake.reason": "Reason",
    "brake.reason.hint": "To let something go on needs one. It is kept with your name.",
    "brake.submit": "Do it",
    "brake.stopped": "Stopped: $scope",
    "brake.released": "Goes on: $scope",
    "brake.again": "Choose one of these. Nothing was changed.",
    "brake.why": "To let it go on, write a reason. Nothing was changed.",
    "brake.changed": "That was changed by somebody meanwhile. Please look again.",
    "message.brake": "$brand: stopped ($scope), by your text message. To let it go on, use your "
    "link or ask your engineers: a text message cannot.",
    "reason.crisis_seen": "$people write about it, and $share% of them are unhappy.",
    "reason.severe_seen": "$people report something that a severe rule knows.",
    "reason.released": "$by has let automation go on ($scope): $why",
    "reason.still_held": "$answers still wait, each for a yes of its own. Nothing went out by "
    "itself.",
    "reason.ended_held": "$answers were dropped: too old by now, or a person has taken over.",
    "reason.mention_gone": "What it answers is gone.",
}
