"""The brake, and what comes of it, in Simplified Chinese."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "brake.title": "急停",
    "brake.lead": "立即停止自动发布。内容不会丢失，本来要发的都会留着等待。",
    "brake.now": "目前已停止",
    "brake.nothing": "目前没有停止任何内容。",
    "brake.lost": "停止记录缺失。现在本来就不会发布任何内容，请联系工程师。",
    "brake.by": "$by，$time",
    "brake.crisis": "因危机而停：$by，$time",
    "brake.choose": "您要做什么？",
    "brake.stop.brand": "停止整个品牌",
    "brake.stop.brand.hint": "所有渠道都不再发布任何内容。",
    "brake.channels": "只停一个渠道",
    "brake.topics": "只停一个话题",
    "brake.release": "恢复：$scope",
    "brake.release.hint": "被停下的内容不会自动发布，每条都要有人同意。",
    "brake.reason": "理由",
    "brake.reason.hint": "恢复时必须填写，会与您的姓名一起保存。",
    "brake.submit": "执行",
    "brake.stopped": "已停止：$scope",
    "brake.released": "已恢复：$scope",
    "brake.again": "请选择其中一项。目前没有任何改动。",
    "brake.why": "恢复前请填写理由。目前没有任何改动。",
    "brake.changed": "期间有人改动过，请再看一次。",
    "message.brake": "$brand：已按您的短信停止（$scope）。"
    "要恢复请用您的链接或找工程师，短信不能恢复。",
    "reason.crisis_seen": "有 $people在谈论，其中 $share% 不满。",
    "reason.severe_seen": "有 $people反映的情况符合严重风险规则。",
    "reason.released": "$by 恢复了自动发布（$scope）：$why",
    "reason.still_held": "还有 $answers在等待，每条都要有人同意，没有任何内容自动发出。",
    "reason.ended_held": "$answers已作废：时间太久，或已有人接手。",
    "reason.mention_gone": "所回复的内容已不存在。",
}
