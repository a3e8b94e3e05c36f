"""Where `make run` and `make serve` listen: not where a port is taken, nor open to others without a key."""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from config import ROOT
from tests.scripts.conftest import Run, sentence
from tests.serving.servers import free_port

GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"]


def serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Gunicorn that is expected to stop."""
    return subprocess.run(
        [*GUNICORN, *arguments, "app:create_app()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


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


@pytest.mark.parametrize("exposed", [{"HOST": "0.0.0.0"}, {"APP_ENV": "production"}])  # noqa: S104
def test_make_run_that_lets_others_in_wants_keys(
    run: Run, settings: dict[str, str], exposed: dict[str, str]
) -> None:
    (said,) = [f"{name}={value}" for name, value in exposed.items()]
    process = run("serve_demo.py", SECRET_KEY=secrets.token_hex(16), **exposed)
    assert sentence(process) == (
        f"error: API_KEYS is not set, which {said} refuses. Make a key with: python scripts/make_api_key.py; "
        "or set OPEN_WRITES=true to let everybody save, replace and erase lists"
    )
    assert process.stdout == ""


@pytest.mark.parametrize("host", [None, "127.0.0.1", "localhost"])
def test_a_taken_port_stops_make_serve_at_once(
    world_settings: dict[str, str], taken: str, monkeypatch: pytest.MonkeyPatch, host: str | None
) -> None:
    monkeypatch.setenv("PORT", taken if host is None else "5000")
    started = time.monotonic()
    process = serve(*([] if host is None else ["--bind", f"{host}:{taken}"]))
    assert sentence(process).startswith(f"error: PORT {taken} is taken")
    assert f"PORT={int(taken) + 1} make run" in process.stderr
    assert "Retrying" not in process.stderr
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "192.0.2.1"])  # noqa: S104
def test_bind_that_lets_others_in_is_refused(world_settings: dict[str, str], host: str) -> None:
    process = serve("--bind", f"{host}:{free_port()}")
    assert sentence(process) == (
        f"error: HOST is 127.0.0.1, but gunicorn is to listen on {host.strip('[]')}. "
        f"Set HOST={host.strip('[]')}, and no --bind"
    )


def test_make_serve_that_lets_others_in_wants_keys(
    world_settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_ENV", "production")
    monkeypatch.setenv("SECRET_KEY", secrets.token_hex(16))
    assert sentence(serve()).startswith("error: API_KEYS is not set, which APP_ENV=production refuses.")
