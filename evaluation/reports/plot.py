"""The pictures of the runs. The one place that imports matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

from evaluation.harness.contest import PROTOCOLS, Row
from evaluation.harness.knobs import Curve
from evaluation.harness.questions import COUNTED, RATED
from evaluation.optional import MissingLibraryError

try:
    from matplotlib import rc_context
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
except ImportError as error:
    raise MissingLibraryError("matplotlib", "make setup-dev") from error

OURS, THEIRS = "#1f6feb", "#9aa4af"
# colors told apart also by people who do not see every color (Okabe and Ito)
OUR_COLORS = ("#0072b2", "#56b4e9", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
# color, marker, and where a point's label stands: in points from it, and which of its ends is there
PROTOCOL_LOOKS = {
    "history": (OUR_COLORS[0], MARKERS[0], (4, 4), "left"),
    "favorites": (OUR_COLORS[2], MARKERS[1], (-4, -11), "right"),
}
STYLE = {"svg.hashsalt": "quality", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}


def draw(ours: Sequence[Row], peers: Sequence[Row], path: Path) -> None:
    """Write an .svg: both protocols above, by how much is known below. The same rows, the same bytes."""
    height = 0.3 * (len(ours) + len(peers)) + 0.6
    with rc_context(STYLE):
        # a white card, so that it reads the same on a light and on a dark page
        figure = Figure(figsize=(11, height + 5), facecolor="white", layout="constrained")
        (history, favorites), (counted, rated) = figure.subplots(
            2, 2, sharey="row", height_ratios=(height, 3.6)
        )
        _bars(history, ours, peers, "history")
        _bars(favorites, ours, peers, "favorites")
        history.invert_yaxis()
        _lines(counted, ours, peers, COUNTED, "by number of favorites")
        _lines(rated, ours, peers, RATED, "by length of the history")
        counted.set_ylabel("NDCG@10")
        handles = counted.get_legend_handles_labels()
        figure.legend(*handles, loc="outside lower center", ncols=4, frameon=False)
        figure.savefig(path, format="svg", metadata={"Date": None})


def draw_curves(curves: Sequence[Curve], path: Path) -> None:
    """Write an .svg: for each knob NDCG@10 against what it gains. The same curves, the same bytes."""
    with rc_context(STYLE):
        figure = Figure(figsize=(5.5 * len(curves), 4.5), facecolor="white", layout="constrained")
        every = figure.subplots(1, len(curves), sharey=True, squeeze=False)[0]
        for axes, curve in zip(every, curves, strict=True):
            _trade(axes, curve)
        every[0].set_ylabel("NDCG@10")
        figure.legend(
            *every[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False
        )
        figure.savefig(path, format="svg", metadata={"Date": None})


def _trade(axes: Axes, curve: Curve) -> None:
    """A line for each protocol; every point says where the knob stands."""
    for protocol, (color, marker, aside, align) in PROTOCOL_LOOKS.items():
        points = [(value, row.quality(protocol)) for value, row in curve.rows.items()]
        gains = [curve.knob.gain(quality) for _, quality in points]
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
                xytext=aside,
                textcoords="offset points",
                ha=align,
                color=color,
            )
    axes.set(title=f"{curve.knob.name}, from 0 to 1", xlabel=curve.knob.gains)
    axes.grid(alpha=0.3)


def _bars(axes: Axes, ours: Sequence[Row], peers: Sequence[Row], protocol: str) -> None:
    """A bar for each method, in the order of the tables, with its interval."""
    rows = [*ours, *peers]
    means = [row.quality(protocol).ndcg for row in rows]
    axes.barh(
        range(len(rows)),
        [mean.value for mean in means],
        xerr=[mean.margin for mean in means],
        color=[OURS] * len(ours) + [THEIRS] * len(peers),
        error_kw={"elinewidth": 1, "capsize": 2},
    )
    for place, mean in enumerate(means):
        axes.text(mean.value + mean.margin, place, f"  {mean.value:.3f}", va="center")
    axes.set_yticks(range(len(rows)), [row.name for row in rows])
    axes.set(title=f"{protocol}: {PROTOCOLS[protocol]}", xlabel="NDCG@10")
    axes.margins(x=0.15)


def _lines(axes: Axes, ours: Sequence[Row], peers: Sequence[Row], kind: str, title: str) -> None:
    """NDCG@10 of every method over the labels that end in `kind`; ours in color, others in grey."""
    labels = [label for label in ours[0].known if label.endswith(kind)]
    looks = [{"color": color, "linestyle": "-"} for color in islice(cycle(OUR_COLORS), len(ours))]
    looks += [{"color": THEIRS, "linestyle": "--"}] * len(peers)
    for number, (row, look) in enumerate(zip([*ours, *peers], looks, strict=True)):
        means = [row.known[label] for label in labels]
        axes.errorbar(
            range(len(labels)),
            [mean.value for mean in means],
            yerr=[mean.margin for mean in means],
            label=row.name,
            marker=MARKERS[number % len(MARKERS)],
            markersize=4,
            elinewidth=0.6,
            **look,
        )
    axes.set_xticks(range(len(labels)), [label.removesuffix(f" {kind}") for label in labels])
    axes.set(title=title, xlabel=f"titles {kind}")
    axes.grid(axis="y", alpha=0.3)
