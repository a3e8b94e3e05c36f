"""Experiments: those that run, and what came of them."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.errors import Problem
from api.keys import Scope
from api.schemas.experiments import ExperimentItem, ExperimentPath, ExperimentResults, ExperimentsAnswer
from api.security import requires

blueprint = APIBlueprint(
    "experiments",
    __name__,
    url_prefix="/api/v1/experiments",
    abp_tags=[Tag(name="experiments")],
    abp_security=[{"api_key": []}],
    abp_responses={401: Problem, 403: Problem, 422: Problem},
)
blueprint.before_request(requires(Scope.ADMIN))


@blueprint.get(
    "", operation_id="listExperiments", summary="List experiments", responses={200: ExperimentsAnswer}
)
def get_experiments() -> ExperimentsAnswer:
    """The experiments that the server's file declares, whether or not they run today. Needs an API key with
    the scope `admin` if keys are configured."""
    service = services().experiments
    today = service.clock().date()
    return ExperimentsAnswer(items=[ExperimentItem.of(one, today) for one in service.experiments])


@blueprint.get(
    "/<string:name>",
    operation_id="getExperiment",
    summary="Read the results of an experiment",
    responses={200: ExperimentResults, 404: Problem, 503: Problem},
)
def get_experiment(path: ExperimentPath) -> ExperimentResults:
    """The clicks, likes and dismissals of each variant, and what it changes against the first one. The
    intervals hold however often they are looked at: an effect is `found` when its interval leaves 0, on
    whichever day that is. Needs an API key with the scope `admin` if keys are configured."""
    service = services().experiments
    service.writer.flush()
    return ExperimentResults.of(service.results.one(path.name))
