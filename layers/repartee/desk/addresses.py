"""Which addresses may be asked for what others have named: those of the public internet alone.

A feed's address, and every redirect, is chosen by somebody else. Without this it could be that of
the machine itself, of its network, or of the cloud's metadata service at 169.254.169.254.
"""

from ipaddress import IPv6Address, ip_address


def public(address: str) -> bool:
    """Whether an IP address, as a resolver gives it, is one of the public internet.

    So must be any IPv4 address that 6to4 or Teredo has put into it. What is mapped, or meant for a
    translator (64:ff9b::/96), lies in reserved space and is refused whatever it leads to. False for
    what is no address. https://www.iana.org/assignments/ipv6-address-space
    """
    try:
        given = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    within = [given.sixtofour, *(given.teredo or ())] if isinstance(given, IPv6Address) else []
    # `is_global` alone lets multicast through.
    return all(
        one.is_global and not (one.is_multicast or one.is_reserved)
        for one in (given, *within)
        if one is not None
    )
