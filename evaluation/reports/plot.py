"""Plots of the reports. The one place that imports matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path

from evaluation.harness.harness import Result
from evaluation.harness.option_curves import OptionCurve
from evaluation.harness.queries import RATED, SENT
from evaluation.metrics.ranking import Mean
from evaluation.protocols.holdout import PROTOCOLS
from recommender.models.base import MissingLibraryError

try:
    from matplotlib import rc_context
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
except ImportError as error:
    raise MissingLibraryError("matplotlib", "make setup-dev") from error

CANDIDATE_COLOR, BASELINE_COLOR = "#1f6feb", "#9aa4af"
# colors that color-blind people can tell apart (Okabe and Ito)
LINE_COLORS = ("#0072b2", "#56b4e9", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
# color, marker, offset of a point's label in points, and its alignment
PROTOCOL_LOOKS = {
    "history": (LINE_COLORS[0], MARKERS[0], (4, 4), "left"),
    "favorites": (LINE_COLORS[2], MARKERS[1], (-4, -11), "right"),
}
STYLE = {"svg.hashsalt": "quality", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}


def draw(candidates: Sequence[Result], baselines: Sequence[Result], path: Path) -> None:
    """Write an .svg: both protocols above, by length of the list below. The same results, the same bytes."""
    height = 0.3 * (len(candidates) + len(baselines)) + 0.6
    with rc_context(STYLE):
        # a white card, so that it reads the same on a light and on a dark page
        figure = Figure(figsize=(11, height + 5), facecolor="white", layout="constrained")
        (history, favorites), (counted, rated) = figure.subplots(
            2, 2, sharey="row", height_ratios=(height, 3.6)
        )
        _bars(history, candidates, baselines, "history")
        _bars(favorites, candidates, baselines, "favorites")
        history.invert_yaxis()
        _lines(counted, candidates, baselines, SENT, "by number of favorites")
        _lines(rated, candidates, baselines, RATED, "by length of the history")
        counted.set_ylabel("NDCG@10")
        handles = counted.get_legend_handles_labels()
        figure.legend(*handles, loc="outside lower center", ncols=4, frameon=False)
        figure.savefig(path, format="svg", metadata={"Date": None})


def draw_curves(curves: Sequence[OptionCurve], path: Path) -> None:
    """Write an .svg: for each option NDCG@10 against its gain. The same curves, the same bytes."""
    with rc_context(STYLE):
        figure = Figure(figsize=(5.5 * len(curves), 4.5), facecolor="white", layout="constrained")
        every = figure.subplots(1, len(curves), sharey=True, squeeze=False)[0]
        for axes, curve in zip(every, curves, strict=True):
            _curve(axes, curve)
        every[0].set_ylabel("NDCG@10")
        figure.legend(
            *every[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False
        )
        figure.savefig(path, format="svg", metadata={"Date": None})


def draw_panels(panels: Mapping[str, Mapping[str, Mean]], path: Path) -> None:
    """Write an .svg: for each metric the bars of its methods. The same figures, the same bytes."""
    methods = max(map(len, panels.values()))
    with rc_context(STYLE):
        figure = Figure(
            figsize=(4.2 * len(panels), 0.3 * methods + 1.2), facecolor="white", layout="constrained"
        )
        every = figure.subplots(1, len(panels), squeeze=False)[0]
        for axes, (title, means) in zip(every, panels.items(), strict=True):
            _mean_bars(axes, means, [CANDIDATE_COLOR] * len(means))
            axes.set(title=title)
            axes.invert_yaxis()
        figure.savefig(path, format="svg", metadata={"Date": None})


def _curve(axes: Axes, curve: OptionCurve) -> None:
    """A line for each protocol; every point has the value of the option beside it."""
    for protocol, (color, marker, offset, align) in PROTOCOL_LOOKS.items():
        points = [(value, result.quality(protocol)) for value, result in curve.results.items()]
        gains = [curve.option.gain(quality) for _, quality in points]
        axes.errorbar(
            gains,
            [quality.ndcg.value for _, quality in points],
            yerr=[quality.ndcg.margin for _, quality in points],
            label=f"{protocol}: {PROTOCOLS[protocol]}",
            color=color,
            marker=marker,
            markersize=4,
            elinewidth=0.6,
        )
        for (value, quality), gain in zip(points, gains, strict=True):
            axes.annotate(
                f"{value:g}",
                (gain, quality.ndcg.value),
                xytext=offset,
                textcoords="offset points",
                ha=align,
                color=color,
            )
    axes.set(title=f"{curve.option.name}, from 0 to 1", xlabel=curve.option.gain_name)
    axes.grid(alpha=0.3)


def _bars(axes: Axes, candidates: Sequence[Result], baselines: Sequence[Result], protocol: str) -> None:
    """A bar for each method, in the order of the tables, with its interval."""
    means = {result.name: result.quality(protocol).ndcg for result in (*candidates, *baselines)}
    _mean_bars(axes, means, [CANDIDATE_COLOR] * len(candidates) + [BASELINE_COLOR] * len(baselines))
    axes.set(title=f"{protocol}: {PROTOCOLS[protocol]}", xlabel="NDCG@10")


def _mean_bars(axes: Axes, means: Mapping[str, Mean], colors: Sequence[str]) -> None:
    """A bar for each name, with its interval."""
    axes.barh(
        range(len(means)),
        [mean.value for mean in means.values()],
        xerr=[mean.margin for mean in means.values()],
        color=colors,
        error_kw={"elinewidth": 1, "capsize": 2},
    )
    for place, mean in enumerate(means.values()):
        axes.text(mean.value + mean.margin, place, f"  {mean.value:.3f}", va="center")
    axes.set_yticks(range(len(means)), list(means))
    axes.margins(x=0.15)


def _lines(
    axes: Axes, candidates: Sequence[Result], baselines: Sequence[Result], kind: str, title: str
) -> None:
    """NDCG@10 of every method over the labels that end in `kind`; candidates in color, baselines in gray."""
    labels = [label for label in candidates[0].by_length if label.endswith(kind)]
    looks = [{"color": color, "linestyle": "-"} for color in islice(cycle(LINE_COLORS), len(candidates))]
    looks += [{"color": BASELINE_COLOR, "linestyle": "--"}] * len(baselines)
    for number, (result, look) in enumerate(zip([*candidates, *baselines], looks, strict=True)):
        means = [result.by_length[label] for label in labels]
        axes.errorbar(
            range(len(labels)),
            [mean.value for mean in means],
            yerr=[mean.margin for mean in means],
            label=result.name,
            marker=MARKERS[number % len(MARKERS)],
            markersize=4,
            elinewidth=0.6,
            **look,
        )
    axes.set_xticks(range(len(labels)), [label.removesuffix(f" {kind}") for label in labels])
    axes.set(title=title, xlabel=f"titles {kind}")
    axes.grid(axis="y", alpha=0.3)
