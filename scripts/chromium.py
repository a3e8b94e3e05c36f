"""The machine's Chromium, without a window: for tests of the web app, and for pictures of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from config import ROOT

# it asks for nothing but what the page asks for, and needs no screen
_ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Started, and closed in the end.

    Raises:
        OSError: there is none, and it cannot be installed; scripts/find_chromium.sh has said why.
    """
    find = ["sh", str(ROOT / "scripts" / "find_chromium.sh")]
    found = subprocess.run(find, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - ours
    if found.returncode:
        raise OSError("there is no Chromium")
    # root has no sandbox to put it in
    arguments = [*_ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else _ARGUMENTS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.stdout.strip(), args=arguments)
        yield browser
        browser.close()
