"""The sites: the only table of them, and which of them a server asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from ingest.sites import anilist, kitsu, mal
from ingest.sites.client import SiteClient
from ingest.sites.site import ListSite
from ingest.sites.turns import Turns

SITES = ("mal", "anilist", "kitsu")
NO_SITES: Mapping[str, ListSite] = MappingProxyType({})


def list_sites(names: Collection[str], mal_client_id: str) -> Mapping[str, ListSite]:
    """The sites that are asked for lists, by name.

    Make them before workers are forked: together, these keep to what a site takes from one server.

    Args:
        names: of `SITES`.
        mal_client_id: MyAnimeList is only asked where there is one.
    """
    clients = {
        "mal": SiteClient("MyAnimeList", mal.URL, headers={"X-MAL-CLIENT-ID": mal_client_id}),
        "anilist": SiteClient("AniList", anilist.URL, turns=Turns(anilist.REQUESTS_PER_MINUTE)),
        "kitsu": SiteClient(
            "Kitsu", kitsu.URL, hosts=kitsu.HOSTS, headers={"Accept": "application/vnd.api+json"}
        ),
    }
    sites = (
        ListSite("mal", "MyAnimeList", clients["mal"], "mal-api", mal.read_mal),
        ListSite("anilist", "AniList", clients["anilist"], "anilist-api", anilist.read_anilist),
        ListSite("kitsu", "Kitsu", clients["kitsu"], "kitsu-api", kitsu.read_kitsu),
    )
    return {site.name: site for site in sites if site.name in names and (site.name != "mal" or mal_client_id)}
