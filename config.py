"""The server's configuration: the only reader of the environment.

Every setting is listed in `.env.example` and in the README's table.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class ConfigError(Exception):
    """A setting is missing or unusable; the message names it and says how to set it."""

    def __init__(self, variable: str, problem: str, remedy: str) -> None:
        super().__init__(f"{variable} {problem}. {remedy}")
        self.variable = variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything a deployment may choose."""

    database_url: str = field(repr=False)  # SQLAlchemy URL: sqlite:///… or postgresql://…
    secret_key: str = field(repr=False)  # signs what the server hands out; at least 16 characters
    model_dir: Path = ROOT / "models"  # where built models live, one folder a version
    port: int = 5000  # TCP port of `make run` and `make serve`
    web_concurrency: int = 2  # worker processes of `make serve`
    cors_origins: tuple[str, ...] = ()  # origins allowed to call from a browser; empty: none
    # keys that open /api/v1/users/…; empty: open to all
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    log_level: str = "INFO"
    max_body_bytes: int = 1_000_000  # larger request bodies are refused with 413
    max_list_titles: int = 5_000  # longer lists are refused with 413
    overlay_max_users: int = 20_000  # newest users kept findable before the next build
    sync_interval_ms: int = 0  # at most this often a worker asks for new people; 0: before each answer

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
        return cls(
            database_url=read.database_url(),
            secret_key=read.secret_key(),
            model_dir=Path(environ.get("MODEL_DIR") or ROOT / "models"),
            port=read.integer("PORT", 5000, low=1, high=65535),
            web_concurrency=read.integer("WEB_CONCURRENCY", 2, low=1, high=64),
            cors_origins=read.names("CORS_ORIGINS"),
            api_keys=read.names("API_KEYS"),
            log_level=read.choice("LOG_LEVEL", "INFO", _LOG_LEVELS),
            max_body_bytes=read.integer("MAX_BODY_BYTES", 1_000_000, low=1_000, high=1_000_000_000),
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

    def secret_key(self) -> str:
        remedy = 'Make one with: python -c "import secrets; print(secrets.token_hex(32))"'
        key = self.required("SECRET_KEY", remedy)
        if len(key) < 16:
            raise ConfigError("SECRET_KEY", f"has only {len(key)} characters, at least 16 are needed", remedy)
        return key

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
        value = self._environ.get(variable, "").strip().upper() or default
        if value not in allowed:
            raise ConfigError(variable, f"is {value!r}", f"It must be one of {', '.join(allowed)}.")
        return value

    def names(self, variable: str) -> tuple[str, ...]:
        parts = (part.strip() for part in self._environ.get(variable, "").split(","))
        return tuple(part for part in parts if part)
