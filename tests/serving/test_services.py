"""Start: whatever is in the model directory, the server answers or says clearly why it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.engine import open_engine
from db.schema import migrate
from db.users import insert_user
from recommender.artifacts.snapshot import Snapshot
from recommender.artifacts.store import ModelStore, Version
from recommender.models.item_item import ItemItem
from serving.builder import BuildFailedError, build_model
from serving.errors import DatabaseUnavailableError
from serving.services import Services, open_services
from tests.serving.worlds import (
    ACTION,
    DAMAGES,
    PEOPLE,
    STRANGER,
    TITLES,
    add_titles,
    damage,
    knows,
    settings_of,
)


def start(engine: Engine, store: ModelStore) -> Services:
    url = engine.url.render_as_string(hide_password=False)
    return open_services(settings_of(url, store.root))


def test_start_without_a_model_builds_one(filled: Engine, store: ModelStore) -> None:
    services = start(filled, store)
    assert services.live.current().name == "v0001"
    assert services.live.current().snapshot.ratings.n_users == PEOPLE


def test_start_with_a_model_builds_none(filled: Engine, store: ModelStore, version: Version) -> None:
    insert_user(filled, STRANGER, ACTION)  # newer people do not make it unusable
    services = start(filled, store)
    assert store.names() == [version.name]
    assert knows(services.live, STRANGER)


def test_start_leaves_no_connection_open_for_a_fork(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    assert start(filled, store).engine.pool.checkedin() == 0  # type: ignore[attr-defined]  # a QueuePool


@pytest.mark.parametrize("how", DAMAGES)
def test_damaged_version_gives_way_to_the_previous_one(embedded: Engine, store: ModelStore, how: str) -> None:
    for _ in range(2):
        build_model(embedded, store, force=True)
    damage(store.directory / "v0002", how)
    assert start(embedded, store).live.current().snapshot.ratings.n_users == PEOPLE
    assert store.names() == ["v0002", "v0001"]


def test_start_rebuilds_when_every_version_is_damaged(embedded: Engine, store: ModelStore) -> None:
    for _ in range(2):
        build_model(embedded, store, force=True)
    damage(store.directory / "v0001", "no manifest")
    damage(store.directory / "v0002", "a byte flipped")
    assert start(embedded, store).live.current().name == "v0003"


def test_lost_current_file_triggers_no_build(embedded: Engine, store: ModelStore) -> None:
    build_model(embedded, store)
    (store.directory / "CURRENT").unlink()
    assert start(embedded, store).live.current().name == "v0001"


def test_model_newer_than_the_database_is_rebuilt(
    embedded: Engine, store: ModelStore, tmp_path: Path
) -> None:
    insert_user(embedded, STRANGER, ACTION)
    build_model(embedded, store)
    other = open_engine(f"sqlite:///{tmp_path / 'other.db'}")
    migrate(other)
    add_titles(other, [1, 2, 3])
    assert len(start(other, store).live.current().snapshot.catalog) == 3
    other.dispose()


def make_other(path: Path) -> Engine:
    """Another database than `embedded`, which has seen just as many writes."""
    other = open_engine(f"sqlite:///{path}")
    migrate(other)
    for number in range(PEOPLE + 1):
        add_titles(other, [number + 1])
    return other


def test_model_of_another_database_is_not_served(embedded: Engine, store: ModelStore, tmp_path: Path) -> None:
    build_model(embedded, store)
    other = make_other(tmp_path / "other.db")
    assert len(start(other, store).live.current().snapshot.catalog) == PEOPLE + 1
    other.dispose()


def test_model_of_another_database_is_not_up_to_date(
    embedded: Engine, store: ModelStore, tmp_path: Path
) -> None:
    build_model(embedded, store)
    other = make_other(tmp_path / "other.db")
    version, built = build_model(other, store)
    assert (len(version.snapshot.catalog), built) == (PEOPLE + 1, True)
    other.dispose()


def test_empty_database_error_says_what_to_do(database_url: str, store: ModelStore) -> None:
    with pytest.raises(BuildFailedError, match=r"the database has no titles; import some first: python "):
        open_services(settings_of(database_url, store.root))


def test_unusable_model_directory_error_names_it(embedded: Engine, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(BuildFailedError, match="models"):
        start(embedded, ModelStore(tmp_path / "models"))


def test_unreachable_sqlite_is_an_unavailable_database(tmp_path: Path) -> None:
    (tmp_path / "anime.db").mkdir()
    with pytest.raises(DatabaseUnavailableError, match="unable to open database file"):
        open_services(settings_of(f"sqlite:///{tmp_path / 'anime.db'}", tmp_path / "models"))


def test_unreachable_postgresql_is_an_unavailable_database(tmp_path: Path) -> None:
    # in the very form that .env.example and the error of a missing DATABASE_URL show
    with pytest.raises(DatabaseUnavailableError, match="refused"):
        open_services(settings_of("postgresql://user:password@127.0.0.1:1/database", tmp_path / "models"))


def test_start_serves_every_title(filled: Engine, store: ModelStore, version: Version) -> None:
    assert len(start(filled, store).live.current().snapshot.catalog) == TITLES


def test_model_without_an_extra_algorithm_is_served_with_warning(
    embedded: Engine,
    store: ModelStore,
    embedded_version: Version,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    built = {name: info for name, info in embedded_version.snapshot.algorithms.items() if name != "item-item"}
    monkeypatch.setattr(Snapshot, "algorithms", built)
    assert start(embedded, store).live.in_service.name == embedded_version.name
    assert f"{embedded_version.name} does not have item-item: build a model" in caplog.text


def test_build_fits_the_configured_number_of_titles(embedded: Engine, store: ModelStore) -> None:
    url = embedded.url.render_as_string(hide_password=False)
    services = open_services(settings_of(url, store.root).model_copy(update={"model_titles": 7}))
    assert len(services.live.in_service.snapshot.models[ItemItem].titles) == 7
