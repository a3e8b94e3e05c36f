"""The protocol for themes: lists of titles of one kind, and how much of a page is of that kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.ranges import FAVORITE, MAX_ANIME_ID
from evaluation import EvaluationFileError
from evaluation.metrics.quality import Recommend
from evaluation.metrics.ranking import NAN, Mean
from evaluation.metrics.specificity import fewest_likes, mean_jaccard, median_likes
from evaluation.protocols.similar_titles import Votes, of_other_franchises, recommended_share
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.franchises import Franchises

PAGE = 20  # titles recommended for a list

AnimeId = Annotated[int, Field(ge=1, le=MAX_ANIME_ID)]
STRICT = ConfigDict(strict=True, frozen=True)


class Theme(BaseModel):
    """The titles of one kind."""

    model_config = STRICT

    members: list[AnimeId] = Field(min_length=1)


class ThemeList(BaseModel):
    """A few titles of one theme."""

    model_config = STRICT

    theme: str
    ids: list[AnimeId] = Field(min_length=1)


class Themes(BaseModel):
    """Themes by name, and lists of their titles."""

    model_config = STRICT

    themes: dict[str, Theme]
    hand_lists: list[ThemeList] = Field(min_length=1)


@dataclass(frozen=True, eq=False)
class ThemeQuality:
    """Quality of the pages for the lists that have a title in the catalog.

    Attributes:
        themes: the theme of each list.
        theme_shares: float64 (n_lists,), share of a page that is of the theme; titles of the list's own
            franchises do not count.
        recommended_shares: float64 (n_lists,) or None without votes: see recommended_share.
        jaccard: of the pages.
        likes: median likes of all titles shown.
        fewest: likes of the least liked one.
    """

    themes: tuple[str, ...]
    theme_shares: NDArray[np.float64]
    recommended_shares: NDArray[np.float64]
    jaccard: Mean
    likes: Mean
    fewest: float

    @property
    def theme(self) -> Mean:
        return Mean.of(self.theme_shares)

    @property
    def recommended(self) -> Mean:
        return Mean.of(self.recommended_shares)

    def by_theme(self) -> dict[str, tuple[Mean, Mean]]:
        """Theme -> means of its lists: share of the theme, share that people recommend."""
        names = np.array(self.themes)
        return {
            name: (Mean.of(self.theme_shares[names == name]), Mean.of(self.recommended_shares[names == name]))
            for name in dict.fromkeys(self.themes)
        }


def read_themes(path: Path) -> Themes:
    """Read a JSON file; other keys than these are passed over.

    `{"themes": {name: {"members": [ids]}}, "hand_lists": [{"theme": name, "ids": [ids]}]}`

    Raises:
        EvaluationFileError: it has another form, or a list has an unknown theme; OSError.
    """
    try:
        found = Themes.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "at the top"
        value = "" if first["type"] == "json_invalid" else f", not {first['input']!r:.60}"
        raise EvaluationFileError(path, place, f"{first['msg']}{value}") from error
    for number, of_list in enumerate(found.hand_lists):
        if of_list.theme not in found.themes:
            known = ", ".join(found.themes)
            raise EvaluationFileError(
                path, f"hand_lists.{number}.theme", f"{of_list.theme!r} is not one of the themes: {known}"
            )
    return found


def theme_quality(
    recommend: Recommend,
    themes: Themes,
    catalog: Catalog,
    franchises: Franchises,
    likes: NDArray[np.int64],
    votes: Votes | None,
    seed: int,
    progress: Callable[[], None] = lambda: None,
) -> ThemeQuality:
    """Measured on pages of 20 titles for every list.

    Args:
        recommend: pages as they are served.
        likes: int64 (n_anime,), of the training data.
        votes: None where nothing is known of them.
    """
    members = {name: catalog.vocabulary.rows(theme.members) for name, theme in themes.themes.items()}
    names, of_theme, recommended, pages = [], [], [], []
    for of_list in themes.hand_lists:
        query = list_query(of_list, catalog)
        sent = query.anime_rows
        progress()
        if not len(sent):
            continue
        page = recommend(query, PAGE)
        others = of_other_franchises(page, sent, franchises.groups)
        names.append(of_list.theme)
        of_theme.append(float(np.isin(others, members[of_list.theme]).mean()) if len(others) else NAN)
        recommended.append(recommended_share(page, sent, votes) if votes else NAN)
        pages.append(page)
    return ThemeQuality(
        tuple(names),
        np.array(of_theme, np.float64),
        np.array(recommended, np.float64),
        mean_jaccard(pages),
        median_likes(pages, likes, seed),
        fewest_likes(pages, likes),
    )


def list_query(of_list: ThemeList, catalog: Catalog) -> Query:
    """The titles of a list that the catalog has, as favorites."""
    rows = catalog.vocabulary.rows(of_list.ids)
    return Query.of((row, FAVORITE) for row in rows[rows >= 0].tolist())
