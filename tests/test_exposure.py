"""A server that others can reach: it has keys that nobody can guess, or is open on purpose."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256

import pytest

from config import ROOT, Config, ConfigError
from domain.keys import PUBLISHED
from gateway.ports import require_free_port

RANDOM = sha256(b"the same in every process that runs these tests").hexdigest()[:32]
REQUIRED = {"DATABASE_URL": "sqlite:///data/anime.db", "SECRET_KEY": RANDOM}
EXPOSED = [{"APP_ENV": "production"}, {"HOST": "0.0.0.0"}, {"HOST": "::"}, {"HOST": "192.168.1.7"}]  # noqa: S104
SAID = ["APP_ENV=production", "HOST=0.0.0.0", "HOST=::", "HOST=192.168.1.7"]
BY_EXPOSURE = pytest.mark.parametrize(("exposed", "said"), list(zip(EXPOSED, SAID, strict=True)), ids=SAID)
MADE_UP = [
    "0123456789abcdef" * 2,
    "0123456789abcdef0123456789ABCDEF",
    "fedcba9876543210fedcba9876543210",
    "abcdefghijklmnopqrstuvwxyz012345",
    "00112233445566778899aabbccddeeff",
    "qwertyuiopasdfghjklzxcvbnm123456",
    "Anime2024!Anime2024!Anime2024!Anime",
    "please-change-this-value-before-use",
    "Example1234Example1234Example1234",
    "django-insecure-3k9vq8m1x7c5z2b6n4",
    "ab12" * 10,
    "k" * 40,
    *PUBLISHED,
]
# where people look for something to copy
DOCUMENTS = [
    *(ROOT / name for name in (".env.example", "README.md", "compose.yaml", "Dockerfile")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted(path for path in (ROOT / "deploy").rglob("*.*") if path.is_file()),
]
PRINTED = re.compile(
    r"(?:SECRET_KEY|API_KEYS|X-API-Key|credentials)[\"']?(?:=|: ?)[\"']?(?:\w+:)?([\w=-]{3,})"
)


def with_(**values: str) -> Config:
    return Config.from_env({**REQUIRED, **values})


def refusal(variable: str, **values: str) -> str:
    with pytest.raises(ConfigError) as caught:
        with_(**values).require_api_keys()
    assert caught.value.variable == variable
    return str(caught.value)


@BY_EXPOSURE
def test_exposed_server_without_keys_names_both_settings(exposed: dict[str, str], said: str) -> None:
    sentence = refusal("API_KEYS", **exposed)
    assert sentence.startswith(f"API_KEYS is not set, which {said} refuses.")
    assert "python scripts/make_api_key.py" in sentence
    assert "OPEN_WRITES=true" in sentence


@BY_EXPOSURE
def test_exposed_server_starts_with_keys_or_on_purpose(exposed: dict[str, str], said: str) -> None:
    with_(**exposed, API_KEYS=secrets.token_hex(16)).require_api_keys()
    with_(**exposed, OPEN_WRITES="true").require_api_keys()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost", ""])
def test_server_of_this_machine_needs_no_keys(host: str) -> None:
    with_(HOST=host, SECRET_KEY="k" * 16).require_api_keys()
    assert with_(HOST=host, API_KEYS="read:x").api_keys == ("read:x",)


@pytest.mark.parametrize("host", ["x86_64-conda-linux-gnu", "0.0.0.0:80", "300.1.1.1", "１２７.0.0.1", "*"])
def test_host_that_is_no_address_says_what_to_set(host: str) -> None:
    sentence = refusal("HOST", HOST=host)
    assert sentence.startswith(f"HOST is {host!r}, which is no IP address. Use 127.0.0.1")


def test_host_of_another_machine_says_so() -> None:
    with pytest.raises(ConfigError, match=r"^HOST is 192\.0\.2\.1, which is no address of this machine"):
        require_free_port("192.0.2.1", 5000)  # an address of documentation, nobody's


def test_bind_writes_an_ipv6_address_in_brackets() -> None:
    assert with_().bind == "127.0.0.1:5000"
    assert with_(HOST="::1", PORT="81").bind == "[::1]:81"


def test_gunicorn_listens_no_wider_than_host_says() -> None:
    for host in ("127.0.0.1", "localhost", "::1"):
        with_().require_listening_on(host)
    for host in ("0.0.0.0", "::", "10.0.0.1", "example.org"):  # noqa: S104
        with pytest.raises(ConfigError, match=rf"^HOST is 127.0.0.1, but .* {host}\. Set HOST={host}"):
            with_().require_listening_on(host)
        with_(HOST="0.0.0.0").require_listening_on(host)  # noqa: S104


@pytest.mark.parametrize("key", MADE_UP)
@BY_EXPOSURE
def test_key_that_can_be_guessed_is_refused(exposed: dict[str, str], said: str, key: str) -> None:
    for variable, value in (("SECRET_KEY", key), ("API_KEYS", f"{RANDOM[:-1]}g,write:{key}")):
        sentence = refusal(variable, **exposed, **{variable: value})
        assert key not in sentence
        if key not in PUBLISHED or variable == "SECRET_KEY":
            assert f"can be guessed, which {said} refuses" in sentence
    assert with_(SECRET_KEY=key).secret_key == key


@BY_EXPOSURE
def test_short_key_is_refused(exposed: dict[str, str], said: str) -> None:
    sentence = refusal("SECRET_KEY", **exposed, SECRET_KEY=RANDOM[:-1])
    assert sentence.startswith(f"SECRET_KEY has only 31 of the 32 characters that {said} requires.")
    sentence = refusal("API_KEYS", **exposed, API_KEYS=f"{secrets.token_hex(16)},admin:x")
    words = f"number 2: it has only 1 of the 32 characters that {said} requires. Each is scope:key"
    assert sentence.startswith(f"API_KEYS has an entry that cannot be used, {words}")


def test_keys_that_we_make_are_good_enough() -> None:
    for _ in range(200):
        digest = sha256(secrets.token_bytes()).hexdigest()
        for key in (secrets.token_hex(16), secrets.token_hex(32)):
            with_(APP_ENV="production", SECRET_KEY=key, API_KEYS=f"read:{digest},{secrets.token_hex(16)}")


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (f"sha256={sha256(b'').hexdigest()}", "is the hash of an empty key"),
        (RANDOM, "is SECRET_KEY"),
        (f"read:sha256={sha256(RANDOM.encode()).hexdigest()}", "is SECRET_KEY"),
        (PUBLISHED[0], "is printed where everybody can read it"),
        (f"admin:sha256={sha256(PUBLISHED[0].encode()).hexdigest()}", "is printed where everybody"),
    ],
)
def test_api_key_that_others_have_is_refused_anywhere(key: str, reason: str) -> None:
    assert reason in refusal("API_KEYS", API_KEYS=key)


def test_no_document_prints_a_key_that_works() -> None:
    found = {key for path in DOCUMENTS for key in PRINTED.findall(path.read_text("utf-8"))}
    assert "the-key" in found
    for key in found:
        for variable in ("SECRET_KEY", "API_KEYS"):
            refusal(variable, APP_ENV="production", **{variable: key})


def test_operator_of_an_exposed_server_is_told_what_is_open() -> None:
    for exposed in EXPOSED:
        assert [caution.split()[0] for caution in with_(**exposed, CORS_ORIGINS="*").cautions] == [
            *("OPEN_WRITES", "RATE_LIMIT_ENABLED", "CORS_ORIGINS")
        ]
        closed = {"API_KEYS": secrets.token_hex(16), "RATE_LIMIT_ENABLED": "true"}
        assert with_(**exposed, **closed).cautions == ()
    assert with_(CORS_ORIGINS="*").cautions == ()
