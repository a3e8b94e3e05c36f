#!/usr/bin/env python3
"""Make an API key: the key for the caller, and its hash for API_KEYS."""

from __future__ import annotations

import argparse
import secrets

from api.keys import Scope
from domain.keys import digest_of
from scripts.console import OK, run


def main(argv: list[str] | None = None) -> int:
    """Print both; the key is shown once and stored nowhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    scopes = [scope.name.lower() for scope in Scope]
    parser.add_argument("--scope", choices=scopes, default="write", help="what it opens (default: write)")
    arguments = parser.parse_args(argv)
    key = secrets.token_urlsafe(32)
    print(f"For the caller, in X-API-Key:   {key}")
    print(f"For the server, add to API_KEYS: {arguments.scope}:sha256={digest_of(key)}")
    return OK


if __name__ == "__main__":
    run(main)
