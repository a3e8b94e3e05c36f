"""The generated document describes every route and answer; the page that shows it loads local files only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from api.examples import ANSWERS as EXAMPLES
from api.examples import PARAMETERS

URL = "/api/v1/openapi.json"
# the documentation itself and the web app; and the documentation's own files: "swagger.…"
UNDOCUMENTED = {"docs", "document", "problem_kinds", "web"}
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}
VERBS = {
    *("create", "describe", "erase", "export", "get", "import"),
    *("delete", "list", "recommend", "replace", "search", "send", "suggest", "undo"),
}
LIST = [{"anime_id": 9253}, {"anime_id": 1535}]
RATED = [{"anime_id": 9253, "rating": 1}, {"anime_id": 1535, "rating": 10}]
IDS = PARAMETERS["event_id"], PARAMETERS["session_id"]
PATH_EXAMPLES = (9253, 900_001, 5_812_345_678_901_234, "anilist", "rank", 2016, "fall", "current", *IDS)
RECOMMEND = (
    *("/api/v1/recommendations", "/api/v1/taste"),
    *("/api/v1/seasons/{year}/{season}", "/api/v1/seasons/{when}"),
)
# documented path, URL, body
ANSWERS: list[tuple[str, str, Any]] = [
    ("/users/recommendations", "/users/recommendations", {"user_id": 900_001, "anime_list": LIST}),
    (
        "/users/recommendations",
        "/users/recommendations",
        {"user_id": 900_001, "anime_list": LIST, "algorithm": "content-based"},
    ),
    ("/api/anime-suggestions", "/api/anime-suggestions?query=s", None),
    ("/api/v1/recommendations", "/api/v1/recommendations", {"ratings": LIST, "filters": {"types": ["TV"]}}),
    ("/api/v1/users/{user_id}/recommendations", "/api/v1/users/7/recommendations", None),
    ("/api/v1/users/{user_id}/similar", "/api/v1/users/7/similar", None),
    ("/api/v1/users/{user_id}/ratings", "/api/v1/users/900002/ratings", {"ratings": LIST}),
    ("/api/v1/taste", "/api/v1/taste", {"ratings": RATED, "watched_ids": [20]}),
    ("/api/v1/taste", "/api/v1/taste", {}),
    ("/api/v1/catalog", "/api/v1/catalog", None),
    ("/api/v1/anime", "/api/v1/anime", None),
    ("/api/v1/anime", "/api/v1/anime?query=attack", None),
    ("/api/v1/anime/{anime_id}", "/api/v1/anime/9253", None),
    ("/api/v1/anime/{anime_id}/similar", "/api/v1/anime/9253/similar", None),
    ("/api/v1/popular", "/api/v1/popular", None),
    ("/api/v1/seasons/{year}/{season}", "/api/v1/seasons/2011/spring", None),
    ("/api/v1/seasons/{year}/{season}", "/api/v1/seasons/2011/spring", {"ratings": LIST}),
    ("/api/v1/trending", "/api/v1/trending", None),
    ("/api/v1/experiments", "/api/v1/experiments", None),
    ("/api/v1/seasons/{when}", "/api/v1/seasons/current", None),
    ("/api/v1/seasons/{when}", "/api/v1/seasons/next", {"ratings": LIST}),
    ("/api/v1/algorithms", "/api/v1/algorithms", None),
    ("/api/v1/filters", "/api/v1/filters", None),
    ("/api/v1/imports", "/api/v1/imports", None),
    ("/healthz", "/healthz", None),
    ("/readyz", "/readyz", None),
]
IMPORTS = {  # of files, and by user name
    "/api/v1/imports",
    "/api/v1/imports/mal",
    "/api/v1/imports/sites/{site}",
}
COMPATIBLE, EVENTS = "/users/recommendations", "/api/v1/events"
# what a route can answer other than 200; tests elsewhere provoke each of these
ERRORS = {
    ("post", "/users/recommendations"): {400, 404, 413, 503},
    ("get", "/api/anime-suggestions"): {400},
    ("post", "/api/v1/recommendations"): {400, 404, 413, 422},
    ("post", "/api/v1/taste"): {400, 404, 413, 422},
    ("get", "/api/v1/catalog"): {422},
    ("get", "/api/v1/users/{user_id}/recommendations"): {401, 404, 422, 503},
    ("get", "/api/v1/users/{user_id}/similar"): {401, 403, 404, 422, 429, 503},
    ("put", "/api/v1/users/{user_id}/ratings"): {400, 401, 403, 404, 413, 422, 429, 503},
    ("delete", "/api/v1/users/{user_id}"): {401, 403, 404, 422, 429, 503},
    ("post", "/api/v1/profiles"): {400, 404, 413, 422, 429, 503},
    ("get", "/api/v1/profiles/{user_id}"): {401, 404, 422, 429, 503},
    ("get", "/api/v1/profiles/{user_id}/export"): {401, 404, 422, 429, 503},
    ("put", "/api/v1/profiles/{user_id}"): {400, 401, 404, 413, 422, 429, 503},
    ("delete", "/api/v1/profiles/{user_id}"): {401, 404, 422, 429, 503},
    ("post", "/api/v1/imports"): {401, 403, 404, 413, 422, 429, 503},
    ("post", "/api/v1/imports/sites/{site}"): {401, 403, 404, 413, 422, 429, 502, 503},
    ("get", "/metrics"): {401, 403},
    ("get", "/api/v1/anime"): {422},
    ("get", "/api/v1/anime/{anime_id}"): {404, 422},
    ("get", "/api/v1/anime/{anime_id}/similar"): {404, 422},
    ("get", "/api/v1/popular"): {422},
    ("get", "/api/v1/experiments"): {401, 403},
    ("get", "/api/v1/experiments/{name}"): {401, 403, 404},
    ("get", "/readyz"): {503},
}


@pytest.fixture
def document(shared_client: FlaskClient) -> dict[str, Any]:
    """The document as it is served."""
    response = shared_client.get(URL)
    assert (response.status_code, response.mimetype) == (200, "application/json")
    found: dict[str, Any] = response.get_json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolve(document: dict[str, Any], reference: str) -> Any:
    assert reference.startswith("#/")
    node: Any = document
    for part in reference[2:].split("/"):
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def mismatches(document: dict[str, Any], schema: dict[str, Any], value: Any, at: str = "$") -> list[str]:
    """Where a value is not as its schema says, for the parts of JSON Schema that the document uses."""
    if "$ref" in schema:
        return mismatches(document, resolve(document, schema["$ref"]), value, at)
    if "anyOf" in schema:
        tried = [mismatches(document, option, value, at) for option in schema["anyOf"]]
        return [] if [] in tried else [f"{at}: none of anyOf fits {value!r}"]
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [f"{at}: {value!r} is no {kind}"]
    found: list[str] = []
    if kind == "array":
        for number, item in enumerate(value):
            found += mismatches(document, schema.get("items", {}), item, f"{at}[{number}]")
    if kind == "object":
        properties = schema.get("properties", {})
        found += [f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value]
        for name, member in value.items():
            if name in properties:
                found += mismatches(document, properties[name], member, f"{at}.{name}")
            elif isinstance(schema.get("additionalProperties"), dict):
                found += mismatches(document, schema["additionalProperties"], member, f"{at}.{name}")
            elif not schema.get("additionalProperties"):
                found.append(f"{at}: {name} is not documented")
    bounded = kind in ("integer", "number")
    if bounded and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append(f"{at}: {value} is out of range")
    return found


def test_document_is_openapi_3_1_with_title_and_version(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", document["info"]["version"])


def test_document_has_exactly_the_routes(app: Flask, document: dict[str, Any]) -> None:
    routes = {
        (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in UNDOCUMENTED and not rule.endpoint.startswith("swagger.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(method, path) for method, path, _ in operations(document)} == routes


def test_every_reference_resolves(document: dict[str, Any]) -> None:
    found = set(references(document))
    assert len(found) > 10
    for reference in found:
        assert resolve(document, reference), reference


def test_operations_have_unique_ids_summaries_and_tags(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    assert all(operation["summary"] and operation["tags"] for _, _, operation in operations(document))


def test_operation_ids_are_short_and_begin_with_a_verb(document: dict[str, Any]) -> None:
    for _, _, operation in operations(document):
        name = operation["operationId"]
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+){0,2}", name), name
        assert re.match("[a-z]+", name)[0] in VERBS, name  # type: ignore[index]  # it has matched


def test_every_operation_has_an_example_that_fits(document: dict[str, Any]) -> None:
    examples = {}
    for _, _, operation in operations(document):
        for status, response in operation["responses"].items():
            for kind, content in response.get("content", {}).items():
                if int(status) >= 300:
                    continue
                example = examples[operation["operationId"]] = content["example"]
                if kind == "application/json":
                    schema = {**content["schema"], "components": document["components"]}
                    Draft202012Validator(schema).validate(example)
                    assert mismatches(document, content["schema"], example) == []
                else:
                    assert (kind, type(example)) == ("text/plain", str)
    without_content = {"deleteSession", "eraseProfile", "eraseUser", "undoEvent"}
    named = {operation["operationId"] for _, _, operation in operations(document)}
    assert set(examples) == named - without_content
    assert examples == EXAMPLES


def test_path_parameters_have_examples_within_bounds(document: dict[str, Any]) -> None:
    for _, path, operation in operations(document):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                Draft202012Validator(parameter["schema"]).validate(parameter["example"])
                assert parameter["example"] in PATH_EXAMPLES, path


def test_path_parameters_are_documented_and_required(document: dict[str, Any]) -> None:
    for _, path, operation in operations(document):
        documented = {
            parameter["name"]: parameter["required"]
            for parameter in operation.get("parameters", [])
            if parameter["in"] == "path"
        }
        assert documented == dict.fromkeys(re.findall(r"{(\w+)}", path), True)


def test_every_operation_and_parameter_is_described(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        assert len(operation["description"]) > 40, (method, path)
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (method, path, parameter["name"])


def test_documented_errors_are_problem_documents(document: dict[str, Any]) -> None:
    for _, _, operation in operations(document):
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"]


@pytest.mark.parametrize(("method", "path"), list(ERRORS), ids=[" ".join(key) for key in ERRORS])
def test_every_error_of_a_route_is_documented(document: dict[str, Any], method: str, path: str) -> None:
    documented = {int(status) for status in document["paths"][path][method]["responses"]}
    assert ERRORS[method, path] - documented == set()


@pytest.mark.parametrize("path", ["/users/recommendations", "/api/anime-suggestions"])
def test_compatible_routes_document_no_422(document: dict[str, Any], path: str) -> None:
    # its validation errors are 400
    assert all("422" not in operation["responses"] for operation in document["paths"][path].values())


def test_api_key_is_documented_where_required(document: dict[str, Any]) -> None:
    scheme = document["components"]["securitySchemes"]["api_key"]
    assert (scheme["in"], scheme["name"]) == ("header", "X-API-Key")
    guarded = {
        path for _, path, operation in operations(document) if "api_key" in str(operation.get("security"))
    }
    personal = {path for path in document["paths"] if path.startswith("/api/v1/users/")}
    results = {path for path in document["paths"] if path.startswith("/api/v1/experiments")}
    assert guarded == personal | results | {*IMPORTS, COMPATIBLE, EVENTS, f"{EVENTS}/{{event_id}}"}
    for path in (*IMPORTS, COMPATIBLE, EVENTS):  # only where something is saved
        assert {} in document["paths"][path]["post"]["security"]


def test_token_is_documented_where_required(document: dict[str, Any]) -> None:
    scheme = document["components"]["securitySchemes"]["profile_token"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for method, path, operation in operations(document):
        needed = path.startswith("/api/v1/profiles/")
        assert (operation.get("security") == [{"profile_token": []}]) == needed
        helps = operation.get("security") == [{}, {"profile_token": []}]  # one is not one's own neighbor
        assert helps == (path in RECOMMEND and method == "post")


@pytest.mark.parametrize(("path", "url", "body"), ANSWERS, ids=[url for _, url, _ in ANSWERS])
def test_answers_are_as_documented(
    shared_client: FlaskClient, document: dict[str, Any], path: str, url: str, body: Any
) -> None:
    method = "get" if body is None else next(m for m in ("post", "put") if m in document["paths"][path])
    response = shared_client.open(url, method=method.upper(), json=body)
    assert response.status_code == 200
    operation = document["paths"][path][method]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert mismatches(document, schema, response.get_json()) == []


def test_every_documented_route_is_checked(document: dict[str, Any]) -> None:
    no_json = {"/metrics", "/api/v1/users/{user_id}", *IMPORTS}
    no_json |= {path for path in document["paths"] if "event" in path or "session_id" in path}
    no_json.add("/api/v1/experiments/{name}")  # tried in test_experiments.py
    profiles = {path for path in document["paths"] if "/profiles" in path}  # tried in test_profiles.py
    assert set(document["paths"]) == {path for path, _, _ in ANSWERS} | no_json | profiles
    assert len(profiles) == 3


def test_problems_are_as_documented(shared_client: FlaskClient, document: dict[str, Any]) -> None:
    schema = document["components"]["schemas"]["Problem"]
    for response in (
        shared_client.get("/nope"),
        shared_client.get("/api/v1/anime?page=0"),
        shared_client.get("/api/v1/anime/424242"),
        shared_client.post("/api/v1/recommendations", data=b"{"),
        shared_client.post("/users/recommendations", json={}),
        shared_client.put("/users/recommendations"),
    ):
        assert mismatches(document, schema, response.get_json()) == []


def test_documented_examples_are_accepted(shared_client: FlaskClient, document: dict[str, Any]) -> None:
    tried = 0
    profile = shared_client.post("/api/v1/profiles", json={"ratings": LIST}).get_json()
    token = {"Authorization": f"Bearer {profile['token']}"}
    for method, path, operation in operations(document):
        if "application/json" in operation.get("requestBody", {}).get("content", {}):
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            for example in resolve(document, schema["$ref"]).get("examples", []):
                user_id = profile["user_id"] if path.startswith("/api/v1/profiles/") else 900_003
                url = path.format(**{**PARAMETERS, "user_id": user_id})
                response = shared_client.open(url, method=method.upper(), json=example, headers=token)
                assert response.status_code in (200, 201, 202), response.data
                tried += 1
    assert tried >= 4


def test_document_is_the_same_every_time(shared_client: FlaskClient) -> None:
    assert shared_client.get(URL).data == shared_client.get(URL).data


def test_docs_page_loads_only_local_files(shared_client: FlaskClient) -> None:
    page = shared_client.get("/docs", follow_redirects=True)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert URL in page.text
    loaded = re.findall(r"""(?:src|href)=["']([^"']+)["']""", page.text)
    assert len(loaded) >= 3
    for address in loaded:
        assert "//" not in address
        with shared_client.get(f"/docs/{address}") as file:
            assert (file.status_code, len(file.data) > 100) == (200, True), address


def test_docs_page_names_no_other_host(shared_client: FlaskClient) -> None:
    page = shared_client.get("/docs/swagger").text
    assert re.findall(r"https?://", page) == []
    with shared_client.get("/docs/swagger/css/swagger-ui.css") as file:
        styles = file.text
    assert re.findall(r"url\(\s*['\"]?(?:https?:)?//", styles) == []
