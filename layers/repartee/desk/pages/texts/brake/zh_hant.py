"""The brake, and what comes of it, in Traditional Chinese."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "brake.title": "急停",
    "brake.lead": "立即停止自動發布。內容不會遺失，本來要發的都會留著等待。",
    "brake.now": "目前已停止",
    "brake.nothing": "目前沒有停止任何內容。",
    "brake.lost": "停止紀錄遺失。現在本來就不會發布任何內容，請聯絡工程師。",
    "brake.by": "$by，$time",
    "brake.crisis": "因危機而停：$by，$time",
    "brake.choose": "您要做什麼？",
    "brake.stop.brand": "停止整個品牌",
    "brake.stop.brand.hint": "所有管道都不再發布任何內容。",
    "brake.channels": "只停一個管道",
    "brake.topics": "只停一個話題",
    "brake.release": "恢復：$scope",
    "brake.release.hint": "被停下的內容不會自動發布，每則都要有人同意。",
    "brake.reason": "理由",
    "brake.reason.hint": "恢復時必須填寫，會與您的姓名一起保存。",
    "brake.submit": "執行",
    "brake.stopped": "已停止：$scope",
    "brake.released": "已恢復：$scope",
    "brake.again": "請選擇其中一項。目前沒有任何變更。",
    "brake.why": "恢復前請填寫理由。目前沒有任何變更。",
    "brake.changed": "期間有人變更過，請再看一次。",
    "message.brake": "$brand：已依您的簡訊停止（$scope）。"
    "要恢復請用您的連結或找工程師，簡訊不能恢復。",
    "reason.crisis_seen": "有 $people在談論，其中 $share% 不滿。",
    "reason.severe_seen": "有 $people反映的情況符合嚴重風險規則。",
    "reason.released": "$by 恢復了自動發布（$scope）：$why",
    "reason.still_held": "還有 $answers在等待，每則都要有人同意，沒有任何內容自動發出。",
    "reason.ended_held": "$answers已作廢：時間太久，或已有人接手。",
    "reason.mention_gone": "所回覆的內容已不存在。",
}
