"""The server's settings, each declared once: name, type, default, limits and help.

`scripts/write_settings.py` makes `.env.example` and the README's table from the declarations.
"""

from __future__ import annotations

import errno
import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent
_API_KEY = re.compile(r"(?:(?:read|write|admin):)?(?:sha256=[0-9a-f]{64}|(?!sha256=)[^:]+)")
# what a key that somebody made up, or copied from a page, looks like
_GUESSABLE = re.compile(r"change|secret|default|example|password|your", re.IGNORECASE)
_SHORTEST_KEY = {"development": 16, "production": 32}
_FEWEST_CHARACTERS = 8  # different ones, in a secret key of production


class ConfigError(Exception):
    """A setting is missing or unusable; the message names it and says how to set it."""

    def __init__(self, variable: str, problem: str, remedy: str) -> None:
        super().__init__(f"{variable} {problem}. {remedy}")
        self.variable = variable


def require_free_port(host: str, port: int) -> None:
    """Check that the server can listen there, as gunicorn would.

    Raises:
        ConfigError: it cannot: another program does, or the system forbids it.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            problem = f"{port} cannot be opened: {error.strerror}"
            if error.errno == errno.EADDRINUSE:
                problem = f"{port} is taken, on many machines by another service"
            another = port + 1 if port < 65_535 else port - 1
            raise ConfigError("PORT", problem, f"Choose another: PORT={another} make run") from None


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


def _split(names: object) -> object:
    return [name for part in names.split(",") if (name := part.strip())] if isinstance(names, str) else names


def _check_api_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    for number, key in enumerate(keys, start=1):
        if not _API_KEY.fullmatch(key):
            raise ValueError(f"has an entry that cannot be read, number {number}")
    return keys


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
Environment = Annotated[Literal["production", "development"], BeforeValidator(str.lower)]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(str.upper)]
LogFormat = Annotated[Literal["json", "text"], BeforeValidator(str.lower)]
Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
ApiKeys = Annotated[
    Names,
    AfterValidator(_check_api_keys),
    _remedy(
        "Each is scope:key or scope:sha256=hash with the scope read, write or admin. "
        "Make one with: python scripts/make_api_key.py"
    ),
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
        description="`development`, or `production`, which refuses a secret key that is short or guessable.",
    )
    secret_key: SecretKey = Field(
        repr=False,
        description="Signs what the server issues, including the tokens of profiles: once it changes, nobody "
        f"can open their profile. At least {_SHORTEST_KEY['development']} characters, "
        f"{_SHORTEST_KEY['production']} in production. `make run` writes a fresh one; by hand: "
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
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        description="How many proxies in front of this server are trusted to name the client "
        "(`X-Forwarded-For`).",
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
        "nothing rests on fewer than 5 neighbors: no answer tells what one person watched. With 0, everybody "
        "counts everywhere.",
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
        environment = info.data.get("app_env", "development")
        shortest = _SHORTEST_KEY[environment]
        if len(key) < shortest:
            raise ValueError(f"has only {len(key)} characters, at least {shortest} are needed")
        guessable = len(set(key)) < _FEWEST_CHARACTERS or _GUESSABLE.search(key)
        if environment == "production" and guessable:
            raise ValueError("can be guessed, which production refuses")
        return key

    @property
    def cautions(self) -> tuple[str, ...]:
        """Sentences that an operator of a public server should know about these settings."""
        if self.app_env != "production":
            return ()
        found = []
        if not self.api_keys:
            found.append("API_KEYS is not set: everybody may save, replace and erase lists but profiles")
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
