"""Everything learned, as one immutable whole: made by `fit`, kept in one directory, loaded from it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.catalog import Catalog
from recommender.content_based import ContentBased, ContentConfig
from recommender.item_item import AutoencoderConfig, ItemItem, ItemItemConfig
from recommender.overlay import Overlay
from recommender.popularity import Popularity, PopularityConfig
from recommender.query import Query, Recommender
from recommender.ratings import RatingsMatrix
from recommender.titles import TitleIndex
from recommender.user_user import UserUser, UserUserConfig
from recommender.vector_index import VectorIndex, VectorIndexConfig
from recommender.vocabulary import Vocabulary

FORMAT = 1  # grows when the files of a version change; other formats are rebuilt, not guessed at
INDEX_FILE = "user_index.bin"
CATALOG_FILE = "catalog.json"
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
    titles: TitleIndex
    database_id: str = ""

    @property
    def overlay(self) -> Overlay:
        return self.user_user.overlay

    def with_overlay(self, overlay: Overlay) -> Snapshot:
        """The same snapshot with these people newer than it."""
        return replace(self, user_user=self.user_user.with_overlay(overlay))

    @property
    def algorithms(self) -> Mapping[str, Recommender]:
        """Every algorithm by the name it has in the API."""
        return {
            "user-user": self.user_user,
            "item-item": self.item_item,
            "content-based": self.content,
            "popular": self.popularity,
        }

    def probe(self) -> None:
        """Ask every algorithm for something, so that a model that cannot answer is never served."""
        query = Query.of([(int(row), 10) for row in np.argsort(-self.popularity.prior)[:3]])
        for name, algorithm in self.algorithms.items():
            algorithm.recommend(query, 5)
            if not np.isfinite(algorithm.scores(query)).all():
                raise ModelFormatError(f"{name} gives scores that are not finite")

    # -- on disk ---------------------------------------------------------------------------------------

    def save(self, directory: Path) -> dict[str, Any]:
        """Write every file into `directory` (empty); return what the manifest says of the contents."""
        (directory / CATALOG_FILE).write_text(json.dumps(self.catalog.to_json(), ensure_ascii=False), "utf-8")
        (directory / NAMES_FILE).write_text(self.titles.text, "utf-8", newline="\n")
        for name, array in self._arrays().items():
            np.save(directory / f"{name}.npy", array, allow_pickle=False)
        self.user_user.index.save(directory / INDEX_FILE)
        return {
            "format": FORMAT,
            "config": dataclasses.asdict(self.config),
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
            config = _config(manifest["config"])
            catalog = Catalog.from_json(json.loads((directory / CATALOG_FILE).read_text("utf-8")))
            arrays = _Arrays(directory)
            ratings = RatingsMatrix(
                Vocabulary(arrays["user_ids"]),
                len(catalog),
                arrays["ratings_indptr"],
                arrays["ratings_indices"],
                arrays["ratings_data"],
            )
            popularity = Popularity(
                arrays["likes"], arrays["watchers"], arrays["mean_ratings"], arrays["popularity"]
            )
            shape = (len(catalog), int(manifest["content_terms"]))
            terms = (arrays["content_data"], arrays["content_indices"], arrays["content_indptr"])
            content = ContentBased(
                config.content, csr_array(terms, shape=shape), arrays["content_prior"], popularity.prior
            )
            index = VectorIndex.load(
                directory / INDEX_FILE, config.user_user.dims, int(manifest["counts"]["indexed"])
            )
            user_user = UserUser.assemble(
                config.user_user, ratings.users, popularity.prior, _Arrays(directory, "neighbours_"), index
            )
            item_item = ItemItem.assemble(config.item_item, _Arrays(directory, "items_"), popularity.prior)
            names = (directory / NAMES_FILE).read_text("utf-8")
            titles = TitleIndex.assemble(_Arrays(directory, "titles_"), names, catalog.members)
            generated = int(manifest["counts"]["generated_people"])
            revision = int(manifest["revision"])
            models = (popularity, content, user_user, item_item, titles)
            database_id = str(manifest["database"])
            snapshot = cls(config, revision, generated, catalog, ratings, *models, database_id)
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
            "likes": self.popularity.likes,
            "watchers": self.popularity.watchers,
            "mean_ratings": self.popularity.mean_ratings,
            "popularity": self.popularity.prior,
            "content_data": self.content.terms.data,
            "content_indices": self.content.terms.indices,
            "content_indptr": self.content.terms.indptr,
            "content_prior": self.content.prior,
        }
        own |= {f"neighbours_{name}": array for name, array in self.user_user.arrays().items()}
        own |= {f"items_{name}": array for name, array in self.item_item.arrays().items()}
        return own | {f"titles_{name}": array for name, array in self.titles.arrays().items()}


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
        array: NDArray[Any] = np.load(self._paths[self._prefix + name], mmap_mode="r", allow_pickle=False)
        return array


def _config(values: Mapping[str, Any]) -> ModelConfig:
    user_user = dict(values["user_user"])
    user_user["index"] = VectorIndexConfig(**user_user["index"])
    item_item = dict(values["item_item"])
    item_item |= {part: AutoencoderConfig(**item_item[part]) for part in ("long", "short")}
    return ModelConfig(
        PopularityConfig(**values["popularity"]),
        ContentConfig(**values["content"]),
        UserUserConfig(**user_user),
        ItemItemConfig(**item_item),
    )


def _hash(vocabulary: Vocabulary) -> str:
    return hashlib.sha256(np.ascontiguousarray(vocabulary.ids).tobytes()).hexdigest()
