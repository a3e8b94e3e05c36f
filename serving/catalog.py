"""The catalog: browsing and search, one title, popular titles, suggestions, a summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from db.engine import read_transaction
from db.external_ids import titles_with_ids
from domain.titles import Season, SeasonName, Title
from recommender.artifacts.snapshot import Snapshot
from recommender.data.catalog import Catalog
from recommender.models.popularity import Popularity
from recommender.pipeline.filters import Filters
from recommender.search import Match
from serving.errors import UnknownTitleError
from serving.live import LiveVersion, ModelSource

MAX_MATCHES = 1_000  # titles that a search looks through
BUSY = 0.25  # of the titles of the fullest year or season

_SORT_KEYS: Mapping[str, Callable[[Snapshot, int], tuple[object, int]]] = {
    "popularity": lambda snapshot, row: (-snapshot.catalog.members[row], row),
    "mal_score": lambda snapshot, row: (-snapshot.catalog.mean_scores[row], row),
    "year": lambda snapshot, row: (-snapshot.catalog.years[row], row),
    "name": lambda snapshot, row: (snapshot.catalog[row].name.casefold(), row),
}
_POPULAR_KEYS: Mapping[str, Callable[[Popularity], NDArray[np.float32]]] = {
    "likes": lambda popularity: popularity.prior,
    "mean_rating": lambda popularity: popularity.mean_ratings,
}


@dataclass(frozen=True)
class BrowseOptions:
    """A query, filters and an order.

    Attributes:
        ids: only these titles; None: all.
        external_ids: only titles that have one of these ids on each of these sites.
        sort: relevance, popularity, mal_score, year or name; None: relevance with a query, else popularity.
    """

    query: str = ""
    filters: Filters = field(default_factory=Filters)
    ids: Sequence[int] | None = None
    external_ids: Mapping[str, Sequence[str]] = field(default_factory=dict)
    year: int | None = None
    sort: str | None = None


@dataclass(frozen=True, eq=False)
class TitlePage:
    """One page of a longer list of titles.

    Attributes:
        rows: of this page.
        total: titles on all pages.
        matches: row -> how the query found it; empty without a query.
    """

    live: LiveVersion
    rows: Sequence[int]
    page: int
    limit: int
    total: int
    matches: Mapping[int, Match] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        live: LiveVersion,
        rows: Sequence[int],
        page: int,
        limit: int,
        matches: Mapping[int, Match] | None = None,
    ) -> TitlePage:
        end = page * limit
        return cls(live, rows[end - limit : end], page, limit, len(rows), matches or {})

    @property
    def has_next(self) -> bool:
        return self.page * self.limit < self.total

    @property
    def titles(self) -> list[Title]:
        return [self.live.snapshot.catalog[row] for row in self.rows]


class OneTitle(NamedTuple):
    """A title by its row in a snapshot."""

    snapshot: Snapshot
    row: int


class NamedCount(NamedTuple):
    """A genre or a type, and how many titles have it."""

    name: str
    titles: int


@dataclass(frozen=True, eq=False)
class CatalogSummary:
    """Counts of the model, and choices for filters.

    Attributes:
        users: in the model.
        ratings: by these users, without titles watched and not rated.
        generated_users: how many of the users were made up for the demo.
        genres, types: most titles first.
        years: first aired, earliest and latest; None where no year is known.
        known_until: the newest year of which much is known, not only a few titles that were announced; and
            its newest such season, None where no season is known. None where no year is.
    """

    live: LiveVersion
    titles: int
    users: int
    ratings: int
    generated_users: int
    genres: Sequence[NamedCount]
    types: Sequence[NamedCount]
    years: tuple[int, int] | None
    known_until: tuple[int, SeasonName | None] | None


@dataclass(frozen=True)
class CatalogService:
    """Answers that do not depend on other users, from the newest model.

    Attributes:
        engine: the database, which knows the ids of other sites.
    """

    models: ModelSource
    engine: Engine | None = None

    def browse(self, options: BrowseOptions, page: int, limit: int) -> TitlePage:
        """Titles that match the query by any of their names, and meet the conditions."""
        live = self.models.latest_model()
        snapshot, query = live.snapshot, options.query.strip()
        allowed = options.filters.allowed(snapshot.catalog)
        if options.year is not None:
            allowed &= snapshot.catalog.years == options.year
        if options.ids is not None:
            allowed &= np.isin(snapshot.catalog.vocabulary.ids, options.ids)
        matches: dict[int, Match] = {}
        for site, ids in options.external_ids.items():
            allowed &= np.isin(snapshot.catalog.vocabulary.ids, self._mapped(site, ids))
        if query:
            matches = snapshot.search.matches(options.query, MAX_MATCHES, allowed)
        rows = list(matches) if query else np.flatnonzero(allowed).tolist()
        sort = options.sort or ("relevance" if query else "popularity")
        if sort != "relevance":
            rows = sorted(rows, key=lambda row: _SORT_KEYS[sort](snapshot, row))
        return TitlePage.of(live, rows, page, limit, matches)

    def season(self, season: Season, filters: Filters, page: int, limit: int) -> TitlePage:
        """The titles that began to air in a season, most popular first."""
        return self.browse(BrowseOptions(filters=replace(filters, seasons=(str(season),))), page, limit)

    def _mapped(self, site: str, ids: Sequence[str]) -> list[int]:
        """The titles that have one of these ids on a site."""
        if self.engine is None:
            raise RuntimeError("this service was made without a database")
        with read_transaction(self.engine) as connection:
            return titles_with_ids(connection, site, ids)

    def title(self, anime_id: int) -> OneTitle:
        """One title; raises UnknownTitleError."""
        snapshot = self.models.latest_model().snapshot
        row = snapshot.catalog.vocabulary.row(anime_id)
        if row is None:
            raise UnknownTitleError(anime_id)
        return OneTitle(snapshot, row)

    def popular(self, sort: str, filters: Filters, page: int, limit: int) -> TitlePage:
        """Titles by likes, or by a mean rating damped for titles with few ratings."""
        live = self.models.latest_model()
        order = np.argsort(-_POPULAR_KEYS[sort](live.snapshot.models[Popularity]), kind="stable")
        rows = order[filters.allowed(live.snapshot.catalog)[order]].tolist()
        return TitlePage.of(live, rows, page, limit)

    def known(self, anime_ids: Iterable[int], filters: Filters) -> list[Title]:
        """The titles of these ids that are in the catalog and meet the filters."""
        catalog = self.models.latest_model().snapshot.catalog
        rows = catalog.vocabulary.rows(list(anime_ids))
        rows = rows[rows >= 0]
        return [catalog[row] for row in rows[filters.allowed(catalog)[rows]].tolist()]

    def suggest(self, typed: str, limit: int) -> list[str]:
        """Main names of titles that the typed text may be the beginning of, best first; no adult titles."""
        snapshot = self.models.latest_model().snapshot
        rows = snapshot.search.suggest(typed, limit, ~snapshot.catalog.nsfw)
        return [snapshot.catalog[row].name for row in rows]

    def summary(self, *, nsfw: bool) -> CatalogSummary:
        """Counts and choices, with or without adult titles."""
        live = self.models.latest_model()
        snapshot, catalog = live.snapshot, live.snapshot.catalog
        allowed = Filters(nsfw=nsfw).allowed(catalog)
        years = catalog.years[allowed & (catalog.years > 0)]
        return CatalogSummary(
            live=live,
            titles=int(allowed.sum()),
            users=snapshot.ratings.n_users,
            ratings=int(snapshot.models[Popularity].raters.sum()),
            generated_users=snapshot.origin.generated_users,
            genres=_counts(catalog.of_genres(), allowed),
            types=_counts(catalog.of_types(), allowed),
            years=(int(years.min()), int(years.max())) if len(years) else None,
            known_until=known_until(catalog, allowed),
        )


def known_until(catalog: Catalog, allowed: NDArray[np.bool_]) -> tuple[int, SeasonName | None] | None:
    """See CatalogSummary."""
    years, seasons = (times[allowed & (times > 0)] for times in (catalog.years, catalog.seasons))
    newest = max(_busy(years), default=None)
    if newest is None:
        return None
    of_year = [season for season in map(Season.numbered, sorted(_busy(seasons))) if season.year == newest]
    return newest, of_year[-1].name if of_year else None


def _busy(times: NDArray[np.int64]) -> list[int]:
    """The years or seasons that have at least `BUSY` times as many titles as the one with most."""
    values, counts = np.unique(times, return_counts=True)
    busy: list[int] = values[counts >= BUSY * counts.max(initial=0)].tolist()
    return busy


def _counts(masks: Mapping[str, NDArray[np.bool_]], allowed: NDArray[np.bool_]) -> list[NamedCount]:
    """Most titles first; names without a title are omitted."""
    counts = [NamedCount(name, int((mask & allowed).sum())) for name, mask in masks.items()]
    found = [count for count in counts if count.titles]
    return sorted(found, key=lambda count: (-count.titles, count.name))
