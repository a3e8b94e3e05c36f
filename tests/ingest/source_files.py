"""Content of the sources' files, as they are documented."""

from __future__ import annotations

import json
from typing import Any

SERVICES = {
    "bangumi": {"title": "番组计划", "urlTemplate": "https://bangumi.tv/subject/{{id}}", "type": "info"},
    "netflix": {"title": "Netflix", "urlTemplate": "https://www.netflix.com/title/{{id}}", "type": "onair"},
    "unext": {
        "title": "U-NEXT",
        "urlTemplate": "https://video.unext.jp/title/{{id}}",
        "regions": ["JP"],
        "type": "onair",
    },
    "dmhy": {"title": "动漫花园", "urlTemplate": "https://dmhy.example/{{id}}", "type": "resource"},
}


def bangumi_item(mal: str | None = "1", **changes: Any) -> dict[str, Any]:
    """An item of bangumi-data."""
    sites = [{"site": "bangumi", "id": "253"}, {"site": "unext", "id": "SID1", "begin": "", "broadcast": ""}]
    return {
        "title": "カウボーイビバップ",
        "titleTranslate": {"en": ["Cowboy Bebop"], "zh-Hans": ["星际牛仔", "恶男杰特"]},
        "type": "tv",
        "lang": "ja",
        "officialSite": "",
        "begin": "1998-04-02T16:00:00.000Z",
        "broadcast": "",
        "end": "1999-04-23T16:00:00.000Z",
        "comment": "",
        "sites": [*sites, *([{"site": "mal", "id": mal}] if mal else [])],
        **changes,
    }


def bangumi_data(*items: object) -> bytes:
    """A `data.json` of bangumi-data."""
    return json.dumps({"siteMeta": SERVICES, "items": list(items)}).encode()


def offline_entry(mal: int = 1535, **changes: Any) -> dict[str, Any]:
    """An entry of the anime-offline-database."""
    return {
        "sources": ["https://anidb.net/anime/4563", f"https://myanimelist.net/anime/{mal}"],
        "title": "Death Note",
        "type": "TV",
        "episodes": 37,
        "status": "FINISHED",
        "animeSeason": {"season": "FALL", "year": 2006},
        "picture": "https://cdn.myanimelist.net/images/anime/1079/138100.jpg",
        "thumbnail": "https://cdn.myanimelist.net/images/anime/1079/138100t.jpg",
        "duration": {"value": 1380, "unit": "SECONDS"},
        "score": {"arithmeticGeometricMean": 8.63, "arithmeticMean": 8.63, "median": 8.65},
        "synonyms": ["DN", "デスノート"],
        "studios": ["madhouse"],
        "producers": ["vap", "d.n. dream partners"],
        "relatedAnime": ["https://anidb.net/anime/8146", "https://myanimelist.net/anime/2994"],
        "tags": ["detective", "supernatural"],
        **changes,
    }


def offline_database(*entries: object) -> bytes:
    """An `anime-offline-database.jsonl`."""
    head = {"license": {"name": "ODbL", "url": "https://example.org"}, "lastUpdate": "2026-07-04"}
    return b"".join(json.dumps(line).encode() + b"\n" for line in (head, *entries))


def mal_node(anime_id: int = 52991, **changes: Any) -> dict[str, Any]:
    """A title in an answer of the MyAnimeList API."""
    return {
        "id": anime_id,
        "title": "Sousou no Frieren",
        "main_picture": {"medium": "https://cdn.myanimelist.net/images/anime/1015/138006.jpg"},
        "alternative_titles": {
            "synonyms": ["Frieren at the Funeral"],
            "en": "Frieren",
            "ja": "葬送のフリーレン",
        },
        "start_date": "2023-09-29",
        "end_date": "2024-03-22",
        "synopsis": "The demon king has been defeated.\n\n(Source: a publisher)",
        "mean": 9.29,
        "num_list_users": 1_100_000,
        "nsfw": "white",
        "media_type": "tv",
        "status": "finished_airing",
        "genres": [{"id": 2, "name": "Adventure"}, {"id": 10, "name": "Fantasy"}],
        "num_episodes": 28,
        "start_season": {"year": 2023, "season": "fall"},
        "source": "light_novel",
        "average_episode_duration": 1470,
        "rating": "pg_13",
        "studios": [{"id": 11, "name": "Madhouse"}],
        **changes,
    }


def mal_answer(*nodes: object, following: str | None = None) -> bytes:
    """An answer of the MyAnimeList API: a page of a season."""
    paging = {"next": following} if following else {}
    return json.dumps({"data": [{"node": node} for node in nodes], "paging": paging}).encode()
