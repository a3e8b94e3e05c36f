"""`POST /api/v1/recommendations`: a list in, recommendations out, nothing saved."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from api.context import secret_key, services
from api.errors import Problem
from api.requests import asks_for_privacy
from api.schemas.recommendations import RecommendationAnswer, RecommendationRequest
from api.security import OWN_PROFILE, own_profile
from recommender.data.query import Query
from serving.recommendations import Recommendations

blueprint = APIBlueprint(
    "recommendations", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="recommendations")]
)


@blueprint.post(
    "/recommendations",
    operation_id="recommend",
    summary="Recommend for a list, without saving it",
    security=OWN_PROFILE,
    responses={
        200: RecommendationAnswer,
        400: Problem,
        404: Problem,
        409: Problem,
        413: Problem,
        422: Problem,
    },
)
def post_recommendations(body: RecommendationRequest) -> RecommendationAnswer:
    """Name titles by id or by name, with or without a rating, and get others, best match first. Filters apply
    before ranking, so `limit` titles come back whenever that many pass them. Titles in `watched_ids` are
    never recommended, and count as weak evidence of taste. An empty list gets popular titles.

    The same request to the same model always gets the same answer. Nothing is saved, unless the operator
    tries ways of recommending against each other: `experiments` then names those that the page was made with,
    and that somebody got it is stored, except of a browser that sends `Sec-GPC: 1`."""
    user_id = own_profile(body.profile_id)
    options = replace(body.to_options(), in_experiments=not asks_for_privacy())
    found = services().recommendations.for_list(body.to_list(), options, user_id=user_id)
    return answer(found, user_id, body)


def answer(found: Recommendations, user_id: int | None, request: BaseModel) -> RecommendationAnswer:
    """The answer with its id; experiments know then that somebody has got it."""
    recommendation_id = signature(found, user_id, request)
    services().experiments.expose(found.trial, recommendation_id)
    return RecommendationAnswer.of(found, recommendation_id)


def signature(found: Recommendations, user_id: int | None, *request: BaseModel) -> str:
    """Signs a request: the same for the same request to the same model, while recent events and the variants
    of experiments stay the same."""
    whose = () if user_id is None else (user_id,)
    said = (part.model_dump_json() for part in request)
    varying = *_leaning(found.context.query), *found.trial.variants.items()
    text = "\n".join(map(str, (found.live.published.seal, *whose, *varying, *said)))
    return hmac.new(secret_key(), text.encode(), hashlib.sha256).hexdigest()[:32]


def _leaning(query: Query) -> tuple[object, ...]:
    """Weights of titles that recent events changed; nothing where there are none."""
    if not query.leans:
        return ()
    weighed = zip(query.anime_rows.tolist(), query.weights.tolist(), strict=True)
    sunk = zip(query.sunk_rows.tolist(), query.sunk_factors.tolist(), strict=True)
    return (*weighed, *sunk)
