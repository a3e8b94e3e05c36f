"""Answers of the probes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from pydantic import BaseModel, Field

from api.schemas.catalog import SourceAge
from serving.live import LiveVersion
from serving.sources import ImportedSource


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

    sources: list[SourceAge] = Field(description="the sources of the catalog, and how old each is")

    @classmethod
    def of(cls, live: LiveVersion, refused: str | None, sources: Sequence[ImportedSource]) -> Self:
        snapshot = live.snapshot
        return cls(
            status="ok",
            model_version=live.name,
            model_built_at=live.built_at,
            refused_model=refused,
            users=snapshot.ratings.n_users,
            generated_users=snapshot.origin.generated_users,
            newer_users=len(live.overlay),
            anime=len(snapshot.catalog),
            ratings=snapshot.ratings.n_entries,
            sources=[SourceAge.of(imported) for imported in sources],
        )
