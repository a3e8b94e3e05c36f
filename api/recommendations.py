"""`POST /api/v1/recommendations`: a list in, recommendations out, nothing stored."""

from __future__ import annotations

import hashlib
import hmac

from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from api.context import context, services
from api.errors import Problem
from api.schemas.recommendations import RecommendationAnswer, RecommendationRequest
from api.security import OWN_PROFILE, own_profile
from serving.recommendations import Recommendations

blueprint = APIBlueprint(
    "recommendations", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="recommendations")]
)


@blueprint.post(
    "/recommendations",
    summary="Recommend for a list, without storing it",
    security=OWN_PROFILE,
    responses={200: RecommendationAnswer, 400: Problem, 404: Problem, 413: Problem, 422: Problem},
)
def post_recommendations(body: RecommendationRequest) -> RecommendationAnswer:
    """Titles by id or by name, rated or not. Every title is scored, then those that the filters allow are
    ranked: n items come back whenever n allowed titles exist. What is in watched_ids is not recommended,
    and says a little of what somebody likes."""
    user_id = own_profile(body.profile_id)
    found = services().recommendations.for_list(body.to_list(), body.to_options(), user_id=user_id)
    return answer(found, user_id, body)


def answer(found: Recommendations, user_id: int | None, request: BaseModel) -> RecommendationAnswer:
    """The answer, named by a signature: the same for the same request to the same model."""
    whose = () if user_id is None else (user_id,)
    text = "\n".join(map(str, (found.live.name, *whose, request.model_dump_json())))
    signature = hmac.new(context().secret_key, text.encode(), hashlib.sha256).hexdigest()[:32]
    return RecommendationAnswer.of(found, signature)
