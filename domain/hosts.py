"""Addresses of hosts and of proxies, as people write them in settings, and the hosts of covers."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

# browsers load covers from these only
COVER_HOSTS = (
    *("https://cdn.myanimelist.net", "https://api-cdn.myanimelist.net", "https://myanimelist.cdn-dena.com"),
    "https://s4.anilist.co",
)

Networks = tuple[IPv4Network | IPv6Network, ...]


def is_loopback(host: str) -> bool:
    """True for an address that only this machine can reach."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def to_address(host: str) -> str:
    """The IP address of a host to listen on.

    Raises:
        ValueError: it is none, as the rest of a sentence.
    """
    try:
        return "127.0.0.1" if host == "localhost" else str(ip_address(host))
    except ValueError:
        raise ValueError(f"is {host!r}, which is no IP address") from None


def to_networks(names: Iterable[str]) -> Networks:
    """Networks, of addresses and of ranges like 10.0.0.0/8.

    Raises:
        ValueError: one is neither, or everybody, as the rest of a sentence.
    """
    networks = []
    for name in names:
        try:
            networks.append(ip_network(name, strict=False))
        except ValueError:
            raise ValueError(f"names {name!r}, which is no address or network") from None
        if networks[-1].prefixlen == 0:
            raise ValueError(f"names {name!r}, which is everybody")
    return tuple(networks)
