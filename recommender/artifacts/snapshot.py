"""Everything learned, as one immutable whole: made by `fit`, kept in one directory, loaded from it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, cast, get_type_hints

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.artifacts.title_file import StoredTitles, write_titles
from recommender.data.catalog import Catalog
from recommender.data.overlay import Overlay
from recommender.data.query import Query, Recommender
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.data.vocabulary import Vocabulary
from recommender.franchises import Franchises
from recommender.kernels.vector_index import VectorIndex
from recommender.models.content_based import ContentBased, ContentConfig
from recommender.models.features import Features
from recommender.models.hybrid import Hybrid, HybridConfig
from recommender.models.item_item import ItemItem, ItemItemConfig
from recommender.models.popularity import Popularity, PopularityConfig
from recommender.models.ranker import Ranker, RankerConfig
from recommender.models.residuals import Residuals, ResidualsConfig
from recommender.models.user_user import UserUser, UserUserConfig
from recommender.pipeline.page import PageMaker
from recommender.search import TitleIndex
from recommender.training.learning import LearningConfig

FORMAT = 4  # grows when the files of a version change; other formats are rebuilt, not guessed at
INDEX_FILE = "user_index.bin"
TITLES_FILE = "titles.jsonl"
NAMES_FILE = "names.txt"


class ModelFormatError(Exception):
    """A model directory holds something that this program did not write or cannot use."""


@dataclass(frozen=True)
class ModelConfig:
    """The configuration of every algorithm."""

    popularity: PopularityConfig = field(default_factory=PopularityConfig)
    content: ContentConfig = field(default_factory=ContentConfig)
    user_user: UserUserConfig = field(default_factory=UserUserConfig)
    item_item: ItemItemConfig = field(default_factory=ItemItemConfig)
    residuals: ResidualsConfig = field(default_factory=ResidualsConfig)
    learning: LearningConfig = field(default_factory=LearningConfig)
    hybrid: HybridConfig = field(default_factory=HybridConfig)
    ranker: RankerConfig = field(default_factory=RankerConfig)

    def with_titles(self, titles: int) -> ModelConfig:
        """The same with so many titles in `item-item`: memory of a build grows with their square."""
        return replace(self, item_item=replace(self.item_item, titles=titles))


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All that a request needs.

    Attributes:
        config: of every algorithm.
        revision: of the database when the data was read.
        generated_people: how many of the people behind it do not exist.
        database_id: of the database that the data was read from.
    """

    config: ModelConfig
    revision: int
    generated_people: int
    catalog: Catalog
    ratings: RatingsMatrix
    popularity: Popularity
    content: ContentBased
    user_user: UserUser
    item_item: ItemItem
    residuals: Residuals
    hybrid: Hybrid
    ranker: Ranker
    franchises: Franchises
    titles: TitleIndex
    database_id: str = ""

    @cached_property
    def pages(self) -> PageMaker:
        """Makes pages from any algorithm."""
        return PageMaker(self.franchises, self.popularity.prior, self.popularity.likes, self.content.terms)

    @property
    def overlay(self) -> Overlay:
        return self.user_user.overlay

    def with_overlay(self, overlay: Overlay) -> Snapshot:
        """The same snapshot with these people newer than it."""
        user_user = self.user_user.with_overlay(overlay)
        features = replace(self.hybrid.features, user_user=user_user)
        hybrid = replace(self.hybrid, features=features)
        ranker = replace(self.ranker, features=features, hybrid=hybrid)
        return replace(self, user_user=user_user, hybrid=hybrid, ranker=ranker)

    @property
    def algorithms(self) -> Mapping[str, Recommender]:
        """Every algorithm by the name it has in the API."""
        return {
            "hybrid": self.hybrid,
            "user-user": self.user_user,
            "item-item": self.item_item,
            "ranker": self.ranker,
            "content-based": self.content,
            "popular": self.popularity,
        }

    def probe(self, *, thoroughly: bool = False) -> None:
        """Ask every algorithm for something, so that a model that cannot answer is never served.

        Args:
            thoroughly: also read what is otherwise read when it is first needed.

        Raises:
            ModelFormatError: there is something that cannot be used.
        """
        if thoroughly:
            try:
                self.user_user.index.ready()
            except (ValueError, RuntimeError) as error:
                raise ModelFormatError(f"{INDEX_FILE} cannot be read: {error}") from error
        query = Query.of([(int(row), 10) for row in np.argsort(-self.popularity.prior)[:3]])
        for name, algorithm in self.algorithms.items():
            algorithm.recommend(query, 5)
            if not np.isfinite(algorithm.scores(query)).all():
                raise ModelFormatError(f"{name} gives scores that are not finite")

    # -- on disk ---------------------------------------------------------------------------------------

    def save(self, directory: Path) -> dict[str, Any]:
        """Write every file into `directory` (empty); return what the manifest says of the contents."""
        write_titles(self.catalog.titles, directory / TITLES_FILE)
        (directory / NAMES_FILE).write_text(self.titles.text, "utf-8", newline="\n")
        for name, array in self._arrays().items():
            np.save(directory / f"{name}.npy", array, allow_pickle=False)
        self.user_user.index.save(directory / INDEX_FILE)
        return {
            "format": FORMAT,
            "config": json.loads(json.dumps(dataclasses.asdict(self.config))),  # as it will be read
            "revision": self.revision,
            "database": self.database_id,
            "content_terms": int(self.content.terms.shape[1]),
            "counts": {
                "users": self.ratings.n_users,
                "anime": len(self.catalog),
                "ratings": self.ratings.n_entries,
                "indexed": len(self.user_user.index),
                "generated_people": self.generated_people,
            },
            "vocabularies": {
                "users": _hash(self.ratings.users),
                "anime": _hash(self.catalog.vocabulary),
            },
        }

    @classmethod
    def load(cls, directory: Path, manifest: Mapping[str, Any]) -> Snapshot:
        """Load what `save` wrote; arrays are memory-mapped, so that processes share them.

        Raises:
            ModelFormatError: another format, another configuration's fields, or parts that do not fit.
        """
        if manifest.get("format") != FORMAT:
            raise ModelFormatError(f"its format is {manifest.get('format')!r}, this program reads {FORMAT}")
        try:
            config = _config(ModelConfig, manifest["config"])
            catalog = Catalog(StoredTitles(directory / TITLES_FILE))
            arrays = _Arrays(directory)
            ratings = RatingsMatrix(
                Vocabulary(arrays["user_ids"]),
                len(catalog),
                arrays["ratings_indptr"],
                arrays["ratings_indices"],
                arrays["ratings_data"],
            )
            popularity = Popularity(arrays["histograms"], arrays["mean_ratings"], arrays["popularity"])
            shape = (len(catalog), int(manifest["content_terms"]))
            terms = (arrays["content_data"], arrays["content_indices"], arrays["content_indptr"])
            content = ContentBased(
                config.content, csr_array(terms, shape=shape), arrays["content_prior"], popularity.prior
            )
            index = VectorIndex.load(
                directory / INDEX_FILE, config.user_user.dims, int(manifest["counts"]["indexed"])
            )
            user_user = UserUser.assemble(
                config.user_user, ratings.users, popularity.prior, _Arrays(directory, "neighbors_"), index
            )
            item_item = ItemItem.assemble(config.item_item, _Arrays(directory, "items_"), popularity.prior)
            residuals = Residuals.assemble(config.residuals, _Arrays(directory, "residuals_"))
            features = Features.of(item_item, user_user, content, residuals, popularity, catalog)
            hybrid = Hybrid.assemble(config.hybrid, features, _Arrays(directory, "hybrid_"), popularity.prior)
            ranker = Ranker.assemble(config.ranker, features, hybrid, _Arrays(directory, "ranker_"))
            franchises = Franchises.assemble(_Arrays(directory, "franchises_"))
            names = (directory / NAMES_FILE).read_text("utf-8")
            titles = TitleIndex.assemble(_Arrays(directory, "titles_"), names, catalog)
            snapshot = cls(
                config=config,
                revision=int(manifest["revision"]),
                generated_people=int(manifest["counts"]["generated_people"]),
                catalog=catalog,
                ratings=ratings,
                popularity=popularity,
                content=content,
                user_user=user_user,
                item_item=item_item,
                residuals=residuals,
                hybrid=hybrid,
                ranker=ranker,
                franchises=franchises,
                titles=titles,
                database_id=str(manifest["database"]),
            )
            found = {"users": _hash(ratings.users), "anime": _hash(catalog.vocabulary)}
            if found != manifest["vocabularies"]:
                raise ModelFormatError("its users or titles are not those it was built with")
        except (KeyError, TypeError, ValueError, RuntimeError, OSError) as error:
            raise ModelFormatError(f"{type(error).__name__}: {error}") from error
        return snapshot

    def _arrays(self) -> dict[str, NDArray[Any]]:
        own: dict[str, NDArray[Any]] = {
            "user_ids": self.ratings.users.ids,
            "ratings_indptr": self.ratings.indptr,
            "ratings_indices": self.ratings.indices,
            "ratings_data": self.ratings.data,
            "histograms": self.popularity.histograms,
            "mean_ratings": self.popularity.mean_ratings,
            "popularity": self.popularity.prior,
            "content_data": self.content.terms.data,
            "content_indices": self.content.terms.indices,
            "content_indptr": self.content.terms.indptr,
            "content_prior": self.content.prior,
        }
        parts: dict[str, _HasArrays] = {
            "neighbors": self.user_user,
            "items": self.item_item,
            "residuals": self.residuals,
            "hybrid": self.hybrid,
            "ranker": self.ranker,
            "franchises": self.franchises,
            "titles": self.titles,
        }
        for prefix, part in parts.items():
            own |= {f"{prefix}_{name}": array for name, array in part.arrays().items()}
        return own


class _HasArrays(Protocol):
    def arrays(self) -> dict[str, NDArray[Any]]: ...


class _Arrays(Mapping[str, NDArray[Any]]):
    """The arrays of a directory by name, memory-mapped."""

    def __init__(self, directory: Path, prefix: str = "") -> None:
        self._paths = {path.stem: path for path in directory.glob(f"{prefix}*.npy")}
        self._prefix = prefix

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, name: str) -> NDArray[Any]:
        mapped = np.load(self._paths[self._prefix + name], mmap_mode="r", allow_pickle=False)
        return np.asarray(mapped)  # still mapped, but a plain array: each slice of a memmap costs 10 us


def _config(kind: Any, values: Any) -> Any:
    """A configuration from the manifest's JSON, with the parts that it is made of."""
    if not dataclasses.is_dataclass(kind):
        return tuple(values) if isinstance(values, list) else values
    hints = get_type_hints(kind)
    if unknown := set(values) ^ set(hints):
        raise ModelFormatError(f"its configuration has other fields: {', '.join(sorted(unknown))}")
    return cast(Any, kind)(**{name: _config(hints[name], value) for name, value in values.items()})


def _hash(vocabulary: Vocabulary) -> str:
    return hashlib.sha256(np.ascontiguousarray(vocabulary.ids).tobytes()).hexdigest()
