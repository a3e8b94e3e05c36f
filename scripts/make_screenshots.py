#!/usr/bin/env python3
"""Take the pictures of the README: the web app in Chromium, on a demo server of its own."""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from config import ROOT, Config
from profiling.servers import server, settings
from scripts.chromium import chromium
from scripts.console import FAILED, OK, console, errors, run

TARGET = ROOT / "docs" / "screenshots"
LIST = "#list=1535.9~9253.10~16498.9~199.9~2167.8~32281"  # a link that shares a list
PLANNED = (1, 3, 6, 8, 11, 14, 20)  # places among the recommended titles
PEOPLE_TODAY = 40
MAX_BYTES = 150_000
COLORS = (256, 128, 64, 32)


class PictureTooLargeError(ValueError):
    """A picture that is too large even with the fewest colors."""


def _press_what_first(page: Page) -> None:
    page.get_by_role("button", name="What should I watch first?").click()


def _look_and_return(page: Page) -> None:
    """Open a recommended title and come back, so that the list answers to it."""
    page.get_by_role("region", name="Recommended").get_by_role("article").nth(2).get_by_role("link").click()
    expect(page.get_by_role("heading", name="Similar titles")).to_be_visible()
    page.go_back()
    answered = page.get_by_role("listitem").filter(has_text="Because you looked at")
    answered.evaluate("(line) => line.scrollIntoView({ block: 'center' })")


class Picture(NamedTuple):
    """One screenshot: a page, in a window of this size, in these colors, after something was done with it."""

    name: str
    path: str
    width: int
    height: int
    scheme: str = "light"
    prepare: Callable[[Page], None] | None = None


PICTURES = (
    Picture("home", "/", 1280, 1180),
    Picture("phone", "/", 375, 812, "dark"),
    Picture("title", "/title/1535", 1280, 860),
    Picture("taste", "/taste", 1280, 860),
    Picture("list", "/list", 1280, 860, prepare=_press_what_first),
    Picture("answer", "/", 1280, 860, prepare=_look_and_return),
    Picture("trending", "/popular", 375, 812),
)


def main(argv: list[str] | None = None) -> int:
    """Write one PNG a page, each of at most 150 kB."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=TARGET, metavar="DIR", help="default: docs/screenshots")
    out = parser.parse_args(argv).out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="screenshots-") as folder:
        environ = settings(Path(folder))
        if not (Config.from_env(environ).web_dir / "index.html").is_file():
            errors.print("error: there is no web app to take pictures of: run make frontend")
            return FAILED
        _make_demo(environ)
        with server(environ), chromium() as browser:
            origin = f"http://127.0.0.1:{environ['PORT']}"
            _make_trends(browser, origin)
            for picture in PICTURES:
                path = out / f"{picture.name}.png"
                taken = _take(browser, origin, picture)
                try:
                    path.write_bytes(small(taken))
                except PictureTooLargeError as error:
                    errors.print(f"error: {path.name}: {error}; take less of the page", soft_wrap=True)
                    return FAILED
                console.print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB", highlight=False)
    return OK


def small(png: bytes) -> bytes:
    """The same picture in as many colors as fit into 150 kB.

    Raises:
        PictureTooLargeError: not even 32 do.
    """
    image = Image.open(io.BytesIO(png)).convert("RGB")
    for colors in COLORS:
        out = io.BytesIO()
        image.quantize(colors, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= MAX_BYTES:
            return out.getvalue()
    raise PictureTooLargeError(f"in {COLORS[-1]} colors it has {out.tell():,} bytes, over {MAX_BYTES:,}")


def _make_demo(environ: Mapping[str, str]) -> None:
    for name in ("load_demo.py", "build_index.py"):
        command = [sys.executable, str(ROOT / "scripts" / name)]
        subprocess.run(command, env=dict(environ), stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - ours


def _make_trends(browser: Browser, origin: str) -> None:
    """Events of some people today, of each fewer titles than of the one before."""
    now = datetime.now(UTC).isoformat()
    context = browser.new_context(base_url=origin)
    titles = context.request.get("/api/v1/popular?sort=mean_rating&limit=24").json()["items"]
    for people in range(PEOPLE_TODAY):
        session = str(uuid4())
        events = [
            {"event_id": str(uuid4()), "kind": "click", "happened_at": now, "session_id": session}
            | {"anime_id": title["anime_id"]}
            for title in titles[: PEOPLE_TODAY - people]
        ]
        sent = context.request.post("/api/v1/events", data={"events": events})
        expect(sent).to_be_ok()
    context.close()


def _take(browser: Browser, origin: str, picture: Picture) -> bytes:
    context = browser.new_context(
        base_url=origin,
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.scheme == "dark" else "light",
        is_mobile=picture.width < 600,
        reduced_motion="reduce",
    )
    page = context.new_page()
    _make_list(page)
    page.goto(picture.path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    if picture.prepare:
        page.wait_for_load_state("networkidle")
        picture.prepare(page)
    page.wait_for_load_state("networkidle")
    expect(page.locator(".skeleton")).to_have_count(0)
    taken = page.screenshot(animations="disabled")
    context.close()
    return taken


def _make_list(page: Page) -> None:
    """Take over a shared list and plan some titles, so that every page has something to show."""
    page.goto(f"/{LIST}")
    page.get_by_role("button", name="Make it mine").click()
    cards = page.get_by_role("article")
    for at in PLANNED:
        cards.nth(at).get_by_role("button", name="Plan to watch").click()
    page.get_by_role("button", name="Close this message").click()


if __name__ == "__main__":
    run(main)
