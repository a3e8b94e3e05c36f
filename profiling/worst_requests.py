#!/usr/bin/env python3
"""Ask every route for the costliest legal request that is known; fail where one takes too much.

Works on a copy of the database in the folder of profiling/benchmark.py (--folder). A route without a request
here fails, too: whoever adds a route says what the worst is that it can be asked.
"""

from __future__ import annotations

import gzip
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Flask
from rich.console import Console
from rich.table import Table

from api.context import context
from app import create_app
from config import Config
from db.users import replace_ratings
from domain.events import MAX_EVENTS, EventKind
from domain.ranges import FAVORITE, MAX_ANIME_ID
from profiling.hostile_texts import hostile_json, json_lists
from profiling.request_cost import CostlyRequest, RequestMeter
from profiling.served import NEW_USER, PROFILE, ROOM, USER, Requests, Served, get, post
from profiling.servers import folder_parser, settings
from recommender.data.query import Query
from recommender.models.user_user import UserUser

MAX_CPU_S, MAX_MEMORY_MB = 1.0, 40.0
NO_FEATURE = {"HEAD", "OPTIONS"}


def _lists(
    served: Served, path: str, member: str = "ratings", *, kinds: int = 2, **more: Any
) -> Iterator[CostlyRequest]:
    """Lists that are as long as they may be, and longer.

    Args:
        member: the name of the list.
        kinds: how many kinds of names; all routes look for them alike.
        more: members beside the list.
    """
    rated = [{"anime_id": anime_id, "rating": rating} for anime_id, rating in served.ratings.items()]
    yield post(path, "all titles", {**more, member: rated})
    newer = [{"anime_id": MAX_ANIME_ID - number} for number in range(len(rated) - 1)]
    yield post(path, "unknown ids", {**more, member: [*newer, {"anime_id": served.ids[0]}]})
    for kind, names in islice(served.names.items(), kinds):
        yield post(path, f"{len(names):,} names: {kind}", {**more, member: names})
    before = "".join(f"{json.dumps(name)}:{json.dumps(value)}," for name, value in more.items())
    for kind, body in hostile_json(member, before, served.config.max_body_bytes - ROOM).items():
        yield post(path, kind, body)


def _put(requests: Requests, headers: Mapping[str, str] | None = None) -> Iterator[CostlyRequest]:
    yield from (request._replace(method="PUT", headers=headers or {}) for request in requests)


def _recommendations(served: Served) -> Iterator[CostlyRequest]:
    path = "/api/v1/recommendations"
    page: dict[str, Any] = {
        **{"limit": 100, "explain": True, "diversity": 1, "niche": 1, "franchise": "exclude"},
        "exclude_ids": list(range(MAX_ANIME_ID - 4_999, MAX_ANIME_ID + 1)),
        "filters": {"nsfw": True, "types": ["TV"] * 50, "min_members": 1, "min_mal_score": 0.1},
        "candidates": served.ids,
    }
    for algorithm in served.snapshot.algorithms:
        options = {**page, "algorithm": algorithm}
        yield post(path, f"{algorithm}, all titles liked", options | {"ratings": _named(served.ids[:4_000])})
        yield post(path, f"{algorithm}, most likers", options | {"ratings": _named(served.most_likers)})
        yield post(path, f"{algorithm}, watched", options | {"watched_ids": served.ids})
    blend = page | {"algorithm": "blend", "weights": dict.fromkeys(served.blended, 1)}
    yield post(path, "a blend of all, all titles liked", blend | {"ratings": _named(served.ids[:4_000])})
    yield post(path, "a blend of all, most likers", blend | {"ratings": _named(served.most_likers)})
    dropped = [{"anime_id": anime_id, "status": "dropped"} for anime_id in served.ids[:4_000]]
    yield post(path, "all titles dropped", page | {"ratings": dropped})
    yield post(path, "all titles planned", page | {"planned_ids": served.ids})
    yield post(path, "too many excluded", {"exclude_ids": [1] * 400_000})
    yield from _lists(served, path, kinds=len(served.names))


def _named(ids: Iterable[int]) -> list[dict[str, int]]:
    return [{"anime_id": anime_id} for anime_id in ids]


def _compatible(served: Served) -> Iterator[CostlyRequest]:
    path = "/users/recommendations"
    for algorithm in served.snapshot.algorithms:
        known = {"user_id": USER, "algorithm": algorithm, "n": 100, "anime_list": _named(served.ids)}
        yield post(path, f"{algorithm}, all titles liked", known)
    yield from _lists(served, path, "anime_list", user_id=NEW_USER)


def _of_user(served: Served) -> Iterator[CostlyRequest]:
    path = f"/api/v1/users/{USER}/recommendations"
    page = "limit=100&explain=true&diversity=1&niche=1&franchise=allow&nsfw=true"
    for algorithm in served.snapshot.algorithms:
        yield get(f"{path}?{page}&algorithm={algorithm}", algorithm)
    weights = ",".join(f"{name}:1" for name in served.blended)
    yield get(f"{path}?{page}&algorithm=blend&weights={weights}", "a blend of all")
    yield get(f"{path}?exclude_ids={','.join(map(str, range(1, 1_700)))}", "many excluded")
    yield from _filtered(path)


def _filtered(path: str) -> Iterator[CostlyRequest]:
    lists = "&".join(f"{name}={','.join(['TV'] * 50)}" for name in ("types", "genres", "genres_exclude"))
    yield get(f"{path}?{lists}", "long filters")
    yield get(f"{path}?studios={quote('x' * 200)}&seasons=Spring+2013", "an unknown studio")
    yield get(f"{path}?{'types=&' * 1_100}", "repeated filters")
    yield get(f"{path}?{'&'.join(f'{number:x}' for number in range(2_000))}", "unknown parameters")
    yield get(f"{path}?{'x' * 8_000}", "a long parameter")


def _searches(served: Served, path: str) -> Iterator[CostlyRequest]:
    texts = ["a", "no", "e n", "zq", "の", "1", *(names[0] for names in served.names.values())]
    for text in texts:
        yield get(f"{path}&query={quote(text)}", f"search for {text[:10]}")


def _browse(served: Served) -> Iterator[CostlyRequest]:
    path = "/api/v1/anime?limit=100&nsfw=true"
    for sort in ("popularity", "mal_score", "year", "name"):
        yield get(f"{path}&sort={sort}", sort)
        yield get(f"{path}&sort={sort}&query=a", f"a by {sort}")
    yield from (*_searches(served, path), *_filtered("/api/v1/anime"))


def _similar(served: Served) -> Iterator[CostlyRequest]:
    path = f"/api/v1/anime/{served.ids[0]}/similar"
    for name, info in served.snapshot.algorithms.items():
        if info.similar:
            yield get(f"{path}?limit=100&nsfw=true&algorithm={name}", name)
    yield from _filtered(path)


def _seasons(served: Served, path: str) -> Iterator[CostlyRequest]:
    page = {"limit": 100, "explain": True, "diversity": 1, "niche": 1}
    yield post(path, "all titles liked", page | {"ratings": _named(served.ids[:4_000])})
    yield post(path, "most likers", page | {"ratings": _named(served.most_likers)})


def _list_files(served: Served) -> Iterator[CostlyRequest]:
    """Lists in formats that the other route does not take, with titles to look up by name or other ids."""

    def sent(what: str, content: bytes) -> CostlyRequest:
        return CostlyRequest(what, "POST", "/api/v1/imports", gzip.compress(content, 1))

    for kind, names in served.names.items():
        yield sent(f"lines: {kind}", "\n".join(names).encode())
    yield sent("a million numbers", b'{"a":[' + b"1," * 1_000_000 + b'1],"lists":[{"series_id":1}]}')
    yield sent("many objects", b'{"lists":[' + b'{"series_id":1},' * 200_000 + b"{}]}")
    yield from (sent(f"many items of {site}", text.encode()) for site, text in json_lists().items())
    yield sent("many columns", b"title,score" + b"," * 9_000 + b"\n" + b"," * 5_000_000)
    yield sent("a gzip bomb", b" " * 400_000_000)
    yield sent("ids of another site", "\n".join(["anilist_id", *map(str, served.ids[1:])]).encode())


def _imports(served: Served) -> Iterator[CostlyRequest]:
    path, size = "/api/v1/imports/mal", served.config.max_upload_bytes - ROOM

    def export(what: str, entries: str, query: str = "") -> CostlyRequest:
        xml = f"<myanimelist>{entries[:size]}</myanimelist>".encode()
        return CostlyRequest(what, "POST", path + query, gzip.compress(xml, 1))

    def listed(ids: Iterable[int], title: str, more: str = "") -> str:
        return "".join(
            f"<anime><series_animedb_id>{anime_id}</series_animedb_id><series_title>{title}</series_title>"
            f"<my_score>10</my_score><my_status>2</my_status>{more}</anime>"
            for anime_id in ids
        )

    unknown = range(MAX_ANIME_ID - served.config.max_list_titles, MAX_ANIME_ID)
    everything = listed(served.ids, "x", "<x></x>" * 33)
    yield export("all titles", everything)
    yield export("all titles, saved", everything, f"?dry_run=false&user_id={USER}")
    yield export("long names", listed(unknown, "\U0001f600" * 450))
    yield export("elements", "".join(f"<e{number:x}/>" for number in range(195_000)))
    yield export("attributes", "<x " + " ".join(f'a{number:x}=""' for number in range(90_000)) + "/>")
    for what, part in (("lines", "\n"), ("references", "&lt;"), ("instructions", "<?a?>")):
        yield export(what, part * (size // len(part)))
    wide = listed(served.ids, "x", f"<x>{'y' * (size // len(served.ids) - 150)}</x>")
    yield CostlyRequest("plain XML", "POST", path, f"<myanimelist>{wide}</myanimelist>".encode())
    boundary = "b" * 70
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'.encode()
    form = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    for what, part in (("plain", "x"), ("lines", "\r\n"), ("boundaries", f"\r\n--{boundary[1:]}c")):
        body = head + (part * (size // len(part))).encode() + f"\r\n--{boundary}--\r\n".encode()
        yield CostlyRequest(f"a form, {what}", "POST", path, body, form)


def _events(served: Served) -> Iterator[CostlyRequest]:
    """As many events as may be, and a page that leans toward as many."""
    now = datetime.now(UTC)
    for what, kinds in (("clicks", ["click"]), ("of every kind", [kind.value for kind in EventKind])):
        for request in range(20):
            events = [
                {
                    "event_id": str(UUID(int=1_000 * request + number, version=4)),
                    "kind": kinds[number % len(kinds)],
                    "anime_id": int(served.ids[(100 * request + number) % len(served.ids)]),
                    "happened_at": (now - timedelta(seconds=number)).isoformat(),
                    "session_id": str(UUID(int=2)),
                }
                for number in range(MAX_EVENTS)
            ]
            yield post("/api/v1/events", f"{what}, {request + 1}", {"events": events})
    page = {"ratings": _named(served.ids[:4_000]), "limit": 100, "explain": True}
    yield post("/api/v1/recommendations", "a page for all of them", page | {"session_id": str(UUID(int=2))})


def _only(path: str, method: str = "GET") -> Callable[[Served], Requests]:
    return lambda _served: [CostlyRequest("", method, path)]


WORST: Mapping[str, Callable[[Served], Requests]] = {
    **{
        f"GET {path}": _only(path)
        for path in (
            *("/", "/healthz", "/readyz", "/metrics", "/docs", "/docs/swagger", "/docs/problems"),
            *("/docs/oauth2-redirect.html", "/api/v1/openapi.json", "/api/v1/algorithms"),
            *("/api/v1/filters", "/api/v1/imports"),
        )
    },
    "GET /docs/swagger/<path:filename>": _only("/docs/swagger/js/swagger-ui-bundle.js"),
    "GET /api/v1/catalog": lambda _: [get("/api/v1/catalog?nsfw=true"), *_filtered("/api/v1/catalog")],
    "GET /api/v1/anime": _browse,
    "GET /api/v1/anime/<int:anime_id>": lambda served: [get(f"/api/v1/anime/{served.of_largest_franchise}")],
    "GET /api/v1/anime/<int:anime_id>/similar": _similar,
    "POST /api/v1/events": _events,
    "DELETE /api/v1/events/<uuid:event_id>": _only(f"/api/v1/events/{UUID(int=1)}", "DELETE"),
    "DELETE /api/v1/sessions/<uuid:session_id>": _only(f"/api/v1/sessions/{UUID(int=1)}", "DELETE"),
    "GET /api/v1/trending": lambda _: [
        get("/api/v1/trending?window=week&limit=100&nsfw=true"),
        *_filtered("/api/v1/trending"),
    ],
    "GET /api/v1/experiments": _only("/api/v1/experiments"),
    "GET /api/v1/experiments/<string:name>": _only("/api/v1/experiments/nothing"),
    "GET /api/v1/popular": lambda _: [
        get("/api/v1/popular?limit=100&nsfw=true&sort=mean_rating"),
        *_filtered("/api/v1/popular"),
    ],
    "GET /api/v1/seasons/<int:year>/<string:season>": lambda served: [
        get(f"/api/v1/seasons/{served.fullest_season}?limit=100&nsfw=true"),
        *_filtered(f"/api/v1/seasons/{served.fullest_season}"),
    ],
    "GET /api/v1/seasons/<string:when>": _only("/api/v1/seasons/current?limit=100&nsfw=true"),
    "POST /api/v1/seasons/<int:year>/<string:season>": lambda served: _seasons(
        served, f"/api/v1/seasons/{served.fullest_season}"
    ),
    "POST /api/v1/seasons/<string:when>": lambda served: _seasons(served, "/api/v1/seasons/next"),
    "GET /api/anime-suggestions": lambda served: _searches(served, "/api/anime-suggestions?limit=50"),
    "POST /users/recommendations": _compatible,
    "POST /api/v1/recommendations": _recommendations,
    "POST /api/v1/taste": lambda served: _lists(served, "/api/v1/taste"),
    "POST /api/v1/imports": _list_files,
    "POST /api/v1/imports/mal": _imports,
    "POST /api/v1/imports/sites/<string:site>": lambda served: [
        post("/api/v1/imports/sites/nowhere", kind, body)
        for kind, body in hostile_json("user_name", "", served.config.max_body_bytes - ROOM).items()
    ],
    "GET /api/v1/users/<int:user_id>/recommendations": _of_user,
    "GET /api/v1/users/<int:user_id>/similar": lambda _: [get(f"/api/v1/users/{USER}/similar?limit=100")],
    "PUT /api/v1/users/<int:user_id>/ratings": lambda served: _put(
        _lists(served, f"/api/v1/users/{USER}/ratings")
    ),
    "DELETE /api/v1/users/<int:user_id>": _only(f"/api/v1/users/{USER}", "DELETE"),
    "POST /api/v1/profiles": lambda served: _lists(served, "/api/v1/profiles"),
    "GET /api/v1/profiles/<int:user_id>/export": lambda served: [
        get(f"/api/v1/profiles/{PROFILE}/export", **served.token)
    ],
    "GET /api/v1/profiles/<int:user_id>": lambda served: [get(f"/api/v1/profiles/{PROFILE}", **served.token)],
    "PUT /api/v1/profiles/<int:user_id>": lambda served: _put(
        _lists(served, f"/api/v1/profiles/{PROFILE}"), served.token
    ),
    "DELETE /api/v1/profiles/<int:user_id>": lambda served: [
        CostlyRequest("", "DELETE", f"/api/v1/profiles/{PROFILE}", headers=served.token)
    ],
}


def routes(app: Flask) -> set[str]:
    """Method and rule of every route, such as `GET /healthz`; of the web app's pages only the first."""
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "web" or rule.rule == "/"
        for method in (rule.methods or set()) - NO_FEATURE
    }


def require_all(app: Flask) -> None:
    """Raise LookupError for a route without a request here, and for a request without a route."""
    if missing := routes(app) ^ WORST.keys():
        raise LookupError(
            f"profiling/worst_requests.py does not fit the routes: {', '.join(sorted(missing))}"
        )


def main(argv: list[str] | None = None) -> int:
    """Print the costliest request of each route; 1 if any takes more than it may."""
    parser = folder_parser(__doc__)
    parser.add_argument("--all", action="store_true", help="print every request")
    arguments = parser.parse_args(argv)
    environ = settings(arguments.folder)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "copy.db"
        shutil.copy(arguments.folder / "benchmark.db", database)
        environ |= {"DATABASE_URL": f"sqlite:///{database}", "LOG_LEVEL": "ERROR"}
        config = Config.from_env(environ)
        return _measure(create_app(config), config, every=arguments.all)


def _measure(app: Flask, config: Config, *, every: bool) -> int:
    require_all(app)
    with app.app_context():
        services = context().services
    served = Served(config, services.live.in_service.snapshot)
    for user_id in (USER, PROFILE):
        replace_ratings(services.engine, user_id, served.ratings)
    some = Query.of((row, FAVORITE) for row in range(3))
    user_user = served.snapshot.models[UserUser]
    user_user.neighbors(served.snapshot.context(some), 1, through_index=True)  # read by each worker once
    app.test_client().get("/readyz")
    services.engine.dispose()
    table = Table("route", "request", "status", "s", "MB", title=f"at most {MAX_CPU_S} s, {MAX_MEMORY_MB} MB")
    failed = 0
    with RequestMeter.of(app) as meter:
        for route, requests in sorted(WORST.items(), key=lambda item: item[0].startswith("DELETE")):
            costs = [(meter.measure(request), request.what) for request in requests(served)]
            slowest, largest = max(costs), max(costs, key=lambda cost: cost[0].memory_mb)
            for cost, what in costs:
                too_much = cost.cpu_s > MAX_CPU_S or cost.memory_mb > MAX_MEMORY_MB or cost.status >= 500
                failed += too_much
                if every or too_much or (cost, what) in (slowest, largest):
                    figures = (str(cost.status), f"{cost.cpu_s:.2f}", f"{cost.memory_mb:.1f}")
                    table.add_row(route, what, *figures, style="red" if too_much else "")
    Console(width=160).print(table)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
