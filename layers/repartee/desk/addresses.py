"""Which addresses may be asked for what others have named: those of the public internet alone.

A feed's address, and every redirect, is chosen by somebody else. Without this it could be that of
the machine itself, of its network, or of the cloud's metadata service at 169.254.169.254.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# https://www.rfc-editor.org/rfc/rfc6052: IPv4 within IPv6, by which a translator reaches it
_NAT64 = IPv6Network("64:ff9b::/96")
# https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.1: out of use, and still understood
_COMPATIBLE = IPv6Network("::/96")


def public(address: str) -> bool:
    """Whether an IP address, as a resolver gives it, is one of the public internet.

    So must be any IPv4 address that is embedded in it. False for what is no address.
    """
    try:
        given = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(_public(one) for one in (given, *_embedded(given)))


def _public(address: IPv4Address | IPv6Address) -> bool:
    # `is_global` alone lets multicast through.
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _embedded(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    if isinstance(address, IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or address in _COMPATIBLE:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in found if one is not None]
