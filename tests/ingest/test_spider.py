"""The spider, against a local site; without its delays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config import ROOT
from db.titles import load_titles
from ingest.catalog import import_details
from ingest.report import ImportFileError
from ingest.spider import settings
from ingest.spider.output import DetailsFile
from ingest.spider.site import read_site
from tests.db.helpers import put_titles
from tests.ingest.source_server import Answer, SourceServer, source_server

FOLDER = ROOT / "ingest" / "spider"
EXAMPLE = (FOLDER / "site.example.toml").read_text("utf-8")
HEADER = "anime_id,japanese_title,aired,image_url"
NO_DELAY = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False", "-s", "RETRY_ENABLED=False")


def page(*links: str) -> Answer:
    body = "".join(f'<a href="{link}">x</a>' for link in links)
    return Answer(f"<html>{body}</html>".encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def title_page(name: str) -> Answer:
    body = f"""<html><h1><span lang="ja">{name}</span></h1><dl><dd class="aired">
        Apr 3, 1998 to Apr 24, 1999</dd></dl><img class="cover" src="/covers/1.jpg"></html>"""
    return Answer(body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


@pytest.fixture
def site() -> Iterator[SourceServer]:
    """Two lists, three titles, one of them behind robots.txt, and a link to another site."""
    with source_server() as server:
        server.at("/robots.txt", Answer(b"User-agent: *\nDisallow: /anime/3\n"))
        server.at(
            "/list",
            page("/anime/1", "/anime/1#reviews", "/list?page=2", "/about", "http://localhost:9/anime/9"),
            page("/anime/2?from=list", "/anime/3", "/anime/0", "/list?page=2"),
        )
        server.at("/anime/1", title_page("カウボーイ, \n ビバップ"))
        server.at("/anime/2", title_page("天国の扉"))
        server.at("/anime/3", title_page("secret"))
        yield server


def crawl(site: SourceServer, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    description = out.with_name("site.toml")
    description.write_text(EXAMPLE.replace("https://catalog.example.org", site.address), "utf-8")
    command = ["crawl", "anime", "-a", f"site={description}", "-a", f"out={out}", *NO_DELAY, *options]
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *command], cwd=FOLDER, capture_output=True, text=True, check=True
    )


def paths(site: SourceServer) -> list[str]:
    return sorted(path for path, _ in site.requests)


def test_spider_writes_what_details_are_imported_from(
    sqlite_engine: Engine, site: SourceServer, tmp_path: Path
) -> None:
    out = tmp_path / "details.csv"
    crawl(site, out)
    lines = out.read_text("utf-8").splitlines()
    assert lines[0] == HEADER
    assert len(lines) == 3
    assert paths(site) == ["/anime/1", "/anime/2?from=list", "/list", "/list?page=2", "/robots.txt"]
    agents = {headers["User-Agent"] for _, headers in site.requests}
    assert agents == {"anime-recommendations (+https://anime.example.org/contact)"}
    put_titles(sqlite_engine, [1, 2])
    assert import_details(sqlite_engine, out).updated == 2
    with sqlite_engine.connect() as connection:
        title = load_titles(connection)[0]
    assert (title.alias("japanese"), title.year) == ("カウボーイ, ビバップ", 1998)
    assert title.image_url == f"{site.address}/covers/1.jpg"


def test_interrupted_spider_goes_on_where_it_was(site: SourceServer, tmp_path: Path) -> None:
    out = tmp_path / "details.csv"
    out.write_text(f'{HEADER}\n1,"カウボーイ, ビバップ",1998,\n2,"天国', "utf-8")
    crawl(site, out)
    assert "/anime/1" not in paths(site)
    lines = out.read_text("utf-8").splitlines()
    assert [line.partition(",")[0] for line in lines] == ["anime_id", "1", "2"]
    assert lines[2].startswith("2,天国の扉,")


def test_spider_is_slow_and_obeys_robots_txt() -> None:
    assert settings.ROBOTSTXT_OBEY
    assert settings.AUTOTHROTTLE_ENABLED
    assert (settings.DOWNLOAD_DELAY, settings.AUTOTHROTTLE_MAX_DELAY) == (5, 120)
    assert settings.CONCURRENT_REQUESTS_PER_DOMAIN == 2


def test_file_with_other_columns_is_not_continued(tmp_path: Path) -> None:
    path = tmp_path / "details.csv"
    path.write_text("anime_id,aired\n", "utf-8")
    with pytest.raises(ImportFileError, match="has the columns anime_id,aired, not anime_id,japanese_title"):
        DetailsFile(path, HEADER.split(","))


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [
        ('contact = "https://anime.example.org/contact"', "", "contact is missing"),
        ("start = [", "start = 5 # [", "start is missing"),
        ("https://catalog", "file://catalog", "no web address"),
        ("(?P<anime_id>", "(", "has no group"),
        (r"page=\d+$", "page=(", "a pattern of addresses is wrong"),
        ("aired =", "airdate =", "columns has 'airdate'"),
        ("[columns]", "[columns", "not a TOML file"),
    ],
)
def test_incomplete_description_is_refused(tmp_path: Path, right: str, wrong: str, reason: str) -> None:
    assert right in EXAMPLE
    path = tmp_path / "site.toml"
    path.write_text(EXAMPLE.replace(right, wrong, 1), "utf-8")
    with pytest.raises(ImportFileError, match=reason):
        read_site(path)


def test_further_columns_come_after_those_of_every_file(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(EXAMPLE + 'studios = "dd.studio a::text"\nsynopsis = "p.synopsis::text"\n', "utf-8")
    assert read_site(path).header == [*HEADER.split(","), "synopsis", "studios"]
