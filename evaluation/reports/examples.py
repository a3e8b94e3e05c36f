"""Pages to look at: of the first list of a theme, and of a title."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.ranges import FAVORITE
from evaluation import UnknownExampleError
from evaluation.harness.candidates import as_served, similar_titles
from evaluation.harness.specificity import PAGE, Specificity
from evaluation.protocols.similar_titles import similar_page
from evaluation.protocols.themes import Themes, list_query
from evaluation.reports.columns import UNKNOWN
from evaluation.reports.table import Table
from recommender.data.catalog import Catalog
from recommender.data.query import Query

MARKS = "+: of the theme. =: of a franchise of the list, and not counted."


class Example(NamedTuple):
    """A list to make a page for.

    Attributes:
        name: of the theme, or of the title.
        members: int64, rows of the theme's titles, or -1; None for a title.
    """

    name: str
    query: Query
    members: NDArray[np.int64] | None


def find_examples(names: Iterable[str], themes: Themes | None, catalog: Catalog) -> tuple[Example, ...]:
    """The first list of each theme, and each title, by name and by id.

    Raises:
        UnknownExampleError: there is no such theme, none of its lists has a title of the catalog, or there is
            no such title.
    """
    known: dict[str, Example] = {}
    for of_list in themes.hand_lists if themes else ():
        query = list_query(of_list, catalog)
        if themes and len(query.anime_rows):
            members = catalog.vocabulary.rows(themes.themes[of_list.theme].members)
            known.setdefault(of_list.theme, Example(of_list.theme, query, members))
    return tuple(known[name] if name in known else _of_title(name, list(known), catalog) for name in names)


def example_tables(
    specificity: Specificity, algorithm: str, examples: Iterable[Example]
) -> tuple[Table, ...]:
    """The page for each list; of a title also those that are similar."""
    catalog, recommend = specificity.snapshot.catalog, as_served(specificity.snapshot, algorithm)
    similar, tables = similar_titles(specificity.snapshot, algorithm), []
    for name, query, members in examples:
        sent, page = query.anime_rows, recommend(query, PAGE)
        if members is None:
            rows = similar_page(similar, int(sent[0]), specificity.snapshot.franchises)
            note = f"As `{algorithm}` finds them."
            tables.append(_table(specificity, f"Example: titles similar to {name}", note, sent, rows))
            title, note = f"Example: {name} alone", f"Page of `{algorithm}`."
        else:
            titles = ", ".join(catalog[row].name for row in sent.tolist())
            title, note = f"Example: {name}", f"Page of `{algorithm}` for {titles}. {MARKS}"
        tables.append(_table(specificity, title, note, sent, page, members))
    return tuple(tables)


def _of_title(text: str, themes: list[str], catalog: Catalog) -> Example:
    row = catalog.vocabulary.row(int(text)) if text.isdecimal() else None
    if row is None:
        raise UnknownExampleError(
            f"no example can be shown of {text!r}: name a title of the catalog by its id, or a theme "
            f"({', '.join(themes) or 'needs --themes'})"
        )
    return Example(catalog[row].name, Query.of([(row, FAVORITE)]), None)


def _table(
    specificity: Specificity,
    title: str,
    note: str,
    sent: NDArray[np.int64],
    page: NDArray[np.int64],
    members: NDArray[np.int64] | None = None,
) -> Table:
    snapshot, votes = specificity.snapshot, specificity.votes
    found = None if votes is None else np.asarray(votes.table[sent].sum(axis=0))[votes.groups]
    own = np.isin(snapshot.franchises.groups, snapshot.franchises.groups[sent])

    def mark(row: int) -> str:
        if members is None:
            return ""
        return "= " if own[row] else "+ " if row in members else ""

    rows = tuple(
        (
            f"{mark(row)}{snapshot.catalog[row].name}",
            ", ".join(snapshot.catalog[row].genres),
            f"{snapshot.ratings.likes[row]:,}",
            UNKNOWN if found is None else f"{found[row]:,.0f}",
        )
        for row in page.tolist()
    )
    return Table(title, note, ("title", "genres", "likes", "votes"), rows)
