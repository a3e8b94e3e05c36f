#!/usr/bin/env python3
"""Serve on this machine and say what to try."""

from __future__ import annotations

import os
import sys

from config import ROOT, Config, require_free_port
from gateway.orphans import wait_for_orphans
from scripts.console import console, run

HOST = "127.0.0.1"
TRY = """
[bold]{what}: http://{host}:{port}/[/]  (Ctrl-C stops)

Or try, in another terminal:

  curl -s http://{host}:{port}/users/recommendations -H 'Content-Type: application/json' \\
    -d '{{"user_id": 900001, "anime_list": ["Steins;Gate", "Death Note", "Attack on Titan"]}}'

  curl -s 'http://{host}:{port}/api/anime-suggestions?query=fullm'

  .venv/bin/python scripts/recommend.py "Steins;Gate" "Your Name"

Read the API at http://{host}:{port}/docs
"""


def main(argv: list[str] | None = None) -> int:
    """Become gunicorn, bound to this machine only."""
    del argv
    config = Config.from_env()
    wait_for_orphans(config.port)
    require_free_port(HOST, config.port)
    what = "Open the web app" if (config.web_dir / "index.html").is_file() else "Serving the API"
    console.print(TRY.format(what=what, host=HOST, port=config.port), highlight=False, soft_wrap=True)
    arguments = [
        "-c",
        str(ROOT / "gunicorn.conf.py"),
        "--bind",
        f"{HOST}:{config.port}",
        "app:create_app()",
    ]
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *arguments])  # noqa: S606 - no shell


if __name__ == "__main__":
    run(main)
