"""Trusted proxies name the client and its scheme; nobody else can."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import pytest

from api.clients import believe_proxies
from domain.hosts import Networks

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PUBLIC, OTHER = "8.8.8.8", "9.9.9.9"  # only written, never called
CDN: Networks = (ip_network("203.0.113.0/24"), ip_network("2001:db8::/32"), ip_network("10.0.0.0/8"))


def seen(trusted: int | Networks, peer: str, forwarded: str | None, proto: str = "https") -> tuple[str, str]:
    """The address and scheme of the client in the eyes of the app."""
    found: list[tuple[str, str]] = []

    def app(environ: WSGIEnvironment, _start: Any) -> Iterable[bytes]:
        found.append((environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]))
        return ()

    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "HTTP_X_FORWARDED_PROTO": proto}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    believe_proxies(app, trusted)(environ, lambda *_: lambda _: None)
    return found[0]


@pytest.mark.parametrize(
    "peer", ["10.1.2.3", "127.0.0.1", "172.18.0.1", "192.168.1.1", "100.64.0.9", "::1", "fd00::1", ""]
)
def test_private_proxy_names_the_client(peer: str) -> None:
    assert seen(1, peer, PUBLIC) == (PUBLIC, "https")
    assert seen(1, peer, f"1.1.1.1, {PUBLIC}") == (PUBLIC, "https")
    assert seen(0, peer, PUBLIC) == (peer, "http")


@pytest.mark.parametrize("trusted", [0, 1, 2, 10, CDN], ids=str)
@pytest.mark.parametrize("peer", [OTHER, "2a00::1", f"::ffff:{OTHER}"])
def test_caller_from_a_public_address_names_nobody(trusted: int | Networks, peer: str) -> None:
    assert seen(trusted, peer, "10.0.0.1, 127.0.0.1") == (peer, "http")


@pytest.mark.parametrize("peer", ["203.0.113.9", "2001:db8::9", "10.0.0.9", "::ffff:203.0.113.9"])
def test_named_proxy_names_the_client(peer: str) -> None:
    assert seen(CDN, peer, PUBLIC) == (PUBLIC, "https")


@pytest.mark.parametrize("peer", ["127.0.0.1", "192.168.1.1", ""])
def test_private_peer_is_no_proxy_where_others_are_named(peer: str) -> None:
    assert seen(CDN, peer, PUBLIC) == (peer, "http")


@pytest.mark.parametrize(
    ("trusted", "forwarded", "client"),
    [
        (1, f"{OTHER}, 10.0.0.2", "10.0.0.2"),
        (2, f"{OTHER}, 10.0.0.2", OTHER),
        (2, f"{OTHER}, {PUBLIC}", PUBLIC),  # no private proxy, so it may say nothing
        (3, f"1.1.1.1, {OTHER}, 10.0.0.2", OTHER),
        (3, "10.0.0.2", "10.0.0.2"),
        (CDN, f"1.1.1.1, {OTHER}, 203.0.113.7", OTHER),
        (CDN, f"1.1.1.1, {OTHER}, 203.0.113.7, 10.0.0.2, 2001:db8::1", OTHER),
        (CDN, f"1.1.1.1, 203.0.113.7, {OTHER}", OTHER),
    ],
)
def test_each_proxy_of_a_chain_has_to_be_trusted(
    trusted: int | Networks, forwarded: str, client: str
) -> None:
    assert seen(trusted, "10.0.0.1", forwarded) == (client, "https")


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        (f'"spoofed, {PUBLIC}', PUBLIC),  # a quotation mark that is never closed
        (f"{PUBLIC}:4711", PUBLIC),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:DB8:0::7", "2001:db8::7"),
        (f"::ffff:{PUBLIC}", PUBLIC),
        ("unknown", "10.0.0.1"),
        (f"{PUBLIC}, _hidden", "10.0.0.1"),
        ("", "10.0.0.1"),
        (None, "10.0.0.1"),
    ],
)
def test_named_client_is_an_address_and_nothing_else(forwarded: str | None, client: str) -> None:
    assert seen(1, "10.0.0.1", forwarded)[0] == client


@pytest.mark.parametrize(
    ("proto", "scheme"),
    [("https", "https"), ("HTTPS", "https"), ("https, http", "http"), ("gopher", "http"), ("", "http")],
)
def test_scheme_is_that_of_the_nearest_proxy(proto: str, scheme: str) -> None:
    assert seen(1, "10.0.0.1", PUBLIC, proto)[1] == scheme
