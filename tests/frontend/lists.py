"""Lists that a browser has kept from an earlier visit, as the web app keeps them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from playwright.sync_api import BrowserContext

from tests.serving.servers import Server

FAVORITES: dict[int, int | str] = {1535: 9, 9253: 10, 16498: "liked", 2167: "seen", 199: 8, 32281: 6}


def keep_list(
    context: BrowserContext, server: Server, opinions: dict[int, int | str], planned: Iterable[int] = ()
) -> None:
    """Put opinions (1-10, "liked", "seen") and plans into the storage of every new page."""
    entries = [entry | {"opinion": opinions[entry["anime_id"]]} for entry in _entries(server, opinions)]
    for key, kept in {"list": entries, "planned": _entries(server, planned)}.items():
        missing = f"location.protocol !== 'about:' && !localStorage.getItem('anime.{key}')"
        text = json.dumps(json.dumps(kept))
        context.add_init_script(f"if ({missing}) localStorage.setItem('anime.{key}', {text})")


def _entries(server: Server, anime_ids: Iterable[int]) -> list[dict[str, Any]]:
    """Titles as the web app keeps them."""
    ids = list(anime_ids)
    if not ids:
        return []
    items = server.ask(f"/api/v1/anime?ids={','.join(map(str, ids))}&limit=100").json["items"]
    found = {title["anime_id"]: title for title in items}
    names = ("anime_id", "name", "english", "type", "year", "image_url")
    return [{name: found[anime_id][name] for name in names} for anime_id in ids]
