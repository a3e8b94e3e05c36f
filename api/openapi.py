"""The OpenAPI 3.1 document and the page that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NoReturn
from urllib.parse import urlsplit, urlunsplit

from flask import Request, Response, jsonify, redirect
from flask_openapi3 import APIBlueprint, Info, OpenAPI
from flask_openapi3_swagger.plugins import RegisterPlugin
from pydantic import BaseModel, ValidationError
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as BaseResponse

import api
from api import problems
from api.errors import Problem, validation_problem
from api.examples import ANSWERS, PARAMETERS, PROFILE_PARAMETERS
from api.requests import JsonRequest
from api.schemas.compatible import CompatibleRequest
from api.schemas.recommendations import RecommendationRequest
from api.schemas.taste import TasteRequest
from api.schemas.users import SavedRatings

DOCUMENT_PATH = "/api/v1/openapi.json"
UNLIMITED = ("/healthz", "/readyz", "/metrics")  # routes without a rate limit
DESCRIPTION = """Name a few anime, and get titles you will love.

`anime_id` is the MyAnimeList id everywhere. Errors are RFC 9457 problem details: `detail` says what happened
and what to do, and `errors` names each invalid field."""


class ApiApp(OpenAPI):
    """Flask with a generated OpenAPI document."""

    request_class = JsonRequest

    def make_response(self, rv: Any) -> Response:
        """As Flask's, but a handler may return a schema, or a schema with a status or headers."""
        body, rest = (rv[0], rv[1:]) if isinstance(rv, tuple) else (rv, ())
        if isinstance(body, BaseModel):
            # members that were not set are omitted: reasons exist only on request
            body = Response(body.model_dump_json(exclude_unset=True), mimetype="application/json")
        return super().make_response((body, *rest) if rest else body)

    def raise_routing_exception(self, request: Request) -> NoReturn:
        """As Flask's, but redirects stay on this server, whichever host the caller names."""
        error = request.routing_exception
        if isinstance(error, RequestRedirect):
            parts = urlsplit(error.new_url)
            error.new_url = urlunsplit(("", "", "/" + parts.path.lstrip("/"), parts.query, ""))
        super().raise_routing_exception(request)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is: nothing here is asynchronous, and Flask would look that up with every request."""
        return func


def make_app(version: str) -> ApiApp:
    """An app without routes yet, but with `/docs` and the document."""

    def invalid(error: ValidationError) -> Response:
        return validation_problem(error)

    app = ApiApp(
        "app",
        info=Info(title="Anime recommendations", version=version, description=DESCRIPTION),
        security_schemes={
            "api_key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            "profile_token": {"type": "http", "scheme": "bearer"},
        },
        validation_error_model=Problem,
        validation_error_callback=invalid,
        doc_ui=False,
        static_folder=None,
    )
    app.register_blueprint(RegisterPlugin.register(doc_url=DOCUMENT_PATH), url_prefix="/docs")

    @app.get("/docs", doc_ui=False)
    def docs() -> BaseResponse:
        return redirect("/docs/swagger")

    @app.get(problems.PATH, doc_ui=False)
    def problem_kinds() -> Response:
        return Response(problems.page(), mimetype="text/html")

    @app.get(DOCUMENT_PATH, doc_ui=False)
    def document() -> Response:
        return jsonify(describe(app))

    return app


def blueprints() -> Iterator[APIBlueprint]:
    """The blueprint of every module of this package that has one: a new resource is one new file."""
    for module in iter_modules(api.__path__):
        blueprint = getattr(import_module(f"api.{module.name}"), "blueprint", None)
        if isinstance(blueprint, APIBlueprint):
            yield blueprint


def describe(app: OpenAPI) -> dict[str, Any]:
    """The OpenAPI document: flask-openapi3's, with errors described as they are sent."""
    document: dict[str, Any] = app.api_doc
    for model in (CompatibleRequest, RecommendationRequest, SavedRatings, TasteRequest):
        extra: Any = model.model_config["json_schema_extra"]
        document["components"]["schemas"][model.__name__] |= extra
    for path, operations in document["paths"].items():
        examples = PROFILE_PARAMETERS if path.startswith("/api/v1/profiles/") else PARAMETERS
        for operation in operations.values():
            if not path.startswith("/api/v1"):
                operation["responses"].pop("422", None)  # a bad request is 400 there
            if path not in UNLIMITED:
                operation["responses"]["414"] = {"description": "The address is longer than 8,190 bytes"}
                operation["responses"]["429"] = {"description": "Too many requests; see Retry-After"}
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in examples:
                    parameter["example"] = examples[parameter["name"]]
            for status, response in operation["responses"].items():
                if int(status) < 300 and operation["operationId"] in ANSWERS:
                    for content in response.get("content", {}).values():
                        content["example"] = ANSWERS[operation["operationId"]]
                if int(status) >= 400:
                    schema = {"$ref": "#/components/schemas/Problem"}
                    response["content"] = {"application/problem+json": {"schema": schema}}
    return document
