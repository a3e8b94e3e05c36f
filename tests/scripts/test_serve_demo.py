"""A port that somebody else listens on: `make run` and `make serve` say so at once."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from config import ROOT
from tests.scripts.conftest import Run, sentence

GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"]


@pytest.fixture
def taken() -> Iterator[str]:
    """A port of this machine that is listened on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield str(other.getsockname()[1])


def test_a_taken_port_stops_make_run_in_one_sentence(run: Run, settings: dict[str, str], taken: str) -> None:
    process = run("serve_demo.py", PORT=taken)
    assert sentence(process) == (
        f"error: PORT {taken} is taken, on many machines by another service. "
        f"Choose another: PORT={int(taken) + 1} make run"
    )
    assert process.stdout == ""


@pytest.mark.parametrize("host", [None, "127.0.0.1", "localhost"])
def test_a_taken_port_stops_make_serve_at_once(
    world_settings: dict[str, str], taken: str, monkeypatch: pytest.MonkeyPatch, host: str | None
) -> None:
    monkeypatch.setenv("PORT", taken if host is None else "5000")
    bind = [] if host is None else ["--bind", f"{host}:{taken}"]  # as the systemd unit does
    started = time.monotonic()
    process = subprocess.run(
        [*GUNICORN, *bind, "app:create_app()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert sentence(process).startswith(f"error: PORT {taken} is taken")
    assert f"PORT={int(taken) + 1} make run" in process.stderr
    assert "Retrying" not in process.stderr
    assert time.monotonic() - started < 30
