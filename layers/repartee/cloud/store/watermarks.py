"""How far each source has been read."""

from cloud.store import table
from desk.collecting import Watermark


def watermarks(brand: str, channel: str) -> dict[str, Watermark]:
    """The watermarks of a channel's sources, by the source's name."""
    found = table.query(f"{brand}#B", begins=f"CHANNEL#{channel}#")
    read = [Watermark.model_validate_json(item["body"]) for item in found]
    return {one.source: one for one in read}


def keep_watermark(before: Watermark | None, after: Watermark) -> bool:
    """Write a watermark over the one that was read; False if another run has written it since."""
    item = _item(after)
    if before is None:
        return table.add(item) is None
    return table.replace(item, "kept", _item(before)["token"])


def _item(mark: Watermark) -> table.Item:
    return {
        "pk": f"{mark.brand}#B",
        "sk": f"CHANNEL#{mark.channel}#{mark.source}",
        "state": "kept",
        "token": f"{mark.asked_at.isoformat()}|{mark.failures}|{mark.flag}",
        "body": mark.model_dump_json(),
    }
