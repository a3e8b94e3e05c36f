"""Filters and page options, in a body or in a query. Filters follow from `recommender.pipeline.filters`."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Annotated, Any, Self, get_origin, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model, model_validator

from api.requests import QueryModel
from api.schemas.fields import Names, QueryNames, whole
from recommender.data.catalog import Catalog
from recommender.pipeline.filters import FILTERS, MAX_CHOICES, Control, Filters, FilterSpec
from recommender.pipeline.options import FranchiseMode, PageOptions

DEFAULTS = {declared.name: declared.default for declared in fields(Filters)}


class FilterBase(BaseModel):
    """The filters of a body or of a query."""

    @model_validator(mode="after")
    def _years_in_order(self) -> FilterBase:
        year_from, year_to = getattr(self, "year_from", None), getattr(self, "year_to", None)
        if year_from and year_to and year_from > year_to:
            raise ValueError(f"year_from {year_from} is after year_to {year_to}")
        return self

    def to_filters(self) -> Filters:
        values: dict[str, Any] = {}
        for name in FILTERS:
            value = getattr(self, name)
            values[name] = tuple(value) if isinstance(value, list) else value
        return Filters(**values)


class StrictFilters(FilterBase):
    """Conditions that every returned title meets."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _fields(names: Any) -> dict[str, Any]:
    """A field of pydantic's for each filter, those of names being of the type `names`."""
    hints = get_type_hints(Filters)
    made = {}
    for declared in fields(Filters):
        spec, hint = FILTERS[declared.name], hints[declared.name]
        default = [] if declared.default == () else declared.default
        assert default is not MISSING, declared.name  # noqa: S101 - a filter asks for nothing by default
        if get_origin(hint) is tuple:
            hint = names
        elif spec.minimum is not None and spec.maximum is not None:
            if hint is float:
                hint = Annotated[float, Field(ge=spec.minimum, le=spec.maximum)]
            else:
                bounds = Field(ge=int(spec.minimum), le=int(spec.maximum))
                hint = Annotated[int, bounds, BeforeValidator(whole)]
            hint = hint | None if default is None else hint
        made[declared.name] = (hint, Field(default=default, description=spec.description))
    return made


if TYPE_CHECKING:

    class BodyFilters(FilterBase):
        """Filters in a body: unknown ones are refused."""

    class QueryFilters(QueryModel, FilterBase):
        """The same as query parameters; lists repeated or comma-separated."""

else:
    BodyFilters = create_model("BodyFilters", __base__=StrictFilters, **_fields(Names))
    QueryFilters = create_model("QueryFilters", __base__=(QueryModel, FilterBase), **_fields(QueryNames))


class Filter(BaseModel):
    """One filter, and how to ask for it."""

    name: str = Field(description="the member of `filters`, or the query parameter")
    label: str = Field(description="a few words for a form")
    description: str = Field(description="what it asks of a title")
    control: Control = Field(description="the kind of control that suits it; `none`: not meant for a form")
    default: list[str] | str | bool | int | float | None = Field(
        description="the value that asks for nothing"
    )
    choices: list[str] | None = Field(
        description=f"the values there are, or the {MAX_CHOICES} of most titles; null: any"
    )
    ordered: bool = Field(
        description="whether the choices have an order of their own; else those of most titles are first"
    )
    has_more: bool = Field(description="whether there are further values, beside the choices")
    minimum: int | float | None = Field(description="of a number")
    maximum: int | float | None = Field(description="of a number")
    step: int | float | None = Field(description="a sensible step between numbers")

    @classmethod
    def of(cls, name: str, spec: FilterSpec, catalog: Catalog) -> Self:
        default = DEFAULTS[name]
        choices = spec.choices(catalog) if spec.choices else None
        return cls(
            name=name,
            label=spec.label,
            description=spec.description,
            control=spec.control,
            default=list(default) if isinstance(default, tuple) else default,
            choices=choices,
            ordered=spec.ordered,
            has_more=not spec.ordered and len(choices or ()) >= MAX_CHOICES,
            minimum=spec.minimum,
            maximum=spec.maximum,
            step=spec.step,
        )


class FiltersAnswer(BaseModel):
    """Every filter, in the order of a form."""

    items: list[Filter]


class PageOptionFields(BaseModel):
    """Options that choose and explain the titles of a page."""

    franchise: FranchiseMode = Field(
        default=FranchiseMode.ENTRY_POINT,
        strict=False,
        description="`entry_point`: at most one title per franchise, and of a franchise that is not in the "
        "list only the one to start with; `exclude`: the same, but nothing of a franchise in the list; "
        "`allow`: the algorithm's own order",
    )
    diversity: float = Field(
        default=0.0, ge=0, le=1, description="how much to favor titles unlike those above them"
    )
    niche: float = Field(default=0.0, ge=0, le=1, description="how much to favor less popular titles")
    explain: bool = Field(default=False, description="whether to give reasons for each title")

    def to_page_options(self) -> PageOptions:
        return PageOptions(self.franchise, self.diversity, self.niche)
