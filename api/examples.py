"""One example answer for each operation, by its operationId, as the OpenAPI document shows it."""

from __future__ import annotations

from typing import Any

_TITLE: dict[str, Any] = {
    "anime_id": 9253,
    "name": "Steins;Gate",
    "english": None,
    "genres": ["Sci-Fi", "Thriller"],
    "type": "TV",
    "episodes": 24,
    "year": 2011,
    "image_url": "https://cdn.myanimelist.net/images/anime/5/73199.jpg",
}
_COUNTED = _TITLE | {"likes": 15_232, "watchers": 17_151, "mean_rating": 8.81}
_RECOMMENDED = _TITLE | {
    "score": 0.91,
    "stars": 5,
    "like_probability": 0.912,
    "predicted_rating": 9.0,
    "reasons": [
        {"kind": "because_you_liked", "anime_id": 1535, "name": "Death Note", "weight": 0.41},
        {"kind": "people_with_your_taste", "people": 611},
        {"kind": "theme", "genres": ["Thriller"], "titles": 4, "liked": 5},
        {"kind": "shared_genres", "genres": ["Thriller"]},
    ],
}
_RECOMMENDATIONS = {
    "recommendation_id": "5f2b0f6a3c1d4e8897a6b5c4d3e2f101",
    "algorithm": "hybrid",
    "model_version": "v0001",
    "items": [_RECOMMENDED],
    "resolved": [{"query": "Clannad", "anime_id": 2167, "name": "Clannad"}],
    "unresolved": [],
    "filtered": {"nsfw": 1_141, "franchise": 2_917},
    "experiments": {"rank": "model"},
}
_SOURCE_AGE = {"name": "bangumi-data", "imported_at": "2026-01-31T02:20:04+00:00", "age_days": 1}
_SEASON = {"season": {"year": 2011, "name": "spring"}}
_PAGINATION = {"page": 1, "limit": 20, "total": 1, "has_next": False}
_USER, _PROFILE = 900_001, 5_812_345_678_901_234
_SAVED = {"user_id": _USER, "saved": 3, "unresolved": [], "pending": 0, "planned": 1}
_IMPORTED = {
    "source": "csv",
    "user_id": None,
    "saved": False,
    "counts": {
        "read": 3,
        "matched": 1,
        "planned": 1,
        "unmatched": 1,
        "pending": 0,
        "skipped": 0,
        "found_by": {"name": 1},
        "matched_share": 0.6667,
    },
    "matched": [
        {
            "anime_id": 9253,
            "name": "Steins;Gate",
            "listed_as": "steins gate",
            "rating": 10,
            "status": None,
            "found_by": "name",
        }
    ],
    "planned": [{"anime_id": 1535, "name": "Death Note", "in_catalog": True}],
    "unmatched": [{"anime_id": None, "name": "Too New", "rating": 8, "status": "watching"}],
    "skipped": [],
}

PARAMETERS: dict[str, Any] = {
    **{"user_id": _USER, "anime_id": 9253, "site": "anilist", "name": "rank"},
    **{"year": 2016, "season": "fall", "when": "current"},
    "event_id": "4b1c9a4e-3c87-4d4e-9d1d-0f6f4f1b7a11",
    "session_id": "9f2a6c1e-8a53-4c5b-a0a4-51f0a4a3b7d2",
}
PROFILE_PARAMETERS: dict[str, Any] = {"user_id": _PROFILE}
ANSWERS: dict[str, Any] = {
    "recommendCompatible": [
        {
            "anime_id": 9253,
            "anime_name": "Steins;Gate",
            "genre": "Sci-Fi, Thriller",
            "stars": 5,
            "score": 0.83,
        }
    ],
    "suggestAnime": ["Steins;Gate", "Steins;Gate 0"],
    "recommend": _RECOMMENDATIONS,
    "recommendForUser": _RECOMMENDATIONS | {"resolved": []},
    "getSimilarUsers": {
        "user_id": _USER,
        "model_version": "v0001",
        "items": [{"user_id": 48_210, "similarity": 0.4127, "in_common": 3}],
    },
    "replaceRatings": _SAVED,
    "createProfile": _SAVED | {"user_id": _PROFILE, "token": "rS3Xy0yhxYgUmVgd5WzPzYb0Qn0kF2n9mZ1v3y7c4Lw"},
    "getProfile": {
        "user_id": _PROFILE,
        "ratings": [
            {"anime_id": 1535, "name": "Death Note", "rating": 9, "status": "completed"},
            {"anime_id": 2167, "name": "Clannad", "rating": 10, "status": None},
        ],
        "watched_ids": [20],
        "statuses": [{"anime_id": 20, "status": "dropped"}],
        "planned_ids": [1],
    },
    "exportProfile": {
        "user_id": _PROFILE,
        "ratings": [{"anime_id": 1535, "name": "Death Note", "rating": 9, "status": "completed"}],
        "watched_ids": [20],
        "statuses": [{"anime_id": 20, "status": "dropped"}],
        "planned_ids": [1],
        "learned_by": None,
        "events": [{"kind": "click", "anime_id": 9253, "happened_at": "2026-11-27T20:15:03+00:00"}],
        "experiments": [
            {
                "experiment": "rank",
                "variant": "model",
                "recommendation_id": "5f2b0f6a3c1d4e8897a6b5c4d3e2f101",
                "exposed_at": "2026-11-27T20:14:58+00:00",
            }
        ],
    },
    "replaceProfile": _SAVED | {"user_id": _PROFILE},
    "importMal": {
        "user_id": None,
        "saved": False,
        "counts": {"read": 3, "matched": 1, "unmatched": 1, "skipped": 1},
        "matched": [{"anime_id": 9253, "name": "Steins;Gate", "rating": 10, "status": "completed"}],
        "unmatched": [{"anime_id": 61_316, "name": "Too New", "rating": None, "status": "watching"}],
        "skipped": [{"anime_id": 1535, "name": "Death Note", "reason": "plan to watch: not watched yet"}],
    },
    **dict.fromkeys(
        ("getSeason", "getNearSeason"),
        _SEASON
        | {
            "items": [_COUNTED | {"airing_status": "finished", "studios": ["White Fox"]}],
            "pagination": _PAGINATION,
        },
    ),
    **dict.fromkeys(("recommendSeason", "recommendNearSeason"), _SEASON | _RECOMMENDATIONS),
    "sendEvents": {
        "accepted": 2,
        "known": 0,
        "refused": [
            {"event_id": "4b1c9a4e-3c87-4d4e-9d1d-0f6f4f1b7a11", "reason": "no title has the id 424242"}
        ],
    },
    "getTrending": {"window": "day", "items": [_TITLE | {"people": 31}]},
    "searchAnime": {"items": [_TITLE | {"match": "prefix", "matched": None}], "pagination": _PAGINATION},
    "listImportSources": {
        "sites": [{"name": "anilist", "label": "AniList"}],
        "formats": [{"name": "mal-xml", "label": "MyAnimeList export"}],
    },
    "importList": _IMPORTED,
    "importByName": _IMPORTED | {"source": "anilist-api"},
    "getAnime": _COUNTED
    | {
        "aliases": ["シュタインズ・ゲート", "StG"],
        "mal_score": 9.17,
        "members": 673_572,
        "nsfw": False,
        "rating_histogram": [31, 29, 44, 95, 191, 412, 1_012, 2_804, 4_911, 7_517],
        "unrated": 105,
        "synopsis": "A self-proclaimed mad scientist finds that text messages can be sent to the past.",
        "studios": ["White Fox"],
        "producers": ["Frontier Works", "Kadokawa Shoten"],
        "source": "Visual novel",
        "duration_minutes": 24,
        "season": {"year": 2011, "name": "spring"},
        "airing_status": "finished",
        "age_rating": "PG-13",
        "aired_from": "2011-04-06",
        "aired_to": "2011-09-14",
        "external_ids": {"anilist": "9253", "kitsu": "5646"},
        "links": [
            {"site": "MyAnimeList", "url": "https://myanimelist.net/anime/9253"},
            {"site": "AniList", "url": "https://anilist.co/anime/9253"},
            {"site": "Kitsu", "url": "https://kitsu.app/anime/5646"},
        ],
        "watch_on": [
            {"service": "Crunchyroll", "url": "https://www.crunchyroll.com/steinsgate", "regions": []}
        ],
        "relations": [{"anime_id": 30_484, "name": "Steins;Gate 0", "kind": "sequel"}],
        "watch_order": [
            _TITLE | {"story_line": 0, "extra": False},
            _TITLE
            | {"anime_id": 30_484, "name": "Steins;Gate 0", "year": 2018, "story_line": 0, "extra": False},
        ],
    },
    "getSimilarAnime": {
        "anime_id": 1535,
        "algorithm": "hybrid",
        "model_version": "v0001",
        "items": [{name: value for name, value in _RECOMMENDED.items() if name != "reasons"}],
    },
    "getCatalog": {
        "model_version": "v0001",
        "titles": 1_350,
        "people": 3_000,
        "ratings": 151_000,
        "generated": 3_000,
        "genres": [{"name": "Comedy", "titles": 600}],
        "types": [{"name": "TV", "titles": 820}],
        "year_from": 1968,
        "year_to": 2017,
        "known_until": {"year": 2016, "season": "fall"},
        "max_list_titles": 5_000,
        "event_retention_days": 30,
        "covers": True,
        "sources": [
            _SOURCE_AGE
            | {
                "label": "bangumi-data",
                "url": "https://github.com/bangumi-data/bangumi-data",
                "license": "CC BY 4.0",
                "license_url": "https://creativecommons.org/licenses/by/4.0/",
                "gives": "new titles, names in Japanese, English and Chinese, air dates, where to watch",
                "titles": 7_704,
            }
        ],
    },
    "describeTaste": {
        "model_version": "v0001",
        "titles": 2,
        "rated": 1,
        "mean_rating": 9.0,
        "others_mean_rating": 8.42,
        "histogram": [0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
        "genres": [
            {
                "name": "Thriller",
                "titles": 2,
                "share": 1.0,
                "others_share": 0.0514,
                "mean_rating": 9.0,
                "others_mean_rating": 8.42,
            }
        ],
        "decades": [{"decade": 2010, "titles": 1, "share": 0.5, "mean_rating": 9.0}],
        "types": [{"name": "TV", "titles": 2, "share": 1.0}],
        "higher": [{"anime_id": 9253, "name": "Steins;Gate", "rating": 10, "others_mean_rating": 9.01}],
        "lower": [],
        "neighbors": [{"similarity": 0.4127, "in_common": 3}],
        "resolved": [_TITLE | {"rating": 9}],
        "unresolved": [],
    },
    "getPopular": {"items": [_COUNTED], "pagination": _PAGINATION},
    "listAlgorithms": {
        "items": [
            {
                "name": "hybrid",
                "label": "Best of everything",
                "description": "All of the others, weighed by what worked for people like you.",
                "needs_list": False,
                "default_limit": 20,
                "similar": True,
                "weights": None,
            }
        ]
    },
    "listFilters": {
        "items": [
            {
                "name": "genres",
                "label": "Genres",
                "description": "all of these",
                "control": "multichoice",
                "default": [],
                "choices": ["Comedy", "Action"],
                "ordered": False,
                "has_more": False,
                "minimum": None,
                "maximum": None,
                "step": None,
            }
        ]
    },
    "listExperiments": {
        "items": [
            {
                "name": "rank",
                "unit": "session",
                "from": "2026-12-01",
                "to": "2026-12-14",
                "running": True,
                "share": 1.0,
                "algorithms": ["hybrid"],
                "interleaved": False,
                "variants": [
                    {"name": "model", "weight": 1.0, "recall": None, "rank": "model"},
                    {"name": "shuffled", "weight": 1.0, "recall": None, "rank": "shuffled"},
                ],
            }
        ]
    },
    "getExperiment": {
        "name": "rank",
        "counted_days": 1,
        "switched_units": 0,
        "sample_ratio": {"p_value": 1.0, "suspicious": False},
        "variants": [
            {
                "name": name,
                "exposed_units": exposed,
                "counted_units": counted,
                "rates": [{"measure": "clicks", "per_unit": {"value": value, "low": low, "high": high}}],
            }
            for name, exposed, counted, value, low, high in (
                ("model", 4_120, 3_900, 0.84, 0.76, 0.92),
                ("shuffled", 4_098, 3_871, 0.61, 0.54, 0.68),
            )
        ],
        "effects": [
            {
                "variant": "shuffled",
                "measure": "clicks",
                "change": {"value": -0.23, "low": -0.34, "high": -0.12},
                "found": True,
                "detectable": 0.14,
            }
        ],
        "preference": None,
    },
    "getHealth": {"status": "ok"},
    "getReadiness": {
        "status": "ok",
        "model_version": "v0001",
        "model_built_at": "2026-01-31T04:00:00+00:00",
        "refused_model": None,
        "users": 3_000,
        "generated_users": 3_000,
        "newer_users": 0,
        "anime": 1_350,
        "ratings": 151_000,
        "sources": [_SOURCE_AGE],
    },
    "getMetrics": "anime_rate_limited_total 0.0\n",
}
