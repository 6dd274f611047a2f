"""Only addresses of the public internet are asked."""

import pytest

from desk.addresses import public


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111"])
def test_an_address_of_the_public_internet_is_one(address: str) -> None:
    assert public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "240.0.0.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
        "2001:db8::1",
    ],
)  # fmt: skip
def test_one_of_this_machine_its_network_or_nobodys_is_none(address: str) -> None:
    assert not public(address)


@pytest.mark.parametrize(
    "address",
    [
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)  # fmt: skip
def test_a_private_address_within_another_is_seen(address: str) -> None:
    assert not public(address)


def test_a_public_one_within_a_public_one_passes() -> None:
    assert public("2002:808:808::1")


@pytest.mark.parametrize("address", ["", "localhost", "0x7f000001", "127.1", "1.2.3.4.5", "é"])
def test_what_is_no_address_is_not_asked(address: str) -> None:
    assert not public(address)
