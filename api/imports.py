"""`POST /api/v1/imports/mal`: lists imported from other sites."""

from __future__ import annotations

import io
from functools import partial
from typing import IO

from flask import abort, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import ValidationError

from api.context import services, settings
from api.errors import ApiError, Problem, validation_problem
from api.keys import Scope
from api.limits import saves
from api.schemas.imports import MalImportAnswer, MalImportQuery
from api.security import require_scope

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
_BODY = {
    "required": True,
    "description": "The file from MyAnimeList's export page, as downloaded (.xml.gz) or unpacked (.xml), "
    "whatever its content type.",
    "content": {
        FORM: {"schema": {"type": "object", "required": ["file"], "properties": {"file": _FILE}}},
        "application/octet-stream": {"schema": _FILE, "example": EXAMPLE},
    },
}

blueprint = APIBlueprint("imports", __name__, url_prefix="/api/v1/imports", abp_tags=[Tag(name="imports")])


@blueprint.post(
    "/mal",
    operation_id="importMal",
    summary="Import a list from MyAnimeList",
    security=[{}, {"api_key": []}],
    responses={
        200: MalImportAnswer,
        **dict.fromkeys((401, 403, 404, 413, 422, 503), Problem),
    },
    openapi_extensions={"requestBody": _BODY},
)
@saves
def post_mal(query: MalImportQuery) -> MalImportAnswer:
    """Upload the export as the body, or as the field `file` of a form. Entries are matched by their
    MyAnimeList ids, and each of them is in the answer: matched; unmatched, if the catalog has no such id; or
    skipped, with the reason, such as plan to watch.

    By default nothing is saved. With `dry_run=false`, the matched entries replace the saved list of
    `user_id`; this needs an API key with the scope `write` if keys are configured. A form may carry both
    parameters as fields."""
    request.max_content_length = settings().max_upload_bytes
    export, options = _upload(query)
    saved_for = None if options.dry_run else options.user_id
    if saved_for is not None:
        require_scope(Scope.WRITE, saved_for)
    return MalImportAnswer.of(options.user_id, services().imports.import_mal(export, saved_for))


def _upload(query: MalImportQuery) -> tuple[IO[bytes], MalImportQuery]:
    """The file, and what to do with it: fields of a form override the query.

    The body is read to its end before anything is refused: a client that is still sending misses the answer.
    """
    if request.mimetype == FORM:
        files = request.files.getlist("file")
        if len(files) != 1:
            raise _invalid("file", f"the form has {len(files)} files of this name; attach one export")
        export: IO[bytes] = files[0].stream
        fields = {name: value for name, value in request.form.items() if value}
        try:
            query = MalImportQuery.model_validate(query.model_dump(exclude_unset=True) | fields)
        except ValidationError as error:
            abort(validation_problem(error))
    else:
        export = io.BytesIO(b"".join(iter(partial(request.stream.read, 1 << 16), b"")))
    if not query.dry_run and query.user_id is None:
        raise _invalid("user_id", "dry_run is false: say whose list to replace")
    return export, query


def _invalid(field: str, message: str) -> ApiError:
    return ApiError(422, f"{field}: {message}", [{"loc": [field], "msg": message}])
