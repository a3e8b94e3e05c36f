"""For load balancers and operators: is the process alive, can it answer."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field
from sqlalchemy import text

from api.context import services
from api.errors import Problem


class Alive(BaseModel):
    status: str


class Ready(Alive):
    model_version: str
    model_built_at: str
    refused_model: str | None
    users: int
    generated_users: int = Field(description="people of the demo, who do not exist")
    newer_users: int
    anime: int
    ratings: int


blueprint = APIBlueprint("health", __name__, abp_tags=[Tag(name="health")])


@blueprint.get("/healthz", summary="The process is alive", responses={200: Alive})
def get_healthz() -> Alive:
    """Answers as long as the process can answer anything."""
    return Alive(status="ok")


@blueprint.get(
    "/readyz", summary="The model is verified, the database reachable", responses={200: Ready, 503: Problem}
)
def get_readyz() -> Ready:
    """Which model answers, what is in it, and whether a newer one was refused."""
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
