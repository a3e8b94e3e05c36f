"""Experiments at the seam: what a page is made of, who is logged, what the results say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from api.context import context
from app import StartError, create_app
from config import Config
from db.engine import write_transaction
from serving.services import Services
from tests.api.conftest import engine_of
from tests.api.test_errors import check_problem
from tests.db.helpers import contents

URL, RESULTS = "/api/v1/recommendations", "/api/v1/experiments"
LIST = [{"anime_id": 106, "rating": 9}]
TODAY = datetime.now(UTC).date()
EXPERIMENT: dict[str, Any] = {
    "name": "rank",
    "unit": "session",
    "from": TODAY - timedelta(days=1),
    "to": TODAY + timedelta(days=7),
    "variants": [{"name": "model", "rank": "model"}, {"name": "shuffled", "rank": "shuffled"}],
}
RECALL = EXPERIMENT | {
    "name": "recall",
    "variants": [{"name": "all", "recall": "all"}, {"name": "content", "recall": "content-based"}],
}


def declare(config: Config, folder: Path, *experiments: dict[str, Any]) -> Config:
    path = folder / "experiments.yaml"
    path.write_text(yaml.safe_dump({"experiments": list(experiments)}), "utf-8")
    return config.model_copy(update={"experiments": str(path)})


@pytest.fixture
def trying(small_config: Config, tmp_path: Path) -> FlaskClient:
    """A client of a server that tries both sides of the page."""
    return create_app(declare(small_config, tmp_path, EXPERIMENT, RECALL)).test_client()


@pytest.fixture
def each_trying(each_config: Config, tmp_path: Path) -> Iterator[Flask]:
    """A server with one experiment, of each kind of database."""
    app = create_app(declare(each_config, tmp_path, EXPERIMENT))
    yield app
    services_of(app).experiments.writer.flush()


def services_of(app: Flask) -> Services:
    with app.app_context():
        return context().services


def exposures(app: Flask) -> list[Any]:
    services_of(app).experiments.writer.flush()
    return contents(engine_of(app))["exposures"]


def page(
    client: FlaskClient, session: int | None = 1, headers: dict[str, str] | None = None, **more: Any
) -> Any:
    body = {"ratings": LIST, "limit": 10, **more}
    if session is not None:
        body["session_id"] = str(UUID(int=session))
    response = client.post(URL, json=body, headers=headers)
    assert response.status_code == 200, response.data
    return response.get_json()


def ids(answer: Any) -> list[int]:
    return [item["anime_id"] for item in answer["items"]]


def session_of(client: FlaskClient, **variants: str) -> int:
    """The first session that is assigned to these variants."""
    wanted = variants.items()
    return next(number for number in range(1, 99) if wanted <= page(client, number)["experiments"].items())


def test_page_names_its_variants_and_is_logged_once(each_trying: Flask) -> None:
    client = each_trying.test_client()
    answer = page(client)
    assert answer["experiments"]["rank"] in ("model", "shuffled")
    assert page(client) == answer
    (row,) = exposures(each_trying)
    assert {"rank", answer["recommendation_id"], answer["experiments"]["rank"], UUID(int=1)} <= set(row)


def test_control_is_the_page_of_everybody_else(trying: FlaskClient) -> None:
    control = session_of(trying, rank="model", recall="all")
    without = page(trying, None)
    assert "experiments" not in without
    assert ids(page(trying, control)) == ids(without)
    assert page(trying, control)["items"] == without["items"]


def test_variants_change_their_side_of_the_page(trying: FlaskClient) -> None:
    control = page(trying, None, franchise="allow")
    shuffled = page(trying, session_of(trying, rank="shuffled", recall="all"), franchise="allow")
    recalled = page(trying, session_of(trying, rank="model", recall="content"), franchise="allow")
    assert ids(shuffled) != ids(control)
    content = page(trying, None, algorithm="content-based", limit=100, franchise="allow")
    scored = {item["anime_id"] for item in content["items"] if item["score"] > 0}
    hybrid = page(trying, None, limit=100, franchise="allow")
    expected = [anime_id for anime_id in ids(hybrid) if anime_id in scored]
    assert ids(recalled)[: len(expected)] == expected[:10]


def test_shuffled_page_stays_the_same_for_a_session(trying: FlaskClient) -> None:
    session = session_of(trying, rank="shuffled")
    assert page(trying, session) == page(trying, session)


def test_recommendation_id_differs_between_variants(small_config: Config, tmp_path: Path) -> None:
    one = create_app(declare(small_config, tmp_path, EXPERIMENT)).test_client()
    other = create_app(declare(small_config, tmp_path, EXPERIMENT | {"name": "again"})).test_client()
    plain = create_app(small_config).test_client()
    assert len({page(client)["recommendation_id"] for client in (one, other, plain)}) == 3


def test_browser_that_asks_for_privacy_is_in_none(trying: FlaskClient) -> None:
    answer = page(trying, headers={"Sec-GPC": "1"})
    assert "experiments" not in answer
    assert ids(answer) == ids(page(trying, None))
    assert exposures(trying.application) == []


def test_requests_that_are_not_meant_are_in_none(small_config: Config, tmp_path: Path) -> None:
    narrow = EXPERIMENT | {"algorithms": ["item-item"]}
    client = create_app(declare(small_config, tmp_path, narrow)).test_client()
    assert "experiments" not in page(client)
    assert "experiments" in page(client, algorithm="item-item")
    weighted = {"algorithm": "blend", "weights": {"item-item": 1}}
    client = create_app(declare(small_config, tmp_path, EXPERIMENT)).test_client()
    assert "experiments" not in page(client, **weighted)


@pytest.mark.parametrize(
    ("variant", "body"),
    [
        ({"recall": "content-based"}, {"ratings": []}),  # it needs a list
        ({"rank": "neural"}, {}),  # it is not built
    ],
)
def test_nobody_is_in_where_a_variant_could_not_answer(
    small_config: Config, tmp_path: Path, variant: dict[str, str], body: dict[str, Any]
) -> None:
    variants = [{"name": "control"}, {"name": "other", **variant}]
    config = declare(small_config, tmp_path, EXPERIMENT | {"variants": variants})
    client = create_app(config).test_client()
    assert all("experiments" not in page(client, session, **body) for session in range(1, 6))


def test_experiment_of_other_days_does_not_run(small_config: Config, tmp_path: Path) -> None:
    over = EXPERIMENT | {"from": TODAY - timedelta(days=9), "to": TODAY - timedelta(days=1)}
    client = create_app(declare(small_config, tmp_path, over)).test_client()
    assert "experiments" not in page(client)
    (item,) = client.get(RESULTS).get_json()["items"]
    assert (item["name"], item["running"]) == ("rank", False)


def test_another_algorithm_ranks_where_a_variant_says_so(small_config: Config, tmp_path: Path) -> None:
    variants = [{"name": "hybrid"}, {"name": "items", "rank": "item-item"}]
    config = declare(small_config, tmp_path, EXPERIMENT | {"variants": variants})
    client = create_app(config).test_client()
    answer = page(client, session_of(client, rank="items"))
    assert answer["algorithm"] == "item-item"
    assert ids(answer) == ids(page(client, None, algorithm="item-item"))


def test_saved_user_and_profile_are_units_of_their_own(each_config: Config, tmp_path: Path) -> None:
    units = [EXPERIMENT | {"name": unit, "unit": unit} for unit in ("session", "profile", "user")]
    app = create_app(declare(each_config, tmp_path, *units))
    client = app.test_client()
    of_user = client.get("/api/v1/users/7/recommendations").get_json()
    assert set(of_user["experiments"]) == {"user"}
    profile = client.post("/api/v1/profiles", json={"ratings": LIST}).get_json()
    token = {"Authorization": f"Bearer {profile['token']}"}
    own = page(client, headers=token, profile_id=profile["user_id"])
    assert set(own["experiments"]) == {"session", "profile"}
    export = client.get(f"/api/v1/profiles/{profile['user_id']}/export", headers=token).get_json()
    assert [one["experiment"] for one in export["experiments"]] == ["profile"]
    assert len(exposures(app)) == 3
    client.delete(f"/api/v1/profiles/{profile['user_id']}", headers=token)
    assert len(exposures(app)) == 2


def test_events_count_for_the_variant_of_their_page(each_trying: Flask) -> None:
    client = each_trying.test_client()
    answer = page(client)
    event = {
        **{"event_id": str(uuid4()), "kind": "click", "anime_id": ids(answer)[0]},
        **{"happened_at": datetime.now(UTC).isoformat(), "session_id": str(UUID(int=1))},
        **{"recommendation_id": answer["recommendation_id"], "position": 1},
    }
    other = event | {"event_id": str(uuid4()), "recommendation_id": "of another page", "anime_id": 108}
    assert client.post("/api/v1/events", json={"events": [event, other]}).status_code == 202
    exposures(each_trying)
    with write_transaction(engine_of(each_trying)) as connection:  # two days ago
        connection.execute(text("UPDATE exposures SET exposed_at = :at"), {"at": _ago(days=2)})
        connection.execute(text("UPDATE events SET received_at = :at"), {"at": _ago(days=2, hours=-1)})
    results = client.get(f"{RESULTS}/rank").get_json()
    by_name = {one["name"]: one for one in results["variants"]}
    own = by_name.pop(answer["experiments"]["rank"])
    assert (own["exposed_units"], own["counted_units"]) == (1, 1)
    assert {one["measure"]: one["per_unit"]["value"] for one in own["rates"]} == {
        "clicks": 1.0,
        "likes": 0.0,
        "dismissals": 0.0,
    }
    assert [one["exposed_units"] for one in by_name.values()] == [0]
    assert results["effects"][0]["change"]["low"] is None
    assert not results["sample_ratio"]["suspicious"]


def _ago(**time: float) -> str:
    return (datetime.now(UTC) - timedelta(**time)).strftime("%Y-%m-%d %H:%M:%S.%f")


def test_deleted_session_leaves_no_exposures(each_trying: Flask) -> None:
    client = each_trying.test_client()
    page(client)
    assert len(exposures(each_trying)) == 1
    assert client.delete(f"/api/v1/sessions/{UUID(int=1)}").status_code == 204
    assert exposures(each_trying) == []


def test_recommendations_go_on_while_exposures_fail(
    each_trying: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    client = each_trying.test_client()
    with write_transaction(engine_of(each_trying)) as connection:
        connection.execute(text("ALTER TABLE exposures RENAME TO elsewhere"))
    assert page(client)["items"]
    services_of(each_trying).experiments.writer.flush()
    assert "exposures cannot be stored" in caplog.text
    with write_transaction(engine_of(each_trying)) as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO exposures"))


def test_interleaved_page_has_titles_of_both_teams(each_config: Config, tmp_path: Path) -> None:
    variants = [{"name": "hybrid"}, {"name": "popular", "rank": "popular"}]
    config = declare(each_config, tmp_path, EXPERIMENT | {"interleave": True, "variants": variants})
    app = create_app(config)
    client = app.test_client()
    answer = page(client, explain=True, franchise="allow")
    assert answer["experiments"] == {"rank": "interleaved"}
    rankings = [ids(page(client, None, algorithm=name, franchise="allow")) for name in ("hybrid", "popular")]
    (row,) = exposures(app)
    teams = next(value for value in row if isinstance(value, list))
    assert sorted(ids(answer)) == sorted([*teams[0], *teams[1]])
    assert min(map(len, teams)) >= 4
    for team, ranking in zip(teams, rankings, strict=True):
        assert team == sorted(team, key=lambda one, ranking=ranking: ranking.index(one))  # type: ignore[misc]
    assert all("reasons" in item for item in answer["items"])
    shown = ids(answer)[:3]
    assert ids(page(client, keep=shown, franchise="allow"))[:3] == shown
    results = client.get(f"{RESULTS}/rank").get_json()
    assert results["preference"]["units"] == 0
    assert results["variants"][0]["exposed_units"] == 1


def test_results_need_the_scope_admin(small_config: Config, tmp_path: Path) -> None:
    config = declare(small_config, tmp_path, EXPERIMENT)
    keys = {"api_keys": ("write:writer", "admin:boss")}
    client = create_app(config.model_copy(update=keys)).test_client()
    for path in (RESULTS, f"{RESULTS}/rank"):
        check_problem(client.get(path), 401)
        check_problem(client.get(path, headers={"X-API-Key": "writer"}), 403)
        assert client.get(path, headers={"X-API-Key": "boss"}).status_code == 200


def test_unknown_experiment_is_told_those_there_are(trying: FlaskClient) -> None:
    problem = check_problem(trying.get(f"{RESULTS}/ranks"), 404)
    assert problem["detail"] == ("No experiment is named 'ranks'; the file of EXPERIMENTS has: rank, recall.")


def test_server_with_a_wrong_file_does_not_start(small_config: Config, tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"experiments\[0\] \(rank\).unit: Input should be 'session'"):
        create_app(declare(small_config, tmp_path, EXPERIMENT | {"unit": "person"}))


def test_algorithm_that_is_not_built_is_told_at_start(
    small_config: Config, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    variants = [{"name": "control"}, {"name": "other", "recall": "neural"}]
    create_app(declare(small_config, tmp_path, EXPERIMENT | {"variants": variants}))
    assert "nobody is in the experiment rank: the model lacks neural" in caplog.text
