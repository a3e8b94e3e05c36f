"""What can be asked for by name."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.schemas.algorithms import Algorithm, AlgorithmsAnswer
from recommender.models.registry import ALGORITHMS

blueprint = APIBlueprint("algorithms", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="algorithms")])


@blueprint.get("/algorithms", summary="The algorithms", responses={200: AlgorithmsAnswer})
def get_algorithms() -> AlgorithmsAnswer:
    """Their names, a sentence on each, what each needs, defaults."""
    return AlgorithmsAnswer(data=[Algorithm.of(name, info) for name, info in ALGORITHMS.items()])
