"""What can be asked for by name."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, jsonify
from flask_openapi3 import APIBlueprint, Tag

from api.schemas.algorithms import AlgorithmsAnswer
from recommender.models.registry import ALGORITHMS

blueprint = APIBlueprint("algorithms", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="algorithms")])


@blueprint.get("/algorithms", summary="The algorithms", responses={200: AlgorithmsAnswer})
def get_algorithms() -> Response:
    """Their names, a sentence on each, what each needs, defaults."""
    return jsonify(data=[asdict(info) for info in ALGORITHMS.values()])
