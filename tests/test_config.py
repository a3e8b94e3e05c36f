"""Every setting: its default, its limits, and an error that names it and says what to do."""

from __future__ import annotations

import contextlib
import re
import socket
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from config import ROOT, Config, ConfigError
from gateway.ports import require_free_port

REQUIRED = {"DATABASE_URL": "sqlite:///data/anime.db", "SECRET_KEY": "k" * 16}
EXAMPLE = ROOT / ".env.example"
# variable, attribute, default, lowest, highest
INTEGERS = [
    ("PORT", "port", 5000, 1, 65_535),
    ("WEB_CONCURRENCY", "web_concurrency", 2, 1, 64),
    ("MAX_BODY_BYTES", "max_body_bytes", 1_000_000, 1_000, 1_000_000_000),
    ("MAX_LIST_TITLES", "max_list_titles", 5_000, 1, 100_000),
    ("OVERLAY_MAX_USERS", "overlay_max_users", 20_000, 0, 1_000_000),
    ("SYNC_INTERVAL_MS", "sync_interval_ms", 0, 0, 60_000),
    ("ANONYMITY_FLOOR", "anonymity_floor", 10, 0, 1_000_000),
    ("MAX_UPLOAD_BYTES", "max_upload_bytes", 10_000_000, 1_000, 1_000_000_000),
    ("MODEL_TITLES", "model_titles", 5_000, 100, 100_000),
]


SETTINGS = {name.upper() for name in Config.model_fields}
OTHERWISE = {  # a value of each setting that is not its default
    "DATABASE_URL": "sqlite:///other.db",
    "SECRET_KEY": "6f1d9c0b7a3e58d2c4b6a8f0e1d3c5b7",
    "APP_ENV": "production",
    "MODEL_DIR": "/srv/models",
    "MODEL_TITLES": "300",
    "EXTRA_ALGORITHMS": "embedding",
    "WEB_DIR": "/srv/web",
    "REMOTE_COVERS": "no",
    "PORT": "8123",
    "WEB_CONCURRENCY": "3",
    "CORS_ORIGINS": "https://a.example",
    "HOST": "10.0.0.1",
    "API_KEYS": "read:sha256=6f1d9c0b7a3e58d2c4b6a8f0e1d3c5b74d10a98c27f35be6089a1dc4f2b7e365",
    "OPEN_WRITES": "yes",
    "RATE_LIMIT_ENABLED": "yes",
    "RATE_LIMIT": "5/hour",
    "RATE_LIMIT_WRITES": "5/hour",
    "RATE_LIMIT_STORAGE": "redis://h",
    "TRUSTED_PROXIES": "1",
    "LOG_LEVEL": "debug",
    "LOG_FORMAT": "text",
    "CLIENT_TIMEOUT_S": "20",
    "MAX_BODY_BYTES": "5000",
    "MAX_UPLOAD_BYTES": "5000",
    "MAX_LIST_TITLES": "7",
    "LIST_SITES": "kitsu",
    "MAL_CLIENT_ID": "6f1d9c0b7a3e58d2c4b6a8f0e1d3c5b7",
    "OVERLAY_MAX_USERS": "7",
    "SYNC_INTERVAL_MS": "7",
    "ANONYMITY_FLOOR": "7",
    "EVENT_RETENTION_DAYS": "45",
    "EVENT_LOG": "kafka://h:9092/events",
    "RECENT_EVENTS": "redis://h",
    "EXPERIMENTS": "deploy/experiments.yaml",
    "GARS_ROUTES": "yes",
}


@pytest.fixture(autouse=True)
def _optional(monkeypatch: pytest.MonkeyPatch) -> None:
    """The optional algorithms of these tests."""
    monkeypatch.setattr("recommender.models.registry.OPTIONAL", ("embedding", "walks"))


def with_(**values: str) -> Config:
    return Config.from_env({**REQUIRED, **values})


def error_of(variable: str, value: str) -> str:
    with pytest.raises(ConfigError) as caught:
        with_(**{variable: value})
    assert caught.value.variable == variable
    assert str(caught.value).startswith(f"{variable} ")
    return str(caught.value)


def test_what_is_not_set_has_its_default() -> None:
    assert with_() == Config(database_url=REQUIRED["DATABASE_URL"], secret_key=REQUIRED["SECRET_KEY"])


def test_a_setting_that_is_empty_counts_as_not_set() -> None:
    for blank in ("", "  "):
        assert with_(**dict.fromkeys(SETTINGS - set(REQUIRED), blank)) == with_()


@pytest.mark.parametrize("value", ["", "   ", None])
@pytest.mark.parametrize(
    ("variable", "remedy"),
    [("DATABASE_URL", "DATABASE_URL=sqlite:///data/anime.db"), ("SECRET_KEY", "secrets.token_hex(32)")],
)
def test_a_required_setting_that_is_missing_says_how_to_set_it(
    variable: str, remedy: str, value: str | None
) -> None:
    environ = {name: text for name, text in {**REQUIRED, variable: value}.items() if text is not None}
    with pytest.raises(ConfigError, match=f"^{variable} is not set") as caught:
        Config.from_env(environ)
    assert remedy in str(caught.value)


@pytest.mark.parametrize("url", ["sqlite:///x.db", "postgresql://u:p@h/d", "postgresql+psycopg2://u:p@h/d"])
def test_a_supported_database_is_taken_as_it_is(url: str) -> None:
    assert with_(DATABASE_URL=url).database_url == url


def test_database_url_of_hosting_platforms_is_understood() -> None:
    assert with_(DATABASE_URL="postgres://u:p@h/d").database_url == "postgresql://u:p@h/d"


@pytest.mark.parametrize("url", ["mysql://u:p@h/d", "anime.db", "/data/anime.db", "SQLITE:///x.db"])
def test_another_database_is_refused_with_examples(url: str) -> None:
    message = error_of("DATABASE_URL", url)
    assert "not supported" in message
    assert "sqlite:///" in message
    assert "postgresql://" in message


@pytest.mark.parametrize(
    "url", ["sqlite:anime.db", "sqlite:/anime.db", "postgresql:/d", "postgresql://u:p@h:x/d"]
)
def test_unparsable_database_url_is_refused_with_examples(url: str) -> None:
    assert "sqlite:///" in error_of("DATABASE_URL", url)


@pytest.mark.parametrize("url", ["mysql://u:hunter2@h/d", "postgresql://u:hunter2@h:x/d"])
def test_an_error_does_not_give_the_password_away(url: str) -> None:
    assert "hunter2" not in error_of("DATABASE_URL", url)


def test_a_printed_configuration_does_not_give_secrets_away() -> None:
    config = with_(DATABASE_URL="postgresql://u:hunter2@h/d", SECRET_KEY="s3cret" * 5, API_KEYS="open-sesame")
    assert not [word for word in ("hunter2", "s3cret", "open-sesame") if word in repr(config)]


def test_a_short_secret_key_is_refused_without_being_shown() -> None:
    message = error_of("SECRET_KEY", "tooshort1234567")
    assert "15 characters, at least 16" in message
    assert "tooshort" not in message


@pytest.mark.parametrize(
    "key",
    ["owner:key", "write:", "sha256=abc", "write:sha256=" + "g" * 64, "read:a:b", ":key", "admin:sha256="],
)
def test_unreadable_api_key_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ConfigError, match=r"^API_KEYS has an entry that cannot be read, number 2") as caught:
        with_(API_KEYS=f"fine,{key}")
    assert key not in str(caught.value).replace("scope:key", "")


@pytest.mark.parametrize("key", ["plain", "read:a", "write:b", "admin:c", "sha256=" + "a1" * 32])
def test_an_api_key_may_have_a_scope_and_be_hashed(key: str) -> None:
    assert with_(API_KEYS=key).api_keys == (key,)


@pytest.mark.parametrize("text", ["true", "1", "Yes", " on "])
def test_a_switch_is_on(text: str) -> None:
    assert with_(RATE_LIMIT_ENABLED=text).rate_limit_enabled is True


@pytest.mark.parametrize("text", ["false", "0", "NO", "off", ""])
def test_a_switch_is_off(text: str) -> None:
    assert with_(RATE_LIMIT_ENABLED=text).rate_limit_enabled is False


def test_anything_else_is_no_switch() -> None:
    assert "must be true or false" in error_of("RATE_LIMIT_ENABLED", "maybe")


@pytest.mark.parametrize("variable", ["RATE_LIMIT", "RATE_LIMIT_WRITES"])
def test_a_rate_is_a_number_in_a_time(variable: str) -> None:
    assert getattr(with_(**{variable: "5/hour"}), variable.lower()) == "5/hour"
    for text in ("5", "0/hour", "-1/minute", "5/fortnight", "five/minute", "5 per minute"):
        assert "like 300/minute" in error_of(variable, text)


def test_rates_are_counted_in_memory_or_in_redis() -> None:
    for url in ("memory://", "redis://h:6379/0", "rediss://u:p@h/1"):
        assert with_(RATE_LIMIT_STORAGE=url).rate_limit_storage == url
    assert "hunter2" not in error_of("RATE_LIMIT_STORAGE", "mysql://u:hunter2@h")


@pytest.mark.parametrize(("variable", "attribute", "default", "low", "high"), INTEGERS)
class TestWholeNumbers:
    def test_the_default_holds(
        self, variable: str, attribute: str, default: int, low: int, high: int
    ) -> None:
        assert getattr(with_(), attribute) == default
        assert low <= default <= high

    def test_the_limits_are_allowed(
        self, variable: str, attribute: str, default: int, low: int, high: int
    ) -> None:
        assert getattr(with_(**{variable: f" {low} "}), attribute) == low
        assert getattr(with_(**{variable: str(high)}), attribute) == high

    def test_anything_else_is_refused_and_the_limits_are_named(
        self, variable: str, attribute: str, default: int, low: int, high: int
    ) -> None:
        for value in (str(low - 1), str(high + 1), "many", "1.5", "0x10", "1e3"):
            message = error_of(variable, value)
            assert f"from {low} to {high}" in message
            assert repr(value) in message


@pytest.mark.parametrize("level", ["debug", "Info", "WARNING", " ERROR ", "critical"])
def test_the_log_level_may_be_written_in_any_case(level: str) -> None:
    assert with_(LOG_LEVEL=level).log_level == level.strip().upper()


def test_unknown_log_level_is_refused_naming_the_known_ones() -> None:
    assert "DEBUG, INFO, WARNING, ERROR, CRITICAL" in error_of("LOG_LEVEL", "loud")


@pytest.mark.parametrize(
    ("variable", "attribute"), [("CORS_ORIGINS", "cors_origins"), ("API_KEYS", "api_keys")]
)
@pytest.mark.parametrize(
    ("text", "names"),
    [("", ()), (" , ,", ()), ("a", ("a",)), (" a , b,", ("a", "b")), ("*", ("*",))],
)
def test_lists_are_separated_by_commas(
    variable: str, attribute: str, text: str, names: tuple[str, ...]
) -> None:
    assert getattr(with_(**{variable: text}), attribute) == names


def test_models_live_where_they_are_told_to_or_in_the_project() -> None:
    assert with_(MODEL_DIR="/srv/models").model_dir == Path("/srv/models")
    assert with_().model_dir == ROOT / "models"


def test_web_app_folder_defaults_to_where_it_is_built() -> None:
    assert with_(WEB_DIR="/srv/web").web_dir == Path("/srv/web")
    assert with_().web_dir == ROOT / "frontend" / "dist"


def test_covers_of_other_hosts_are_named_unless_told() -> None:
    assert with_().remote_covers is True
    assert with_(REMOTE_COVERS="false").remote_covers is False
    assert "must be true or false" in error_of("REMOTE_COVERS", "maybe")


@pytest.mark.parametrize(
    ("text", "sites"), [("", ("mal", "anilist", "kitsu")), ("None", ()), ("kitsu, mal", ("kitsu", "mal"))]
)
def test_sites_that_are_asked_for_lists_are_chosen(text: str, sites: tuple[str, ...]) -> None:
    assert with_(LIST_SITES=text).list_sites == sites


def test_unknown_site_is_refused_naming_the_known_ones() -> None:
    assert "some of mal, anilist, kitsu" in error_of("LIST_SITES", "myspace")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(SETTINGS)), st.text(max_size=30)))
def test_any_environment_gives_a_config_or_a_config_error(values: dict[str, str]) -> None:
    with contextlib.suppress(ConfigError):
        with_(**values)


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in {**REQUIRED, "PORT": "8123"}.items():
        monkeypatch.setenv(variable, value)
    assert Config.from_env().port == 8123


def test_the_environment_wins_over_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.ROOT", tmp_path)
    (tmp_path / ".env").write_text("PORT=7001\nLOG_LEVEL=DEBUG\n", "utf-8")
    for variable, value in {**REQUIRED, "PORT": "7002"}.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.delenv("LOG_LEVEL", raising=False)
    config = Config.from_env()
    assert (config.port, config.log_level) == (7002, "DEBUG")


def test_a_configuration_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        with_().port = 1  # type: ignore[misc]


def test_every_setting_is_read_from_the_environment() -> None:
    default, other = with_(), Config.from_env(OTHERWISE)
    assert set(OTHERWISE) == SETTINGS
    assert [name for name in Config.model_fields if getattr(default, name) == getattr(other, name)] == []


def test_a_blank_variable_hides_that_of_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.ROOT", tmp_path)
    (tmp_path / ".env").write_text("PORT=7001\nUNKNOWN=1\n", "utf-8")
    for variable, value in {**REQUIRED, "PORT": ""}.items():
        monkeypatch.setenv(variable, value)
    assert Config.from_env().port == 5000


def test_a_configuration_made_by_hand_ignores_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "7002")
    assert Config(database_url="sqlite://", secret_key="k" * 16).port == 5000


def test_a_configuration_made_by_hand_is_checked_without_secrets() -> None:
    with pytest.raises(ValidationError) as caught:
        Config(database_url="mysql://u:hunter2@h/d", secret_key="s3cret")
    assert "hunter2" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="prot"):
        Config(database_url="sqlite://", secret_key="k" * 16, prot=1)  # type: ignore[call-arg]


def test_every_setting_has_help_and_a_remedy_of_its_own() -> None:
    for name, field in Config.model_fields.items():
        assert str(field.description).endswith("."), name
    for name in ("API_KEYS", "RATE_LIMIT_STORAGE", "SECRET_KEY", "DATABASE_URL"):
        assert "See .env.example" not in error_of(name, "write:")


def test_a_taken_port_is_refused_and_a_free_one_is_not() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        other.listen()
        with pytest.raises(ConfigError, match=f"^PORT {port} is taken.*PORT={port + 1} make run"):
            require_free_port("127.0.0.1", port)
    require_free_port("127.0.0.1", port)


def test_a_port_that_cannot_be_opened_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", forbidden)
    with pytest.raises(ConfigError, match=r"^PORT 80 cannot be opened: Permission denied.*PORT=81 make run"):
        require_free_port("127.0.0.1", 80)


def test_extra_algorithms_are_optional_ones() -> None:
    assert with_().extra_algorithms == ()
    assert with_(EXTRA_ALGORITHMS=" walks, embedding,").extra_algorithms == ("walks", "embedding")
    for unknown in ("nearest", "hybrid", "embedding,nearest"):
        message = error_of("EXTRA_ALGORITHMS", unknown)
        assert f"has {unknown.split(',')[-1]!r}, which is no optional algorithm" in message
        assert "known are: embedding, walks." in message


def test_trusted_proxies_are_a_number_or_their_networks() -> None:
    for number in (0, 1, 10):
        assert with_(TRUSTED_PROXIES=f" {number} ").trusted_proxies == number
    named = with_(TRUSTED_PROXIES="203.0.113.7, 10.1.2.3/8,2001:db8::/32").trusted_proxies
    assert [str(network) for network in named] == ["203.0.113.7/32", "10.0.0.0/8", "2001:db8::/32"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "value", ["-1", "11", "many", "1.5", "1e3", "10.0.0.0/33", "0.0.0.0/0", "10.0.0.1,::/0"]
)
def test_other_trusted_proxies_are_refused(value: str) -> None:
    message = error_of("TRUSTED_PROXIES", value)
    assert "from 0 to 10, or the addresses and networks" in message
    assert value.split(",")[-1] in message


def test_the_example_file_lists_every_setting_that_is_read() -> None:
    listed = re.findall(r"^#?([A-Z_]+)=", EXAMPLE.read_text("utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(SETTINGS)


def test_the_example_file_shows_the_defaults() -> None:
    shown = dict(re.findall(r"^#([A-Z_]+)=(.*)$", EXAMPLE.read_text("utf-8"), re.MULTILINE))
    examples_only = {"CORS_ORIGINS", "API_KEYS", "MODEL_DIR", "WEB_DIR"}
    assert with_(**{name: value for name, value in shown.items() if name not in examples_only}) == with_()


def test_example_file_with_a_secret_key_is_a_working_config() -> None:
    values = {name: value or "" for name, value in dotenv_values(EXAMPLE).items()}
    assert Config.from_env({**values, "SECRET_KEY": "k" * 32}).database_url == REQUIRED["DATABASE_URL"]
