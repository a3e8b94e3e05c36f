"""The one place where errors become HTTP: RFC 9457 problem details, never a stack trace, never HTML."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any, cast

from flask import Flask, Response, json, request
from pydantic import BaseModel, Field, ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from api.members import shortened, unknown_member
from api.problems import INVALID_REQUEST, OF_ERROR, OF_STATUS, OTHER, ProblemKind
from domain.events import EventsUnavailableError
from gateway.waiting import TooManyWaitingError
from recommender.pipeline.filters import UnknownFilterValueError
from serving.errors import (
    ExternalSiteBusyError,
    ExternalSiteUnavailableError,
    ServiceError,
    database_message,
)

RETRY_AFTER_S = 5
MAX_ERRORS = 20  # of a request that does not fit its schema
COMPATIBLE = "compatible"  # blueprint whose validation errors are 400, as existing frontends expect

log = logging.getLogger(__name__)


class ApiError(Exception):
    """A failure with its status; `detail` says what happened and what to do."""

    def __init__(self, status: int, detail: str, errors: list[dict[str, Any]] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors


class FieldError(BaseModel):
    """One thing that is wrong with a request."""

    loc: list[str | int] = Field(description="path to the field, such as `ratings`, 0, `rating`")
    msg: str = Field(description="what is wrong with it")


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(description="an address under `/docs/problems` that explains this kind of problem")
    title: str = Field(description="the kind of problem in a few words")
    status: int
    detail: str = Field(description="what happened, and what to do")
    error: str = Field(description="the same as `detail`, for older frontends")
    errors: list[FieldError] | None = Field(
        default=None, description=f"at most {MAX_ERRORS} of the invalid fields"
    )


def problem(
    status: int,
    detail: str,
    errors: list[dict[str, Any]] | None = None,
    kind: ProblemKind | None = None,
) -> Response:
    """The response for an error; the kind of problem follows from the status unless it is given."""
    kind = kind or OF_STATUS.get(status, OTHER)
    title = HTTPStatus(status).phrase if kind is OTHER else kind.title
    body = {"type": kind.address, "title": title, "status": status, "detail": detail, "error": detail}
    response = Response(
        json.dumps(body | ({"errors": errors} if errors else {})),
        status,
        mimetype="application/problem+json",
    )
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"  # keys and tokens alike
    return response


def validation_problem(error: ValidationError) -> Response:
    """The response for a request that does not fit its schema."""
    found = error.errors(include_url=False, include_input=False)
    for item in found:
        # pydantic keeps the exceptions of validators where the garbage collector does not look, and their
        # tracebacks lead back to the error: together they would never be freed
        if isinstance(raised := item.get("ctx", {}).get("error"), BaseException):
            raised.__traceback__ = None
    errors = [
        {"loc": [shortened(part) for part in item["loc"]], "msg": _message(item, error.title)}
        for item in found[:MAX_ERRORS]
    ]
    first = errors[0]
    where = ".".join(str(part) for part in first["loc"])
    detail = f"{where}: {first['msg']}" if where else str(first["msg"])
    if len(errors) > 1:
        detail += f" (and {len(errors) - 1} more, see errors)"
    return problem(400 if request.blueprint == COMPATIBLE else 422, detail, errors, INVALID_REQUEST)


def _message(item: ErrorDetails, schema: str) -> str:
    if item["type"] == "extra_forbidden":
        return unknown_member(schema, item["loc"])
    return item["msg"].removeprefix("Value error, ")


def register_error_handlers(app: Flask) -> None:
    """Map every exception that can leave a handler."""

    @app.errorhandler(ApiError)
    def _api_error(error: ApiError) -> Response:
        return problem(error.status, error.detail, error.errors)

    @app.errorhandler(ServiceError)
    def _service_error(error: ServiceError) -> Response:
        kind = OF_ERROR[type(error)]
        response = problem(kind.status, str(error), kind=kind)
        if isinstance(error, ExternalSiteUnavailableError):
            response.headers["Retry-After"] = str(error.retry_after_s)
        return response

    @app.errorhandler(TooManyWaitingError)
    def _too_many_waiting(_error: TooManyWaitingError) -> Response:
        detail = "Too many requests wait for other servers. Try again shortly, or import a file."
        return problem(503, detail, kind=OF_ERROR[ExternalSiteBusyError])

    @app.errorhandler(UnknownFilterValueError)
    def _unknown_filter(error: UnknownFilterValueError) -> Response:
        inside = ["filters"] if request.method == "POST" else []
        return problem(422, str(error), [{"loc": [*inside, error.field], "msg": str(error)}])

    @app.errorhandler(DBAPIError)
    def _database_away(error: DBAPIError) -> Response:
        log.error("the database cannot be used: %s", database_message(error))
        return problem(503, "The database cannot be used at the moment. Try again shortly.")

    @app.errorhandler(EventsUnavailableError)
    def _events_away(error: EventsUnavailableError) -> Response:
        log.error("events cannot be taken in: %s", error)
        return problem(
            503, "Events cannot be taken in at the moment. Send them again shortly: each counts once."
        )

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        if error.response is not None:  # made by the validation callback
            return cast(Response, error.response)
        response = problem(error.code or 500, error.description or "")
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        log.exception("unexpected error", exc_info=error)
        return problem(500, "Something went wrong on our side. It has been logged.")
