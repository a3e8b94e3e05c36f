"""Types of settings: how each is read from text, and the sentence for one that cannot be used."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from domain.hosts import Networks, to_address, to_networks


def _check_database_url(url: str) -> str:
    if url.startswith("postgres://"):  # the form that hosting platforms hand out
        url = "postgresql://" + url.removeprefix("postgres://")
    scheme = url.partition(":")[0].partition("+")[0]
    if scheme not in ("sqlite", "postgresql"):
        raise ValueError(f"starts with {scheme!r}, which is not supported")
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError("is not an address of that form") from None
    return url


def _split(names: object) -> Any:
    return [name for part in names.split(",") if (name := part.strip())] if isinstance(names, str) else names


def _split_unless_none(names: object) -> Any:
    """Nothing for `none`: a blank setting is its default."""
    return () if isinstance(names, str) and names.strip().lower() == "none" else _split(names)


def _split_proxies(proxies: object) -> object:
    """A number as it is, else the networks of a list."""
    if not isinstance(proxies, str) or re.fullmatch(r"-?\d+", proxies):
        return proxies
    return to_networks(_split(proxies))


def _remedy(sentence: str) -> Any:
    return Field(json_schema_extra={"remedy": sentence})


DatabaseUrl = Annotated[
    str,
    AfterValidator(_check_database_url),
    _remedy(
        "Set it in the environment or in .env, for example DATABASE_URL=sqlite:///data/anime.db "
        "or DATABASE_URL=postgresql://user:password@host/database"
    ),
]
SecretKey = Annotated[str, _remedy('Make one with: python -c "import secrets; print(secrets.token_hex(32))"')]
HOSTS = "Use 127.0.0.1 for this machine only, 0.0.0.0 for all its networks, or :: for IPv6, too."
Host = Annotated[str, AfterValidator(to_address), _remedy(HOSTS)]
Environment = Annotated[Literal["production", "development"], BeforeValidator(str.lower)]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(str.upper)]
LogFormat = Annotated[Literal["json", "text"], BeforeValidator(str.lower)]
Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
ApiKeys = Annotated[
    Names,
    _remedy(
        "Each is scope:key or scope:sha256=hash with the scope read, write or admin. "
        "Make one with: python scripts/make_api_key.py"
    ),
]
ExtraAlgorithms = Annotated[Names, _remedy("Leave it empty to build none of them.")]
ListSites = Annotated[
    tuple[Literal["mal", "anilist", "kitsu"], ...],
    BeforeValidator(_split_unless_none),
    _remedy("It must be some of mal, anilist, kitsu, separated by commas, or none."),
]
Rate = Annotated[
    str,
    Field(pattern=r"^[1-9][0-9]{0,8}/(second|minute|hour|day)$"),
    _remedy("It must be a number per second, minute, hour or day, like 300/minute."),
]
RateStorage = Annotated[
    str,
    Field(pattern=r"^(memory://|rediss?://.+)$"),
    _remedy("It must be memory:// or redis://host:6379/0."),
]
_BROKER = r"[^\s/,:?]+:[0-9]{1,5}"
EVENT_LOG = re.compile(
    rf"sql|kafka://(?P<brokers>{_BROKER}(,{_BROKER})*)/(?P<topic>[A-Za-z0-9._-]{{1,249}})(\?(?P<options>\S*))?"
)


def _check_event_log(address: str) -> str:
    if not EVENT_LOG.fullmatch(address):
        raise ValueError("is not an address of that form")
    return address


EventLogAddress = Annotated[
    str,
    AfterValidator(_check_event_log),
    _remedy(
        "It must be sql, or kafka://host:9092,other-host:9092/topic, with RECENT_EVENTS=redis://host:6379/0."
    ),
]
RecentEventsAddress = Annotated[
    str,
    Field(pattern=r"^(sql|rediss?://\S+)$"),
    _remedy("It must be sql, or, with EVENT_LOG=kafka://host:9092/topic, redis://host:6379/0."),
]
Proxies = Annotated[
    Annotated[int, Field(ge=0, le=10)] | Networks,
    BeforeValidator(_split_proxies),
    _remedy(
        "It must be the number of proxies with private addresses, from 0 to 10, or the addresses and "
        "networks of the proxies, like 203.0.113.7,10.0.0.0/8."
    ),
]
