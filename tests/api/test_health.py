"""Is the process alive, can it answer, and from which model."""

from __future__ import annotations

from datetime import datetime

from flask.testing import FlaskClient

from app import create_app
from config import Config
from db.engine import open_engine
from recommender.artifacts.store import ModelStore
from serving.builder import build_model
from tests.serving.worlds import ACTION, PEOPLE, STRANGER, TITLES, damage


def test_healthz_says_ok(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.get_json()) == (200, {"status": "ok"})


def test_readyz_describes_the_model_in_service(small_client: FlaskClient) -> None:
    state = small_client.get("/readyz").get_json()
    expected = {
        "status": "ok",
        "model_version": "v0001",
        "refused_model": None,
        "users": PEOPLE,
        "newer_users": 0,
        "anime": TITLES,
    }
    assert state.items() >= expected.items()
    assert state["ratings"] > PEOPLE
    assert datetime.fromisoformat(state["model_built_at"]).tzinfo


def test_readyz_shows_the_age_of_each_source(config: Config) -> None:
    (source,) = create_app(config).test_client().get("/readyz").get_json()["sources"]
    assert (source["name"], source["age_days"]) == ("data-set", 0)
    assert datetime.fromisoformat(source["imported_at"]).tzinfo


def test_readyz_counts_users_newer_than_the_model(small_client: FlaskClient) -> None:
    rated = [{"anime_id": anime_id} for anime_id in ACTION]
    small_client.post("/users/recommendations", json={"user_id": STRANGER, "anime_list": rated})
    assert small_client.get("/readyz").get_json()["newer_users"] == 1


def test_readyz_names_a_refused_model(small_client: FlaskClient, small_config: Config) -> None:
    engine = open_engine(small_config.database_url)
    build_model(engine, ModelStore(small_config.model_dir), force=True)
    engine.dispose()
    damage(ModelStore(small_config.model_dir).directory / "v0002", "a file missing")
    response = small_client.get("/readyz")
    assert response.status_code == 200
    assert response.get_json()["model_version"] == "v0001"
    assert response.get_json()["refused_model"].startswith("v0002: ")


def test_answers_name_their_model_version(small_client: FlaskClient, small_config: Config) -> None:
    engine = open_engine(small_config.database_url)
    build_model(engine, ModelStore(small_config.model_dir), force=True)
    engine.dispose()
    for path in ("/api/v1/users/1/recommendations", "/api/v1/users/1/similar", "/api/v1/anime/106/similar"):
        assert small_client.get(path).get_json()["model_version"] == "v0002"
