"""Tokens that are good once: renewed by one sender at a time, and stored before they are used."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock

import boto3
import pytest

from cloud import clock, http, outside, secrets, sign_in, store
from desk.channels import line
from desk.wire import Credentials, NotSent, Outbound, Response, SignedIn
from tests.records import BRAND, NOON, after

pytestmark = pytest.mark.usefixtures("at")
NAME = f"/repartee/test/tokens/{BRAND}/line"


class Rotating:
    """A platform whose refresh tokens are good once, in the place of LINE."""

    def __init__(self) -> None:
        self.valid = "r0"
        self.renewals = 0
        self.lock = Lock()

    def sign_in(self, credentials: Credentials) -> Outbound:
        return Outbound("POST", credentials["refresh_token"], {}, b"")

    def call(self, call: Outbound) -> Response:
        with self.lock:
            if call.url != self.valid:
                return Response(401, {}, b"")
            self.renewals += 1
            self.valid = f"r{self.renewals}"
            return Response(200, {}, self.valid.encode())

    def signed_in(self, response: Response, credentials: Credentials) -> SignedIn | None:
        if response.status != 200:
            return None
        number = response.body.decode()
        return SignedIn({**credentials, "token": f"a{number}"}, 7200.0, {"refresh_token": number})


@pytest.fixture
def rotating(monkeypatch: pytest.MonkeyPatch) -> Rotating:
    platform = Rotating()
    monkeypatch.setattr(line, "sign_in", platform.sign_in)
    monkeypatch.setattr(line, "signed_in", platform.signed_in)
    monkeypatch.setattr(http, "call", platform.call)
    value = {"platform": "line", "token": "", "refresh_token": "r0"}
    boto3.client("ssm").put_parameter(Name=NAME, Value=json.dumps(value), Overwrite=True)
    secrets.forget()
    return platform


def door() -> outside.Door:
    found = outside.door(BRAND, "line")
    assert isinstance(found, outside.Door), found
    return found


def test_what_a_renewal_brings_is_stored_and_serves_everybody(rotating: Rotating) -> None:
    assert door().credentials["token"] == "ar1"
    stored = json.loads(
        boto3.client("ssm").get_parameter(Name=NAME, WithDecryption=True)["Parameter"]["Value"]
    )
    assert (stored["refresh_token"], stored["token"]) == ("r1", "ar1")
    secrets.forget()  # another process
    sign_in.forget()
    assert door().credentials["token"] == "ar1"
    assert rotating.renewals == 1


def test_a_token_is_renewed_at_half_its_life(
    rotating: Rotating, monkeypatch: pytest.MonkeyPatch
) -> None:
    door()
    for minutes, token in ((59, "ar1"), (61, "ar2")):
        monkeypatch.setattr("cloud.clock.now", lambda minutes=minutes: after(minutes))
        assert door().credentials["token"] == token


def test_many_at_once_renew_once(rotating: Rotating, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "pause", lambda attempt: secrets.forget())
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: outside.door(BRAND, "line"), range(8)))
    opened = [one for one in found if isinstance(one, outside.Door)]
    assert rotating.renewals == 1
    assert {one.credentials["token"] for one in opened} == {"ar1"}
    assert all(isinstance(one, outside.Door) or "renewing" in one.reason for one in found)


def test_who_died_while_renewing_is_followed_by_another(
    rotating: Rotating, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.lease(BRAND, "line", "t1", NOON, NOON + timedelta(seconds=30))
    monkeypatch.setattr(clock, "pause", lambda attempt: None)
    closed = outside.door(BRAND, "line")
    assert isinstance(closed, outside.Closed)
    assert rotating.renewals == 0
    monkeypatch.setattr("cloud.clock.now", lambda: after(0.6))
    assert door().credentials["token"] == "ar1"


def test_a_token_that_was_refused_is_renewed_before_its_time(rotating: Rotating) -> None:
    assert door().credentials["token"] == "ar1"
    assert sign_in.refused(BRAND, "line")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cloud.clock.now", lambda: after(1))
        assert door().credentials["token"] == "ar2"


def test_a_platform_that_refuses_the_renewal_closes_the_door(
    rotating: Rotating,
) -> None:
    rotating.valid = "spent"
    closed = outside.door(BRAND, "line")
    assert closed == outside.Closed("sign_in_refused")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cloud.clock.now", lambda: after(1))
        patch.setattr(http, "call", lambda call: NotSent("unreachable", "refused"))
        assert outside.door(BRAND, "line") == outside.Closed("sign_in_failed:refused")
