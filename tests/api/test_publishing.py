"""A model is published while requests are answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from api.context import context, install_context
from app import create_app
from config import Config
from db.engine import open_engine
from recommender.artifacts.snapshot import Snapshot
from recommender.artifacts.store import ModelStore
from serving.builder import build_model
from serving.users import UserService
from tests.serving.worlds import ACTION, STRANGER, add_titles

NEWCOMER: dict[str, Any] = {
    "user_id": STRANGER,
    "anime_list": [{"anime_id": anime_id, "rating": rating} for anime_id, rating in ACTION.items()],
    "n": 100,
}


@pytest.mark.parametrize("algorithm", ["user-user", "content-based"])
def test_publish_during_a_save_mixes_up_no_titles(small_config: Config, algorithm: str) -> None:
    app = create_app(small_config)
    client = app.test_client()
    engine = open_engine(small_config.database_url)
    add_titles(engine, range(1, 8), name="Earlier")  # every row of the catalog will move
    published = []

    class PublishingUsers(UserService):
        """A model is published when the list is resolved, and before the user is looked up."""

        def entries(self, user_id: int, snapshot: Snapshot) -> list[tuple[int, int]] | None:
            if not published:
                published.append(build_model(engine, ModelStore(small_config.model_dir)))
            return super().entries(user_id, snapshot)

    with app.app_context():
        served = context()
    limit = small_config.max_list_titles
    users = PublishingUsers(served.services.engine, served.services.live, limit)
    recommendations = replace(served.services.recommendations, users=users)
    services = replace(served.services, recommendations=recommendations)
    install_context(app.extensions, replace(served, services=services))
    first = client.post("/users/recommendations", json={**NEWCOMER, "algorithm": algorithm})
    again = client.post("/users/recommendations", json={**NEWCOMER, "algorithm": algorithm})
    engine.dispose()
    assert len(published) == 1
    assert client.get("/readyz").get_json()["model_version"] == "v0002"
    assert first.get_json() == again.get_json()


def test_new_title_is_found_once_its_model_is_published(small_config: Config) -> None:
    client = create_app(small_config).test_client()
    assert client.get("/api/v1/anime/7").status_code == 404
    engine = open_engine(small_config.database_url)
    add_titles(engine, [7], name="Earlier")
    build_model(engine, ModelStore(small_config.model_dir))
    engine.dispose()
    assert client.get("/api/v1/anime/7").get_json()["name"] == "Earlier number 7"
    assert client.get("/api/anime-suggestions?query=earl").get_json() == ["Earlier number 7"]


def test_saved_list_survives_a_newer_model(small_config: Config) -> None:
    client = create_app(small_config).test_client()
    client.post("/users/recommendations", json=NEWCOMER)
    engine = open_engine(small_config.database_url)
    add_titles(engine, [7], name="Earlier")
    build_model(engine, ModelStore(small_config.model_dir))
    engine.dispose()
    items = client.get(f"/api/v1/users/{STRANGER}/recommendations?limit=100").get_json()["items"]
    assert not set(ACTION) & {item["anime_id"] for item in items}
