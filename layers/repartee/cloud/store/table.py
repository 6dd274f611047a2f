"""The table itself: reading and writing items as plain dictionaries."""

from collections.abc import Iterator, Mapping
from typing import Any

from cloud import aws
from cloud.settings import settings

Item = dict[str, Any]
"""Attribute name → str, int, bytes, or a dictionary of str."""


def get(pk: str, sk: str, *, consistent: bool = True) -> Item | None:
    """The item under that key, or None where there is none; consistent unless told otherwise."""
    answer = aws.dynamodb().get_item(
        TableName=settings().table,
        Key={"pk": {"S": pk}, "sk": {"S": sk}},
        ConsistentRead=consistent,
    )
    found = answer.get("Item")
    return _plain(found) if found else None


def put(item: Item) -> None:
    """Write an item whatever was there: for what any repeat would write alike."""
    aws.dynamodb().put_item(TableName=settings().table, Item=_typed(item))


def add(item: Item, unless_state: str = "") -> Item | None:
    """Write an item where there is none; None if written, else what is there instead.

    With `unless_state` an item in that state counts as none.
    """
    client = aws.dynamodb()
    condition, more = "attribute_not_exists(pk)", {}
    if unless_state:
        condition += " OR #state = :state"
        more = {
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {":state": {"S": unless_state}},
        }
    try:
        client.put_item(
            TableName=settings().table,
            Item=_typed(item),
            ConditionExpression=condition,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **more,  # type: ignore[arg-type]
        )
    except client.exceptions.ConditionalCheckFailedException as error:
        return _there(error, item)
    return None


def replace(item: Item, state: str, token: str) -> bool:
    """Write an item over the one with that state and token; False if somebody has moved it since.

    A write of ours whose answer was lost comes back as refused: what is there then carries the
    state and the token that we wrote, and that is success.
    """
    client = aws.dynamodb()
    try:
        client.put_item(
            TableName=settings().table,
            Item=_typed(item),
            ConditionExpression="#state = :state AND #token = :token",
            ExpressionAttributeNames={"#state": "state", "#token": "token"},
            ExpressionAttributeValues={":state": {"S": state}, ":token": {"S": token}},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except client.exceptions.ConditionalCheckFailedException as error:
        there = _there(error, item)
        return (there.get("state"), there.get("token")) == (item["state"], item["token"])
    return True


def swap(item: Item, body: str | bytes) -> bool:
    """Write an item over the one with that body, or where there is none; False if it is another."""
    client = aws.dynamodb()
    try:
        client.put_item(
            TableName=settings().table,
            Item=_typed(item),
            ConditionExpression="attribute_not_exists(pk) OR body = :body",
            ExpressionAttributeValues={":body": typed(body)},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except client.exceptions.ConditionalCheckFailedException as error:
        return bool(_there(error, item).get("body") == item["body"])
    return True


def surpass(item: Item) -> bool:
    """Write an item whose `number` is above that of what is there; False where it is not.

    Also where it was ours, and its answer was lost: what is there is as good.
    """
    client = aws.dynamodb()
    try:
        client.put_item(
            TableName=settings().table,
            Item=_typed(item),
            ConditionExpression="attribute_not_exists(pk) OR #number < :number",
            ExpressionAttributeNames={"#number": "number"},
            ExpressionAttributeValues={":number": {"N": str(item["number"])}},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def update(pk: str, sk: str, expression: str, condition: str, **more: Any) -> bool:
    """Update one item; False where `condition` does not hold."""
    client = aws.dynamodb()
    try:
        client.update_item(
            TableName=settings().table,
            Key={"pk": {"S": pk}, "sk": {"S": sk}},
            UpdateExpression=expression,
            ConditionExpression=condition,
            **more,
        )
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def add_to(pk: str, sk: str, name: str, member: str, condition: str, **values: str | int) -> bool:
    """Put `member` into an item's set of texts, where it may be already; False where `condition`,
    which may speak of `:member` and of `values`, does not hold.

    Any number may do so at once: nothing is read before it is written.
    """
    given = {f":{key}": typed(value) for key, value in values.items()}
    return update(
        pk,
        sk,
        f"ADD {name} :members",
        condition,
        ExpressionAttributeValues={":members": {"SS": [member]}} | given,
    )


def query(
    pk: str,
    *,
    index: str = "",
    begins: str = "",
    between: tuple[str, str] | None = None,
    newest_first: bool = False,
    limit: int | None = None,
    after: Mapping[str, str] | None = None,
) -> Iterator[Item]:
    """The items of one partition, in the order of their sort keys, at most `limit` of them.

    With `after`, those that follow the item with these keys, of the table and of the index.
    """
    pk_name, sk_name = (f"{index}_pk", f"{index}_sk") if index else ("pk", "sk")
    names, condition = {"#pk": pk_name}, "#pk = :pk"
    values = {":pk": {"S": pk}}
    if begins:
        names["#sk"], condition = sk_name, f"{condition} AND begins_with(#sk, :begins)"
        values[":begins"] = {"S": begins}
    elif between:
        names["#sk"], condition = sk_name, f"{condition} AND #sk BETWEEN :low AND :high"
        values |= {":low": {"S": between[0]}, ":high": {"S": between[1]}}
    wanted: dict[str, Any] = {
        "TableName": settings().table,
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
        "ScanIndexForward": not newest_first,
        **({"IndexName": index} if index else {"ConsistentRead": True}),
        **({"Limit": limit} if limit else {}),
        **({"ExclusiveStartKey": _typed(after)} if after else {}),
    }
    left = limit
    while True:
        answer = aws.dynamodb().query(**wanted)
        for found in answer["Items"]:
            yield _plain(found)
            if left is not None:
                left -= 1
                if left == 0:
                    return
        if "LastEvaluatedKey" not in answer:
            return
        wanted["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def typed(value: Any) -> Any:
    """A value in DynamoDB's own notation."""
    match value:
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case _:
            return {"M": _typed(value)}


def _there(error: Any, item: Item) -> Item:
    """What stood in the way of a conditional write: from its answer, or else by reading it."""
    found = error.response.get("Item")
    return _plain(found) if found else get(item["pk"], item["sk"]) or {}


def _typed(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: typed(value) for name, value in item.items()}


def _plain(found: Mapping[str, Any]) -> Item:
    plain: Item = {}
    for name, value in found.items():
        [(kind, content)] = value.items()
        match kind:
            case "N":
                plain[name] = int(content)
            case "M":
                plain[name] = _plain(content)
            case _:
                plain[name] = content
    return plain
