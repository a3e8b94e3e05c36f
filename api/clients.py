"""The address of a client: as trusted proxies name it, and the network that its requests are counted by."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from domain.hosts import Networks

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SUBSCRIBER = 64  # bits of an IPv6 address that its user cannot choose
Address = IPv4Address | IPv6Address


def believe_proxies(app: WSGIApplication, trusted: int | Networks) -> WSGIApplication:
    """Take the client's address and scheme from the headers of trusted proxies, and from nobody else's.

    Not werkzeug's ProxyFix: that believes every peer, and a client's quotation mark hides what a proxy adds.

    Args:
        app: what answers.
        trusted: the networks of the proxies, or how many with private addresses are in front.
    """

    def behind(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        client = _parse(environ.get("REMOTE_ADDR", ""))
        if _is_proxy(client, 0, trusted):
            scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        # each proxy appends whoever called it
        for number, hop in enumerate(reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(","))):
            caller = _parse(hop)
            if caller is None or not _is_proxy(client, number, trusted):
                break
            client = caller
            environ["REMOTE_ADDR"] = str(client)
        return app(environ, start_response)

    return behind


def network_of(address: str) -> str:
    """The key that a client's requests are counted by: its IPv4 address, or the /64 of its IPv6 address."""
    found = _parse(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((int(found), SUBSCRIBER), strict=False))
    return str(found or address)


def _is_proxy(address: Address | None, number: int, trusted: int | Networks) -> bool:
    """True if the proxy at this place, counted from this server, is trusted; None is at a Unix socket."""
    if isinstance(trusted, int):
        return number < trusted and (address is None or not address.is_global)
    return address is not None and any(address in network for network in trusted)


def _parse(text: str) -> Address | None:
    """An address as proxies write it, perhaps with a port; that of IPv4 within IPv6 as IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
