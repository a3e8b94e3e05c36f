"""A real server of the web app, on the demo data, and a real Chromium in front of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import update

from api.security import COVER_HOSTS
from config import ROOT, Config
from db.engine import open_engine, write_transaction
from db.models import Anime
from scripts.chromium import chromium
from tests.frontend.browser import Watch
from tests.frontend.lists import FAVORITES, keep_list
from tests.serving.servers import Server, build, serving, settings
from tests.sharing import made_once

NewContext = Callable[..., BrowserContext]
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 375, "height": 667}
expect.set_options(timeout=15_000)


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings of a server on the demo data, which has covers for every other title."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(made_once(tmp_path_factory, "demo_data", make_demo), folder, dirs_exist_ok=True)
    return settings_in(folder)


def settings_in(folder: Path) -> dict[str, str]:
    """The settings of a server on what is in the folder."""
    return settings(f"sqlite:///{folder / 'demo.db'}", folder / "models")


def make_demo(folder: Path) -> None:
    """Load the demo data and build a model of it."""
    environ = settings_in(folder)
    assert (Config.from_env(environ).web_dir / "index.html").is_file(), (
        "build the web app first: make frontend"
    )
    load = [sys.executable, "scripts/load_demo.py"]
    done = subprocess.run(load, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    engine = open_engine(environ["DATABASE_URL"])
    cover = f"{COVER_HOSTS[0]}/images/anime/1/1.jpg"
    with write_transaction(engine) as connection:
        connection.execute(update(Anime).where(Anime.anime_id % 2 == 0).values(image_url=cover))
    engine.dispose()
    build(environ)


@pytest.fixture(scope="package")
def server(demo: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Shared by the tests: what each does stays in its browser, or in a profile of its own."""
    with serving(demo, tmp_path_factory.mktemp("server") / "log") as server:
        yield server


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def origin(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


@pytest.fixture
def watch(origin: str) -> Iterator[Watch]:
    """In the end: no page said that anything is wrong, and none asked for anything but covers elsewhere."""
    watch = Watch(origin, COVER_HOSTS)
    yield watch
    assert watch.errors == []
    assert watch.foreign == []


@pytest.fixture
def new_context(browser: Browser, watch: Watch) -> Iterator[NewContext]:
    """Makes browsers of people who were never here: `new_context(viewport=PHONE, …)`."""
    made: list[BrowserContext] = []

    def make(**more: object) -> BrowserContext:
        options = {"base_url": watch.origin, "viewport": WIDE, "locale": "en-US", "reduced_motion": "reduce"}
        context = browser.new_context(**{**options, **more})
        context.set_default_timeout(15_000)
        watch.follow(context)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """Of somebody who was never here."""
    return new_context().new_page()


@pytest.fixture
def page_with_list(new_context: NewContext, server: Server) -> Page:
    """Of somebody whose list, `FAVORITES`, is in the browser."""
    context = new_context()
    keep_list(context, server, FAVORITES)
    return context.new_page()
