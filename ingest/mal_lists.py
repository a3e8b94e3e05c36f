"""Downloads of the season lists of the MyAnimeList API v2, page by page, into one file."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from domain.titles import SEASON_NAMES, Season
from ingest.fetch import Fetcher
from ingest.mal_seasons import FIELDS
from ingest.report import ImportFileError

MAX_PAGES = 20  # of a season, which has some 300 titles
PAGE_TITLES = 500
SEASONS_AHEAD = 2


def seasons_around(today: date, since: int | None = None) -> list[Season]:
    """The season before, the current one and the next two; or all of them from a year on."""
    current = Season.of(today).number
    first = current - 1 if since is None else Season(since, SEASON_NAMES[0]).number
    return [Season.numbered(number) for number in range(first, current + SEASONS_AHEAD + 1)]


def fetch_seasons(
    fetcher: Fetcher,
    address: str,
    target: Path,
    max_bytes: int,
    *,
    client_id: str,
    seasons: list[Season],
    expected: Mapping[Season, int],
) -> None:
    """Write the API's answers for each season to a file, one a line.

    Args:
        max_bytes: of one answer.
        client_id: of the operator; sent to this address only.
        seasons: in the order of time; all but the last `SEASONS_AHEAD` have begun.
        expected: how many titles each listed before, where known.

    Raises:
        ImportFileError: a list cannot be fetched, is no list, or has lost half of its titles.
    """
    headers = {"X-MAL-CLIENT-ID": client_id}
    page = target.with_name(f"{target.name}-page")
    with target.open("wb") as file:
        for season in seasons:
            listed = 0
            query = f"nsfw=true&limit={PAGE_TITLES}&fields={FIELDS}"
            url: str | None = f"{address}/{season.year}/{season.name}?{query}"
            for _ in range(MAX_PAGES):
                if url is None:
                    break
                fetcher.fetch(url, page, max_bytes, headers=headers)
                answer = page.read_bytes()
                file.write(b" ".join(answer.splitlines()) + b"\n")
                titles, url = _page(answer, address, season)
                listed += titles
                time.sleep(fetcher.pause_s)
            least = expected.get(season, 0) // 2 + 1 if season in seasons[:-SEASONS_AHEAD] else 0
            if listed < least:
                raise ImportFileError(
                    f"{target.name}: the list of {season.name} {season.year} has {listed} titles, and had "
                    f"{expected.get(season, 0)} before; nothing was changed. Run with --allow-shrinking if "
                    "that is right."
                )


def _page(answer: bytes, address: str, season: Season) -> tuple[int, str | None]:
    """The number of titles of a page, and the address of the next one."""
    try:
        document: Any = json.loads(answer)
        titles, url = len(document["data"]), document.get("paging", {}).get("next")
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        raise ImportFileError(
            f"myanimelist: the list of {season.name} {season.year} is no answer of the API; has its format "
            "changed?"
        ) from None
    if url is not None and not str(url).startswith(f"{address}/"):
        raise ImportFileError(f"myanimelist: the next page of a list is elsewhere: {str(url)[:100]!r}.")
    return titles, None if url is None else str(url)
