"""Experiments and their results."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import MAX_TEXT
from domain.events import EventKind
from serving.experiments import Experiment, Figure, Results

Measure = Literal["clicks", "likes", "dismissals"]
MEASURES: Mapping[EventKind, Measure] = {
    EventKind.CLICK: "clicks",
    EventKind.LIKE: "likes",
    EventKind.DISMISS: "dismissals",
}
UnitName = Literal["session", "profile", "user"]


class ExperimentPath(BaseModel):
    name: Annotated[str, Field(max_length=MAX_TEXT)] = Field(description="as the server's file has it")


class ExperimentVariant(BaseModel):
    """One way of recommending."""

    name: str
    weight: float
    recall: str | None = Field(description="where titles come from; null: as the request says")
    rank: str | None = Field(description="what orders them; null: as the request says")


class ExperimentItem(BaseModel):
    """An experiment as it is declared."""

    model_config = ConfigDict(populate_by_name=True)

    name: str
    unit: UnitName = Field(description="what is assigned to a variant as a whole")
    from_: date = Field(alias="from", description="its first day, UTC")
    to: date = Field(description="its last day, UTC")
    running: bool = Field(description="whether it runs today")
    share: float = Field(description="of all units, the part that is in it")
    algorithms: list[str] = Field(description="only requests for these; empty: for any")
    interleaved: bool = Field(description="whether everybody gets the rankings of both variants in one page")
    variants: list[ExperimentVariant]

    @classmethod
    def of(cls, experiment: Experiment, today: date) -> Self:
        return cls(
            name=experiment.name,
            unit=experiment.unit.value,
            from_=experiment.from_,
            to=experiment.to,
            running=experiment.runs_on(today),
            share=experiment.share,
            algorithms=list(experiment.algorithms),
            interleaved=experiment.interleave,
            variants=[
                ExperimentVariant(name=one.name, weight=one.weight, recall=one.recall, rank=one.rank)
                for one in experiment.variants
            ],
        )


class ExperimentsAnswer(BaseModel):
    """Every experiment that is declared."""

    items: list[ExperimentItem]


class Interval(BaseModel):
    """A value and its interval, which holds at all times at once; null ends: too early to say."""

    value: float
    low: float | None
    high: float | None

    @classmethod
    def of(cls, figure: Figure) -> Self:
        return cls(**{name: _rounded(value) for name, value in figure._asdict().items()})


class VariantRate(BaseModel):
    """Different titles that a counted unit did something with, on average."""

    measure: Measure
    per_unit: Interval = Field(description="with 95 %")


class VariantResult(BaseModel):
    """One variant so far."""

    name: str = Field(description="`interleaved` for everybody in an interleaved experiment")
    exposed_units: int = Field(description="who got a page of it")
    counted_units: int = Field(description="those of them whose time is over")
    rates: list[VariantRate]


class VariantEffect(BaseModel):
    """The change of a rate by a variant, against the first one."""

    variant: str
    measure: Measure
    change: Interval = Field(description="with 95 % for all effects of the experiment together")
    found: bool = Field(description="whether the interval leaves 0")
    detectable: float | None = Field(
        description="the smallest change that so many units find in 80 of 100 experiments; null: too early"
    )


class Preference(BaseModel):
    """The one of two interleaved rankings that people choose from."""

    units: int = Field(description="who clicked something")
    first_clicks: int = Field(description="titles of the first ranking that were clicked")
    second_clicks: int
    score: Interval = Field(description="-1 to 1, with 95 %; above 0 they prefer the second ranking")
    found: bool = Field(description="whether the interval leaves 0")


class SampleRatio(BaseModel):
    """The check that units are spread over the variants as the weights say."""

    p_value: float = Field(description="valid at any time")
    suspicious: bool = Field(description="below 0.01: no result can be trusted before the reason is known")


class ExperimentResults(BaseModel):
    """The outcome of an experiment so far."""

    name: str
    counted_days: int = Field(description="what a unit does counts for so many days, and then once")
    switched_units: int = Field(description="who got several variants, and counts nowhere")
    sample_ratio: SampleRatio | None = Field(description="null for an interleaved experiment")
    variants: list[VariantResult]
    effects: list[VariantEffect]
    preference: Preference | None = Field(description="of an interleaved experiment only")

    @classmethod
    def of(cls, results: Results) -> Self:
        preference, ratio = results.preference, results.sample_ratio_p
        return cls(
            name=results.experiment.name,
            counted_days=results.experiment.counted_days,
            switched_units=results.switched,
            sample_ratio=ratio
            if ratio is None
            else SampleRatio(p_value=_rounded(ratio), suspicious=results.is_suspicious),
            variants=[
                VariantResult(
                    name=one.name,
                    exposed_units=one.exposed,
                    counted_units=one.counted,
                    rates=[
                        VariantRate(measure=MEASURES[measure], per_unit=Interval.of(figure))
                        for measure, figure in one.rates.items()
                    ],
                )
                for one in results.variants
            ],
            effects=[
                VariantEffect(
                    variant=one.variant,
                    measure=MEASURES[one.measure],
                    change=Interval.of(one.change),
                    found=one.change.excludes_zero,
                    detectable=_rounded(one.detectable),
                )
                for one in results.effects
            ],
            preference=preference
            if preference is None
            else Preference(
                units=preference.units,
                first_clicks=preference.clicks[0],
                second_clicks=preference.clicks[1],
                score=Interval.of(preference.score),
                found=preference.score.excludes_zero,
            ),
        )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
