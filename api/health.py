"""Probes for load balancers and operators."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.errors import Problem
from api.schemas.health import Alive, Ready

blueprint = APIBlueprint("health", __name__, abp_tags=[Tag(name="health")])


@blueprint.get(
    "/healthz", operation_id="getHealth", summary="Check that the process is alive", responses={200: Alive}
)
def get_healthz() -> Alive:
    """Answers 200 as long as the process can answer anything at all. Use it as a liveness probe."""
    return Alive(status="ok")


@blueprint.get(
    "/readyz",
    operation_id="getReadiness",
    summary="Check that the server can answer",
    responses={200: Ready, 503: Problem},
)
def get_readyz() -> Ready:
    """Answers 200 when a verified model is loaded and the database can be reached, and says which model that
    is, how much is in it, whether a newer one was refused, and how old the sources of the catalog are. Use it
    as a readiness probe."""
    return Ready.of(services().verified_model(), services().live.refused, services().sources.imported())
