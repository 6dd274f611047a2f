"""What DynamoDB charges for a write and for a read, from the items themselves.

An item weighs the UTF-8 bytes of its attributes' names and values; a number takes a byte for every
two digits and one more, a map three bytes and one for each entry.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html

A write costs one unit for each kilobyte begun of the larger of the item before and the item after.
Each index adds as much again for its own projection: once where an entry comes, goes or changes,
twice where its key changes, not at all where nothing in it does.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Item = Mapping[str, Mapping[str, Any]]
"""In DynamoDB's own notation."""


def size(item: Item) -> int:
    """Bytes of an item."""
    return sum(len(name.encode()) + _size_of(value) for name, value in item.items())


def units(before: Item | None, after: Item, indexes: Sequence[Mapping[str, Any]]) -> int:
    """Write units of a put of `after` over `before`; `indexes` as the template describes them."""
    cost = max(_kilobytes(before), _kilobytes(after))
    for index in indexes:
        old, new = (_projected(item, index) if item else None for item in (before, after))
        if old == new:
            continue
        keys = [part["AttributeName"] for part in index["KeySchema"]]
        moved = old and new and any(old[key] != new[key] for key in keys)
        if moved:
            cost += _kilobytes(old) + _kilobytes(new)
        else:
            cost += max(_kilobytes(old), _kilobytes(new))
    return cost


def read_units(items: Iterable[Item], *, consistent: bool) -> float:
    """Read units of what one call has found: one for each four kilobytes begun, half where it need
    not be consistent. A call that finds nothing costs as much as one that finds little.
    """
    found = sum(map(size, items))
    return max(1, -(-found // 4096)) * (1.0 if consistent else 0.5)


def _projected(item: Item, index: Mapping[str, Any]) -> Item | None:
    """What an index holds of an item; None where the item is not in it."""
    keys = {part["AttributeName"] for part in index["KeySchema"]}
    if not keys <= item.keys():
        return None
    projection = index["Projection"]
    if projection["ProjectionType"] == "ALL":
        return item
    held = keys | {"pk", "sk"} | set(projection.get("NonKeyAttributes", ()))
    return {name: value for name, value in item.items() if name in held}


def _kilobytes(item: Item | None) -> int:
    return -(-size(item) // 1024) if item else 0


def _size_of(value: Mapping[str, Any]) -> int:
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return (len(content.strip("-")) + 1) // 2 + 1
        case "B":
            return len(content)
        case "SS":
            return 3 + sum(1 + len(member.encode()) for member in content)
        case "M":
            return 3 + sum(
                1 + len(name.encode()) + _size_of(part) for name, part in content.items()
            )
    raise TypeError(f"no attribute of ours is {kind}")
