#!/usr/bin/env python3
"""Send made-up requests to a server of our own for a while: schemathesis, with every check.

The database of the settings is copied: what the requests save is thrown away.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from config import ROOT, Config
from profiling.servers import copy_sqlite, server, settings
from scripts.console import FAILED, OK, run


def main(argv: list[str] | None = None) -> int:
    """Exit code 1 when any answer was not as the OpenAPI document says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10)
    arguments = parser.parse_args(argv)
    config = Config.from_env()
    key = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        environ = settings(Path(folder), copy_sqlite(config.database_url, Path(folder) / "fuzz.db"))
        # no other site is troubled with names that were made up
        environ |= {"MODEL_DIR": str(config.model_dir), "API_KEYS": f"admin:{key}", "LIST_SITES": "none"}
        with server(environ):
            seconds = str(round(arguments.minutes * 60))
            outcome = fuzz(int(environ["PORT"]), key, environ["SECRET_KEY"], "--max-time", seconds)
    return OK if outcome.returncode == 0 else FAILED


def fuzz(
    port: int, key: str, secret_key: str, *arguments: str, capture: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run schemathesis, as tests/fuzz configures it, against a server with this admin key and secret key."""
    document = f"http://127.0.0.1:{port}/api/v1/openapi.json"
    command = ["--config-file", "tests/fuzz/schemathesis.toml", "run", document, *arguments]
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "schemathesis.cli", *command],
        cwd=ROOT,
        env={**os.environ, "FUZZ_API_KEY": key, "FUZZ_SECRET_KEY": secret_key, "PYTHONPATH": str(ROOT)},
        capture_output=capture,
        text=True,
        check=False,
    )


if __name__ == "__main__":
    run(main)
