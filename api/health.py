"""Probes for load balancers and operators."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field
from sqlalchemy import text

from api.context import services
from api.errors import Problem


class Alive(BaseModel):
    """The process answers."""

    status: str = Field(description="always ok")


class Ready(Alive):
    """The model that answers, and what is in it."""

    model_version: str
    model_built_at: str = Field(description="ISO 8601, UTC")
    refused_model: str | None = Field(
        description="a newer version that could not be loaded, and why; null when all is well"
    )
    users: int = Field(description="people the model was built from")
    generated_users: int = Field(description="how many of them were made up for the demo")
    newer_users: int = Field(description="people saved since, whose lists count already")
    anime: int = Field(description="titles in the catalog")
    ratings: int = Field(description="entries of all lists in the model, rated or only watched")


blueprint = APIBlueprint("health", __name__, abp_tags=[Tag(name="health")])


@blueprint.get("/healthz", summary="Check that the process is alive", responses={200: Alive})
def get_healthz() -> Alive:
    """Answers 200 as long as the process can answer anything at all. Use it as a liveness probe."""
    return Alive(status="ok")


@blueprint.get("/readyz", summary="Check that the server can answer", responses={200: Ready, 503: Problem})
def get_readyz() -> Ready:
    """Answers 200 when a verified model is loaded and the database can be reached, and says which model that
    is, how much is in it, and whether a newer one was refused. Use it as a readiness probe."""
    current = services().live.current()
    with services().engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    snapshot = current.snapshot
    return Ready(
        status="ok",
        model_version=current.name,
        model_built_at=current.built_at,
        refused_model=services().live.refused,
        users=snapshot.ratings.n_users,
        generated_users=snapshot.origin.generated_users,
        newer_users=len(current.overlay),
        anime=len(snapshot.catalog),
        ratings=snapshot.ratings.n_entries,
    )
