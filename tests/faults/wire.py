"""Between the handlers and their surroundings: counting every call, and breaking one of them."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Literal, NamedTuple

from botocore.exceptions import ReadTimeoutError

from cloud import aws
from desk.wire import NotSent, Outbound, Response, Unknown

SERVICES = "dynamodb", "sqs", "sns", "ssm", "secretsmanager"

Kind = Literal[
    "killed before", "killed after", "answer lost once", "answer lost", "throttled", "5xx",
    "reset", "unreachable", "time-out", "page", "400", "401", "429", "500",
    "not deleted", "not heard",
]  # fmt: skip

AWS_KINDS: tuple[Kind, ...] = (
    "killed before", "killed after", "answer lost once", "answer lost", "throttled", "5xx",
)  # fmt: skip
"""Of a call to AWS. A lost answer is one to a call that was carried out: `once` leaves the SDK its
second try, without it every try is carried out and none is answered."""

PLATFORM_KINDS: tuple[Kind, ...] = (
    "killed before", "killed after", "time-out", "page", "400", "500",
    "reset", "unreachable", "401", "429",
)  # fmt: skip
"""Of a call to a platform: from `killed after` to `500` it has posted, from `reset` on it has
not."""

WRITES = {"PutItem", "UpdateItem", "SendMessage", "SendMessageBatch", "Publish"}


class Killed(BaseException):
    """The process is gone: nothing in it can catch this."""


class Fault(NamedTuple):
    """What goes wrong in an invocation, and at which of its calls; -1 is its end."""

    call: int
    kind: Kind


class Call(NamedTuple):
    """One call that left a handler: `what` is the item, queue or address that it was about."""

    service: str
    operation: str
    what: str
    shows: bool = False
    """Whether what it reads is only shown: our earlier answers, on an approval page."""

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.operation in WRITES or self.service == "platform"

    @property
    def everywhere(self) -> bool:
        """Whether every other call can notice it: time went on."""
        return self.service == "clock"

    def __str__(self) -> str:
        return f"{self.operation} {self.what}"


Gate = Callable[[Call], None]
Accept = Callable[[Outbound], None]


class Wire:
    """Hooked into our clients: notes each call, and makes the one that `fault` names go wrong."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.fault: Fault | None = None
        self.gate: Gate | None = None
        self.accept: Accept = lambda call: None
        """What the platform does with a post."""
        self.story: tuple[Kind, ...] = ()
        """What befalls the first calls to the platform, whatever else goes wrong."""
        self.tried = 0
        """Calls to the platform so far."""
        self.only_shown = True
        """Whether our earlier answers are read for pages alone."""
        self._lost = 0
        for name in SERVICES:
            events = aws._client(name).meta.events
            events.register("before-parameter-build", self._note)
            events.register("before-call", self._before)
            # Among the generic handlers and after moto's own: a handler for `before-send.*.*`
            # would run before moto has carried the call out, and lose nothing but the call.
            events.register_last("before-send", self._sent)
            events.register("after-call", self._after)

    def begin(self, fault: Fault | None) -> None:
        """A new invocation, which `fault` will befall."""
        self.calls, self.fault, self._lost = [], fault, 0

    def call(self, outbound: Outbound) -> Response | NotSent | Unknown:
        """Stands in for `cloud.http.call`: the platform, which answers as the fault has it."""
        told = self.story[self.tried] if self.tried < len(self.story) else None
        self.tried += 1
        kind = self._counted(Call("platform", outbound.method, outbound.url)) or told
        if kind == "killed before":
            raise Killed
        if kind == "reset":
            return Unknown("no_answer:ConnectionResetError")
        if kind == "unreachable":
            return NotSent("unreachable", "ConnectionRefusedError", again_after=30)
        if kind == "401":
            return Response(401, {}, b"{}")
        if kind == "429":
            return Response(429, {"retry-after": "60"}, b"{}")
        self.accept(outbound)
        if kind == "killed after":
            raise Killed
        if kind == "time-out":
            return Unknown("no_answer:TimeoutError")
        if kind == "page":
            return Response(200, {"content-type": "text/html"}, b"<html>")
        if kind in ("400", "500"):
            return Response(int(kind), {}, b"{}")
        return Response(200, {"content-type": "application/json"}, b'{"id": "p-1"}')

    def _counted(self, call: Call) -> Kind | None:
        if self.gate is not None:
            self.gate(call)
        self.calls.append(call)
        here = self.fault is not None and self.fault.call == len(self.calls) - 1
        return self.fault.kind if self.fault is not None and here else None

    def _note(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["params"] = params

    def _before(self, model: Any, context: dict[str, Any], **_: Any) -> Any:
        self._lost = 0
        service = model.service_model.service_name
        what = _what(context["params"])
        shows = self.only_shown and model.name == "Query" and what.endswith(" R#*")
        kind = self._counted(Call(service, model.name, what, shows))
        match kind:
            case "killed before":
                raise Killed
            case "throttled":
                return _refused(400, "ProvisionedThroughputExceededException")
            case "5xx":
                return _refused(500, "InternalServerError")
            case "answer lost":
                self._lost = 99
            case "answer lost once":
                self._lost = 1
        return None

    def _sent(self, **_: Any) -> None:
        if self._lost:
            self._lost -= 1
            raise ReadTimeoutError(endpoint_url="https://example")

    def _after(self, **_: Any) -> None:
        if self.fault == (len(self.calls) - 1, "killed after"):
            raise Killed


def faults_of(calls: list[Call], ends: tuple[Kind, ...]) -> list[Fault]:
    """Every fault that can befall an invocation which makes these calls: every call, every kind."""
    found = [
        Fault(number, kind)
        for number, call in enumerate(calls)
        for kind in (PLATFORM_KINDS if call.service == "platform" else AWS_KINDS)
    ]
    return [*found, *(Fault(-1, kind) for kind in ends)]


def _refused(status: int, code: str) -> tuple[Any, dict[str, Any]]:
    """An answer of AWS that says no, as botocore takes it from a hook: the call is never sent."""
    return SimpleNamespace(status_code=status), {"Error": {"Code": code, "Message": code}}


def _what(params: dict[str, Any]) -> str:
    if "Item" in params:
        return f"{params['Item']['pk']['S']} {params['Item']['sk']['S']}"
    if "Key" in params:
        return f"{params['Key']['pk']['S']} {params['Key']['sk']['S']}"
    if "KeyConditionExpression" in params:
        values = params["ExpressionAttributeValues"]
        begins = values.get(":begins", {"S": ""})["S"]
        return f"{params.get('IndexName', '')}{values[':pk']['S']} {begins}*"
    named = params.get("QueueUrl") or params.get("TopicArn") or params.get("Name", "")
    return str(named).replace(":", "/").rpartition("/")[2]
