"""Experiments as an operator declares them, in a YAML file that is checked at start."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from domain.experiments import INTERLEAVED, Unit

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
SIDES = ("recall", "rank")


class ExperimentsError(Exception):
    """The file cannot be used; the message says where and why."""


@dataclass(frozen=True)
class Choices:
    """The names that variants may use."""

    algorithms: Collection[str]
    recall: Collection[str]
    rank: Collection[str]


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Variant(_Declared):
    """One way of recommending.

    Attributes:
        weight: its part of the people in the experiment, relative to the other variants.
        recall, rank: where titles come from, and what orders them; None: as the request says.
    """

    name: Name
    weight: float = Field(default=1.0, gt=0, le=1_000_000)
    recall: str | None = None
    rank: str | None = None

    @field_validator(*SIDES, mode="after")
    @classmethod
    def _is_known(cls, name: str | None, info: ValidationInfo) -> str | None:
        if name is not None and info.context and info.field_name:
            _require_known(name, getattr(info.context, info.field_name))
        return name


class Experiment(_Declared):
    """Several ways of recommending, tried against each other. The first variant is the control.

    Attributes:
        from_, to: the first and the last day, UTC.
        share: of all units, the part that is in the experiment.
        algorithms: only requests for these; empty: for any.
        interleave: everybody gets the rankings of both variants in one page.
        salt: people are assigned anew when it changes; empty: the name.
        counted_days: what somebody does counts for so many days from their first page on.
        planned_units: the number of units at which intervals are to be the narrowest.
    """

    name: Name
    unit: Unit
    variants: tuple[Variant, ...] = Field(min_length=2, max_length=10)
    from_: date = Field(alias="from")
    to: date
    share: float = Field(default=1.0, gt=0, le=1)
    algorithms: tuple[str, ...] = ()
    interleave: bool = False
    salt: str = Field(default="", max_length=100, pattern=r"^[!-~]*$")
    counted_days: int = Field(default=1, ge=1, le=30)
    planned_units: int = Field(default=10_000, ge=100, le=1_000_000_000)

    @field_validator("algorithms")
    @classmethod
    def _are_known(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.context:
            for name in names:
                _require_known(name, info.context.algorithms)
        return names

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = [variant.name for variant in self.variants]
        if len(set(names)) < len(names):
            raise ValueError("two variants have the same name")
        if INTERLEAVED in names:
            raise ValueError(f"no variant can be named {INTERLEAVED}")
        if self.to < self.from_:
            raise ValueError(f"it ends on {self.to}, before it begins on {self.from_}")
        if self.interleave and len(names) != 2:
            raise ValueError(f"two rankings can be interleaved, not {len(names)}")
        return self

    @property
    def sides(self) -> set[str]:
        """Those that some variant names."""
        return {side for side in SIDES for variant in self.variants if getattr(variant, side) is not None}

    @property
    def days(self) -> int:
        """The number of days for which its events are needed."""
        return (self.to - self.from_).days + 1 + self.counted_days

    def runs_on(self, day: date) -> bool:
        return self.from_ <= day <= self.to

    def takes(self, algorithm: str) -> bool:
        """True if requests for the algorithm are in it."""
        return not self.algorithms or algorithm in self.algorithms

    def conflict_with(self, other: Experiment) -> str | None:
        """The part of a page that both would decide for the same people; None where they go together."""
        apart = self.algorithms and other.algorithms and not set(self.algorithms) & set(other.algorithms)
        if apart or self.to < other.from_ or other.to < self.from_ or self.unit is not other.unit:
            return None
        if self.interleave and other.interleave:
            return "interleave pages"
        return next((f"set {side}" for side in SIDES if side in self.sides & other.sides), None)


class _File(_Declared):
    experiments: tuple[Experiment, ...]

    @model_validator(mode="after")
    def _go_together(self) -> Self:
        for one, other in combinations(self.experiments, 2):
            if one.name == other.name:
                raise ValueError(f"two experiments have the name {one.name}")
            if conflict := one.conflict_with(other):
                raise ValueError(
                    f"{one.name} and {other.name} both {conflict} between {max(one.from_, other.from_)} and "
                    f"{min(one.to, other.to)}: let one end before the other begins"
                )
        return self


def load_experiments(path: Path, choices: Choices, retention_days: int) -> tuple[Experiment, ...]:
    """Read and check a file.

    Args:
        retention_days: after which events are forgotten.

    Raises:
        ExperimentsError: it cannot be read, or something in it is wrong.
    """
    import yaml  # here: servers without experiments do without

    try:
        declared = yaml.safe_load(path.read_text("utf-8"))
        found = _File.model_validate(declared, context=choices).experiments
    except (OSError, UnicodeDecodeError) as error:
        raise ExperimentsError(f"EXPERIMENTS: {path} cannot be read: {error}") from None
    except yaml.YAMLError as error:
        raise ExperimentsError(f"EXPERIMENTS: {path} is not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise ExperimentsError(f"EXPERIMENTS: {path}: {'; '.join(_sentences(error, declared))}") from None
    for experiment in found:
        if experiment.days > retention_days:
            raise ExperimentsError(
                f"EXPERIMENTS: {path}: {experiment.name} needs events of {experiment.days} days, but "
                f"EVENT_RETENTION_DAYS is {retention_days}: raise it, or let the experiment end earlier"
            )
    return found


def _require_known(name: str, known: Collection[str]) -> None:
    if name not in known:
        raise ValueError(f"{name!r} is not known; known are {', '.join(known)}")


def _sentences(error: ValidationError, declared: Any) -> Iterator[str]:
    for found in error.errors(include_url=False):
        place, message = _place(found["loc"], declared), found["msg"].removeprefix("Value error, ")
        yield f"{place}: {message}" if place else message


def _place(path: Sequence[int | str], declared: Any) -> str:
    """Such as `experiments[1] (rank).variants[0].weight`."""
    place = ""
    for part in path:
        declared = _within(declared, part)
        place += f"[{part}]" if isinstance(part, int) else f".{part}"
        if isinstance(name := _within(declared, "name"), str):
            place += f" ({name})"
    return place.removeprefix(".")


def _within(declared: Any, part: int | str) -> Any:
    try:
        return declared[part]
    except (TypeError, LookupError):
        return None
