"""The server's settings, each declared once: name, type, default, limits and help.

`scripts/write_settings.py` makes `.env.example` and the README's table from the declarations.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from domain.hosts import is_loopback
from domain.keys import SHORTEST, digest_of, refused_digests, weakness
from domain.setting_types import HOSTS as HOSTS  # gateway/ports.py says it, too
from domain.setting_types import (
    ApiKeys,
    DatabaseUrl,
    Environment,
    EventLogAddress,
    ExtraAlgorithms,
    Host,
    ListSites,
    LogFormat,
    LogLevel,
    Names,
    Proxies,
    Rate,
    RateStorage,
    RecentEventsAddress,
    SecretKey,
)

ROOT = Path(__file__).resolve().parent
_API_KEY = re.compile(r"(?:(?:read|write|admin):)?(?:sha256=([0-9a-f]{64})|((?!sha256=)[^:]+))")
_SHORTEST_SECRET = 16  # characters, of a server for this machine only


class ConfigError(Exception):
    """A setting is missing or unusable; the message names it and says how to set it."""

    def __init__(self, variable: str, problem: str, remedy: str) -> None:
        super().__init__(f"{variable} {problem}. {remedy}")
        self.variable = variable


def _exposure(settings: Mapping[str, Any]) -> str | None:
    """The setting by which others than this machine can reach the server, None where they cannot."""
    if settings.get("app_env") == "production":
        return "APP_ENV=production"
    host = settings.get("host", "127.0.0.1")
    return None if is_loopback(host) else f"HOST={host}"


class Config(BaseSettings):
    """Everything a deployment may choose.

    A setting with `repr=False` may hold a secret: no message repeats its value.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", enable_decoding=False, hide_input_in_errors=True, protected_namespaces=()
    )

    database_url: DatabaseUrl = Field(
        repr=False,
        examples=["sqlite:///data/anime.db"],
        description="Where the data lives. SQLite needs no server: `sqlite:///data/anime.db`; PostgreSQL: "
        "`postgresql://user:password@host:5432/database`.",
    )
    app_env: Environment = Field(
        "development",
        description="`development`, or `production`. In production, and wherever `HOST` lets others in, the "
        "server starts only with `API_KEYS` or `OPEN_WRITES`, and refuses keys that are short or guessable.",
    )
    host: Host = Field(
        "127.0.0.1",
        description="IP address that `make run` and `make serve` listen on: `127.0.0.1` is reached from this "
        "machine only, `0.0.0.0` from all its networks, `::` by IPv6, too.",
    )
    secret_key: SecretKey = Field(
        repr=False,
        description="Signs what the server issues, including the tokens of profiles: once it changes, nobody "
        f"can open their profile. At least {_SHORTEST_SECRET} characters, {SHORTEST} where others can "
        "reach the server. `make run` writes a fresh one; by hand: "
        '`python -c "import secrets; print(secrets.token_hex(32))"`.',
    )
    model_dir: Path = Field(ROOT / "models", description="Where built models live, one folder per version.")
    model_titles: int = Field(
        5_000,
        ge=100,
        le=100_000,
        description="How many of the most liked titles a build learns in full; the others are recommended by "
        "their similarity to these. The memory of a build grows with its square.",
    )
    extra_algorithms: ExtraAlgorithms = Field(
        (),
        description="Optional algorithms that a build fits, too, separated by commas; each costs it time and "
        "memory.",
    )
    web_dir: Path = Field(
        ROOT / "frontend" / "dist", description="The built web app; the API runs without it."
    )
    remote_covers: bool = Field(
        True,
        description="Whether answers name covers (`image_url`), which browsers then load from the hosts of "
        "MyAnimeList and AniList.",
    )
    port: int = Field(5000, ge=1, le=65_535, description="TCP port of `make run` and `make serve`.")
    web_concurrency: int = Field(2, ge=1, le=64, description="Worker processes.")
    cors_origins: Names = Field(
        (),
        examples=["https://anime.example.org"],
        description="Origins whose pages may call this server from a browser, separated by commas, or `*` "
        "for all.",
    )
    api_keys: ApiKeys = Field(
        (),
        repr=False,
        description="When set, everything under `/api/v1/users/` requires one of these keys in `X-API-Key`. "
        "Separated by commas, each `scope:key` or `scope:sha256=hash` with the scope `read`, `write` or "
        "`admin`; make one with `scripts/make_api_key.py`.",
    )
    open_writes: bool = Field(
        False,
        description="Whether a server that others can reach starts without `API_KEYS`: everybody may then "
        "save, replace and erase lists, except those of profiles.",
    )
    rate_limit_enabled: bool = Field(False, description="Whether clients that ask too often get 429.")
    rate_limit: Rate = Field("300/minute", description="Requests of one client, over all routes.")
    rate_limit_writes: Rate = Field(
        "60/minute", description="Requests of one client, over the routes that save something."
    )
    rate_limit_storage: RateStorage = Field(
        "memory://",
        repr=False,
        description="Where requests are counted: `memory://`, by each worker for itself; "
        "`redis://host:6379/0`, by all together.",
    )
    trusted_proxies: Proxies = Field(
        0,
        description="Proxies that are trusted to name the client (`X-Forwarded-For`): how many stand in "
        "front of this server, each with a private address; or their addresses and networks, separated by "
        "commas.",
    )
    log_level: LogLevel = Field("INFO", description="`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`.")
    log_format: LogFormat = Field("json", description="One line per request, as `json` or `text`.")
    client_timeout_s: int = Field(
        30,
        ge=1,
        le=600,
        description="Seconds for a client to send its request, which then gets 408, and again to take the "
        "response. Nobody else waits for it meanwhile.",
    )
    max_body_bytes: int = Field(
        1_000_000, ge=1_000, le=1_000_000_000, description="Larger request bodies are refused with 413."
    )
    max_upload_bytes: int = Field(
        10_000_000, ge=1_000, le=1_000_000_000, description="Larger uploaded files are refused with 413."
    )
    max_list_titles: int = Field(
        5_000, ge=1, le=100_000, description="Lists of more titles are refused with 413."
    )
    event_retention_days: int = Field(
        30,
        ge=1,
        le=3_650,
        description="What people do (clicks, views, likes, dismissals) is forgotten after so many days.",
    )
    event_log: EventLogAddress = Field(
        "sql",
        repr=False,
        description="Where events go: `sql`, to the database; "
        "`kafka://host:9092,other-host:9092/topic`, to a topic of Kafka, see `docs/events.md`.",
    )
    recent_events: RecentEventsAddress = Field(
        "sql",
        validate_default=True,
        repr=False,
        description="Where the server learns what somebody did lately: `sql`, from the database; "
        "`redis://host:6379/0`, from what a consumer of Kafka keeps there.",
    )
    experiments: str = Field(
        "",
        max_length=1_000,
        description="A file of experiments, such as `deploy/experiments.yaml`, which try ways of "
        "recommending against each other; see `docs/experiments.md`.",
    )
    gars_routes: bool = Field(
        False,
        description="Whether the routes of another recommendation server are mounted at `/gars`, for its "
        "clients; see `docs/gars.md`.",
    )
    list_sites: ListSites = Field(
        ("mal", "anilist", "kitsu"),
        description="Sites that the server asks for a person's list, by the name that they type in: `mal`, "
        "`anilist`, `kitsu`, separated by commas, or `none`.",
    )
    mal_client_id: str = Field(
        "",
        max_length=200,
        repr=False,
        description="Client id of the MyAnimeList API, from <https://myanimelist.net/apiconfig>. Without "
        "one, MyAnimeList is not asked for anything.",
    )
    overlay_max_users: int = Field(
        20_000,
        ge=0,
        le=1_000_000,
        description="How many of the newest users can be found as neighbors before the next build.",
    )
    anonymity_floor: int = Field(
        10,
        ge=0,
        le=1_000_000,
        description="Titles that fewer people like neither find neighbors nor are recommended by them, and "
        "nothing rests on fewer neighbors: no answer tells what one person watched. With 0, everybody counts "
        "everywhere.",
    )
    sync_interval_ms: int = Field(
        0,
        ge=0,
        le=60_000,
        description="How long a worker may go without asking the database for new users; with 0 everybody "
        "can be found by everybody at once.",
    )

    @field_validator("secret_key")
    @classmethod
    def _check_secret_key(cls, key: str, info: ValidationInfo) -> str:
        if len(key) < _SHORTEST_SECRET:
            raise ValueError(f"has only {len(key)} characters, at least {_SHORTEST_SECRET} are needed")
        exposure = _exposure(info.data)
        if exposure and (reason := weakness(key, exposure)):
            raise ValueError(reason)
        return key

    @field_validator("api_keys")
    @classmethod
    def _check_api_keys(cls, keys: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        exposure = _exposure(info.data)
        refused = refused_digests(info.data.get("secret_key", ""))
        for number, key in enumerate(keys, start=1):
            match = _API_KEY.fullmatch(key)
            if match is None:
                raise ValueError(f"has an entry that cannot be read, number {number}")
            digest, plain = match.groups()
            reason = refused.get(digest or digest_of(plain))
            if reason is None and exposure:
                reason = weakness(digest or plain, exposure)
            if reason is not None:
                raise ValueError(f"has an entry that cannot be used, number {number}: it {reason}")
        return keys

    @field_validator("recent_events")
    @classmethod
    def _check_recent_events(cls, address: str, info: ValidationInfo) -> str:
        if (address == "sql") != (info.data.get("event_log", address) == "sql"):
            raise ValueError("and EVENT_LOG do not fit: one is sql, and either both are or none")
        return address

    @field_validator("extra_algorithms")
    @classmethod
    def _check_extra_algorithms(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if names:
            from recommender.models.registry import OPTIONAL  # here: most commands do without the science

            if unknown := [name for name in names if name not in OPTIONAL]:
                known = ", ".join(OPTIONAL) or "none"
                raise ValueError(f"has {unknown[0]!r}, which is no optional algorithm; known are: {known}")
        return names

    def require_api_keys(self) -> None:
        """Check that a server which others can reach has keys, or is open on purpose.

        Raises:
            ConfigError: it has none, and nobody has said that it should be open.
        """
        exposure = _exposure(dict(self))
        if exposure and not self.api_keys and not self.open_writes:
            raise ConfigError(
                "API_KEYS",
                f"is not set, which {exposure} refuses",
                "Make a key with: python scripts/make_api_key.py; or set OPEN_WRITES=true to let everybody "
                "save, replace and erase lists",
            )

    def require_listening_on(self, host: str) -> None:
        """Check an address of gunicorn's --bind, which `HOST` says nothing of.

        Raises:
            ConfigError: others can reach it, but not `HOST`, so keys were not checked for that.
        """
        if is_loopback(self.host) and not is_loopback(host):
            raise ConfigError(
                "HOST",
                f"is {self.host}, but gunicorn is to listen on {host}",
                f"Set HOST={host}, and no --bind",
            )

    def require_topic(self) -> None:
        """Check that events go to Kafka.

        Raises:
            ConfigError: they go to the database.
        """
        if self.event_log == "sql":
            raise ConfigError(
                "EVENT_LOG",
                "is sql, so there is no topic to read",
                "Set EVENT_LOG=kafka://host:9092/topic and RECENT_EVENTS=redis://host:6379/0",
            )

    @property
    def bind(self) -> str:
        """The address to listen on, as gunicorn and browsers write it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def cautions(self) -> tuple[str, ...]:
        """Sentences that an operator of a public server should know about these settings."""
        if not _exposure(dict(self)):
            return ()
        found = []
        if not self.api_keys:
            found.append("OPEN_WRITES is true: everybody may save, replace and erase lists but profiles")
        if not self.rate_limit_enabled:
            found.append("RATE_LIMIT_ENABLED is false: a client may ask as often as it likes")
        if "*" in self.cors_origins:
            found.append("CORS_ORIGINS is *: every page on the web may call")
        return tuple(found)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_others: PydanticBaseSettingsSource,
        **_named: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is passed: `Config(...)` is the same everywhere; `from_env` reads the environment."""
        return (init_settings,)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Config:
        """Read the settings from `environ` (default: the process environment over `.env`).

        A blank variable counts as not set.

        Raises:
            ConfigError: a required setting is missing, or a value cannot be used.
        """
        variables = EnvSettingsSource(cls)
        if environ is None:
            in_file = DotEnvSettingsSource(cls, env_file=ROOT / ".env", dotenv_filtering="only_existing")
            found = {**in_file(), **variables()}
        else:
            variables.env_vars = {name.lower(): text for name, text in environ.items()}
            found = variables()
        try:
            return cls(**{name: text.strip() for name, text in found.items() if text.strip()})
        except ValidationError as error:
            raise cls._explain(error) from None

    @classmethod
    def _explain(cls, error: ValidationError) -> ConfigError:
        first = error.errors()[0]
        name = str(first["loc"][0])
        if first["type"] == "missing":
            problem = "is not set"
        elif first["type"] == "value_error":
            problem = str(first["ctx"]["error"])
        else:
            problem = f"is {first['input']!r}" if cls.model_fields[name].repr else "cannot be used"
        match cls.model_json_schema()["properties"][name]:
            case {"remedy": remedy}:
                pass
            case {"minimum": low, "maximum": high}:
                remedy = f"It must be a whole number from {low} to {high}."
            case {"enum": allowed}:
                remedy = f"It must be one of {', '.join(allowed)}."
            case {"type": "boolean"}:
                remedy = "It must be true or false."
            case _:
                remedy = "See .env.example."
        return ConfigError(name.upper(), problem, remedy)
