"""Everything learned, as one immutable whole that is saved to a directory and loaded from it."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from domain.ranges import FAVORITE
from recommender.artifacts.arrays import DirectoryReader, DirectoryWriter
from recommender.artifacts.title_file import StoredDetails, StoredTitles, write_lines
from recommender.data.anonymity import NO_FLOOR, AnonymityFloor
from recommender.data.catalog import Catalog
from recommender.data.overlay import Overlay
from recommender.data.query import Query
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.franchises import Franchises
from recommender.models.base import AlgorithmInfo, Models, Scorer
from recommender.models.context import ScoringContext
from recommender.models.popularity import Popularity
from recommender.models.registry import NO_WEIGHTS, ModelConfig, algorithm_model
from recommender.models.themes import Themes
from recommender.models.training_data import TrainingData
from recommender.models.user_user import UserUser
from recommender.search import TitleIndex

FORMAT = 6  # grows when the files of a version, or the fields of its configuration, are not what they were
RECIPE = 4  # grows when a build computes something else: an older version is served, but not up to date
OLDER_FORMATS: tuple[int, ...] = (5,)  # served until there is a version of FORMAT; the newest first
TITLES_FILE = "titles.jsonl"
DETAILS_FILE = "details.jsonl"  # since format 6
NAMES_FILE = "names.txt"


class ModelFormatError(Exception):
    """A model directory holds something that this program did not write or cannot use."""


@dataclass(frozen=True)
class Origin:
    """Where the data of a snapshot came from.

    Attributes:
        revision: of the database when the data was read.
        database_id: of that database.
        generated_users: how many of the users are the demo's and do not exist.
    """

    revision: int = 0
    database_id: str = ""
    generated_users: int = 0


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Models, data and search index of one build: all that a request needs.

    Attributes:
        models: every model of the configuration.
        search: typed words -> titles.
    """

    config: ModelConfig
    origin: Origin
    catalog: Catalog
    ratings: RatingsMatrix
    models: Models
    franchises: Franchises
    search: TitleIndex

    def context(
        self,
        query: Query,
        overlay: Overlay | None = None,
        floor: AnonymityFloor = NO_FLOOR,
        weights: Mapping[str, float] = NO_WEIGHTS,
    ) -> ScoringContext:
        """The context of one request.

        Args:
            overlay: users newer than the snapshot; default: nobody.
            weights: of algorithms, for a blend.
        """
        if overlay is None:
            overlay = Overlay.empty(len(self.catalog))
        of_models = {algorithm_model(name): weight for name, weight in weights.items()}
        return ScoringContext(query, self.models, overlay, self.catalog, self.franchises, floor, of_models)

    @property
    def algorithms(self) -> Mapping[str, AlgorithmInfo]:
        """Those that it was built with, in the order in which they are shown."""
        return self.config.algorithms

    def scorer(self, algorithm: str) -> Scorer:
        """The model behind an algorithm; raises KeyError for one that it does not have."""
        scorer: Scorer = self.models[algorithm_model(algorithm)]
        return scorer

    def probe(self, *, thoroughly: bool = False) -> None:
        """Score a list with every algorithm, so that a model that cannot answer is never served.

        Args:
            thoroughly: also read the index of user vectors, in a process of its own.

        Raises:
            ModelFormatError: there is something that cannot be used.
        """
        if thoroughly:
            try:
                self.models[UserUser].probe()
            except ValueError as error:
                raise ModelFormatError(str(error)) from error
        best_known = np.argsort(-self.models[Popularity].prior)[:3]
        context = self.context(Query.of([(int(row), FAVORITE) for row in best_known]))
        for name in self.algorithms:
            try:
                scores = self.scorer(name).scores(context)
            except Exception as error:  # a model may hold anything, and make its own code raise anything
                raise ModelFormatError(f"{name} does not answer a probe: {error}") from error
            if scores.shape != (len(self.catalog),) or not np.isfinite(scores).all():
                raise ModelFormatError(f"{name} does not give one finite score for each title")

    def save(self, directory: Path) -> dict[str, Any]:
        """Write every file into `directory` (empty); return the manifest's entries on the contents."""
        write_lines(self.catalog.titles, directory / TITLES_FILE)
        write_lines(map(self.catalog.details_of, range(len(self.catalog))), directory / DETAILS_FILE)
        (directory / NAMES_FILE).write_text(self.search.text, "utf-8", newline="\n")
        ratings = DirectoryWriter(directory, "ratings")
        ratings.array("user_ids", self.ratings.users.ids)
        ratings.array("indptr", self.ratings.indptr)
        ratings.array("indices", self.ratings.indices)
        ratings.array("data", self.ratings.data)
        DirectoryWriter(directory, "franchises").arrays(self.franchises.arrays())
        DirectoryWriter(directory, "search").arrays(self.search.arrays())
        for spec in self.config.specs:
            self.models[spec.model].save(DirectoryWriter(directory, spec.name))
        return {
            "format": FORMAT,
            "recipe": RECIPE,
            "config": json.loads(json.dumps(self.config.to_dict())),  # as it will be read
            "revision": self.origin.revision,
            "database": self.origin.database_id,
            "counts": {
                "users": self.ratings.n_users,
                "anime": len(self.catalog),
                "ratings": self.ratings.n_entries,
                "generated_users": self.origin.generated_users,
            },
            "vocabularies": self._vocabularies(),
        }

    @classmethod
    def load(cls, directory: Path, manifest: Mapping[str, Any]) -> Snapshot:
        """Load what `save` wrote; arrays are memory-mapped, so that processes share them.

        Raises:
            ModelFormatError: another format, another configuration's fields, or parts that do not fit.
        """
        if manifest.get("format") not in (FORMAT, *OLDER_FORMATS):
            raise ModelFormatError(
                f"its format is {manifest.get('format')!r}, this program reads {FORMAT}; build it anew"
            )
        try:
            config = ModelConfig.from_dict(manifest["config"])
            details = StoredDetails(directory / DETAILS_FILE) if manifest["format"] > 5 else ()
            deque(details, 0)  # reads each
            catalog = Catalog(StoredTitles(directory / TITLES_FILE), details)

            def reader(owner: str) -> DirectoryReader:
                return DirectoryReader(directory, owner, len(catalog))

            ratings, models = RatingsMatrix.load(reader("ratings")), Models()
            franchises = Franchises.load(reader("franchises"))
            data = TrainingData(catalog, franchises, ratings, np.empty(0, np.int64), ())
            for spec in config.specs:
                of_spec = config.models[spec.name]
                if spec.name in manifest["config"]["models"]:
                    model = spec.model.load(reader(spec.name), models, of_spec)
                else:
                    model = spec.model.fit(data, models, of_spec)
                models = models.with_model(model)
            names = (directory / NAMES_FILE).read_text("utf-8")
            snapshot = cls(
                config=config,
                origin=Origin(
                    int(manifest["revision"]),
                    str(manifest["database"]),
                    int(manifest["counts"]["generated_users"]),
                ),
                catalog=catalog,
                ratings=ratings,
                models=models,
                franchises=franchises,
                search=TitleIndex.load(reader("search"), names, catalog),
            )
            if snapshot._vocabularies() != manifest["vocabularies"]:
                raise ModelFormatError("its users or titles are not those it was built with")
            if not np.isin(models[UserUser].search.base.matrix.users.ids, snapshot.ratings.users.ids).all():
                raise ModelFormatError("its neighbors are other users than those whose ratings it holds")
            if len(models[Themes].shares) != max(1, len(catalog.genre_masks)):
                raise ModelFormatError("its themes are not the genres of its titles")
        except ModelFormatError:
            raise
        except Exception as error:  # a file may be anything, and make a parser raise anything
            kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
            raise ModelFormatError(f"{kind}{error}") from error
        return snapshot

    def _vocabularies(self) -> dict[str, str]:
        """SHA-256 of the ids of each axis."""
        axes = {"users": self.ratings.users, "anime": self.catalog.vocabulary}
        return {
            name: hashlib.sha256(np.ascontiguousarray(axis.ids).tobytes()).hexdigest()
            for name, axis in axes.items()
        }
