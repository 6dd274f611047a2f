"""What most platforms do, for their modules to take over under the same names.

from desk.channels.usual import clear, prepare, prepared, sign_in, signed_in
"""

from collections.abc import Mapping

from desk import calls
from desk.polling import Page, Poll
from desk.untrusted import count, text
from desk.wire import (
    Address,
    Answer,
    Credentials,
    Inbound,
    NotSent,
    Outbound,
    Response,
    Secret,
    SignedIn,
    Unknown,
)


def clear(body: bytes, secret: Secret) -> bytes:
    """The body itself: the platform does not encrypt."""
    return body


def handshake(request: Inbound, secret: Secret) -> Answer | None:
    """None: the platform does not ask whether the address is ours."""
    return None


def acknowledge(request: Inbound) -> Answer:
    """200 and nothing else."""
    return Answer()


def sign_in(credentials: Credentials) -> Outbound | None:
    """None: the token needs no exchange."""
    return None


def signed_in(response: Response, credentials: Credentials) -> SignedIn | None:
    """None, as there is no sign-in."""
    return None


def granted(response: Response, credentials: Credentials) -> SignedIn | None:
    """For `signed_in` where the answer is that of OAuth: `access_token`, and its life in seconds.

    https://www.rfc-editor.org/rfc/rfc6749#section-5.1
    """
    answer = calls.json_object(response.body) or {}
    token, life = text(answer.get("access_token")), count(answer.get("expires_in"))
    if response.status != 200 or token is None or not life:
        return None
    return SignedIn({**credentials, "access_token": token}, float(life))


def prepare(to: Address, text: str, key: str, credentials: Credentials) -> Outbound | None:
    """None: a text is posted by one call."""
    return None


def prepared(response: Response, to: Address) -> Address | NotSent | Unknown:
    """Where the text goes, unchanged: nothing was prepared."""
    return to


def look_up(to: Address, credentials: Credentials) -> Outbound | None:
    """None: the platform does not list what we have posted."""
    return None


def looked_up(response: Response, to: Address, text: str) -> str | Unknown | None:
    """Unknown, as nothing was asked."""
    return Unknown("the platform does not list what we have posted")


def poll(marks: Mapping[str, Mapping[str, str]], credentials: Credentials) -> tuple[Poll, ...]:
    """None: the platform pushes all that it has."""
    return ()


def polled(source: str, response: Response, marks: Mapping[str, str]) -> Page | NotSent | Unknown:
    """Unknown, as nothing was asked."""
    return Unknown("the platform is not polled")


def check(credentials: Credentials) -> Outbound | None:
    """None: the platform has no question that shows whether the credentials are good."""
    return None


def checked(response: Response) -> str | NotSent | Unknown:
    """Unknown, as nothing was asked."""
    return Unknown("the platform has no such question")
