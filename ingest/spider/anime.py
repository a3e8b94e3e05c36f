"""The spider `anime`: from lists of a site to the pages of its titles, one row a title.

scrapy crawl anime -a site=site.toml -a out=details.csv
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse
from scrapy.linkextractors import LinkExtractor

from ingest.source_titles import anime_id_of
from ingest.spider.output import DetailsFile
from ingest.spider.settings import BOT_NAME
from ingest.spider.site import read_site


class AnimeSpider(Spider):
    """Fetches the page of each title that is not in the output yet."""

    name = "anime"

    def __init__(self, site: str, out: str, **options: Any) -> None:
        """Read the site's description.

        Args:
            site: path of the description.
            out: path of the output, which is continued.
            options: see Scrapy.
        """
        super().__init__(**options)
        self.site = read_site(Path(site))
        self.output = DetailsFile(Path(out), self.site.header)
        self.start_urls = list(self.site.start)
        self.allowed_domains = sorted(self.site.hosts)
        self.links = LinkExtractor(allow=[self.site.title_pages, self.site.list_pages])

    @classmethod
    def from_crawler(cls, crawler: Crawler, *arguments: Any, **options: Any) -> Self:
        """Identify whoever runs the spider; see Scrapy."""
        spider = super().from_crawler(crawler, *arguments, **options)
        crawler.settings.set("USER_AGENT", f"{BOT_NAME} (+{spider.site.contact})", priority="spider")
        return spider

    def parse(self, response: Response, **_options: Any) -> Iterator[Request]:
        """Follow a list to titles that are new, and to further lists."""
        if not isinstance(response, TextResponse):
            return
        for link in self.links.extract_links(response):
            if urlsplit(link.url).hostname not in self.site.hosts:
                continue
            found = self.site.title_pages.search(link.url)
            if found is None:
                yield response.follow(link, self.parse)
                continue
            anime_id = anime_id_of(found["anime_id"] or "")
            if anime_id is not None and anime_id not in self.output.known_ids:
                yield response.follow(link, self.parse_title, cb_kwargs={"anime_id": anime_id})

    def parse_title(self, response: Response, anime_id: int) -> None:
        """Add a row with what the page says."""
        if not isinstance(response, TextResponse) or anime_id in self.output.known_ids:
            return
        row = {"anime_id": str(anime_id)}
        for column, selector in self.site.selectors.items():
            values = [text for value in response.css(selector).getall() if (text := " ".join(value.split()))]
            row[column] = ", ".join(values)
        if row.get("image_url"):
            row["image_url"] = response.urljoin(row["image_url"])
        if any(value for column, value in row.items() if column != "anime_id"):
            self.output.add(row)
        else:
            self.logger.warning("%s has none of the columns: check the selectors", response.url)
