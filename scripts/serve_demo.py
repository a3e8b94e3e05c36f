#!/usr/bin/env python3
"""Serve and say what to try."""

from __future__ import annotations

import os
import sys

from rich.markup import escape

from config import ROOT, Config
from gateway.orphans import wait_for_orphans
from gateway.ports import require_free_port
from scripts.console import console, run

TRY = """
[bold]{what}: http://{address}/[/]  (Ctrl-C stops)

Or try, in another terminal:

  curl -s http://{address}/users/recommendations -H 'Content-Type: application/json' \\
    -d '{{"user_id": 900001, "anime_list": ["Steins;Gate", "Death Note", "Attack on Titan"]}}'

  curl -s 'http://{address}/api/anime-suggestions?query=fullm'

  .venv/bin/python scripts/recommend.py "Steins;Gate" "Your Name"

Read the API at http://{address}/docs
"""


def main(argv: list[str] | None = None) -> int:
    """Become gunicorn, on this machine only unless HOST says otherwise."""
    del argv
    config = Config.from_env()
    config.require_api_keys()
    wait_for_orphans(config.port)
    require_free_port(config.host, config.port)
    what = "Open the web app" if (config.web_dir / "index.html").is_file() else "Serving the API"
    console.print(TRY.format(what=what, address=escape(config.bind)), highlight=False, soft_wrap=True)
    arguments = ["-c", str(ROOT / "gunicorn.conf.py"), "app:create_app()"]
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *arguments])  # noqa: S606 - no shell


if __name__ == "__main__":
    run(main)
