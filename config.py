"""The server's configuration: the only reader of the environment.

Every setting is listed in `.env.example` and in the README's table.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_ENVIRONMENTS = ("production", "development")
_LOG_FORMATS = ("json", "text")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything a deployment may choose."""

    database_url: str = field(repr=False)  # SQLAlchemy URL: sqlite:///… or postgresql://…
    secret_key: str = field(repr=False)  # signs what the server hands out, tokens too; at least 16 characters
    app_env: str = "development"  # or production, which refuses a secret key that is short or can be guessed
    model_dir: Path = ROOT / "models"  # where built models live, one folder a version
    model_titles: int = 5_000  # the best liked ones, learned in full; memory of a build grows with its square
    web_dir: Path = ROOT / "frontend" / "dist"  # the built web app; the API runs without it
    remote_covers: bool = True  # whether answers name covers on the hosts of others
    port: int = 5000  # TCP port of `make run` and `make serve`
    web_concurrency: int = 2  # worker processes of `make serve`
    cors_origins: tuple[str, ...] = ()  # origins allowed to call from a browser; empty: none
    # keys that open what is personal, each [scope:]key or [scope:]sha256=hash; empty: open to all
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    rate_limit_enabled: bool = False
    rate_limit: str = "300/minute"  # of one client, over all routes
    rate_limit_writes: str = "60/minute"  # of one client, over the routes that save something
    rate_limit_storage: str = field(default="memory://", repr=False)  # or redis://host/0, for all workers
    trusted_proxies: int = 0  # how many proxies in front tell the truth about who asks
    log_level: str = "INFO"
    log_format: str = "json"  # or text
    # where workers leave metrics for each other; gunicorn.conf.py makes one
    prometheus_multiproc_dir: str = ""
    max_body_bytes: int = 1_000_000  # larger request bodies are refused with 413
    max_upload_bytes: int = 10_000_000  # larger uploaded files are refused with 413
    max_list_titles: int = 5_000  # longer lists are refused with 413
    overlay_max_users: int = 20_000  # newest users kept findable before the next build
    sync_interval_ms: int = 0  # at most this often a worker asks for new people; 0: before each answer

    @property
    def cautions(self) -> tuple[str, ...]:
        """What an operator of a public server should know of these settings, a sentence each."""
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
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Config:
        """Read the settings from `environ` (default: the process environment over `.env`).

        Raises:
            ConfigError: a required setting is missing, or a value cannot be used.
        """
        if environ is None:
            env_file = {k: v for k, v in dotenv_values(ROOT / ".env").items() if v is not None}
            environ = {**env_file, **os.environ}
        read = _Reader(environ)
        environment = read.choice("APP_ENV", "development", _ENVIRONMENTS)
        return cls(
            database_url=read.database_url(),
            secret_key=read.secret_key(environment),
            app_env=environment,
            model_dir=Path(environ.get("MODEL_DIR") or ROOT / "models"),
            model_titles=read.integer("MODEL_TITLES", 5_000, low=100, high=100_000),
            web_dir=Path(environ.get("WEB_DIR") or ROOT / "frontend" / "dist"),
            remote_covers=read.boolean("REMOTE_COVERS", default=True),
            port=read.integer("PORT", 5000, low=1, high=65535),
            web_concurrency=read.integer("WEB_CONCURRENCY", 2, low=1, high=64),
            cors_origins=read.names("CORS_ORIGINS"),
            api_keys=read.api_keys(),
            rate_limit_enabled=read.boolean("RATE_LIMIT_ENABLED", default=False),
            rate_limit=read.rate_limit("RATE_LIMIT", "300/minute"),
            rate_limit_writes=read.rate_limit("RATE_LIMIT_WRITES", "60/minute"),
            rate_limit_storage=read.rate_limit_storage(),
            trusted_proxies=read.integer("TRUSTED_PROXIES", 0, low=0, high=10),
            log_level=read.choice("LOG_LEVEL", "INFO", _LOG_LEVELS),
            log_format=read.choice("LOG_FORMAT", "json", _LOG_FORMATS),
            prometheus_multiproc_dir=environ.get("PROMETHEUS_MULTIPROC_DIR", ""),
            max_body_bytes=read.integer("MAX_BODY_BYTES", 1_000_000, low=1_000, high=1_000_000_000),
            max_upload_bytes=read.integer("MAX_UPLOAD_BYTES", 10_000_000, low=1_000, high=1_000_000_000),
            max_list_titles=read.integer("MAX_LIST_TITLES", 5_000, low=1, high=100_000),
            overlay_max_users=read.integer("OVERLAY_MAX_USERS", 20_000, low=0, high=1_000_000),
            sync_interval_ms=read.integer("SYNC_INTERVAL_MS", 0, low=0, high=60_000),
        )


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def required(self, variable: str, remedy: str) -> str:
        value = self._environ.get(variable, "").strip()
        if not value:
            raise ConfigError(variable, "is not set", remedy)
        return value

    def database_url(self) -> str:
        remedy = (
            "Set it in the environment or in .env, for example DATABASE_URL=sqlite:///data/anime.db "
            "or DATABASE_URL=postgresql://user:password@host/database"
        )
        url = self.required("DATABASE_URL", remedy)
        if url.startswith("postgres://"):  # the form that hosting platforms hand out
            url = "postgresql://" + url.removeprefix("postgres://")
        scheme = url.partition(":")[0].partition("+")[0]
        if scheme not in ("sqlite", "postgresql"):
            raise ConfigError("DATABASE_URL", f"starts with {scheme!r}, which is not supported", remedy)
        try:
            make_url(url)
        except (ArgumentError, ValueError):  # the address itself is not repeated: it may hold a password
            raise ConfigError("DATABASE_URL", "is not an address of that form", remedy) from None
        return url

    def secret_key(self, environment: str) -> str:
        remedy = 'Make one with: python -c "import secrets; print(secrets.token_hex(32))"'
        key = self.required("SECRET_KEY", remedy)
        shortest = _SHORTEST_KEY[environment]
        if len(key) < shortest:
            problem = f"has only {len(key)} characters, at least {shortest} are needed"
            raise ConfigError("SECRET_KEY", problem, remedy)
        guessable = len(set(key)) < _FEWEST_CHARACTERS or _GUESSABLE.search(key)
        if environment == "production" and guessable:
            raise ConfigError("SECRET_KEY", "can be guessed, which production refuses", remedy)
        return key

    def api_keys(self) -> tuple[str, ...]:
        keys = self.names("API_KEYS")
        for number, key in enumerate(keys, start=1):
            if not _API_KEY.fullmatch(key):  # the key itself is not repeated
                raise ConfigError(
                    "API_KEYS",
                    f"has an entry that cannot be read, number {number}",
                    "Each is scope:key or scope:sha256=hash with the scope read, write or admin. "
                    "Make one with: python scripts/make_api_key.py",
                )
        return keys

    def rate_limit(self, variable: str, default: str) -> str:
        text = self._environ.get(variable, "").strip() or default
        if not re.fullmatch(r"[1-9]\d{0,8}/(second|minute|hour|day)", text):
            raise ConfigError(variable, f"is {text!r}", "It must be like 300/minute: second, hour, day, too.")
        return text

    def rate_limit_storage(self) -> str:
        url = self._environ.get("RATE_LIMIT_STORAGE", "").strip() or "memory://"
        if not re.match(r"memory://$|rediss?://.+", url):
            remedy = "It must be memory:// or redis://host:6379/0."
            raise ConfigError("RATE_LIMIT_STORAGE", "is not an address of that form", remedy)
        return url

    def boolean(self, variable: str, *, default: bool) -> bool:
        text = self._environ.get(variable, "").strip().lower()
        values = {"": default} | dict.fromkeys(("true", "1", "yes", "on"), True)
        values |= dict.fromkeys(("false", "0", "no", "off"), False)
        if text not in values:
            raise ConfigError(variable, f"is {text!r}", "It must be true or false.")
        return values[text]

    def integer(self, variable: str, default: int, *, low: int, high: int) -> int:
        text = self._environ.get(variable, "").strip()
        if not text:
            return default
        try:
            value = int(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise ConfigError(variable, f"is {text!r}", f"It must be a whole number from {low} to {high}.")
        return value

    def choice(self, variable: str, default: str, allowed: tuple[str, ...]) -> str:
        text = self._environ.get(variable, "").strip() or default
        found = [value for value in allowed if value.lower() == text.lower()]
        if not found:
            raise ConfigError(variable, f"is {text!r}", f"It must be one of {', '.join(allowed)}.")
        return found[0]

    def names(self, variable: str) -> tuple[str, ...]:
        parts = (part.strip() for part in self._environ.get(variable, "").split(","))
        return tuple(part for part in parts if part)
