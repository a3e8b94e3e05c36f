"""`/api/v1/imports`: lists imported from other sites, as files or by user name."""

from __future__ import annotations

import io
from functools import partial
from typing import IO, Any

from flask import abort, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import ValidationError

from api.context import services, settings
from api.errors import ApiError, Problem, validation_problem
from api.keys import Scope
from api.limits import saves
from api.schemas.imports import (
    ImportAnswer,
    ImportQuery,
    ImportSources,
    MalImportAnswer,
    SitePath,
    UserName,
)
from api.security import KEY_OR_NONE, require_scope
from gateway.waiting import wait_for
from serving.imports import FORMATS

FORM = "multipart/form-data"
EXAMPLE = """<?xml version="1.0" encoding="UTF-8" ?>
<myanimelist>
  <myinfo><user_export_type>1</user_export_type></myinfo>
  <anime>
    <series_animedb_id>9253</series_animedb_id>
    <series_title><![CDATA[Steins;Gate]]></series_title>
    <my_score>10</my_score>
    <my_status>Completed</my_status>
  </anime>
</myanimelist>
"""
_FILE = {"type": "string", "format": "binary"}


def _body(description: str, example: str) -> dict[str, object]:
    return {
        "required": True,
        "description": description,
        "content": {
            FORM: {"schema": {"type": "object", "required": ["file"], "properties": {"file": _FILE}}},
            "application/octet-stream": {"schema": _FILE, "example": example},
        },
    }


_REFUSALS: dict[str | int, Any] = dict.fromkeys((401, 403, 404, 413, 422, 503), Problem)

blueprint = APIBlueprint("imports", __name__, url_prefix="/api/v1/imports", abp_tags=[Tag(name="imports")])


@blueprint.get(
    "", operation_id="listImportSources", summary="List the sources", responses={200: ImportSources}
)
def get_sources() -> ImportSources:
    """The sites that this server asks for a list by user name, which is up to its operator, and the formats
    of files that it reads."""
    sites = tuple(services().imports.sites.values())
    return ImportSources.of(sites, [(each.name, each.label) for each in FORMATS])


@blueprint.post(
    "",
    operation_id="importList",
    summary="Import a list",
    security=KEY_OR_NONE,
    responses={200: ImportAnswer, **_REFUSALS},
    openapi_extensions={
        "requestBody": _body(
            "A file in any of the formats that `GET /api/v1/imports` names, as downloaded, compressed (gzip, "
            "zip) or not, whatever its content type; or lines of titles.",
            "Steins;Gate\nDeath Note 9/10\n",
        )
    },
)
@saves
def post_list(query: ImportQuery) -> ImportAnswer:
    """Upload a list as the body, or as the field `file` of a form. Its format is recognized by its content.
    Entries are matched by their ids, here or on other sites; only titles that people wrote themselves, in a
    table or in lines, are looked up by name. Each entry is in the answer: matched; planned; unmatched, if the
    catalog does not have it; or skipped, with the reason.

    By default nothing is saved. With `dry_run=false`, the list replaces the saved list of `user_id`; this
    needs an API key with the scope `write` if keys are configured. A form may carry both parameters as
    fields."""
    file, options, saved_for = _upload(query)
    imports = services().imports
    return ImportAnswer.of(options.user_id, imports.match(imports.read(file), saved_for))


@blueprint.post(
    "/mal",
    operation_id="importMal",
    summary="Import a list from MyAnimeList",
    security=KEY_OR_NONE,
    responses={200: MalImportAnswer, **_REFUSALS},
    openapi_extensions={
        "requestBody": _body(
            "The file from MyAnimeList's export page, as downloaded (.xml.gz) or unpacked (.xml), whatever "
            "its content type.",
            EXAMPLE,
        )
    },
)
@saves
def post_mal(query: ImportQuery) -> MalImportAnswer:
    """Upload the export as the body, or as the field `file` of a form. Entries are matched by their
    MyAnimeList ids, and each of them is in the answer: matched; unmatched, if the catalog has no such id; or
    skipped, with the reason, such as plan to watch.

    By default nothing is saved. With `dry_run=false`, the list replaces the saved list of `user_id`; this
    needs an API key with the scope `write` if keys are configured. A form may carry both parameters as
    fields."""
    file, options, saved_for = _upload(query)
    imports = services().imports
    return MalImportAnswer.of(options.user_id, imports.match(imports.read_mal(file), saved_for))


@blueprint.post(
    "/sites/<string:site>",
    operation_id="importByName",
    summary="Import a list by user name",
    security=KEY_OR_NONE,
    responses={200: ImportAnswer, **_REFUSALS, 400: Problem, 502: Problem},
)
@saves
def post_name(path: SitePath, query: ImportQuery, body: UserName) -> ImportAnswer:
    """This server asks the site for the public list of a user, which may take some seconds. The answer, and
    what is saved, are as those of `POST /api/v1/imports`. The name is not stored.

    The status is 502 if the site fails, and 503 if it may not be asked now; `Retry-After` says when it is
    worth another try."""
    saved_for = _saved_for(query)
    imports = services().imports
    listed = wait_for(partial(imports.fetch, path.site, body.user_name))
    return ImportAnswer.of(query.user_id, imports.match(listed, saved_for))


def _upload(query: ImportQuery) -> tuple[IO[bytes], ImportQuery, int | None]:
    """The file, what to do with it (fields of a form override the query), and for whom to save it.

    The body is read to its end before anything is refused: a client that is still sending misses the answer.
    """
    request.max_content_length = settings().max_upload_bytes
    if request.mimetype == FORM:
        files = request.files.getlist("file")
        if len(files) != 1:
            raise _invalid("file", f"the form has {len(files)} files of this name; attach one export")
        file: IO[bytes] = files[0].stream
        fields = {name: value for name, value in request.form.items() if value}
        try:
            query = ImportQuery.model_validate(query.model_dump(exclude_unset=True) | fields)
        except ValidationError as error:
            abort(validation_problem(error))
    else:
        file = io.BytesIO(b"".join(iter(partial(request.stream.read, 1 << 16), b"")))
    return file, query, _saved_for(query)


def _saved_for(query: ImportQuery) -> int | None:
    """Whose saved list to replace, if the request may; None: nobody's."""
    if query.dry_run:
        return None
    if query.user_id is None:
        raise _invalid("user_id", "dry_run is false: say whose list to replace")
    require_scope(Scope.WRITE, query.user_id)
    return query.user_id


def _invalid(field: str, message: str) -> ApiError:
    return ApiError(422, f"{field}: {message}", [{"loc": [field], "msg": message}])
