"""`GET /api/v1/algorithms`: the algorithms that a request can name."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.schemas.algorithms import Algorithm, AlgorithmsAnswer

blueprint = APIBlueprint("algorithms", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="algorithms")])


@blueprint.get(
    "/algorithms",
    operation_id="listAlgorithms",
    summary="List the algorithms",
    responses={200: AlgorithmsAnswer},
)
def get_algorithms() -> AlgorithmsAnswer:
    """Every algorithm of the model in service by the name to request it with: a one-sentence description,
    whether it needs a list of titles, how many titles it returns by default, and whether it can find similar
    titles. Some algorithms are built only where the operator asks for them; others answer 409."""
    algorithms = services().live.latest_model().snapshot.algorithms
    return AlgorithmsAnswer(items=[Algorithm.of(name, info) for name, info in algorithms.items()])
