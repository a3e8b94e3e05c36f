"""A key that a caller can use and a server can know."""

from __future__ import annotations

import pytest

from api.keys import ApiKeys, Scope
from config import Config
from scripts.make_api_key import main


@pytest.mark.parametrize("scope", ["read", "write", "admin"])
def test_printed_hash_accepts_the_key(scope: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--scope", scope]) == 0
    key, entry = (line.split()[-1] for line in capsys.readouterr().out.splitlines())
    environ = {"DATABASE_URL": "sqlite:///x.db", "SECRET_KEY": "k" * 16, "API_KEYS": entry}
    keys = ApiKeys.parse(Config.from_env(environ).api_keys)
    assert keys.scope_of(key) is Scope[scope.upper()]
    assert key not in entry


def test_keys_are_unique(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    main([])
    lines = capsys.readouterr().out.splitlines()
    assert len(set(lines)) == 4
