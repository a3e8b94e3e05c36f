"""Sites that have a page for each title, and the addresses that pages of ours may link to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit


class Site(NamedTuple):
    """A site.

    Attributes:
        label: its name, for people.
        address: of a title's page, without the id at its end.
        ids: a regular expression for the ids that it has.
    """

    label: str
    address: str
    ids: str = r"\d{1,12}"


MY_ANIME_LIST = Site("MyAnimeList", "https://myanimelist.net/anime/")
# by the name of the site in `TitleDetails.external_ids`
SITES: Mapping[str, Site] = {
    "anilist": Site("AniList", "https://anilist.co/anime/"),
    "anidb": Site("AniDB", "https://anidb.net/anime/"),
    "kitsu": Site("Kitsu", "https://kitsu.app/anime/"),
    "bangumi": Site("Bangumi", "https://bgm.tv/subject/"),
    "tmdb": Site("TMDB", "https://www.themoviedb.org/", r"(tv|movie)/\d{1,12}(/season/\d{1,4})?"),
    "simkl": Site("SIMKL", "https://simkl.com/anime/"),
    "livechart": Site("LiveChart", "https://www.livechart.me/anime/"),
    "anisearch": Site("aniSearch", "https://www.anisearch.com/anime/"),
    "anime-planet": Site("Anime-Planet", "https://www.anime-planet.com/anime/", r"[a-z0-9-]{1,200}"),
}


def page_of(site: str, external_id: str) -> str | None:
    """The address of a title's page; None for a site that is not known, and for what is no id of it."""
    known = SITES.get(site)
    matches = known and re.fullmatch(known.ids, external_id, re.ASCII)
    return f"{known.address}{external_id}" if known and matches else None


def is_web_address(url: str) -> bool:
    """True for an address that a page may link to: https, so that nobody on the way changes what is there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = url.isprintable() and " " not in url
    return plain and parts.scheme == "https" and bool(parts.hostname)
