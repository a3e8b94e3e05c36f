"""From data to a snapshot: the one place where training and artifacts meet."""

from __future__ import annotations

from collections.abc import Iterable

from domain.relations import Relation
from recommender.artifacts.snapshot import Origin, Snapshot
from recommender.data.catalog import Catalog
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.franchises import Franchises
from recommender.models.registry import ModelConfig
from recommender.search import TitleIndex
from recommender.training.fit import Run, fit_models, run_plainly
from recommender.training.queries import training_data


def fit_snapshot(
    catalog: Catalog,
    ratings: RatingsMatrix,
    relations: Iterable[Relation] = (),
    *,
    config: ModelConfig | None = None,
    origin: Origin = Origin(),  # noqa: B008 - immutable
    run: Run = run_plainly,
) -> Snapshot:
    """Fit everything.

    Args:
        relations: between titles, of the catalog or not; they overrule what names suggest.
        config: default: the tuned one, without optional models.
        origin: of the data.
        run: runs each stage under its name, to measure it.

    Raises:
        MissingLibraryError: a model needs a library that is not installed.
    """
    config = config or ModelConfig.default()
    franchises = run("find franchises", lambda: Franchises.build(catalog, relations))
    data = run("draw training queries", lambda: training_data(catalog, franchises, ratings, config.training))
    models = fit_models(data, config, run)
    search = run("index titles", lambda: TitleIndex.build(catalog))
    return Snapshot(config, origin, catalog, ratings, models, franchises, search)
