"""Lists that a browser has kept from an earlier visit, as the web app keeps them."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import BrowserContext

from tests.serving.servers import Server

FAVORITES: dict[int, int | str] = {1535: 9, 9253: 10, 16498: "liked", 2167: "seen", 199: 8, 32281: 6}


def keep_list(context: BrowserContext, server: Server, opinions: dict[int, int | str]) -> None:
    """Put an opinion of each title (1-10, "liked", "seen") into the storage of every new page."""
    ids = ",".join(map(str, opinions))
    found = {
        title["anime_id"]: title for title in server.ask(f"/api/v1/anime?ids={ids}&limit=100").json["items"]
    }
    entries = [_entry(found[anime_id]) | {"opinion": opinion} for anime_id, opinion in opinions.items()]
    kept = json.dumps(json.dumps(entries))
    missing = "location.protocol !== 'about:' && !localStorage.getItem('anime.list')"
    context.add_init_script(f"if ({missing}) localStorage.setItem('anime.list', {kept})")


def _entry(title: dict[str, Any]) -> dict[str, Any]:
    return {name: title[name] for name in ("anime_id", "name", "english", "type", "year", "image_url")}
